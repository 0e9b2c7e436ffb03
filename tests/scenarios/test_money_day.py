"""The daily comparison against the training platform: planted faults are named and repaired."""

from datetime import date

import pytest

from app.domain.access import Operator
from app.domain.books.money import Cause, GroupState, MoneyDay, Repair
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, PlatformRejected, Trouble
from app.domain.settlement import AttemptState
from app.workflow import day
from app.workflow.calendar import today
from app.workflow.reconciling import repairing
from app.workflow.reconciling.comparing import compare_day
from tests.support.counter import Bench
from tests.support.ledgers import our_side
from tests.support.visit import a_visit

MANAGER = "3001"
QUERY = "query_settlement"


def plant(bench: Bench, kind: str) -> dict[str, str]:
    planted: dict[str, str] = bench.post("books", {"plant": kind})
    return planted


def manager(bench: Bench) -> Operator:
    with bench.store.reading() as unit:
        member = unit.people.by_login(MANAGER)
    assert member is not None
    return member.operator()


def compared(bench: Bench, *, every_line: bool = False) -> MoneyDay:
    return compare_day(bench.till, today(bench.till), every_line=every_line)


def causes(found: MoneyDay) -> list[Cause]:
    return [one.cause for one in found.differences]


def stored(bench: Bench, on: date | None = None) -> MoneyDay | None:
    with bench.store.reading() as unit:
        return unit.money_days.get(on or today(bench.till))


