"""Sample open items, evidence and returns, as the workflow shows them."""

from dataclasses import replace

from app.domain.attempt import AttemptState
from app.domain.case import Phase, Step
from app.domain.errors import Code
from app.domain.money import Amounts, Fen, in_cash
from app.workflow.doubts.views import (
    Choice,
    CompareRow,
    DoubtView,
    OpenItem,
    Outcome,
    Subject,
)
from app.workflow.views.case import (
    BannerKind,
    BannerView,
    CaseView,
    PrintRow,
    ReturnLine,
    ReturnView,
    Say,
    Whereabouts,
    WhereRow,
)
from tests.support.sale_views import hand_over_case
from tests.support.views import after, before

MANUAL = OpenItem(
    31, None, Subject.SETTLEMENT, "陈**", "1122-010031", before(hours=2),
    Say("open.known.settlement.manual"), Say("open.next.manual"), None,
    Say("open.who.manager"), int(Code.MANAGER_NEEDED), decidable=True, waits_for_person=True,
    amount=Fen(16404),
)  # fmt: skip
SALE = OpenItem(
    33, None, Subject.SALE, "黄**", "1122-010033", before(minutes=40),
    Say("open.known.sale.unanswered"), Say("open.next.unanswered"), None,
    Say("open.who.manager"), int(Code.DECISION_NEEDED), decidable=True, waits_for_person=True,
)  # fmt: skip
CLEARING = OpenItem(
    35, None, Subject.SETTLEMENT, "林**", "1122-010035", before(seconds=50),
    Say("open.known.settlement.waiting"), Say("open.next.waiting"), after(seconds=70),
    Say("open.who.itself"), int(Code.SETTLEMENT_UNKNOWN), decidable=False, waits_for_person=False,
)  # fmt: skip
ELSEWHERE = OpenItem(
    37, None, Subject.SETTLEMENT, "郑**", "2122-010037", before(minutes=9),
    Say("open.known.settlement.waiting"), Say("open.next.late", (("counter", 2),)),
    before(minutes=8), Say("open.who.counter", (("counter", 2),)), int(Code.SETTLEMENT_UNKNOWN),
    decidable=False, waits_for_person=True, amount=Fen(5210), counter=2,
)  # fmt: skip
MANUAL_ELSEWHERE = replace(MANUAL, case_id=39, counter=2)
QUEUED = OpenItem(
    None, 9, Subject.RECORD, "头孢克肟", "0202-000115", before(minutes=52),
    Say("open.known.queue.stopped"), Say("open.next.queue"), None,
    Say("open.who.operator"), 3117, decidable=False, waits_for_person=True,
)  # fmt: skip


def open_items() -> tuple[OpenItem, ...]:
    """Two for a manager, one of the queue, one that goes on by itself."""
    return (MANUAL, SALE, QUEUED, CLEARING)


def statement_view() -> DoubtView:
    """The platform's statement has the settlement."""
    return DoubtView(
        item=MANUAL,
        rows=(
            CompareRow("message", "P350…010031", "P350…010031", True),
            CompareRow("total", Fen(15890), Fen(15890), True),
            CompareRow("fund", Fen(9210), Fen(9210), True),
            CompareRow("account", Fen(5610), Fen(5000), False),
            CompareRow("cash", Fen(1070), Fen(1680), False),
            CompareRow("settlement_id", None, "350100G0000012345678", None),
        ),
        source=Say("doubt.source.statement"),
        fetched_at=before(seconds=3),
        valid_until=after(minutes=9),
        choices=(
            Choice(
                Outcome.STANDS, Say("doubt.found.settle.stands"), Say("doubt.effect.settle.stands")
            ),
        ),
        needs_statement=False,
        trouble=None,
        evidence=object(),
    )


def portal_view() -> DoubtView:
    """The platform offers nothing: a person says what its pages show."""
    choices = tuple(
        Choice(
            outcome,
            Say(f"doubt.found.sale.{outcome.value}"),
            Say(f"doubt.effect.sale.{outcome.value}"),
        )
        for outcome in Outcome
    )
    rows = (
        CompareRow("receipt", "1122-010033", None, None),
        CompareRow("drug", "盐酸二甲双胍缓释片", None, None),
        CompareRow("codes", Say("doubt.codes", (("count", 2),)), None, None),
        CompareRow("amount", Fen(3180), None, None),
    )
    return replace(
        statement_view(),
        item=SALE,
        rows=rows,
        source=Say("doubt.source.portal"),
        choices=choices,
        needs_statement=True,
    )


