"""What a social-security card of any generation tells to a plain reader.

Layout, tags and padding: identity-and-devices 3.3, 3.4; generations: 3.6. Records are asked for
by tag, because in EF06 numbers mean different things on different generations.
"""

from datetime import date, datetime

from app.domain.credential import CardFacts, CardNumber, CardSerial, IdNumber, PersonName
from app.domain.errors import Code, DeviceTrouble
from devices.card.apdu import (
    FILE_NOT_FOUND,
    NO_CURRENT_FILE,
    OK,
    RECORD_NOT_FOUND,
    SECURITY_NOT_SATISFIED,
    WRONG_P1_P2,
    Answer,
    Connection,
    exchange,
    historical_bytes,
    read_record,
    select_application,
    select_file,
)

APPLICATION = "sx1.sh.社会保障".encode("gbk")
EF_ISSUER = 0xEF05
EF_HOLDER = 0xEF06
TAG_SERIAL, TAG_VERSION, TAG_VALID_UNTIL, TAG_CARD_NO = 0x01, 0x03, 0x06, 0x07
TAG_ID_NUMBER, TAG_NAME, TAG_NAME_MORE = 0x08, 0x09, 0x4E

_PADDING = b"\x00\xff"
_CARD_NO_LENGTH = 9
_SERIAL_LENGTH = 16
_NOT_OUR_CARD = frozenset({FILE_NOT_FOUND, 0x6A81, 0x6A88, 0x6D00, 0x6E00})


def read_social_card(
    connection: Connection, reset: bytes, *, reset_form: str = "historical"
) -> CardFacts:
    """Read a card. ``reset`` is its answer to reset, ``reset_form`` the profile's choice.

    Name and number are None on a third-generation card, which hides them (6982): normal.
    Raises ``DeviceTrouble``: ``CARD_UNKNOWN`` for another kind of card, ``CARD_UNREADABLE`` for
    a damaged one, and whatever the connection raises when the card is pulled.
    """
    _select_application(connection)
    _select_file(connection, EF_ISSUER)
    serial = _record(connection, TAG_SERIAL)
    card_no = _record(connection, TAG_CARD_NO)
    if serial is None or len(serial) != _SERIAL_LENGTH or card_no is None:
        raise DeviceTrouble(Code.CARD_UNREADABLE)
    version = _ascii(_record(connection, TAG_VERSION) or b"")
    valid_until = packed_date(_record(connection, TAG_VALID_UNTIL) or b"")
    name, id_number = _holder(connection)
    historical = reset if reset_form == "atr" else historical_bytes(reset)
    serial_hex = serial.hex().upper()
    return CardFacts(
        card_no=CardNumber(_ascii(card_no)[:_CARD_NO_LENGTH]),
        card_serial=CardSerial(serial_hex),
        name=name,
        id_number=id_number,
        # an empty version is the first generation (3.3)
        spec_version=version or "1.00",
        issuing_area=serial_hex[:6],
        valid_until=valid_until,
        reset_form=historical.hex().upper(),
    )


def _select_application(connection: Connection) -> None:
    answer = exchange(connection, select_application(APPLICATION))
    if answer.status in _NOT_OUR_CARD:
        raise DeviceTrouble(Code.CARD_UNKNOWN, status=f"{answer.status:04X}")
    if not answer.ok:
        raise _unreadable(answer)


def _select_file(connection: Connection, identifier: int) -> None:
    answer = exchange(connection, select_file(identifier))
    if answer.status == WRONG_P1_P2:
        # some cards know the older form only (3.2)
        answer = exchange(connection, select_file(identifier, p1=0x00))
    if not answer.ok:
        raise _unreadable(answer)


def _record(connection: Connection, tag: int) -> bytes | None:
    """Value of one record, None where the card has no such record or hides it."""
    answer = exchange(connection, read_record(tag))
    if answer.status in (RECORD_NOT_FOUND, SECURITY_NOT_SATISFIED):
        return None
    if answer.status != OK or len(answer.body) < 2 or answer.body[0] != tag:
        raise _unreadable(answer)
    length = answer.body[1]
    value = answer.body[2 : 2 + length]
    if len(value) != length:
        raise _unreadable(answer)
    return value


def _holder(connection: Connection) -> tuple[PersonName | None, IdNumber | None]:
    answer = exchange(connection, select_file(EF_HOLDER))
    if answer.status in (SECURITY_NOT_SATISFIED, FILE_NOT_FOUND, NO_CURRENT_FILE):
        return None, None
    if not answer.ok:
        _select_file(connection, EF_HOLDER)
    number = _record(connection, TAG_ID_NUMBER)
    first = _record(connection, TAG_NAME)
    more = _record(connection, TAG_NAME_MORE) if first is not None else None
    name = holder_name(first or b"", more or b"")
    text = _ascii(number or b"")
    return PersonName(name) if name else None, IdNumber(text) if text else None


def holder_name(first: bytes, more: bytes) -> str:
    """A name over two records, joined as bytes: the cut may go through a character (3.4).

    Bytes that are no text give an empty name: no name is better than a wrong one.
    """
    joined = first.rstrip(_PADDING) + more.rstrip(_PADDING)
    try:
        return joined.decode("gb18030").strip()
    except UnicodeDecodeError:
        return ""


def packed_date(packed: bytes) -> date | None:
    """YYYYMMDD in packed digits; None where it is empty or filled with F."""
    try:
        return datetime.strptime(packed.hex(), "%Y%m%d").date()  # noqa: DTZ007  # a calendar day
    except ValueError:
        return None


def card_no_checks(card_no: str) -> bool:
    """卡号 check character (3.8). Real cards break it, so it is a warning at most."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    if len(card_no) != _CARD_NO_LENGTH or not card_no.isascii() or not card_no.isalnum():
        return False
    total = sum(int(c, 36) * w for c, w in zip(card_no[:8].upper(), weights, strict=True))
    rest = 11 - total % 11
    return card_no[8].upper() == {10: "X", 11: "0"}.get(rest, str(rest))


def _ascii(value: bytes) -> str:
    return value.strip(_PADDING).decode("ascii", "ignore").strip()


def _unreadable(answer: Answer) -> DeviceTrouble:
    return DeviceTrouble(Code.CARD_UNREADABLE, status=f"{answer.status:04X}")
