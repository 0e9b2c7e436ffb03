"""Words of the command line: ``resources/i18n/zh_CN/cli.toml``."""

import tomllib
from functools import cache
from typing import Any

from resources import FOLDER


@cache
def _words() -> dict[str, Any]:
    source = FOLDER / "i18n" / "zh_CN" / "cli.toml"
    return dict(tomllib.loads(source.read_text(encoding="utf-8"))["cli"])


def command_help(name: str) -> str:
    """What a command is for. Raises ``KeyError`` for one nobody described."""
    return str(_words()["command"][name])


def option_help(name: str) -> str:
    """What an option or argument means, by its name in the namespace."""
    return str(_words()["option"][name])


def word(name: str) -> str:
    """A word that is no help of a command or option."""
    return str(_words()[name])


def said(name: str, /, **facts: object) -> str:
    """One line for people, filled with ``facts``."""
    return str(_words()["say"][name]).format(**facts)
