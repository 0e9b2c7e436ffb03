"""The way back: goods, money, sale; and doubts that end by evidence or by a named person."""

import pytest

from app.domain.access import Act
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.domain.prescription import RxState
from app.domain.settlement import AttemptState
from app.ports import requests as q
from app.profile.operations import Operation
from app.workflow import day, startup
from app.workflow import exchange as wire
from app.workflow.credentials import insured_area, person_of
from app.workflow.doubts.views import DoubtView, Outcome, Subject
from app.workflow.views import CaseView
from tests.support.counter import CLERK, PHARMACIST, Bench
from tests.support.ledgers import our_side
from tests.support.visit import Visit, a_visit
from ui.formats import money_text

MANAGER = ("3001", "112358")
PATIENCE = 80
STEP_S = 120.0


def given_back(bench: Bench, visit: Visit) -> CaseView:
    """A finished visit whose boxes lie on the counter again."""
    done = visit.until(Step.DONE)
    bench.surface.begin_return(done.case_id)
    return bench.surface.take_back(done.case_id, our_side(bench.store, done.case_id).codes())


def at_rest(bench: Bench, case: CaseView) -> CaseView:
    """Time passes and the delivery lane works until nothing is in doubt any more."""
    for _ in range(PATIENCE):
        case = bench.surface.view(case.case_id)
        if case.phase is not Phase.UNKNOWN or attempt_of(bench, case) is AttemptState.MANUAL:
            return case
        bench.pass_time(STEP_S)
        bench.surface.deliver()
    raise AssertionError(f"still in doubt: {attempt_of(bench, case)}")


def attempt_of(bench: Bench, case: CaseView) -> AttemptState:
    attempt = our_side(bench.store, case.case_id).attempts[case.case_id]
    assert attempt is not None
    return attempt.state


def stand_together(bench: Bench, case: CaseView) -> None:
    """Our ledger and the platform's tell the same about the settlement."""
    ours = our_side(bench.store, case.case_id)
    ours.agrees()
    assert ours.sending == 0
    active = bench.platform_state()["settlements"].get("active", 0)
    assert active == (attempt_of(bench, case) is AttemptState.SETTLED)


def test_a_whole_sale_goes_back_and_the_prescription_is_free(bench: Bench) -> None:
    visit = a_visit(bench)
    returning = given_back(bench, visit)
    assert returning.step is Step.REVOKE
    closed = bench.surface.revoke(returning.case_id, *MANAGER)
    assert closed.step is Step.CLOSED
    assert closed.refunded is not None
    assert returning.returning is not None
    assert dict(closed.refunded.params)["amount"] == money_text(returning.returning.amounts.cash)
    assert attempt_of(bench, closed) is AttemptState.REFUNDED
    stand_together(bench, closed)
    assert bench.platform_state()["sold_codes"] == []
    told = visit.hospital_is_told("query_dispensing", closed)
    assert told["rxUsedStasCodg"] != "2"
    again = visit.identify(bench.surface.start())
    assert again.select is not None
    assert closed.strip is not None
    found = next(c for c in again.select.cards if c.rx_number == closed.strip.number)
    assert found.state in (RxState.AVAILABLE, RxState.OURS, RxState.WITHDRAWN), found.state


