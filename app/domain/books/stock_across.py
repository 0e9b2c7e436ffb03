"""Lines compared with each other: what is missing in one lot may stand in another of the item."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.books.stock import Reason, Record, StockCause, StockFact, StockFinding
from app.domain.books.stock_drafts import draft_of
from app.domain.books.stock_matching import second_of
from app.domain.books.stock_naming import Named
from app.domain.books.stock_records import FiledRecord, OurRecord
from app.domain.money import Quantity

Told = tuple[StockFinding, tuple[Named, ...]]


def across_lots(found: Sequence[Told]) -> list[StockFinding]:
    """The findings with records under a wrong lot named as such, on both sides."""
    findings = [finding for finding, _ in found]
    for here, (finding, named) in enumerate(found):
        for one in named:
            if len(one.ours) != 1 or one.filed:
                continue
            for there, stranger in _strangers(found, finding, here):
                if _same(one.ours[0], stranger.filed[0]):
                    other = found[there][0].upload_lot
                    findings[here] = _renamed(findings[here], one.reason, other)
                    mine = finding.upload_lot
                    findings[there] = _renamed(findings[there], stranger.reason, mine)
                    break
    return findings


def _strangers(found: Sequence[Told], finding: StockFinding, here: int) -> list[tuple[int, Named]]:
    return [
        (there, one)
        for there, (other, named) in enumerate(found)
        if there != here and other.store_code == finding.store_code
        for one in named
        if one.reason.cause is StockCause.TWO_SOURCES and len(one.filed) == 1
    ]


def _same(ours: OurRecord, filed: FiledRecord) -> bool:
    if (ours.record, ours.quantity) != (filed.record, filed.quantity):
        return False
    if ours.document and filed.document:
        return ours.document == filed.document
    return ours.record is not Record.COUNT and second_of(ours) == second_of(filed)


def _renamed(finding: StockFinding, reason: Reason, other: str) -> StockFinding:
    ours, theirs = finding.ours or Quantity(0), finding.theirs or Quantity(0)
    lot = finding.upload_lot
    draft = draft_of(StockCause.WRONG_LOT, reason.effect, lot, (), ours, theirs)
    evidence = ((StockFact.OTHER_LOT, other), *reason.evidence)
    renamed = replace(reason, cause=StockCause.WRONG_LOT, evidence=evidence, draft=draft)
    reasons = tuple(renamed if one == reason else one for one in finding.reasons)
    return replace(finding, reasons=reasons)
