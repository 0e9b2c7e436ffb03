"""An audit, a sale or a return without an answer ends by the region's rule or a person's word."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from app.domain.audit import Verdict
from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.workflow.doubts.views import DoubtView, Outcome, Subject
from app.workflow.views.case import CaseView
from localdb.schema.people import journal
from localdb.store import scope_of
from tests.support.counter import CLERK, PHARMACIST, Bench
from tests.support.rules import by_person, by_query, follow
from tests.support.visit import Visit, a_visit

MANAGER, OTHER_MANAGER = ("3001", "112358"), ("3002", "314159")
SEEN, WHY = "平台网页 10:20 查过", "与平台核对过"
RECORDS = ("audit", "upload_sale", "return_sale")


def told(visit: Visit, operation: str) -> CaseView:
    """The visit up to the moment ``operation`` has been told."""
    if operation == "audit":
        return visit.audit(visit.prove(visit.until(Step.AUDIT)))
    scanned = visit.scan(visit.until(Step.SCAN))
    if operation == "upload_sale":
        return visit.finish(scanned)
    at_settle = visit.finish(scanned)
    return visit.bench.surface.abandon(at_settle.case_id)


def lost(bench: Bench, operation: str, fault: str) -> CaseView:
    """``operation`` was told and not answered."""
    bench.fault(operation, fault)
    case = told(a_visit(bench), operation)
    assert (case.phase, case.banner is not None) == (Phase.UNKNOWN, True)
    case = case
    bench.let_arrive()
    return case


def ruled(
    bench: Bench,
    view: DoubtView,
    outcome: Outcome,
    *,
    statement: str = SEEN,
    reason: str = WHY,
    second: tuple[str, str] = MANAGER,
) -> CaseView:
    return bench.surface.decide_doubt(view, outcome, statement, reason, *second)


def outcomes(view: DoubtView) -> list[Outcome]:
    return [choice.outcome for choice in view.choices]


def acts(bench: Bench) -> list[tuple[str, str]]:
    """What the journal holds: act and reason, oldest first."""
    with bench.store.reading() as unit:
        rows = scope_of(unit).connection.execute(
            sa.select(journal.c.act, journal.c.reason).order_by(journal.c.number)
        )
        return [(row.act, row.reason) for row in rows]


@pytest.mark.parametrize("operation", RECORDS)
@pytest.mark.parametrize(
    "fault", [pytest.param("drop_before", marks=pytest.mark.deep), "drop_after"]
)
def test_where_repeats_are_harmless_f5_tells_again(
    bench: Bench, operation: str, fault: str
) -> None:
    told_once = lost(bench, operation, fault)
    bench.let_arrive()
    case = bench.surface.retry(told_once.case_id)
    assert case.phase is not Phase.UNKNOWN
    assert bench.surface.open_items() == ()


@pytest.mark.parametrize("operation", RECORDS)
def test_where_only_a_person_may_end_it_nothing_is_told_again(
    bench: Bench, tmp_path: Path, operation: str
) -> None:
    follow(bench, tmp_path / "rules", by_person(operation))
    case = bench.surface.retry(lost(bench, operation, "drop_before").case_id)
    assert case.phase is Phase.UNKNOWN
    assert case.banner is not None
    assert case.banner.code == Code.DECISION_NEEDED
    for _ in range(3):
        bench.pass_time(120)
        bench.surface.deliver()
    assert bench.surface.view(case.case_id).phase is Phase.UNKNOWN
    (item,) = bench.surface.open_items()
    assert (item.case_id, item.decidable, item.waits_for_person) == (case.case_id, True, True)


@pytest.mark.parametrize(
    ("operation", "after"),
    [("audit", Step.SCAN), ("upload_sale", Step.SETTLE), ("return_sale", Step.CLOSED)],
)
def test_a_person_says_it_stands_and_the_visit_goes_on(
    bench: Bench, tmp_path: Path, operation: str, after: Step
) -> None:
    follow(bench, tmp_path / "rules", by_person(operation))
    case = lost(bench, operation, "drop_after")
    view = bench.surface.examine(case.case_id)
    assert (outcomes(view), view.needs_statement) == ([Outcome.STANDS, Outcome.ABSENT], True)
    ended = ruled(bench, view, Outcome.STANDS)
    assert ended.step is after, ended.banner
    assert acts(bench)[-3:] == [
        ("agree_decide_unknown", ""),
        ("portal_statement", SEEN),
        ("decide_stands", WHY),
    ]
    with bench.store.reading() as unit:
        moves = unit.cases.events(case.case_id)
    assert any(
        move.evidence_id is not None and move.before.phase is Phase.UNKNOWN for move in moves
    )


@pytest.mark.parametrize("operation", RECORDS)
def test_a_person_says_it_never_arrived_and_it_is_told_again(
    bench: Bench, tmp_path: Path, operation: str
) -> None:
    follow(bench, tmp_path / "rules", by_person(operation))
    case = lost(bench, operation, "drop_before")
    free = ruled(bench, bench.surface.examine(case.case_id), Outcome.ABSENT)
    assert (free.step, free.phase) == (case.step, Phase.READY)
    assert free.banner is not None
    assert free.banner.code == Code.RECORD_LOST
    bench.let_arrive()
    again = bench.surface.retry(
        a_visit(bench).prove(free).case_id if operation == "audit" else case.case_id
    )
    assert again.step is not case.step, again.banner


@pytest.mark.parametrize("operation", ["upload_sale", "return_sale"])
def test_what_had_arrived_after_all_is_recognised(
    bench: Bench, tmp_path: Path, operation: str
) -> None:
    """A person was wrong: told again under the same key, the platform says it is there already."""
    follow(bench, tmp_path / "rules", by_person(operation))
    case = lost(bench, operation, "drop_after")
    ruled(bench, bench.surface.examine(case.case_id), Outcome.ABSENT)
    bench.let_arrive()
    again = bench.surface.retry(case.case_id)
    assert again.step in (Step.SETTLE, Step.CLOSED), again.banner
    sold = bench.platform_state()["sold_codes"]
    assert bool(sold) is (operation == "upload_sale")


@pytest.mark.parametrize("operation", ["audit", "upload_sale"])
def test_what_never_arrived_may_end_the_visit(bench: Bench, tmp_path: Path, operation: str) -> None:
    follow(bench, tmp_path / "rules", by_person(operation))
    case = lost(bench, operation, "drop_before")
    free = ruled(bench, bench.surface.examine(case.case_id), Outcome.ABSENT)
    assert free.can_abandon
    assert bench.surface.abandon(case.case_id).step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []
    assert bench.surface.open_items() == ()


def test_a_refusing_audit_that_stands_ends_the_visit(bench: Bench, tmp_path: Path) -> None:
    follow(bench, tmp_path / "rules", by_person("audit"))
    visit = a_visit(bench)
    at = visit.prove(visit.until(Step.AUDIT))
    bench.fault("audit", "drop_after")
    case = visit.audit(at, Verdict.REFUSED)
    ended = ruled(bench, bench.surface.examine(case.case_id), Outcome.STANDS)
    assert ended.step is Step.CLOSED


@pytest.mark.parametrize("operation", ["upload_sale", "return_sale"])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_the_platform_is_asked_first_where_it_can_be(
    bench: Bench, tmp_path: Path, operation: str, fault: str
) -> None:
    follow(bench, tmp_path / "rules", by_query(operation))
    case = bench.surface.retry(lost(bench, operation, fault).case_id)
    arrived = bench.platform_state()["messages"].get(operation, {"all": 0})["all"]
    assert arrived == (fault == "drop_after"), "asked, not told again"
    if arrived:
        assert case.step in (Step.SETTLE, Step.CLOSED), case.banner
        return
    assert case.phase is Phase.UNKNOWN
    assert case.banner is not None
    assert case.banner.code == Code.DECISION_NEEDED
    view = bench.surface.examine(case.case_id)
    assert (outcomes(view), view.needs_statement) == ([Outcome.ABSENT], False)
    with pytest.raises(OperatorInput) as refused:
        ruled(bench, view, Outcome.STANDS)
    assert refused.value.code is Code.EVIDENCE_CONTRADICTS
    assert ruled(bench, view, Outcome.ABSENT, statement="").phase is Phase.READY


@pytest.mark.parametrize("operation", ["upload_sale", "return_sale"])
def test_an_empty_answer_tells_again_only_where_repeats_are_harmless(
    bench: Bench, tmp_path: Path, operation: str
) -> None:
    follow(bench, tmp_path / "rules", by_query(operation, absent="resend"))
    told_once = lost(bench, operation, "drop_before")
    bench.let_arrive()
    case = bench.surface.retry(told_once.case_id)
    assert case.step in (Step.SETTLE, Step.CLOSED), case.banner
    asked = bench.platform_state()["messages"]
    assert asked["query_stock_trail"]["accepted"] >= 1


def test_a_lost_return_is_asked_about_while_nobody_looks(bench: Bench, tmp_path: Path) -> None:
    follow(bench, tmp_path / "rules", by_query("return_sale"))
    case = lost(bench, "return_sale", "drop_after")
    bench.surface.next_customer(case.case_id)
    bench.pass_time(90)
    bench.surface.deliver()
    assert bench.surface.view(case.case_id).step is Step.CLOSED


def test_a_question_without_an_answer_leaves_it_to_what_a_person_saw(
    bench: Bench, tmp_path: Path
) -> None:
    follow(bench, tmp_path / "rules", by_query("upload_sale"))
    case = lost(bench, "upload_sale", "drop_after")
    bench.fault("query_stock_trail", "drop_before", times=9)
    view = bench.surface.examine(case.case_id)
    assert view.trouble is not None
    assert (outcomes(view), view.needs_statement) == ([Outcome.STANDS, Outcome.ABSENT], True)
    with pytest.raises(OperatorInput) as unsaid:
        ruled(bench, view, Outcome.STANDS, statement=" ")
    assert unsaid.value.code is Code.STATEMENT_MISSING
    assert ruled(bench, view, Outcome.STANDS).step is Step.SETTLE


def test_evidence_that_changes_before_the_decision_decides_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    """The record arrives late, between looking and deciding."""
    follow(bench, tmp_path / "rules", by_query("upload_sale"))
    case = lost(bench, "upload_sale", "drop_before")
    absent = bench.surface.examine(case.case_id)
    follow(bench, tmp_path / "rules", by_query("upload_sale", absent="resend"))
    bench.fault("upload_sale", "drop_after")
    assert bench.surface.retry(case.case_id).phase is Phase.UNKNOWN
    with pytest.raises(OperatorInput) as changed:
        ruled(bench, absent, Outcome.ABSENT)
    assert changed.value.code is Code.EVIDENCE_CONTRADICTS
    assert ruled(bench, bench.surface.examine(case.case_id), Outcome.STANDS).step is Step.SETTLE


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (CLERK, Code.SECOND_IS_FIRST),
        (PHARMACIST, Code.SECOND_NOT_ALLOWED),
        (("3001", "000000"), Code.SIGN_IN_WRONG),
        (("9999", "112358"), Code.SIGN_IN_WRONG),
    ],
)
def test_only_a_named_manager_decides(
    bench: Bench, tmp_path: Path, second: tuple[str, str], code: Code
) -> None:
    follow(bench, tmp_path / "rules", by_person("upload_sale"))
    view = bench.surface.examine(lost(bench, "upload_sale", "drop_after").case_id)
    with pytest.raises(OperatorInput) as refused:
        ruled(bench, view, Outcome.STANDS, second=second)
    assert refused.value.code is code
    assert bench.surface.open_items()[0].subject is Subject.SALE


def test_a_manager_at_the_till_needs_another_one(bench: Bench, tmp_path: Path) -> None:
    follow(bench, tmp_path / "rules", by_person("upload_sale"))
    case = lost(bench, "upload_sale", "drop_after")
    bench.surface.sign_in(*MANAGER)
    view = bench.surface.examine(case.case_id)
    with pytest.raises(OperatorInput) as alone:
        ruled(bench, view, Outcome.STANDS, second=MANAGER)
    assert alone.value.code is Code.SECOND_IS_FIRST
    with pytest.raises(OperatorInput) as silent:
        ruled(bench, view, Outcome.STANDS, second=OTHER_MANAGER, reason=" ")
    assert silent.value.code is Code.REASON_MISSING
    ended = ruled(bench, view, Outcome.STANDS, second=OTHER_MANAGER)
    assert ended.phase is not Phase.UNKNOWN


def test_a_restart_between_looking_and_deciding_forgets_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    follow(bench, tmp_path / "rules", by_person("upload_sale"))
    case = lost(bench, "upload_sale", "drop_after")
    before = bench.surface.examine(case.case_id)
    bench.restart()
    follow(bench, tmp_path / "rules", by_person("upload_sale"))
    (item,) = bench.surface.open_items()
    assert item.case_id == case.case_id
    view = bench.surface.examine(case.case_id)
    assert view.rows == before.rows
    ended = ruled(bench, view, Outcome.STANDS)
    assert ended.step is Step.PRESETTLE, "the voucher has to be shown again"
    with pytest.raises(OperatorInput) as late:
        ruled(bench, before, Outcome.ABSENT)
    assert late.value.code is Code.STEP_MOVED_ON


def test_old_words_decide_nothing(bench: Bench, tmp_path: Path) -> None:
    follow(bench, tmp_path / "rules", by_person("upload_sale"))
    view = bench.surface.examine(lost(bench, "upload_sale", "drop_after").case_id)
    bench.pass_time(700)
    with pytest.raises(OperatorInput) as stale:
        ruled(bench, view, Outcome.STANDS)
    assert stale.value.code is Code.EVIDENCE_CONTRADICTS


def test_a_return_refused_for_good_ends_by_a_persons_word(bench: Bench) -> None:
    """Nothing is left at the platform to return; telling again would be refused for ever."""
    bench.fault("return_sale", "reject")
    case = told(a_visit(bench), "return_sale")
    assert (case.step, case.phase) == (Step.RETURN_SALE, Phase.REJECTED)
    (item,) = bench.surface.open_items()
    assert item.decidable
    view = bench.surface.examine(case.case_id)
    assert outcomes(view) == [Outcome.STANDS]
    assert ruled(bench, view, Outcome.STANDS).step is Step.CLOSED


def test_nothing_in_doubt_is_nothing_to_decide(bench: Bench) -> None:
    case = a_visit(bench).until(Step.SCAN)
    with pytest.raises(OperatorInput) as nothing:
        bench.surface.examine(case.case_id)
    assert nothing.value.code is Code.STEP_MOVED_ON


def test_what_may_still_arrive_is_not_called_lost(bench: Bench, tmp_path: Path) -> None:
    """A word that it never will is no evidence before the region's quiescence is over."""
    follow(bench, tmp_path / "rules", by_person("upload_sale"))
    case = lost(bench, "upload_sale", "drop_after")
    bench.clock.pass_time(-bench.till.profile.settle.quiescence_s)
    early = bench.surface.examine(case.case_id)
    assert outcomes(early) == [Outcome.STANDS]
    bench.let_arrive()
    assert outcomes(bench.surface.examine(case.case_id)) == [Outcome.STANDS, Outcome.ABSENT]
