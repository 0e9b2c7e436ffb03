"""What the pages share: the kit they are made of, columns that fold, rows, gaps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMargins, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.page import Page
from ui.page import PageKit as PageKit
from ui.theme import set_state, tokens
from ui.widgets import Card, Text

FOLD_BELOW = 900
"""Page width in logical px below which the side column goes under the main one (ui 4)."""
FOLD_LISTS_BELOW = 980
"""The same where the main column is a list of many columns."""
LIST_LEAST = 200
"""Compact px of height a list keeps where the page folds and scrolls."""


def gap(name: str) -> int:
    """A gap of the theme in logical px."""
    return tokens().px(f"gap.{name}")


def scaled(compact: int) -> int:
    """A compact length in the density of the theme."""
    return round(compact * tokens().px("icon.percent") / 100)


def _fill(layout: QBoxLayout, parts: Sequence[QWidget | QLayout | int | None]) -> None:
    for part in parts:
        if part is None:
            layout.addStretch(1)
        elif isinstance(part, int):
            layout.addSpacing(part)
        elif isinstance(part, QLayout):
            layout.addLayout(part)
        else:
            layout.addWidget(part)


def row(*parts: QWidget | QLayout | int | None, space: str = "small") -> QHBoxLayout:
    """Widgets side by side; None stretches, a number is a gap in px."""
    layout = QHBoxLayout()
    layout.setContentsMargins(QMargins())
    layout.setSpacing(gap(space))
    _fill(layout, parts)
    return layout


def column(*parts: QWidget | QLayout | int | None, space: str = "tight") -> QVBoxLayout:
    """Widgets one under the other; None stretches, a number is a gap in px."""
    layout = QVBoxLayout()
    layout.setContentsMargins(QMargins())
    layout.setSpacing(gap(space))
    _fill(layout, parts)
    return layout


def boxed(layout: QLayout, *, ground: str = "", inner: bool = False) -> QFrame:
    """A frame around a layout; ``ground`` names its background, ``inner`` adds panel margins."""
    frame = QFrame()
    if ground:
        frame.setProperty("ground", ground)
    if inner:
        side, top = gap("inner"), gap("small")
        layout.setContentsMargins(side, top, side, top)
    frame.setLayout(layout)
    return frame


def two_lines(first: QWidget, second: QWidget) -> QFrame:
    """A name above its note, kept together in the middle of a row."""
    words = column(None, first, second, None)
    words.setSpacing(0)
    return boxed(words)


def fixed_width(widget: QWidget, compact: int) -> QWidget:
    """Give ``widget`` a width in the density of the theme."""
    widget.setFixedWidth(scaled(compact))
    return widget


def numeral(text: str = "", role: str = "body", tone: str = "strong") -> Text:
    """A count or amount in a table, right-aligned, never elided."""
    made = Text(text, role, tone, align_right=True)  # type: ignore[arg-type]  # roles are checked
    made.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
    return made


class PressCard(Card):
    """A card that may be pressed with the pointer; its key stands in it."""

    pressed = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit()


class ChosenRow(QFrame):
    """A row of a short list: pressed with the pointer, dressed where it is the one in front."""

    pressed = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.pressed.emit()

    def choose(self, chosen: bool) -> None:
        set_state(self, ground="selected" if chosen else "")


def steps_of(event: QKeyEvent) -> int | None:
    """−1 or +1 for ↑ and ↓, None for any other key."""
    return {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))


class TallArea(QScrollArea):
    """Scrolls up and down, never sideways."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setWidget(content)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows belong to the page; only PgUp and PgDn scroll, where there is more to see."""
        paging = event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        if paging and self.verticalScrollBar().maximum() > 0:
            super().keyPressEvent(event)
        else:
            event.ignore()


