"""What ``yaotai reconcile money`` does: the functions the window calls, without a person there."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date

from app.workflow.calendar import today, until_today
from app.workflow.papers.words import word
from app.workflow.reconciling import documents
from app.workflow.reconciling.comparing import compare_day
from app.workflow.reconciling.desk import money_view
from app.workflow.reconciling.views import DifferenceRow, GroupRow, MoneyView
from app.workflow.till import Till


def reconcile_money(till: Till, day: date | None) -> Mapping[str, object]:
    """Compare, keep the xlsx and print the A4, and say it as one document (design cli.md).

    Whoever signed the counter in today answers for it. Raises ``OperatorInput``: ``NOT_ALLOWED``
    where nobody did, ``DAY_TO_COME``; and the trouble of the first exchange where nothing could be
    compared.
    """
    on = until_today(till, day)
    with till.store.reading() as unit:
        current = unit.days.current(till.counter_no, today(till))
        member = unit.people.by_login(current.operator_no) if current else None
    with till.answered_for(member.operator()) if member else nullcontext():
        compare_day(till, on)
        view = money_view(till, on)
        files = (*documents.export(till, view).files, *documents.print_out(till, view).files)
    return document_of(view, files)


def document_of(view: MoneyView, files: tuple[str, ...]) -> Mapping[str, object]:
    """Amounts are fen; ``says`` is the cause as read, ``parts`` what differs of a bill."""
    return {
        "complete": view.complete,
        "day": view.day.isoformat(),
        "title": documents.title(view),
        "lines": [_line(row) for row in view.rows],
        "totals": {
            "lines": view.lines,
            "open": view.open_count,
            "skipped": view.skipped,
            "difference": int(view.difference),
            "groups": [_group(row) for row in view.groups],
        },
        "files": list(files),
    }


def _line(row: DifferenceRow) -> dict[str, object]:
    return {
        "item": row.settlement_id or row.message_id or row.office,
        "local": row.ours.total if row.ours else None,
        "platform": row.theirs.total if row.theirs else None,
        "difference": row.difference,
        "parts": [{"part": part, "local": a, "platform": b} for part, a, b in row.parts],
        "state": "open" if row.open else "explained",
        "cause": row.cause.value,
        "evidence": [{"kind": kind.value, "value": value} for kind, value in row.evidence],
        "repair": row.repair.value,
        "message_id": row.message_id,
        "says": word(f"money_cause.{row.cause.value}"),
    }


def _group(row: GroupRow) -> dict[str, object]:
    return {
        "insurance": row.insurance,
        "clearing_kind": row.clearing,
        "clearing_office": row.office,
        "count": row.count,
        "total": row.sums.total,
        "fund": row.sums.fund,
        "account": row.sums.account,
        "state": row.state.value,
        "code": row.code,
    }
