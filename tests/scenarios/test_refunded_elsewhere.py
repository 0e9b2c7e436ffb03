"""A settlement in doubt that was refunded under a message nobody here knows does not stand."""

from contextlib import suppress
from typing import Any

from app.domain.case import Phase, Step
from app.domain.errors import OperatorInput
from app.domain.settlement import AttemptState
from app.ports import requests as q
from app.workflow import exchange as wire
from app.workflow.doubts.views import Outcome
from app.workflow.people.credentials import insured_area, person_of
from app.workflow.upkeep.recovering import ON_ITS_WAY
from app.workflow.views.case import CaseView
from tests.scenarios.test_manual_money import in_manual
from tests.scenarios.test_recovery import copy_aside, start_from
from tests.support.counter import Bench
from tests.support.ledgers import our_side
from tests.support.visit import a_visit
from tests.support.way_back import MANAGER, at_rest, attempt_of


def active_there(bench: Bench) -> int:
    found: Any = bench.platform_state()["settlements"].get("active", 0)
    return int(found)


def refunded_elsewhere(bench: Bench, case: CaseView) -> None:
    """The insurance office gives the money back on its own pages: 2103 under another msgid."""
    with bench.store.reading() as unit:
        held, attempt = unit.cases.get(case.case_id), unit.attempts.of_case(case.case_id)
    assert attempt is not None
    bench.post("faults", {"clear": True})
    line = bench.surface.gather_evidence(case.case_id).line
    assert line is not None
    request = q.RevokeSettlement(
        person_of(held), insured_area(held), line.settlement_id, line.visit_id, attempt.expected
    )
    core = bench.till.platform.core
    wire.consult(bench.till, core, request, core.revoke_settlement, None)


def test_what_was_refunded_elsewhere_is_not_offered_as_standing(bench: Bench) -> None:
    case = in_manual(bench, "drop_after")
    refunded_elsewhere(bench, case)
    assert active_there(bench) == 0, "the platform gave the money back"
    view = bench.surface.examine(case.case_id)
    assert [choice.outcome for choice in view.choices] == [Outcome.ABSENT]
    (shown,) = (row for row in view.rows if row.key == "refund_message")
    assert shown.ours is None
    assert shown.theirs, "the refund of somebody else is on the page"
    free = bench.surface.decide_doubt(view, Outcome.ABSENT, "", "已在医保局退", *MANAGER)
    assert (free.step, free.phase) == (Step.SETTLE, Phase.READY)
    assert attempt_of(bench, case) is AttemptState.REVERSED


def test_a_copy_does_not_settle_what_the_lost_time_refunded(bench: Bench) -> None:
    visit = a_visit(bench)
    at_settle = visit.until(Step.SETTLE)
    bench.fault("settle", "drop_after")
    bench.fault("reverse", "reject", bench.till.profile.settle.max_reversals)
    doubtful = visit.settle(at_settle)
    copy = copy_aside(bench)
    # the lost time: a manager finds it standing, goods go out, come back, the money goes back
    case = at_rest(bench, doubtful)
    view = bench.surface.examine(case.case_id)
    settled = bench.surface.decide_doubt(view, Outcome.STANDS, "", "对账有", *MANAGER)
    visit.hand_over(settled)
    bench.surface.begin_return(case.case_id)
    back = our_side(bench.store, case.case_id).codes()
    bench.surface.take_back(case.case_id, back)
    bench.surface.revoke(case.case_id, *MANAGER)
    assert attempt_of(bench, case) is AttemptState.REFUNDED
    assert active_there(bench) == 0

    start_from(bench, copy)
    assert attempt_of(bench, case) is AttemptState.MANUAL
    bench.pass_time(ON_ITS_WAY.total_seconds())
    evidence = bench.surface.gather_evidence(case.case_id)
    with suppress(OperatorInput):
        bench.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", *MANAGER)
    assert attempt_of(bench, case) is not AttemptState.SETTLED, (
        "settled here, with a receipt and goods, and refunded there"
    )
