"""拆零 as the platform judges it: the flag, the one code, and how much of its box is left.

It counts in pieces by its own catalogue, whatever the pharmacy's books say. A part told in packs is
taken for the number of pieces it is nearest to.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.sandbox.core.frame.amounts import COUNT_SCALE, rounded
from app.sandbox.core.frame.envelope import Call
from app.sandbox.state import Connection
from resources.scenarios import DemoDrug


class Unsplittable(Exception):
    """Why a part is refused; ``name`` of a sentence of the refusals."""

    def __init__(self, name: str, what: str = "") -> None:
        super().__init__(name)
        self.name, self.what = name, what


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one box: ``pieces`` of the ``factor`` a pack holds."""

    code: str
    pieces: int
    factor: int


def judged(
    call: Call, drug: DemoDrug | None, codes: Sequence[str], quantity: int, *, split: bool
) -> Part | None:
    """The part a row tells of; None for whole packs. ``quantity`` at scale 4.

    Raises ``Unsplittable`` where flag, code and amount do not belong together.
    """
    if not split:
        if quantity % COUNT_SCALE and codes:
            raise Unsplittable("split_flag_missing")
        return None
    factor = drug.split_factor if drug is not None else 1
    if factor < 2:
        raise Unsplittable("split_unknown")
    pieces = _pieces(call, quantity, factor)
    if pieces >= factor:
        raise Unsplittable("split_flag_wrong")
    if not codes:
        return None
    if len(codes) != 1:
        raise Unsplittable("split_one_code")
    return Part(codes[0], pieces, factor)


def _pieces(call: Call, quantity: int, factor: int) -> int:
    if call.site.profile.rules.split_count == "piece":
        whole, rest = divmod(quantity, COUNT_SCALE)
        if rest or not whole:
            raise Unsplittable("split_amount")
        return whole
    pieces = rounded(quantity * factor, COUNT_SCALE)
    # two ten-thousandths: the last part of a box has what rounding left
    if pieces < 1 or abs(pieces * COUNT_SCALE - quantity * factor) > 2 * factor:
        raise Unsplittable("split_amount")
    return pieces


def drug_of(call: Call, item: str) -> DemoDrug | None:
    return next((drug for drug in call.site.demo.items if drug.code == item), None)


def told_sold(db: Connection, code: str) -> int:
    """Pieces of a box that stand as sold."""
    row = db.execute(
        "SELECT COALESCE(SUM(p.pieces), 0) FROM stock_part p JOIN stock_code c"
        " ON c.event=p.event AND c.code=p.code WHERE p.code=? AND c.sold=1",
        (code,),
    ).fetchone()
    return int(row[0])


def settled(db: Connection, code: str) -> int:
    """Pieces of a box in standing settlements."""
    row = db.execute(
        "SELECT COALESCE(SUM(p.pieces), 0) FROM settled_part p JOIN settlement s USING (setl_id)"
        " WHERE p.code=? AND s.state='active'",
        (code,),
    ).fetchone()
    return int(row[0])


def stock_of(call: Call, part: Part, quantity: int) -> int:
    """What a part takes out of the figure in packs: as told, or by the pieces gone so far."""
    if call.site.profile.rules.split_count != "piece":
        return quantity
    gone = told_sold(call.db, part.code)
    return (gone + part.pieces) * COUNT_SCALE // part.factor - gone * COUNT_SCALE // part.factor


def changed(call: Call, item: str, quantity: int) -> int:
    """What a change of an opened box does to the figure, in packs at scale 4."""
    drug = drug_of(call, item)
    if drug is None or call.site.profile.rules.split_count != "piece":
        return quantity
    return rounded(quantity, drug.split_factor)


def sale_of(
    db: Connection, code: str, row: Mapping[str, object], pieces: int
) -> tuple[int, int] | None:
    """The standing sale a returned part belongs to: its event, and what it took of the figure."""
    found = db.execute(
        "SELECT e.id, -e.quantity AS quantity FROM stock_part p JOIN stock_code c"
        " ON c.event=p.event AND c.code=p.code JOIN stock_event e ON e.id=p.event"
        " WHERE p.code=? AND p.pieces=? AND c.sold=1 AND e.document=? ORDER BY e.id DESC LIMIT 1",
        (code, pieces, str(row.get("medins_prod_sel_no") or "")),
    ).fetchone()
    return None if found is None else (int(found["id"]), int(found["quantity"]))
