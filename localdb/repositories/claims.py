"""Which case holds which box. One live claim per code, in the whole store (I9)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc

from app.domain.errors import Bug, Code, OperatorInput
from app.domain.goods.judging import SoldBefore
from app.domain.goods.stock import LotHold
from app.ports.store import CodeState
from localdb.failures import is_twice
from localdb.repositories.scope import Scope
from localdb.schema.columns import Moment
from localdb.schema.goods import code_claim, lot
from localdb.statements import ONE, Known

_LIVE: list[sa.ColumnClause[Any]] = [
    sa.literal_column(f"'{CodeState.RESERVED}'"),
    sa.literal_column(f"'{CodeState.SOLD}'"),
]

# Built once: every scan asks for them.
_OF_CODE = code_claim.c.code == sa.bindparam("wanted")
_RESERVED = code_claim.c.state == CodeState.RESERVED
_HELD_ELSEWHERE = Known(
    sa.select(code_claim.c.case_id).where(
        _OF_CODE, _RESERVED, code_claim.c.case_id != sa.bindparam("own")
    )
)
_SOLD_BEFORE = Known(
    sa.select(code_claim)
    .where(_OF_CODE, sa.not_(_RESERVED))
    .order_by(code_claim.c.claim_id.desc())
    .limit(ONE)
)


def at_counter(column: Any) -> Any:
    """Sold at the counter that is asked for, or at any where that is nought."""
    wanted: sa.BindParameter[int] = sa.bindparam("at_counter", type_=sa.Integer)
    return sa.or_(wanted == 0, column == wanted)


_SALE_OF = Known(
    sa.select(code_claim.c.case_id)
    .where(
        code_claim.c.state == CodeState.SOLD,
        sa.or_(_OF_CODE, code_claim.c.receipt_no == sa.bindparam("wanted")),
        at_counter(code_claim.c.counter_no),
    )
    .order_by(code_claim.c.claim_id.desc())
    .limit(ONE)
)
_RELEASE = sa.delete(code_claim).where(
    code_claim.c.case_id == sa.bindparam("case"), code_claim.c.state == CodeState.RESERVED
)
_RELEASE_ONE = Known(_RELEASE.where(_OF_CODE))
_RELEASE_ALL = Known(_RELEASE)
_SELL = Known(
    sa.update(code_claim)
    .where(code_claim.c.case_id == sa.bindparam("case"))
    .where(code_claim.c.state == CodeState.RESERVED)
    .values(state=CodeState.SOLD, sold_at=sa.bindparam("at", type_=Moment))
    .returning(code_claim.c.lot_id)
)
_TAKE_BACK = Known(
    sa.update(code_claim)
    .where(code_claim.c.case_id == sa.bindparam("case"))
    .where(_OF_CODE)
    .where(code_claim.c.state == CodeState.SOLD)
    .values(state=CodeState.RETURNED, returned_at=sa.bindparam("at", type_=Moment))
    .returning(code_claim.c.lot_id, code_claim.c.receipt_no, code_claim.c.counter_no)
)
_LOT = Known(sa.select(lot).where(lot.c.lot_id == sa.bindparam("wanted")))
_TWIN = Known(
    sa.select(lot.c.lot_id)
    .where(lot.c.upload_lot == sa.bindparam("wanted"))
    .where(lot.c.hold == LotHold.QUARANTINE)
)
_RESERVE = Known(sa.insert(code_claim))


@dataclass(frozen=True, slots=True)
class TakenBack:
    """One box that came back, and the sale it came from."""

    code: str
    lot_id: int
    receipt_no: str
    counter_no: int


class CodeClaims:
    """Rows of ``code_claim``: RESERVED may vanish, SOLD only becomes RETURNED."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def held_elsewhere(self, code: str, case_id: int) -> int | None:
        """The case other than ``case_id`` that has the box reserved."""
        asked = {"wanted": code, "own": case_id}
        case: int | None = self._scope.ask(_HELD_ELSEWHERE, asked).scalar_one_or_none()
        return case

    def sold_before(self, code: str) -> SoldBefore | None:
        """The newest sale of the box."""
        row = self._scope.ask(_SOLD_BEFORE, {"wanted": code}).one_or_none()
        if row is None:
            return None
        returned = CodeState(row.state) is CodeState.RETURNED
        return SoldBefore(row.sold_at, row.counter_no, row.receipt_no, returned)

    def sale_of(self, text: str, counter_no: int) -> int | None:
        """The newest sale that stands, by one of its boxes or by its receipt."""
        asked = {"wanted": text, "at_counter": counter_no}
        found = self._scope.ask(_SALE_OF, asked).scalar_one_or_none()
        return None if found is None else int(found)

    def reserve(self, code: str, lot_id: int, case_id: int, at: datetime) -> None:
        held = {"code": code, "lot_id": lot_id, "case_id": case_id}
        try:
            with self._scope.line.refusable():
                self._scope.ask(_RESERVE, {**held, "state": CodeState.RESERVED, "reserved_at": at})
        except sqlalchemy.exc.IntegrityError as error:
            if is_twice(error, "code_claim.code", "uq_code_claim_live"):
                raise self._taken(code, case_id) from error
            raise

    def _taken(self, code: str, case_id: int) -> OperatorInput:
        row = self._scope.connection.execute(
            sa.select(code_claim)
            .where(code_claim.c.code == code)
            .where(code_claim.c.state.in_(_LIVE))
        ).one()
        if CodeState(row.state) is CodeState.SOLD:
            return OperatorInput(
                Code.SCAN_SOLD_BEFORE,
                when=row.sold_at.isoformat(timespec="minutes"),
                counter=row.counter_no,
                receipt=row.receipt_no,
            )
        if row.case_id == case_id:
            return OperatorInput(Code.SCAN_REPEATED)
        return OperatorInput(Code.SCAN_CLAIMED_ELSEWHERE, case=row.case_id)

    def release(self, case_id: int, code: str | None = None) -> None:
        if code is None:
            self._scope.ask(_RELEASE_ALL, {"case": case_id})
        else:
            self._scope.ask(_RELEASE_ONE, {"case": case_id, "wanted": code})

    def sell(
        self, case_id: int, attempt_id: str | None, receipt_no: str, counter_no: int, at: datetime
    ) -> Counter[int]:
        """Packs sold, by lot."""
        sale = {"attempt_id": attempt_id, "receipt_no": receipt_no, "counter_no": counter_no}
        return Counter(self._scope.ask(_SELL, {"case": case_id, "at": at, **sale}).scalars())

    def take_back(self, case_id: int, codes: Sequence[str], at: datetime) -> tuple[TakenBack, ...]:
        return tuple(self._take_back(case_id, code, at) for code in codes)

    def _take_back(self, case_id: int, code: str, at: datetime) -> TakenBack:
        asked = {"case": case_id, "wanted": code, "at": at}
        row = self._scope.ask(_TAKE_BACK, asked).one_or_none()
        if row is None:
            raise Bug(what="box was not sold in this case", case=case_id)
        return TakenBack(code, row.lot_id, row.receipt_no, row.counter_no)

    def quarantine_of(self, lot_id: int) -> int:
        """The held twin of a lot: same goods, never sellable. Made when first needed."""
        origin = self._scope.ask(_LOT, {"wanted": lot_id}).one()
        if LotHold(origin.hold) is LotHold.QUARANTINE:
            return lot_id
        twin = self._scope.ask(_TWIN, {"wanted": origin.upload_lot}).scalar_one_or_none()
        if twin is not None:
            return int(twin)
        made: int = self._scope.connection.execute(
            sa.insert(lot)
            .values(
                item_id=origin.item_id,
                upload_lot=origin.upload_lot,
                lot_no=origin.lot_no,
                made_on=origin.made_on,
                expires_on=origin.expires_on,
                on_hand=0,
                hold=LotHold.QUARANTINE,
            )
            .returning(lot.c.lot_id)
        ).scalar_one()
        return made
