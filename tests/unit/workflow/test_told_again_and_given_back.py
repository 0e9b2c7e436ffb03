"""A sale told before its money, missing there and told once more, is not told behind its return."""

from datetime import timedelta

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown, PlatformRejected
from app.domain.goods.codes import DrugTraceCode
from app.ports.store import OutboxItem, OutboxState
from app.profile.operations import Operation
from app.workflow.cases.lines import codes_of, sold_line
from app.workflow.cases.required import required
from app.workflow.doubts.views import Outcome
from app.workflow.returns.compensate import compensate
from app.workflow.steps import upload_sale
from app.workflow.uploads.given_back import require_standing
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, EARLY, PIN, SmallCounter

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="缺少生产日期")
LOST_ANSWER = OutcomeUnknown(Code.ANSWER_MISSING)
LOST = frozenset({EARLY[0], EARLY[1]})


def lost_there(small: SmallCounter) -> CaseView:
    """The platform lost the first line, and one key at the finding of a day queued it again."""
    done = small.until(Step.DONE)
    for code in LOST:
        del small.fake.books.sold[code]
    case = small.case(done)
    sale = required(case.facts.sale, "no sale")
    with small.store.unit() as unit:
        line = sold_line(unit, case, 1)
        request = upload_sale.request_for(small.till, case, sale, line)
        key, now = f"{sale.sale_serial}-1", small.clock.now()
        told = Operation.UPLOAD_SALE
        unit.outbox.add(told, key, line.upload_lot, request, case.case_id, line.name, now)
    return done


def given_back(small: SmallCounter, done: CaseView) -> CaseView:
    """Refunded; of the lost line the platform says that nothing is there to return."""
    begun = small.surface.begin_return(done.case_id)
    paying = small.surface.take_back(begun.case_id, codes_of(small.case(begun)))
    view = small.surface.revoke(paying.case_id, BOSS, PIN)
    if view.step is Step.RETURN_SALE:
        shown = small.surface.examine(view.case_id)
        word = "平台页面上没有这一行"
        view = small.surface.decide_doubt(shown, Outcome.STANDS, word, "平台没有", BOSS, PIN)
    assert view.step is Step.CLOSED or small.surface.retry(view.case_id).step is Step.CLOSED
    return view


def records(small: SmallCounter, done: CaseView) -> tuple[OutboxItem, ...]:
    with small.store.reading() as unit:
        return unit.outbox.of_case(done.case_id)


def still_there(small: SmallCounter) -> set[DrugTraceCode]:
    return {DrugTraceCode(code) for code in small.fake.books.sold}


def test_what_waits_is_not_told_behind_its_return(small: SmallCounter) -> None:
    done = lost_there(small)
    given_back(small, done)
    small.surface.deliver()
    assert still_there(small) == set(), "refunded, in quarantine, and there it stands as sold"


def test_what_was_refused_is_released_by_nobody(small: SmallCounter) -> None:
    done = lost_there(small)
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    small.surface.deliver()
    given_back(small, done)
    (item,) = records(small, done)
    assert (item.state, item.code) == (OutboxState.VOIDED, Code.SALE_GIVEN_BACK)
    small.surface.retry_item(item.item_id)
    with small.store.reading() as unit, pytest.raises(OperatorInput) as released:
        require_standing(unit, item)
    assert released.value.code is Code.SALE_GIVEN_BACK
    assert still_there(small) == set()


def test_what_may_have_arrived_is_waited_for(small: SmallCounter) -> None:
    """Told once more and not answered: only behind it is anything taken back."""
    done = lost_there(small)
    small.fake.script(Operation.UPLOAD_SALE, LOST_ANSWER, booked=True)
    small.surface.deliver()
    begun = small.surface.begin_return(done.case_id)
    paying = small.surface.take_back(begun.case_id, codes_of(small.case(begun)))
    view = small.surface.revoke(paying.case_id, BOSS, PIN)
    assert (view.step, view.phase) == (Step.RETURN_SALE, Phase.READY)
    assert small.fake.times(Operation.RETURN_SALE) == 0
    assert still_there(small) >= LOST
    for _ in range(3):
        small.clock.move(timedelta(minutes=5))
        small.surface.deliver()
        compensate(small.till, small.clock.now())
    assert small.view(view).step is Step.CLOSED
    assert still_there(small) == set()
