"""What an arriving record tells its case, who carries it, and the rare turns of the lane."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.counter_case import AuditRecord, CaseFacts, CounterCase, SaleRecord
from app.domain.errors import Bug, Code, LocalTrouble, OutcomeUnknown
from app.domain.goods.selling import Pack
from app.ports import circulation as c
from app.ports import requests as q
from app.ports.messages import Answer, Committed
from app.ports.recovery import Cause
from app.ports.replies import AuditAccepted
from app.ports.store import OutboxItem, OutboxMove, OutboxState
from app.profile.operations import Operation
from app.workflow import counter, delivery
from app.workflow.doubts.travelling import quiescence
from app.workflow.uploads import asking, carriers, sending
from localdb.outbox import SqlOutbox
from localdb.repositories.recoveries import SqlRecoveries
from localdb.store import scope_of
from tests.support import goods_parts as goods
from tests.support.operation_of import operation_of
from tests.support.small_counter import EARLY, LATE, SmallCounter, on_unknown
from tests.support.store_builders import NOON, a_return, a_sale, full_facts
from tests.support.waiting_sales import queue_sale, sale_of

FACTS = full_facts()
assert FACTS.audit is not None
UNHEARD = replace(FACTS.audit, audit_serial="", confirmed_at=None)
assert FACTS.chosen is not None
assert FACTS.rx_token is not None
AUDIT = q.UploadAudit(FACTS.chosen, FACTS.rx_token, None, "V1", FACTS.audit.decision)
STOCK = (goods.count(), goods.change(), goods.receive(), goods.send_back())


def sale(*accepted: int) -> SaleRecord:
    return SaleRecord("0001-000001", "S1", NOON, None, frozenset(accepted), None)


def two_lots() -> CaseFacts:
    """One line whose two boxes are of two lots: two records at the platform."""
    (line,) = FACTS.lines
    first, second = (
        Pack(code, lot, NOON, "camera", 1208, (), 2, "")
        for lot, code in ((1, EARLY[0]), (2, LATE[0]))
    )
    return replace(FACTS, lines=(replace(line, packs=(first, second)),), sale=sale())


def case_with(small: SmallCounter, facts: CaseFacts) -> CounterCase:
    case = small.case(small.surface.current())
    with small.store.unit() as unit:
        unit.cases.save(replace(case, facts=facts))
    return counter.get(small.till, case.case_id)


def item_of(case: CounterCase, request: object) -> OutboxItem:
    return OutboxItem(
        item_id=1,
        operation=operation_of(request),
        business_key="S1-1",
        lane_key="PC1",
        state=OutboxState.SENDING,
        born_at=NOON,
        next_at=NOON,
        tries=1,
        case_id=case.case_id,
        summary="",
        code=None,
        platform_text="",
        request=request,
    )


def after(
    small: SmallCounter, case: CounterCase, request: object, answer: object = None
) -> CounterCase:
    with small.store.unit() as unit:
        carriers.arrived(small.till, unit, item_of(case, request), answer)
    return counter.get(small.till, case.case_id)


def line(number: int) -> q.UploadSale:
    told = a_sale()
    return replace(told, line=replace(told.line, index=number))


def test_a_sale_is_told_when_its_last_line_is(small: SmallCounter) -> None:
    case = case_with(small, two_lots())
    half = after(small, case, line(2))
    assert half.facts.sale == sale(2)
    whole = after(small, half, line(1))
    assert whole.facts.sale == replace(sale(1, 2), uploaded_at=small.clock.now())


def test_a_sale_is_returned_when_its_last_line_is(small: SmallCounter) -> None:
    case = case_with(small, replace(two_lots(), sale=sale(1, 2)))
    half = after(small, case, a_return("S1", 1))
    assert half.facts.sale == sale(2)
    none = after(small, half, a_return("S1", 2))
    assert none.facts.sale == replace(sale(), returned_at=small.clock.now())


@pytest.mark.parametrize(
    ("answer", "serial"), [(AuditAccepted("A77"), "A77"), (None, ""), ("a stranger's", "")]
)
def test_a_decision_is_confirmed_by_its_arrival(
    small: SmallCounter, answer: object, serial: str
) -> None:
    case = case_with(small, replace(FACTS, audit=UNHEARD))
    heard = after(small, case, AUDIT, answer)
    assert heard.facts.audit == replace(
        UNHEARD, audit_serial=serial, confirmed_at=small.clock.now()
    )


NOTHING_NEW: dict[str, tuple[SaleRecord | None, AuditRecord | None, object]] = {
    "a line told before": (sale(1), None, line(1)),
    "a line without a sale": (None, None, line(1)),
    "a line returned before": (sale(2), None, a_return("S1", 1)),
    "a return without a sale": (None, None, a_return("S1", 1)),
    "a decision heard before": (None, replace(UNHEARD, confirmed_at=NOON), AUDIT),
    "a decision taken back": (None, None, AUDIT),
    "a record that tells its case nothing": (sale(1), UNHEARD, goods.count()),
}


@pytest.mark.parametrize(("sold", "audit", "request_"), NOTHING_NEW.values(), ids=NOTHING_NEW)
def test_an_arrival_that_changes_nothing_writes_nothing(
    small: SmallCounter, sold: SaleRecord | None, audit: AuditRecord | None, request_: object
) -> None:
    case = case_with(small, replace(two_lots(), sale=sold, audit=audit))
    assert after(small, case, request_) == case


def carried(small: SmallCounter, request: object) -> str:
    return carriers.carrier_of(small.till, request).send.__name__


def test_each_record_has_its_own_call(small: SmallCounter) -> None:
    shipped = c.SyncDelivery(None, "")  # type: ignore[arg-type] # only its kind counts here
    signed = c.ConfirmDelivery(None, "")  # type: ignore[arg-type] # only its kind counts here
    calls = (
        (a_sale(), "upload_sale"),
        (a_return(), "return_sale"),
        (AUDIT, "upload_audit"),
        (shipped, "sync_delivery"),
        (signed, "confirm_delivery"),
        *((one, "tell_stock") for one in STOCK),
        (goods.erase(), "erase_upload"),
    )
    for request, call in calls:
        assert carried(small, request) == call


def test_money_and_questions_never_wait(small: SmallCounter) -> None:
    with pytest.raises(Bug):
        carried(small, q.OpenDay("1001", "00-00-00-00-00-01", "192.0.2.10"))


def returns_of(small: SmallCounter) -> list[tuple[str, str]]:
    with small.store.reading() as unit:
        items = unit.outbox.items()
    return [(item.business_key, item.lane_key) for item in items]


@pytest.mark.parametrize(
    ("sold", "queued"),
    [(None, []), (sale(), []), (sale(2), [("S1-2-return", "PC2")])],
    ids=["no sale", "nothing accepted", "one of two"],
)
def test_only_accepted_lines_are_returned(
    small: SmallCounter, sold: SaleRecord | None, queued: list[tuple[str, str]]
) -> None:
    case = case_with(small, replace(two_lots(), sale=sold))
    with small.store.unit() as unit:
        delivery.queue_returns(small.till, unit, case)
    assert returns_of(small) == queued


def test_a_return_waits_until_no_lost_telling_can_arrive_behind_it(small: SmallCounter) -> None:
    """A simulated day (seed 607): told twice, the second time unheard, then given up."""
    told = replace(sale(1), unclear_at=small.clock.now())
    case = case_with(small, replace(two_lots(), sale=told))
    with small.store.unit() as unit:
        delivery.queue_returns(small.till, unit, case)
        (item,) = unit.outbox.items()
    assert small.surface.deliver() == 0
    delivery.retry(small.till, item.item_id)
    assert small.fake.times(Operation.RETURN_SALE) == 0
    small.clock.move(quiescence(small.till))
    small.surface.deliver()
    assert small.fake.times(Operation.RETURN_SALE) == 1


def row(small: SmallCounter, item_id: int) -> OutboxItem:
    with small.store.reading() as unit:
        found = unit.outbox.item(item_id)
    assert found is not None
    return found


def moves(small: SmallCounter, item_id: int) -> list[OutboxMove]:
    with small.store.reading() as unit:
        return [note.move for note in unit.outbox.history(item_id)]


def failing(small: SmallCounter, serial: str, trouble: Exception) -> Callable[..., object]:
    """A composer that breaks over the sale ``serial`` and composes every other."""
    honest = small.fake.compose

    def compose(request: q.UploadSale, *rest: object) -> object:
        if request.sale_serial == serial:
            raise trouble
        return honest(request, *rest)  # type: ignore[arg-type] # handed on as it came

    return compose


def test_a_record_that_cannot_be_composed_is_parked_and_holds_nobody_up(
    small: SmallCounter,
) -> None:
    bad = queue_sale(small.store, 1, "A", small.clock.now())
    good = queue_sale(small.store, 2, "A", small.clock.now())
    broken = failing(small, "S1", Bug(what="no such field"))
    small.fake.compose = broken  # type: ignore[method-assign,assignment] # a broken composer
    assert delivery.drain(small.till) == 1
    stopped = row(small, bad)
    assert (stopped.state, stopped.code) == (OutboxState.STOPPED, Code.BUG)
    assert stopped.next_at > small.clock.now()
    assert moves(small, bad) == [OutboxMove.QUEUED, OutboxMove.REFUSED]
    assert row(small, good).state is OutboxState.DELIVERED
    assert small.fake.times(Operation.UPLOAD_SALE) == 1


@pytest.mark.parametrize("at_wire", [False, True], ids=["composing", "on the wire"])
def test_a_disk_that_fails_is_told_and_the_record_stays_open(
    small: SmallCounter, at_wire: bool
) -> None:
    item = queue_sale(small.store, 1, "A", small.clock.now())
    full = LocalTrouble(Code.DISK_FULL)
    if at_wire:

        def send(_message: Committed[q.UploadSale]) -> Answer[object]:
            raise full

        small.fake.upload_sale = send  # type: ignore[method-assign,assignment] # the disk, raced
    else:
        small.fake.compose = failing(small, "S1", full)  # type: ignore[method-assign,assignment] # the disk
    with pytest.raises(LocalTrouble):
        sending.tell(small.till, row(small, item))
    expected = OutboxState.SENDING if at_wire else OutboxState.WAITING
    assert row(small, item).state is expected


def test_nothing_is_told_from_a_base_that_is_not_believed(small: SmallCounter) -> None:
    item = queue_sale(small.store, 1, "A", small.clock.now())
    with small.store.unit() as unit:
        scope = scope_of(unit)
        witness = scope.standing.witness
        assert witness is not None
        SqlRecoveries(scope).begin(Cause.RESTORED, witness, 1)
    assert delivery.deliver_due(small.till) == 0
    assert small.fake.times(Operation.UPLOAD_SALE) == 0
    assert row(small, item).state is OutboxState.UNKNOWN
    since = queue_sale(small.store, 2, "B", small.clock.now())
    small.clock.move(quiescence(small.till))
    assert delivery.deliver_due(small.till) == 0
    # it waits: nothing is a dead letter because the base refuses what may not leave
    assert row(small, item).state is OutboxState.UNKNOWN
    assert row(small, since).state is OutboxState.WAITING


def test_what_waited_in_an_old_copy_is_told_when_nothing_older_can_arrive(
    small: SmallCounter,
) -> None:
    """The row may have been told since the copy: its telling counts as one that is on its way."""
    item = queue_sale(small.store, 1, "A", small.clock.now())
    with small.store.unit() as unit:
        assert SqlOutbox(scope_of(unit)).doubt_waiting() == 1
        assert SqlOutbox(scope_of(unit)).doubt_waiting() == 0
    assert delivery.deliver_due(small.till) == 0
    quiet = small.clock.now() + quiescence(small.till)
    assert (row(small, item).state, row(small, item).next_at) == (OutboxState.UNKNOWN, quiet)
    small.clock.move(quiescence(small.till))
    assert delivery.deliver_due(small.till) == 1
    assert moves(small, item) == [
        OutboxMove.QUEUED,
        OutboxMove.UNCLEAR,
        OutboxMove.SENDING,
        OutboxMove.DELIVERED,
    ]


def test_a_find_after_its_delivery_is_no_second_one(small: SmallCounter) -> None:
    """Asked and found, while another counter's telling was answered after all."""
    small.with_profile(on_unknown(small.profile, Operation.UPLOAD_SALE, "query:query_stock_trail"))
    case = small.surface.current().case_id
    with small.store.unit() as unit:
        item = unit.outbox.add(
            Operation.UPLOAD_SALE, "S1-1", "A", sale_of(1, "A"), case, "示例片", NOON
        )
    lost = OutcomeUnknown(Code.ANSWER_MISSING)
    small.fake.script(Operation.UPLOAD_SALE, lost, booked=True)
    delivery.deliver_due(small.till)

    def meanwhile(found: object) -> object:
        with small.store.unit() as unit:
            unit.outbox.settle(item, OutboxState.DELIVERED, small.clock.now(), None, "")
        return found

    small.fake.script(Operation.QUERY_STOCK_TRAIL, change=meanwhile)
    asking.ask(small.till, row(small, item))
    assert small.fake.times(Operation.QUERY_STOCK_TRAIL) == len(sale_of(1, "A").line.trace_codes)
    assert moves(small, item)[-1] is OutboxMove.ASKED
