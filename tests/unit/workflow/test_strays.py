"""Strays of a statement taken into our books, or taken back: by two people at once, for a visit
that cannot be theirs, by a name that two of them share, on evidence of another hour."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.books.money import Cause, Fact
from app.domain.case import Step
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown
from app.domain.settlement import SettledFacts
from app.ports.replies import TotalsCompared
from app.profile.operations import Operation
from app.workflow.calendar import CHINA, today
from app.workflow.cases.rules import settle_rules_of
from app.workflow.day import put_right
from app.workflow.reconciling import adopting
from app.workflow.reconciling.comparing import compare_day
from app.workflow.reconciling.views import LineGoesTo
from app.workflow.upkeep import timekeeping
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)
WHY = "已付款取药"


def stray(small: SmallCounter, view: CaseView, message_id: str, visit_id: str = "") -> str:
    """A settlement of this visit's person and money that stands there and in no book of ours."""
    facts = small.case(view).facts
    assert facts.person is not None
    assert facts.estimate is not None
    told = SettledFacts(
        settlement_id=f"S-{message_id[-6:]}",
        visit_id=visit_id or facts.estimate.visit_id,
        amounts=facts.estimate.amounts,
        settled_at=small.clock.now().isoformat(),
        balance_after=0,
        clearing_office="350100",
        clearing_kind="41",
    )
    small.fake.books.settlements[message_id] = Booked(told, facts.person.person_no.reveal())
    return message_id


def of_counter(small: SmallCounter, day: date, tail: str = "05") -> str:
    return f"{small.till.shop.institution_code}{day:%Y%m%d}090000{small.till.counter_no:02d}{tail}"


def compared(small: SmallCounter, day: date) -> list[Cause]:
    return [one.cause for one in small.surface.compare_money(day, True).rows]


def nameless(small: SmallCounter) -> None:
    """The statement writes null where it has no message id (core-platform 8.2)."""
    honest = small.fake.read_statement

    def without(content: bytes) -> Any:
        return tuple(replace(row, message_id="") for row in honest(content))

    small.fake.read_statement = without  # type: ignore[method-assign] # null in every line


def one_kind_differs(small: SmallCounter) -> None:
    """What kind of insurance a line is of, as the totals tell."""

    def told(message: Any) -> TotalsCompared:
        asked = message.draft.request
        equal = (asked.insurance_kind, asked.clearing_kind) != ("310", "41")
        return TotalsCompared(equal, "0" if equal else "1", "")

    small.fake._reconcile_totals = told  # type: ignore[method-assign]


