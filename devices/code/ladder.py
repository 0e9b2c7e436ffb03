"""Treatments that make a bad picture readable, each worth one try (identity-and-devices 6.4)."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_CENTRE = 480
_TURN_DEGREES = 45.0


@dataclass(frozen=True, slots=True)
class Rung:
    """One treatment. ``enlarges`` doubles the sides; ``histogram``: one threshold for all of it."""

    name: str
    treat: Callable[[Grey], Grey]
    enlarges: bool = False
    histogram: bool = False

    def treat_centre(self, grey: Grey) -> Grey:
        """The treatment on the middle of a frame, where a code is held, to bound its cost."""
        height, width = grey.shape
        top, left = max(0, (height - _CENTRE) // 2), max(0, (width - _CENTRE) // 2)
        return self.treat(np.ascontiguousarray(grey[top : top + _CENTRE, left : left + _CENTRE]))


def _grey(picture: object) -> Grey:
    return np.asarray(picture, dtype=np.uint8)


def _same(grey: Grey) -> Grey:
    return grey


def _sharpen(grey: Grey, sigma: float, amount: float) -> Grey:
    soft = cv2.GaussianBlur(grey, (0, 0), sigma)
    return _grey(cv2.addWeighted(grey, 1.0 + amount, soft, -amount, 0))


def _stretch(grey: Grey, across: float, up: float) -> Grey:
    """A leaning screen is a squeezed symbol: pull it straight along one axis."""
    return _grey(cv2.resize(grey, None, fx=across, fy=up, interpolation=cv2.INTER_CUBIC))


def _double(grey: Grey) -> Grey:
    return _stretch(grey, 2.0, 2.0)


def _halve(grey: Grey) -> Grey:
    if min(grey.shape) < 64:
        return grey
    return _grey(cv2.resize(grey, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))


def _equalise(grey: Grey) -> Grey:
    return _grey(cv2.createCLAHE(3.0, (8, 8)).apply(grey))


def _turn(grey: Grey) -> Grey:
    height, width = grey.shape
    side = int(np.hypot(height, width)) + 1
    move = cv2.getRotationMatrix2D((width / 2, height / 2), _TURN_DEGREES, 1.0)
    move[0, 2] += (side - width) / 2
    move[1, 2] += (side - height) / 2
    return _grey(cv2.warpAffine(grey, move, (side, side), borderValue=255.0))


RUNGS: tuple[Rung, ...] = (
    Rung("double and sharpen", lambda grey: _sharpen(_double(grey), 3.0, 1.0), enlarges=True),
    Rung("global threshold", _same, histogram=True),
    Rung("soften", lambda grey: _grey(cv2.GaussianBlur(grey, (0, 0), 1.0))),
    Rung("equalise", _equalise),
    Rung("double", _double, enlarges=True),
    Rung("sharpen", lambda grey: _sharpen(grey, 2.0, 3.0)),
    Rung("lean back", lambda grey: _stretch(grey, 1.0, 2.0), enlarges=True),
    Rung("lean aside", lambda grey: _stretch(grey, 2.0, 1.0), enlarges=True),
    Rung("median", lambda grey: _grey(cv2.medianBlur(grey, 3))),
    Rung("halve", _halve),
    Rung("soften more", lambda grey: _grey(cv2.GaussianBlur(grey, (0, 0), 2.0))),
    Rung("double, global threshold", _double, enlarges=True, histogram=True),
    Rung("turn", _turn),
)
