"""What no statement may do, whoever writes it: I1, I3, I5, I6, I7, I8, I9, I10."""

import threading
from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa
import sqlalchemy.exc

from app.domain.books.money import SignOff
from app.domain.books.stock import Acceptance, StockSignOff
from app.domain.case import Position, Signal, Step
from app.domain.counter_case import CaseEvent
from app.domain.elsewhere import ForeignLeg, foreign_amounts
from app.domain.errors import Bug, Code, OperatorInput
from app.domain.goods.movements import NoteKind
from app.domain.goods.overrides import OverrideReason
from app.domain.goods.parts import OpenBox
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.ports.elsewhere import ForeignMoney
from app.ports.overrides import Override
from app.ports.stock_books import Note
from app.ports.store import MessageState, OutboxMove, OutboxNote, OutboxState, PrintKind
from app.profile.operations import Operation
from app.workflow.cases.required import required
from localdb.repositories.goods import SqlGoods
from localdb.repositories.people import SqlPeople
from localdb.schema.goods import item
from localdb.schema.triggers import APPEND_ONLY, FOLLOWS, KEPT, refusals
from localdb.statements import Known
from localdb.store import SqlStore, scope_of
from tests.support import store_builders as a
from tests.support.bases import BOTH, FILE, SERVER, only
from tests.support.circulation_parts import delivery

BASES = BOTH

PRICE = Known(sa.update(item).where(item.c.item_id == sa.bindparam("wanted")))
AT_SERVER = {
    "cannot store TEXT": "22P02",
    "FOREIGN KEY": "foreign key constraint",
    "UNIQUE constraint failed: settlement_attempt.claim": "uq_settlement_attempt_live",
}
"""What is refused on both, in the words of the other."""
EVERY_KEPT = [table for table in KEPT if table != "operator"]


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """A base with at least one row in every table the rules protect."""
    with store.unit() as unit:
        case = unit.cases.open(a.a_case(), 1)
        event = CaseEvent(a.NOON, 1, Signal.DONE, Position(Step.SCAN), Position(Step.PRESETTLE))
        unit.cases.save(case, event)
        unit.cases.keep_document(case.case_id, "aa", b"%PDF-1")
        unit.messages.stamp("P35010000001", 1, a.NOON)
        staged = unit.messages.stage(a.a_draft("M1"), case.case_id)
        unit.messages.close(staged.row_id, MessageState.ANSWERED, a.some_wire_facts())
        unit.journal.write(a.NOON, 1, "sign_in", "counter 1")
        goods = SqlGoods(scope_of(unit))
        item = goods.stock_item(a.an_item())
        lot = goods.receive(a.a_lot(item.item_id), a.codes(5), "GR1", a.NOON)
        given = scope_of(unit).connection
        given.exec_driver_sql("INSERT INTO stock_gift SELECT MAX(event_id) FROM stock_event")
        unit.goods.reserve(a.codes(1)[0], lot.lot_id, case.case_id, a.NOON)
        unit.goods.sell(case.case_id, None, "0001-000001", 1, a.NOON)
        unit.prints.queue(PrintKind.WAITING_SLIP, case.case_id, None, a.NOON)
        unit.settings.next_number("receipt")
        item = unit.outbox.add(
            Operation.RETURN_SALE, "S1", "PC1", a.a_return(), case.case_id, "示例片", a.NOON
        )
        unit.outbox.note(item, OutboxNote(a.NOON, OutboxMove.RELEASED))
        unit.attempts.add(a.an_attempt(), case.case_id, "RX1")
        unit.leases.take("counter.01", 1, "one/1", None, a.NOON)
        boss = SqlPeople(scope_of(unit)).enrol(a.a_boss())
        unit.money_days.replace(a.a_money_day())
        unit.money_days.sign(a.NOON.date(), SignOff(1, a.NOON, boss.staff_id, "店长", ""))
        unit.money_days.adopt(a.an_adopted_line(boss.staff_id))
        unit.stock_days.replace(a.a_stock_run(), ())
        noted = StockSignOff(1, a.NOON, boss.staff_id, "店长", "")
        unit.stock_days.sign(a.NOON.date(), noted)
        word = Acceptance("SP1", "A1", "1|2", a.NOON, boss.staff_id, "店长", "盘过")
        unit.stock_days.accept(a.NOON.date(), word)
        unit.stock.write_note(Note(0, NoteKind.RECEIPT, "GR1", a.NOON, a.NOON, boss.staff_id))
        sheet = unit.counts.open(boss.staff_id, "all", [lot.lot_id], a.NOON)
        line = required(unit.counts.line(sheet.sheet_id, lot.lot_id), "no line")
        counted = replace(line, expected=4, counted=4, counted_at=a.NOON, staff_id=boss.staff_id)
        unit.counts.write(replace(counted, final=4))
        unit.counts.close(sheet.sheet_id, a.NOON, None)
        told = int(Code.SCAN_EARLIER_LOT)
        reason = OverrideReason.CUSTOMER_CHOSE
        passed = Override(
            a.NOON, boss.staff_id, case.case_id, 1, told, reason, lot.item_id, lot.lot_id, ""
        )
        unit.overrides.note((passed,))
        parts = foreign_amounts(Fen(1070), Fen(70), Fen(0))
        leg = ForeignLeg.SETTLE
        booked = ForeignMoney(a.NOON, 1, case.case_id, leg, "YQT-1", "RX1", parts)
        unit.elsewhere.enter(booked)
        unit.deliveries.add(replace(delivery(), case_id=case.case_id))
        unit.prefixes.learn(a.a_learned_prefix(lot.item_id, boss.staff_id))
        second = unit.cases.open(a.a_case(), 1).case_id
        box = OpenBox(a.codes(2)[1], lot.lot_id, 30)
        unit.goods.reserve_part(box, box.take(second, 10), a.NOON)
        unit.goods.sell(second, None, "0001-000002", 1, a.NOON)
        entry = a.a_registered(case.case_id, lot.lot_id, boss.staff_id)
        unit.register.enter(replace(entry, pieces=3, size=10))
    return store


