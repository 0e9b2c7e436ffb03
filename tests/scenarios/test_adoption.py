"""Settled, handed out, and lost with the base: named people take it into our books again."""

from pathlib import Path

import pytest

from app.domain.books.money import Cause
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.domain.settlement import AttemptState
from app.workflow.calendar import today
from app.workflow.reconciling.documents import money_book
from app.workflow.upkeep.recovering import ON_ITS_WAY
from localdb.backups import Backup, place_of, put_back, take
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from tests.support.counter import Bench
from tests.support.ledgers import our_side
from tests.support.visit import a_visit

MANAGER = ("3001", "112358")


def place(bench: Bench) -> tuple[StoreLocation, FileKeyStore]:
    location = StoreLocation(bench.folder, bench.till.profile.id, training=True)
    return location, FileKeyStore(bench.folder / "keys")


def copied(bench: Bench) -> Backup:
    location, keys = place(bench)
    return take(location, keys, bench.clock, place_of(location))


def restored(bench: Bench, copy: Path) -> None:
    bench.close()
    location, keys = place(bench)
    assert put_back(location, keys, bench.clock, copy) is not None
    bench.restart()
    bench.pass_time(ON_ITS_WAY.total_seconds())


def the_stray(bench: Bench) -> str:
    found = bench.surface.compare_money(today(bench.till))
    (row,) = [row for row in found.rows if row.open]
    assert row.adoptable
    return row.message_id


def agrees(bench: Bench, count: int) -> None:
    """Both books are the same, line by line and in every total; nobody has to say why."""
    day = today(bench.till)
    found = bench.surface.compare_money(day, True)
    assert found.complete
    assert [row for row in found.rows if row.open] == []
    assert found.lines == count
    if found.missing:
        assert bench.surface.sign_money(day, found.run_no, *MANAGER, "").missing == ()


def test_a_visit_that_was_settled_since_the_copy_goes_on_where_it_was(bench: Bench) -> None:
    visit = a_visit(bench)
    at_settle = visit.until(Step.SETTLE)
    copy = copied(bench)
    visit.hand_over(visit.settle(at_settle))
    theirs = bench.platform_state()["active_settlements"]

    restored(bench, copy.file)
    day, stray = today(bench.till), the_stray(bench)
    with pytest.raises(OperatorInput) as wordless:
        bench.surface.adopt_stray(day, stray, *MANAGER, " ")
    assert wordless.value.code is Code.REASON_MISSING
    with pytest.raises(OperatorInput) as alone:
        bench.surface.adopt_stray(day, stray, "1001", "112358", "药已交")
    assert alone.value.code in (Code.SECOND_NOT_ALLOWED, Code.SIGN_IN_WRONG, Code.SECOND_IS_FIRST)
    after = bench.surface.adopt_stray(day, stray, *MANAGER, "恢复前已付款取药")
    assert [row for row in after.rows if row.open] == []
    view = bench.surface.view(at_settle.case_id)
    assert (view.step, view.phase) == (Step.HAND_OVER, Phase.READY)
    ours = our_side(bench.store, view.case_id)
    attempt = ours.attempts[view.case_id]
    assert attempt is not None
    assert (attempt.message_id, attempt.state) == (stray, AttemptState.SETTLED)
    assert len(ours.codes()) > 0, "the boxes of the visit are sold, in the same commit"
    agrees(bench, 1)
    visit.hand_over(bench.surface.view(view.case_id))
    assert bench.surface.view(view.case_id).step is Step.DONE
    assert bench.platform_state()["active_settlements"] == theirs, "nothing was moved there"
    with pytest.raises(OperatorInput) as again:
        bench.surface.adopt_stray(day, stray, *MANAGER, "再来一次")
    assert again.value.code is Code.STEP_MOVED_ON


def test_a_visit_that_began_after_the_copy_is_entered_as_a_line(bench: Bench) -> None:
    with bench.store.unit() as unit:
        # a shop that has served people of this office before, and compared
        unit.settings.put("money.offices", "350100 350199")
    bench.surface.current()
    copy = copied(bench)
    a_visit(bench).until(Step.DONE)
    theirs = bench.platform_state()["active_settlements"]

    restored(bench, copy.file)
    day, stray = today(bench.till), the_stray(bench)
    after = bench.surface.adopt_stray(day, stray, *MANAGER, "恢复前已付款取药")
    (line,) = after.adopted
    assert line.message_id == stray
    assert line.total > 0
    agrees(bench, 1)
    assert bench.platform_state()["active_settlements"] == theirs
    said = str(money_book(bench.till, bench.surface.money(day)))
    assert line.settlement_id in said
    assert "恢复前已付款取药" in said
    with pytest.raises(OperatorInput) as gone:
        bench.surface.reverse_stray(day, stray, *MANAGER)
    assert gone.value.code is Code.STEP_MOVED_ON, "what is ours is taken back by nobody"


def test_a_refund_since_the_copy_is_adopted_once_its_boxes_are_back(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    codes = our_side(bench.store, done.case_id).codes()
    copy = copied(bench)
    bench.surface.begin_return(done.case_id)
    bench.surface.revoke(bench.surface.take_back(done.case_id, codes).case_id, *MANAGER)
    refunds = bench.platform_state()

    restored(bench, copy.file)
    day, stray = today(bench.till), the_stray(bench)
    with pytest.raises(OperatorInput) as first:
        bench.surface.adopt_stray(day, stray, *MANAGER, "药已退回")
    assert first.value.code is Code.ADOPT_RETURN_FIRST
    compared = bench.surface.compare_money(day)
    assert [row.cause for row in compared.rows if row.open] == [Cause.REFUND_ABSENT_HERE]
    assert bench.surface.sign_money(day, compared.run_no, *MANAGER, "随后收回").missing == ()
    bench.surface.begin_return(done.case_id)
    view = bench.surface.take_back(done.case_id, codes)
    assert view.step is Step.REVOKE
    with bench.store.reading() as unit:
        before = unit.money_days.get(day)
    assert before is not None
    bench.surface.adopt_stray(day, stray, *MANAGER, "药已退回")
    with bench.store.unit() as unit:
        unit.money_days.replace(before)
    with pytest.raises(OperatorInput) as adopted:
        bench.surface.reverse_stray(day, stray, *MANAGER)
    assert adopted.value.code is Code.STEP_MOVED_ON, "on the page of before either"
    attempt = our_side(bench.store, done.case_id).attempts[done.case_id]
    assert attempt is not None
    assert (attempt.refund_message_id, attempt.state) == (stray, AttemptState.REFUNDED)
    assert bench.surface.view(done.case_id).step in (Step.RETURN_SALE, Step.CLOSED)
    agrees(bench, 2)
    assert bench.platform_state()["active_settlements"] == refunds["active_settlements"]
