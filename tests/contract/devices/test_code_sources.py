"""One suite for everything that delivers a text: camera, serial gun, wedge and their twins."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from app.ports.devices import CodeSource, DeviceStatus, ScanSource
from devices.code.camera import Camera
from devices.code.frames import ShownFrames
from devices.code.serial_gun import SerialGun
from devices.code.virtual import VirtualGun, phone_picture
from devices.code.wedge import Wedge
from tests.support.lines import PluggedLine
from tests.support.recorder import Recorder

VOUCHER = "4240123456789012345678530000"
TRACE = "83412900512873640915"


class Stand(Protocol):
    source: CodeSource
    expected: ScanSource

    def emit(self, text: str) -> None: ...

    def close(self) -> None: ...


class BeforeCamera:
    expected = ScanSource.CAMERA

    def __init__(self, folder: Path) -> None:
        self.frames = ShownFrames(interval=0.002)
        self.source = Camera([self.frames], backoff=(0.01, 0.02))

    def emit(self, text: str) -> None:
        self.frames.show(phone_picture(text))

    def unplug(self) -> None:
        self.frames.plug(False)

    def plug(self) -> None:
        self.frames.plug(True)

    def close(self) -> None:
        self.source.stop()


class OnSerialLine:
    expected = ScanSource.SERIAL

    def __init__(self, folder: Path) -> None:
        self.line = PluggedLine(folder / "gun")
        self.source = SerialGun(str(self.line.name), backoff=(0.01, 0.02))

    def emit(self, text: str) -> None:
        self.line.write(text.encode() + b"\r\n")

    def unplug(self) -> None:
        self.line.pull()

    def plug(self) -> None:
        self.line.plug()

    def close(self) -> None:
        self.source.stop()
        self.line.pull()


class InProcess:
    expected = ScanSource.SERIAL

    def __init__(self, folder: Path) -> None:
        self.source = VirtualGun()

    def emit(self, text: str) -> None:
        self.source.scan(text)

    def unplug(self) -> None:
        self.source.plug(False)

    def plug(self) -> None:
        self.source.plug(True)

    def close(self) -> None:
        self.source.stop()


class OnKeyboard:
    expected = ScanSource.WEDGE

    def __init__(self, folder: Path) -> None:
        self.source = Wedge()
        self._now = 0.0

    def emit(self, text: str) -> None:
        for character in text:
            self._now += 0.005
            self.source.key(character, self._now)
        self.source.key("", self._now, enter=True)
        self._now += 1.0

    def close(self) -> None:
        self.source.stop()


STANDS = {
    "camera": BeforeCamera,
    "serial": OnSerialLine,
    "in process": InProcess,
    "wedge": OnKeyboard,
}
PLUGGABLE = {name: STANDS[name] for name in ("camera", "serial", "in process")}
NO_TERMINALS = pytest.mark.skipif(
    sys.platform == "win32", reason="no pseudo terminals: the serial line is not run"
)


def _params(stands: dict[str, type[Stand]]) -> list[object]:
    return [pytest.param(name, marks=NO_TERMINALS) if name == "serial" else name for name in stands]


@pytest.fixture
def told() -> Recorder:
    return Recorder()


@pytest.fixture(params=_params(STANDS))  # type: ignore[arg-type]  # one name per kind
def stand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stand]:
    made: Stand = STANDS[request.param](tmp_path)
    yield made
    made.close()


def _started(stand: Stand, told: Recorder) -> None:
    stand.source.start(told.deliver, told.state)
    assert told.wait_status(DeviceStatus.READY, DeviceStatus.VIRTUAL)


def test_texts_arrive_whole_and_in_order(stand: Stand, told: Recorder) -> None:
    _started(stand, told)
    for text in (VOUCHER, TRACE, "6901234567892"):
        stand.emit(text)
        assert told.wait_text(text)
    assert told.texts == [VOUCHER, TRACE, "6901234567892"]
    assert {scan.source for scan in told.scans} == {stand.expected}


def test_a_text_never_shows_itself(stand: Stand, told: Recorder) -> None:
    _started(stand, told)
    stand.emit(VOUCHER)
    assert told.wait_text(VOUCHER)
    assert "424" not in repr(told.scans)


def test_before_the_start_and_after_the_stop_nothing_is_told(stand: Stand, told: Recorder) -> None:
    assert stand.source.state().status is DeviceStatus.OFF
    _started(stand, told)
    stand.source.stop()
    assert stand.source.state().status is DeviceStatus.OFF
    count = len(told.states)
    stand.emit(VOUCHER)
    assert not told.wait(lambda r: bool(r.scans) or len(r.states) > count, 0.1)


def test_a_stopped_source_starts_again(stand: Stand, told: Recorder) -> None:
    _started(stand, told)
    stand.source.stop()
    again = Recorder()
    _started(stand, again)
    stand.emit(VOUCHER)
    assert again.wait_text(VOUCHER)
    assert told.scans == []


def test_stopping_twice_is_harmless(stand: Stand) -> None:
    stand.source.stop()
    stand.source.stop()
    assert stand.source.state().status is DeviceStatus.OFF


@pytest.mark.parametrize("kind", _params(PLUGGABLE))  # type: ignore[arg-type]  # one name per kind
def test_a_pulled_device_is_missing_and_heals(kind: str, told: Recorder, tmp_path: Path) -> None:
    stand = PLUGGABLE[kind](tmp_path)
    try:
        _started(stand, told)
        for _ in range(3):
            stand.unplug()
            assert told.wait_status(DeviceStatus.MISSING)
            assert told.states[-1].code is not None
            assert stand.source.state() == told.states[-1]
            stand.plug()
            assert told.wait_status(DeviceStatus.READY, DeviceStatus.VIRTUAL)
        stand.emit(TRACE)
        assert told.wait_text(TRACE)
    finally:
        stand.close()
