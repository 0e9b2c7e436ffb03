"""MA codes (IDcode, trace-and-stock T5): one pack where a serial is in them, else only a product.

``MA.156.`` and the segments of the product, then data in segments that a letter names: M produced,
L lot, S serial, E expires; whatever follows is the check. Which segments a maker writes, and in
which order, no public text fixes.
"""

import re
from dataclasses import dataclass
from datetime import date

_FORM = re.compile(r"MA\.156(?:\.[0-9A-Za-z\-]+)+", re.ASCII)
_DATUM = re.compile(r"([ME])([0-9]{6}|[0-9]{8})|([LS])([0-9A-Za-z\-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdCode:
    """What a code says. ``serial`` is empty where it names no single pack."""

    product: str
    lot: str = ""
    serial: str = ""
    made_on: date | None = None
    expires_on: date | None = None


def read(text: str) -> IdCode | None:
    """None for a text of another form. A date that is none is left out."""
    if not _FORM.fullmatch(text):
        return None
    segments = text.split(".")
    data = [at for at, one in enumerate(segments) if at > 1 and _DATUM.fullmatch(one)]
    product = ".".join(segments[: data[0]] if data else segments)
    found: dict[str, str] = {}
    for at in data:
        letter, value = segments[at][0], segments[at][1:]
        # the first of a kind counts: what follows may be the check
        found.setdefault(letter, value)
    return IdCode(
        product, found.get("L", ""), found.get("S", ""), _day(found.get("M")), _day(found.get("E"))
    )


def _day(digits: str | None) -> date | None:
    if digits is None:
        return None
    text = digits if len(digits) == 8 else f"20{digits}"
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
