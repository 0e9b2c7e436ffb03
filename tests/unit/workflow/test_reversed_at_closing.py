"""Money that comes to rest while the day is being closed: its told sale is taken back before."""

from datetime import timedelta

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.reconciling import closing
from tests.support.small_counter import SmallCounter

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def test_a_sale_whose_money_is_reversed_by_closing_is_taken_back_the_same_day(
    small: SmallCounter,
) -> None:
    view = small.until(Step.SETTLE)
    assert small.fake.books.sold, "the sale is told before the money"
    small.fake.script(Operation.SETTLE, LOST, booked=False)
    small.settle(view)
    small.clock.move(timedelta(minutes=30))
    closing.end_day(small.till)
    with small.store.reading() as unit:
        attempt = unit.attempts.of_case(view.case_id)
    assert attempt is not None
    assert attempt.state is AttemptState.REVERSED
    assert small.fake.times(Operation.CLOSE_DAY) == 1
    assert not small.fake.books.sold, "on record as sold over night, and nobody bought it"
