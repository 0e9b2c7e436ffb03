"""Money nothing brought to rest: a named second person, the platform's statement, one more look."""

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.domain.settlement import AttemptState
from app.ports import requests as q
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.doubts.views import DoubtView, Outcome, Subject
from app.workflow.papers.receipt import receipt
from app.workflow.papers.words import word
from app.workflow.people.credentials import insured_area, person_of
from app.workflow.views.case import CaseView
from tests.support.counter import CLERK, PHARMACIST, Bench
from tests.support.ledgers import our_side
from tests.support.visit import a_visit
from tests.support.way_back import MANAGER, at_rest, attempt_of, given_back, stand_together


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
    ours, theirs, agrees = rows["fees"]
    assert (ours, agrees) == (theirs, True), "the platform's own lines add up to our sale"
    settled = bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *MANAGER)
    assert settled.step is Step.HAND_OVER
    assert settled.hand_over is not None
    assert settled.hand_over.balance_after is None, "no statement tells what the account holds"
    with bench.store.reading() as unit:
        paper = str(receipt(bench.till, unit, unit.cases.get(case.case_id), 1))
    assert word("receipt.balance", amount="") not in paper
    assert settled.banner is not None
    assert (settled.banner.code, settled.banner.offers) == (Code.FOUND_SETTLED, ())
    stand_together(bench, settled)


def test_lines_that_cannot_be_fetched_keep_nobody_from_deciding(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    bench.fault("query_fees", "drop_before")
    view = bench.surface.examine(case.case_id)
    assert "fees" not in rows_of(view)
    assert [choice.outcome for choice in view.choices] == [Outcome.STANDS]


def test_one_office_without_an_answer_is_enough_where_the_other_shows_it(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    bench.fault("reconcile_lines", "drop_before")
    view = bench.surface.examine(case.case_id)
    assert [choice.outcome for choice in view.choices] == [Outcome.STANDS]


def test_a_decision_wants_a_reason(bench: Bench) -> None:
    view = bench.surface.examine(in_manual(bench, "drop_after").case_id)
    with pytest.raises(OperatorInput) as silent:
        bench.surface.decide_doubt(view, Outcome.STANDS, "", " ", *MANAGER)
    assert silent.value.code is Code.REASON_MISSING


def test_what_cannot_be_fetched_is_said_and_nothing_is_decided(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    offices = 2
    bench.fault("reconcile_lines", "drop_before", offices)
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
    if after is Step.REVOKE:
        assert ended.banner is not None
        assert (ended.banner.code, ended.banner.offers) == (Code.FOUND_NOT_REFUNDED, ())
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


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (CLERK, Code.SECOND_IS_FIRST),
        (PHARMACIST, Code.SECOND_NOT_ALLOWED),
        (("3001", "000000"), Code.SIGN_IN_WRONG),
    ],
)
def test_only_a_named_manager_decides_money(
    bench: Bench, second: tuple[str, str], code: Code
) -> None:
    case = in_manual(bench, "drop_after")
    view = bench.surface.examine(case.case_id)
    with pytest.raises(OperatorInput) as refused:
        bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *second)
    assert refused.value.code is code
    assert attempt_of(bench, case) is AttemptState.MANUAL


def test_a_manager_at_the_till_does_not_decide_money_alone(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    bench.surface.sign_in(*MANAGER)
    view = bench.surface.examine(case.case_id)
    with pytest.raises(OperatorInput) as alone:
        bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *MANAGER)
    assert alone.value.code is Code.SECOND_IS_FIRST
    other = ("3002", "314159")
    settled = bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *other)
    assert settled.step is Step.HAND_OVER
