"""Looking at a shown page as a person or a screen reader would."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)

from ui.widgets import ElidedText

CONTROLS = (QAbstractButton, QLineEdit, QPlainTextEdit, QAbstractItemView)


def shown(page: QWidget, kind: type[QWidget] = QWidget) -> Iterator[QWidget]:
    """Visible widgets of a kind below ``page``."""
    for widget in page.findChildren(kind):
        if widget.isVisible():
            yield widget


def words(page: QWidget) -> str:
    """Everything a person can read on a page, elided texts in full."""
    said: list[str] = []
    for label in shown(page, QLabel):
        assert isinstance(label, QLabel)
        said.append(label.full_text() if isinstance(label, ElidedText) else label.text())
    return "\n".join(said)


def nameless(page: QWidget) -> list[str]:
    """Controls a screen reader could not name."""
    return [
        type(widget).__name__
        for widget in shown(page)
        if isinstance(widget, CONTROLS)
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and not widget.accessibleName()
    ]


def small_targets(page: QWidget) -> list[str]:
    """Buttons and inputs below 36 px of height."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()} {widget.height()}"
        for widget in shown(page)
        if isinstance(widget, QAbstractButton | QLineEdit)
        and widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        and widget.height() < 36
    ]


def _laid_out() -> None:
    """What changed a moment ago takes its place before anybody sees it."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def clipped(page: QWidget) -> list[str]:
    """Labels whose words do not fit and are not elided, and labels pushed out of the page."""
    _laid_out()
    found: list[str] = []
    for label in shown(page, QLabel):
        assert isinstance(label, QLabel)
        if not label.text() or isinstance(label, ElidedText):
            continue
        if label.wordWrap():
            fits = label.heightForWidth(label.width()) <= label.height() + 1
        else:
            fits = label.minimumSizeHint().width() <= label.width() + 1
        if not fits or _beyond(label, page):
            found.append(label.text())
    return found


def _beyond(label: QWidget, page: QWidget) -> bool:
    corner = label.mapTo(page, QPoint(0, 0))
    return not QRect(0, -100_000, page.width() + 1, 200_000).contains(QRect(corner, label.size()))


def cut_sideways(page: QWidget) -> list[str]:
    """Labels and controls that something around them hides at the left or right."""
    _laid_out()
    found: list[str] = []
    for widget in shown(page):
        if not isinstance(widget, (*CONTROLS, QLabel)) or widget.width() <= 0:
            continue
        around = widget.parentWidget()
        while around is not None and not around.isWindow():
            left = widget.mapTo(around, QPoint(0, 0)).x()
            if left < -1 or left + widget.width() > around.width() + 1:
                found.append(_name_of(widget))
                break
            if around is page:
                break
            around = around.parentWidget()
    return found


def _name_of(widget: QWidget) -> str:
    said = widget.text() if isinstance(widget, QLabel) else widget.accessibleName()
    return f"{type(widget).__name__} {said}"


def modal() -> list[str]:
    """Windows that would swallow a scan."""
    return [type(w).__name__ for w in QApplication.topLevelWidgets() if w.isModal()]


def press(
    window: QWidget,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    text: str = "",
) -> None:
    """A key through the window object, as the platform delivers it."""
    handle = window.windowHandle()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QCoreApplication.sendEvent(handle, QKeyEvent(kind, key, modifiers, text))


def alt(window: QWidget, number: int) -> None:
    """Alt and a digit."""
    press(window, Qt.Key(ord(str(number))), Qt.KeyboardModifier.AltModifier)


def holds_cursor(widget: QWidget) -> bool:
    """Whether keys typed into its window go to ``widget``; the window need not be in front."""
    return widget.window().focusWidget() is widget
