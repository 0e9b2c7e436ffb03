"""One compared day of stock for people who were not there: xlsx, and A4 to be signed and filed."""

from collections.abc import Sequence

from app.domain.books.stock import Reason, StockFinding
from app.domain.goods.parts import Measure
from app.domain.money import Price, Quantity, fen_text, price_text, quantity_text, whole_packs
from app.ports.paper import (
    Block,
    Field,
    FieldRow,
    Gap,
    Loudness,
    Pair,
    Paper,
    Text,
)
from app.ports.workbook import Cell, Kind, Sheet, Workbook
from app.workflow.papers.filed import (
    at_text,
    columns,
    filed,
    heading,
    kept,
    marked_name,
    signatures,
    signed_notes,
)
from app.workflow.papers.words import word
from app.workflow.reconciling.views import Exported
from app.workflow.stock_reconciling.views import StockDayView
from app.workflow.stock_reconciling.words import (
    accepted_text,
    amount_text,
    basis_text,
    draft_text,
    evidence_text,
    replay_text,
    title_text,
)
from app.workflow.till import Till

Findings = Sequence[StockFinding]


def export(till: Till, view: StockDayView, findings: Findings) -> Exported:
    """Keep the xlsx. Raises ``OperatorInput`` where tables have no place, ``LocalTrouble``."""
    book = stock_book(till, view, findings)
    return Exported((kept(till, book, "export_stock_day", view.day.isoformat()),))


def print_out(till: Till, view: StockDayView, findings: Findings) -> Exported:
    """Put it on A4. Raises ``DeviceTrouble``."""
    return Exported((till.printers.page.print(stock_paper(till, view, findings)).target,))


def _name(view: StockDayView) -> str:
    run_no = view.run.run_no if view.run is not None else 0
    return word("stock.filename", day=view.day.isoformat(), run=run_no)


def _title(view: StockDayView) -> str:
    if view.run is None:
        return word("stock.title", day=view.day.isoformat())
    return title_text(word, view.run)


def _notes(view: StockDayView) -> tuple[str, ...]:
    run = view.run
    if run is None:
        return ()
    tally = run.tally
    counts = word(
        "stock.counts",
        equal=tally.equal,
        explained=tally.explained,
        needs_action=tally.needs_action,
        cannot_compare=tally.cannot_compare,
        amount=fen_text(tally.value),
    )
    stage = word(f"stock.stage_{run.stage.value}")
    made = word(
        "stock.made", run=run.run_no, stage=stage, at=at_text(run.cut_off), name=run.compared_by
    )
    elsewhere = (word("stock.elsewhere"),) if run.settles_elsewhere else ()
    return (counts, made, basis_text(word, run), *elsewhere, *signed_notes("stock", view.signed))


_LINES = (
    ("state", 12, Kind.TEXT),
    ("drug", 30, Kind.TEXT),
    ("lot_no", 18, Kind.TEXT),
    ("serial", 20, Kind.TEXT),
    ("store_code", 14, Kind.TEXT),
    ("national_code", 26, Kind.TEXT),
    ("ours", 10, Kind.COUNT),
    ("theirs", 10, Kind.COUNT),
    ("difference", 10, Kind.COUNT),
    ("value", 14, Kind.MONEY),
    ("our_price", 12, Kind.TEXT),
    ("their_price", 12, Kind.TEXT),
    ("cause", 40, Kind.TEXT),
    ("replay", 50, Kind.TEXT),
    ("accepted", 40, Kind.TEXT),
)
_REASONS = (
    ("drug", 30, Kind.TEXT),
    ("lot_no", 18, Kind.TEXT),
    ("serial", 20, Kind.TEXT),
    ("cause", 40, Kind.TEXT),
    ("effect", 12, Kind.COUNT),
    ("evidence", 60, Kind.TEXT),
    ("remedy", 40, Kind.TEXT),
    ("leads_to", 16, Kind.COUNT),
    ("applied", 30, Kind.TEXT),
)


def stock_book(till: Till, view: StockDayView, findings: Findings) -> Workbook:
    """Two tables: the lines that differ, and every cause with its proof and its correction."""
    above = heading(till.shop, _title(view), _notes(view))
    lines = Sheet(
        word("stock.sheet_lines"),
        columns("stock_column", _LINES),
        tuple(_line_cells(found) for found in findings),
        above,
    )
    reasons = Sheet(
        word("stock.sheet_reasons"),
        columns("stock_column", _REASONS),
        tuple(_reason_cells(found, reason) for found in findings for reason in found.reasons),
        above,
    )
    return Workbook(marked_name(till.shop, _name(view)), (lines, reasons))


