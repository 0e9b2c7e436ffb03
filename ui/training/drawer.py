"""The drawer at the right: people, boxes and faults to try out. Never over the page."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QGridLayout,
    QSizePolicy,
    QWidget,
)

from app.ports.training import TrainingFault, TrainingPerson, WrongBox
from ui.keys import Key
from ui.pages.parts import TallArea, boxed, column, gap, row, scaled
from ui.text import has_text, say, tr
from ui.viewmodels.training import TrainingModel
from ui.widgets import ActButton, Card, ElidedText, StateMark, Text
from ui.widgets.basics import clear_layout, set_shown
from ui.widgets.buttons import Kind, LaidButton
from ui.widgets.card import HairLine

WIDTH = 268
"""Compact px; beside it a page of the smallest full screen still has its two columns."""
_LIST_AT_LEAST = 150
_ROOMY_FROM = 640
"""Compact px of height from which faults and people stand together."""
_PER_ROW = 2
_ANY_WIDTH = 16_777_215
"""Qt's own word for no bound."""


def table_button(text: str, press: Callable[[], None], kind: Kind = "normal") -> ActButton:
    """A button that leaves the cursor where it is when it is pressed with the pointer."""
    made = ActButton(text, kind=kind, centred=True)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.clicked.connect(lambda _checked=False: press())
    return made


