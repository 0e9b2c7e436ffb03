"""签退 at the training platform: unknown money refuses, everything else is handed over by name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.books.money import Cause
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, Trouble
from app.workflow.calendar import today
from app.workflow.reconciling.closing import UPLOAD, VISIT
from app.workflow.upkeep.startup import settle_unattended
from tests.support.counter import CLERK, Bench, a_counter
from tests.support.ledgers import our_side
from tests.support.visit import a_visit

MANAGER = ("3001", "112358")


def acts_of(bench: Bench) -> list[tuple[str, str]]:
    """Act and reason of every journal row."""
    from localdb.store import scope_of

    with bench.store.reading() as unit:
        rows = scope_of(unit).connection.exec_driver_sql("SELECT act, reason FROM journal")
        return [(row.act, row.reason) for row in rows]


def test_a_quiet_day_is_compared_signed_and_closed(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    on = today(bench.till)
    assert bench.surface.money().run_no == 0
    view = bench.surface.compare_money(on)
    assert (view.complete, view.lines, view.open_count, view.rows) == (True, 1, 0, ())
    signed = bench.surface.sign_money(on, view.run_no, *MANAGER, " 已核对 ")
    assert [(one.run_no, one.note) for one in signed.signed] == [(1, "已核对")]
    before = bench.surface.closing()
    assert (before.may_close, before.money, before.handed_over) == (True, (), ())
    after = bench.surface.end_day(*MANAGER)
    assert not after.signed_in
    assert ("close_day", "") in acts_of(bench)
    assert bench.platform_state()["messages"]["close_day"]["accepted"] == 1


def test_a_visit_is_handed_over_with_the_time_it_began(bench: Bench) -> None:
    opened = bench.surface.current()
    case = a_visit(bench).until(Step.AUDIT)
    assert case.case_id == opened.case_id
    with bench.store.reading() as unit:
        kept = unit.cases.get(case.case_id)
    assert kept.facts.identity is not None
    assert kept.facts.identity.obtained_at > kept.opened_at
    (left,) = bench.surface.closing().handed_over
    assert (left.kind, left.since) == (VISIT, kept.facts.identity.obtained_at)


def test_a_clerk_neither_signs_nor_closes(bench: Bench) -> None:
    view = bench.surface.compare_money(today(bench.till))
    for act in (
        lambda: bench.surface.sign_money(view.day, view.run_no, *CLERK, ""),
        lambda: bench.surface.end_day(*CLERK),
        lambda: bench.surface.end_day(MANAGER[0], "000000"),
    ):
        with pytest.raises(OperatorInput):
            act()
    assert bench.surface.closing().signed_in
    assert bench.surface.money().signed == ()


def test_unknown_money_keeps_the_day_open_until_it_is_known(bench: Bench) -> None:
    visit = a_visit(bench)
    bench.fault("settle", "drop_after")
    case = visit.settle(visit.until(Step.SETTLE))
    assert case.phase is Phase.UNKNOWN
    closing = bench.surface.closing()
    (open_money,) = closing.money
    assert (open_money.case_id, closing.may_close) == (case.case_id, False)
    assert case.patient is not None
    assert case.patient.name not in repr(closing), "the page shows masked names"
    with pytest.raises(OperatorInput) as refused:
        bench.surface.end_day(*MANAGER)
    assert (refused.value.code, refused.value.params) == (Code.DAY_MONEY_OPEN, {"count": 1})
    assert "close_day" not in bench.platform_state()["messages"]
    for _ in range(8):
        bench.pass_time(60)
        bench.surface.clear_money(today(bench.till))
    assert bench.surface.closing().money == ()
    assert not bench.surface.end_day(*MANAGER).signed_in
    our_side(bench.store, case.case_id).agrees()


def test_what_waits_is_handed_over_by_name(bench: Bench) -> None:
    waiting = a_visit(bench).until(Step.AUDIT)
    bench.surface.park(waiting.case_id, "等家属")
    left = bench.surface.closing()
    assert [(one.kind, one.what, one.case_id) for one in left.handed_over] == [
        (VISIT, "audit", waiting.case_id)
    ]
    assert not bench.surface.end_day(*MANAGER).signed_in
    assert ("close_day", "visit=1") in acts_of(bench)
    assert bench.surface.view(waiting.case_id).step is Step.AUDIT, "the customer may come back"


def test_an_upload_that_waits_is_handed_over(bench: Bench) -> None:
    left = a_visit(bench).until(Step.SETTLE)
    bench.fault("return_sale", "reject", times=9)
    after = bench.surface.end_day(*MANAGER)
    assert not after.signed_in
    kinds = {one.kind for one in after.handed_over}
    assert kinds & {UPLOAD, VISIT}
    assert any(one.case_id == left.case_id for one in after.handed_over)


def test_a_sign_out_nobody_answered_leaves_the_day_open(bench: Bench) -> None:
    bench.fault("close_day", "drop_before")
    with pytest.raises(Trouble):
        bench.surface.end_day(*MANAGER)
    assert bench.surface.closing().signed_in
    assert not bench.surface.end_day(*MANAGER).signed_in


def test_a_signature_stands_under_the_comparison_it_was_given_for(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    on = today(bench.till)
    first = bench.surface.compare_money(on)
    bench.surface.sign_money(on, first.run_no, *MANAGER, "")
    bench.post("books", {"plant": "ghost"})
    again = bench.surface.compare_money(on)
    assert (again.run_no, again.signed) == (2, ())
    assert again.days[0].signed == (), "nobody signed these figures"
    with bench.store.reading() as unit:
        assert len(unit.money_days.signed(on)) == 1, "the earlier signature stays on file"
    with pytest.raises(OperatorInput) as moved:
        bench.surface.sign_money(on, first.run_no, *MANAGER, "")
    assert moved.value.code is Code.STEP_MOVED_ON


def test_a_stray_settlement_goes_by_one_key_and_a_second_person(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    on = today(bench.till)
    bench.post("books", {"plant": "ghost"})
    (row,) = bench.surface.compare_money(on).rows
    assert row.cause is Cause.ABSENT_HERE
    assert row.person, "somebody, masked"
    assert "3501" not in row.person
    with pytest.raises(OperatorInput):
        bench.surface.reverse_stray(on, row.message_id, *CLERK)
    assert bench.surface.reverse_stray(on, row.message_id, *MANAGER).rows == ()
    assert bench.platform_state()["settlements"] == {"active": 1, "reversed": 1}


@pytest.fixture
def afterwards(tmp_path: Path) -> Iterator[Bench]:
    with a_counter(tmp_path, region="fujian+told_afterwards") as bench:
        yield bench


def test_nobody_signs_the_counter_in_again_at_night(afterwards: Bench) -> None:
    """Who closed the day answered by name for what it hands over; nobody signs out once more."""
    afterwards.fault("upload_sale", "drop_before")
    a_visit(afterwards).until(Step.DONE)
    afterwards.surface.deliver()
    shut = afterwards.surface.end_day(*MANAGER)
    assert not shut.signed_in
    assert [one.kind for one in shut.handed_over] == [UPLOAD]
    for _ in range(8):
        afterwards.pass_time(1200)
        settle_unattended(afterwards.till)
    assert not afterwards.surface.closing().signed_in
