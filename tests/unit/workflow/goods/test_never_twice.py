"""A box is sold once, or comes back first: whatever the counter and the back room do in between.

Random acts on the boxes of one small shop through the real workflow, beside a model of three words
per box. What the model allows must happen, what it does not must be refused; and whatever happened,
the ledger proves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.domain.errors import OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.movements import PartMove, StockMove
from app.domain.money import Fen
from app.profile.operations import Operation
from app.workflow.goods.changing import Change
from app.workflow.goods.receiving import TypedLine
from app.workflow.views.case import CaseView
from tests.support.back_room import BackRoom, new_codes
from tests.support.small_counter import a_small_counter, make_template
from tests.support.split_shop import furnish_bottles

SIZE = 10
AWAY = {"102": "away", "104": "lost", "105": "gone"}
OFTEN = ("part", "back", "release")
EVERY = ("sell", *OFTEN, *AWAY, "send_back", "deliver", "found")
ACTS = st.lists(
    st.tuples(
        st.sampled_from((*EVERY, *OFTEN, *OFTEN)),
        st.integers(0, 1),
        st.integers(1, SIZE - 1),
    ),
    max_size=14,
)


@dataclass
class Box:
    """``where``: shelf, held, sold, or how it left; ``free`` and ``back`` once it is open."""

    code: DrugTraceCode
    where: str = "shelf"
    opened: bool = False
    free: int = SIZE
    back: int = 0
    sales: list[tuple[int, int]] = field(default_factory=list)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackRoom]:
    """One shop for all examples; each has boxes of its own."""
    template = Path(tmp_path_factory.mktemp("never_twice"))
    make_template(template)
    with a_small_counter(tmp_path_factory.mktemp("base") / "base", template) as small:
        room = BackRoom(small)
        furnish_bottles(small)
        profile = small.profile
        parts = {
            operation: msgspec.structs.replace(profile.operations[operation], enabled=True)
            for operation in (Operation.RECEIVE, Operation.RETURN_TO_SUPPLIER)
        }
        operations = {**profile.operations, **parts}
        small.with_profile(msgspec.structs.replace(profile, operations=operations))
        yield room


class Shop:
    """The hands: each act says whether it was done."""

    def __init__(self, room: BackRoom) -> None:
        self.room, self.surface = room, room.small.surface
        with room.small.store.reading() as unit:
            item = unit.goods.item_by_store_code("SP0009")
        assert item is not None
        self.item_id = item.item_id

    def deliver(self, box: Box, _pieces: int = 0) -> bool:
        with self.room.small.store.reading() as unit:
            number = f"D{len(unit.stock.notes(100_000))}"
        self.surface.drop_receipt()
        self.surface.name_receipt("示例医药公司", number, f"INV{number}")
        self.surface.put_line(TypedLine("SP0009", number, "2026-09-01", "2028-08-31", "1", "5"))
        try:
            self.surface.scan_in(box.code, (self.item_id, number, False))
        except OperatorInput:
            return False
        self.surface.book_receipt()
        return True

    def sell(self, box: Box, _pieces: int) -> bool:
        view = self._scanned(box)
        return view is not None and self._paid(box, view, SIZE)

    def part(self, box: Box, pieces: int) -> bool:
        view = self._scanned(box)
        if view is None:
            return False
        try:
            view = self._said(self.surface.split_box(view.case_id, 1, pieces))
        except OperatorInput:
            self.surface.abandon(view.case_id)
            return False
        return self._paid(box, view, pieces)

    def _scanned(self, box: Box) -> CaseView | None:
        view = self.surface.sell_for_cash(self.surface.current().case_id)
        scanned = self.room.small.scan(view, box.code)
        if scanned.spoken.tone == "stop":
            self.surface.abandon(view.case_id)
            return None
        return self._said(scanned.case)

    def _said(self, view: CaseView) -> CaseView:
        for line in view.scan.lines if view.scan is not None else ():
            if line.message is not None and line.reasons:
                view = self.surface.acknowledge(view.case_id, line.index, line.reasons[0])
        return view

    def _paid(self, box: Box, view: CaseView, pieces: int) -> bool:
        done = self.surface.pay(self.room.small.finish(view).case_id, Fen(10_000_000))
        box.sales.append((done.case_id, pieces))
        return True

    def back(self, box: Box, _pieces: int) -> bool:
        if not box.sales:
            return False
        case_id, _ = box.sales[-1]
        with self.room.small.store.unit() as unit:
            unit.goods.take_back(case_id, [box.code], self.room.small.clock.now())
        return True

    def release(self, box: Box, _pieces: int) -> bool:
        return self._did(lambda: self.surface.release_pieces(box.code, "验收合格"))

    def leave(self, box: Box, kind: str) -> bool:
        wanted = Change(self._lot(box), 1, "按单据", (box.code,))
        if kind == "send_back":
            return self._did(lambda: self.surface.send_back(wanted))
        return self._did(lambda: self.surface.change_stock(kind, wanted))

    def found(self, box: Box, _pieces: int) -> bool:
        return self.leave(box, "103")

    def _lot(self, box: Box) -> int:
        return self.surface.life_of(box.code)[-1].lot.lot_id

    @staticmethod
    def _did(act: object) -> bool:
        assert callable(act)
        try:
            act()
        except OperatorInput:
            return False
        return True


def allowed(box: Box, what: str, pieces: int) -> bool:
    """What may be done with a box, in the words of the model alone."""
    sealed = not box.opened
    match what:
        case "sell":
            # of an open box all that is left is sold, as a part
            return box.where == "shelf" and (sealed or box.free > 0)
        case "part":
            return box.where == "shelf" and pieces <= box.free
        case "back":
            return bool(box.sales)
        case "release":
            return box.back > 0
        case "deliver":
            return sealed and box.where == "away"
        case "found":
            return sealed and box.where in ("away", "lost", "gone")
        case _:
            return sealed and box.where in ("shelf", "held")


def note(box: Box, what: str, pieces: int) -> None:
    """What was done, in the words of the model alone."""
    match what:
        case "sell" if not box.opened:
            box.where = "sold"
        case "sell":
            box.sales[-1] = (box.sales[-1][0], box.free)
            box.free = 0
        case "part":
            box.opened, box.free = True, box.free - pieces
        case "back":
            _, taken = box.sales.pop()
            if box.opened:
                box.back += taken
            else:
                box.where = "held"
        case "release":
            box.free, box.back = box.free + box.back, 0
        case "deliver" | "found":
            box.where = "shelf"
        case _:
            box.where = AWAY.get(what, "away")


@settings(
    max_examples=10,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=ACTS)
def test_no_box_is_sold_twice_and_none_is_lost(
    room: BackRoom, acts: list[tuple[str, int, int]]
) -> None:
    shop = Shop(room)
    with room.small.store.reading() as unit:
        first = 2 * len(unit.stock.notes(100_000))
    boxes = [Box(code) for code in new_codes(2, first, prefix="8555555")]
    assert all(shop.deliver(box) for box in boxes)
    for what, at, pieces in acts:
        box = boxes[at]
        wanted = allowed(box, what, pieces)
        if what in AWAY or what == "send_back":
            done = shop.leave(box, what)
        else:
            done = getattr(shop, what)(box, pieces)
        assert done is wanted, (what, pieces, box)
        if done:
            note(box, what, pieces)
    with room.small.store.reading() as unit:
        for box in boxes:
            moves = [one.move for one in unit.stock.life_of(box.code)]
            pieces_out = sum(
                -one.pieces
                for one in unit.stock.parts_of_box(box.code)
                if one.move in (PartMove.SOLD, PartMove.RETURNED)
            )
            standing = moves.count(StockMove.SOLD) - moves.count(StockMove.RETURNED)
            assert standing == (box.opened or box.where == "sold")
            assert 0 <= pieces_out <= SIZE
            assert pieces_out == (SIZE - box.free - box.back if box.opened else 0)
    assert room.holds()
