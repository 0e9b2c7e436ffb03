"""A resident-ID reader made of bytes: answers frames in process or behind a serial line."""

from app.domain.errors import Code
from app.ports.devices import DeviceState, DeviceStatus, IdCardFacts
from devices.idcard import sdt
from devices.idcard.reader import Line, SdtIdCardReader


def text_block(facts: IdCardFacts) -> bytes:
    """The 256 bytes a card with these facts would hold; no end date is an unlimited card."""
    birth = facts.birth_date.strftime("%Y%m%d") if facts.birth_date else ""
    until = facts.valid_until.strftime("%Y%m%d") if facts.valid_until else "长期"
    parts = (
        (facts.name.reveal(), 30),
        (facts.gender, 2),
        ("01", 4),
        (birth, 16),
        ("示范市示范路 1 号", 70),
        (facts.id_number.reveal(), 36),
        ("示范市公安局", 30),
        ("20200101", 16),
        (until, 16),
    )
    block = b"".join(text.ljust(length // 2).encode("utf-16-le")[:length] for text, length in parts)
    return block.ljust(sdt.TEXT_LENGTH, b"\x00")


class VirtualSdt:
    """The reader's side of the protocol. A card is found once; it has to be lifted in between."""

    def __init__(self) -> None:
        self._facts: IdCardFacts | None = None
        self._found = False
        self._selected = False
        self._spent = False
        self.lift_before_read = False
        self.silent = False
        self.spoil = False

    def place(self, facts: IdCardFacts) -> None:
        """Lay a card on the reader."""
        self._facts, self._found, self._selected, self._spent = facts, False, False, False

    def lift(self) -> None:
        """Take the card away."""
        self._facts = None
        self._found = self._selected = self._spent = False

    def answer(self, request: bytes) -> bytes:
        """The reply frame to one request frame."""
        if self.silent:
            return b""
        body = sdt.frame(self._reply(request[7:9]))
        if self.spoil:
            return body[:-1] + bytes([body[-1] ^ 0xFF])
        return body

    def _reply(self, command: bytes) -> bytes:
        if command == sdt.FIND:
            return self._find()
        if command == sdt.SELECT:
            self._selected = self._found and self._facts is not None
            status = sdt.DONE if self._selected else sdt.NOT_SELECTED
            return bytes([0, 0, status]) + (bytes(8) if self._selected else b"")
        if command == sdt.READ:
            return self._read()
        return bytes([0, 0, 0x21])

    def _find(self) -> bytes:
        self._found = self._facts is not None and not self._spent
        return bytes([0, 0, sdt.FOUND]) + bytes(4) if self._found else bytes([0, 0, sdt.NO_CARD])

    def _read(self) -> bytes:
        if self.lift_before_read:
            self.lift()
        if not self._selected or self._facts is None:
            return bytes([0, 0, sdt.NOT_READ])
        self._spent = True
        lengths = sdt.TEXT_LENGTH.to_bytes(2, "big") + sdt.PHOTO_LENGTH.to_bytes(2, "big")
        block = text_block(self._facts)
        return bytes([0, 0, sdt.DONE]) + lengths + block + bytes(sdt.PHOTO_LENGTH)


class LocalLine:
    """A line without wire between the client and the virtual reader."""

    def __init__(self, reader: VirtualSdt) -> None:
        self._reader = reader
        self._waiting = b""

    def write(self, content: bytes, /) -> object:
        self._waiting += self._reader.answer(content)
        return len(content)

    def read(self, count: int, /) -> bytes:
        head, self._waiting = self._waiting[:count], self._waiting[count:]
        return head

    def reset_input_buffer(self) -> None:
        self._waiting = b""

    def close(self) -> None:
        """Nothing to give back."""


class VirtualIdCardReader(SdtIdCardReader):
    """The real client over the virtual reader, driven by the bench."""

    def __init__(self, name: str = "") -> None:
        self.sdt = VirtualSdt()
        self.plugged = True
        super().__init__(name, open_line=self._line, fine=DeviceStatus.VIRTUAL)

    def _line(self, port: str) -> Line:
        if not self.plugged:
            raise OSError(f"{port} is not plugged in")
        return LocalLine(self.sdt)

    def place(self, facts: IdCardFacts) -> None:
        """Lay a card on the reader."""
        self.sdt.place(facts)

    def lift(self) -> None:
        """Take the card away."""
        self.sdt.lift()

    def plug(self, plugged: bool) -> None:
        """Pull the reader out, or put it back."""
        self.plugged = plugged
        if not plugged:
            self._state = DeviceState(DeviceStatus.MISSING, self._port, Code.ID_READER_MISSING)
