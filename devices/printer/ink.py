"""What a laid-out page consists of. Millimetres from the upper left corner; no toolkit."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """Which family of type."""

    SANS = "sans"
    SERIF = "serif"
    MONO = "mono"


class Shade(StrEnum):
    """Receipts are black only; grey and red exist on A4."""

    BLACK = "black"
    GREY = "grey"
    SEAL = "seal"
    FAINT = "faint"
    OUTLINE = "outline"


@dataclass(frozen=True, slots=True)
class Face:
    """Type of one run; ``size`` is the height of the em in mm."""

    size: float
    role: Role = Role.SANS
    bold: bool = False


class Measure(Protocol):
    """How wide a text is in mm. The toolkit of the target knows."""

    def __call__(self, text: str, face: Face, /) -> float: ...


@dataclass(frozen=True, slots=True)
class Word:
    """A run of text; ``y`` is its base line. ``angle`` in degrees turns it round its start."""

    x: float
    y: float
    text: str
    face: Face
    shade: Shade = Shade.BLACK
    angle: float = 0.0


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    x: float
    y: float
    x2: float
    y2: float
    width: float = 0.2
    dashed: bool = False
    shade: Shade = Shade.BLACK


@dataclass(frozen=True, slots=True)
class Box:
    """An empty rectangle."""

    x: float
    y: float
    wide: float
    high: float
    width: float = 0.2
    shade: Shade = Shade.BLACK


@dataclass(frozen=True, slots=True)
class Modules:
    """A QR code: ``side`` mm wide, True is black; the quiet zone is outside."""

    x: float
    y: float
    side: float
    rows: tuple[tuple[bool, ...], ...]


Mark = Word | Stroke | Box | Modules


def moved(mark: Mark, dx: float, dy: float) -> Mark:
    """The same mark elsewhere."""
    if isinstance(mark, Stroke):
        return replace(mark, x=mark.x + dx, y=mark.y + dy, x2=mark.x2 + dx, y2=mark.y2 + dy)
    return replace(mark, x=mark.x + dx, y=mark.y + dy)


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet, or the whole strip of a receipt. Sides in mm."""

    wide: float
    high: float
    marks: tuple[Mark, ...]

    def text(self) -> str:
        """All words in drawing order, for tests and logs of layout."""
        return "\n".join(mark.text for mark in self.marks if isinstance(mark, Word))
