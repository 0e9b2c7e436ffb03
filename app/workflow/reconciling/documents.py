"""The comparison of one day for people who were not there: xlsx, and A4 to be signed and filed.

Both carry numbers, amounts, causes and signatures; of people they carry nothing but the masked
person number, which nobody needs to find a settlement.
"""

from datetime import datetime

from app.domain.books.money import Fact, GroupState, Sums, told_parts
from app.domain.money import Fen, fen_text
from app.ports.paper import (
    Block,
    Field,
    FieldRow,
    Gap,
    Loudness,
    Pair,
    Paper,
    Rule,
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
from app.workflow.reconciling.views import DifferenceRow, Exported, GroupRow, MoneyView
from app.workflow.till import Till


def export(till: Till, view: MoneyView) -> Exported:
    """Keep the xlsx. Raises ``OperatorInput`` where tables have no place, ``LocalTrouble``."""
    return Exported((kept(till, money_book(till, view), "export_money", view.day.isoformat()),))


def print_out(till: Till, view: MoneyView) -> Exported:
    """Put it on A4. Raises ``DeviceTrouble``."""
    return Exported((till.printers.page.print(money_paper(till, view)).target,))


def _name(view: MoneyView) -> str:
    return word("money.filename", day=view.day.isoformat(), run=view.run_no)


def title(view: MoneyView) -> str:
    """Says *partial* where anything was skipped (reliability 4.1)."""
    key = "money.title" if view.complete else "money.title_partial"
    return word(key, day=view.day.isoformat())


def _notes(view: MoneyView) -> tuple[str, ...]:
    counts = word(
        "money.counts",
        lines=view.lines,
        open=view.open_count,
        amount=fen_text(view.difference),
        skipped=view.skipped,
    )
    made = word("money.made", at=at_text(view.compared_at), name=view.compared_by, run=view.run_no)
    adopted = tuple(
        word(
            "money.adopted",
            item=one.settlement_id,
            amount=fen_text(one.total),
            name=one.name,
            reason=one.reason,
        )
        for one in view.adopted
    )
    later = (word("money.moved_on"),) if view.moved_on else ()
    return (counts, made, *later, *adopted, *signed_notes("money", view.signed))


_LINE_COLUMNS = (
    ("cause", 30, Kind.TEXT),
    ("settlement", 22, Kind.TEXT),
    ("message", 34, Kind.TEXT),
    ("insurance", 12, Kind.TEXT),
    ("office", 12, Kind.TEXT),
    ("ours", 14, Kind.MONEY),
    ("theirs", 14, Kind.MONEY),
    ("difference", 14, Kind.MONEY),
    ("ours_fund", 14, Kind.MONEY),
    ("theirs_fund", 14, Kind.MONEY),
    ("ours_account", 14, Kind.MONEY),
    ("theirs_account", 14, Kind.MONEY),
    ("remedy", 44, Kind.TEXT),
    ("evidence", 60, Kind.TEXT),
)
_GROUP_COLUMNS = (
    ("insurance", 16, Kind.TEXT),
    ("clearing", 16, Kind.TEXT),
    ("office", 12, Kind.TEXT),
    ("count", 8, Kind.COUNT),
    ("total", 14, Kind.MONEY),
    ("fund", 14, Kind.MONEY),
    ("account", 14, Kind.MONEY),
    ("state", 24, Kind.TEXT),
)


def money_book(till: Till, view: MoneyView) -> Workbook:
    """Two tables: the differences, and the totals of every group."""
    above = heading(till.shop, title(view), _notes(view))
    lines = Sheet(
        word("money.sheet_lines"),
        columns("money_column", _LINE_COLUMNS),
        tuple(_line_cells(row) for row in view.rows),
        above,
    )
    groups = Sheet(
        word("money.sheet_groups"),
        columns("money_column", _GROUP_COLUMNS),
        tuple(_group_cells(till, row) for row in view.groups),
        above,
    )
    return Workbook(marked_name(till.shop, _name(view)), (lines, groups))


def _line_cells(row: DifferenceRow) -> tuple[Cell, ...]:
    ours, theirs = _parts(row.ours), _parts(row.theirs)
    return (
        word(f"money_cause.{row.cause.value}"),
        row.settlement_id,
        row.message_id,
        row.insurance,
        row.office,
        ours[0],
        theirs[0],
        row.difference,
        ours[1],
        theirs[1],
        ours[2],
        theirs[2],
        word(f"money_remedy.{row.remedy}"),
        evidence_text(row),
    )


def _parts(sums: Sums | None) -> tuple[Cell, Cell, Cell]:
    return (sums.total, sums.fund, sums.account) if sums else (None, None, None)


def _clearing(till: Till, row: GroupRow) -> str:
    """清算类别 in words with its code; the code alone where the region has no word."""
    said = till.profile.tables.get("clearing_kind", {}).get(row.clearing, "")
    return f"{said} {row.clearing}".strip()


def _group_cells(till: Till, row: GroupRow) -> tuple[Cell, ...]:
    sums = row.sums
    return (
        row.insurance,
        _clearing(till, row),
        row.office,
        row.count,
        sums.total,
        sums.fund,
        sums.account,
        group_state(row),
    )


def group_state(row: GroupRow) -> str:
    """相符, 不符, 没有对; with the code of what kept it from being compared, as the page has it."""
    unread = row.state is not GroupState.NOT_COMPARED and not row.whole
    state = word(f"money.state_{row.state.value}{'_unread' if unread else ''}")
    return f"{state} {row.code}" if row.code is not None else state


def evidence_text(row: DifferenceRow) -> str:
    """Every fact with its number, in words."""
    return "；".join(fact_text(kind, value) for kind, value in row.evidence)


def parts_text(row: DifferenceRow) -> tuple[str, ...]:
    """Each part of the bill that differs, with both amounts."""
    return tuple(
        word(f"money_part.{part}", ours=fen_text(ours), theirs=fen_text(theirs))
        for part, ours, theirs in row.parts
    )


def fact_text(kind: Fact, value: str) -> str:
    """One fact; states of ours are said in words."""
    if kind is Fact.OUR_STATE:
        value = word(f"money_state.{value}")
    elif kind is Fact.REVERSAL_SENT:
        value = at_text(datetime.fromisoformat(value))
    elif kind is Fact.FOUND_AMOUNTS:
        return word(f"money_fact.{kind.value}", **told_parts(value))
    return word(f"money_fact.{kind.value}", value=value or "—")


def money_paper(till: Till, view: MoneyView) -> Paper:
    """A4, flowing over as many pages as it needs, with room for signatures."""
    blocks: list[Block] = [Text(word("money.sheet_groups"), Loudness.EMPH, bold=True)]
    for group in view.groups:
        name = word(
            "money.group_on_paper",
            insurance=group.insurance,
            clearing=_clearing(till, group),
            office=group.office,
        )
        counted = word("money.group_count", count=group.count, total=fen_text(group.sums.total))
        blocks.append(Pair(f"{name} {group_state(group)}", counted))
    blocks += [Rule(), Text(word("money.sheet_lines"), Loudness.EMPH, bold=True)]
    for number, row in enumerate(view.rows, 1):
        blocks += _paper_row(number, row)
    if not view.rows:
        blocks.append(Text(word("money.none")))
    foot, signs = word("money.foot"), signatures("money", view.compared_by, view.signed)
    return filed(till, _name(view), title(view), _notes(view), blocks, signs, foot)


def _paper_row(number: int, row: DifferenceRow) -> list[Block]:
    return [
        Pair(
            f"{number}. {word(f'money_cause.{row.cause.value}')}",
            fen_text(row.difference),
            bold=True,
        ),
        FieldRow(
            (
                Field(word("money_column.settlement"), row.settlement_id or "—", 30, mono=True),
                Field(word("money_column.ours"), _amount(row.ours), 22),
                Field(word("money_column.theirs"), _amount(row.theirs), 22),
                Field(word("money_column.insurance"), row.insurance or "—", 26),
            )
        ),
        *(Text(text, Loudness.NOTE) for text in parts_text(row)),
        Text(evidence_text(row), Loudness.NOTE),
        Text(word(f"money_remedy.{row.remedy}"), Loudness.NOTE),
        Gap(0.4),
    ]


def _amount(sums: Sums | None) -> str:
    return fen_text(Fen(sums.total)) if sums else "—"