class PersonRow(LaidButton):
    """One person to choose: name, end of the number, what can be practised."""

    def __init__(self, person: TrainingPerson, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.person = person
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = Text(tr("training.person.name", name=person.name, tail=person.id_tail), "strong")
        about = Text(person.about, "note", "muted", wrap=True)
        words = column(name, about)
        words.setSpacing(0)
        words.setContentsMargins(gap("normal"), gap("tight"), gap("small"), gap("tight"))
        self.setLayout(words)
        self.face(name, about)
        set_shown(about, bool(person.about))
        self.setAccessibleName(f"{name.text()}，{person.about}" if person.about else name.text())


class PeopleCard(Card):
    """Who stands at the counter, and the three things they can show."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(bare=True, parent=parent)
        self._model = model
        self.voucher = table_button(tr("training.act.voucher"), model.show_voucher, "primary")
        self.card = table_button(tr("training.act.card"), model.insert_card)
        self.id_card = table_button(tr("training.act.id_card"), model.place_id_card)
        cards = row(self.card, self.id_card, space="tight")
        self.body.addWidget(boxed(column(self.voucher, cards), inner=True))
        self.add_line()
        self._rows = column()
        self._rows.setSpacing(0)
        inside = QWidget()
        inside.setLayout(self._rows)
        self._area = TallArea(inside)
        self._area.setMinimumHeight(scaled(_LIST_AT_LEAST))
        self.add(self._area, 1)
        self._group = QButtonGroup(self)
        self.rows: list[PersonRow] = []

    def refresh(self) -> None:
        """The people of this page; the chosen one is marked."""
        people, here = self._model.shown_people(), self._model.person
        if tuple(made.person for made in self.rows) != people:
            self._fill(people)
        for made in self.rows:
            made.setChecked(made.person == here)
        audits = here is not None and here.pharmacist
        self.set_title(tr("training.pharmacists" if audits else "training.people"))
        for button in (self.card, self.id_card):
            set_shown(button, not audits)
        for button in (self.voucher, self.card, self.id_card):
            button.setEnabled(here is not None)

    def _fill(self, people: tuple[TrainingPerson, ...]) -> None:
        clear_layout(self._rows)
        self.rows = [PersonRow(person) for person in people]
        for made in self.rows:
            self._group.addButton(made)
            made.clicked.connect(partial(self._chosen, made.person))
            self._rows.addWidget(made)
        self._rows.addStretch(1)

    def _chosen(self, person: TrainingPerson, _checked: bool = False) -> None:
        self._model.choose(person)


class BoxesCard(Card):
    """The next right box, the rest of a line, and six ways to scan wrongly."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("training.boxes"), parent=parent)
        self._model = model
        self.name, self.lot = ElidedText("", "strong"), Text("", "note", "muted")
        self.next = table_button(tr("training.act.next_box"), model.next_box, "primary")
        self.row = table_button(tr("training.act.row"), model.scan_row)
        self.body.addLayout(column(self.name, self.lot))
        self.body.addLayout(row(self.next, self.row, space="tight"))
        self.body.addSpacing(gap("tight"))
        self.add(Text(tr("training.wrong"), "second"))
        self.wrong = {
            kind: table_button(
                tr(f"training.wrong_box.{kind.value}"), partial(model.scan_wrong, kind)
            )
            for kind in WrongBox
        }
        self.body.addLayout(in_grid(*self.wrong.values()))

    def refresh(self) -> None:
        """The line that wants a box."""
        wanted = self._model.line
        if wanted is None:
            self.name.setText(tr("training.line.none"))
            self.lot.setText("")
        else:
            left = wanted.needed - wanted.scanned
            self.name.setText(wanted.name)
            self.lot.setText(tr("training.line.lot", lot=wanted.first_lot_no, left=left))
        for button in (self.next, self.row):
            button.setEnabled(wanted is not None)


class FaultsCard(Card):
    """What shall go wrong with the next fitting call."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("training.faults"), parent=parent)
        self._model = model
        self.calm = table_button(tr("training.act.calm"), model.calm, "flat")
        self.unfold = table_button("", self._turn, "flat")
        self.add_head(self.calm)
        self.add_head(self.unfold)
        self._wish: bool | None = None
        self._roomy = True
        self.buttons = {
            fault: table_button(tr(f"training.fault.{fault.value}"), partial(model.stage, fault))
            for fault in TrainingFault
        }
        self._grid = boxed(in_grid(*self.buttons.values()))
        self.add(self._grid)

    def make_room(self, roomy: bool) -> None:
        """Lie folded where there is little height, unless a person unfolded it."""
        self._roomy = roomy
        self._lay()

    def _turn(self) -> None:
        self._wish = not self._open
        self._lay()

    @property
    def _open(self) -> bool:
        return self._roomy if self._wish is None else self._wish

    def _lay(self) -> None:
        set_shown(self._grid, self._open)
        edge = gap("normal") if self._open else 0
        margins = self.body.contentsMargins()
        self.body.setContentsMargins(margins.left(), edge, margins.right(), edge)
        self.unfold.set_text(tr("training.fold" if self._open else "training.unfold"))

    def refresh(self) -> None:
        """Nothing to take back where nothing waits."""
        set_shown(self.calm, self._model.staged > 0)


def in_grid(*buttons: QWidget) -> QGridLayout:
    """Buttons of one width, row by row."""
    grid = QGridLayout()
    grid.setSpacing(gap("tight"))
    grid.setContentsMargins(0, 0, 0, 0)
    for index, button in enumerate(buttons):
        grid.addWidget(button, *divmod(index, _PER_ROW))
    for place in range(_PER_ROW):
        grid.setColumnStretch(place, 1)
    return grid


class TrainingDrawer(QFrame):
    """Head, what to do here, the cards that fit the page, and what the last act came to."""

    folded = Signal()
    left = Signal()
    """Esc: the cursor belongs to the page again."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setFixedWidth(scaled(WIDTH))
        self.people, self.boxes = PeopleCard(model), BoxesCard(model)
        self.faults = FaultsCard(model)
        self._hint = Text("", "second", "body", wrap=True)
        self._mark, self._said = StateMark("later", 16), Text("", "second", "body", wrap=True)
        self.clear = table_button(tr("training.act.clear"), model.clear, "flat")
        outer = column()
        outer.setSpacing(0)
        outer.addWidget(self._head())
        outer.addWidget(TallArea(self._inside()), 1)
        self._foot = self._make_foot()
        outer.addWidget(self._foot)
        self.setLayout(outer)
        model.changed.connect(self.refresh)
        self.refresh()

    def stand_alone(self, alone: bool) -> None:
        """Take all the room there is, or the width it has beside a page."""
        least = scaled(WIDTH)
        self.setMinimumWidth(least)
        self.setMaximumWidth(_ANY_WIDTH if alone else least)

    def _head(self) -> QWidget:
        self.fold = ActButton(tr("training.fold"), Key.TABLE, "flat")
        self.fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.fold.clicked.connect(lambda _checked=False: self.folded.emit())
        words = row(StateMark("training", 16), Text(tr("training.table"), "panel"), None, self.fold)
        words.setContentsMargins(gap("normal"), 0, 0, 0)
        return boxed(words, ground="training")

    def _inside(self) -> QWidget:
        inside = QWidget()
        cards = column(self._hint, self.people, self.boxes, space="small")
        cards.setStretchFactor(self.people, 1)
        # room that the people do not want, where none are shown
        cards.addStretch(0)
        cards.addWidget(self.faults)
        for card in (self.boxes, self.faults):
            card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
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
        model = self._model
        key = f"training.hint.{model.place}"
        self._hint.setText(tr(key if has_text(key) else "training.hint.elsewhere"))
        set_shown(self.people, bool(model.shown_people()))
        set_shown(self.boxes, model.place == "scan")
        for card in (self.people, self.boxes, self.faults):
            card.refresh()
        self._make_room()
        set_shown(self.clear, model.held)
        heard = model.heard
        self._said.setText(say(heard.said) if heard is not None else "")
        self._mark.set_mark("attention" if heard is not None and heard.bad else "ok")
        set_shown(self._mark, heard is not None)
        set_shown(self._foot, heard is not None or model.held)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        crowded = bool(self._model.shown_people()) or self._model.place == "scan"
        self.faults.make_room(not crowded or self.height() >= scaled(_ROOMY_FROM))

    def focus_first(self) -> None:
        """The chosen person, else the first button that is on."""
        chosen = next((made for made in self.people.rows if made.isChecked()), None)
        if chosen is not None and self.people.isVisible():
            chosen.setFocus(Qt.FocusReason.TabFocusReason)
            return
        first = self.boxes.next if self.boxes.isVisible() else next(iter(self.buttons()), self.fold)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def buttons(self) -> tuple[QAbstractButton, ...]:
        """What can be pressed now, in the order of the tab key."""
        found = self.findChildren(QAbstractButton)
        return tuple(made for made in found if made.isVisible() and made.isEnabled())

    def holds_focus(self) -> bool:
        """Whether the cursor is in here."""
        focused = self.window().focusWidget()
        return focused is not None and self.isVisible() and self.isAncestorOf(focused)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button under the cursor, never the page's; Esc goes back there."""
        focused = self.window().focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
                focused.click()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