def refused_by(store: SqlStore, statement: str) -> str:
    """The name of the rule that stopped ``statement``; empty where nothing did."""
    try:
        with store.unit() as unit:
            done = scope_of(unit).connection.exec_driver_sql(statement)
            assert done.rowcount != 0, "the statement met no row, so it proves nothing"
    except Bug as bug:
        return str(bug.params["what"])
    return ""


def first_column(store: SqlStore, table: str) -> str:
    with store.reading() as unit:
        connection = scope_of(unit).connection
        return str(sa.inspect(connection).get_columns(table)[0]["name"])


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_rows_never_change_and_never_go(filled: SqlStore, table: str) -> None:
    column = first_column(filled, table)
    update = refused_by(filled, f"UPDATE {table} SET {column} = {column}")  # noqa: S608
    delete = refused_by(filled, f"DELETE FROM {table}")  # noqa: S608
    assert update == f"append_only_{table}_update"
    assert delete == f"append_only_{table}_delete"


@pytest.mark.parametrize("table", EVERY_KEPT)
def test_kept_rows_never_go(filled: SqlStore, table: str) -> None:
    assert refused_by(filled, f"DELETE FROM {table}") == f"kept_{table}"  # noqa: S608


@only(FILE)
def test_replace_does_not_pass_by_the_delete_rule(filled: SqlStore) -> None:
    row = (
        "REPLACE INTO journal SELECT number, at, staff_id, 'x', subject, reason, link FROM journal"
    )
    assert refused_by(filled, row) == "append_only_journal_delete"