def unfetched_view() -> DoubtView:
    """No evidence: nothing may be decided."""
    rows = tuple(replace(row, theirs=None, agrees=None) for row in statement_view().rows)
    trouble = BannerView(BannerKind.ATTENTION, int(Code.EVIDENCE_MISSING))
    return replace(statement_view(), rows=rows, choices=(), trouble=trouble, evidence=None)


_LINES = (
    ReturnLine(
        1, "格华止", "0.5g × 20 片", "M260502",
        ("83412900512873640915", "83412900512873641172"), ("83412900512873640915",),
    ),
    ReturnLine(
        2, "缬沙坦氨氯地平片(Ⅰ)", "80mg/5mg × 28 片", "2505017",
        ("81234570398114206657",), (),
    ),
)  # fmt: skip
RETURNING = ReturnView(
    lines=_LINES,
    back=1,
    sold=3,
    collecting=True,
    ready=False,
    amounts=Amounts(Fen(15890), Fen(9210), Fen(5610), Fen(1070)),
    settlement_id="350100G0000012345678",
    receipt_no="1122-010031",
    settled_at=before(hours=1),
)


def return_case(*, whole: bool = False) -> CaseView:
    """Boxes come back."""
    lines = tuple(replace(line, back=line.sold) for line in _LINES) if whole else _LINES
    view = replace(RETURNING, lines=lines, back=3 if whole else 1, ready=whole)
    return replace(hand_over_case(), step=Step.TAKE_BACK, hand_over=None, returning=view)


def uncoded_return_case() -> CaseView:
    """Two boxes of the first drug have no code, and all that could be scanned is back."""
    case = return_case(whole=True)
    assert case.returning is not None
    first, *others = case.returning.lines
    lines = (replace(first, uncoded=2), *others)
    return replace(case, returning=replace(case.returning, lines=lines, uncoded=2))


def refund_case(*, elsewhere: bool = False) -> CaseView:
    """The boxes are here; the money goes back with a second person."""
    case = return_case(whole=True)
    assert case.returning is not None
    paying = replace(case.returning, collecting=False, ready=True, elsewhere=elsewhere)
    return replace(case, step=Step.REVOKE, phase=Phase.READY, returning=paying)


def cash_refund_case() -> CaseView:
    """Boxes of a sale for cash are here; the cash goes back with a second person."""
    case = refund_case()
    assert case.returning is not None
    due = in_cash(Fen(15890))
    view = replace(case.returning, amounts=due, settlement_id="", self_pay=True)
    return replace(case, route="self_pay", patient=None, strip=None, returning=view)


def paid_back_case(*, printed: bool = False) -> CaseView:
    """The cash went back; its slip waits for paper, or is out."""
    slip = PrintRow("sale_proof", int(printed), before(minutes=1) if printed else None, not printed)
    rows = (
        WhereRow("money", Whereabouts.OURS, Say("light.money.cash_back")),
        WhereRow("prescription", Whereabouts.OURS, Say("light.rx.not_needed"), needed=False),
        WhereRow("codes", Whereabouts.OURS, Say("light.codes.queued")),
        WhereRow("goods", Whereabouts.OURS, Say("light.goods.quarantined")),
    )
    return replace(
        cash_refund_case(),
        step=Step.CLOSED,
        returning=None,
        where=rows,
        refunded=Say("refunded.queued", (("amount", "158.90"),)),
        slip=slip,
        can_abandon=False,
    )


def manual_case(unknown: CaseView) -> CaseView:
    """``unknown`` with its automatic means used up."""
    assert unknown.unknown is not None
    shown = replace(unknown.unknown, attempt=AttemptState.MANUAL, next_at=None)
    banner = BannerView(
        BannerKind.UNKNOWN,
        int(Code.MANAGER_NEEDED),
        offers=("next_customer", "print_waiting_slip", "decide"),
    )
    return replace(unknown, unknown=shown, banner=banner)