def test_what_is_being_taken_back_is_not_adopted(small: SmallCounter) -> None:
    """One person reverses; before anybody can know what came of it, another adopts."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    assert compared(small, day) == [Cause.ABSENT_HERE]
    small.fake.script(Operation.REVERSE, LOST)
    small.surface.reverse_stray(day, message_id, BOSS, PIN)
    with pytest.raises(OperatorInput) as early:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert early.value.code is Code.STILL_ON_ITS_WAY
    # the reversal was only slow
    kept = small.fake.books.settlements.pop(message_id)
    assert small.view(view).step is Step.SETTLE, "goods go, and nothing pays for them"
    # it never arrived: what still stands once it can arrive no more is taken over
    small.fake.books.settlements[message_id] = kept
    small.clock.move(settle_rules_of(small.till.profile).quiescence)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert small.view(view).step is Step.HAND_OVER


def test_yesterdays_stray_does_not_pay_for_todays_visit(small: SmallCounter) -> None:
    """The same person buys the same again: what was settled yesterday is not this visit."""
    yesterday = today(small.till) - timedelta(days=1)
    view = small.until(Step.SETTLE)
    message_id = stray(small, view, of_counter(small, yesterday), "000099999")
    one_kind_differs(small)
    assert compared(small, yesterday) == [Cause.ABSENT_HERE]
    after = small.surface.adopt_stray(yesterday, message_id, BOSS, PIN, WHY)
    assert small.view(view).step is Step.SETTLE, "goods twice, for one settlement"
    assert [one.message_id for one in after.adopted] == [message_id]


@pytest.mark.parametrize(("minutes", "pays"), [(-1, False), (1, True)])
def test_a_settlement_pays_for_no_visit_that_was_opened_after_it(
    small: SmallCounter, minutes: int, pays: bool
) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    at = small.case(view).opened_at.astimezone(CHINA) + timedelta(minutes=minutes)
    made = f"{at:%Y%m%d%H%M%S}{small.till.counter_no:02d}05"
    message_id = stray(small, view, small.till.shop.institution_code + made, "000099999")
    one_kind_differs(small)
    assert compared(small, day) == [Cause.ABSENT_HERE]
    (row,) = small.surface.money(day).rows
    assert (row.goes_to is not None) is pays
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert (small.view(view).step is Step.HAND_OVER) is pays


def test_what_another_product_made_is_dated_by_its_day_alone(small: SmallCounter) -> None:
    """Its ids are its own: what looks like a time in them need not be one."""
    view, day = small.until(Step.SETTLE), today(small.till)
    at = small.case(view).opened_at.astimezone(CHINA) - timedelta(hours=1)
    made = f"{small.till.shop.institution_code}{at:%Y%m%d%H%M%S}AB05"
    stray(small, view, made, "000099999")
    one_kind_differs(small)
    small.surface.compare_money(day, True)
    with small.store.reading() as unit:
        found = unit.money_days.get(day)
        assert found is not None
        (line,) = found.differences
        visit = adopting.visit_of(small.till, unit, day, line)
    assert visit is not None
    assert visit.case_id == view.case_id


def test_the_visit_that_gets_a_line_is_named_before_anybody_signs(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    (row,) = small.surface.money(day).rows
    facts = small.case(view).facts
    assert facts.sale is not None
    assert facts.person is not None
    named = LineGoesTo(view.case_id, facts.sale.receipt_no, facts.person.name.masked())
    assert row.goes_to == named
    honest = small.fake.read_statement

    def given_up(content: bytes) -> Any:
        if small.view(view).step is Step.SETTLE:
            small.surface.abandon(view.case_id)
        return honest(content)

    small.fake.read_statement = given_up  # type: ignore[method-assign]
    one_kind_differs(small)
    with pytest.raises(OperatorInput) as another:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert another.value.code is Code.EVIDENCE_CONTRADICTS
    after = small.surface.money(day)
    assert after.adopted == ()
    assert after.rows[0].goes_to is None


def test_strays_without_a_message_are_told_apart_and_go_to_nobody(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    for tail in ("05", "06"):
        stray(small, view, of_counter(small, day, tail), f"0000999{tail}")
    nameless(small)
    one_kind_differs(small)
    small.surface.abandon(view.case_id)
    rows = small.surface.compare_money(day, True).rows
    assert [row.cause for row in rows] == [Cause.NAMELESS_THERE] * 2
    assert len({row.settlement_id for row in rows}) == 2
    assert not any(row.adoptable for row in rows)
    with pytest.raises(OperatorInput):
        small.surface.adopt_stray(day, rows[-1].message_id, BOSS, PIN, WHY)
    assert small.surface.money(day).adopted == ()


def test_a_line_without_a_message_is_not_taken_back_by_nobodys_name(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    stray(small, view, of_counter(small, day), "000099905")
    nameless(small)
    (row,) = small.surface.compare_money(day, True).rows
    with pytest.raises(OperatorInput):
        small.surface.reverse_stray(day, row.message_id, BOSS, PIN)
    assert small.fake.times(Operation.REVERSE) == 0


def test_a_name_that_two_lines_share_moves_neither(small: SmallCounter) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    honest = small.fake.read_statement

    def twice(content: bytes) -> Any:
        rows = honest(content)
        return (*rows, *(replace(row, settlement_id="S-OTHER") for row in rows))

    small.fake.read_statement = twice  # type: ignore[method-assign]
    assert compared(small, day) == [Cause.ABSENT_HERE] * 2
    with pytest.raises(OperatorInput) as refused:
        small.surface.reverse_stray(day, message_id, BOSS, PIN)
    assert refused.value.code is Code.EVIDENCE_CONTRADICTS
    assert small.fake.times(Operation.REVERSE) == 0


def test_what_a_comparison_of_before_took_for_ours_is_not_reversed(small: SmallCounter) -> None:
    """A neighbour's message, shown as a stray of this counter."""
    view, day = small.until(Step.SETTLE), today(small.till)
    neighbours = of_counter(small, day)[:-4] + f"{small.till.counter_no + 1:02d}05"
    stray(small, view, neighbours)
    assert compared(small, day) == [Cause.OTHER_COUNTER]
    with small.store.unit() as unit:
        found = unit.money_days.get(day)
        assert found is not None
        (one,) = found.differences
        unit.money_days.amend(replace(found, differences=(replace(one, cause=Cause.ABSENT_HERE),)))
    with pytest.raises(OperatorInput):
        small.surface.reverse_stray(day, neighbours, BOSS, PIN)
    assert small.fake.times(Operation.REVERSE) == 0


