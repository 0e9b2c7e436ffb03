"""Sentences of the referee: ``resources/errors/referee_zh_CN.toml``."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

from app.sandbox.referee.wire import Note


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    source = resources.files("resources") / "errors" / "referee_zh_CN.toml"
    return tomllib.loads(source.read_text("utf-8"))


def sentences() -> Mapping[str, str]:
    """All of them, by word."""
    return _words()["say"]


def kinds() -> Mapping[str, str]:
    """The kinds of JSON values, in words."""
    return _words()["kind"]


def say(said: Note) -> str:
    """One sentence, filled."""
    params = {
        name: kinds().get(str(value), value) if name in ("kind", "wanted_kind") else value
        for name, value in said.params
    }
    if "why" in params:
        params["why"] = sentences().get(str(params["why"]), "").format_map(_Blank())
    return sentences()[said.word].format(**params)


class _Blank(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


def say_all(notes: Iterable[Note]) -> list[dict[str, object]]:
    """For a document: the word for machines, the sentence for people, the parameters."""
    return [{"deviation": said.word, "sentence": say(said), **dict(said.params)} for said in notes]
