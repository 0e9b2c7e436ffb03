"""What ``yaotai stock receive`` does: the functions the window calls, without a person there."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from app.domain.errors import Code, OperatorInput
from app.ports import stock as g
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.calendar import CHINA, today
from app.workflow.goods import importing, lists, receiving
from app.workflow.goods.lists import BoxStep
from app.workflow.till import Till
from app.workflow.upkeep import startup

BEFORE = timedelta(days=1)
"""A clock of the platform may be behind ours."""


def receive_delivery(
    till: Till, path: Path, *, good_rows: bool, check: bool
) -> Mapping[str, object]:
    """Judge a table, keep the report of its errors, and book it where that is wanted.

    All rows must be good unless ``good_rows``. Whoever opened the day answers for it. Raises
    ``OperatorInput``: ``DAY_NOT_OPEN``, ``NOT_ALLOWED``, and as :func:`receiving.book`.
    """
    operator = startup.answerable(till)
    if operator is None:
        raise OperatorInput(Code.DAY_NOT_OPEN)
    with till.answered_for(operator):
        found = importing.read_delivery(till, path)
        books = till.printers.books
        report = (books.keep(importing.error_book(till, found)),) if books and found.faults else ()
        wanted = not check and found.receipt.lines and (good_rows or not found.bad_rows)
        booked = receiving.book(till, found.receipt) if wanted else None
    return {
        "file": path.name,
        "rows": found.rows,
        "good_rows": found.good_rows,
        "bad_rows": found.bad_rows,
        "note_no": booked.note_no if booked else None,
        "packs": booked.packs if booked else 0,
        "queued": booked.told.queued if booked else 0,
        "faults": [
            {
                "row": fault.row,
                "column": fault.column,
                "fault": fault.fault.value,
                "value": fault.value,
                "says": importing.fault_text(fault),
            }
            for fault in found.faults
        ],
        "files": list(report),
    }


def box_on_file(till: Till, code: str) -> Mapping[str, object]:
    """商品库存追溯: what the platform has on file of one box, beside our own ledger.

    An empty answer proves nothing. Whoever opened the day answers for it. Raises
    ``OperatorInput``: ``DAY_NOT_OPEN``, ``BOX_NEVER_HERE`` for a box this store never had,
    ``USAGE_WRONG`` where the region has no such question; and the trouble of the exchange.
    """
    part = till.profile.operations.get(Operation.QUERY_LOT_TRAIL)
    steps = lists.life_of(till, code)
    if part is None or not part.enabled:
        raise OperatorInput(Code.USAGE_WRONG, what=Operation.QUERY_LOT_TRAIL.value)
    if not steps:
        raise OperatorInput(Code.BOX_NEVER_HERE)
    operator = startup.answerable(till)
    if operator is None:
        raise OperatorInput(Code.DAY_NOT_OPEN)
    with till.answered_for(operator):
        found = _on_file(till, code, steps)
    return {
        "code": code,
        "on_file": bool(found),
        "ours": [_shown(step) for step in steps],
        "there": [
            {"code": row.code, "record": row.record_no, "lot": row.upload_lot} for row in found
        ],
    }


def _on_file(till: Till, code: str, steps: tuple[BoxStep, ...]) -> tuple[g.RecordRow, ...]:
    first, goods = steps[0], till.platform.goods
    since = first.movement.at.astimezone(CHINA).date() - BEFORE
    asked = g.QueryRecords(
        Operation.QUERY_LOT_TRAIL,
        since,
        today(till),
        1,
        till.profile.rules.page_size_max,
        first.item.store_code,
        code=code,
    )
    rows = wire.consult(till, goods, asked, goods.query_records, None).value.rows
    return tuple(row for row in rows if row.code in ("", code))


def _shown(step: BoxStep) -> dict[str, object]:
    moved = step.movement
    return {
        "at": moved.at.astimezone(CHINA).isoformat(timespec="minutes"),
        "move": moved.move.value,
        "name": step.item.name,
        "lot": step.lot.lot_no,
        "receipt": moved.receipt_no,
    }
