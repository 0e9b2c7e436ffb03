"""Holds a message against its field table, field by field. Unknown fields are never refused."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.sandbox.tables import Direction, FieldRow, NodeTable, codes, nodes, refusals

_NUMBER = re.compile(r"-?[0-9]{1,24}(?:\.[0-9]{1,12})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = "%Y-%m-%d %H:%M:%S"

Content = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: the field, the rule (a word of core_refusals), where it is written."""

    field: str
    label: str
    rule: str
    source: str

    @property
    def sentence(self) -> str:
        """As the platform says it."""
        return (
            refusals()
            .sentences[self.rule]
            .format(field=self.field, label=self.label, source=self.source)
        )


def violations(
    operation: str, direction: Direction, content: Content, edition: str = "union"
) -> list[Violation]:
    """Every broken rule of an ``input`` or ``output``; ``edition`` as required_set_35xx."""
    found: list[Violation] = []
    for table in nodes(operation, direction):
        for where, node in _nodes_at(content, table.steps, table, found):
            found.extend(_check_node(table, where, node, edition))
    return found


def _nodes_at(
    content: object,
    steps: tuple[str, ...],
    table: NodeTable,
    found: list[Violation],
    where: str = "",
) -> Iterator[tuple[str, Content]]:
    """The objects a path leads to; a missing or wrong one is noted in ``found``."""
    if not steps:
        if isinstance(content, Mapping):
            yield where, content
        else:
            found.append(Violation(where or ".", "", "node", table.source))
        return
    step, rest = steps[0], steps[1:]
    name = step.removesuffix("[]")
    here = f"{where}.{name}" if where else name
    below = content.get(name) if isinstance(content, Mapping) else None
    if below is None or below == []:
        if table.required and not where:
            found.append(Violation(here, "", "node", table.source))
        return
    if not step.endswith("[]"):
        yield from _nodes_at(below, rest, table, found, here)
    elif isinstance(below, list):
        for place, element in enumerate(below):
            yield from _nodes_at(element, rest, table, found, f"{here}[{place}]")
    else:
        found.append(Violation(here, "", "node", table.source))


def _check_node(table: NodeTable, where: str, node: Content, edition: str) -> Iterator[Violation]:
    for row in table.fields:
        value = spelled(node, row)
        rule = _missing(row, node, edition) if value in (None, "") else _broken(row, value)
        if rule:
            name = f"{where}.{row.name}" if where else row.name
            yield Violation(name, row.label or row.name, rule, table.source)


def spelled(node: Content, row: FieldRow) -> object:
    """The field's value under its name or the first alias that is there."""
    for name in (row.name, *row.aliases):
        if name in node:
            return node[name]
    return None


def _missing(row: FieldRow, node: Content, edition: str) -> str:
    if row.required == "when" and row.when is not None:
        return "missing" if str(node.get(row.when.field)) == row.when.value else ""
    must = row.required == "always" or (row.required and edition in (row.required, "union"))
    return "missing" if must else ""


def _broken(row: FieldRow, value: object) -> str:
    match row.type:
        case "C":
            return _broken_text(row, value)
        case "N":
            return _broken_number(row, value)
        case "D":
            return "" if _is_day(value) else "date"
        case "DT":
            return "" if _is_moment(value) else "date"
        case _:
            return ""


def _broken_text(row: FieldRow, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return "type"
    if isinstance(value, int) and not row.codes:
        return "type"
    text = str(value)
    if len(text) > row.length:
        return "length"
    if row.codes and not _listed(row.codes, text):
        return "code"
    return ""


def _listed(table: str, text: str) -> bool:
    known = codes()
    listed = known.codes[table]
    if table in known.unpadded:
        return text.lstrip("0") in {code.lstrip("0") for code in listed}
    return text in listed


def _broken_number(row: FieldRow, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return "type"
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    if not _NUMBER.fullmatch(text):
        return "type"
    whole, _, decimals = text.lstrip("-").partition(".")
    if len(decimals.rstrip("0")) > row.scale:
        return "scale"
    return "length" if len(whole.lstrip("0")) > row.length - row.scale else ""


def _is_day(value: object) -> bool:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_moment(value: object) -> bool:
    if not isinstance(value, str) or len(value) != 19 or not value.isascii():
        return False
    try:
        datetime.strptime(value, _MOMENT)  # noqa: DTZ007 wire times carry no zone
    except ValueError:
        return False
    return True
