"""A camera as a source of codes: one thread grabs, one decodes, the GUI thread does neither.

The newest frame wins, at most one is being decoded, none is ever stored. A camera that is absent
or goes away is a state; it is looked for again until it is back (architecture 11, product row 65).
"""

import threading
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from app.domain.errors import Code, DeviceTrouble
from app.ports.devices import (
    DeviceState,
    DeviceStatus,
    PreviewFrame,
    ScannedText,
    ScanSource,
    StateListener,
    TextListener,
)
from devices.code.decoder import FrameDecoder, Grey
from devices.code.frames import Frame, FrameSource, grey_of
from devices.code.opinion_process import OpinionProcess
from devices.gate import Backoff, Gate

PREVIEW_WIDTH = 640
REPEAT_SECONDS = 3.0
_DARK = 30.0
_DARK_FRAMES = 12
FROZEN_SECONDS = 8.0
"""A lens sees noise: not one grain of it changed for this long, so nothing comes through it."""


class RepeatWindow:
    """Lets a text through once for as long as it stays in view.

    ``seconds`` is how long it has to be out of view before it counts as shown again.
    """

    def __init__(self, seconds: float = REPEAT_SECONDS) -> None:
        self._seconds = seconds
        self._seen: dict[str, float] = {}

    def fresh(self, text: str, at: float) -> bool:
        """Whether ``text`` seen at ``at`` (monotonic seconds) is news."""
        self._seen = {t: when for t, when in self._seen.items() if at - when < self._seconds}
        known = text in self._seen
        self._seen[text] = at
        return not known


class Twilight:
    """Tells when pictures have been too dark for long enough to say so, and when light is back."""

    def __init__(self) -> None:
        self._dark_frames = 0

    def dark(self, grey: Grey) -> bool:
        """Feed one frame; True while it is too dark to read."""
        mean = float(grey[::8, ::8].mean())
        self._dark_frames = self._dark_frames + 1 if mean < _DARK else 0
        return self._dark_frames >= _DARK_FRAMES


class Stillness:
    """Tells when a real camera shows one picture only, to the last grain."""

    def __init__(self, seconds: float = FROZEN_SECONDS) -> None:
        self._seconds = seconds
        self._last, self._since = b"", 0.0

    def frozen(self, grey: Grey, at: float) -> bool:
        """Feed one frame seen at ``at`` (monotonic seconds)."""
        seen = grey[::16, ::16].tobytes()
        if seen != self._last:
            self._last, self._since = seen, at
        return at - self._since >= self._seconds


def preview_of(frame: Frame) -> PreviewFrame:
    """The frame as a small RGB picture for the screen."""
    height, width = frame.shape[:2]
    if width > PREVIEW_WIDTH:
        height, width = max(1, height * PREVIEW_WIDTH // width), PREVIEW_WIDTH
        frame = np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_LINEAR))
    conversion = cv2.COLOR_GRAY2RGB if frame.ndim == 2 else cv2.COLOR_BGR2RGB
    return PreviewFrame(width, height, cv2.cvtColor(frame, conversion).tobytes())


