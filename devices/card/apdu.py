"""Bytes in, bytes and status word out; what a reader leaves to its user: 61xx and 6Cxx.

A reader under T=0 neither fetches waiting bytes nor repeats with the right length
(identity-and-devices 3.2).
"""

from dataclasses import dataclass
from typing import Protocol

SELECT_BY_NAME = 0x04
SELECT_EF = 0x02

OK = 0x9000
SECURITY_NOT_SATISFIED = 0x6982
NO_CURRENT_FILE = 0x6986
FILE_NOT_FOUND = 0x6A82
RECORD_NOT_FOUND = 0x6A83
WRONG_P1_P2 = 0x6A86

_MORE_HOPS = 8


class Connection(Protocol):
    """A powered card. ``transmit`` raises ``DeviceTrouble`` when the card or reader is gone."""

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Raw exchange: answer without status word, and the status word."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """Body and status word. The body may be about a person: it is not shown."""

    body: bytes
    status: int

    @property
    def ok(self) -> bool:
        return self.status == OK

    def __repr__(self) -> str:
        return f"Answer({len(self.body)} bytes, {self.status:04X})"


def exchange(connection: Connection, apdu: bytes) -> Answer:
    """One command to its end: repeats on 6Cxx, fetches on 61xx. ``apdu`` ends with its Le."""
    body, status = connection.transmit(apdu)
    if status >> 8 == 0x6C:
        body, status = connection.transmit(apdu[:-1] + bytes([status & 0xFF]))
    whole = bytearray(body)
    for _ in range(_MORE_HOPS):
        if status >> 8 != 0x61:
            break
        body, status = connection.transmit(bytes([0x00, 0xC0, 0x00, 0x00, status & 0xFF]))
        whole += body
    return Answer(bytes(whole), status)


def select_application(name: bytes) -> bytes:
    """SELECT by name, first occurrence."""
    return bytes([0x00, 0xA4, SELECT_BY_NAME, 0x00, len(name)]) + name


def select_file(identifier: int, p1: int = SELECT_EF) -> bytes:
    """SELECT an elementary file below the current application."""
    return bytes([0x00, 0xA4, p1, 0x00, 0x02]) + identifier.to_bytes(2, "big")


def read_record(tag: int) -> bytes:
    """READ RECORD of the current file by tag; Le 00, the card names the right one."""
    return bytes([0x00, 0xB2, tag, 0x00, 0x00])


def historical_bytes(reset: bytes) -> bytes:
    """The historical bytes of an answer to reset (ISO 7816-3); empty when it is cut."""
    if len(reset) < 2:
        return b""
    count, present, at = reset[1] & 0x0F, reset[1] >> 4, 2
    while present:
        at += bin(present & 0x07).count("1")
        if not present & 0x08:
            break
        if at >= len(reset):
            return b""
        present = reset[at] >> 4
        at += 1
    found = reset[at : at + count]
    return found if len(found) == count else b""