def _count(amount: Quantity | None) -> Cell:
    """Whole packs as a number, parts of a pack as their exact text; a missing side stays empty."""
    if amount is None:
        return None
    whole = whole_packs(amount)
    return quantity_text(amount) if whole is None else whole


def _line_cells(found: StockFinding) -> tuple[Cell, ...]:
    return (
        word(f"stock_state.{found.state.value}"),
        found.name,
        found.lot_no,
        found.upload_lot,
        found.store_code,
        found.national_code,
        _count(found.ours),
        _count(found.theirs),
        _count(found.difference),
        found.value,
        _price(found.our_price),
        _price(found.their_price),
        cause_text(found),
        replay_text(word, found),
        accepted_text(word, found),
    )


def _price(unit: int | None) -> Cell:
    return None if unit is None else price_text(Price(unit))


def cause_text(found: StockFinding) -> str:
    """The cause in front, and how many stand behind it."""
    said = word(f"stock_cause.{found.cause.value}")
    others = len(found.reasons) - 1
    return f"{said}；{word('stock.more', count=others)}" if others else said


def _reason_cells(found: StockFinding, reason: Reason) -> tuple[Cell, ...]:
    draft = reason.draft
    return (
        found.name,
        found.lot_no,
        found.upload_lot,
        word(f"stock_cause.{reason.cause.value}"),
        _count(reason.effect),
        evidence_text(word, reason),
        draft_text(word, draft),
        _count(draft.leads_to if draft is not None else None),
        _applied(reason),
    )


def _applied(reason: Reason) -> str:
    draft = reason.draft
    if draft is None or draft.applied_at is None:
        return ""
    return word("stock.applied", name=draft.applied_by, at=at_text(draft.applied_at))


def stock_paper(till: Till, view: StockDayView, findings: Findings) -> Paper:
    """A4, flowing over as many pages as it needs, with room for signatures."""
    blocks: list[Block] = [Text(word("stock.sheet_lines"), Loudness.EMPH, bold=True)]
    measures = {row.finding_no: row.measure for row in view.rows}
    for number, found in enumerate(findings, 1):
        blocks += _paper_line(number, found, measures.get(found.finding_no))
    if not findings:
        blocks.append(Text(word("stock.none")))
    compared_by = view.run.compared_by if view.run is not None else ""
    foot, signs = word("stock.foot"), signatures("stock", compared_by, view.signed)
    return filed(till, _name(view), _title(view), _notes(view), blocks, signs, foot)


def _paper_line(number: int, found: StockFinding, measure: Measure | None) -> list[Block]:
    state = word(f"stock_state.{found.state.value}")
    blocks: list[Block] = [
        Pair(f"{number}. {found.name}（{state}）", fen_text(found.value), bold=True),
        FieldRow(
            (
                Field(word("stock_column.lot_no"), found.lot_no or "—", 34, mono=True),
                Field(word("stock_column.ours"), _shown(found.ours, measure), 22),
                Field(word("stock_column.theirs"), _shown(found.theirs, measure), 22),
                Field(word("stock_column.difference"), _shown(found.difference, measure), 22),
            )
        ),
    ]
    for reason in found.reasons:
        blocks += _paper_reason(reason, measure)
    notes = (replay_text(word, found, measure), accepted_text(word, found))
    blocks += [Text(said, Loudness.NOTE) for said in notes if said]
    return [*blocks, Gap(0.4)]


def _paper_reason(reason: Reason, measure: Measure | None) -> list[Block]:
    draft = reason.draft
    cause, effect = word(f"stock_cause.{reason.cause.value}"), _shown(reason.effect, measure)
    proof = evidence_text(word, reason, measure)
    said = [f"{cause} {effect}", proof, draft_text(word, draft, measure)]
    if draft is not None and draft.leads_to is not None:
        said.append(f"{word('stock_column.leads_to')} {_shown(draft.leads_to, measure)}")
    said.append(_applied(reason))
    return [Text("；".join(part for part in said if part), Loudness.NOTE)]


def _shown(amount: Quantity | None, measure: Measure | None) -> str:
    return "—" if amount is None else amount_text(word, amount, measure)
