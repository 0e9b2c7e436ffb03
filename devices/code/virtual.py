"""The virtual phone and the virtual guns: what the bench holds up, the real pipeline reads."""

import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import zxingcpp

from app.domain.errors import Code
from app.ports.devices import (
    DeviceState,
    DeviceStatus,
    ScannedText,
    ScanSource,
    StateListener,
    TextListener,
)
from devices.code.frames import Frame, read_picture
from devices.gate import Gate

_HEIGHT, _WIDTH = 720, 1280
_PAPER = 200


def phone_picture(text: str, *, module: int = 8, dark_mode: bool = False) -> Frame:
    """``text`` as a QR code in the middle of a 1280×720 grey frame; ``module`` pixels per cell."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    symbol = np.asarray(made.to_image(scale=module), np.uint8)
    largest = _HEIGHT - 40
    if max(symbol.shape) > largest:
        symbol = np.asarray(
            cv2.resize(symbol, (largest, largest), interpolation=cv2.INTER_AREA), np.uint8
        )
    if dark_mode:
        symbol = np.asarray(255 - symbol, np.uint8)
    picture = np.full((_HEIGHT, _WIDTH), _PAPER, np.uint8)
    top, left = (_HEIGHT - symbol.shape[0]) // 2, (_WIDTH - symbol.shape[1]) // 2
    picture[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol
    return picture


def picture_from(shown: Path | Frame) -> Frame:
    """A picture file or a frame. Raises ``OSError``, or ``ValueError`` for no picture."""
    if not isinstance(shown, Path):
        return shown
    picture = read_picture(shown)
    if picture is None:
        raise ValueError(f"{shown.name} is not a picture")
    return picture


class VirtualGun:
    """A gun driven by the bench; it obeys the rules of a real one: unplugged, it is silent."""

    def __init__(
        self,
        source: ScanSource = ScanSource.SERIAL,
        *,
        name: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._name = name
        self._monotonic = monotonic
        self._plugged = True
        self._gate = Gate(DeviceState(DeviceStatus.OFF, name))

    def start(self, deliver: TextListener, state: StateListener) -> None:
        """Scans go to ``deliver`` from the thread that calls ``scan``."""
        self._gate.open(deliver, state)
        self._gate.tell(self._now())

    def stop(self) -> None:
        """No callback comes once this has returned."""
        self._gate.close()
        self._gate.tell(DeviceState(DeviceStatus.OFF, self._name))

    def state(self) -> DeviceState:
        """Virtual, missing or off."""
        return self._gate.state

    def plug(self, plugged: bool) -> None:
        """Pull the gun out, or put it back."""
        self._plugged = plugged
        if self._gate.is_open:
            self._gate.tell(self._now())

    def scan(self, text: str, source: ScanSource | None = None) -> None:
        """Pull the trigger on ``text``."""
        if self._plugged:
            self._gate.deliver(ScannedText(text, source or self._source, self._monotonic()))

    def _now(self) -> DeviceState:
        if self._plugged:
            return DeviceState(DeviceStatus.VIRTUAL, self._name)
        return DeviceState(DeviceStatus.MISSING, self._name, Code.SCANNER_MISSING)
