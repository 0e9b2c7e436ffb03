"""Faults in the platform's own books of stock, planted on purpose after the fact.

Each changes what is committed and nothing else: no message says so, as in real life. What was
planted is told to whoever planted it.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from app.sandbox.core.frame.amounts import COUNT_SCALE
from app.sandbox.core.goods.switches import turn_on
from app.sandbox.site import Site
from app.sandbox.state import Connection, Row

_FEN = 10_000
"""Prices are kept at scale 6 of yuan."""


class StockPlant(StrEnum):
    """What can be wrong in the books of one lot."""

    ALTER = "alter"
    TURN = "turn"
    MISFILE = "misfile"
    WIPE = "wipe"
    INTRUDE = "intrude"
    STRANGE_LOT = "strange_lot"
    SCALE = "scale"
    REPRICE = "reprice"


_TIMED = frozenset({StockPlant.INTRUDE, StockPlant.STRANGE_LOT})


class NothingToPlantOn(ValueError):
    """There is no record this fault could be planted on, or no such fault."""


def plant(site: Site, asked: Mapping[str, object]) -> dict[str, object]:
    """``plant`` on the newest record of ``kind`` in ``lot``; ``by`` is how much, ``to`` the lot or
    the time it goes to (now, where nobody says).

    With ``spoils`` in place of ``plant`` a switch is set for what will come. Raises
    ``NothingToPlantOn``, ``SwitchWrong``.
    """
    if "spoils" in asked:
        return turn_on(site, asked)
    try:
        what = StockPlant(str(asked.get("plant")))
        by = int(str(asked.get("by", 1)))
    except ValueError as wrong:
        raise NothingToPlantOn(str(wrong)) from wrong
    to = str(asked.get("to") or "")
    if not to and what in _TIMED:
        to = site.clock.now().isoformat(" ", "seconds")
    with site.state.writing() as db:
        row = _target(db, str(asked.get("kind") or ""), str(asked.get("lot") or ""))
        _PLANTS[what](db, row, by, to)
    return {"plant": what.value, "lot": str(row["lot"]), "item": str(row["item"])}


def _target(db: Connection, kind: str, lot: str) -> Row:
    row: Row | None = db.execute(
        "SELECT * FROM stock_event WHERE (?='' OR kind=?) AND (?='' OR lot=?) AND NOT erased"
        " ORDER BY id DESC LIMIT 1",
        (kind, kind, lot, lot),
    ).fetchone()
    if row is None:
        raise NothingToPlantOn(f"no {kind or 'record'} in {lot or 'any lot'}")
    return row


def _alter(db: Connection, row: Row, by: int, _to: str) -> None:
    """Another amount than was told, the same way."""
    more = by * COUNT_SCALE * (1 if int(row["quantity"]) >= 0 else -1)
    db.execute("UPDATE stock_event SET quantity=quantity+? WHERE id=?", (more, row["id"]))


def _turn(db: Connection, row: Row, _by: int, _to: str) -> None:
    """In for out, out for in."""
    db.execute("UPDATE stock_event SET quantity=-quantity WHERE id=?", (row["id"],))


def _misfile(db: Connection, row: Row, _by: int, to: str) -> None:
    """Under another lot of the same drug."""
    db.execute("UPDATE stock_event SET lot=? WHERE id=?", (to, row["id"]))


def _wipe(db: Connection, row: Row, _by: int, _to: str) -> None:
    """Every record of this kind and lot, as a deletion by somebody would."""
    db.execute(
        "UPDATE stock_event SET erased=1 WHERE lot=? AND data_type=?",
        (row["lot"], row["data_type"]),
    )


def _intrude(db: Connection, row: Row, by: int, to: str) -> None:
    """A sale from a till nobody here knows of."""
    _copy(db, row, by, str(row["lot"]), to)


def _strange_lot(db: Connection, row: Row, by: int, to: str) -> None:
    """A delivery of a lot this store never had."""
    _copy(db, row, -by, f"X{row['lot']}", to)


def _copy(db: Connection, row: Row, out: int, lot: str, at: str) -> None:
    columns = (
        "institution, kind, data_type, item, national_code, name, lot, lot_no, expires_on,"
        " rx_flag, quantity, price, document, happened_at, accepted_at, msgid"
    )
    sale = out > 0
    values = (
        row["institution"],
        "sale" if sale else "receipt",
        "4" if sale else "3",
        row["item"],
        row["national_code"],
        row["name"],
        lot,
        row["lot_no"],
        row["expires_on"],
        row["rx_flag"],
        -out * COUNT_SCALE,
        row["price"],
        f"9999-{row['id']:06d}" if sale else "",
        at,
        at,
        f"FOREIGN{row['id']:06d}",
    )
    marks = ",".join("?" * len(values))
    db.execute(f"INSERT INTO stock_event ({columns}) VALUES ({marks})", values)  # noqa: S608 fixed text


def _scale(db: Connection, row: Row, by: int, _to: str) -> None:
    """Everything of this lot in another unit."""
    db.execute("UPDATE stock_event SET quantity=quantity*? WHERE lot=?", (by, row["lot"]))


def _reprice(db: Connection, row: Row, by: int, _to: str) -> None:
    """A price of the drug that nobody told: ``by`` fen more than before."""
    db.execute(
        "UPDATE stock_event SET price=price+? WHERE item=? AND price IS NOT NULL",
        (by * _FEN, row["item"]),
    )


_PLANTS: Mapping[StockPlant, Callable[[Connection, Row, int, str], None]] = {
    StockPlant.ALTER: _alter,
    StockPlant.TURN: _turn,
    StockPlant.MISFILE: _misfile,
    StockPlant.WIPE: _wipe,
    StockPlant.INTRUDE: _intrude,
    StockPlant.STRANGE_LOT: _strange_lot,
    StockPlant.SCALE: _scale,
    StockPlant.REPRICE: _reprice,
}
