"""结算: the parts, the conditions, the cash; and the case whose money is not known."""

from datetime import datetime

from PySide6.QtCore import QObject, Signal

from app.domain.case import Phase, Step
from app.domain.money import ZERO, Fen, fen
from app.jobs.progress import Progress
from app.workflow.views.case import CaseView, SettleView, UnknownView
from app.workflow.views.states import CLEARING_EARLIER, MONEY_SENT
from ui.viewmodels.counter import CounterModel

NOTES_OFFERED = 3
"""Beside the exact amount."""
_NOTES = (500, 1_000, 2_000, 5_000, 10_000)
_ROUND = (1_000, 5_000, 10_000)
_HUNDRED = 10_000
"""Banknotes offered on Alt 2 … Alt 4; Alt 1 is the exact amount."""
MOST_CASH = Fen(10_000_000)
"""More than this is a slip of the fingers."""


class SettleModel(QObject):
    """Cash typed so far and the change; settles once, whatever is pressed."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.view: SettleView | None = None
        self.unknown: UnknownView | None = None
        self.case: CaseView | None = None
        self.cash_text = ""
        self.clearing = False
        self.slip_of: int | None = None
        self.slip_at: datetime | None = None
        counter.case_changed.connect(self.render)
        counter.busy_changed.connect(self._busy)
        counter.progressed.connect(self._told)

    def _told(self, progress: Progress) -> None:
        if progress.stage in (CLEARING_EARLIER, MONEY_SENT):
            self.clearing = progress.stage == CLEARING_EARLIER
            self.changed.emit()

    def _busy(self, busy: bool) -> None:
        self.clearing = self.clearing and busy
        self.changed.emit()

    def render(self, case: CaseView) -> None:
        """Take a new case; typed cash survives everything but another case."""
        if case.settle is None and case.unknown is None:
            return
        if self.case is None or self.case.case_id != case.case_id:
            self.cash_text = ""
        self.case, self.view, self.unknown = case, case.settle, case.unknown
        self.changed.emit()

    @property
    def due(self) -> Fen | None:
        """Cash to collect; None before the parts are known, and where they are true no more."""
        view = self.view
        if view is None or view.amounts is None or view.old:
            return None
        return view.amounts.cash

    @property
    def cash(self) -> Fen | None:
        """Cash received; None while the field holds no amount."""
        return cash_of(self.cash_text)

    @property
    def change(self) -> Fen | None:
        """What goes back; None while it cannot be said."""
        if self.due is None or self.cash is None or self.cash < self.due:
            return None
        return Fen(self.cash - self.due)

    @property
    def short(self) -> Fen | None:
        """What is still missing; None where enough or nothing was typed."""
        if self.due is None or self.cash is None or self.cash >= self.due:
            return None
        return Fen(self.due - self.cash)

    @property
    def adds_up(self) -> bool:
        amounts = self.view.amounts if self.view is not None else None
        return amounts is not None and amounts.adds_up()

    @property
    def may_settle(self) -> bool:
        """Ready, the parts add up, nothing is on its way, and the cash is not short."""
        case, view = self.case, self.view
        if case is None or view is None or self.counter.busy:
            return False
        paying = view.self_pay and case.step is Step.HAND_OVER
        here = (case.step is Step.SETTLE or paying) and case.phase is Phase.READY
        money = self.due == ZERO or self.change is not None
        proved = not (view.needs_credential or self.needs_password)
        return here and view.ready and self.adds_up and money and proved

    @property
    def needs_password(self) -> bool:
        """The holder has not typed it yet, and the settlement carries it."""
        return self.case is not None and self.case.needs_password

    @property
    def sending(self) -> bool:
        return self.case is not None and self.case.phase is Phase.SENT

    def type_cash(self, text: str) -> None:
        if text != self.cash_text:
            self.cash_text = text
            self.changed.emit()

    def offer(self, number: int) -> None:
        """Alt 1 the exact amount, Alt 2 … 4 a banknote."""
        if self.due is None:
            return
        amount = self.due if number == 1 else handed_over(self.due)[number - 2]
        self.type_cash(f"{amount // 100}.{amount % 100:02}")

    def settle(self) -> None:
        """F12. The intent is on disk before anything leaves."""
        if not self.may_settle:
            return
        cash = self.cash
        workflow = self.counter.workflow
        if self.view is not None and self.view.self_pay:
            self.counter.intend(lambda case_id: workflow.pay(case_id, cash))
            return
        self.counter.intend_job(lambda case_id, report: workflow.settle(case_id, cash, report))

    @property
    def may_ask_ahead(self) -> bool:
        """Whether the platform may be asked now what it has to say about this sale."""
        return self.view is not None and self.view.advice.offered and not self.counter.busy

    def advise(self) -> None:
        """Ask it; nothing of the answer refuses the sale."""
        if self.may_ask_ahead:
            self.counter.intend(self.counter.workflow.advise)

    def ask_again(self) -> None:
        """F5: estimate again, or look how far the clearing is; never sends money again."""
        self.counter.ask_again()

    def print_waiting(self) -> None:
        """F9 while unknown: the slip that says what was not paid and what is kept."""
        case, workflow = self.counter.case, self.counter.workflow
        if case is None:
            return
        case_id = case.case_id

        def written() -> None:
            self.slip_of, self.slip_at = case_id, self.counter.clock.now()
            self.changed.emit()

        self.counter.ask(lambda: workflow.waiting_slip(case_id), then=written)


def handed_over(due: Fen) -> tuple[Fen, ...]:
    """What people hand over for ``due`` where they have not got it exactly: the next notes above
    it, beyond the largest note the next round sums."""
    rounded = (-(-due // step) * step for step in _ROUND)
    likely = sorted(set(_NOTES if due < _HUNDRED else rounded))
    found = [one for one in likely if one > due]
    more = (due // _HUNDRED + 1) * _HUNDRED
    found += [amount for n in range(NOTES_OFFERED) if (amount := more + n * _HUNDRED) not in found]
    return tuple(Fen(one) for one in found[:NOTES_OFFERED])


def cash_of(text: str) -> Fen | None:
    """``20`` or ``20.5`` → fen; None for anything that is no amount of cash."""
    try:
        amount = fen(text.strip())
    except ValueError:
        return None
    return amount if ZERO <= amount <= MOST_CASH else None
