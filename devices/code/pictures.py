"""Codes in files, for ``yaotai scan``: a picture, a folder of pictures, or a video."""

from collections.abc import Iterator
from pathlib import Path

from app.domain.errors import Code, OperatorInput
from devices.code.decoder import FoundCode, FrameDecoder, decode_hard
from devices.code.frames import (
    VIDEO_SUFFIXES,
    VideoFrames,
    grey_of,
    pictures_in,
    quiet_opencv,
    read_picture,
)

_LONGEST_VIDEO = 20_000


def files_of(path: Path) -> list[Path]:
    """The picture files of a folder, or the file itself."""
    return pictures_in(path) if path.is_dir() else [path]


def decode_file(path: Path) -> Iterator[FoundCode]:
    """Each different code in one file, best effort first, in order of appearance.

    A video is read frame by frame as fast as it goes. Raises ``OSError`` when the file cannot be
    read, ``OperatorInput`` (``FILE_UNREADABLE``) when it is neither picture nor video.
    """
    quiet_opencv()
    if path.is_dir():
        for file in files_of(path):
            yield from decode_file(file)
    elif path.suffix.lower() in VIDEO_SUFFIXES:
        yield from _decode_video(path)
    else:
        picture = read_picture(path)
        if picture is None:
            raise OperatorInput(Code.FILE_UNREADABLE, file=path.name)
        yield from _each_once(decode_hard(picture))


def _each_once(codes: tuple[FoundCode, ...]) -> Iterator[FoundCode]:
    seen: set[tuple[str, str]] = set()
    for code in codes:
        if (code.symbology, code.text) not in seen:
            seen.add((code.symbology, code.text))
            yield code


def _decode_video(path: Path) -> Iterator[FoundCode]:
    with path.open("rb"):
        source = VideoFrames(path, loop=False)
    source.open()
    seen: set[tuple[str, str]] = set()
    decoder = FrameDecoder()
    try:
        for _ in range(_LONGEST_VIDEO):
            frame = source.read()
            if frame is None:
                return
            for code in decoder.look(grey_of(frame)):
                if (code.symbology, code.text) not in seen:
                    seen.add((code.symbology, code.text))
                    yield code
    finally:
        source.close()
