"""识别: three ways to say who is there. A card is read in its own lane."""

from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from app.domain.case import Phase, Step
from app.domain.credential import CardFacts, id_number_valid
from app.domain.errors import Trouble
from app.ports.devices import IdCardFacts
from app.workflow.views.case import CaseView
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.workflow import CardWork

ID_LENGTH = 18


class Way(StrEnum):
    """How identity is shown; the order is Alt 1 … 3."""

    VOUCHER = "voucher"
    CARD = "card"
    ID_NUMBER = "id_number"


class IdentifyModel(QObject):
    """Reads cards, takes typed numbers, and says what is on its way."""

    changed = Signal()

    def __init__(
        self, counter: CounterModel, cards: CardWork | None, parent: QObject | None = None
    ) -> None:
        """``cards`` is None where the counter has no reader."""
        super().__init__(parent)
        self.counter = counter
        self.cards = cards
        self.case: CaseView | None = None
        self.way = Way.VOUCHER
        self.reading: Way | None = None
        self.trouble: Trouble | None = None
        self.unread: Way | None = None
        """What ``trouble`` kept from being read."""
        self.number = ""
        self.name = ""
        counter.case_changed.connect(self.render)
        counter.busy_changed.connect(lambda _busy: self.changed.emit())

    def render(self, case: CaseView) -> None:
        """Take a new case; typed text goes with the customer it belonged to."""
        if self.case is None or self.case.case_id != case.case_id:
            self.number, self.name, self.trouble = "", "", None
            self.way, self.reading = Way.VOUCHER, None
        self.case = case
        self.changed.emit()

    @property
    def waiting(self) -> bool:
        """Whether this customer is still to be identified here."""
        case = self.case
        return case is not None and case.step is Step.IDENTIFY and case.phase is Phase.READY

    @property
    def asking(self) -> bool:
        """Whether the platform is being asked who this is, or what they may collect."""
        case = self.case
        at_step = case is not None and case.step in (Step.IDENTIFY, Step.AUTHORISE)
        return at_step and (self.counter.busy or (case is not None and case.phase is Phase.SENT))

    @property
    def missing_digits(self) -> int:
        """How many characters the typed number still lacks."""
        return max(0, ID_LENGTH - len(self.number))

    @property
    def number_wrong(self) -> bool:
        """A whole number whose check digit or date cannot be (code ``IDENTITY_INVALID``)."""
        return len(self.number) == ID_LENGTH and not id_number_valid(self.number)

    @property
    def may_ask(self) -> bool:
        """A well-formed number and a name; the platform decides the rest."""
        plausible = id_number_valid(self.number.upper()) and bool(self.name.strip())
        return self.waiting and plausible and not self.counter.busy

    def choose(self, way: Way) -> None:
        """Alt 1 … 3; a card that lies in the reader is read at once."""
        self.way = way
        self.changed.emit()
        if way is Way.CARD:
            self.read_card()

    def type_number(self, text: str) -> None:
        self.number = text.strip().upper()
        self.changed.emit()

    def type_name(self, text: str) -> None:
        self.name = text
        self.changed.emit()

    def ask(self) -> None:
        """Ask for the typed person."""
        if self.may_ask:
            self._by_number(self.number, self.name.strip(), typed=True)

    def read_card(self) -> None:
        """Read the social-security card in the reader; also called when one is inserted."""
        cards = self.cards
        if cards is None or not self.waiting or self.reading is not None:
            return
        self._start(Way.CARD)
        self.counter.bridge.submit("card", cards.read_card, self._card_read, self._unreadable)

    def read_id_card(self) -> None:
        """Read the resident ID card on its reader."""
        cards = self.cards
        if cards is None or not self.waiting or self.reading is not None:
            return
        self._start(Way.ID_NUMBER)
        self.counter.bridge.submit("card", cards.read_id_card, self._id_read, self._unreadable)

    def _start(self, way: Way) -> None:
        self.way, self.reading, self.trouble = way, way, None
        self.changed.emit()

    def _card_read(self, card: CardFacts) -> None:
        self.reading = None
        workflow = self.counter.workflow
        self.counter.intend(lambda case_id: workflow.by_card(case_id, card), proceed=True)
        self.changed.emit()

    def _id_read(self, facts: IdCardFacts) -> None:
        self.reading = None
        self._by_number(facts.id_number.reveal(), facts.name.reveal(), typed=False)
        self.changed.emit()

    def _unreadable(self, trouble: Trouble) -> None:
        self.unread, self.reading, self.trouble = self.reading, None, trouble
        self.changed.emit()

    def _by_number(self, number: str, name: str, *, typed: bool) -> None:
        workflow = self.counter.workflow
        self.counter.intend(
            lambda case_id: workflow.by_id_number(case_id, number, name, typed), proceed=True
        )
