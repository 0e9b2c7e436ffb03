"""Which sale has which part of an opened box, and what moved of it piece by piece."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.domain.goods.movements import PartMove, StockMove
from app.domain.goods.parts import NO_SALE, OpenBox, Part, PartState
from app.domain.money import QUANTITY_SCALE, Quantity
from app.ports.goods import Released, WrittenOff
from localdb.repositories.claims import at_counter
from localdb.repositories.scope import Scope
from localdb.schema.columns import Moment
from localdb.schema.goods import lot
from localdb.schema.parts import part_claim, part_event
from localdb.statements import ONE, AnyRow, Known
from localdb.stock import rows

_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted")
_OF_CODE = Known(
    sa.select(part_claim).where(part_claim.c.code == _WANTED).order_by(part_claim.c.claim_id)
)
_OF_ITEM = Known(
    sa.select(part_claim)
    .join(lot, lot.c.lot_id == part_claim.c.lot_id)
    .where(lot.c.item_id == _WANTED)
    .order_by(part_claim.c.claim_id)
)
_EVERY = Known(sa.select(part_claim).order_by(part_claim.c.claim_id))
_RESERVED_BY = Known(
    sa.select(part_claim)
    .where(part_claim.c.case_id == _WANTED, part_claim.c.state == PartState.RESERVED)
    .order_by(part_claim.c.claim_id)
)
_SALE_OF = Known(
    sa.select(part_claim.c.case_id)
    .where(
        part_claim.c.state == PartState.SOLD,
        sa.or_(part_claim.c.code == _WANTED, part_claim.c.receipt_no == _WANTED),
        at_counter(part_claim.c.counter_no),
    )
    # a sale that took its part earlier may have been paid later
    .order_by(part_claim.c.sold_at.desc(), part_claim.c.claim_id.desc())
    .limit(ONE)
)
_OPENED = Known(
    sa.select(part_event.c.event_id)
    .where(part_event.c.code == _WANTED, part_event.c.kind == PartMove.OPENED)
    .limit(ONE)
)
_RESERVE = Known(sa.insert(part_claim))
_RELEASE = sa.delete(part_claim).where(
    part_claim.c.case_id == sa.bindparam("case"), part_claim.c.state == PartState.RESERVED
)
_RELEASE_ONE = Known(_RELEASE.where(part_claim.c.code == _WANTED))
_RELEASE_ALL = Known(_RELEASE)
_SELL = Known(
    sa.update(part_claim)
    .where(part_claim.c.claim_id == _WANTED)
    .values(
        state=PartState.SOLD,
        sold_at=sa.bindparam("at", type_=Moment),
        attempt_id=sa.bindparam("attempt"),
        receipt_no=sa.bindparam("receipt"),
        counter_no=sa.bindparam("counter"),
    )
)
_TAKE_BACK = Known(
    sa.update(part_claim)
    .where(part_claim.c.case_id == sa.bindparam("case"))
    .where(part_claim.c.code == _WANTED)
    .where(part_claim.c.state == PartState.SOLD)
    .values(state=PartState.RETURNED, returned_at=sa.bindparam("at", type_=Moment))
    .returning(*part_claim.c)
)
_RETURNED = sa.update(part_claim).where(
    part_claim.c.code == _WANTED, part_claim.c.state == PartState.RETURNED
)
_GONE = Known(_RETURNED.values(state=PartState.GONE))
_RELEASED = Known(_RETURNED.values(state=PartState.RELEASED))
# Every column is always given: one statement, worded once, for every movement there is.
_COLUMNS: dict[str, object] = {
    column.name: None for column in part_event.c if column.name != "event_id"
}
_EVENT = Known(sa.insert(part_event))


@dataclass(frozen=True, slots=True)
class PartTakenBack:
    """One part that came back, and the sale it came from."""

    code: str
    lot_id: int
    pieces: int
    share: int
    receipt_no: str
    counter_no: int


def boxes(found: Iterable[AnyRow]) -> tuple[OpenBox, ...]:
    """Rows of ``part_claim`` as boxes, in the order in which they were first taken from."""
    known: dict[str, OpenBox] = {}
    for row in found:
        box = known.get(row.code) or OpenBox(row.code, row.lot_id, row.size)
        case_id, state = row.case_id or NO_SALE, PartState(row.state)
        part = Part(case_id, row.pieces, Quantity(row.share), state)
        known[row.code] = box.with_part(part)
    return tuple(known.values())


class PartClaims:
    """Rows of ``part_claim`` and ``part_event``: RESERVED may vanish, SOLD only comes back."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def box(self, code: str) -> OpenBox | None:
        """The box where anything was taken of it."""
        found = boxes(self._rows(_OF_CODE, code))
        return found[0] if found else None

    def of_item(self, item_id: int) -> tuple[OpenBox, ...]:
        return boxes(self._rows(_OF_ITEM, item_id))

    def every(self) -> tuple[OpenBox, ...]:
        return boxes(self._scope.ask(_EVERY))

    def sale_of(self, text: str, counter_no: int) -> int | None:
        """The newest standing sale of a part of this box, or with this receipt."""
        asked = {"wanted": text, "at_counter": counter_no}
        found: int | None = self._scope.ask(_SALE_OF, asked).scalar_one_or_none()
        return found

    def reserve(self, box: OpenBox, part: Part, at: datetime) -> None:
        """The base refuses more than the box holds, and a box that is sold whole."""
        self._scope.ask(
            _RESERVE,
            {
                "code": box.code,
                "lot_id": box.lot_id,
                "case_id": part.case_id,
                "size": box.size,
                "pieces": part.pieces,
                "share": part.share,
                "state": PartState.RESERVED,
                "reserved_at": at,
            },
        )

    def release(self, case_id: int, code: str | None = None) -> None:
        if code is None:
            self._scope.ask(_RELEASE_ALL, {"case": case_id})
        else:
            self._scope.ask(_RELEASE_ONE, {"case": case_id, "wanted": code})

    def sell(
        self, case_id: int, attempt_id: str | None, receipt_no: str, counter_no: int, at: datetime
    ) -> None:
        """Reserved parts become sold; a box nothing was sold of before is opened with it."""
        mine = self._rows(_RESERVED_BY, case_id)
        paper: dict[str, object] = {
            "case_id": case_id,
            "attempt_id": attempt_id,
            "receipt_no": receipt_no,
            "counter_no": counter_no,
        }
        for row in mine:
            if self._scope.ask(_OPENED, {"wanted": row.code}).first() is None:
                self._open(row, at, paper)
            self._book(PartMove.SOLD, row.lot_id, row.code, -row.pieces, -row.share, at, **paper)
        values = {"at": at, "attempt": attempt_id, "receipt": receipt_no, "counter": counter_no}
        for row in mine:
            self._scope.ask(_SELL, {"wanted": row.claim_id, **values})

    def _open(self, row: AnyRow, at: datetime, paper: dict[str, object]) -> None:
        """The box leaves the whole packs; ``upload_key`` names it in that row."""
        rows.book(
            self._scope,
            row.lot_id,
            StockMove.SOLD,
            -1,
            at,
            (row.code,),
            upload_key=row.code,
            **paper,
        )
        move, whole = PartMove.OPENED, QUANTITY_SCALE
        self._book(move, row.lot_id, row.code, row.size, whole, at, **paper)

    def take_back(self, case_id: int, code: str, at: datetime) -> PartTakenBack | None:
        """The part this sale had of the box; None where it had none."""
        asked = {"case": case_id, "wanted": code, "at": at}
        row = self._scope.ask(_TAKE_BACK, asked).one_or_none()
        if row is None:
            return None
        return PartTakenBack(
            code, row.lot_id, row.pieces, row.share, row.receipt_no, row.counter_no
        )

    def put_away(self, back: PartTakenBack, lot_id: int, case_id: int, at: datetime) -> None:
        """What came back lies in ``lot_id`` now, where nothing is sold from."""
        paper = {"case_id": case_id, "receipt_no": back.receipt_no, "counter_no": back.counter_no}
        move = PartMove.RETURNED
        self._book(move, lot_id, back.code, back.pieces, back.share, at, **paper)

    def write_off(self, away: WrittenOff, note_id: int, at: datetime) -> None:
        """``free`` of what could be sold goes, and what came back into ``held`` with it."""
        box, paper = away.box, away.paper(note_id)
        if away.free is not None:
            part = away.free
            self._scope.ask(
                _RESERVE,
                {
                    "code": box.code,
                    "lot_id": box.lot_id,
                    "case_id": None,
                    "size": box.size,
                    "pieces": part.pieces,
                    "share": part.share,
                    "state": PartState.GONE,
                    "reserved_at": at,
                },
            )
            move = PartMove.CHANGED
            self._book(move, box.lot_id, box.code, -part.pieces, -part.share, at, **paper)
        if away.back is not None:
            back = away.back
            self._scope.ask(_GONE, {"wanted": box.code})
            held = away.held
            self._book(PartMove.CHANGED, held, box.code, -back.pieces, -back.share, at, **paper)

    def put_back(self, back: Released, note_id: int, at: datetime) -> None:
        """Out of quarantine and into the box, in two rows that come to nothing."""
        box, part, move = back.box, back.part, PartMove.RELEASED
        self._scope.ask(_RELEASED, {"wanted": box.code})
        out, into = (back.held, -1), (box.lot_id, 1)
        for lot_id, sign in (out, into):
            pieces, share = sign * part.pieces, sign * part.share
            self._book(move, lot_id, box.code, pieces, share, at, note_id=note_id)

    def _book(
        self,
        move: PartMove,
        lot_id: int,
        code: str,
        pieces: int,
        share: int,
        at: datetime,
        **more: object,
    ) -> None:
        if not pieces or not share:
            raise Bug(what="a part of nothing", lot=lot_id)
        moved = {
            "lot_id": lot_id,
            "code": code,
            "kind": move,
            "pieces": pieces,
            "share": share,
            "at": at,
            "receipt_no": "",
        }
        self._scope.ask(_EVENT, _COLUMNS | moved | more)

    def _rows(self, known: Known, wanted: object) -> Sequence[AnyRow]:
        return self._scope.ask(known, {"wanted": wanted}).all()
