"""Sentences that page, table and paper say alike; each brings its own way to look a word up."""

from collections.abc import Callable
from datetime import datetime

from app.domain.books.stock import Draft, Reason, Remedy, StockFact, StockFinding, StockRun
from app.domain.money import quantity_text
from app.workflow.papers.filed import at_text

_TIMES = frozenset({StockFact.HAPPENED_AT, StockFact.ON_FILE_AT})


Say = Callable[..., str]
"""The text of a key, filled by name."""


def fact_text(say: Say, kind: StockFact, value: str) -> str:
    """One fact with what it is about."""
    shown = at_text(datetime.fromisoformat(value)) if kind in _TIMES and value else value
    return say(f"stock_fact.{kind.value}", value=shown or "—")


def evidence_text(say: Say, reason: Reason) -> str:
    """Every fact of a cause, as they stand."""
    return "；".join(fact_text(say, kind, value) for kind, value in reason.evidence)


def draft_text(say: Say, draft: Draft | None) -> str:
    """What one key would tell; "不用处理" where there is nothing."""
    if draft is None:
        return say(f"stock_remedy.{Remedy.NONE.value}")
    record = say(f"stock_record.{draft.record.value}") if draft.record else ""
    return say(
        f"stock_remedy.{draft.remedy.value}",
        record=record,
        quantity=quantity_text(draft.quantity),
    )


def replay_text(say: Say, found: StockFinding) -> str:
    """The platform's formula over what it accepted, in one line; empty where none was made."""
    made = found.replay
    if made is None:
        return ""
    parts = "".join(
        say(
            "stock.replay_part",
            record=say(f"stock_record.{part.record.value}"),
            count=part.count,
            total=quantity_text(part.total),
        )
        for part in made.parts
    )
    base, comes_to = quantity_text(made.base), quantity_text(made.comes_to)
    return say("stock.replay", base=base, parts=parts, comes_to=comes_to)


def accepted_text(say: Say, found: StockFinding) -> str:
    """Who lets the difference stand, and why; empty where nobody does."""
    word = found.accepted
    if word is None:
        return ""
    return say("stock.accepted", name=word.name, at=at_text(word.at), reason=word.reason)


def title_text(say: Say, run: StockRun) -> str:
    """Says *partial*, and how much is missing, where a page did not come (trace-and-stock 2.7)."""
    key = "stock.title" if run.complete else "stock.title_partial"
    return say(key, day=run.day.isoformat(), count=len(run.failed_pages))


def basis_text(say: Say, run: StockRun) -> str:
    """On what the comparison stands: mode, pages, queue, last count, records."""
    return say(
        "stock.basis",
        mode=say(f"stock.mode_{run.mode.value}"),
        pages=run.pages,
        failed=len(run.failed_pages),
        queue=run.queue_open,
        count_at=at_text(run.last_count_at),
        records=say("stock.records_shown" if run.records_shown else "stock.records_hidden"),
    )
