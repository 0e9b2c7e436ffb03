"""四查十对: ten checks in four rows. Space ticks and goes on, arrows move, Enter goes on.

Nothing is ever pre-ticked.
"""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox, QWidget

from app.domain.audit import Check
from ui.icons import paint_icon
from ui.pages.parts import boxed, gap, row, scaled
from ui.text import tr
from ui.theme import font, tokens
from ui.widgets import Card, Text
from ui.widgets.basics import MARKS
from ui.widgets.flow import FlowLayout

_MARK = 16


class CheckItem(QCheckBox):
    """One thing to compare: its shape, its word, a ring around the whole item."""

    moved = Signal(int)
    """Arrow keys: −1 or +1 in reading order."""
    passed = Signal()
    """Enter: on without a tick."""

    def __init__(self, check: Check, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = check
        self._word = tr(f"pages.check.{check.value}")
        self.setAccessibleName(self._word)

    def show_checked(self, checked: bool) -> None:
        """Follow the model without telling it."""
        before = self.blockSignals(True)
        self.setChecked(checked)
        self.blockSignals(before)
        key = "pages.check.done" if checked else "pages.check.open"
        self.setAccessibleDescription(tr(key))

    def sizeHint(self) -> QSize:
        wide = QFontMetrics(font("body")).horizontalAdvance(self._word)
        return QSize(wide + scaled(_MARK) + 3 * gap("small"), tokens().px("height.control"))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, _where: object) -> bool:
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = tokens()
        painter = QPainter(self)
        name, tone = MARKS["ok" if self.isChecked() else "later"]
        size, left = scaled(_MARK), gap("small")
        top = (self.height() - size) // 2
        paint_icon(painter, name, theme.colour(tone), QRect(left, top, size, size))
        painter.setFont(font("body"))
        painter.setPen(theme.colour("text.strong" if self.isChecked() else "text.muted"))
        words = self.rect().adjusted(left + size + gap("small") - 2, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self._word)
        if self.hasFocus():
            edge = theme.px("line.focus")
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("focus"), edge))
            ring = self.rect().adjusted(edge // 2, edge // 2, -edge // 2 - 1, -edge // 2 - 1)
            painter.drawRoundedRect(ring, theme.px("radius.control"), theme.px("radius.control"))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Down: 1,
        }.get(Qt.Key(event.key()))
        if by is not None:
            self.moved.emit(by)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.passed.emit()
        else:
            super().keyPressEvent(event)


class ChecksCard(Card):
    """The four looks with their checks."""

    toggled = Signal(object)
    """A ``Check``."""
    left = Signal()
    """Enter behind the last check: on to what comes after the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("pages.audit.checks"), tr("pages.audit.checks_note"), bare=True, parent=parent
        )
        self.items: list[CheckItem] = []
        self._groups: tuple[tuple[str, tuple[Check, ...]], ...] = ()

    def show_checks(
        self, groups: tuple[tuple[str, tuple[Check, ...]], ...], checked: frozenset[Check]
    ) -> None:
        """Build once per profile's list; then only tick."""
        if groups != self._groups:
            self._groups = groups
            self._build()
        for item in self.items:
            item.show_checked(item.check in checked)
        done, everything = len(checked), len(self.items)
        self.set_chip(f"{done} / {everything}", "ok" if done == everything else "attention")

    def _build(self) -> None:
        for index, (look, checks) in enumerate(self._groups):
            if index:
                self.add_line()
            made = [CheckItem(check) for check in checks]
            title = Text(tr(f"pages.look.{look}"), "strong")
            title.setMinimumWidth(scaled(92))
            flow = FlowLayout(gap=gap("tight"), abreast=2)
            for item in made:
                flow.addWidget(item)
            cells = row(title, boxed(flow), space="tight")
            cells.setStretch(1, 1)
            cells.setContentsMargins(gap("inner"), 0, gap("small"), 0)
            self.add(boxed(cells))
            for item in made:
                item.toggled.connect(lambda on, item=item: self._ticked(item, on))
                item.passed.connect(lambda item=item: self._pass(item))
                item.moved.connect(lambda by, item=item: self._move(item, by))
            self.items.extend(made)

    def _move(self, item: CheckItem, by: int) -> None:
        at = max(0, min(self.items.index(item) + by, len(self.items) - 1))
        self.items[at].setFocus()

    def _ticked(self, item: CheckItem, on: bool) -> None:
        self.toggled.emit(item.check)
        if on:
            at = self.items.index(item)
            ahead = [*self.items[at + 1 :], *self.items[:at]]
            (next((other for other in ahead if not other.isChecked()), item)).setFocus()

    def _pass(self, item: CheckItem) -> None:
        if item is self.items[-1] or self.first_open() is None:
            self.left.emit()
        else:
            self._move(item, 1)

    def first_open(self) -> CheckItem | None:
        """The first check that was not looked at."""
        return next((item for item in self.items if not item.isChecked()), None)