class Camera:
    """A ``CameraSource`` over one or more frame sources."""

    def __init__(
        self,
        sources: Sequence[FrameSource],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        backoff: tuple[float, float] = (0.5, 5.0),
        second_opinion: bool = True,
        frozen_after: float = FROZEN_SECONDS,
    ) -> None:
        if not sources:
            raise ValueError("a camera needs a source of frames")
        self._sources = tuple(sources)
        self._index = 0
        self._monotonic = monotonic
        self._backoff = backoff
        self._second_opinion = second_opinion
        self._frozen_after = frozen_after
        self._gate = Gate(DeviceState(DeviceStatus.OFF))
        self._preview: Callable[[PreviewFrame], None] | None = None
        self._ending = threading.Event()
        self._switch = threading.Event()
        self._mail = threading.Condition()
        self._newest: Frame | None = None
        self._threads: list[threading.Thread] = []

    def start(self, deliver: TextListener, state: StateListener) -> None:
        """Begin looking. Callbacks come from the camera's own threads."""
        self.stop()
        self._ending = threading.Event()
        self._gate.open(deliver, state)
        self._threads = [
            threading.Thread(target=self._grab, args=(self._ending,), name="camera-grab"),
            threading.Thread(target=self._decode, args=(self._ending,), name="camera-decode"),
        ]
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    def stop(self) -> None:
        """No callback comes once this has returned."""
        self._gate.close()
        self._ending.set()
        self._switch.set()
        with self._mail:
            self._newest = None
            self._mail.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(5.0)
        self._threads = []
        self._gate.tell(DeviceState(DeviceStatus.OFF))

    def state(self) -> DeviceState:
        """What the camera is like now."""
        return self._gate.state

    def preview(self, listener: Callable[[PreviewFrame], None] | None) -> None:
        """Who gets the pictures; None for nobody."""
        with self._gate.lock:
            self._preview = listener

    def next_camera(self) -> None:
        """Turn to the next source."""
        self._index = (self._index + 1) % len(self._sources)
        self._switch.set()

    def _grab(self, ending: threading.Event) -> None:
        backoff = Backoff(*self._backoff)
        while not ending.is_set():
            source = self._sources[self._index]
            self._switch.clear()
            try:
                source.open()
            except DeviceTrouble as trouble:
                self._gate.tell(DeviceState(DeviceStatus.MISSING, source.name, trouble.code))
                self._switch.wait(backoff.next())
                continue
            try:
                if self._pump(source, ending):
                    backoff.reset()
            finally:
                source.close()
            if not ending.is_set() and not self._switch.is_set():
                self._gate.tell(DeviceState(DeviceStatus.MISSING, source.name, Code.CAMERA_MISSING))
                self._switch.wait(backoff.next())

    def _pump(self, source: FrameSource, ending: threading.Event) -> bool:
        """Pass frames on until the source is gone; whether any frame came at all."""
        light, stillness = Twilight(), Stillness(self._frozen_after)
        fine = DeviceStatus.VIRTUAL if source.virtual else DeviceStatus.READY
        came = False
        while not ending.is_set() and not self._switch.is_set():
            frame = source.read()
            if frame is None:
                return came
            came, grey = True, grey_of(frame)
            # a picture that somebody holds up may stand still
            frozen = not source.virtual and stillness.frozen(grey, self._monotonic())
            if light.dark(grey):
                self._gate.tell(DeviceState(DeviceStatus.ATTENTION, source.name, Code.CAMERA_DARK))
            elif frozen:
                self._tell_frozen(source.name)
            else:
                self._gate.tell(DeviceState(fine, source.name))
            self._show(frame)
            with self._mail:
                self._newest = frame
                self._mail.notify_all()
            if source.interval:
                self._switch.wait(source.interval)
        return came

    def _tell_frozen(self, name: str) -> None:
        self._gate.tell(DeviceState(DeviceStatus.ATTENTION, name, Code.CAMERA_FROZEN))

    def _show(self, frame: Frame) -> None:
        if self._preview is None:
            return
        picture = preview_of(frame)
        with self._gate.lock:
            if self._gate.is_open and self._preview is not None:
                self._preview(picture)

    def _decode(self, ending: threading.Event) -> None:
        opinion = OpinionProcess() if self._second_opinion else None
        try:
            self._decode_with(FrameDecoder(opinion), ending)
        finally:
            if opinion is not None:
                opinion.close()

    def _decode_with(self, decoder: FrameDecoder, ending: threading.Event) -> None:
        window = RepeatWindow()
        while True:
            with self._mail:
                self._mail.wait_for(
                    lambda: self._newest is not None or ending.is_set(), self._frozen_after
                )
                if ending.is_set():
                    return
                frame, self._newest = self._newest, None
            if frame is None:
                now = self._gate.state
                if now.status is DeviceStatus.READY:
                    # its driver gives no frame and no error
                    self._tell_frozen(now.name)
                continue
            at = self._monotonic()
            for code in decoder.look(grey_of(frame)):
                if window.fresh(code.text, at):
                    self._gate.deliver(ScannedText(code.text, ScanSource.CAMERA, at))
