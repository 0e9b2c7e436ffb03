"""Just enough PDF structure to append an incremental update (ISO 32000-1 7.5).

Reads files with classic cross-reference tables; cross-reference streams, hybrid and encrypted
files are refused, since our documents never have them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.crypto.errors import CryptoRefused

_TOKEN = re.compile(
    rb"%[^\r\n]*|<<|>>|<[0-9A-Fa-f\s]*>|\(|\[|\]|/[^\s<>\[\](){}/%]*|[^\s<>\[\](){}/%]+",
)
_INSIDE_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_START = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF\s*\Z")
_SECTION = re.compile(rb"\s*([0-9]+) ([0-9]+)[ ]*(?:\r\n|\r|\n)")
_ENTRY = re.compile(rb"([0-9]{10}) ([0-9]{5}) ([nf])")
_ENTRY_SIZE = 20
_OBJECT = re.compile(rb"\s*([0-9]+)\s+([0-9]+)\s+obj\s*(?=<<)")
_REFERENCE = re.compile(rb"([0-9]+)\s+([0-9]+)\s+R")
_CARRIED = frozenset({b"/Info", b"/ID"})
_MOST_UPDATES = 64


@dataclass(frozen=True, slots=True)
class Reference:
    """``number generation R``."""

    number: int
    generation: int


@dataclass(frozen=True, slots=True)
class Trailer:
    """The newest trailer: where its table lies, the next free number, and what is carried on."""

    table_at: int
    size: int
    root: Reference
    carried: Mapping[bytes, bytes]
    offsets: Mapping[Reference, int]

    def offset_of(self, reference: Reference) -> int:
        """Byte offset of an object in use; raises ``CryptoRefused`` where there is none."""
        try:
            return self.offsets[reference]
        except KeyError:
            raise CryptoRefused("pdf_form") from None


def read_trailer(document: bytes) -> Trailer:
    """Follow ``startxref`` through all updates; raises ``CryptoRefused`` for foreign forms."""
    found = _START.search(document)
    if found is None:
        raise CryptoRefused("pdf_form")
    at = table_at = int(found[1])
    offsets: dict[Reference, int] = {}
    newest: dict[bytes, bytes] = {}
    for _ in range(_MOST_UPDATES):
        entries = _read_table(document, at, offsets)
        newest = newest or entries
        if b"/Prev" not in entries:
            break
        at = _number(entries, b"/Prev")
    if not {b"/Encrypt", b"/XRefStm"}.isdisjoint(newest):
        raise CryptoRefused("pdf_form")
    carried = {name: value for name, value in newest.items() if name in _CARRIED}
    return Trailer(
        table_at, _number(newest, b"/Size"), _reference(newest, b"/Root"), carried, offsets
    )


def read_object(document: bytes, at: int) -> bytes:
    """The dictionary of the object at ``at``, from ``<<`` to ``>>``."""
    head = _OBJECT.match(document, at)
    if head is None:
        raise CryptoRefused("pdf_form")
    return _dictionary(document, head.end())


def read_entries(dictionary: bytes) -> dict[bytes, bytes]:
    """Top-level entries of a dictionary: name → raw value. The last of two equal names wins."""
    entries: dict[bytes, bytes] = {}
    tokens = list(_tokens(dictionary, 0))[1:-1]
    while tokens:
        name = tokens.pop(0)
        size = _value_size(tokens)
        if not name.startswith(b"/") or not size:
            raise CryptoRefused("pdf_form")
        entries[name] = b" ".join(tokens[:size])
        del tokens[:size]
    return entries


def append_objects(document: bytes, trailer: Trailer, objects: Mapping[Reference, bytes]) -> bytes:
    """``document`` with an update of ``objects`` (reference → raw text); old bytes stay."""
    parts = [document] if document.endswith(b"\n") else [document, b"\n"]
    at = sum(len(part) for part in parts)
    table = b"xref\n"
    for reference, content in objects.items():
        text = b"%d %d obj\n%b\nendobj\n" % (reference.number, reference.generation, content)
        table += b"%d 1\n%010d %05d n\r\n" % (reference.number, at, reference.generation)
        parts.append(text)
        at += len(text)
    size = max(trailer.size, *(reference.number + 1 for reference in objects))
    carried = b"".join(b" %b %b" % entry for entry in trailer.carried.items())
    parts.append(
        table
        + b"trailer\n<< /Size %d /Root %d %d R"
        % (size, trailer.root.number, trailer.root.generation)
        + carried
        + b" /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (trailer.table_at, at)
    )
    return b"".join(parts)


def _read_table(document: bytes, at: int, offsets: dict[Reference, int]) -> dict[bytes, bytes]:
    """Add one table's entries where no newer update has them, and return its trailer."""
    if document[at : at + 4] != b"xref":
        raise CryptoRefused("pdf_form")
    at += 4
    while section := _SECTION.match(document, at):
        at = section.end()
        for number in range(int(section[1]), int(section[1]) + int(section[2])):
            entry = _ENTRY.match(document, at)
            if entry is None:
                raise CryptoRefused("pdf_form")
            at += _ENTRY_SIZE
            if entry[3] == b"n":
                offsets.setdefault(Reference(number, int(entry[2])), int(entry[1]))
    start = re.compile(rb"\s*trailer\s*(?=<<)").match(document, at)
    if start is None:
        raise CryptoRefused("pdf_form")
    return read_entries(_dictionary(document, start.end()))


def _number(entries: Mapping[bytes, bytes], name: bytes) -> int:
    text = entries.get(name, b"")
    if not text.isdigit():
        raise CryptoRefused("pdf_form")
    return int(text)


def _reference(entries: Mapping[bytes, bytes], name: bytes) -> Reference:
    found = _REFERENCE.fullmatch(entries.get(name, b""))
    if found is None:
        raise CryptoRefused("pdf_form")
    return Reference(int(found[1]), int(found[2]))


def _dictionary(document: bytes, at: int) -> bytes:
    """The balanced text from the ``<<`` at ``at``."""
    tokens = _spans(document, at)
    depth = 0
    for start, end in tokens:
        mark = document[start:end]
        depth += (mark == b"<<") - (mark == b">>")
        if depth == 0:
            return document[at:end]
    raise CryptoRefused("pdf_form")


def _value_size(tokens: list[bytes]) -> int:
    """How many tokens the first value takes; 0 where there is none."""
    if len(tokens) >= 3 and tokens[2] == b"R" and tokens[0].isdigit():
        return 3
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token in (b"<<", b"[")) - (token in (b">>", b"]"))
        if depth == 0:
            return index + 1
    return 0


def _tokens(document: bytes, at: int) -> Iterator[bytes]:
    return (document[start:end] for start, end in _spans(document, at))


def _spans(document: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Start and end of each token from ``at`` on; comments are left out."""
    while found := _TOKEN.search(document, at):
        at = _string_end(document, found.start()) if found[0] == b"(" else found.end()
        if not found[0].startswith(b"%"):
            yield found.start(), at


def _string_end(document: bytes, at: int) -> int:
    """Where the literal string that opens at ``at`` ends; parentheses nest."""
    depth = 0
    for found in _INSIDE_STRING.finditer(document, at):
        depth += (found[0] == b"(") - (found[0] == b")")
        if depth == 0:
            return found.end()
    raise CryptoRefused("pdf_form")
