"""What the window asks of the inside: the functions of ``docs/workflow-surface.md``, till bound.

``app.main`` binds them; view models call them in a lane and never on the GUI thread. Each raises
``Trouble`` of one of the seven families.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from app.domain.audit import Check, Verdict
from app.domain.credential import CardFacts, Secret
from app.domain.money import Fen
from app.jobs.lane import CancelToken
from app.jobs.progress import Report
from app.ports.copies import CopyState
from app.ports.devices import IdCardFacts, ScannedText
from app.workflow.doubts.views import DoubtView, OpenItem, Outcome
from app.workflow.offline import OfflineLimits
from app.workflow.views.case import CaseView, ScanOutcome
from app.workflow.views.desk import DeskView, QueueDetail, QueueRow


class Workflow(Protocol):
    """One function per intention, under the names of the surface document."""

    def current(self) -> CaseView: ...

    def start(self, route: str = "prescription") -> CaseView: ...

    def view(self, case_id: int) -> CaseView: ...

    def proceed(self, case_id: int, report: Report, cancel: CancelToken) -> CaseView:
        """Run the steps that run by themselves."""
        ...

    def next_customer(self, case_id: int) -> CaseView: ...

    def park(self, case_id: int, note: str) -> CaseView: ...

    def unpark(self, case_id: int) -> CaseView: ...

    def abandon(self, case_id: int) -> CaseView: ...

    def retry(self, case_id: int) -> CaseView: ...

    def desk(self) -> DeskView: ...

    def document(self, case_id: int) -> bytes:
        """The verified file."""
        ...

    def accept(self, case_id: int, scanned: ScannedText) -> ScanOutcome: ...

    def leave_reading(self) -> None:
        """Give up the terminal's reading that is on its way; called beside the counter lane."""
        ...

    def remove(self, case_id: int, line: int, code: str) -> CaseView: ...

    def acknowledge(self, case_id: int, line: int, reason: str) -> CaseView: ...

    def take_without_code(self, case_id: int, line: int, reason: str) -> CaseView: ...

    def by_card(self, case_id: int, card: CardFacts) -> CaseView: ...

    def by_id_number(self, case_id: int, number: str, name: str, typed: bool) -> CaseView: ...

    def by_password(self, case_id: int, password: Secret) -> CaseView:
        """The holder of a card types the e-voucher's password."""
        ...

    def ask_sent_here(self, case_id: int) -> CaseView:
        """What the patient sent to this store from a phone, beside what is listed."""
        ...

    def choose(self, case_id: int, rx_number: str) -> CaseView: ...

    def decide(
        self,
        case_id: int,
        verdict: Verdict,
        opinion: str,
        checked: Iterable[Check],
        acknowledged: Iterable[str],
    ) -> CaseView: ...

    def advise(self, case_id: int) -> CaseView:
        """What the platform says about this sale ahead of its settlement."""
        ...

    def split_box(self, case_id: int, line: int, pieces: int) -> CaseView:
        """Some pieces of the box scanned last."""
        ...

    def name_buyer(self, case_id: int, name: str, id_number: str) -> CaseView: ...

    def finish(self, case_id: int) -> CaseView:
        """All boxes scanned: upload and pre-settle."""
        ...

    def settle(self, case_id: int, cash: Fen | None, report: Report) -> CaseView:
        """Settle once; ``report`` tells when an older settlement is cleared first."""
        ...

    def settle_elsewhere(self, case_id: int, number: str, fund: Fen, account: Fen) -> CaseView:
        """Write down what another product settled."""
        ...

    def sell_for_cash(self, case_id: int) -> CaseView:
        """自费: the customer at the counter buys without insurance."""
        ...

    def pay(self, case_id: int, cash: Fen | None) -> CaseView:
        """Cash of a self-pay sale; the goods go with it."""
        ...

    def take_rest(self, case_id: int, cash: Fen | None) -> CaseView:
        """Cash a settlement of other amounts left to be paid."""
        ...

    def hand_over(self, case_id: int) -> CaseView: ...

    def find_sale(self, text: str) -> CaseView:
        """A finished sale by its receipt number or one of its boxes."""
        ...

    def begin_return(self, case_id: int) -> CaseView:
        """A finished sale is given back."""
        ...

    def take_back(self, case_id: int, codes: Iterable[str]) -> CaseView: ...

    def revoke(self, case_id: int, login: str, pin: str, report: Report) -> CaseView:
        """Refund, with a second person; ``report`` tells when it is on its way."""
        ...

    def pay_back(self, case_id: int, login: str, pin: str) -> CaseView:
        """Cash of a self-pay sale goes back, with a second person."""
        ...

    def cash_given(self, case_id: int) -> CaseView:
        """Cash that waited for its customer is in their hand."""
        ...

    def refund_elsewhere(self, case_id: int, number: str, login: str, pin: str) -> CaseView:
        """Write down what another product refunded, with a second person."""
        ...

    def open_items(self) -> tuple[OpenItem, ...]: ...

    def examine(self, case_id: int) -> DoubtView:
        """Fetch the evidence about a doubt."""
        ...

    def decide_doubt(
        self, view: DoubtView, outcome: Outcome, statement: str, reason: str, login: str, pin: str
    ) -> CaseView: ...

    def print_waiting(self, report: Report) -> None: ...

    def reprint(self, case_id: int, kind: str) -> CaseView: ...

    def print_bags(self, case_id: int) -> CaseView: ...

    def waiting_slip(self, case_id: int) -> CaseView:
        """For the customer whose money is not known."""
        ...


class QueueWork(Protocol):
    """The desk's 待上传: look, and ask for one row again (never a second sending of money)."""

    def queue(self) -> tuple[QueueRow, ...]: ...

    def queue_detail(self, item_id: int) -> QueueDetail: ...

    def copy_state(self) -> CopyState | None:
        """How the copies of the base stand; None where this counter makes none."""
        ...

    def retry_item(self, item_id: int) -> tuple[QueueRow, ...]: ...

    def mend_item(self, item_id: int, changes: Mapping[str, str]) -> tuple[QueueRow, ...]:
        """Put a refused record right and tell it again."""
        ...

    def void_item(self, item_id: int, reason: str, login: str, pin: str) -> tuple[QueueRow, ...]:
        """A named person gives a record up."""
        ...

    def offline_limits(self) -> OfflineLimits:
        """How much may be sold for cash while there is no line."""
        ...

    def set_offline_limits(self, limits: OfflineLimits, login: str, pin: str) -> OfflineLimits:
        """The manager says."""
        ...


class CardWork(Protocol):
    """Reading the card that lies in the reader; runs in the card lane."""

    def read_card(self) -> CardFacts: ...

    def read_id_card(self) -> IdCardFacts: ...
