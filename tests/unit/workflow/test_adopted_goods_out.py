"""A line is adopted because its goods were handed out in the lost time: nobody is asked to give
them again.

Whoever reads 请交药 gives somebody a second set of boxes that nobody pays for.
"""

from datetime import timedelta

import pytest

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.jobs.progress import no_report
from app.ports.paper import PaperKind
from app.ports.store import PrintKind
from app.workflow.calendar import today
from app.workflow.reconciling import adopting
from app.workflow.views.case import CaseView, Whereabouts
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.unit.workflow.test_strays import WHY, compared, of_counter, stray


def adopted(small: SmallCounter) -> CaseView:
    view, day = small.until(Step.SETTLE), today(small.till)
    message_id = stray(small, view, of_counter(small, day))
    compared(small, day)
    small.surface.adopt_stray(day, message_id, BOSS, PIN, WHY)
    return small.view(view)


def goods_of(view: CaseView) -> tuple[Whereabouts, str]:
    return next((row.where, row.detail.key) for row in view.where if row.topic == "goods")


def sheets(small: SmallCounter) -> list[int]:
    """Copy numbers of the prescription sheets that came out."""
    return [paper.copy_no for paper in small.tray.papers if paper.kind is PaperKind.A4]


def test_the_visit_says_that_the_goods_are_out(small: SmallCounter) -> None:
    view = adopted(small)
    assert view.hand_over is not None
    assert (view.step, view.hand_over.goods_out) == (Step.HAND_OVER, True)
    assert goods_of(view) == (Whereabouts.THEIRS, "light.goods.given_before")
    assert view.banner is None, "5010 asks for the goods"


def test_nor_does_the_list_of_those_who_wait(small: SmallCounter) -> None:
    view = adopted(small)
    small.surface.next_customer(view.case_id)
    (row,) = small.surface.desk().parked
    assert (row.case_id, row.what.key) == (view.case_id, "parked.given")


def test_a_visit_of_every_day_does_not(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    assert view.hand_over is not None
    assert not view.hand_over.goods_out
    assert goods_of(view) == (Whereabouts.OURS, "light.goods.at_counter")


def test_what_did_not_stand_is_given_out_like_any_other(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line breaks within the adoption, and by the time somebody decides it was reversed."""

    def breaks(*_: object) -> None:
        raise OutcomeUnknown(Code.ANSWER_MISSING)

    with monkeypatch.context() as cut:
        cut.setattr(adopting, "_decide", breaks)
        with pytest.raises(OutcomeUnknown):
            adopted(small)
    with small.store.reading() as unit:
        (case,) = unit.cases.unfinished(small.till.counter_no)
    assert case.facts.goods_out
    small.fake.books.settlements.clear()
    small.clock.move(timedelta(hours=1))
    shown = small.surface.gather_evidence(case.case_id)
    small.surface.decide_unknown(shown, AttemptState.REVERSED, "平台没有", BOSS, PIN)
    assert not small.case(small.view(case)).facts.goods_out


def test_its_sheet_comes_out_by_nobodys_key_and_then_as_a_copy(small: SmallCounter) -> None:
    view = adopted(small)
    assert view.hand_over is not None
    small.surface.take_rest(view.case_id, view.hand_over.still_to_pay)
    small.surface.print_waiting(no_report)
    assert sheets(small) == [], "a second sheet to sign for goods that are out"
    small.surface.reprint(view.case_id, PrintKind.PRESCRIPTION.value)
    assert sheets(small) == [2]


def test_the_key_records_that_the_goods_went(small: SmallCounter) -> None:
    view = adopted(small)
    assert view.hand_over is not None
    small.surface.take_rest(view.case_id, view.hand_over.still_to_pay)
    done = small.surface.hand_over(view.case_id)
    assert done.step is Step.DONE
    assert goods_of(done) == (Whereabouts.THEIRS, "light.goods.handed_over")
