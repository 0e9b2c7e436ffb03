"""One compared day with every cause, as the pages and papers of day's end show it. Synthetic."""

from dataclasses import replace
from datetime import date, timedelta

from app.domain.books.money import REPAIRS, Cause, Fact, GroupState, SignOff, Sums
from app.domain.money import Fen
from app.ports.reconciling import MoneyDayHead
from app.workflow.reconciling.views import (
    ClosingView,
    DifferenceRow,
    GroupRow,
    HandedOver,
    MoneyView,
    OpenMoney,
)
from tests.support.views import NOW, before

DAY = date(2026, 11, 20)
PERSON_NO = "35010000000000009917"


def sums(total: int) -> Sums:
    return Sums(Fen(total), Fen(total * 6 // 10), Fen(total // 10))


def a_row(cause: Cause, number: int = 0, **changes: object) -> DifferenceRow:
    here = cause not in (Cause.ABSENT_HERE, Cause.DEAD_HERE, Cause.TWICE_THERE)
    ours = sums(5_260) if here else None
    theirs = sums(7_260) if not here or cause is Cause.AMOUNTS_DIFFER else None
    made = DifferenceRow(
        cause=cause,
        repair=REPAIRS[cause],
        message_id=f"P35010000001202611201402{number:02d}0100{number:02d}",
        settlement_id=f"4000000{number:02d}",
        person="••••••",
        insurance="职工医保",
        office="350199",
        case_id=30 + number,
        ours=ours,
        theirs=theirs,
        difference=Fen((ours.total if ours else 0) - (theirs.total if theirs else 0)),
        evidence=((Fact.STATEMENT, f"4000000{number:02d}"), (Fact.OUR_STATE, "settled")),
        asked_at=None,
        adoptable=cause is Cause.ABSENT_HERE,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of the row


SEEN = (
    Cause.ABSENT_HERE,
    Cause.OPEN_HERE,
    Cause.MANUAL_HERE,
    Cause.ABSENT_THERE,
    Cause.AMOUNTS_DIFFER,
    Cause.OTHER_DAY,
)


def money_day(*, complete: bool = True, causes: tuple[Cause, ...] = SEEN) -> MoneyView:
    """Three groups, one of them not compared where the day is partial."""
    last = GroupState.EQUAL if complete else GroupState.NOT_COMPARED
    groups = (
        GroupRow("职工医保", "41", "350199", 61, sums(402_860), GroupState.DIFFERS, True, None),
        GroupRow("居民医保", "41", "350199", 12, sums(61_240), GroupState.EQUAL, False, None),
        GroupRow("居民医保", "41", "350100", 0, sums(0), last, False, None if complete else 5001),
    )
    heads = tuple(
        MoneyDayHead(DAY - timedelta(days=n), 1, before(hours=24 * n), n != 2, 2 * (n == 3), ())
        for n in range(4)
    )
    return MoneyView(
        day=DAY,
        today=DAY,
        run_no=2,
        compared_at=before(minutes=4),
        compared_by="周文静",
        complete=complete,
        every_line=False,
        groups=groups,
        rows=tuple(a_row(cause, n) for n, cause in enumerate(causes)),
        signed=(),
        days=heads,
    )


def not_compared() -> MoneyView:
    return replace(money_day(), run_no=0, compared_at=None, groups=(), rows=(), days=())


def signed_day() -> MoneyView:
    return replace(money_day(), signed=(SignOff(2, NOW, 3, "周文静", "三条已报经办机构"),))


def a_closing(*, money: int = 0, handed_over: int = 4, signed_in: bool = True) -> ClosingView:
    return ClosingView(
        day=DAY,
        signed_in=signed_in,
        opened_by="陈思远",
        money=tuple(
            OpenMoney(
                137 + n, "郑**", f"P350100000012026112014020100{n:02d}", "unknown",
                before(minutes=12 + n), Fen(16_404),
            )
            for n in range(money)
        ),
        handed_over=tuple(
            HandedOver(
                "upload" if n % 2 else "visit",
                "return_sale" if n % 2 else "scan",
                "示例片" if n % 2 else "林**",
                before(hours=n),
                40 + n,
            )
            for n in range(handed_over)
        ),
        compared=None,
    )  # fmt: skip