def test_evidence_of_hours_ago_moves_no_money_when_the_clock_is_set_back(
    small: SmallCounter,
) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    true = small.clock.now() - timedelta(seconds=small.clock.ticks)
    small.fake.own_time = lambda: true + timedelta(seconds=small.clock.ticks)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.clock.move(timedelta(hours=3))
    small.clock.move(-timedelta(hours=3, minutes=1))
    assert timekeeping.is_wrong(small.till)
    for act in (
        lambda: small.surface.reverse_stray(day, message_id, BOSS, PIN),
        lambda: small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY),
    ):
        with pytest.raises(OperatorInput) as refused:
            act()
        assert refused.value.code is Code.CLOCK_DIFFERS
    assert small.fake.times(Operation.REVERSE) == 0


def test_evidence_of_a_time_to_come_moves_no_money(small: SmallCounter) -> None:
    """The clock was set back by less than anybody notices."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.clock.move(-timedelta(minutes=1))
    assert not timekeeping.is_wrong(small.till)
    with pytest.raises(OperatorInput) as refused:
        small.surface.reverse_stray(day, message_id, BOSS, PIN)
    assert refused.value.code is Code.EVIDENCE_CONTRADICTS
    assert small.fake.times(Operation.REVERSE) == 0


def test_what_was_adopted_is_not_taken_back_on_the_page_of_before(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line breaks behind the adoption: the page still shows a stray and its key."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day), "000099905")
    small.surface.abandon(view.case_id)
    one_kind_differs(small)
    small.surface.compare_money(day, True)
    calls: list[date] = []

    def breaks_behind(till: Any, on: date, **options: Any) -> Any:
        calls.append(on)
        if len(calls) > 1:
            raise NotSent(Code.DID_NOT_LEAVE)
        return compare_day(till, on, **options)

    monkeypatch.setattr(adopting, "compare_day", breaks_behind)
    with pytest.raises(NotSent):
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    (line,) = small.surface.money(day).adopted
    assert line.message_id == message_id
    with pytest.raises(OperatorInput):
        small.surface.reverse_stray(day, message_id, BOSS, PIN)
    assert small.fake.times(Operation.REVERSE) == 0


def test_what_is_adopted_in_the_night_was_begun_on_the_day_of_its_statement(
    small: SmallCounter,
) -> None:
    """Two in the morning in China is yesterday by universal time: begun now, it would be looked for
    in the statements of a day on which it does not stand."""
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    small.clock.move(timedelta(hours=14))
    assert small.clock.now().astimezone(CHINA).hour == 2
    put_right(small.till, None)
    assert compared(small, day) == [Cause.ABSENT_HERE]
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    with small.store.reading() as unit:
        (entry,) = unit.attempts.by_messages([message_id])
    assert entry.begun_at.astimezone(CHINA).date() == day


def test_what_was_found_out_for_another_cause_is_no_evidence_for_this_one(
    small: SmallCounter,
) -> None:
    view, day = small.until(Step.SETTLE), today(small.till)
    stray(small, view, of_counter(small, day))
    compared(small, day)
    asked_at, answer = small.clock.now(), (Fact.FOUND_NOTHING, "S1")
    with small.store.unit() as unit:
        found = unit.money_days.get(day)
        assert found is not None
        (one,) = found.differences
        before = replace(one, cause=Cause.DEAD_HERE, asked_at=asked_at, evidence=(answer,))
        unit.money_days.amend(replace(found, differences=(before,)))
    small.clock.move(timedelta(minutes=1))
    compared(small, day)
    with small.store.reading() as unit:
        found = unit.money_days.get(day)
    assert found is not None
    (one,) = found.differences
    assert (one.cause, one.asked_at) == (Cause.ABSENT_HERE, asked_at)
    assert answer not in one.evidence


def test_a_clock_that_proves_wrong_while_the_day_is_compared_adopts_nothing(
    small: SmallCounter,
) -> None:
    small.fake.own_time = small.clock.now
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)

    def told() -> None:
        small.fake.own_time = lambda: small.clock.now() + timedelta(hours=1)

    small.fake.watch = told
    with pytest.raises(OperatorInput) as refused:
        small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    assert refused.value.code is Code.CLOCK_DIFFERS
    with small.store.reading() as unit:
        assert unit.attempts.of_case(view.case_id) is None
