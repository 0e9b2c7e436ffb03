"""选择处方: which of the listed prescriptions, and what stands about it."""

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.prescription import RxState
from app.workflow.views.case import CaseView, RxCard, SelectView
from ui.viewmodels.counter import CounterModel


class SelectModel(QObject):
    """Remembers the card under the cursor; downloading is one per identity read (S1 (6))."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.view: SelectView | None = None
        self.chosen: int | None = None
        self._case_id: int | None = None
        counter.case_changed.connect(self.render)

    def render(self, case: CaseView) -> None:
        """Take a new case; the cursor stays while the same list is shown."""
        if case.select is None:
            return
        if case.case_id != self._case_id or case.select != self.view:
            keep = self.card.rx_number if self.card and case.case_id == self._case_id else ""
            self.view, self._case_id = case.select, case.case_id
            self.chosen = self._choice_of(keep) or self._first()
        self.changed.emit()

    @property
    def card(self) -> RxCard | None:
        """The card under the cursor."""
        if self.view is None or self.chosen is None:
            return None
        return next((card for card in self.view.cards if card.choice == self.chosen), None)

    def now(self) -> datetime:
        """The platform's time."""
        return self.counter.clock.now()

    def takeable(self, card: RxCard) -> bool:
        """Whether it can be taken now; a listed prescription may run out in hand."""
        available = card.state in (RxState.AVAILABLE, RxState.OURS)
        in_time = available and self.now() < card.valid_until
        return card.choice is not None and in_time and not self.spent

    @property
    def spent(self) -> bool:
        """One download per identity read (S1 (6)): the customer shows the code or card again."""
        return self.view is not None and self.view.spent

    @property
    def may_ask_again(self) -> bool:
        """Whether F5 does something here: ask the same again, or begin with another read."""
        return self.counter.case is not None and self.counter.case.banner is not None

    @property
    def may_ask_sent(self) -> bool:
        """Whether F5 asks what the patient sent here; a refusal on the page goes first."""
        offered = self.view is not None and self.view.may_ask_sent
        return offered and not self.may_ask_again and not self.counter.busy

    def ask_sent(self) -> None:
        if self.may_ask_sent:
            self.counter.intend(self.counter.workflow.ask_sent_here)

    def choose(self, choice: int) -> None:
        """Alt+n; an unknown number changes nothing."""
        if self.view is not None and any(card.choice == choice for card in self.view.cards):
            self.chosen = choice
            self.changed.emit()

    def move(self, by: int) -> None:
        """Arrow keys; stops at both ends."""
        choices = self._choices()
        if self.chosen in choices:
            at = choices.index(self.chosen) + by
            self.choose(choices[max(0, min(at, len(choices) - 1))])

    def download(self) -> None:
        """Enter: take the chosen one. It is checked, then reviewed."""
        card = self.card
        if card is None or not self.takeable(card) or self.counter.busy:
            return
        number = card.rx_number
        workflow = self.counter.workflow
        self.counter.intend(
            lambda case_id: workflow.choose(case_id, number), proceed=True, chosen=True
        )

    def _choices(self) -> list[int]:
        cards = self.view.cards if self.view is not None else ()
        return [card.choice for card in cards if card.choice is not None]

    def _choice_of(self, rx_number: str) -> int | None:
        cards = self.view.cards if self.view is not None else ()
        return next((c.choice for c in cards if c.rx_number == rx_number and c.choice), None)

    def _first(self) -> int | None:
        choices = self._choices()
        return choices[0] if choices else None