def test_a_sale_of_another_day_is_found_and_given_back(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    codes = our_side(bench.store, done.case_id).codes()
    assert done.hand_over is not None
    bench.pass_time(2 * 86400)
    day.ensure_open(bench.till)
    bench.surface.next_customer(done.case_id)
    for asked in (done.hand_over.receipt_no, codes[0], f" {codes[-1]} "):
        found = bench.surface.find_sale(asked)
        assert (found.case_id, found.step) == (done.case_id, Step.DONE)
    assert found.hand_over is not None
    assert found.hand_over.may_give_back
    bench.surface.begin_return(found.case_id)
    paying = bench.surface.take_back(found.case_id, codes)
    assert bench.surface.revoke(paying.case_id, *MANAGER).step is Step.CLOSED
    for gone in (done.hand_over.receipt_no, codes[0], "1" * 20, ""):
        with pytest.raises(OperatorInput) as nothing:
            bench.surface.find_sale(gone)
        assert nothing.value.code is Code.SALE_NOT_FOUND


def test_boxes_come_back_one_scan_at_a_time_and_survive_a_restart(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    case = bench.surface.begin_return(done.case_id)
    codes = our_side(bench.store, done.case_id).codes()
    for code in codes[:-1]:
        spoken = bench.scan(case, code)
        assert spoken.spoken.tone == "good"
    assert bench.scan(case, codes[0]).spoken.verdict.key == f"error.{int(Code.SCAN_REPEATED)}"
    foreign = bench.scan(case, "8" * 20)
    assert foreign.spoken.verdict.key == f"error.{int(Code.SCAN_NOT_OF_SALE)}"
    bench.restart()
    held = bench.surface.current()
    assert held.returning is not None
    assert (held.returning.back, held.returning.ready) == (len(codes) - 1, False)
    whole = bench.scan(held, codes[-1]).case
    assert whole.returning is not None
    assert (whole.returning.back, whole.returning.ready) == (len(codes), True)
    paying = bench.surface.take_back(whole.case_id, codes)
    assert paying.returning is not None
    assert (paying.step, paying.returning.collecting) == (Step.REVOKE, False)
    assert paying.returning.amounts.adds_up()


def test_returned_boxes_lie_in_quarantine(bench: Bench) -> None:
    returning = given_back(bench, a_visit(bench))
    closed = bench.surface.revoke(returning.case_id, *MANAGER)
    with bench.store.reading() as unit:
        lines = unit.cases.get(closed.case_id).facts.lines
        for line in lines:
            held = [lot for lot in unit.goods.lots(line.item_id) if lot.hold.value == "quarantine"]
            assert sum(lot.on_hand for lot in held) == len(line.packs)


def test_only_exactly_what_was_sold_is_taken_back(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    bench.surface.begin_return(done.case_id)
    sold = our_side(bench.store, done.case_id).codes()
    for back in (sold[1:], [*sold, "1" * 20], []):
        with pytest.raises(OperatorInput) as refused:
            bench.surface.take_back(done.case_id, back)
        assert refused.value.code is Code.RETURN_CODES_DIFFER
    assert bench.surface.view(done.case_id).step is Step.TAKE_BACK
    assert bench.surface.abandon(done.case_id).step is Step.DONE
    stand_together(bench, done)


@pytest.mark.parametrize("second", [CLERK, PHARMACIST, ("2003", "975310")])
def test_a_refund_needs_another_person_who_may_refund(
    bench: Bench, second: tuple[str, str]
) -> None:
    returning = given_back(bench, a_visit(bench))
    with pytest.raises(OperatorInput) as refused:
        bench.surface.revoke(returning.case_id, *second)
    assert refused.value.code is Code.NOT_ALLOWED
    assert refused.value.params["act"] == Act.REFUND.value
    stand_together(bench, returning)


def test_a_manager_alone_does_not_refund(bench: Bench) -> None:
    returning = given_back(bench, a_visit(bench))
    bench.surface.sign_in(*MANAGER)
    with pytest.raises(OperatorInput) as refused:
        bench.surface.revoke(returning.case_id, *MANAGER)
    assert refused.value.code is Code.NOT_ALLOWED


def test_goods_not_handed_out_are_refunded_at_once(bench: Bench) -> None:
    settled = a_visit(bench).until(Step.HAND_OVER)
    begun = bench.surface.begin_return(settled.case_id)
    assert begun.step is Step.REVOKE
    assert bench.surface.revoke(begun.case_id, *MANAGER).step is Step.CLOSED
    stand_together(bench, begun)


@pytest.mark.parametrize(
    "fault",
    [
        *("drop_before", "drop_after", "reject"),
        *(pytest.param(x, marks=pytest.mark.deep) for x in ("half_answer", "garbage", "http_500")),
    ],
)
def test_a_broken_refund_comes_to_rest_by_evidence(bench: Bench, fault: str) -> None:
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", fault)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)
    if case.step is Step.REVOKE:
        case = bench.surface.revoke(case.case_id, *MANAGER)
    assert bench.surface.view(case.case_id).step is Step.CLOSED
    stand_together(bench, case)
    assert bench.platform_state()["sold_codes"] == []


@pytest.mark.parametrize("query", ["reject", "drop_before"])
def test_a_refund_nobody_can_ask_about_is_reversed_and_confirmed(bench: Bench, query: str) -> None:
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", "drop_after")
    bench.fault("query_settlement", query, times=9)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)


def test_a_reversal_that_does_nothing_is_not_believed(bench: Bench) -> None:
    """2601 is lost on the way back and forth; the statement shows that the refund stands."""
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", "drop_after")
    bench.fault("query_settlement", "reject", times=9)
    bench.fault("reverse", "drop_before", times=2)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_refund_days_later_is_compared_from_the_day_of_its_settlement(
    bench: Bench, fault: str
) -> None:
    done = a_visit(bench).until(Step.DONE)
    bench.pass_time(3 * 86400)
    day.ensure_open(bench.till)
    bench.surface.begin_return(done.case_id)
    codes = our_side(bench.store, done.case_id).codes()
    returning = bench.surface.take_back(done.case_id, codes)
    bench.fault("revoke_settlement", fault)
    bench.fault("query_settlement", "reject", times=9)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)


def in_manual(bench: Bench, fault: str) -> CaseView:
    """A settlement that no automatic means brought to rest."""
    at = a_visit(bench).until(Step.SETTLE)
    bench.fault("settle", fault)
    bench.fault("reverse", "reject", bench.till.profile.settle.max_reversals)
    case = at_rest(bench, a_visit(bench).settle(at))
    assert attempt_of(bench, case) is AttemptState.MANUAL
    return case


def test_a_named_manager_ends_it_with_the_statement(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    evidence = bench.surface.gather_evidence(case.case_id)
    assert evidence.active
    for outcome in (AttemptState.REVERSED, AttemptState.REFUNDED):
        with pytest.raises(OperatorInput) as refused:
            bench.surface.decide_unknown(evidence, outcome, "", *MANAGER)
        assert refused.value.code is Code.EVIDENCE_CONTRADICTS
    with pytest.raises(OperatorInput):
        bench.surface.decide_unknown(evidence, AttemptState.SETTLED, "", *PHARMACIST)
    settled = bench.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", *MANAGER)
    assert settled.step is Step.HAND_OVER
    assert a_visit(bench).hand_over(settled).step is Step.DONE
    stand_together(bench, settled)
    assert bench.platform_state()["sold_codes"] == our_side(bench.store, case.case_id).codes()


def test_what_never_stood_is_free_for_another_attempt(bench: Bench) -> None:
    case = in_manual(bench, "drop_before")
    evidence = bench.surface.gather_evidence(case.case_id)
    assert not evidence.active
    with pytest.raises(OperatorInput):
        bench.surface.decide_unknown(evidence, AttemptState.SETTLED, "", *MANAGER)
    free = bench.surface.decide_unknown(evidence, AttemptState.REVERSED, "对账无", *MANAGER)
    assert (free.step, free.phase) == (Step.SETTLE, Phase.READY)
    visit = a_visit(bench)
    again = at_rest(bench, visit.settle(visit.identify(free)))
    assert again.step in (Step.HAND_OVER, Step.SETTLE)
    stand_together(bench, again)


def rows_of(view: DoubtView) -> dict[str, tuple[object, object, bool | None]]:
    return {row.key: (row.ours, row.theirs, row.agrees) for row in view.rows}


def test_the_statement_stands_beside_our_amounts(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    (item,) = bench.surface.open_items()
    assert (item.subject, item.decidable, item.next_at) == (Subject.SETTLEMENT, True, None)
    view = bench.surface.examine(case.case_id)
    assert [choice.outcome for choice in view.choices] == [Outcome.STANDS]
    rows = rows_of(view)
    with bench.store.reading() as unit:
        attempt = unit.attempts.of_case(case.case_id)
    assert attempt is not None
    assert rows["total"] == (attempt.expected.total, attempt.expected.total, True)
    assert all(rows[name][2] for name in ("fund", "account", "cash", "message"))
    assert attempt.message_id not in str(rows), "ids are shown masked"
    settled = bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *MANAGER)
    assert settled.step is Step.HAND_OVER
    stand_together(bench, settled)


def test_a_decision_wants_a_reason(bench: Bench) -> None:
    view = bench.surface.examine(in_manual(bench, "drop_after").case_id)
    with pytest.raises(OperatorInput) as silent:
        bench.surface.decide_doubt(view, Outcome.STANDS, "", " ", *MANAGER)
    assert silent.value.code is Code.REASON_MISSING


def test_what_cannot_be_fetched_is_said_and_nothing_is_decided(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    bench.fault("reconcile_lines", "drop_before")
    view = bench.surface.examine(case.case_id)
    assert (view.choices, view.evidence) == ((), None)
    assert view.trouble is not None
    with pytest.raises(OperatorInput) as nothing:
        bench.surface.decide_doubt(view, Outcome.STANDS, "", "不等了", *MANAGER)
    assert nothing.value.code is Code.EVIDENCE_CONTRADICTS
    assert bench.surface.examine(case.case_id).choices, "the line is back"


def test_a_day_the_platform_has_forgotten_is_signed_in_again(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    bench.fault("reconcile_lines", "day_not_open")
    assert bench.surface.examine(case.case_id).choices


def test_a_statement_that_changes_before_the_decision_decides_nothing(bench: Bench) -> None:
    """Somebody takes the settlement back on the platform's own pages meanwhile."""
    case = in_manual(bench, "drop_after")
    view = bench.surface.examine(case.case_id)
    taken_back_elsewhere(bench, case)
    with pytest.raises(OperatorInput) as changed:
        bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *MANAGER)
    assert changed.value.code is Code.EVIDENCE_CONTRADICTS
    now = bench.surface.examine(case.case_id)
    assert [choice.outcome for choice in now.choices] == [Outcome.ABSENT]
    free = bench.surface.decide_doubt(now, Outcome.ABSENT, "", "对账无", *MANAGER)
    assert (free.step, free.phase) == (Step.SETTLE, Phase.READY)
    stand_together(bench, free)


def taken_back_elsewhere(bench: Bench, case: CaseView) -> None:
    """The platform's copy of this settlement is reversed without our ledger knowing."""
    with bench.store.reading() as unit:
        held, attempt = unit.cases.get(case.case_id), unit.attempts.of_case(case.case_id)
    assert attempt is not None
    request = q.Reverse(person_of(held), insured_area(held), attempt.message_id, Operation.SETTLE)
    bench.post("faults", {"clear": True})
    core = bench.till.platform.core
    wire.consult(bench.till, core, request, core.reverse, None)


@pytest.mark.parametrize(
    ("fault", "outcome", "after"),
    [("drop_after", Outcome.STANDS, Step.CLOSED), ("drop_before", Outcome.ABSENT, Step.REVOKE)],
)
def test_a_refund_in_doubt_is_decided_with_the_statement(
    bench: Bench, fault: str, outcome: Outcome, after: Step
) -> None:
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", fault)
    bench.fault("query_settlement", "reject", times=9)
    bench.fault("reverse", "reject", bench.till.profile.settle.max_reversals)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    assert attempt_of(bench, case) is AttemptState.MANUAL
    (item,) = bench.surface.open_items()
    assert item.subject is Subject.REFUND
    view = bench.surface.examine(case.case_id)
    assert [choice.outcome for choice in view.choices] == [outcome]
    ended = bench.surface.decide_doubt(view, outcome, "", "对账核过", *MANAGER)
    assert ended.step is after, ended.banner
    stand_together(bench, ended)


def test_a_restart_in_the_middle_of_a_decision_loses_neither(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    view = bench.surface.examine(case.case_id)
    bench.restart()
    assert bench.surface.open_items()[0].case_id == case.case_id
    settled = bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *MANAGER)
    bench.restart()
    again = bench.surface.view(case.case_id)
    assert (again.step, settled.step) == (Step.HAND_OVER, Step.HAND_OVER)
    with pytest.raises(OperatorInput) as over:
        bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *MANAGER)
    assert over.value.code is Code.STEP_MOVED_ON
    stand_together(bench, again)


def test_old_evidence_decides_nothing(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    evidence = bench.surface.gather_evidence(case.case_id)
    bench.pass_time(3600)
    with pytest.raises(OperatorInput) as refused:
        bench.surface.decide_unknown(evidence, AttemptState.SETTLED, "", *MANAGER)
    assert refused.value.code is Code.EVIDENCE_CONTRADICTS


def test_a_sale_that_never_settled_is_taken_back_before_the_day_ends(bench: Bench) -> None:
    left = a_visit(bench).until(Step.SETTLE)
    assert bench.platform_state()["sold_codes"]
    bench.surface.deliver()
    assert bench.surface.view(left.case_id).step is Step.SETTLE, "today it may still be settled"
    startup.end_day(bench.till)
    assert bench.surface.view(left.case_id).step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []


def test_a_return_that_got_lost_is_told_again_by_itself(bench: Bench) -> None:
    left = a_visit(bench).until(Step.SETTLE)
    bench.fault("return_sale", "drop_after")
    assert bench.surface.abandon(left.case_id).step is Step.RETURN_SALE
    bench.surface.next_customer(left.case_id)
    for _ in range(4):
        bench.pass_time(90)
        bench.surface.deliver()
    assert bench.surface.view(left.case_id).step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []


def test_a_return_begins_in_one_commit(bench: Bench) -> None:
    """Between two, a power cut would leave two cases at one counter, and one of them unseen."""
    done = a_visit(bench).until(Step.DONE)
    bench.surface.next_customer(done.case_id)
    commits: list[int] = []
    bench.store.on_commit(lambda: commits.append(1))
    begun = bench.surface.begin_return(done.case_id)
    assert len(commits) == 1
    assert bench.surface.current().case_id == begun.case_id
    assert [row.case_id for row in bench.surface.desk().parked] != [begun.case_id]
