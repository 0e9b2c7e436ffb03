"""Dead letters: mended, released or voided by a person with a name; the queue shows it all."""

from datetime import date, timedelta

import pytest

from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.ports import requests as q
from app.ports.store import OutboxMove, OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.upkeep.queue_errand import work_queue
from app.workflow.uploads.mending import mendable, mended
from tests.support.small_counter import AUDITOR, BOSS, CLERK, PIN, SmallCounter, on_unknown
from tests.support.store_builders import PATIENT, PERSON_NO, a_return, a_sale
from tests.support.waiting_sales import queue_sale

REFUSED = PlatformRejected(Code.SALE_REFUSED, platform_text="第2条manu_date不能为空")
LOST = OutcomeUnknown(Code.ANSWER_MISSING)
TODAY = date(2026, 11, 22)


def parked(small: SmallCounter, trouble: PlatformRejected | OutcomeUnknown = REFUSED) -> int:
    item = queue_sale(small.store, 1, "A", small.clock.now())
    small.fake.script(Operation.UPLOAD_SALE, trouble)
    delivery.deliver_due(small.till)
    return item


def state(small: SmallCounter, item_id: int) -> OutboxState:
    with small.store.reading() as unit:
        found = unit.outbox.item(item_id)
    assert found is not None
    return found.state


def last_sold(small: SmallCounter) -> q.SoldLine:
    sales = [asked for operation, asked in small.fake.asked if operation is Operation.UPLOAD_SALE]
    line: q.SoldLine = sales[-1].line
    return line


def test_a_mended_record_goes_under_its_own_key_and_keeps_its_history(
    small: SmallCounter,
) -> None:
    item = parked(small)
    small.clock.move(timedelta(minutes=5))
    assert small.surface.mend_item(item, {"made_on": " 2026-07-18 "}) == ()
    assert last_sold(small).made_on == date(2026, 7, 18)
    assert last_sold(small).lot_no == a_sale().line.lot_no
    assert state(small, item) is OutboxState.VOIDED
    with small.store.reading() as unit:
        old, new = unit.outbox.items(open_only=False)
        history = unit.outbox.history(new.item_id)
    assert (new.business_key, new.born_at) == (old.business_key, old.born_at)
    assert [note.move for note in history if note.staff_id is not None] == [
        OutboxMove.MENDED,
        OutboxMove.RELEASED,
    ]
    assert [note.reason for note in history if note.reason] == ["made_on=2026-07-18"]
    assert history[-1].move is OutboxMove.DELIVERED


def test_release_without_a_change_is_the_same_row(small: SmallCounter) -> None:
    item = parked(small)
    held = {field.name: field.value for field in small.surface.queue_detail(item).fields}
    assert small.surface.mend_item(item, held) == ()
    assert state(small, item) is OutboxState.DELIVERED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"made_on": "18.7.2026"}, "made_on"),
        ({"made_on": "2026-12-01"}, "made_on"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"lot_no": "  "}, "lot_no"),
        ({"lot_no": "A" * 51}, "lot_no"),
        ({"lot_no": "A\x07"}, "lot_no"),
        ({"quantity": "5"}, "quantity"),
        ({"trace_codes": "x", "amount": "1"}, "amount"),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(OperatorInput) as refused:
        mended(a_sale(), changes, TODAY)
    assert (refused.value.code, refused.value.params["field"]) == (Code.MEND_WRONG, field)


def test_the_longest_lot_that_the_wire_takes_may_be_typed() -> None:
    longest = "A" * 50
    changed = mended(a_sale(), {"lot_no": longest}, TODAY)
    assert isinstance(changed, q.UploadSale)
    assert changed.line.lot_no == longest


def test_only_sales_and_returns_can_be_mended() -> None:
    assert mendable(q.OpenDay("1", "m", "i")) == ()
    assert mendable(a_return()) == mendable(a_sale())
    empty = mended(a_return(), {"product_barcode": ""}, TODAY)
    assert isinstance(empty, q.ReturnSale)
    assert empty.line.product_barcode == ""
    with pytest.raises(OperatorInput):
        mended(q.OpenDay("1", "m", "i"), {}, TODAY)


def test_only_a_parked_record_is_mended(small: SmallCounter) -> None:
    item = queue_sale(small.store, 1, "A", small.clock.now())
    for wrong in (item, 99):
        with pytest.raises(OperatorInput) as refused:
            small.surface.mend_item(wrong, {"lot_no": "B1"})
        assert refused.value.code is Code.STEP_MOVED_ON


