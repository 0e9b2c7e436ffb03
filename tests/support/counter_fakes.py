"""A workflow that answers with prepared views and remembers what it was asked; a still clock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from threading import Event
from typing import Any

from app.domain.audit import Check, Verdict
from app.domain.credential import CardFacts, Secret
from app.domain.errors import Code, OperatorInput, Trouble
from app.domain.goods.codes import ScanKind
from app.domain.money import Fen
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report, no_report
from app.ports.copies import CopyState
from app.ports.devices import ScannedText
from app.workflow.doubts.views import DoubtView, OpenItem, Outcome
from app.workflow.offline import OfflineLimits
from app.workflow.views.case import CaseView, Say, ScanOutcome, Spoken
from app.workflow.views.desk import DeskView, QueueDetail, QueueRow
from tests.support.views import NOW, a_desk

Script = CaseView | Trouble


class StillClock:
    """Time stands until it is set."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()


class PreparedWorkflow:
    """Answers every intention with ``answers[name]`` where prepared, else with the case at hand.

    ``asked`` holds (name, arguments) in order. A prepared ``Trouble`` is raised once.
    """

    def __init__(self, case: CaseView, desk: DeskView | None = None) -> None:
        self.case = case
        self.desk_view = desk or a_desk()
        self.answers: dict[str, Script] = {}
        self.asked: list[tuple[str, tuple[Any, ...]]] = []
        self.pdf = b""
        self.stages: tuple[str, ...] = ()
        self.gate: Event | None = None
        self.items: tuple[OpenItem, ...] = ()
        self.doubt: DoubtView | None = None

    def names(self) -> list[str]:
        """What was asked, without looking at the desk."""
        return [name for name, _ in self.asked if name not in ("desk", "document")]

    def _answer(self, name: str, *arguments: Any) -> CaseView:
        self.asked.append((name, arguments))
        prepared = self.answers.pop(name, self.case)
        if isinstance(prepared, Trouble):
            raise prepared
        self.case = prepared
        return prepared

    def current(self) -> CaseView:
        return self._answer("current")

    def start(self, route: str = "prescription") -> CaseView:
        return self._answer("start", route)

    def view(self, case_id: int) -> CaseView:
        return self._answer("view", case_id)

    def proceed(self, case_id: int, _report: Report, _cancel: CancelToken) -> CaseView:
        return self._answer("proceed", case_id)

    def next_customer(self, case_id: int) -> CaseView:
        return self._answer("next_customer", case_id)

    def park(self, case_id: int, note: str) -> CaseView:
        return self._answer("park", case_id, note)

    def unpark(self, case_id: int) -> CaseView:
        return self._answer("unpark", case_id)

    def abandon(self, case_id: int) -> CaseView:
        return self._answer("abandon", case_id)

    def retry(self, case_id: int) -> CaseView:
        return self._answer("retry", case_id)

    def desk(self) -> DeskView:
        self.asked.append(("desk", ()))
        return self.desk_view

    def document(self, case_id: int) -> bytes:
        self.asked.append(("document", (case_id,)))
        return self.pdf

    def accept(self, case_id: int, scanned: ScannedText) -> ScanOutcome:
        case = self._answer("accept", case_id, scanned.text)
        spoken = Spoken(ScanKind.DRUG_TRACE, scanned.text, Say("scan.mended.spaces"), "good")
        return ScanOutcome(spoken, case)

    def leave_reading(self) -> None:
        self.asked.append(("leave_reading", ()))

    def remove(self, case_id: int, line: int, code: str) -> CaseView:
        return self._answer("remove", case_id, line, code)

    def acknowledge(self, case_id: int, line: int, reason: str) -> CaseView:
        return self._answer("acknowledge", case_id, line, reason)

    def split_box(self, case_id: int, line: int, pieces: int) -> CaseView:
        return self._answer("split_box", case_id, line, pieces)

    def take_without_code(self, case_id: int, line: int, reason: str) -> CaseView:
        return self._answer("take_without_code", case_id, line, reason)

    def by_card(self, case_id: int, card: CardFacts) -> CaseView:
        return self._answer("by_card", case_id, card)

    def by_password(self, case_id: int, password: Secret) -> CaseView:
        return self._answer("by_password", case_id, password)

    def by_id_number(self, case_id: int, number: str, name: str, typed: bool) -> CaseView:
        return self._answer("by_id_number", case_id, number, name, typed)

    def ask_sent_here(self, case_id: int) -> CaseView:
        return self._answer("ask_sent_here", case_id)

    def choose(self, case_id: int, rx_number: str) -> CaseView:
        return self._answer("choose", case_id, rx_number)

    def decide(
        self,
        case_id: int,
        verdict: Verdict,
        opinion: str,
        checked: Iterable[Check],
        acknowledged: Iterable[str],
    ) -> CaseView:
        ticked, seen = tuple(checked), tuple(acknowledged)
        return self._answer("decide", case_id, verdict, opinion, ticked, seen)

    def name_buyer(self, case_id: int, name: str, id_number: str) -> CaseView:
        return self._answer("name_buyer", case_id, name, id_number)

    def finish(self, case_id: int) -> CaseView:
        return self._answer("finish", case_id)

    def settle(self, case_id: int, cash: Fen | None, report: Report = no_report) -> CaseView:
        self._tell(report)
        return self._answer("settle", case_id, cash)

    def _tell(self, report: Report) -> None:
        for stage in self.stages:
            report(Progress(stage))
        if self.gate is not None:
            assert self.gate.wait(5.0)

    def advise(self, case_id: int) -> CaseView:
        return self._answer("advise", case_id)

    def settle_elsewhere(self, case_id: int, number: str, fund: Fen, account: Fen) -> CaseView:
        return self._answer("settle_elsewhere", case_id, number, fund, account)

    def find_sale(self, text: str) -> CaseView:
        return self._answer("find_sale", text)

    def sell_for_cash(self, case_id: int) -> CaseView:
        return self._answer("sell_for_cash", case_id)

    def pay(self, case_id: int, cash: Fen | None) -> CaseView:
        return self._answer("pay", case_id, cash)

    def begin_return(self, case_id: int) -> CaseView:
        return self._answer("begin_return", case_id)

    def take_back(self, case_id: int, codes: Iterable[str]) -> CaseView:
        return self._answer("take_back", case_id, tuple(codes))

    def revoke(self, case_id: int, login: str, pin: str, report: Report = no_report) -> CaseView:
        self._tell(report)
        return self._answer("revoke", case_id, login, pin)

    def pay_back(self, case_id: int, login: str, pin: str) -> CaseView:
        return self._answer("pay_back", case_id, login, pin)

    def cash_given(self, case_id: int) -> CaseView:
        return self._answer("cash_given", case_id)

    def refund_elsewhere(self, case_id: int, number: str, login: str, pin: str) -> CaseView:
        return self._answer("refund_elsewhere", case_id, number, login, pin)

    def open_items(self) -> tuple[OpenItem, ...]:
        return self.items

    def examine(self, case_id: int) -> DoubtView:
        self._answer("examine", case_id)
        if self.doubt is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        return self.doubt

    def decide_doubt(
        self, view: DoubtView, outcome: Outcome, statement: str, reason: str, login: str, pin: str
    ) -> CaseView:
        return self._answer("decide_doubt", view, outcome, statement, reason, login, pin)

    def take_rest(self, case_id: int, cash: Fen | None) -> CaseView:
        return self._answer("take_rest", case_id, cash)

    def hand_over(self, case_id: int) -> CaseView:
        return self._answer("hand_over", case_id)

    def print_waiting(self, _report: Report) -> None:
        self._answer("print_waiting")

    def waiting_slip(self, case_id: int) -> CaseView:
        return self._answer("waiting_slip", case_id)

    def reprint(self, case_id: int, kind: str) -> CaseView:
        return self._answer("reprint", case_id, kind)

    def print_bags(self, case_id: int) -> CaseView:
        return self._answer("print_bags", case_id)


