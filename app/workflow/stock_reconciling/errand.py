"""What ``yaotai reconcile stock`` does: the functions the window calls, without a person there."""

from collections.abc import Mapping
from contextlib import nullcontext
from datetime import date

from app.domain.books.stock import Stage, StockFinding
from app.domain.money import quantity_text
from app.workflow.calendar import today, until_today
from app.workflow.papers.words import word
from app.workflow.stock_reconciling import documents, showing
from app.workflow.stock_reconciling.comparing import compare_stock
from app.workflow.stock_reconciling.words import title_text
from app.workflow.till import Till
from app.workflow.upkeep import startup


def reconcile_stock(till: Till, day: date | None) -> Mapping[str, object]:
    """Compare, keep the xlsx and print the A4, and say it as one document (design cli.md).

    Today is looked at as by night, an earlier day as in the morning after. Whoever opened the day
    answers for it. Raises ``OperatorInput``: ``NOT_ALLOWED``, ``DAY_TO_COME``; and the trouble of
    the first page where not one came.
    """
    on = until_today(till, day)
    stage = Stage.NIGHT if on == today(till) else Stage.MORNING
    operator = startup.answerable(till)
    with till.answered_for(operator) if operator is not None else nullcontext():
        run = compare_stock(till, on, stage)
        view = showing.day_view(till, on, showing.states_of(every_state=True))
        with till.store.reading() as unit:
            findings = unit.stock_days.findings(on)
        files = (
            *documents.export(till, view, findings).files,
            *documents.print_out(till, view, findings).files,
        )
    tally = run.tally
    return {
        "complete": run.complete,
        "day": on.isoformat(),
        "title": title_text(word, run),
        "lines": [_line(one) for one in findings],
        "totals": {
            "lines": tally.lines,
            "equal": tally.equal,
            "explained": tally.explained,
            "needs_action": tally.needs_action,
            "cannot_compare": tally.cannot_compare,
            "value": int(tally.value),
            "pages": run.pages,
            "failed_pages": [one.page for one in run.failed_pages],
        },
        "files": list(files),
    }


def _line(found: StockFinding) -> dict[str, object]:
    """Quantities are texts of packs; ``says`` is the cause as people read it."""
    return {
        "item": found.store_code,
        "name": found.name,
        "lot": found.upload_lot,
        "local": None if found.ours is None else quantity_text(found.ours),
        "platform": None if found.theirs is None else quantity_text(found.theirs),
        "difference": quantity_text(found.difference),
        "value": int(found.value),
        "state": found.state.value,
        "cause": found.cause.value,
        "causes": [one.cause.value for one in found.reasons],
        "evidence": [
            {"kind": kind.value, "value": value}
            for one in found.reasons
            for kind, value in one.evidence
        ],
        "says": word(f"stock_cause.{found.cause.value}"),
    }
