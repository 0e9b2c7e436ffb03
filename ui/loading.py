"""Before the first page: is there a display, and Qt's bindings without what they hang on import."""

from __future__ import annotations

import builtins
import gc
import os
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from app.domain.errors import Code, LocalTrouble

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


def display_here() -> bool:
    """Whether a window could be shown: on Linux a display must be named or an offscreen asked."""
    if os.name == "nt" or "QT_QPA_PLATFORM" in os.environ:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def load_qt() -> None:
    """Load the bindings, and put back the ``import`` they replaced.

    PySide wraps ``import`` to find ``from __feature__ import …``, which nobody here writes. For
    that it reads the source of every module imported after it (``shibokensupport.feature``), and
    enters the bindings from whichever thread imports. The one it replaced, which knows its lazy
    classes, it keeps as ``__orig_import__``.

    Until ``collect_again`` nothing is collected: what loads before the pages stand stays loaded.
    """
    gc.disable()
    import PySide6.QtWidgets  # noqa: F401 - for what it leaves behind

    replaced = getattr(builtins, "__orig_import__", None)
    if replaced is not None:
        vars(builtins)["__import__"] = replaced


FOR_LANES = {
    "PySide6.QtCore": (
        "QBuffer",
        "QByteArray",
        "QIODevice",
        "QMarginsF",
        "QPointF",
        "QRectF",
        "QSizeF",
        "Qt",
    ),
    "PySide6.QtGui": (
        "QColor",
        "QFont",
        "QFontDatabase",
        "QFontMetricsF",
        "QGuiApplication",
        "QPagedPaintDevice",
        "QPageLayout",
        "QPageSize",
        "QPainter",
        "QPainterPath",
        "QPdfWriter",
        "QPen",
        "QTransform",
    ),
}
"""What a lane takes from the bindings: papers are drawn in the print lane."""


def load_for_lanes() -> None:
    """On this thread, before a lane asks: the bindings make a class when it is first named, and two
    threads that name the same one, or its base, take the program with them (libshiboken 6.11
    forgets the maker of a class twice)."""
    for module, names in FOR_LANES.items():
        found = import_module(module)
        for name in names:
            getattr(found, name)


def load_application(argv: Sequence[str], theme: str = "", *, unseen: bool = False) -> QApplication:
    """Qt first, then the one application in ``theme``; without one it follows the desktop.

    Raises ``LocalTrouble`` ``DISPLAY_MISSING``; what may go ``unseen`` is drawn into memory then.
    """
    if not display_here():
        if not unseen:
            raise LocalTrouble(Code.DISPLAY_MISSING)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    load_qt()
    from ui.app import make_application
    from ui.theme import Shade

    return make_application(argv, Shade(theme) if theme else None)


LOOK_MS = 250


def collect_again() -> None:
    """Collect from now on in this thread alone, and look no more through what was loaded.

    Once pages and doors stand: looking through either stops a window for longer than a frame.

    Left to itself the collector runs in whichever lane happens to allocate, and a window's object
    that dies in a lane takes the program with it.
    """
    from PySide6.QtCore import QCoreApplication, QTimer

    spare_loaded()
    timer = QTimer(QCoreApplication.instance())
    timer.setInterval(LOOK_MS)
    timer.timeout.connect(collect_due)
    timer.start()


def spare_loaded() -> None:
    """What is there now stays for good: the collector looks through it no more."""
    gc.freeze()


def let_go() -> None:
    """The program is leaving: what was frozen may go with its module.

    What the interpreter may not look through on its way out it leaves behind, and a library that
    counts (the decoder's) then reports every object that a module of ours still named.
    """
    gc.unfreeze()


def collect_due() -> None:
    """Collect the oldest generation that the interpreter would have collected by now."""
    due = [
        g
        for g, (n, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        if n > most
    ]
    if due:
        gc.collect(max(due))
