"""A message against its tables, field by field; unknown fields are never held against anyone."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.sandbox.referee.explain.canonical import plain
from app.sandbox.referee.fields.tables import Field, Node, tables
from app.sandbox.referee.wire import Note, Number, is_text, kind_of, note

_NUMBER = re.compile(r"-?[0-9]{1,64}(?:\.[0-9]{1,64})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MOST_CODES = 12


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: field by path, rule by word, where it is written; never the value."""

    field: str
    rule: str
    source: str
    said: Note


@dataclass(frozen=True, slots=True)
class Book:
    """The tables of one message, and how its region spells and which edition it asks for."""

    nodes: tuple[Node, ...]
    snake: bool = False
    edition: str = "union"

    def spelled(self, name: str) -> str:
        return _HUMP.sub("_", name).lower() if self.snake else name


def violations(content: Any, book: Book) -> list[Violation]:
    """Every broken rule, in the order of the tables."""
    found: list[Violation] = []
    for node in book.nodes:
        for where, below in _at(content, node.steps, node, book, found, ""):
            found.extend(_fields(below, where, node, book))
    return found


def _at(
    content: Any, steps: tuple[str, ...], node: Node, book: Book, found: list[Violation], where: str
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The objects a path leads to; a missing or wrong one is noted in ``found``."""
    if not steps:
        if isinstance(content, Mapping):
            yield where, content
        else:
            found.append(_wrong_kind(where or ".", content, "object", node))
        return
    step = steps[0]
    name = book.spelled(step.removesuffix("[]"))
    here = f"{where}.{name}" if where else name
    below = content.get(name) if isinstance(content, Mapping) else None
    if below is None or below == []:
        if node.required and not where:
            told = _other_spelling(content, name)
            said = (
                note("node_spelling", field=here, told=told)
                if told
                else note("node_missing", field=here)
            )
            found.append(Violation(here, "spelling" if told else "node", node.source, said))
        return
    if not step.endswith("[]"):
        yield from _at(below, steps[1:], node, book, found, here)
    elif isinstance(below, list):
        for place, element in enumerate(below):
            yield from _at(element, steps[1:], node, book, found, f"{here}[{place}]")
    else:
        found.append(_wrong_kind(here, below, "list", node))


def _wrong_kind(where: str, content: Any, wanted: str, node: Node) -> Violation:
    said = note("node_kind", field=where, kind=kind_of(content), wanted_kind=wanted)
    return Violation(where, "node", node.source, said)


def _fields(content: Mapping[str, Any], where: str, node: Node, book: Book) -> Iterator[Violation]:
    for row in node.fields:
        name = book.spelled(row.name)
        path = f"{where}.{name}" if where else name
        rule, said = _judged(content, row, name, path, book)
        if said is not None:
            yield Violation(path, rule, node.source, said)


def _judged(
    content: Mapping[str, Any], row: Field, name: str, path: str, book: Book
) -> tuple[str, Note | None]:
    names = (name, *(book.spelled(alias) for alias in row.aliases))
    value = next((content[n] for n in names if n in content), None)
    label = row.label or row.name
    if value is None or value == "":
        told = _other_spelling(content, name) if value is None else ""
        if told:
            return "spelling", note("field_spelling", field=path, label=label, told=told)
        must = _needed(row, content, book)
        return "missing", note("field_missing_here", field=path, label=label) if must else None
    return _broken(row, value, path, label)


def _other_spelling(content: Any, name: str) -> str:
    """A key that differs from ``name`` only in case and underscores."""
    if not isinstance(content, Mapping):
        return ""
    folded = name.replace("_", "").lower()
    others = (key for key in content if key != name)
    return next((key for key in others if key.replace("_", "").lower() == folded), "")


def _needed(row: Field, content: Mapping[str, Any], book: Book) -> bool:
    if row.required == "when" and row.when is not None:
        return str(content.get(book.spelled(row.when[0]))) == row.when[1]
    return bool(row.required) and (
        row.required == "always" or book.edition in (row.required, "union")
    )


def _broken(row: Field, value: Any, path: str, label: str) -> tuple[str, Note | None]:
    rules = {"C": _text, "N": _number, "D": _day, "DT": _moment}
    if row.type not in rules:
        return "", None
    rule, word, params = rules[row.type](row, value)
    if not rule:
        return "", None
    return rule, note(word, field=path, label=label, **params)


_Found = tuple[str, str, dict[str, str | int]]
_FINE: _Found = ("", "", {})


def _text(row: Field, value: Any) -> _Found:
    coded = bool(row.codes) and isinstance(value, Number)
    if not is_text(value) and not coded:
        return "type", "type_text", {"kind": kind_of(value)}
    if len(value) > row.length:
        return "length", "length_text", {"most": row.length, "found": len(value)}
    if row.codes and not _listed(row.codes, value):
        listed = sorted(tables().codes[row.codes])
        shown = "、".join(listed[:_MOST_CODES]) + ("…" if len(listed) > _MOST_CODES else "")
        return "code", "code_unlisted", {"codes": shown}
    return _FINE


def _listed(table: str, text: str) -> bool:
    listed = tables().codes[table]
    if table in tables().unpadded:
        return text.lstrip("0") in {code.lstrip("0") for code in listed}
    return text in listed


def _number(row: Field, value: Any) -> _Found:
    if not isinstance(value, str):
        return "type", "type_number", {"kind": kind_of(value)}
    text = plain(value) if isinstance(value, Number) else value
    if not _NUMBER.fullmatch(text):
        return "type", "type_number", {"kind": kind_of(value)}
    whole, _, decimals = text.lstrip("-").partition(".")
    if len(decimals.rstrip("0")) > row.scale:
        return "scale", "scale_number", {"most": row.scale, "found": len(decimals.rstrip("0"))}
    most = row.length - row.scale
    if len(whole.lstrip("0")) > most:
        return "length", "length_number", {"most": most, "found": len(whole.lstrip("0"))}
    return _FINE


def _day(_row: Field, value: Any) -> _Found:
    if is_text(value) and _DAY.fullmatch(value) and _is_date(value):
        return _FINE
    return "date", "date_day", {}


def _moment(_row: Field, value: Any) -> _Found:
    if is_text(value) and _MOMENT.fullmatch(value) and _is_date(value):
        return _FINE
    return "date", "date_moment", {}


def _is_date(text: str) -> bool:
    try:
        if len(text) == len("2026-01-01"):
            date.fromisoformat(text)
        else:
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