class InnerArea(TallArea):
    """A tall area within a page: never narrower than its content needs.

    Where the page folds it stands open, and the page alone scrolls: two areas inside each other
    in a low window would leave nothing to see of the inner one.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        self._content, self._open = content, False
        super().__init__(content, parent)

    def stand_open(self, standing: bool) -> None:
        """Show all of the content, or scroll it again."""
        if standing is not self._open:
            self._open = standing
            self._stretch()

    def minimumSizeHint(self) -> QSize:
        """The least width of the content, and a scroll bar beside it."""
        bar = self.verticalScrollBar().sizeHint().width()
        wide = self._content.minimumSizeHint().width() + bar
        return QSize(wide, super().minimumSizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What the content wants has changed: tell the layout this area lies in."""
        if event.type() == QEvent.Type.LayoutRequest and watched is self._content:
            self.updateGeometry()
            self._stretch()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._open:
            self._stretch()

    def sizeHint(self) -> QSize:
        """Standing open, what is shown; else what Qt says."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.minimumHeight()) if self._open else hint

    def _stretch(self) -> None:
        # what ignores its hint is counted as nothing where a neighbour's words wrap
        tall = QSizePolicy.Policy.Minimum if self._open else QSizePolicy.Policy.Ignored
        self.setSizePolicy(QSizePolicy.Policy.Expanding, tall)
        self.setMinimumHeight(height_at(self._content, self.width()) if self._open else 0)


def height_at(content: QWidget, wide: int) -> int:
    """How tall ``content`` is whose sentences wrap at ``wide`` px."""
    layout = content.layout()
    if layout is not None and layout.hasHeightForWidth():
        return max(layout.totalHeightForWidth(wide), content.minimumSizeHint().height())
    return content.sizeHint().height()


AFTER_MS = (0, 60)
"""The cursor is looked for at once, and when areas that stand open have found their height."""


class ColumnsPage(Page):
    """A main column that grows and a side column that does not; folds where there is no room.

    ``top`` runs across both. The whole page scrolls up and down when it must.
    """

    fold_below = FOLD_BELOW
    """Compact px of width; more where the main column cannot be made as narrow as others."""

    def __init__(self, name: str, side: int, parent: QWidget | None = None) -> None:
        """``side`` is the side column's width in compact px."""
        super().__init__(name, parent)
        self._side_width = side
        self.top = column(space="normal")
        self.main = column(space="normal")
        self.side = column(space="normal")
        self._main_box, self._side_box = QWidget(), QWidget()
        self._main_box.setLayout(self.main)
        self._side_box.setLayout(self.side)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(gap("normal"))
        self._columns.addWidget(self._main_box, 1)
        self._columns.addWidget(self._side_box)
        inside = QWidget()
        all_of_it = QVBoxLayout(inside)
        edge = gap("normal")
        all_of_it.setContentsMargins(edge, edge, edge, edge)
        all_of_it.setSpacing(gap("normal"))
        all_of_it.addLayout(self.top)
        all_of_it.addLayout(self._columns, 1)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(QMargins())
        outside.addWidget(TallArea(inside))
        self._folded = False
        QApplication.instance().focusChanged.connect(self._follow)  # type: ignore[union-attr]  # Qt
        self._fit()

    def fold(self, folded: bool) -> None:
        """The side column went under the main one, or came back beside it."""
        for area in self.findChildren(InnerArea):
            area.stand_open(folded)

    def _follow(self, _before: QWidget | None, now: QWidget | None) -> None:
        """The cursor is never out of sight; what moved it may still be moving the page."""
        if now is not None and self._folded and self.isAncestorOf(now):
            self._look_soon()

    def _look_soon(self) -> None:
        for later in AFTER_MS:
            QTimer.singleShot(later, self, self._see_cursor)

    def _see_cursor(self) -> None:
        now = self.window().focusWidget()
        if now is not None and self.isVisible() and self.isAncestorOf(now):
            self.bring(now)

    def bring(self, shown: QWidget) -> None:
        """Scroll whatever scrolls around it, so that it can be seen."""
        around = shown.parentWidget()
        while around is not None and around is not self:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(shown, 0, gap("small"))
            around = around.parentWidget()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()
        if self._folded:
            self._look_soon()

    def _fit(self) -> None:
        folded = 0 < self.width() < scaled(self.fold_below) and self.isVisible()
        wanted = QBoxLayout.Direction.TopToBottom if folded else QBoxLayout.Direction.LeftToRight
        if self._columns.direction() is not wanted:
            self._columns.setDirection(wanted)
        if folded is not self._folded:
            self._folded = folded
            self.fold(folded)
            self._look_soon()
        if folded:
            self._side_box.setMinimumWidth(0)
            self._side_box.setMaximumWidth(self.maximumWidth())
        else:
            self._side_box.setFixedWidth(scaled(self._side_width))
