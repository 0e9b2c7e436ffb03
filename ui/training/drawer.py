"""The drawer at the right: people, boxes and faults to try out. Never over the page."""

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QScrollArea,
    QSizePolicy,
    QWidget,
)

from ui.keys import Key
from ui.pages.parts import TallArea, boxed, column, gap, row, scaled
from ui.text import say, tr
from ui.theme import set_state
from ui.training.boxes import BoxesCard
from ui.training.buttons import Rows, TableButton, TableRow
from ui.training.faults import FaultsCard, StockFaultsCard
from ui.training.people import PeopleCard
from ui.viewmodels.shelf import Boxes
from ui.viewmodels.training import TrainingModel
from ui.widgets import KeyHint, StateMark, Text
from ui.widgets.basics import set_shown
from ui.widgets.card import HairLine

WIDTH = 268
"""Compact px; beside it a page of the smallest full screen still has its two columns."""
_ROOMY_FROM = 640
"""Compact px of height from which faults and people stand together."""
_ANY_WIDTH = 16_777_215
"""Qt's own word for no bound."""
_UP_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_ASIDE = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_ENDS = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: -1}


class TrainingDrawer(QFrame):
    """Head, keys, what to do here, the cards that fit the page, what the last act came to.

    Arrows go from button to button, Enter presses, Esc gives the cursor back to the page.
    """

    folded = Signal()
    left = Signal()
    """The cursor belongs to the page again."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setFixedWidth(scaled(WIDTH))
        self.people, self.boxes = PeopleCard(model), BoxesCard(model)
        self.faults, self.stock = FaultsCard(model), StockFaultsCard(model)
        self._hint = Text("", "second", "body", wrap=True)
        self._mark, self._said = StateMark("later", 16), Text("", "second", "body", wrap=True)
        self.clear = TableButton(tr("training.act.clear"), model.clear, "flat")
        self.fold = TableButton(tr("training.fold"), self.folded.emit, "flat", Key.TABLE)
        self._order: list[QAbstractButton] = []
        outer = column()
        outer.setSpacing(0)
        outer.addWidget(self._head())
        outer.addWidget(self._keys())
        outer.addWidget(TallArea(self._inside()), 1)
        self._foot = self._make_foot()
        outer.addWidget(self._foot)
        self.setLayout(outer)
        model.changed.connect(self.refresh)
        QApplication.instance().focusChanged.connect(self._show_keys)  # type: ignore[union-attr]  # Qt
        self.refresh()
        self._show_keys()

    def stand_alone(self, alone: bool) -> None:
        """Take all the room there is, or the width it has beside a page."""
        least = scaled(WIDTH)
        self.setMinimumWidth(least)
        self.setMaximumWidth(_ANY_WIDTH if alone else least)

    def _head(self) -> QWidget:
        words = row(StateMark("training", 16), Text(tr("training.table"), "panel"), None, self.fold)
        words.setContentsMargins(gap("normal"), 0, 0, 0)
        return boxed(words, ground="training")

    def _keys(self) -> QWidget:
        """The keys that work now: how to come in, or what to press in here."""
        self._enter = KeyHint(((Key.TABLE.value, tr("training.keys.enter")),))
        self._here = KeyHint(
            (
                ("↑ ↓", tr("training.keys.choose")),
                (Key.FORWARD.value, tr("training.keys.act")),
                (Key.BACK.value, tr("training.keys.back")),
            )
        )
        words = row(self._enter, self._here)
        words.setContentsMargins(gap("small"), gap("tight"), 0, gap("tight"))
        return boxed(column(boxed(words), HairLine()))

    def _inside(self) -> QWidget:
        inside = QWidget()
        cards = self._cards = column(self._hint, self.people, self.boxes, self.stock, space="small")
        cards.setStretchFactor(self.people, 1)
        # room that the people do not want, where none are shown
        cards.addStretch(0)
        cards.addWidget(self.faults)
        self.faults.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        edge = gap("small")
        cards.setContentsMargins(edge, edge, edge, edge)
        inside.setLayout(cards)
        return inside

    def _make_foot(self) -> QWidget:
        words = row(self._mark, self._said, self.clear)
        words.setStretch(1, 1)
        words.setContentsMargins(gap("normal"), gap("tight"), 0, gap("tight"))
        return boxed(column(HairLine(), boxed(words)), ground="surface")

    def refresh(self) -> None:
        """Everything follows from the model."""
        model, held = self._model, self._under_cursor()
        self._hint.setText(model.hint)
        set_shown(self.people, bool(model.shown_people()))
        set_shown(self.boxes, model.boxes is not Boxes.NONE)
        self._share_height(model.boxes in (Boxes.LOOSE, Boxes.BACK))
        for card in (self.people, self.boxes, self.stock, self.faults):
            card.refresh()
        self._make_room()
        set_shown(self.clear, model.held)
        heard = model.heard
        self._said.setText(say(heard.said) if heard is not None else "")
        self._mark.set_mark("attention" if heard is not None and heard.bad else "ok")
        set_shown(self._mark, heard is not None)
        set_shown(self._foot, heard is not None or model.held)
        self._chain()
        if held is not None and held is not self._under_cursor() and not self._row_under_cursor():
            # what it stood on went off; Qt's next choice is nobody's, least of all a wrong box
            self.left.emit()

    def _share_height(self, shelf: bool) -> None:
        """A shelf takes what height there is; boxes without one no more than they need."""
        tall = QSizePolicy.Policy.Expanding if shelf else QSizePolicy.Policy.Maximum
        self.boxes.setSizePolicy(QSizePolicy.Policy.Preferred, tall)
        self._cards.setStretchFactor(self.boxes, 1 if shelf else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        crowded = bool(self._model.shown_people()) or self._model.boxes is not Boxes.NONE
        self.faults.make_room(not crowded or self.height() >= scaled(_ROOMY_FROM))

    # the cursor

    def _rows(self) -> Rows:
        """What can be pressed now, as the eye sees it."""
        cards = (self.people, self.boxes, self.stock, self.faults)
        listed: Rows = [[self.fold], *(line for card in cards for line in card.in_order())]
        listed.append([self.clear])
        on = ([made for made in line if made.isVisible() and made.isEnabled()] for line in listed)
        return [line for line in on if line]

    def buttons(self) -> tuple[QAbstractButton, ...]:
        """What can be pressed now, in the order of the tab key."""
        return tuple(made for line in self._rows() for made in line)

    def _chain(self) -> None:
        order = list(self.buttons())
        if order != self._order:
            self._order = order
            for before, after in pairwise(order):
                QWidget.setTabOrder(before, after)

    def _under_cursor(self) -> QAbstractButton | None:
        focused = self.window().focusWidget() if self.isVisible() else None
        inside = isinstance(focused, QAbstractButton) and self.isAncestorOf(focused)
        return focused if inside else None  # type: ignore[return-value]  # narrowed by ``inside``

    def _row_under_cursor(self) -> bool:
        return isinstance(self._under_cursor(), TableRow)

    def focus_first(self) -> None:
        """The chosen person, else the first thing to scan or press."""
        chosen = next((made for made in self.people.rows if made.isChecked()), None)
        if chosen is not None and self.people.isVisible():
            self._stand_on(chosen)
            return
        order = [made for made in self.buttons() if made is not self.fold]
        self._stand_on(next(iter(order), self.fold))

    def _stand_on(self, made: QAbstractButton) -> None:
        made.setFocus(Qt.FocusReason.TabFocusReason)
        around = made.parentWidget()
        while around is not None and around is not self:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(made, 0, gap("small"))
            around = around.parentWidget()
        if isinstance(made, TableRow):
            made.reached.emit()
        self._show_keys()

    def _move(self, rows: int, aside: int) -> None:
        listed, here = self._rows(), self._under_cursor()
        at = next((index for index, line in enumerate(listed) if here in line), None)
        if at is None:
            self.focus_first()
            return
        place = listed[at].index(here)  # type: ignore[arg-type]  # found there
        line = listed[max(0, min(at + rows, len(listed) - 1))]
        wanted = max(0, min(place + aside, len(line) - 1))
        if line[wanted] is not here:
            self._stand_on(line[wanted])

    def holds_focus(self) -> bool:
        """Whether the cursor is in here."""
        focused = self.window().focusWidget()
        return focused is not None and self.isVisible() and self.isAncestorOf(focused)

    def _show_keys(self, *_moved: QWidget | None) -> None:
        held = self.holds_focus()
        set_shown(self._enter, not held)
        set_shown(self._here, held)
        self.fold.show_key(held)
        set_state(self, held="true" if held else "false")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses what is under the cursor, never the page's; Esc goes back there."""
        key, here = Qt.Key(event.key()), self._under_cursor()
        if key in _UP_DOWN:
            self._move(_UP_DOWN[key], 0)
        elif key in _ASIDE:
            self._move(0, _ASIDE[key])
        elif key in _ENDS:
            self._stand_on(self.buttons()[_ENDS[key]])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(here, TableRow):
                here.entered.emit()
            elif here is not None:
                here.click()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
