"""The functions of ``docs/workflow-surface.md`` with the till bound: what a window calls."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from app.crypto import pins
from app.domain.access import Act
from app.domain.audit import Check, Verdict
from app.domain.counter_case import CounterCase
from app.domain.credential import CardFacts, Secret
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.jobs.lane import CancelToken
from app.jobs.progress import Report, no_report
from app.ports.copies import CopyState
from app.ports.devices import ScannedText
from app.workflow import counter, day, delivery, offline, papers
from app.workflow.cases import advising
from app.workflow.catalogue.desk import CatalogueDesk
from app.workflow.doubts import judging, open_items
from app.workflow.doubts.views import DoubtView, OpenItem, Outcome
from app.workflow.goods import controlled
from app.workflow.goods.desk import StockDesk
from app.workflow.offline import OfflineLimits
from app.workflow.papers.bag import print_bags
from app.workflow.parcels.desk import ParcelDesk
from app.workflow.people import signing
from app.workflow.people.signing_desk import SigningDesk
from app.workflow.reconciling.desk import DayEnd
from app.workflow.returns import decide, refund_elsewhere, revoke, take_back
from app.workflow.returns.cash_desk import CashDesk
from app.workflow.returns.decide import Evidence
from app.workflow.scans import scanning
from app.workflow.show import desk_of, view_of
from app.workflow.steps import (
    audit,
    download,
    hand_over,
    identify,
    pay,
    scan,
    sent_here,
    settle,
    settle_elsewhere,
)
from app.workflow.stock_reconciling.desk import StockDayDesk
from app.workflow.till import Till
from app.workflow.upkeep import startup
from app.workflow.upkeep.copying import copy_state
from app.workflow.uploads import parked
from app.workflow.uploads.views import queue_detail, queue_rows
from app.workflow.views.case import CaseView, ScanOutcome
from app.workflow.views.desk import DeskView, QueueDetail, QueueRow

P = ParamSpec("P")
T = TypeVar("T")


def in_turn(
    method: "Callable[Concatenate[Surface, P], T]",
) -> "Callable[Concatenate[Surface, P], T]":
    """One at a time, whatever lane asks: a case is worked on by one caller only."""

    @wraps(method)
    def taken(self: "Surface", /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self.turn:
            return method(self, *args, **kwargs)

    return taken


class Surface(SigningDesk, DayEnd, ParcelDesk, CatalogueDesk, StockDesk, StockDayDesk, CashDesk):
    """Every intention of a counter. Synchronous; runs in the counter lane."""

    def __init__(
        self,
        till: Till,
        pin_matches: Callable[[str, str], bool],
        hash_pin: Callable[[str], str] = pins.hash_pin,
    ) -> None:
        self._till = till
        self.turn = till.turn
        self._pin_matches, self._hash_pin = pin_matches, hash_pin

    def open_day(self) -> None:
        """Raises the trouble of the exchange; the counter works on without."""
        day.ensure_open(self._till)

    @in_turn
    def current(self) -> CaseView:
        return self._show(counter.current(self._till))

    @in_turn
    def start(self, route: str = "prescription") -> CaseView:
        return self._show(counter.start(self._till, route))

    @in_turn
    def view(self, case_id: int) -> CaseView:
        return self._show(self._case(case_id))

    @in_turn
    def proceed(self, case_id: int, report: Report, cancel: CancelToken) -> CaseView:
        return self._show(counter.proceed(self._till, self._case(case_id), report, cancel))

    @in_turn
    def next_customer(self, case_id: int) -> CaseView:
        return self._show(counter.next_customer(self._till, self._case(case_id)))

    @in_turn
    def sell_for_cash(self, case_id: int) -> CaseView:
        """自费: boxes, cash, receipt; goes on without a line, within the manager's limits."""
        return self._show(counter.sell_for_cash(self._till, self._case(case_id)))

    @in_turn
    def pay(self, case_id: int, cash: Fen | None) -> CaseView:
        """Cash of a self-pay sale; the goods go with it. Raises ``OperatorInput``."""
        return self._show(pay.pay(self._till, self._case(case_id), cash))

    def offline_limits(self) -> OfflineLimits:
        with self._till.store.reading() as unit:
            return offline.limits_of(unit)

    def set_offline_limits(self, limits: OfflineLimits, login: str, pin: str) -> OfflineLimits:
        """Raises ``OperatorInput``."""
        who = signing.second(self._till, login, pin, Act.SET_LIMITS, self._pin_matches)
        offline.set_limits(self._till, limits, who)
        return limits

    @in_turn
    def park(self, case_id: int, note: str) -> CaseView:
        counter.park(self._till, self._case(case_id), note)
        return self._show(counter.start(self._till))

    @in_turn
    def unpark(self, case_id: int) -> CaseView:
        return self._show(counter.unpark(self._till, self._case(case_id)))

    @in_turn
    def abandon(self, case_id: int) -> CaseView:
        return self._show(counter.abandon(self._till, self._case(case_id)))

    @in_turn
    def retry(self, case_id: int) -> CaseView:
        return self._show(counter.retry(self._till, self._case(case_id)))

    def desk(self) -> DeskView:
        return desk_of(self._till)

    def document(self, case_id: int) -> bytes:
        return counter.document(self._till, case_id)

    @in_turn
    def accept(self, case_id: int, scanned: ScannedText) -> ScanOutcome:
        return scanning.accept(self._till, self._case(case_id), scanned)

    def leave_reading(self) -> None:
        """Give up the terminal's reading that is on its way; its turn ends with it."""
        self._till.platform.voucher.leave()

    @in_turn
    def remove(self, case_id: int, line: int, code: str) -> CaseView:
        return self._show(scanning.remove(self._till, self._case(case_id), line, code))

    @in_turn
    def acknowledge(self, case_id: int, line: int, reason: str) -> CaseView:
        case = self._case(case_id)
        return self._show(scanning.acknowledge(self._till, case, line, reason))

    @in_turn
    def take_without_code(self, case_id: int, line: int, reason: str) -> CaseView:
        case = self._case(case_id)
        return self._show(scanning.take_without_code(self._till, case, line, reason))

    @in_turn
    def split_box(self, case_id: int, line: int, pieces: int) -> CaseView:
        case = self._case(case_id)
        return self._show(scanning.split_box(self._till, case, line, pieces))

    @in_turn
    def by_card(self, case_id: int, card: CardFacts) -> CaseView:
        return self._go_on(identify.by_card(self._till, self._case(case_id), card))

    @in_turn
    def by_id_number(self, case_id: int, number: str, name: str, typed: bool) -> CaseView:
        case = self._case(case_id)
        return self._go_on(identify.by_id_number(self._till, case, number, name, typed=typed))

    @in_turn
    def by_password(self, case_id: int, password: Secret) -> CaseView:
        """The holder of a card types the e-voucher's password; only where the region wants it."""
        case = identify.by_password(self._till, self._case(case_id), password)
        return self._show(case) if case.facts.refusal is not None else self._go_on(case)

    @in_turn
    def ask_sent_here(self, case_id: int) -> CaseView:
        """线上流转: what this person sent to the store from a phone, beside what is listed.

        Raises ``OperatorInput`` and the trouble of the exchange.
        """
        return self._show(sent_here.ask(self._till, self._present(case_id)))

    @in_turn
    def choose(self, case_id: int, rx_number: str) -> CaseView:
        return self._go_on(download.choose(self._till, self._present(case_id), rx_number))

    @in_turn
    def decide(
        self,
        case_id: int,
        verdict: Verdict,
        opinion: str,
        checked: Iterable[Check],
        acknowledged: Iterable[str],
    ) -> CaseView:
        case = self._present(case_id)
        return self._show(audit.decide(self._till, case, verdict, opinion, checked, acknowledged))

    @in_turn
    def name_buyer(self, case_id: int, name: str, id_number: str) -> CaseView:
        """Whoever buys what is registered shows a document. Raises ``OperatorInput``."""
        case = controlled.name_buyer(self._till, self._case(case_id), name, id_number)
        return self._show(case)

    @in_turn
    def finish(self, case_id: int) -> CaseView:
        return self._go_on(scan.finish(self._till, self._present(case_id)))

    @in_turn
    def settle(self, case_id: int, cash: Fen | None, report: Report = no_report) -> CaseView:
        return self._show(settle.settle(self._till, self._present(case_id), cash, report))

    @in_turn
    def advise(self, case_id: int) -> CaseView:
        """事前提醒: what the platform says about this sale. Raises ``OperatorInput``."""
        return self._show(advising.advise(self._till, self._present(case_id)))

    @in_turn
    def settle_elsewhere(self, case_id: int, number: str, fund: Fen, account: Fen) -> CaseView:
        """Write down what another product settled. Raises ``OperatorInput``."""
        case = self._present(case_id)
        return self._show(
            settle_elsewhere.settle_elsewhere(self._till, case, number, fund, account)
        )

    @in_turn
    def take_rest(self, case_id: int, cash: Fen | None) -> CaseView:
        """Raises ``OperatorInput``."""
        return self._show(hand_over.take_rest(self._till, self._case(case_id), cash))

    @in_turn
    def hand_over(self, case_id: int) -> CaseView:
        return self._show(hand_over.hand_over(self._till, self._case(case_id)))

    @in_turn
    def begin_return(self, case_id: int) -> CaseView:
        """A finished visit is given back; whoever is at the counter waits."""
        return self._show(take_back.begin(self._till, self._case(case_id)))

    def find_sale(self, text: str) -> CaseView:
        """A sale by its receipt, its waiting slip or one of its boxes; one that waits comes back to
        the counter. Raises ``OperatorInput``."""
        case = take_back.find_sale(self._till, text)
        waits = case.parked_at is not None and case.ended_at is None
        return self.unpark(case.case_id) if waits else self._show(case)

    @in_turn
    def take_back(self, case_id: int, codes: Iterable[str]) -> CaseView:
        """Every box sold is back. Raises ``OperatorInput`` ``RETURN_CODES_DIFFER``."""
        return self._show(take_back.take_back(self._till, self._case(case_id), codes))

    @in_turn
    def revoke(self, case_id: int, login: str, pin: str, report: Report = no_report) -> CaseView:
        """Refund under four eyes, then the return of the sale. Raises ``OperatorInput``."""
        second = signing.second(self._till, login, pin, Act.REFUND, self._pin_matches)
        return self._go_on(revoke.revoke(self._till, self._case(case_id), second, report))

    @in_turn
    def refund_elsewhere(self, case_id: int, number: str, login: str, pin: str) -> CaseView:
        """Write down, under four eyes, what another product refunded. Raises ``OperatorInput``."""
        second = signing.second(self._till, login, pin, Act.REFUND, self._pin_matches)
        case = self._case(case_id)
        return self._go_on(refund_elsewhere.refund_elsewhere(self._till, case, number, second))

    def gather_evidence(self, case_id: int) -> Evidence:
        """The platform's statement now. Raises the trouble of the exchanges."""
        return decide.gather(self._till, self._case(case_id))

    @in_turn
    def decide_unknown(
        self, evidence: Evidence, outcome: AttemptState, reason: str, login: str, pin: str
    ) -> CaseView:
        """A named manager ends what nothing else ended. Raises ``OperatorInput``."""
        act = Act.DECIDE_UNKNOWN
        manager = signing.second(self._till, login, pin, act, self._pin_matches)
        case = self._case(evidence.case_id)
        ended = decide.decide(self._till, case, evidence, outcome, manager, reason)
        return self._go_on(ended)

    def open_items(self) -> tuple[OpenItem, ...]:
        """未结事项; asks the platform nothing."""
        return open_items.open_items(self._till)

    def examine(self, case_id: int) -> DoubtView:
        """The evidence about one doubt, fetched now; what keeps it away is shown in the view.

        Raises ``OperatorInput`` where nothing is in doubt any more.
        """
        return judging.examine(self._till, self._case(case_id))

    @in_turn
    def decide_doubt(
        self, view: DoubtView, outcome: Outcome, statement: str, reason: str, login: str, pin: str
    ) -> CaseView:
        """A named person ends a doubt on the evidence of ``view``.

        Raises ``OperatorInput``, and the trouble of asking the platform once more.
        """
        act = Act.DECIDE_UNKNOWN
        second = signing.second(self._till, login, pin, act, self._pin_matches)
        ended = judging.decide(self._till, view, outcome, second, statement, reason)
        return self._go_on(ended)

    def print_waiting(self, report: Report) -> None:
        """Out of turn, as paper is slow: opens no visit. Raises ``DeviceTrouble``."""
        papers.print_waiting(self._till, report)

    @in_turn
    def reprint(self, case_id: int, kind: str) -> CaseView:
        """Another copy, marked. Raises ``DeviceTrouble``."""
        case = self._case(case_id)
        papers.reprint(self._till, case, kind)
        return self._show(case)

    @in_turn
    def print_bags(self, case_id: int) -> CaseView:
        """A label for every bag of a sale in parts. Raises ``OperatorInput``, ``DeviceTrouble``."""
        case = self._case(case_id)
        print_bags(self._till, case)
        return self._show(case)

    @in_turn
    def waiting_slip(self, case_id: int) -> CaseView:
        """For a customer whose money is not known. Raises ``DeviceTrouble``."""
        case = self._case(case_id)
        papers.waiting_slip(self._till, case)
        return self._show(case)

    def queue(self) -> tuple[QueueRow, ...]:
        return queue_rows(self._till)

    def queue_detail(self, item_id: int) -> QueueDetail:
        """Raises ``OperatorInput`` for a record that does not exist."""
        return queue_detail(self._till, item_id)

    def retry_item(self, item_id: int) -> tuple[QueueRow, ...]:
        delivery.retry(self._till, item_id)
        return self.queue()

    def mend_item(self, item_id: int, changes: Mapping[str, str]) -> tuple[QueueRow, ...]:
        """Put a refused record right and tell it now. Raises ``OperatorInput``."""
        delivery.retry(self._till, parked.mend(self._till, item_id, changes))
        return self.queue()

    def void_item(self, item_id: int, reason: str, login: str, pin: str) -> tuple[QueueRow, ...]:
        """A named person gives a record up. Raises ``OperatorInput``."""
        act = Act.VOID_UPLOAD
        who = signing.second(self._till, login, pin, act, self._pin_matches)
        parked.void(self._till, item_id, reason, who)
        return self.queue()

    def copy_state(self) -> CopyState | None:
        """How the copies of the base stand; None where this counter makes none."""
        return copy_state(self._till)

    def deliver(self) -> int:
        """One round of the delivery lane; returns how many things came to rest."""
        return startup.settle_unattended(self._till)

    def _case(self, case_id: int) -> CounterCase:
        return counter.at_hand(self._till, case_id)

    def _present(self, case_id: int) -> CounterCase:
        """Only with whoever stands at the counter: a scan may have parked them meanwhile."""
        case = self._case(case_id)
        if case.parked_at is not None:
            raise OperatorInput(Code.STEP_MOVED_ON, case=case_id)
        return case

    def _go_on(self, case: CounterCase) -> CaseView:
        if case.facts.refusal is None:
            case = counter.proceed(self._till, case, no_report)
        return self._show(case)

    def _show(self, case: CounterCase) -> CaseView:
        return view_of(self._till, case)
