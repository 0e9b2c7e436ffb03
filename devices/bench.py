"""All things at one counter: the virtual bench that ships, with real ones in its place by name.

Importing this module imports OpenCV: do it off the GUI thread, after the first paint.
"""

from dataclasses import dataclass
from pathlib import Path

from app.ports.devices import (
    CameraSource,
    CardReader,
    CodeSource,
    IdCardFacts,
    IdCardReader,
    KeyBurst,
    Printer,
    RealParts,
    ScanSource,
)
from devices.card.pcsc import PcscCardReader
from devices.card.virtual import CardContents, VirtualCard, VirtualCardReader
from devices.code.camera import Camera
from devices.code.frames import (
    VIDEO_SUFFIXES,
    DeviceFrames,
    FolderFrames,
    Frame,
    FrameSource,
    ShownFrames,
    VideoFrames,
)
from devices.code.serial_gun import SerialGun
from devices.code.virtual import VirtualGun, phone_picture, picture_from
from devices.code.wedge import Wedge
from devices.idcard.reader import SdtIdCardReader
from devices.idcard.virtual import VirtualIdCardReader
from devices.printer.escpos import EscPosPrinter, FilePort
from devices.printer.folder import FolderPrinter
from devices.printer.system import SystemPrinter
from devices.printer.workbook import FolderWorkbooks


@dataclass(frozen=True, slots=True)
class Bench:
    """What stands on the counter; None where the settings name nothing."""

    cameras: CameraSource | None
    wedge: KeyBurst
    serial: CodeSource | None
    card: CardReader | None
    id_card: IdCardReader | None
    receipt_printer: Printer
    page_printer: Printer

    def code_sources(self) -> tuple[CodeSource, ...]:
        """Everything that can deliver a text."""
        return tuple(s for s in (self.cameras, self.wedge, self.serial) if s is not None)

    def stop(self) -> None:
        """Bring every device to rest; no callback comes after this."""
        for source in self.code_sources():
            source.stop()
        for reader in (self.card, self.id_card):
            if reader is not None:
                reader.stop()


class VirtualBench:
    """The bench for training, demo and tests; the real pipelines read what is held up here.

    Real things named in ``real`` stand in its place: a trainee scans real packs, prints real paper.
    """

    def __init__(self, folder: Path, real: RealParts | None = None) -> None:
        real = real or RealParts()
        self.frames = ShownFrames()
        self.gun = VirtualGun()
        self.card_reader = VirtualCardReader()
        self.id_reader = VirtualIdCardReader()
        self.receipts = FolderPrinter(folder)
        self.pages = FolderPrinter(folder)
        self.books = FolderWorkbooks(folder)
        self.real_gun = SerialGun(real.serial_gun) if real.serial_gun else None
        self._wedge = Wedge(virtual=True)
        sources = [*(frame_source(named) for named in real.cameras), self.frames]
        self.bench = Bench(
            # a drawn phone needs no child process for strong tilt and glare
            cameras=Camera(sources, second_opinion=bool(real.cameras)),
            wedge=self._wedge,
            serial=self.gun,
            card=PcscCardReader(real.reader) if real.reader else self.card_reader,
            id_card=SdtIdCardReader(real.id_reader) if real.id_reader else self.id_reader,
            receipt_printer=printer_of(real.receipts) if real.receipts else self.receipts,
            page_printer=printer_of(real.pages) if real.pages else self.pages,
        )

    def show_picture(self, shown: Path | Frame | None) -> None:
        """Hold a picture before the camera, or take it away."""
        self.frames.show(None if shown is None else picture_from(shown))

    def show_code(self, text: str, *, dark_mode: bool = False) -> None:
        """Hold a phone with ``text`` as QR code before the camera."""
        self.frames.show(phone_picture(text, dark_mode=dark_mode))

    def scan(self, text: str, source: ScanSource = ScanSource.SERIAL) -> None:
        """Pull the trigger of a gun on ``text``; it arrives as from ``source``."""
        self.gun.scan(text, source)

    def insert_card(self, card: VirtualCard | CardContents) -> None:
        """Push a social-security card in."""
        self.card_reader.insert(card)

    def remove_card(self) -> None:
        """Draw it."""
        self.card_reader.remove()

    def place_id_card(self, facts: IdCardFacts) -> None:
        """Lay a resident ID card on its reader."""
        self.id_reader.place(facts)

    def lift_id_card(self) -> None:
        """Take it away."""
        self.id_reader.lift()

    def guns(self) -> tuple[CodeSource, ...]:
        """The virtual gun, and the real one where there is one."""
        return (self.gun,) if self.real_gun is None else (self.gun, self.real_gun)

    def printed(self) -> tuple[Path, ...]:
        """The PDFs of the virtual printers, receipts first."""
        return (*self.receipts.printed, *self.pages.printed)

    def stop(self) -> None:
        """Bring everything to rest."""
        self.bench.stop()
        if self.real_gun is not None:
            self.real_gun.stop()


class RealBench:
    """What stands on the counter of a live store: nothing virtual, nothing that was not named.

    A printer without a name is the default queue of the system.
    """

    def __init__(self, real: RealParts, papers: Path) -> None:
        self.books = FolderWorkbooks(papers)
        self._gun = SerialGun(real.serial_gun) if real.serial_gun else None
        sources = [frame_source(named) for named in real.cameras]
        self.bench = Bench(
            cameras=Camera(sources, second_opinion=True) if sources else None,
            wedge=Wedge(),
            serial=self._gun,
            card=PcscCardReader(real.reader),
            id_card=SdtIdCardReader(real.id_reader) if real.id_reader else None,
            receipt_printer=printer_of(real.receipts),
            page_printer=printer_of(real.pages),
        )

    def guns(self) -> tuple[CodeSource, ...]:
        return () if self._gun is None else (self._gun,)

    def printed(self) -> tuple[Path, ...]:
        """None: what a real printer prints is paper."""
        return ()

    def stop(self) -> None:
        """Bring everything to rest."""
        self.bench.stop()


def virtual_bench(folder: Path, real: RealParts | None = None) -> VirtualBench:
    """A bench without hardware but what ``real`` names; papers become PDFs in ``folder``."""
    return VirtualBench(folder, real)


def frame_source(named: str) -> FrameSource:
    """A camera by its setting."""
    if named.isdigit():
        return DeviceFrames(int(named))
    path = Path(named)
    if path.is_dir():
        return FolderFrames(path)
    if path.suffix.lower() in VIDEO_SUFFIXES:
        return VideoFrames(path)
    if path.is_file():
        return FolderFrames(path)
    return DeviceFrames(named)


def printer_of(named: str) -> Printer:
    """A printer by its setting."""
    kind, _, rest = named.partition(":")
    if kind == "escpos" and rest:
        return EscPosPrinter(FilePort(Path(rest)))
    path = Path(named)
    if named and (path.is_dir() or path.is_absolute()):
        return FolderPrinter(path, name=path.name, virtual=False)
    return SystemPrinter(named)
