"""Which tables a message is held against: its envelope's, and those of its operation."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.profile.model import Profile
from app.profile.operations import Operation, Service
from app.sandbox.referee.fields.check import Book, Violation, violations
from app.sandbox.referee.fields.tables import ENVELOPE, RX_ENVELOPE, Direction, nodes
from app.sandbox.referee.wire import Note, Object, Unreadable, is_text, kind_of, note, read_any

_CORE_MARKS = frozenset({"infno", "infcode", "msgid", "inf_refmsgid", "input", "output"})
_RX_SOURCE = "prescription-centre 2.1"


class Unknown(ValueError):
    """An operation nobody has tables for; ``note`` says so."""

    def __init__(self, said: Note) -> None:
        super().__init__(said.word)
        self.note = said


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be checked. ``opened`` decrypts the business object where it is sealed."""

    profile: Profile
    operation: Operation
    direction: Direction
    opened: Callable[[Object], Any]


def operation_named(profile: Profile, name: str) -> Operation:
    """By its name, or by the number or path of the region. Raises ``Unknown``."""
    for operation, part in profile.operations.items():
        if name in (operation.value, part.address, part.path):
            return operation
    known = "、".join(sorted(operation.value for operation in profile.operations))
    raise Unknown(note("operation_unknown", name=name[:40], known=known))


def check(message: Object, case: Case) -> list[Violation]:
    """Every broken rule of envelope and content. Raises ``Unknown`` without a table."""
    tables = nodes(case.operation.value, case.direction)
    if not tables and not nodes(case.operation.value, "request"):
        raise Unknown(note("operation_without_table", name=case.operation.value))
    part = case.profile.operations[case.operation]
    found: list[Violation] = []
    if part.service is Service.CORE or _CORE_MARKS & set(message):
        content = _core_content(message, case, found)
    else:
        content = _rx_content(message, case, found)
    snake = part.service is Service.RX_CENTRE and bool(_CORE_MARKS & set(message))
    if content is not None:
        edition = case.profile.rules.required_set_35xx
        found.extend(violations(content, Book(tables, snake, edition)))
    return found


def _core_content(message: Object, case: Case, found: list[Violation]) -> Any:
    frame = nodes(ENVELOPE, case.direction)
    found.extend(violations(message, Book(frame)))
    address = case.profile.address(case.operation)
    told = message.get("infno")
    if case.direction == "request" and is_text(told) and told and told != address:
        said = note("other_operation", field="infno", told=told[:20], wanted=address)
        found.append(Violation("infno", "operation", frame[0].source, said))
    name = "input" if case.direction == "request" else "output"
    content = message.get(name)
    if is_text(content) and content:
        if not case.profile.core.input_as_string:
            said = note("node_kind", field=name, kind="text", wanted_kind="object")
            found.append(Violation(name, "node", frame[0].source, said))
        content = _parsed(content, name, found)
    if case.profile.operations[case.operation].service is Service.RX_CENTRE:
        return _rx_node(content, case, name, found)
    return content


def _rx_node(content: Any, case: Case, name: str, found: list[Violation]) -> Any:
    """Below ``input`` the centre's object has a node of its own in some regions."""
    wanted = case.profile.tables.get("rx_nodes", {}).get(case.operation.value, "data")
    if not isinstance(content, Mapping) or case.direction == "response":
        return content
    if wanted in content:
        return content[wanted]
    said = note("node_missing", field=f"{name}.{wanted}")
    found.append(Violation(f"{name}.{wanted}", "node", "prescription-centre 8.1", said))
    return None


def _rx_content(message: Object, case: Case, found: list[Violation]) -> Any:
    found.extend(violations(message, Book(nodes(RX_ENVELOPE, case.direction))))
    found.extend(_signed(message))
    if message.get("encData") not in (None, ""):
        return case.opened(message)
    content = message.get("data")
    refused = case.direction == "response" and str(message.get("code")) != "0"
    if content in (None, ""):
        if not refused:
            told = next((n for n in message if n.lower() in ("data", "encdata")), "")
            word = "node_spelling" if told else "node_missing"
            params = {"told": told} if told else {}
            name = "encData" if told.lower() == "encdata" else "data"
            said = note(word, field=name, **params)
            found.append(Violation(name, "spelling" if told else "node", _RX_SOURCE, said))
        return None
    if is_text(content):
        said = note("node_kind", field="data", kind="text", wanted_kind="object")
        found.append(Violation("data", "node", _RX_SOURCE, said))
        return _parsed(content, "data", found)
    return content


def _signed(message: Object) -> Iterator[Violation]:
    """A message on the wire is signed; in the clear it may not be yet."""
    sealed = message.get("encData") not in (None, "")
    value = message.get("signData")
    if value in (None, "") and sealed:
        told = next((n for n in message if n.lower() == "signdata"), "")
        word = "field_spelling" if told else "field_missing_here"
        params = {"told": told} if told else {}
        said = note(word, field="signData", label="签名", **params)
        yield Violation("signData", "spelling" if told else "missing", _RX_SOURCE, said)
    elif value not in (None, "") and not is_text(value):
        said = note("type_text", field="signData", label="签名", kind=kind_of(value))
        yield Violation("signData", "type", _RX_SOURCE, said)


def _parsed(text: str, name: str, found: list[Violation]) -> Any:
    try:
        return read_any(text)
    except Unreadable as wrong:
        said = note("node_no_json", field=name, why=wrong.note.word)
        found.append(Violation(name, "node", "prescription-centre 2.1", said))
        return None
