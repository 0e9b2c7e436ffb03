"""Whether a sale, or its return, stands in the platform's own books: asked box by box.

An empty answer proves nothing (reliability 1.4); ``Found.ABSENT`` is what was seen, not what is.
"""

from enum import StrEnum

from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OutcomeUnknown
from app.ports import requests as q
from app.ports.replies import TrailRow
from app.profile.operations import Operation
from app.profile.serials import told_serial
from app.profile.unknown import trail_of
from app.workflow import exchange as wire
from app.workflow.calendar import CHINA, today
from app.workflow.till import Till

Told = q.UploadSale | q.ReturnSale
"""What can be asked about."""


class Found(StrEnum):
    """What the platform's trail showed about one record."""

    STANDS = "stands"
    ABSENT = "absent"


def ask(till: Till, case: CounterCase, record: Told) -> Found:
    """Ask about every box of one line. Raises the trouble of the exchanges.

    Raises ``OutcomeUnknown`` where the boxes of one line tell different stories, or where the
    answer does not say which way the goods went.
    """
    line, core = record.line, till.platform.core
    sale = case.facts.sale
    first = sale.numbered_at.astimezone(CHINA).date() if sale is not None else today(till)
    told = Operation.UPLOAD_SALE if isinstance(record, q.UploadSale) else Operation.RETURN_SALE
    asked = trail_of(till.profile, told)
    lot = told_serial(till.profile, line.upload_lot, record.sale_serial, line.index)
    seen = set()
    for code in [str(code) for code in line.trace_codes] or [""]:
        request = q.QueryTrail(
            line, code, record.buyer, record.receipt_no, first, today(till), asked, lot
        )
        answer = wire.consult(till, core, request, core.query_trail, case.case_id).value
        if not answer.complete:
            raise OutcomeUnknown(Code.ANSWER_UNREADABLE)
        about = [row for row in answer.rows if row.code in ("", code)]
        mine = [row for row in about if _is_ours(row, record, lot)]
        if any(not (row.receipt_no or row.visit_id) for row in about):
            # a box comes and goes more than once: this row may be about another visit
            raise OutcomeUnknown(Code.ANSWER_UNREADABLE)
        seen.add(_found(mine, record))
    if len(seen) != 1:
        raise OutcomeUnknown(Code.ANSWER_UNREADABLE)
    return seen.pop()


def _is_ours(row: TrailRow, record: Told, lot: str) -> bool:
    """The receipt number or the visit tells whose movement it was."""
    visits = (record.buyer.visit_id or record.sale_serial, record.sale_serial)
    named = row.receipt_no == record.receipt_no or row.visit_id in visits
    return named and row.upload_lot in ("", lot)


def _found(rows: list[TrailRow], record: Told) -> Found:
    if isinstance(record, q.UploadSale):
        sold = any(not row.returned for row in rows)
        return Found.STANDS if sold else Found.ABSENT
    if any(row.returned is None for row in rows):
        raise OutcomeUnknown(Code.ANSWER_UNREADABLE)
    return Found.STANDS if any(row.returned for row in rows) else Found.ABSENT