@only(SERVER)
@pytest.mark.parametrize("table", ["journal", "settlement_attempt"])
def test_truncate_does_not_pass_by_the_delete_rule(filled: SqlStore, table: str) -> None:
    rule = refused_by(filled, f"TRUNCATE {table} CASCADE")
    assert rule.startswith(("append_only_", "kept_"))


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE message SET kept = (SELECT request FROM outbox)", "message_content"),
        ("UPDATE message SET message_id = 'M2'", "message_content"),
        ("UPDATE message SET state = 'sending'", "message_state_rises"),
        ("UPDATE message_mark SET last_at = last_at - 1", "message_mark_rises"),
        ("UPDATE number_series SET last = last - 1", "number_series_rises"),
        ("UPDATE money_day SET run_no = run_no - 1", "money_day_run_rises"),
        ("UPDATE stock_day SET run_no = run_no - 1", "stock_day_run_rises"),
        ("UPDATE lease SET fence = fence - 1", "lease_fence_rises"),
        ("UPDATE lease SET holder = 'two/1'", "lease_fence_rises"),
        ("UPDATE outbox SET request = (SELECT kept FROM message)", "outbox_content"),
        ("UPDATE outbox SET business_key = 'S2'", "outbox_content"),
        ("UPDATE settlement_attempt SET total = total + 1, fund = fund + 1", "attempt_bill"),
        ("UPDATE settlement_attempt SET claim = 'RX2'", "attempt_bill"),
        ("UPDATE code_claim SET state = 'reserved'", "claim_state_rises"),
        ("DELETE FROM code_claim", "claim_sold_stays"),
        ("UPDATE lot SET on_hand = on_hand + 1", "stock_from_events"),
        ("UPDATE code_claim SET receipt_no = 'x'", "claim_sale_stays"),
        ("UPDATE count_sheet SET scope = 'x'", "count_closed"),
        ("UPDATE count_line SET counted = 9", "count_line_closed"),
    ],
)
def test_content_stays_and_states_only_rise(filled: SqlStore, statement: str, rule: str) -> None:
    assert refused_by(filled, statement) == rule


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE counter_case SET phase = 'paid'", "ck_counter_case_phase"),
        ("UPDATE counter_case SET version = 'x'", "cannot store TEXT"),
        ("UPDATE settlement_attempt SET next_at = NULL", "ck_settlement_attempt_next_at"),
        ("UPDATE settlement_attempt SET state = 'settled'", "ck_settlement_attempt_settled"),
        ("UPDATE item SET retail_price = -1", "ck_item_retail_price_sign"),
        ("UPDATE outbox SET state = 'sending'", "ck_outbox_lease"),
        (
            "INSERT INTO case_event SELECT 99, 99, at, staff_id, signal, step_before, phase_before,"
            " step_after, phase_after, message_id, code, evidence_id FROM case_event",
            "FOREIGN KEY",
        ),
    ],
)
def test_values_outside_their_kind_are_refused(
    filled: SqlStore, base: str, statement: str, rule: str
) -> None:
    wanted = AT_SERVER.get(rule, rule) if base == SERVER else rule
    assert wanted in refused_by(filled, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE settlement_attempt SET reversals = 1.5",
        "UPDATE item SET retail_price = 12.34",
    ],
)
@only(FILE)
def test_a_broken_number_is_refused_by_the_base(filled: SqlStore, statement: str) -> None:
    assert "cannot store REAL" in refused_by(filled, statement)


@pytest.mark.parametrize("value", [12.34, 12.0, Decimal("12.34")])
@only(SERVER)
def test_a_broken_number_never_reaches_the_server(filled: SqlStore, value: float | Decimal) -> None:
    """It would be rounded there."""
    for put in (
        lambda scope: scope.ask(PRICE, {"wanted": 1, "retail_price": value}),
        lambda scope: scope.connection.execute(sa.update(item).values(retail_price=value)),
    ):
        with pytest.raises(Bug), filled.unit() as unit:
            put(scope_of(unit))


def test_delivered_upload_never_changes(filled: SqlStore) -> None:
    with filled.unit() as unit:
        (item,) = unit.outbox.items()
        unit.outbox.settle(item.item_id, OutboxState.DELIVERED, a.NOON, None, "")
    assert refused_by(filled, "UPDATE outbox SET tries = tries + 1") == "outbox_final"


def test_dead_attempt_never_lives_again(filled: SqlStore) -> None:
    rejected = replace(a.an_attempt(), state=AttemptState.REJECTED, next_at=None)
    with filled.unit() as unit:
        unit.attempts.save(rejected, AttemptState.PREPARED, "Restarted", a.NOON)
    revive = "UPDATE settlement_attempt SET state = 'prepared', next_at = 1"
    assert refused_by(filled, revive) == "attempt_final"


def open_case(store: SqlStore) -> int:
    with store.unit() as unit:
        return unit.cases.open(a.a_case(step=Step.SETTLE), 1).case_id


def test_second_live_attempt_names_the_first(store: SqlStore) -> None:
    first, second = open_case(store), open_case(store)
    with store.unit() as unit:
        unit.attempts.add(a.an_attempt("M1"), first, "RX1")
    with pytest.raises(OperatorInput) as refused, store.unit() as unit:
        unit.attempts.add(a.an_attempt("M2"), second, "RX1")
    assert refused.value.code is Code.PRESCRIPTION_LIVE_ELSEWHERE
    assert (refused.value.params["case"], refused.value.params["counter"]) == (first, 1)
    with store.unit() as unit:
        unit.attempts.add(a.an_attempt("M3"), second, "RX2")


