"""Whenever every upload is accepted, the sum of our ledger is the figure of the platform."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain import money
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import LotHold
from app.domain.money import Fen
from app.ports.stock import QueryStock
from app.ports.stock_books import ShelfLine
from app.ports.store import OutboxState
from app.profile.operations import Operation
from app.workflow import day, delivery
from app.workflow import exchange as wire
from app.workflow.cases.required import required
from app.workflow.goods.changing import Change
from app.workflow.goods.counting import EVERYTHING
from app.workflow.goods.receiving import TypedLine
from tests.support.counter import Bench, a_counter
from tests.support.duty import shows_up
from tests.support.reasons import give_reasons

BOSS = ("3001", "112358")
CLERK = ("1001", "246810")
TOLD = (Operation.RECEIVE, Operation.RETURN_TO_SUPPLIER)


@dataclass
class Store:
    """A store whose area wants to hear of everything, and what it did so far."""

    bench: Bench
    notes: int = 0
    received: list[int] = field(default_factory=list)

    def boss(self) -> None:
        self.bench.surface.sign_in(*BOSS)

    def shelf(self) -> tuple[ShelfLine, ...]:
        with self.bench.store.reading() as unit:
            return unit.stock.shelf()

    def ours(self) -> Counter[str]:
        sums: Counter[str] = Counter()
        with self.bench.store.reading() as unit:
            for line in unit.stock.shelf(empty=True):
                lot_id = line.lot.lot_id
                sums[line.lot.upload_lot] += money.packs(
                    sum(movement.packs for movement in unit.stock.movements(lot_id))
                ) + sum(part.share for part in unit.stock.parts(lot_id))
        return Counter({lot: amount for lot, amount in sums.items() if amount})

    def apart(self) -> dict[str, int]:
        """Lots that differ. A count is told with two decimals, so a lot of which a box was opened
        may lie half a hundredth of a pack apart, and no further."""
        with self.bench.store.reading() as unit:
            opened = {unit.goods.lot(box.lot_id).upload_lot for box in unit.goods.every_open_box()}
        differing = self.ours()
        differing.subtract(self.theirs())
        return {
            lot: amount
            for lot, amount in differing.items()
            if abs(amount) > (50 if lot in opened else 0)
        }

    def theirs(self) -> Counter[str]:
        till, page, sums = self.bench.till, 1, Counter[str]()
        day.ensure_open(till)
        while True:
            asked = QueryStock(page, till.profile.rules.page_size_max)
            with till.store.unit() as unit:
                staged = wire.stage(till, unit, till.platform.goods, asked, None)
            found = wire.answer_to(till, staged, till.platform.goods.query_stock).value
            for row in found.rows:
                sums[row.upload_lot] += row.quantity
            if found.place.last:
                return Counter({lot: amount for lot, amount in sums.items() if amount})
            page += 1

    # what may happen, each with two numbers drawn

    def receive(self, which: int, packs: int, lot_no: str = "") -> None:
        self.boss()
        self.notes += 1
        surface, items = self.bench.surface, self.bench.demo.items
        item = items[which % len(items)]
        surface.name_receipt("示例医药", f"D{self.notes}", f"INV{self.notes}")
        lot_no = lot_no or f"N{self.notes}"
        surface.put_line(
            TypedLine(item.code, lot_no, "2026-01-01", "2029-01-01", str(packs + 1), "9.5")
        )
        with self.bench.store.reading() as unit:
            made = unit.goods.item_by_store_code(item.code)
        assert made is not None
        for serial in range(packs):
            code = f"{item.drug_prefixes[0]}9{self.notes:06d}{serial:06d}"
            surface.scan_in(code, (made.item_id, lot_no, False))
        booked = surface.book_receipt()
        self.received += [line.lot_id for line in surface.note_lines(booked.note_id)]

    def change(self, which: int, packs: int) -> None:
        self.boss()
        lots = [line.lot for line in self.shelf() if line.lot.hold is not LotHold.QUARANTINE]
        lot = lots[which % len(lots)]
        kinds = sorted(self.bench.surface.change_kinds().items())
        kind, (_, inward) = kinds[packs % len(kinds)]
        count = packs + 1 if inward else min(packs + 1, lot.on_hand)
        boxes = () if inward else self.boxes(lot.lot_id)[:count]
        if count > 0:
            wanted = Change(lot.lot_id, count, "试", boxes, "damaged")
            self.bench.surface.change_stock(kind, wanted)

    def send_back(self, which: int, packs: int) -> None:
        self.boss()
        if not self.received:
            return
        lot_id = self.received[which % len(self.received)]
        with self.bench.store.reading() as unit:
            lot = unit.goods.lot(lot_id)
        count = min(packs + 1, lot.on_hand)
        if count > 0:
            wanted = Change(lot_id, count, "试", self.boxes(lot_id)[:count], "damaged")
            self.bench.surface.send_back(wanted)

    def boxes(self, lot_id: int) -> tuple[DrugTraceCode, ...]:
        with self.bench.store.reading() as unit:
            return unit.stock.boxes_in(lot_id)

    def count(self, which: int, packs: int) -> None:
        self.boss()
        surface = self.bench.surface
        rows = surface.begin_count(EVERYTHING).rows
        for row in rows[which % len(rows) :][:3]:
            surface.write_count(row.lot.lot_id, max(0, row.lot.on_hand + packs - 2))
        surface.book_count(partly=True)

    def sell(self, which: int, packs: int) -> None:
        surface = self.bench.surface
        surface.sign_in(*CLERK)
        free = self._free_boxes()
        if not free:
            return
        self.sell_boxes([free[(which + number) % len(free)] for number in range(packs % 2 + 1)])

    def sell_boxes(self, codes: list[DrugTraceCode]) -> int:
        """For cash; the number of the case."""
        surface = self.bench.surface
        shows_up(self.bench.till)
        start = surface.next_customer(surface.current().case_id)
        view = surface.sell_for_cash(start.case_id)
        for code in codes:
            view = self.bench.scan(view, code).case
        view = give_reasons(surface, view)
        view = surface.finish(view.case_id)
        return surface.pay(view.case_id, Fen(1_000_000)).case_id

    def split(self, which: int, packs: int) -> None:
        """A part of a box that is sealed, or of one that was opened before."""
        surface = self.bench.surface
        surface.sign_in(*CLERK)
        shows_up(self.bench.till)
        with self.bench.store.reading() as unit:
            left = [box.code for box in unit.goods.every_open_box() if box.free]
        boxes = [*left, *self._free_boxes(splits=True)]
        start = surface.next_customer(surface.current().case_id)
        view = surface.sell_for_cash(start.case_id)
        view = self.bench.scan(view, boxes[which % (len(left) + 1)]).case
        (line,) = required(view.scan, "not at the boxes").lines
        pieces = packs % 5 + 1
        if line.split is None or line.split.wanted > pieces:
            view = surface.split_box(view.case_id, line.index, pieces)
        view = give_reasons(surface, view)
        surface.pay(surface.finish(view.case_id).case_id, Fen(1_000_000))

    def _free_boxes(self, *, splits: bool = False) -> list[DrugTraceCode]:
        """Boxes anybody may buy: no prescription, no register, not held, not ended."""
        with self.bench.store.reading() as unit:
            today = self.bench.clock.now().date()
            return [
                code
                for line in unit.stock.shelf()
                if not line.item.needs_prescription and not line.item.ephedrine
                if line.item.splits or not splits
                if line.lot.sellable(today)
                for code in unit.stock.boxes_in(line.lot.lot_id)
            ]


@contextmanager
def a_store(folder: Path, region: str) -> Iterator[Store]:
    with a_counter(folder, region=region) as bench:
        profile = bench.till.profile
        told = {
            name: msgspec.structs.replace(profile.operations[name], enabled=True) for name in TOLD
        }
        operations = {**profile.operations, **told}
        bench.till.profile = msgspec.structs.replace(profile, operations=operations)
        yield Store(bench)


@pytest.fixture(params=["fujian", "fujian+serial_per_row"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Where a serial names a lot, and where it names a reported row."""
    with a_store(tmp_path, request.param) as opened:
        yield opened


deeds = st.lists(
    st.tuples(
        st.sampled_from(["receive", "change", "send_back", "count", "sell", "split"]),
        st.integers(0, 400),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=8,
)


def test_both_books_begin_alike_and_a_record_that_never_went_is_seen(store: Store) -> None:
    assert store.ours() == store.theirs()
    store.receive(0, 3)
    with store.bench.store.unit() as unit:
        (item,) = unit.outbox.items()
        now = store.bench.clock.now()
        unit.outbox.settle(item.item_id, OutboxState.VOIDED, now, None, "")
    delivery.drain(store.bench.till)
    ours = store.ours()
    ours.subtract(store.theirs())
    assert {lot: packs for lot, packs in ours.items() if packs} == {item.lane_key: 40_000}


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=deeds)
def test_the_sum_of_the_ledger_is_the_platforms_figure(
    store: Store, deeds: list[tuple[str, int, int]]
) -> None:
    """One store goes on from example to example: every prefix of its life must agree."""
    for deed, which, packs in deeds:
        getattr(store, deed)(which, packs)
    delivery.drain(store.bench.till)
    with store.bench.store.reading() as unit:
        assert unit.outbox.items() == ()
        assert unit.stock.prove().flaws == ()
    assert store.apart() == {}
