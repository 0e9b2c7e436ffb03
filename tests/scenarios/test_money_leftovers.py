"""Refunds, adopted settlements and unattended runs in the daily comparison."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.books.money import Cause, Repair
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.settlement import AttemptState
from app.workflow import day
from app.workflow.calendar import today
from app.workflow.reconciling import repairing
from app.workflow.reconciling.comparing import compare_day
from app.workflow.reconciling.errand import reconcile_money
from app.workflow.stock_reconciling.errand import reconcile_stock
from app.workflow.till import Till
from localdb.ledger import read_ledger
from tests.support.counter import Bench
from tests.support.ledgers import our_side
from tests.support.visit import a_visit

MANAGER = ("3001", "112358")


def given_back(bench: Bench) -> int:
    """A finished visit, refunded whole; its case id."""
    done = a_visit(bench).until(Step.DONE)
    bench.surface.begin_return(done.case_id)
    codes = our_side(bench.store, done.case_id).codes()
    returning = bench.surface.take_back(done.case_id, codes)
    return bench.surface.revoke(returning.case_id, *MANAGER).case_id


def test_a_refund_of_the_same_day_agrees_as_two_lines(bench: Bench) -> None:
    given_back(bench)
    found = compare_day(bench.till, today(bench.till), every_line=True)
    assert (found.complete, found.differences) == (True, ())
    assert sum(part.count for part in found.groups) == 2
    assert sum(part.sums.total for part in found.groups) == 0


def test_a_refund_days_later_belongs_to_its_own_day(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    sold_on = today(bench.till)
    bench.pass_time(2 * 86400)
    day.ensure_open(bench.till)
    bench.surface.begin_return(done.case_id)
    returning = bench.surface.take_back(done.case_id, our_side(bench.store, done.case_id).codes())
    bench.surface.revoke(returning.case_id, *MANAGER)
    for on, sign in ((sold_on, 1), (sold_on + timedelta(days=2), -1)):
        found = compare_day(bench.till, on, every_line=True)
        assert (found.complete, found.differences) == (True, ())
        (part,) = (part for part in found.groups if part.count)
        assert part.sums.total * sign > 0
    between = compare_day(bench.till, sold_on + timedelta(days=1), every_line=True)
    assert sum(part.count for part in between.groups) == 0


def test_a_refund_that_is_gone_there_is_named_and_asked_for(bench: Bench) -> None:
    given_back(bench)
    planted = bench.post("books", {"plant": "refund_missing"})
    on = today(bench.till)
    (found,) = compare_day(bench.till, on).differences
    assert (found.cause, found.repair) == (Cause.REFUND_ABSENT_THERE, Repair.ASK)
    assert found.message_id == planted["msgid"]
    (asked,) = repairing.ask(bench.till, on, found.message_id).differences
    assert "found_nothing" in [str(kind) for kind, _ in asked.evidence]


def test_an_adopted_settlement_agrees_although_no_answer_ever_named_it(bench: Bench) -> None:
    """MANUAL, decided by a person: no time, no office of its own, and yet in the right day."""
    visit = a_visit(bench)
    at = visit.until(Step.SETTLE)
    bench.fault("settle", "drop_after")
    bench.fault("reverse", "reject", bench.till.profile.settle.max_reversals)
    case = visit.settle(at)
    for _ in range(80):
        attempt = our_side(bench.store, case.case_id).attempts[case.case_id]
        assert attempt is not None
        if attempt.state is AttemptState.MANUAL:
            break
        bench.pass_time(120)
        bench.surface.deliver()
    on = today(bench.till)
    found = compare_day(bench.till, on)
    assert [(one.cause, one.repair) for one in found.differences] == [
        (Cause.MANUAL_HERE, Repair.DECIDE)
    ]
    assert found.differences[0].case_id == case.case_id
    with pytest.raises(OperatorInput):
        bench.surface.reverse_stray(on, attempt.message_id, *MANAGER)
    evidence = bench.surface.gather_evidence(case.case_id)
    bench.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", *MANAGER)
    after = compare_day(bench.till, on, every_line=True)
    assert (after.complete, after.differences) == (True, ())
    assert sum(part.count for part in after.groups) == 1


def test_the_errand_runs_without_a_person_and_says_it_as_one_document(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    planted = bench.post("books", {"plant": "ghost"})
    kept: list[object] = []

    class Books:
        def keep(self, book: object) -> str:
            kept.append(book)
            return "kept.xlsx"

    bench.till.printers = replace(bench.till.printers, books=Books())
    bench.surface.lock()
    report: Any = reconcile_money(bench.till, None)
    assert report["complete"] is True
    (line,) = report["lines"]
    assert set(line) >= {
        "item", "local", "platform", "difference", "state", "cause", "evidence",
    }  # fmt: skip
    assert (line["cause"], line["state"]) == ("absent_here", "open")
    assert (line["item"], line["message_id"]) == (planted["setl_id"], planted["msgid"])
    assert line["local"] is None
    assert line["difference"] == -line["platform"] < 0
    assert report["totals"]["open"] == 1
    assert len(report["files"]) == 2
    assert len(kept) == 1
    assert planted["psn_no"] not in repr(report)
    assert planted["psn_no"] not in repr(kept)


def test_the_errand_needs_somebody_who_answers_for_it(bench: Bench) -> None:
    bench.surface.lock()
    bench.pass_time(86400)
    with pytest.raises(OperatorInput) as refused:
        reconcile_money(bench.till, None)
    assert refused.value.code is Code.NOT_ALLOWED


@pytest.mark.parametrize("errand", [reconcile_money, reconcile_stock])
def test_a_day_to_come_is_refused_and_nothing_is_asked(
    bench: Bench, errand: Callable[[Till, date | None], object]
) -> None:
    before = read_ledger(bench.store).messages
    with pytest.raises(OperatorInput) as refused:
        errand(bench.till, today(bench.till) + timedelta(days=1))
    assert refused.value.code is Code.DAY_TO_COME
    assert read_ledger(bench.store).messages == before