@pytest.mark.parametrize("state", sorted(AttemptState))
def test_prescription_is_free_exactly_when_its_attempt_is_dead(
    store: SqlStore, state: AttemptState
) -> None:
    case_id, attempt = open_case(store), a.an_attempt("M1")
    reached = replace(
        attempt, state=state, settled=a.some_settled(), refund_message_id="R1", next_at=a.NOON
    )
    with store.unit() as unit:
        unit.attempts.add(attempt, case_id, "RX1")
        if state is not AttemptState.PREPARED:
            unit.attempts.save(reached, AttemptState.PREPARED, "x", a.NOON)
    free = state in (AttemptState.REJECTED, AttemptState.REVERSED, AttemptState.REFUNDED)
    try:
        with store.unit() as unit:
            unit.attempts.add(a.an_attempt("M2"), case_id, "RX1")
        taken = True
    except OperatorInput:
        taken = False
    assert taken is free


def test_index_holds_whoever_writes(store: SqlStore, base: str) -> None:
    case_id = open_case(store)
    with store.unit() as unit:
        unit.attempts.add(a.an_attempt("M1"), case_id, "RX1")
    copy = (
        "INSERT INTO settlement_attempt SELECT 99, 'M2', case_id, claim, state, leg, total, fund,"
        " account, cash, mutual_aid, hospital_part, refund_message_id, sent_at, next_at,"
        " reversals, asked, confirming, settled, settled_on, refund, reason"
        " FROM settlement_attempt"
    )
    rule = "UNIQUE constraint failed: settlement_attempt.claim"
    assert (AT_SERVER[rule] if base == SERVER else rule) in refused_by(store, copy)


def test_two_threads_open_one_attempt(store: SqlStore) -> None:
    cases = [open_case(store), open_case(store)]
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def add(number: int) -> None:
        barrier.wait(30)
        try:
            with store.unit() as unit:
                unit.attempts.add(a.an_attempt(f"M{number}"), cases[number], "RX1")
            outcomes.append("live")
        except OperatorInput as refused:
            outcomes.append(refused.code.name)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["PRESCRIPTION_LIVE_ELSEWHERE", "live"]


@pytest.mark.parametrize("named", [True, False])
def test_no_receipt_and_no_goods_before_settled(store: SqlStore, named: bool) -> None:
    case_id = open_case(store)
    with store.unit() as unit:
        goods = SqlGoods(scope_of(unit))
        item = goods.stock_item(a.an_item())
        lot = goods.receive(a.a_lot(item.item_id), a.codes(5), "GR1", a.NOON)
        unit.goods.reserve(a.codes(1)[0], lot.lot_id, case_id, a.NOON)
        unit.attempts.add(a.an_attempt("M1"), case_id, "RX1")
    attempt_id = "M1" if named else None
    with pytest.raises(Bug) as receipt, store.unit() as unit:
        unit.prints.queue(PrintKind.RECEIPT, case_id, attempt_id, a.NOON)
    with pytest.raises(Bug) as sale, store.unit() as unit:
        unit.goods.sell(case_id, attempt_id, "0001-000001", 1, a.NOON)
    assert receipt.value.params["what"] == "receipt_from_settled"
    assert sale.value.params["what"] == "goods_from_settled"
    settled = replace(
        a.an_attempt("M1"), state=AttemptState.SETTLED, settled=a.some_settled(), next_at=None
    )
    with store.unit() as unit:
        unit.attempts.save(settled, AttemptState.PREPARED, "Replied", a.NOON)
        unit.goods.sell(case_id, "M1", "0001-000001", 1, a.NOON)
        unit.prints.queue(PrintKind.RECEIPT, case_id, "M1", a.NOON)


@only(SERVER)
def test_every_rule_of_a_file_has_its_twin_at_the_server(store: SqlStore) -> None:
    """By name; that both refuse the same is what the tests of this page are run on both for."""
    with store.reading() as unit:
        found = scope_of(unit).connection.exec_driver_sql(
            "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
            " AND right(tgname, 9) <> '_truncate'"
        )
        at_server = {(name, table) for name, table in found}
    at_file = {(rule.name, rule.table) for rule in (*refusals(), *FOLLOWS)}
    assert at_server == at_file


def test_protected_tables_are_all_there(store: SqlStore) -> None:
    with store.reading() as unit:
        names = set(sa.inspect(scope_of(unit).connection).get_table_names())
    assert set(APPEND_ONLY) | set(KEPT) <= names
