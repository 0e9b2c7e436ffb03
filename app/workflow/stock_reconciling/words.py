"""Sentences that page, table and paper say alike; each brings its own way to look a word up."""

from collections.abc import Callable
from datetime import datetime

from app.domain.books.stock import Draft, Reason, Remedy, StockFact, StockFinding, StockRun
from app.domain.goods.parts import Measure, in_pieces
from app.domain.money import Quantity, quantity_text, whole_packs
from app.domain.money import quantity as quantity_of
from app.workflow.papers.filed import at_text

_TIMES = frozenset({StockFact.HAPPENED_AT, StockFact.ON_FILE_AT})


Say = Callable[..., str]
"""The text of a key, filled by name."""


def amount_words(say: Say, amount: Quantity, measure: Measure | None) -> tuple[str, ...]:
    """Whole packs as a number; parts of a pack as packs and pieces: ``("9 盒", "4 片")``.

    The exact decimal stands only where nobody knows what the pack holds, or no number of pieces is
    meant.
    """
    found = in_pieces(amount, measure.size) if measure is not None else None
    if measure is None or found is None or whole_packs(amount) is not None:
        return (quantity_text(amount),)
    packs, pieces = found
    units = ((packs, measure.unit), (pieces, measure.piece_unit))
    parts = tuple(f"{count} {unit}" for count, unit in units if count)
    if not parts:
        return (say("stock.under_a_piece", unit=measure.piece_unit),)
    return (f"-{parts[0]}", *parts[1:]) if amount < 0 else parts


def amount_text(say: Say, amount: Quantity, measure: Measure | None) -> str:
    """The same in one line."""
    return " ".join(amount_words(say, amount, measure))


def fact_text(say: Say, kind: StockFact, value: str, measure: Measure | None = None) -> str:
    """One fact with what it is about."""
    shown = at_text(datetime.fromisoformat(value)) if kind in _TIMES and value else value
    if kind is StockFact.QUANTITY and value and measure is not None:
        shown = amount_text(say, quantity_of(value), measure)
    return say(f"stock_fact.{kind.value}", value=shown or "—")


def evidence_text(say: Say, reason: Reason, measure: Measure | None = None) -> str:
    """Every fact of a cause, as they stand."""
    return "；".join(fact_text(say, kind, value, measure) for kind, value in reason.evidence)


def draft_text(say: Say, draft: Draft | None, measure: Measure | None = None) -> str:
    """What one key would tell; "不用处理" where there is nothing."""
    if draft is None:
        return say(f"stock_remedy.{Remedy.NONE.value}")
    record = say(f"stock_record.{draft.record.value}") if draft.record else ""
    parts = amount_words(say, draft.quantity, measure)
    bare = parts == (quantity_text(draft.quantity),)
    quantity = say("stock.packs", count=parts[0]) if bare else " ".join(parts)
    return say(f"stock_remedy.{draft.remedy.value}", record=record, quantity=quantity)


def replay_text(say: Say, found: StockFinding, measure: Measure | None = None) -> str:
    """The platform's formula over what it accepted, in one line; empty where none was made."""
    made = found.replay
    if made is None:
        return ""
    parts = "".join(
        say(
            "stock.replay_part",
            record=say(f"stock_record.{part.record.value}"),
            count=part.count,
            total=amount_text(say, part.total, measure),
        )
        for part in made.parts
    )
    base, comes_to = (amount_text(say, one, measure) for one in (made.base, made.comes_to))
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