def test_a_manager_voids_with_a_reason_and_is_written_down(small: SmallCounter) -> None:
    item = parked(small)
    for login, reason, code in (
        (BOSS, " ", Code.REASON_MISSING),
        (CLERK, "重复", Code.SECOND_NOT_ALLOWED),
        (AUDITOR, "重复", Code.SECOND_NOT_ALLOWED),
    ):
        with pytest.raises(OperatorInput) as refused:
            small.surface.void_item(item, reason, login, PIN)
        assert refused.value.code is code
    assert small.surface.void_item(item, "重复", BOSS, PIN) == ()
    assert state(small, item) is OutboxState.VOIDED
    with pytest.raises(OperatorInput):
        small.surface.void_item(item, "重复", BOSS, PIN)
    with small.store.reading() as unit:
        last = unit.outbox.history(item)[-1]
    assert (last.move, last.reason) == (OutboxMove.VOIDED, "重复")


def test_a_record_in_doubt_may_be_voided_by_a_person_too(small: SmallCounter) -> None:
    small.with_profile(on_unknown(small.profile, Operation.UPLOAD_SALE, "person"))
    item = parked(small, LOST)
    behind = queue_sale(small.store, 2, "A", small.clock.now())
    assert [(row.item_id, row.behind) for row in small.surface.queue()] == [
        (item, False),
        (behind, True),
    ]
    small.surface.void_item(item, "平台已核对，没有收到", BOSS, PIN)
    assert [row.behind for row in small.surface.queue()] == [False]
    assert delivery.deliver_due(small.till) == 1


def test_the_detail_tells_what_happened_and_shows_the_wire_masked(small: SmallCounter) -> None:
    item = parked(small)
    detail = small.surface.queue_detail(item)
    assert [step.move for step in detail.steps] == [
        OutboxMove.QUEUED,
        OutboxMove.SENDING,
        OutboxMove.REFUSED,
    ]
    assert detail.steps[-1].platform_text == REFUSED.platform_text
    assert [field.name for field in detail.fields][:2] == ["made_on", "expires_on"]
    (exchange,) = detail.exchanges
    assert (exchange.sent, len(exchange.replies)) == ("{}", 1)
    assert detail.delivered_today == 0
    small.surface.retry_item(item)
    detail = small.surface.queue_detail(item)
    assert (detail.fields, detail.delivered_today, len(detail.exchanges)) == ((), 1, 2)
    assert [step.who for step in detail.steps if step.who] == [small.till.operator.name]
    with pytest.raises(OperatorInput):
        small.surface.queue_detail(99)


def test_people_are_masked_in_what_the_detail_shows(small: SmallCounter) -> None:
    compose = small.fake.compose

    def outspoken(request: object, sender: object, stamp: object) -> object:
        draft = compose(request, sender, stamp)  # type: ignore[arg-type] # as it was asked
        kept = f'{{"psn_name":"{PATIENT}","certno":"350100199001010018","psn_no":"{PERSON_NO}"}}'
        return type(draft)(
            draft.request, draft.operation, draft.message_id, b"w", kept, draft.composed_at
        )

    small.fake.compose = outspoken  # type: ignore[method-assign,assignment] # a talkative wire
    (exchange,) = small.surface.queue_detail(parked(small)).exchanges
    assert PATIENT not in exchange.sent
    assert "199001010018" not in exchange.sent


def test_a_mended_record_shows_both_lives_as_one(small: SmallCounter) -> None:
    item = parked(small)
    small.fake.script(Operation.UPLOAD_SALE, REFUSED)
    (row,) = small.surface.mend_item(item, {"lot_no": "B1"})
    moves = [step.move for step in small.surface.queue_detail(row.item_id).steps]
    assert moves.count(OutboxMove.QUEUED) == 1
    assert moves.count(OutboxMove.REFUSED) == 2
    assert moves.count(OutboxMove.MENDED) == 1


def test_the_errand_needs_a_day_that_somebody_opened(small: SmallCounter) -> None:
    item = queue_sale(small.store, 1, "A", small.clock.now())
    queue_sale(small.store, 2, "B", small.clock.now())
    small.surface.lock()
    small.fake.script(Operation.UPLOAD_SALE, NotSent(Code.DID_NOT_LEAVE))
    assert [left.item_id for left in work_queue(small.till, item)] == [1, 2]
    assert work_queue(small.till, None) == ()
    small.clock.move(timedelta(days=1))
    with pytest.raises(OperatorInput) as refused:
        work_queue(small.till, None)
    assert refused.value.code is Code.DAY_NOT_OPEN
