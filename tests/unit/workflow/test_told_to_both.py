"""A sale that two neighbours are told of: each record has a fate of its own, both are undone."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown
from app.ports.store import OutboxState
from app.profile.loader import load
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.uploads import twice
from app.workflow.views.case import CaseView
from tests.support.kept_records import put
from tests.support.small_counter import BOSS, CAPSULES, EARLY, PIN, SmallCounter

UNSENT, LOST = NotSent(Code.DID_NOT_LEAVE), OutcomeUnknown(Code.ANSWER_MISSING)
BOXES = {*EARLY[:2], *CAPSULES[:1]}
LINES = 2
CENTRE, UNDONE = Operation.UPLOAD_RX_SALE, Operation.UNDO_RX_SALE


def told_as(small: SmallCounter, *dresses: str) -> SmallCounter:
    """The training region with these ways of telling a sale."""
    small.with_profile(load("+".join(("fujian", *dresses)), "training").profile)
    return small


@pytest.fixture
def before(small: SmallCounter) -> SmallCounter:
    """The core platform first, then the centre, then the money."""
    return told_as(small, "told_to_both")


@pytest.fixture
def around(small: SmallCounter) -> SmallCounter:
    """The centre before the money, the core platform behind it."""
    return told_as(small, "told_before_and_after")


@pytest.fixture
def behind(small: SmallCounter) -> SmallCounter:
    """Both behind the money."""
    return told_as(small, "told_to_both", "told_afterwards")


def open_rows(small: SmallCounter) -> list[tuple[Operation, OutboxState]]:
    with small.store.reading() as unit:
        return [(item.operation, item.state) for item in unit.outbox.items()]


def has_it(small: SmallCounter) -> tuple[set[str], set[str]]:
    """Boxes that stand as sold at the core platform, and at the centre."""
    return set(small.fake.books.sold), set(small.fake.books.centre_sold)


def require_told(small: SmallCounter, view: CaseView) -> None:
    with small.store.reading() as unit:
        twice.require_told(small.till, unit, unit.cases.get(view.case_id))


def refunded(small: SmallCounter, view: CaseView) -> CaseView:
    view = small.surface.begin_return(view.case_id)
    if view.step is Step.TAKE_BACK:
        view = small.surface.take_back(view.case_id, sorted(BOXES))
    return small.surface.revoke(view.case_id, BOSS, PIN)


def test_both_have_it_before_the_money(before: SmallCounter) -> None:
    view = before.until(Step.SETTLE)
    assert has_it(before) == (BOXES, BOXES)
    assert before.fake.times(CENTRE) == LINES
    require_told(before, view)
    assert open_rows(before) == []


def test_the_centre_has_it_before_the_money_and_the_platform_behind_it(
    around: SmallCounter,
) -> None:
    view = around.until(Step.SETTLE)
    assert has_it(around) == (set(), BOXES)
    around.settle(view)
    delivery.deliver_due(around.till)
    assert has_it(around) == (BOXES, BOXES)
    assert around.fake.times(CENTRE) == LINES


def test_both_hear_of_it_behind_the_money(behind: SmallCounter) -> None:
    view = behind.until(Step.SETTLE)
    assert has_it(behind) == (set(), set())
    require_told(behind, view)
    behind.settle(view)
    queued = [operation for operation, _ in open_rows(behind)]
    assert sorted(queued) == sorted([Operation.UPLOAD_SALE] * LINES + [CENTRE] * LINES)
    delivery.drain(behind.till)
    assert has_it(behind) == (BOXES, BOXES)


def test_a_region_of_one_neighbour_tells_one(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    case = small.case(view)
    assert twice.before_money(small.till, case) is case
    twice.tell_waiting(small.till, case)
    assert small.fake.times(CENTRE) == 0
    assert not twice.left_over(case)


def test_what_was_queued_is_not_queued_again(before: SmallCounter) -> None:
    case = before.case(before.until(Step.SETTLE))
    assert twice.before_money(before.till, case) is case
    assert before.fake.times(CENTRE) == LINES


def test_no_money_before_the_centre_has_every_line(before: SmallCounter) -> None:
    before.fake.script(CENTRE, UNSENT)
    view = before.until(Step.SETTLE)
    # what another sale waits for is no matter of this one
    put(before, 7, "OTHER")
    assert set(open_rows(before)) == {
        (CENTRE, OutboxState.WAITING),
        (Operation.UPLOAD_SALE, OutboxState.WAITING),
    }
    assert view.settle is not None
    assert not view.settle.ready
    with pytest.raises(OperatorInput) as refused:
        before.settle(view)
    assert refused.value.code is Code.CENTRE_NOT_TOLD
    assert before.fake.times(Operation.SETTLE) == 0
    before.surface.retry(view.case_id)
    assert open_rows(before) == [(Operation.UPLOAD_SALE, OutboxState.WAITING)]
    assert before.settle(before.view(view)).step is Step.HAND_OVER


def test_a_telling_in_doubt_is_not_told_again_by_the_next_try(before: SmallCounter) -> None:
    before.fake.script(CENTRE, LOST)
    view = before.until(Step.SETTLE)
    assert (CENTRE, OutboxState.UNKNOWN) in open_rows(before)
    told = before.fake.times(CENTRE)
    twice.tell_waiting(before.till, before.case(view))
    assert before.fake.times(CENTRE) == told
    with pytest.raises(OperatorInput):
        require_told(before, view)


@pytest.mark.parametrize("order", ["before", "around", "behind"])
def test_a_refund_undoes_both(order: str, request: pytest.FixtureRequest) -> None:
    shop: SmallCounter = request.getfixturevalue(order)
    view = shop.settle(shop.until(Step.SETTLE))
    delivery.drain(shop.till)
    assert has_it(shop) == (BOXES, BOXES)
    assert refunded(shop, view).step is Step.CLOSED
    delivery.drain(shop.till)
    assert has_it(shop) == (set(), set())
    assert shop.fake.times(UNDONE) == LINES
    assert open_rows(shop) == []


@pytest.mark.parametrize(("order", "times"), [("before", LINES), ("around", LINES), ("behind", 0)])
def test_who_leaves_before_the_money_is_undone_where_it_was_told(
    order: str, times: int, request: pytest.FixtureRequest
) -> None:
    shop: SmallCounter = request.getfixturevalue(order)
    view = shop.until(Step.SETTLE)
    assert twice.left_over(shop.case(view)) is bool(times)
    assert shop.surface.abandon(view.case_id).step is Step.CLOSED
    delivery.drain(shop.till)
    assert has_it(shop) == (set(), set())
    assert shop.fake.times(UNDONE) == times
    assert open_rows(shop) == []
    assert not twice.left_over(shop.case(view))