class PreparedQueue:
    """Rows of 待上传; a retried row is remembered and leaves."""

    def __init__(
        self, rows: tuple[QueueRow, ...], details: Mapping[int, QueueDetail] | None = None
    ) -> None:
        self.rows = rows
        self.details = dict(details or {})
        self.retried: list[int] = []
        self.mended: list[tuple[int, dict[str, str]]] = []
        self.voided: list[tuple[int, str, str, str]] = []
        self.trouble: Trouble | None = None
        self.limits = OfflineLimits(Fen(200_000), 50, 24)
        self.copies: CopyState | None = None
        self.limited: list[tuple[OfflineLimits, str, str]] = []

    def offline_limits(self) -> OfflineLimits:
        return self.limits

    def set_offline_limits(self, limits: OfflineLimits, login: str, pin: str) -> OfflineLimits:
        if self.trouble is not None:
            raise self.trouble
        self.limited.append((limits, login, pin))
        self.limits = limits
        return limits

    def queue(self) -> tuple[QueueRow, ...]:
        return self.rows

    def queue_detail(self, item_id: int) -> QueueDetail:
        if item_id not in self.details:
            raise OperatorInput(Code.STEP_MOVED_ON)
        return self.details[item_id]

    def retry_item(self, item_id: int) -> tuple[QueueRow, ...]:
        self.retried.append(item_id)
        return self._without(item_id)

    def mend_item(self, item_id: int, changes: Mapping[str, str]) -> tuple[QueueRow, ...]:
        self.mended.append((item_id, dict(changes)))
        return self._without(item_id)

    def copy_state(self) -> CopyState | None:
        return self.copies

    def void_item(self, item_id: int, reason: str, login: str, pin: str) -> tuple[QueueRow, ...]:
        self.voided.append((item_id, reason, login, pin))
        return self._without(item_id)

    def _without(self, item_id: int) -> tuple[QueueRow, ...]:
        if self.trouble is not None:
            raise self.trouble
        self.rows = tuple(row for row in self.rows if row.item_id != item_id)
        return self.rows


def recognise(_text: str) -> ScanKind:
    """Everything looks like a trace code."""
    return ScanKind.DRUG_TRACE
