"""Who stands at the counter, and the three things they can show."""

from functools import partial

from PySide6.QtWidgets import QButtonGroup, QWidget

from app.ports.training import TrainingPerson
from ui.pages.parts import TallArea, boxed, column, row, scaled
from ui.text import tr
from ui.training.buttons import Rows, TableButton, TableRow
from ui.viewmodels.training import TrainingModel
from ui.widgets import Card
from ui.widgets.basics import clear_layout, set_shown

_LIST_AT_LEAST = 150


class PersonRow(TableRow):
    """One person to choose: name, end of the number, what can be practised."""

    def __init__(self, person: TrainingPerson, parent: QWidget | None = None) -> None:
        name = tr("training.person.name", name=person.name, tail=person.id_tail)
        super().__init__(name, person.about, parent)
        self.person = person
        self.setCheckable(True)


class PeopleCard(Card):
    """Arrows choose a person, Enter holds up the person's code."""

    def __init__(self, model: TrainingModel, parent: QWidget | None = None) -> None:
        super().__init__(bare=True, parent=parent)
        self._model = model
        self.voucher = TableButton(tr("training.act.voucher"), model.show_voucher, "primary")
        self.card = TableButton(tr("training.act.card"), model.insert_card)
        self.id_card = TableButton(tr("training.act.id_card"), model.place_id_card)
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
            choose = partial(self._choose, made.person)
            self._group.addButton(made)
            made.clicked.connect(choose)
            made.reached.connect(choose)
            made.entered.connect(partial(self._show, made.person))
            self._rows.addWidget(made)
        self._rows.addStretch(1)

    def _choose(self, person: TrainingPerson, _checked: bool = False) -> None:
        self._model.choose(person)

    def _show(self, person: TrainingPerson) -> None:
        self._model.choose(person)
        self._model.show_voucher()

    def in_order(self) -> Rows:
        """What can be pressed here."""
        rows: Rows = [[made] for made in self.rows]
        return [[self.voucher], [self.card, self.id_card], *rows]
