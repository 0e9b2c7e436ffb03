"""A camera that is absent, dark, pulled or changed is a state, and heals by itself."""

import threading
from collections.abc import Iterator

import numpy as np
import pytest

from app.domain.errors import Code
from app.ports.devices import DeviceStatus, ScannedText, ScanSource
from devices.code.camera import (
    PREVIEW_WIDTH,
    Camera,
    RepeatWindow,
    Stillness,
    Twilight,
    preview_of,
)
from devices.code.frames import ShownFrames
from devices.code.virtual import phone_picture
from tests.support.recorder import Recorder

VOUCHER = "4240123456789012345678530000"
QUICK = (0.01, 0.02)


@pytest.fixture
def told() -> Recorder:
    return Recorder()


@pytest.fixture
def shown() -> ShownFrames:
    return ShownFrames("first", interval=0.002)


@pytest.fixture
def camera(shown: ShownFrames) -> Iterator[Camera]:
    camera = Camera([shown], backoff=QUICK, second_opinion=False)
    yield camera
    camera.stop()


def test_a_code_in_view_is_told_once(camera: Camera, shown: ShownFrames, told: Recorder) -> None:
    shown.show(phone_picture(VOUCHER))
    camera.start(told.deliver, told.state)
    camera.preview(told.picture)
    assert told.wait_text(VOUCHER)
    seen = len(told.pictures)
    assert told.wait(lambda r: len(r.pictures) >= seen + 20)
    assert told.texts == [VOUCHER]
    assert told.scans[0].source is ScanSource.CAMERA


def test_another_code_is_told_at_once(camera: Camera, shown: ShownFrames, told: Recorder) -> None:
    shown.show(phone_picture(VOUCHER))
    camera.start(told.deliver, told.state)
    assert told.wait_text(VOUCHER)
    shown.show(phone_picture("83412900512873640915", dark_mode=True))
    assert told.wait_text("83412900512873640915")


def test_a_missing_camera_is_named_and_found_again(
    camera: Camera, shown: ShownFrames, told: Recorder
) -> None:
    shown.plug(False)
    camera.start(told.deliver, told.state)
    assert told.wait_status(DeviceStatus.MISSING)
    assert camera.state().code is Code.CAMERA_MISSING
    shown.show(phone_picture(VOUCHER))
    shown.plug(True)
    assert told.wait_text(VOUCHER)
    assert camera.state().status is DeviceStatus.VIRTUAL


def test_a_camera_pulled_in_use_comes_back(
    camera: Camera, shown: ShownFrames, told: Recorder
) -> None:
    camera.start(told.deliver, told.state)
    for _ in range(5):
        assert told.wait_status(DeviceStatus.VIRTUAL)
        shown.plug(False)
        assert told.wait_status(DeviceStatus.MISSING)
        shown.plug(True)
    assert told.wait_status(DeviceStatus.VIRTUAL)


def test_darkness_is_said_and_light_heals_it(
    camera: Camera, shown: ShownFrames, told: Recorder
) -> None:
    shown.show(np.zeros((720, 1280), np.uint8))
    camera.start(told.deliver, told.state)
    assert told.wait_status(DeviceStatus.ATTENTION)
    assert told.states[-1].code is Code.CAMERA_DARK
    shown.show(None)
    assert told.wait_status(DeviceStatus.VIRTUAL)


def test_the_next_camera_takes_over(told: Recorder) -> None:
    first, second = ShownFrames("first", interval=0.002), ShownFrames("second", interval=0.002)
    second.show(phone_picture(VOUCHER))
    camera = Camera([first, second], backoff=QUICK, second_opinion=False)
    camera.start(told.deliver, told.state)
    try:
        assert told.wait(lambda r: bool(r.states) and r.states[-1].name == "first")
        camera.next_camera()
        assert told.wait_text(VOUCHER)
        assert camera.state().name == "second"
    finally:
        camera.stop()


def test_nothing_comes_after_stop(camera: Camera, shown: ShownFrames, told: Recorder) -> None:
    shown.show(phone_picture(VOUCHER))
    camera.start(told.deliver, told.state)
    camera.preview(told.picture)
    assert told.wait_text(VOUCHER)
    camera.stop()
    scans, states, pictures = len(told.scans), len(told.states), len(told.pictures)
    shown.show(phone_picture("83412900512873640915"))
    assert not told.wait(lambda r: len(r.scans) > scans, 0.1)
    assert (len(told.states), len(told.pictures)) == (states, pictures)
    assert camera.state().status is DeviceStatus.OFF


