"""The frames of a resident-ID reader and the text block of a card (identity-and-devices 4). Pure.

The photo of a card is closed and nobody's need here: it is skipped.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce

from app.domain.credential import IdNumber, PersonName
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import IdCardFacts

PREAMBLE = bytes.fromhex("AAAAAA9669")
FIND, SELECT, READ = b"\x20\x01", b"\x20\x02", b"\x30\x01"
FOUND, DONE = 0x9F, 0x90
NO_CARD, NOT_SELECTED, NOT_READ = 0x80, 0x81, 0x41
TEXT_LENGTH, PHOTO_LENGTH = 256, 1024
LONGEST = 2048

_FIELDS = {
    "name": (0, 30),
    "gender": (30, 2),
    "birth": (36, 16),
    "number": (122, 36),
    "valid_until": (204, 16),
}
_LAYOUT_AT = 248
_FOREIGNER = ord("I")


def checksum(content: bytes) -> int:
    """XOR over everything from the length on."""
    return reduce(lambda a, b: a ^ b, content, 0)


def frame(content: bytes) -> bytes:
    """Preamble, length, content, checksum."""
    body = (len(content) + 1).to_bytes(2, "big") + content
    return PREAMBLE + body + bytes([checksum(body)])


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """Third status byte and what follows it. The content is about a person: it is not shown."""

    status: int
    content: bytes

    def __repr__(self) -> str:
        return f"Reply({self.status:02X}, {len(self.content)} bytes)"


def body_length(head: bytes) -> int | None:
    """Bytes that follow the seven of preamble and length; None when this is no frame."""
    if len(head) != 7 or not head.startswith(PREAMBLE):
        return None
    length = int.from_bytes(head[5:7], "big")
    return length if 4 <= length <= LONGEST else None


def reply_of(raw: bytes) -> Reply | None:
    """A whole reply frame, None when it is cut, too long or its checksum is wrong."""
    length = body_length(raw[:7])
    if length is None or len(raw) != 7 + length or checksum(raw[5:-1]) != raw[-1]:
        return None
    return Reply(raw[9], raw[10:-1])


def _text(block: bytes, field: str) -> str:
    start, length = _FIELDS[field]
    return block[start : start + length].decode("utf-16-le", "ignore").strip(" \x00\u3000")


def _day(text: str) -> date | None:
    # an unlimited card says so in words: no date
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # a calendar day
    except ValueError:
        return None


def facts_of(content: bytes) -> IdCardFacts:
    """The text of a read reply: two lengths, text, photo.

    Raises ``DeviceTrouble``: ``CARD_UNREADABLE`` when it is cut or empty, ``CARD_UNKNOWN`` for
    the foreigners' permit, whose layout no source confirms.
    """
    length = int.from_bytes(content[:2], "big")
    block = content[4 : 4 + length]
    if length != TEXT_LENGTH or len(block) != TEXT_LENGTH:
        raise DeviceTrouble(Code.CARD_UNREADABLE)
    if block[_LAYOUT_AT] == _FOREIGNER:
        raise DeviceTrouble(Code.CARD_UNKNOWN)
    name, number = _text(block, "name"), _text(block, "number").upper()
    if not name or not number:
        raise DeviceTrouble(Code.CARD_UNREADABLE)
    return IdCardFacts(
        name=PersonName(name),
        id_number=IdNumber(number),
        gender=_text(block, "gender"),
        birth_date=_day(_text(block, "birth")),
        valid_until=_day(_text(block, "valid_until")),
    )
