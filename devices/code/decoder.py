"""One picture in, the codes in it out: zxing-cpp for every symbol (identity-and-devices 6.4).

Pictures are grey, ``uint8``, shape (height, width). Nothing here keeps a picture or a text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt
import zxingcpp

from devices.code import second_opinion
from devices.code.ladder import RUNGS

Grey = npt.NDArray[np.uint8]
Point = tuple[int, int]

_MAX_SIDE = 1600
_MIN_SIDE = 8


class Symbology(StrEnum):
    """The symbols a counter meets; anything else is not looked for."""

    QR = "QRCode"
    DATAMATRIX = "DataMatrix"
    CODE128 = "Code128"
    EAN13 = "EAN13"
    EAN8 = "EAN8"


@dataclass(frozen=True, slots=True, repr=False)
class FoundCode:
    """One code. ``polygon`` holds its corners in pixels; GS1 parts are separated by 0x1D."""

    text: str
    symbology: Symbology
    polygon: tuple[Point, ...] = ()
    gs1: bool = False

    def __repr__(self) -> str:
        return f"FoundCode({self.symbology.value}, {len(self.text)} characters)"


def _formats(*names: Symbology) -> zxingcpp.BarcodeFormats:
    return zxingcpp.barcode_formats_from_str(",".join(names))


_MATRIX = _formats(Symbology.QR)
_DATAMATRIX = _formats(Symbology.DATAMATRIX)
_LINEAR = _formats(Symbology.CODE128, Symbology.EAN13, Symbology.EAN8)
_EVERY = _formats(*Symbology)
# EAN-8 has one weak check digit: a treated picture must not invent one
_TREATED = _formats(Symbology.QR, Symbology.DATAMATRIX, Symbology.CODE128, Symbology.EAN13)
_BARS = frozenset({Symbology.CODE128, Symbology.EAN13, Symbology.EAN8})
_NAMES = {zxingcpp.barcode_format_from_str(name): Symbology(name) for name in Symbology}


def _symbology(found: zxingcpp.Barcode) -> Symbology | None:
    return _NAMES.get(found.symbology) or _NAMES.get(found.format)


def _text(found: zxingcpp.Barcode) -> str:
    if found.text or not found.bytes:
        return str(found.text)
    return bytes(found.bytes).decode("gb18030", "backslashreplace")


def _polygon(found: zxingcpp.Barcode) -> tuple[Point, ...]:
    at = found.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    return tuple((int(corner.x), int(corner.y)) for corner in corners)


def _read(
    grey: Grey,
    formats: zxingcpp.BarcodeFormats,
    *,
    invert: bool = True,
    rotate: bool = True,
    histogram: bool = False,
) -> tuple[FoundCode, ...]:
    binarizer = zxingcpp.Binarizer
    results = zxingcpp.read_barcodes(
        grey,
        formats=formats,
        try_invert=invert,
        try_rotate=rotate,
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer.GlobalHistogram if histogram else binarizer.LocalAverage,
    )
    codes = []
    for found in results:
        symbology = _symbology(found)
        text = _text(found)
        if symbology is not None and text:
            gs1 = found.content_type == zxingcpp.ContentType.GS1
            codes.append(FoundCode(text, symbology, _polygon(found), gs1))
    return tuple(codes)


def _placeless(codes: tuple[FoundCode, ...]) -> tuple[FoundCode, ...]:
    """Codes of a treated picture: their corners belong to another picture."""
    return tuple(FoundCode(code.text, code.symbology, (), code.gs1) for code in codes)


def _usable(grey: Grey) -> bool:
    return grey.ndim == 2 and min(grey.shape) >= _MIN_SIDE and grey.dtype == np.uint8


def decode(grey: Grey) -> tuple[FoundCode, ...]:
    """Every code of one picture, as it is: all symbols, upright or turned, dark on light or not."""
    return _read(grey, _EVERY) if _usable(grey) else ()


def decode_hard(grey: Grey) -> tuple[FoundCode, ...]:
    """:func:`decode`, then every treatment of the ladder, then pyzbar, until something is found.

    Slow (up to some seconds for a large photo): for files, not for live frames.
    """
    found = decode(grey)
    if found or not _usable(grey):
        return found
    once: set[FoundCode] = set()
    for rung in RUNGS:
        if max(grey.shape) > _MAX_SIDE and rung.enlarges:
            continue
        found = _placeless(_read(rung.treat(grey), _TREATED, histogram=rung.histogram))
        # a treatment can invent bars with a right check digit: two have to agree
        sure = tuple(c for c in found if c.symbology not in _BARS or c in once)
        if sure:
            return sure
        once.update(found)
    return opinion(grey)


def opinion(grey: Grey) -> tuple[FoundCode, ...]:
    """What pyzbar sees; nothing where the zbar library is absent."""
    return _codes_of(second_opinion.read(grey))


def _codes_of(seen: tuple[second_opinion.Seen, ...]) -> tuple[FoundCode, ...]:
    return tuple(FoundCode(text, Symbology(name), polygon) for text, name, polygon in seen)


class SecondOpinion(Protocol):
    """Somebody who looks at a frame now and then and tells later what was in it."""

    def ask(self, grey: Grey) -> None: ...

    def answer(self) -> tuple[second_opinion.Seen, ...]: ...


class FrameDecoder:
    """Looks at the frames of one live camera, a little further on every frame.

    QR on every frame, inverted ones too; the frame's turn decides what else is tried: level lines,
    DataMatrix, upright lines, and one treated picture where no QR was found. A symbol that stays
    before the camera is met by its turn within four frames; a frame without a code costs little.
    """

    TURNS = 4
    OPINION_EVERY = 12

    def __init__(self, opinion: SecondOpinion | None = None) -> None:
        self._frame = 0
        self._opinion = opinion

    def look(self, grey: Grey) -> tuple[FoundCode, ...]:
        """Codes of one frame of the camera."""
        if not _usable(grey):
            return ()
        number, self._frame = self._frame, self._frame + 1
        found = _read(grey, _MATRIX)
        if self._opinion is not None and not found:
            if number % self.OPINION_EVERY == self.OPINION_EVERY - 1:
                self._opinion.ask(grey)
            found = _codes_of(self._opinion.answer())
        if found and number % self.TURNS == self.TURNS - 1:
            return found
        # a box may carry an advertisement as QR beside its trace code
        return found + self._turn(grey, number)

    def _turn(self, grey: Grey, number: int) -> tuple[FoundCode, ...]:
        turn = number % self.TURNS
        if turn == 0:
            return _read(grey, _LINEAR, invert=False, rotate=False)
        if turn == 1:
            return _read(grey, _DATAMATRIX, invert=False)
        if turn == 2:
            turned = np.ascontiguousarray(np.rot90(grey))
            return _placeless(_read(turned, _LINEAR, invert=False, rotate=False))
        rung = RUNGS[(number // self.TURNS) % len(RUNGS)]
        return _placeless(_read(rung.treat_centre(grey), _MATRIX, histogram=rung.histogram))
