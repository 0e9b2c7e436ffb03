"""A card that answers APDUs, with scripted faults; used in process and over the virtual reader.

Behaviour: identity-and-devices 5.4; contents: 3.8. All persons on these cards are synthetic.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from app.domain.credential import CardFacts
from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import DeviceState, DeviceStatus, StateListener
from devices.card.social_card import APPLICATION, read_social_card
from devices.gate import Gate

_FIRST_BY_TAG, _BY_NUMBER, _FROM_NUMBER = 0, 4, 5
_RESET = bytes.fromhex("3B6D000000814A444686605301000001AC")


@dataclass(frozen=True, slots=True, repr=False)
class CardContents:
    """Records by file in card order, as (tag, value)."""

    files: dict[int, tuple[tuple[int, bytes], ...]]
    reset: bytes = _RESET
    protected: frozenset[int] = frozenset()
    application: bytes = APPLICATION


@dataclass(frozen=True, slots=True)
class CardFaults:
    """``pulled_after`` APDUs the card is gone; ``t0`` makes it answer 61xx like a T=0 card."""

    pulled_after: int | None = None
    t0: bool = False
    mute: bool = False
    delay: float = 0.0


def _packed(day: str) -> bytes:
    return bytes.fromhex(day) if day else b"\xff" * 4


def social_card(
    *,
    name: str = "测试员甲",
    id_number: str = "530100199003070013",
    card_no: str = "A00000011",
    card_serial: str = "530100D156000005000001ACA1B2C3D4",
    version: str = "3.00",
    issued_on: str = "20240101",
    valid_until: str = "20340101",
    protected: bool = False,
    name_bytes: bytes | None = None,
) -> CardContents:
    """A synthetic card (3.8). Dates are YYYYMMDD, empty for F-filled; version 1 has no 4E."""
    whole = name.encode("gb18030") if name_bytes is None else name_bytes
    birth = id_number[6:14] if len(id_number) == 18 else ""
    issuer = (
        (0x01, bytes.fromhex(card_serial)),
        (0x02, b"3"),
        (0x03, version.encode("ascii").ljust(4, b"\x00")),
        (0x04, bytes.fromhex("915600000253010053010001")),
        (0x05, _packed(issued_on)),
        (0x06, _packed(valid_until)),
        (0x07, card_no.encode("ascii")),
    )
    holder = [
        (0x08, id_number.encode("ascii").ljust(18, b"\x00")),
        (0x09, whole[:30].ljust(30, b"\x00")),
    ]
    if not version.startswith("1") and version:
        holder.append((0x4E, whole[30:50].ljust(20, b"\x00")))
    holder += [
        (0x0A, b"1"),
        (0x0B, b"\x01"),
        (0x0C, bytes.fromhex("530102")),
        (0x0D, _packed(birth)),
    ]
    return CardContents(
        {0xEF05: issuer, 0xEF06: tuple(holder)},
        protected=frozenset({0xEF06}) if protected else frozenset(),
    )


def bank_card() -> CardContents:
    """A card of another trade: SELECT finds nothing."""
    return CardContents({}, reset=bytes.fromhex("3B6500002063CB6800"), application=b"1PAY.SYS")


@dataclass
class VirtualCard:
    """One card with its reset-dependent state. Not thread-safe: a card has one wire."""

    contents: CardContents
    faults: CardFaults = field(default_factory=CardFaults)

    def __post_init__(self) -> None:
        self._selected = False
        self._file: int | None = None
        self._waiting = b""
        self.exchanges = 0

    @property
    def reset_answer(self) -> bytes:
        """The answer to reset."""
        return self.contents.reset

    @property
    def pulled(self) -> bool:
        """Whether the script says the card has been drawn by now."""
        limit = self.faults.pulled_after
        return limit is not None and self.exchanges >= limit

    def power(self) -> None:
        """Power on, off or reset: nothing is selected any more."""
        self._selected, self._file, self._waiting = False, None, b""

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        """Answer one command."""
        self.exchanges += 1
        if len(apdu) < 4:
            return b"", 0x6700
        if apdu[0] not in (0x00, 0x80):
            return b"", 0x6E00
        answers: dict[int, Callable[[bytes], tuple[bytes, int]]] = {
            0xA4: self._select,
            0xB2: self._read_record,
            0xC0: self._get_response,
            0x84: self._challenge,
            0x20: lambda _: (b"", 0x6983),
        }
        answer = answers.get(apdu[1])
        return answer(apdu) if answer else (b"", 0x6D00)

    def _select(self, apdu: bytes) -> tuple[bytes, int]:
        wanted = apdu[5 : 5 + apdu[4]] if len(apdu) > 4 else b""
        if apdu[2] == 0x04:
            if wanted != self.contents.application:
                return b"", 0x6A82
            self._selected, self._file = True, None
            name = b"\x84" + bytes([len(wanted)]) + wanted
            own = bytes.fromhex("A50988011E9F0C03860103")
            control = b"\x6f" + bytes([len(name) + len(own)]) + name + own
            return self._later(control) if self.faults.t0 else (control, 0x9000)
        identifier = int.from_bytes(wanted, "big")
        if not self._selected or identifier not in self.contents.files:
            return b"", 0x6A82
        self._file = identifier
        return b"", 0x9000

    def _later(self, body: bytes) -> tuple[bytes, int]:
        self._waiting = body
        return b"", 0x6100 | len(body)

    def _get_response(self, apdu: bytes) -> tuple[bytes, int]:
        body, self._waiting = self._waiting[: apdu[4] or 256], b""
        return (body, 0x9000) if body else (b"", 0x6985)

    def _challenge(self, apdu: bytes) -> tuple[bytes, int]:
        return bytes(range(apdu[4] if len(apdu) > 4 else 8)), 0x9000

    def _read_record(self, apdu: bytes) -> tuple[bytes, int]:
        short = apdu[3] >> 3
        identifier = 0xEF00 | short if short else self._file
        if identifier is None or not self._selected:
            return b"", 0x6986
        if identifier not in self.contents.files:
            return b"", 0x6A82
        if identifier in self.contents.protected:
            return b"", 0x6982
        records = self._records(identifier, apdu[2], apdu[3] & 0x07)
        if not records:
            return b"", 0x6A83
        body = b"".join(bytes([tag, len(value)]) + value for tag, value in records)
        asked = apdu[4] if len(apdu) > 4 else 0
        if asked != len(body):
            return b"", 0x6C00 | len(body)
        return body, 0x9000

    def _records(self, file: int, p1: int, mode: int) -> tuple[tuple[int, bytes], ...]:
        records = self.contents.files[file]
        if mode == _FIRST_BY_TAG:
            return tuple(record for record in records if record[0] == p1)[:1]
        if mode == _BY_NUMBER and 1 <= p1 <= len(records):
            return records[p1 - 1 : p1]
        if mode == _FROM_NUMBER and 1 <= p1 <= len(records):
            return records[p1 - 1 :]
        return ()


class _InSlot:
    """The connection of a card in the virtual reader; breaks when the card is drawn."""

    def __init__(self, reader: "VirtualCardReader", card: VirtualCard) -> None:
        self._reader = reader
        self._card = card

    def transmit(self, apdu: bytes) -> tuple[bytes, int]:
        if self._card.pulled:
            self._reader.remove()
        if self._reader.card is not self._card:
            raise DeviceTrouble(Code.CARD_PULLED)
        if self._card.faults.delay:
            self._reader.pause(self._card.faults.delay)
        return self._card.transmit(apdu)


class VirtualCardReader:
    """A ``CardReader`` without hardware; reading with no card fails as on a real one."""

    def __init__(self, name: str = "", *, reset_form: str = "historical") -> None:
        self._name = name
        self._reset_form = reset_form
        self._plugged = True
        self._inserted: Callable[[], None] | None = None
        self._gate = Gate(DeviceState(DeviceStatus.VIRTUAL, name))
        self._ended = threading.Event()
        self.card: VirtualCard | None = None

    def insert(self, card: VirtualCard | CardContents) -> None:
        """Push a card in."""
        self.card = card if isinstance(card, VirtualCard) else VirtualCard(card)
        self.card.power()
        with self._gate.lock:
            if self._inserted is not None and self._plugged:
                self._inserted()

    def remove(self) -> None:
        """Draw the card."""
        self.card = None

    def plug(self, plugged: bool) -> None:
        """Pull the reader out, or put it back."""
        self._plugged = plugged
        self._gate.tell(self._now())

    def read(self) -> CardFacts:
        """Read the card. Raises ``DeviceTrouble``."""
        if not self._plugged:
            raise DeviceTrouble(Code.READER_MISSING, name=self._name)
        card = self.card
        if card is None:
            raise DeviceTrouble(Code.CARD_ABSENT)
        if card.faults.mute:
            raise DeviceTrouble(Code.CARD_UNREADABLE)
        card.power()
        connection = _InSlot(self, card)
        return read_social_card(connection, card.reset_answer, reset_form=self._reset_form)

    def watch(self, inserted: Callable[[], None], state: StateListener) -> None:
        """Tell about cards and about the reader."""
        with self._gate.lock:
            self._inserted = inserted
            self._gate.open(None, state)
        state(self._now())

    def stop(self) -> None:
        """No callback comes once this has returned."""
        with self._gate.lock:
            self._inserted = None
            self._gate.close()

    def state(self) -> DeviceState:
        """Virtual, or missing."""
        return self._gate.state

    def pause(self, seconds: float) -> None:
        """Answer late, as scripted."""
        self._ended.wait(seconds)

    def _now(self) -> DeviceState:
        if self._plugged:
            return DeviceState(DeviceStatus.VIRTUAL, self._name)
        return DeviceState(DeviceStatus.MISSING, self._name, Code.READER_MISSING)
