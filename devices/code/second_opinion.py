"""pyzbar as an optional second reader for strong tilt and glare (identity-and-devices 6.4).

Its C library may be absent; then there is no second opinion, and nothing else happens.
"""

import logging
from functools import cache
from types import ModuleType

import numpy as np
import numpy.typing as npt

_log = logging.getLogger(__name__)
# its DataBar and Code 39 readers invent codes and print complaints; these three do not
_SYMBOLS = {"QRCODE": "QRCode", "CODE128": "Code128", "EAN13": "EAN13"}

Seen = tuple[str, str, tuple[tuple[int, int], ...]]


@cache
def _library() -> ModuleType | None:
    try:
        from pyzbar import pyzbar
    except (ImportError, OSError) as absent:
        # a frozen build without the library raises FileNotFoundError here
        _log.info("no second opinion: %s", type(absent).__name__)
        return None
    return pyzbar  # type: ignore[no-any-return]  # the package carries no types


def available() -> bool:
    """Whether the zbar library could be loaded."""
    return _library() is not None


def read(grey: npt.NDArray[np.uint8]) -> tuple[Seen, ...]:
    """(text, symbology, corners) of every QR, Code 128 and EAN-13 that zbar sees."""
    library = _library()
    if library is None:
        return ()
    wanted = [library.ZBarSymbol[name] for name in _SYMBOLS]
    seen = []
    for code in library.decode(grey, symbols=wanted):
        corners = tuple((int(point.x), int(point.y)) for point in code.polygon)
        text = bytes(code.data).decode("utf-8", "backslashreplace")
        if text:
            seen.append((text, _SYMBOLS[code.type], corners))
    return tuple(seen)
