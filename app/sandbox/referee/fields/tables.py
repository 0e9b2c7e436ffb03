"""The field tables of ``resources/tables/wire``, read for judging; how to read: README beside them.

The training platform reads the same tables with its own code: they are data, nobody's opinion.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal

Direction = Literal["request", "response"]

ENVELOPE, RX_ENVELOPE = "envelope", "rx_envelope"
_FILES = (
    "core_codes.toml",
    "core_catalogue.toml",
    "core_goods.toml",
    "core_session.toml",
    "core_settlement.toml",
    "core_stock.toml",
    "rx_codes.toml",
    "rx_envelope.toml",
    "rx_circulation.toml",
    "rx_hospital.toml",
    "rx_identity.toml",
    "rx_pharmacy.toml",
)


@dataclass(frozen=True, slots=True)
class Field:
    """One row; words as in the README. ``when`` is a field and the value that makes it needed."""

    name: str
    type: str
    label: str = ""
    length: int = 0
    scale: int = 0
    required: str = ""
    when: tuple[str, str] | None = None
    codes: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """One object of a message; ``steps`` lead to it, empty for the message itself."""

    steps: tuple[str, ...]
    required: bool
    source: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """All nodes by operation and direction, and the code tables."""

    nodes: Mapping[tuple[str, str], tuple[Node, ...]]
    codes: Mapping[str, frozenset[str]]
    unpadded: frozenset[str]


def nodes(operation: str, direction: Direction) -> tuple[Node, ...]:
    """The nodes of one message; empty where no table is known."""
    return tables().nodes.get((operation, direction), ())


@cache
def tables() -> Tables:
    """Every table, read once."""
    found: dict[tuple[str, str], tuple[Node, ...]] = {}
    codes: dict[str, frozenset[str]] = {}
    unpadded: set[str] = set()
    same: list[dict[str, str]] = []
    for name in _FILES:
        file = resources.files("resources") / "tables" / "wire" / name
        read = tomllib.loads(file.read_text("utf-8"))
        for row in read.get("node", ()):
            key = (row["operation"], row["direction"])
            found[key] = (*found.get(key, ()), _node(row))
        codes |= {table: frozenset(values) for table, values in read.get("codes", {}).items()}
        unpadded |= set(read.get("unpadded", ()))
        same += read.get("same", ())
    for entry in same:
        for direction in ("request", "response"):
            shared = found.get((entry["as"], direction), ())
            if entry.get("root") and direction == "request":
                shared = tuple(replace(n, steps=(entry["root"], *n.steps[1:])) for n in shared)
            found.setdefault((entry["operation"], direction), shared)
    return Tables(found, codes, frozenset(unpadded))


def _node(row: Mapping[str, Any]) -> Node:
    path = row["path"]
    steps = () if path == "." else tuple(path.split("."))
    fields = tuple(_field(field) for field in row["fields"])
    return Node(steps, bool(row.get("required", False)), row["source"], fields)


def _field(row: Mapping[str, Any]) -> Field:
    when = row.get("when")
    told = {name: value for name, value in row.items() if name not in ("when", "aliases")}
    pair = (when["field"], when["value"]) if when else None
    return Field(when=pair, aliases=tuple(row.get("aliases", ())), **told)
