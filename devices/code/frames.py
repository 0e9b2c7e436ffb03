"""Where pictures come from: a camera, a video file, a folder of pictures, or another part of us.

OpenCV only fetches frames; it never reads codes. Frames live in memory and are never stored.
"""

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from app.domain.errors import Code, DeviceTrouble

Frame = npt.NDArray[np.uint8]
"""BGR of shape (height, width, 3), or grey of shape (height, width)."""

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
VIDEO_SUFFIXES = frozenset({".avi", ".mp4", ".webm", ".mkv", ".mov"})
_DEFAULT_RATE = 25.0
_WIDTH, _HEIGHT = 1280, 720
_SHORTEST_FILE = 64
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PART = 12
"""Bytes of a part beside what it holds: length, kind, sum."""


def quiet_opencv() -> None:
    """OpenCV writes to the terminal by itself when a camera is absent; we say it our way."""
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


class FrameSource(Protocol):
    """Gives frames to one thread. ``interval`` is the time between two frames in seconds."""

    name: str
    virtual: bool

    @property
    def interval(self) -> float: ...

    def open(self) -> None:
        """Raises ``DeviceTrouble(CAMERA_MISSING)``."""
        ...

    def read(self) -> Frame | None:
        """The next frame, or None when the source is gone."""
        ...

    def close(self) -> None: ...


def grey_of(frame: Frame) -> Frame:
    """The frame in grey."""
    return (
        frame if frame.ndim == 2 else np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)
    )


def read_picture(path: Path) -> Frame | None:
    """A picture file in grey, or None when it is no picture. Paths may hold any character."""
    # a picture of one pixel may be shorter than the header its reader asks for
    read = path.read_bytes()
    if _claims_more_than_it_is(read):
        return None
    content = np.frombuffer(read.ljust(_SHORTEST_FILE, b"\0"), np.uint8)
    try:
        # raises for a damaged header instead of answering None
        picture = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE)
    except cv2.error:
        return None
    return None if picture is None else np.asarray(picture, np.uint8)


def _claims_more_than_it_is(content: bytes) -> bool:
    """A PNG with a part longer than the whole file: its reader would make room for gigabytes."""
    at = len(_PNG)
    while content.startswith(_PNG) and at + _PNG_PART <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if length > len(content):
            return True
        at += length + _PNG_PART
    return False


def natural_order(path: Path) -> tuple[tuple[int, str], ...]:
    """Sort key that puts ``f_9`` before ``f_10``."""
    parts = re.findall(r"\d+|\D+", path.name.lower())
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in parts)


def pictures_in(folder: Path) -> list[Path]:
    """Picture files of a folder in natural order."""
    files = [path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES]
    return sorted(files, key=natural_order)


class DeviceFrames:
    """A camera of this machine, by number or by device path."""

    virtual = False
    interval = 0.0

    def __init__(self, device: int | str) -> None:
        self.name = str(device)
        self._device = device
        self._capture: cv2.VideoCapture | None = None

    def open(self) -> None:
        quiet_opencv()
        backend = cv2.CAP_DSHOW if sys.platform == "win32" else cv2.CAP_ANY
        capture = cv2.VideoCapture(self._device, backend)
        if not capture.isOpened():
            capture.release()
            raise DeviceTrouble(Code.CAMERA_MISSING, name=self.name)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, _WIDTH)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _HEIGHT)
        # an old frame is a code that is no longer there
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
        self._capture = capture

    def read(self) -> Frame | None:
        if self._capture is None:
            return None
        there, frame = self._capture.read()
        return np.asarray(frame, np.uint8) if there else None

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class VideoFrames:
    """A video file at its nominal rate, from the start again when it ends."""

    virtual = True

    def __init__(self, path: Path, *, loop: bool = True) -> None:
        self.name = path.name
        self._path = path
        self._loop = loop
        self._capture: cv2.VideoCapture | None = None
        self._rate = _DEFAULT_RATE

    @property
    def interval(self) -> float:
        return 1.0 / self._rate

    def open(self) -> None:
        quiet_opencv()
        capture = cv2.VideoCapture(str(self._path))
        if not self._path.is_file() or not capture.isOpened():
            capture.release()
            raise DeviceTrouble(Code.CAMERA_MISSING, name=self.name)
        rate = capture.get(cv2.CAP_PROP_FPS)
        self._rate = rate if 1.0 <= rate <= 120.0 else _DEFAULT_RATE
        self._capture = capture

    def read(self) -> Frame | None:
        if self._capture is None:
            return None
        there, frame = self._capture.read()
        if not there and self._loop:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            there, frame = self._capture.read()
        return np.asarray(frame, np.uint8) if there else None

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class FolderFrames:
    """A folder of pictures, or one picture, shown one after another and again."""

    virtual = True

    def __init__(self, path: Path, *, interval: float = 0.2) -> None:
        self.name = path.name
        self.interval = interval
        self._path = path
        self._turn: Iterator[Frame] | None = None

    def _pictures(self) -> list[Frame]:
        with suppress(OSError):
            files = pictures_in(self._path) if self._path.is_dir() else [self._path]
            read = (read_picture(file) for file in files)
            return [picture for picture in read if picture is not None]
        return []

    def open(self) -> None:
        pictures = self._pictures()
        if not pictures:
            raise DeviceTrouble(Code.CAMERA_MISSING, name=self.name)

        def again() -> Iterator[Frame]:
            while True:
                yield from pictures

        self._turn = again()

    def read(self) -> Frame | None:
        return next(self._turn) if self._turn is not None else None

    def close(self) -> None:
        self._turn = None


class ShownFrames:
    """Frames that another part of the program holds up: the virtual phone before a camera."""

    virtual = True

    def __init__(self, name: str = "", *, interval: float = 0.03) -> None:
        self.name = name
        self.interval = interval
        self._lock = threading.Lock()
        self._blank: Frame = np.full((_HEIGHT, _WIDTH), 128, np.uint8)
        self._shown: Frame = self._blank
        self._plugged = True

    def show(self, picture: Frame | None) -> None:
        """Hold up a picture, or nothing."""
        with self._lock:
            self._shown = self._blank if picture is None else picture

    def plug(self, plugged: bool) -> None:
        """Pull the camera out, or put it back."""
        with self._lock:
            self._plugged = plugged

    def open(self) -> None:
        with self._lock:
            if not self._plugged:
                raise DeviceTrouble(Code.CAMERA_MISSING, name=self.name)

    def read(self) -> Frame | None:
        with self._lock:
            return self._shown if self._plugged else None

    def close(self) -> None:
        """Nothing to give back."""
