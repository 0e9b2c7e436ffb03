"""The words of the papers: ``resources/i18n/zh_CN/papers.toml``, filled by name."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _table() -> dict[str, str]:
    source = files("resources").joinpath("i18n/zh_CN/papers.toml")
    table = tomllib.loads(source.read_text(encoding="utf-8"))
    return {f"{part}.{key}": text for part, texts in table.items() for key, text in texts.items()}


def load() -> None:
    """Read the table ahead of the first paper."""
    _table()


def word(key: str, **params: str | int) -> str:
    """The text of ``key``. Raises ``KeyError`` for a key that is not there."""
    return _table()[key].format(**params)