def test_a_day_without_faults_agrees(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    found = compared(bench)
    assert found.complete
    assert found.differences == ()
    settled = [part for part in found.groups if part.count]
    assert [part.count for part in settled] == [1]
    assert stored(bench) == found
    assert compared(bench, every_line=True).differences == ()


PLANTED = {
    "ghost": (Cause.ABSENT_HERE, Repair.REVERSE),
    "neighbour": (Cause.OTHER_COUNTER, Repair.LOOK),
    "twice": (Cause.TWICE_THERE, Repair.REVERSE),
    "missing": (Cause.ABSENT_THERE, Repair.ASK),
    "amount": (Cause.AMOUNTS_DIFFER, Repair.ASK),
    "refund": (Cause.REFUND_ABSENT_HERE, Repair.REVERSE_REFUND),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_named(bench: Bench, kind: str) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, kind)
    found = compared(bench)
    assert found.complete
    assert [(one.cause, one.repair) for one in found.differences] == [PLANTED[kind]]
    assert found.differences[0].message_id == planted["msgid"]


@pytest.mark.parametrize("kind", ["11", "21", "99"])
def test_a_stray_of_another_kind_of_clearing_is_found_and_reversed(bench: Bench, kind: str) -> None:
    a_visit(bench).until(Step.DONE)
    bench.post("books", {"plant": "ghost", "clr_type": kind})
    (one,) = compared(bench).differences
    assert (one.cause, one.group.clearing_kind) == (Cause.ABSENT_HERE, kind)
    after = repairing.reverse(bench.till, today(bench.till), one.message_id, manager(bench))
    assert (after.complete, after.differences) == (True, ())
    assert {part.group.clearing_kind for part in after.groups} == {"41"}


def test_a_kind_of_clearing_the_platform_does_not_keep_leaves_the_day_whole(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    usual = len(compared(bench).groups)
    asked = bench.platform_state()["messages"]["reconcile_totals"]["all"]
    for _ in range(usual):
        bench.fault("reconcile_totals", "string_numbers")
    bench.fault("reconcile_totals", "reject", times=3)
    found = compared(bench)
    assert (found.complete, len(found.groups)) == (True, usual)
    again = bench.platform_state()["messages"]["reconcile_totals"]["all"]
    assert again - asked == usual + 3, "each kind is asked once"
    bench.fault("reconcile_totals", "reject")
    assert not compared(bench).complete, "of the usual kind a no is no answer"


def test_a_sale_of_the_next_counter_is_not_ours_to_reverse(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, "neighbour")
    compared(bench)
    with pytest.raises(OperatorInput):
        repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    assert bench.platform_state()["settlements"] == {"active": 2}


@pytest.mark.parametrize("kind", ["ghost", "twice", "refund"])
def test_what_stands_there_alone_is_reversed_by_its_message(bench: Bench, kind: str) -> None:
    done = a_visit(bench).until(Step.DONE)
    planted = plant(bench, kind)
    compared(bench)
    after = repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    assert (after.complete, after.differences) == (True, ())
    our_side(bench.store, done.case_id).agrees()
    (active,) = bench.platform_state()["active_settlements"]
    attempt = our_side(bench.store, done.case_id).attempts[done.case_id]
    assert attempt is not None
    assert (attempt.state, attempt.message_id) == (AttemptState.SETTLED, active["msgid"])


def test_one_person_alone_reverses_nothing(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, "ghost")
    compared(bench)
    before = bench.platform_state()["messages"].get("reverse")
    with pytest.raises(OperatorInput) as refused:
        repairing.reverse(bench.till, today(bench.till), planted["msgid"], bench.till.operator)
    assert refused.value.code is Code.SECOND_IS_FIRST
    bench.pass_time(3600)
    with pytest.raises(OperatorInput) as stale:
        repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    assert stale.value.code is Code.EVIDENCE_CONTRADICTS
    assert bench.platform_state()["messages"].get("reverse") == before


def test_a_reversal_without_answer_is_judged_by_the_statement(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, "ghost")
    compared(bench)
    bench.fault("reverse", "drop_before")
    on, who = today(bench.till), manager(bench)
    still = repairing.reverse(bench.till, on, planted["msgid"], who)
    assert causes(still) == [Cause.ABSENT_HERE]
    assert still.differences[0].asked_at is not None, "what was begun is not forgotten"
    bench.fault("reverse", "drop_after")
    assert repairing.reverse(bench.till, on, planted["msgid"], who).differences == ()


def test_a_reversal_nobody_carried_out_does_not_pass_for_done(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, "ghost")
    compared(bench)
    bench.fault("reverse", "no_effect")
    after = repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    assert causes(after) == [Cause.ABSENT_HERE]


def test_a_live_settlement_of_ours_cannot_be_reversed_from_here(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, "amount")
    compared(bench)
    with pytest.raises(OperatorInput):
        repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    assert bench.platform_state()["settlements"] == {"active": 1}


def test_money_in_doubt_is_woken_not_passed_by(bench: Bench) -> None:
    visit = a_visit(bench)
    bench.fault("settle", "drop_after")
    case = visit.settle(visit.until(Step.SETTLE))
    assert case.phase is Phase.UNKNOWN
    found = compared(bench)
    assert causes(found) == [Cause.OPEN_HERE]
    assert found.differences[0].case_id == case.case_id
    for _ in range(8):
        bench.pass_time(60)
        found = repairing.clear(bench.till, today(bench.till))
    assert found.differences == ()
    our_side(bench.store, case.case_id).agrees()


def test_money_in_doubt_that_reached_nobody_is_named_too(bench: Bench) -> None:
    visit = a_visit(bench)
    bench.fault("settle", "drop_before")
    visit.settle(visit.until(Step.SETTLE))
    (found,) = compared(bench).differences
    assert (found.cause, found.ours, found.theirs) == (Cause.OPEN_HERE, None, None)


def test_a_settlement_that_came_back_from_the_dead(bench: Bench) -> None:
    """Reversed and confirmed absent, and yet it stands there again: our attempt stays final."""
    visit = a_visit(bench)
    bench.fault("settle", "drop_after")
    case = visit.settle(visit.until(Step.SETTLE))
    for _ in range(8):
        bench.pass_time(60)
        bench.surface.deliver()
    attempt = our_side(bench.store, case.case_id).attempts[case.case_id]
    assert attempt is not None
    assert attempt.state is AttemptState.REVERSED
    planted = plant(bench, "revived")
    assert planted["msgid"] == attempt.message_id
    assert causes(compared(bench)) == [Cause.DEAD_HERE]
    after = repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    assert after.differences == ()


@pytest.mark.parametrize(
    ("kind", "fact"), [("missing", "found_nothing"), ("amount", "found_standing")]
)
def test_asking_by_number_adds_evidence_and_moves_nothing(
    bench: Bench, kind: str, fact: str
) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, kind)
    compared(bench)
    states = bench.platform_state()["settlements"]
    after = repairing.ask(bench.till, today(bench.till), planted["msgid"])
    (one,) = after.differences
    assert fact in [str(name) for name, _ in one.evidence]
    again = repairing.ask(bench.till, today(bench.till), planted["msgid"])
    assert [str(name) for name, _ in again.differences[0].evidence].count(fact) == 1
    assert bench.platform_state()["settlements"] == states


def test_two_faults_of_one_amount_hide_in_a_total_but_not_in_the_lines(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    ghost = plant(bench, "ghost")
    bench.post("books", {"plant": "missing", "setl_id": ghost["on"]})
    assert compared(bench).differences == ()
    found = compared(bench, every_line=True)
    assert sorted(causes(found)) == sorted([Cause.ABSENT_HERE, Cause.ABSENT_THERE])


def test_half_the_pages_fail_and_the_rest_is_told(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    plant(bench, "ghost")
    bench.fault("reconcile_totals", "garbage")
    found = compared(bench)
    assert not found.complete
    states = [part.state for part in found.groups]
    assert states.count(GroupState.NOT_COMPARED) == 1
    assert len(states) > 1
    bench.fault("reconcile_lines", "http_500")
    partial = compared(bench)
    assert not partial.complete
    unread = [part.code for part in partial.groups if part.state is GroupState.DIFFERS]
    assert unread == [Code.ANSWER_MISSING]
    assert partial.differences == (), "nothing is guessed"
    assert causes(compared(bench)) == [Cause.ABSENT_HERE]


def test_a_line_that_is_down_leaves_the_earlier_findings(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    plant(bench, "ghost")
    before = compared(bench)
    bench.fault("*", "drop_before", times=40)
    with pytest.raises(Trouble):
        compared(bench)
    assert stored(bench) == before


def test_a_day_that_is_not_signed_in_says_so(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    day.close_day(bench.till)
    with pytest.raises(PlatformRejected) as refused:
        compared(bench)
    assert refused.value.code is Code.SIGN_IN_REQUIRED
    assert stored(bench) is None
    day.ensure_open(bench.till)
    assert compared(bench).complete


def test_yesterday_is_compared_today_and_stays_readable(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    yesterday = today(bench.till)
    plant(bench, "ghost")
    bench.pass_time(86400)
    day.ensure_open(bench.till)
    found = compare_day(bench.till, yesterday)
    assert causes(found) == [Cause.ABSENT_HERE]
    assert compared(bench).differences == ()
    assert stored(bench, yesterday) == found
    with bench.store.reading() as unit:
        heads = unit.money_days.newest(9)
    assert [(head.day, head.open_count) for head in heads] == [
        (today(bench.till), 0),
        (yesterday, 1),
    ]


def test_a_rerun_replaces_the_findings_of_its_day(bench: Bench) -> None:
    a_visit(bench).until(Step.DONE)
    first = compared(bench)
    plant(bench, "ghost")
    second = compared(bench)
    assert (first.run_no, second.run_no) == (1, 2)
    assert stored(bench) == second


def test_a_restart_in_the_middle_keeps_what_was_found(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_visit(bench).until(Step.DONE)
    planted = plant(bench, "ghost")
    before = compared(bench)

    class PowerCut(BaseException):
        pass

    def cut(*_: object) -> None:
        raise PowerCut

    with monkeypatch.context() as torn:
        torn.setattr(bench.till.platform.core, "reconcile_lines", cut)
        with pytest.raises(PowerCut):
            compared(bench)
    bench.restart()
    assert stored(bench) == before
    assert causes(compared(bench)) == [Cause.ABSENT_HERE]
    with monkeypatch.context() as torn:
        torn.setattr(bench.till.platform.core, "reverse", cut)
        with pytest.raises(PowerCut):
            repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    bench.restart()
    left = stored(bench)
    assert left is not None
    assert left.differences[0].asked_at is not None, "the intent was on disk before the wire"
    after = repairing.reverse(bench.till, today(bench.till), planted["msgid"], manager(bench))
    assert after.differences == ()
