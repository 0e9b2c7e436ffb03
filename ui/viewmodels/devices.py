"""设备: what every thing at the counter is like now, and the camera's picture."""

from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from app.ports.devices import (
    CameraSource,
    CardReader,
    CodeSource,
    DeviceState,
    DeviceStatus,
    IdCardReader,
    PreviewFrame,
)
from ui.bridge import Bridge


class Thing(StrEnum):
    """A device by what it does at the counter."""

    CAMERA = "camera"
    SCANNER = "scanner"
    READER = "reader"
    ID_READER = "id_reader"
    RECEIPT_PRINTER = "receipt_printer"
    PAGE_PRINTER = "page_printer"


BAD = frozenset({DeviceStatus.MISSING, DeviceStatus.ATTENTION})


class DevicesModel(QObject):
    """Listens to the doors from any thread; everything it emits is on the GUI thread."""

    changed = Signal()
    scanned = Signal(object)
    """A ``ScannedText`` from any code source."""
    card_inserted = Signal()
    frame = Signal(object)
    """A ``PreviewFrame`` while somebody looks at it."""

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bridge = bridge
        self.states: dict[Thing, DeviceState] = {}
        self.chosen = Thing.CAMERA
        self._camera: CameraSource | None = None
        self._sources: list[CodeSource] = []
        self._reader: CardReader | None = None

    def attach_camera(self, camera: CameraSource) -> None:
        """Let the camera deliver codes; its picture comes once ``look`` was asked for."""
        self._camera = camera
        self.attach_source(Thing.CAMERA, camera)

    def attach_source(self, thing: Thing, source: CodeSource) -> None:
        """Let a camera, wedge or serial gun deliver codes."""
        self._sources.append(source)
        source.start(
            lambda text: self.bridge.post(lambda: self.scanned.emit(text)),
            lambda state: self.bridge.post(lambda: self.put(thing, state)),
        )
        # once it runs: what it is before that is drawn for nobody
        self.put(thing, source.state())

    def attach_reader(self, reader: CardReader) -> None:
        """Watch for cards."""
        self._reader = reader
        self.put(Thing.READER, reader.state())
        reader.watch(
            lambda: self.bridge.post(self.card_inserted.emit),
            lambda state: self.bridge.post(lambda: self.put(Thing.READER, state)),
        )

    def attach_id_reader(self, reader: IdCardReader) -> None:
        self.put(Thing.ID_READER, reader.state())

    def put(self, thing: Thing, state: DeviceState) -> None:
        """A device told what it is like."""
        if self.states.get(thing) != state:
            self.states[thing] = state
            self.changed.emit()

    def look(self, looking: bool) -> None:
        """Ask for the camera's picture, or no longer."""
        if self._camera is not None:
            self._camera.preview(self._frame if looking else None)

    def next_camera(self) -> None:
        """Alt C."""
        if self._camera is not None:
            self._camera.next_camera()

    def choose(self, thing: Thing) -> None:
        self.chosen = thing
        self.changed.emit()

    @property
    def bad(self) -> tuple[Thing, ...]:
        """Devices that want a person, in the order of the page."""
        return tuple(thing for thing in Thing if self.state(thing).status in BAD)

    def state(self, thing: Thing) -> DeviceState:
        """A device nobody attached is off."""
        return self.states.get(thing, DeviceState(DeviceStatus.OFF))

    def stop(self) -> None:
        """No callback comes any more once this returned."""
        if self._camera is not None:
            self._camera.preview(None)
        for source in self._sources:
            source.stop()
        if self._reader is not None:
            self._reader.stop()

    def _frame(self, picture: PreviewFrame) -> None:
        self.bridge.post(lambda: self.frame.emit(picture))
