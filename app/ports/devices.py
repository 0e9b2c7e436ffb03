"""Things at the counter, by capability. Real and virtual implementations pass one suite.

A device that is absent, busy or empty is a named state with a remedy code, never the end of the
program; it heals by itself when it comes back. Callbacks may arrive on any thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from app.domain.errors import Code

if TYPE_CHECKING:
    from app.domain.credential import CardFacts, IdNumber, PersonName
    from app.ports.paper import Paper


class ScanSource(StrEnum):
    """Where a text came from; typed text is never taken for a card or a scan.

    TERMINAL: no text at all, the region's terminal reads the next e-voucher by itself.
    """

    CAMERA = "camera"
    WEDGE = "wedge"
    SERIAL = "serial"
    TYPED = "typed"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True, repr=False)
class ScannedText:
    """One text from a scanner. It may be an e-voucher: it masks itself and is never stored."""

    text: str
    source: ScanSource
    at: float

    def __repr__(self) -> str:
        return f"ScannedText({self.source.value}, {len(self.text)} characters)"


class DeviceStatus(StrEnum):
    """States of a device chip (ui 5)."""

    READY = "ready"
    BUSY = "busy"
    ATTENTION = "attention"
    MISSING = "missing"
    VIRTUAL = "virtual"
    SEARCHING = "searching"
    OFF = "off"


class DeviceState(NamedTuple):
    """What a device is like now; ``code`` names the remedy."""

    status: DeviceStatus
    name: str = ""
    code: Code | None = None
    detail: str = ""


StateListener = Callable[[DeviceState], None]
TextListener = Callable[[ScannedText], None]


@dataclass(frozen=True, slots=True, repr=False)
class PreviewFrame:
    """A camera picture for the screen: packed RGB888, in memory only, never stored."""

    width: int
    height: int
    rgb: bytes


class CodeSource(Protocol):
    """Camera, wedge recogniser or serial gun."""

    def start(self, deliver: TextListener, state: StateListener) -> None: ...

    def stop(self) -> None:
        """Returns once no callback will come any more."""
        ...

    def state(self) -> DeviceState: ...


class KeyStep(NamedTuple):
    """What the scan field does with one key: type ``replay`` first, then the key unless held."""

    replay: str = ""
    held: bool = False

    def __repr__(self) -> str:
        return f"KeyStep({len(self.replay)} to replay, held={self.held})"


class KeyBurst(CodeSource, Protocol):
    """A keyboard-wedge gun behind the scan field (identity-and-devices 7.3).

    The field hands over every key of the window (not its auto-repeats); a whole burst goes to the
    listener of ``start`` and never into a widget. ``at`` is monotonic seconds.
    """

    def key(self, text: str, at: float, *, enter: bool = False, typed: bool = False) -> KeyStep:
        """``enter`` is true for Enter, Return and Tab.

        ``typed`` says that the cursor is in a field people type short words into, such as a PIN:
        only what is as long as a code is a burst there, however fast it came.
        """
        ...

    def silence(self, at: float) -> KeyStep:
        """To be called once ``deadline`` has passed without another key."""
        ...

    def deadline(self) -> float | None:
        """When silence would end what is held; None while nothing is held."""
        ...


class CameraSource(CodeSource, Protocol):
    """A code source with a picture."""

    def preview(self, listener: Callable[[PreviewFrame], None] | None) -> None: ...

    def next_camera(self) -> None: ...


class CardReader(Protocol):
    """社会保障卡."""

    def read(self) -> CardFacts:
        """Read the card that is in the reader. Raises ``DeviceTrouble``."""
        ...

    def watch(self, inserted: Callable[[], None], state: StateListener) -> None: ...

    def stop(self) -> None: ...

    def state(self) -> DeviceState: ...


@dataclass(frozen=True, slots=True)
class IdCardFacts:
    """What a resident ID card told."""

    name: PersonName
    id_number: IdNumber
    gender: str
    birth_date: date | None
    valid_until: date | None


class IdCardReader(Protocol):
    """居民身份证."""

    def read(self) -> IdCardFacts:
        """Raises ``DeviceTrouble``."""
        ...

    def stop(self) -> None: ...

    def state(self) -> DeviceState: ...


class Printed(NamedTuple):
    """Proof of printing: where the pages went."""

    target: str
    pages: int
    bytes_written: int


class Printer(Protocol):
    """Receipt printer or A4 printer; a file is a printer too."""

    def print(self, paper: Paper) -> Printed:
        """Raises ``DeviceTrouble``; the job row stays and is printed later."""
        ...

    def state(self) -> DeviceState: ...


class RealParts(NamedTuple):
    """Real things to be used in place of virtual ones; empty means the virtual one stays.

    ``cameras``: numbers, device paths, video files, pictures or folders of pictures. ``reader``:
    part of a card reader's name. ``serial_gun`` and ``id_reader``: ports. Printers: the name of a
    queue, a folder for PDFs, or for receipts ``escpos:`` and a device path.
    """

    cameras: tuple[str, ...] = ()
    reader: str = ""
    serial_gun: str = ""
    id_reader: str = ""
    receipts: str = ""
    pages: str = ""
