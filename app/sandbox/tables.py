"""The field tables of ``resources/tables/wire``, read once and validated."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

Direction = Literal["request", "response"]

_FIELD_TABLES = (
    "core_catalogue.toml",
    "core_goods.toml",
    "core_session.toml",
    "core_settlement.toml",
    "core_stock.toml",
    "rx_circulation.toml",
    "rx_hospital.toml",
    "rx_identity.toml",
    "rx_pharmacy.toml",
)
_CODE_TABLES = ("core_codes.toml", "rx_codes.toml")


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table whose misspelt keys refuse to load."""


class When(Table, frozen=True):
    """Required only where another field of the same node has this value."""

    field: str
    value: str


class FieldRow(Table, frozen=True, kw_only=True):
    """One field: name, type, size, when it must be there, and the codes it may hold."""

    name: str
    label: str = ""
    type: Literal["C", "N", "D", "DT", "any"]
    length: int = 0
    scale: int = 0
    required: Literal["", "always", "old", "new", "when"] = ""
    when: When | None = None
    codes: str = ""
    aliases: tuple[str, ...] = ()


class NodeTable(Table, frozen=True, kw_only=True):
    """One object of a message; ``path`` as in the README beside the tables."""

    operation: str
    direction: Direction
    path: str
    required: bool = False
    source: str
    fields: tuple[FieldRow, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        """The path taken apart; empty for the message itself."""
        return () if self.path == "." else tuple(self.path.split("."))


class Same(Table, frozen=True, rename={"as_": "as"}):
    """An operation whose tables are those of another; ``root`` takes the place of the first node
    of its requests."""

    operation: str
    as_: str
    root: str = ""


class WireFile(Table, frozen=True):
    node: tuple[NodeTable, ...]
    same: tuple[Same, ...] = ()


class Codes(Table, frozen=True):
    codes: dict[str, frozenset[str]]
    unpadded: frozenset[str] = frozenset()


class Refusals(Table, frozen=True):
    """Sentences of the platform by the word the code uses."""

    sentences: dict[str, str]


def _read(name: str) -> str:
    return (resources.files("resources") / "tables" / "wire" / name).read_text("utf-8")


@cache
def nodes(operation: str, direction: Direction) -> tuple[NodeTable, ...]:
    """The tables of one message; empty where none is known."""
    rows, same = _all()
    entry = same.get(operation)
    meant = entry.as_ if entry else operation
    found = tuple(n for n in rows if n.operation == meant and n.direction == direction)
    if entry is None or not entry.root or direction != "request":
        return found
    return tuple(_rooted(node, entry.root) for node in found)


def _rooted(node: NodeTable, root: str) -> NodeTable:
    _, _, below = node.path.partition(".")
    return msgspec.structs.replace(node, path=f"{root}.{below}" if below else root)


@cache
def _all() -> tuple[tuple[NodeTable, ...], dict[str, Same]]:
    rows: list[NodeTable] = []
    same: dict[str, Same] = {}
    for name in _FIELD_TABLES:
        found = msgspec.convert(tomllib.loads(_read(name)), WireFile)
        rows.extend(found.node)
        same.update({entry.operation: entry for entry in found.same})
    return tuple(rows), same


@cache
def codes() -> Codes:
    """The code tables of both platforms as one."""
    parts = [msgspec.convert(tomllib.loads(_read(name)), Codes) for name in _CODE_TABLES]
    merged = {name: values for part in parts for name, values in part.codes.items()}
    return Codes(merged, frozenset().union(*(part.unpadded for part in parts)))


@cache
def refusals() -> Refusals:
    return msgspec.convert(tomllib.loads(_read("core_refusals.toml")), Refusals)
