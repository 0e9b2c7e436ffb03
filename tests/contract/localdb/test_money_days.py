"""Daily comparisons of money: replaced by a rerun, signed for good, sealed on disk."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.books.money import (
    Cause,
    Difference,
    Fact,
    Group,
    GroupResult,
    GroupState,
    MoneyDay,
    SignOff,
    Sums,
)
from app.domain.credential import PersonNumber
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.domain.settlement import AttemptState, BeginRefund, step
from app.ports.reconciling import MoneyDayHead
from app.profile.loader import load
from app.workflow.cases.rules import settle_rules_of
from localdb.opening import StoreLocation
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a

DAY = date(2026, 11, 22)
GROUP = Group("310", "41", "350199")
SUMS = Sums(Fen(4_280), Fen(2_000), Fen(280))
PERSON_NO = "35010000000000009876"


def a_day(run_no: int = 0, day: date = DAY) -> MoneyDay:
    found = Difference(
        cause=Cause.ABSENT_HERE,
        group=GROUP,
        message_id="P35010000001202611221200000100",
        settlement_id="400000009",
        visit_id="300000009",
        person_no=PersonNumber(PERSON_NO),
        case_id=None,
        ours=None,
        theirs=SUMS,
        evidence=((Fact.STATEMENT, "400000009"),),
        asked_at=a.NOON,
    )
    part = GroupResult(GROUP, 1, SUMS, GroupState.DIFFERS, True, None, "000101")
    return MoneyDay(day, run_no, a.NOON, "店长阿荫", False, (part,), (found,))


def enrolled(store: SqlStore) -> int:
    with store.unit() as unit:
        return SqlPeople(scope_of(unit)).enrol(a.a_boss()).staff_id


def test_a_day_comes_back_as_it_was_found(
    store: SqlStore, open_again: Callable[[], SqlStore]
) -> None:
    with store.unit() as unit:
        kept = unit.money_days.replace(a_day())
    assert kept == a_day(run_no=1)
    with open_again().reading() as unit:
        assert unit.money_days.get(DAY) == kept
        assert unit.money_days.get(DAY - timedelta(days=1)) is None


def test_a_rerun_replaces_only_its_own_day(store: SqlStore) -> None:
    with store.unit() as unit:
        unit.money_days.replace(a_day())
        unit.money_days.replace(a_day(day=DAY - timedelta(days=1)))
        again = unit.money_days.replace(replace(a_day(), differences=()))
    assert again.run_no == 2
    with store.reading() as unit:
        assert unit.money_days.get(DAY) == again
        heads = unit.money_days.newest(5)
        assert heads == (
            MoneyDayHead(DAY, 2, a.NOON, True, 0, ()),
            MoneyDayHead(DAY - timedelta(days=1), 1, a.NOON, True, 1, ()),
        )
        assert len(unit.money_days.newest(1)) == 1


def test_only_the_comparison_on_screen_is_amended_or_signed(store: SqlStore) -> None:
    boss = enrolled(store)
    with store.unit() as unit:
        kept = unit.money_days.replace(a_day())
        noted = replace(kept, compared_by="另一位")
        unit.money_days.amend(noted)
        unit.money_days.sign(DAY, SignOff(1, a.NOON, boss, "店长", "已核对"))
    with store.unit() as unit:
        unit.money_days.replace(a_day())
    for act in (
        lambda unit: unit.money_days.amend(noted),
        lambda unit: unit.money_days.sign(DAY, SignOff(1, a.NOON, boss, "店长", "")),
    ):
        with pytest.raises(OperatorInput) as refused, store.unit() as unit:
            act(unit)
        assert refused.value.code is Code.STEP_MOVED_ON
    with store.reading() as unit:
        assert unit.money_days.signed(DAY) == (SignOff(1, a.NOON, boss, "店长", "已核对"),)


def test_people_and_messages_are_sealed(store: SqlStore, location: StoreLocation) -> None:
    with store.unit() as unit:
        unit.money_days.replace(a_day())
    with store.reading() as unit:
        (row,) = scope_of(unit).connection.exec_driver_sql("SELECT content FROM money_day")
        assert PERSON_NO.encode() not in row[0]
        assert b"400000009" not in row[0]


def test_the_ledger_knows_when_each_message_was_begun(store: SqlStore) -> None:
    settled = replace(
        a.an_attempt(), state=AttemptState.SETTLED, next_at=None, settled=a.some_settled()
    )
    later = a.NOON + timedelta(days=3)
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        unit.attempts.add(a.an_attempt(), case.case_id, "RX1")
        unit.attempts.save(settled, AttemptState.PREPARED, "Replied", a.NOON + timedelta(seconds=2))
    with store.reading() as unit:
        (entry,) = unit.attempts.ledger(a.NOON, a.NOON + timedelta(hours=1))
        assert (entry.case_id, entry.attempt, entry.begun_at) == (case.case_id, settled, a.NOON)
        assert entry.refund_begun_at is None
        assert unit.attempts.ledger(later, later) == ()
    rules = settle_rules_of(load("national").profile)
    begun, _ = step(settled, BeginRefund(later, "M-REFUND"), rules)
    with store.unit() as unit:
        unit.attempts.save(begun, AttemptState.SETTLED, BeginRefund.__name__, later)
    with store.reading() as unit:
        (entry,) = unit.attempts.ledger(later, later)
        assert (entry.begun_at, entry.refund_begun_at) == (a.NOON, later)
        for message_id in (settled.message_id, "M-REFUND"):
            assert unit.attempts.by_messages([message_id, "M-NOBODY"]) == (entry,)
        assert unit.attempts.by_messages(["M-NOBODY"]) == ()
        assert unit.attempts.by_messages([]) == ()


def test_an_adopted_line_is_entered_once_and_found_by_day_and_message(store: SqlStore) -> None:
    with store.unit() as unit:
        boss = SqlPeople(scope_of(unit)).enrol(a.a_boss())
        line = a.an_adopted_line(boss.staff_id)
        assert (unit.money_days.last_adopted(), unit.money_days.adopted_since(0)) == (0, ())
        unit.money_days.adopt(line)
        first = unit.money_days.last_adopted()
        other = replace(line, message_id="M8", day=line.day - timedelta(days=3))
        unit.money_days.adopt(other)
    with pytest.raises(OperatorInput) as twice, store.unit() as unit:
        unit.money_days.adopt(replace(line, reason="又一次"))
    assert twice.value.code is Code.STEP_MOVED_ON
    with store.reading() as unit:
        assert unit.money_days.adopted(line.day, line.day) == (line,)
        assert unit.money_days.adopted(other.day, line.day) == (line, other)
        assert unit.money_days.adopted_since(0) == (line, other)
        assert unit.money_days.adopted_since(first) == (other,), "by their order, not by their day"
        assert unit.money_days.adopted_since(unit.money_days.last_adopted()) == ()
        assert unit.money_days.adopted_named(["M8", "M7"]) == (other,)
        assert unit.money_days.adopted_named([]) == ()
    assert line.booked().sums == line.sums
    assert line.bill().adds_up()
