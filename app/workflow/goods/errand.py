"""What ``yaotai stock receive`` does: the functions the window calls, without a person there."""

from collections.abc import Mapping
from pathlib import Path

from app.domain.errors import Code, OperatorInput
from app.workflow import startup
from app.workflow.goods import importing, receiving
from app.workflow.till import Till


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
