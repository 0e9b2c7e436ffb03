"""Paper as a document model: what is printed, in which order, how loud; not how many dots.

Rendered to PDF, to the system queue or to ESC/POS bytes (ui 12). Training paper says so itself.
"""

from dataclasses import dataclass
from enum import StrEnum


class PaperKind(StrEnum):
    RECEIPT_80 = "receipt_80"
    RECEIPT_58 = "receipt_58"
    A4 = "a4"


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class Loudness(StrEnum):
    """note < body < emph < title < double."""

    NOTE = "note"
    BODY = "body"
    EMPH = "emph"
    TITLE = "title"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph; wraps."""

    text: str
    loud: Loudness = Loudness.BODY
    bold: bool = False
    align: Align = Align.LEFT
    mono: bool = False
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Left and right on one line."""

    left: str
    right: str
    loud: Loudness = Loudness.BODY
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A label and its value; ``share`` of the line in percent."""

    label: str
    value: str
    share: int
    mono: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class FieldRow:
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Empty space in lines of body text."""

    lines: float = 0.5


@dataclass(frozen=True, slots=True)
class TraceCodes:
    """One line per box as 7 + 13; ``columns`` of them side by side."""

    codes: tuple[str, ...]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Qr:
    """A QR code and the words beside it."""

    text: str
    captions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Corner:
    """A framed word in the upper right corner, such as the kind of prescription."""

    text: str


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """Room for a signature; ``seal`` is the name of an electronic seal already there."""

    label: str
    seal: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SignatureRow:
    lines: tuple[SignatureLine, ...]


Block = Text | Pair | FieldRow | Rule | Gap | TraceCodes | Qr | Corner | SignatureRow


@dataclass(frozen=True, slots=True)
class Framed:
    """Two framed halves at the foot of a page."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document. ``copy_no`` from 2 on marks a reprint; ``watermark`` is drawn diagonally."""

    kind: PaperKind
    title: str
    filename: str
    blocks: tuple[Block | Framed, ...]
    copy_no: int = 1
    foot_left: str = ""
    foot_right: str = ""
    watermark: str = ""
    banner: str = ""