def test_a_listener_may_stop_its_camera(camera: Camera, shown: ShownFrames, told: Recorder) -> None:
    def stop_at_once(scanned: ScannedText) -> None:
        camera.stop()
        told.deliver(scanned)

    shown.show(phone_picture(VOUCHER))
    camera.start(stop_at_once, told.state)
    assert told.wait_text(VOUCHER)
    assert camera.state().status is DeviceStatus.OFF


def test_a_stopped_camera_starts_again(camera: Camera, shown: ShownFrames) -> None:
    shown.show(phone_picture(VOUCHER))
    for _ in range(3):
        told = Recorder()
        camera.start(told.deliver, told.state)
        assert told.wait_text(VOUCHER)
        camera.stop()


def test_a_camera_needs_a_source() -> None:
    with pytest.raises(ValueError, match="source"):
        Camera([])


@pytest.mark.parametrize("shape", [(720, 1280), (720, 1280, 3), (100, 200, 3)])
def test_the_preview_is_small_packed_rgb(shape: tuple[int, ...]) -> None:
    frame = np.zeros(shape, np.uint8)
    if frame.ndim == 3:
        frame[..., 0] = 255
    picture = preview_of(frame)
    assert picture.width == min(PREVIEW_WIDTH, shape[1])
    assert picture.width * shape[0] == picture.height * shape[1]
    assert len(picture.rgb) == picture.width * picture.height * 3
    assert picture.rgb[:3] == (b"\x00\x00\xff" if frame.ndim == 3 else b"\x00\x00\x00")


def test_a_text_is_fresh_again_after_it_was_out_of_view() -> None:
    window = RepeatWindow(3.0)
    assert window.fresh("a", 0.0)
    assert not window.fresh("a", 2.9)
    assert window.fresh("b", 3.0)
    assert not window.fresh("a", 5.8)
    assert window.fresh("a", 8.9)


def test_one_dark_frame_is_no_darkness() -> None:
    light, dark = np.full((72, 128), 90, np.uint8), np.zeros((72, 128), np.uint8)
    twilight = Twilight()
    assert not twilight.dark(dark)
    assert not twilight.dark(light)
    judged = [twilight.dark(dark) for _ in range(30)]
    assert judged[-1]
    assert not judged[0]
    assert not twilight.dark(light)


def test_a_picture_counts_as_frozen_after_its_time_and_one_grain_heals_it() -> None:
    still, other = np.full((72, 128), 90, np.uint8), np.full((72, 128), 90, np.uint8)
    other[0, 0] = 91
    stillness = Stillness(8.0)
    assert [stillness.frozen(still, at) for at in (0.0, 7.9, 8.0)] == [False, False, True]
    assert not stillness.frozen(other, 9.0)
    assert [stillness.frozen(other, at) for at in (16.9, 17.0)] == [False, True]


class RealFrames(ShownFrames):
    """Frames of a real camera: nobody holds a picture up."""

    virtual = False


def test_a_frozen_picture_is_said_and_a_moving_one_heals_it(told: Recorder) -> None:
    shown = RealFrames("lens", interval=0.002)
    shown.show(np.full((720, 1280), 90, np.uint8))
    camera = Camera([shown], backoff=QUICK, second_opinion=False, frozen_after=0.05)
    camera.start(told.deliver, told.state)
    try:
        assert told.wait(lambda r: bool(r.states) and r.states[-1].code is Code.CAMERA_FROZEN)
        moved = np.full((720, 1280), 90, np.uint8)
        moved[:, ::2] = 160
        shown.show(moved)
        assert told.wait_status(DeviceStatus.READY)
    finally:
        camera.stop()


class HungFrames(RealFrames):
    """One frame, and then a driver that says nothing more until it is let go."""

    def __init__(self) -> None:
        super().__init__("lens")
        self.given, self.let_go = False, threading.Event()

    def read(self) -> np.ndarray | None:
        if self.given:
            self.let_go.wait(10)
            return None
        self.given = True
        return np.full((720, 1280), 90, np.uint8)


def test_a_driver_that_gives_no_frame_and_no_error_is_said(told: Recorder) -> None:
    hung = HungFrames()
    camera = Camera([hung], backoff=QUICK, second_opinion=False, frozen_after=0.1)
    camera.start(told.deliver, told.state)
    try:
        assert told.wait(lambda r: bool(r.states) and r.states[-1].code is Code.CAMERA_FROZEN)
    finally:
        hung.let_go.set()
        camera.stop()
