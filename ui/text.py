"""Sentences of the screen, by key: ``resources/i18n/zh_CN/*.toml`` flattened with dots (ui 9).

``error.<code>`` is the short word of an error; its sentences come from ``ui.errors``.

A missing key or parameter is a ``Bug`` where texts are strict (tests), else the key is shown.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from string import Formatter
from typing import TYPE_CHECKING

from app.domain.errors import Bug, Param
from resources import FOLDER

if TYPE_CHECKING:
    from pathlib import Path

    from app.workflow.views.case import Say

_log = logging.getLogger(__name__)
_strict = False
_FRAME = ("shell.toml", "training.toml")
"""Read first: the window stands while the sentences of its pages are still unread."""


def be_strict(strict: bool) -> None:
    """Whether a missing key raises; the tests switch it on."""
    global _strict
    _strict = strict


@cache
def _frame_texts() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for name in _FRAME:
        _flatten(_read_words(name), "", found)
    return found


@cache
def _frame_tables() -> frozenset[str]:
    return frozenset(key.partition(".")[0] for key in _frame_texts())


def _read_words(name: str) -> Mapping[str, object]:
    return tomllib.loads((_folder() / name).read_text("utf-8"))


def _folder() -> Path:
    return FOLDER / "i18n" / "zh_CN"


@cache
def texts() -> Mapping[str, str]:
    """All sentences, read once. Raises ``Bug`` for a key of two files, or the frame's elsewhere."""
    found: dict[str, str] = {}
    for entry in sorted(_folder().iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            words = _read_words(entry.name)
            if entry.name not in _FRAME and _frame_tables() & words.keys():
                raise Bug(text_key=entry.name)
            _flatten(words, "", found)
    for code, entry_ in error_table().items():
        found[f"error.{code}"] = str(entry_.get("short", found["shell.scan.refused"]))
    return found


@cache
def error_table() -> Mapping[int, Mapping[str, object]]:
    """``resources/errors`` by code; see the head of that file for its fields."""
    read = tomllib.loads((FOLDER / "errors" / "zh_CN.toml").read_text("utf-8"))
    return {int(code): entry for code, entry in read.items()}


def _flatten(table: Mapping[str, object], prefix: str, found: dict[str, str]) -> None:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            _flatten(value, f"{key}.", found)
        elif key in found:
            raise Bug(text_key=key)
        else:
            found[key] = str(value)


def has_text(key: str) -> bool:
    """Whether a sentence stands for ``key``; the frame's own are asked without reading the rest."""
    table = key.partition(".")[0]
    return key in _frame_texts() or (table not in _frame_tables() and key in texts())


@lru_cache(maxsize=4096)
def placeholders(sentence: str) -> frozenset[str]:
    """Names a sentence wants to be filled with."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name)


def tr(key: str, **params: Param) -> str:
    """The sentence of ``key``, filled. Raises ``Bug`` for a missing key or name when strict."""
    sentence = _frame_texts().get(key) or texts().get(key)
    if sentence is None:
        return _missing(key)
    wanted = placeholders(sentence)
    if not wanted and "{" not in sentence:
        return sentence
    wanting = wanted - params.keys()
    if wanting:
        _missing(f"{key}:{','.join(sorted(wanting))}")
        return sentence.format(**{**dict.fromkeys(wanting, "—"), **params})
    return sentence.format(**params)


ERROR_PREFIX = "error."


def say(said: Say) -> str:
    """The sentence a view carries."""
    return tr(said.key, **dict(said.params))


def _missing(key: str) -> str:
    if _strict:
        raise Bug(text_key=key)
    _log.error("no text for %s", key)
    return key
