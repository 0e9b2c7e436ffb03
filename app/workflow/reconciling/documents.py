"""The comparison of one day for people who were not there: xlsx, and A4 to be signed and filed.

Both carry numbers, amounts, causes and signatures; of people they carry nothing but the masked
person number, which nobody needs to find a settlement.
"""

from datetime import datetime

from app.domain.books.money import Fact, GroupState, Sums
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen, fen_text
from app.ports.paper import (
    Align,
    Block,
    Field,
    FieldRow,
    Gap,
    Loudness,
    Pair,
    Paper,
    PaperKind,
    Rule,
    SignatureLine,
    SignatureRow,
    Text,
)
from app.ports.workbook import Cell, Column, Kind, Sheet, Workbook
from app.workflow.calendar import CHINA
from app.workflow.papers.words import word
from app.workflow.reconciling.views import DifferenceRow, Exported, GroupRow, MoneyView
from app.workflow.till import Till


def export(till: Till, view: MoneyView) -> Exported:
    """Keep the xlsx. Raises ``OperatorInput`` where tables have no place, ``LocalTrouble``."""
    books = till.printers.books
    if books is None:
        raise OperatorInput(Code.NOT_ALLOWED, act="export")
    with till.store.unit() as unit:
        now, who = till.clock.now(), till.operator.staff_id
        unit.journal.write(now, who, "export_money", view.day.isoformat())
    return Exported((books.keep(money_book(till, view)),))


def print_out(till: Till, view: MoneyView) -> Exported:
    """Put it on A4. Raises ``DeviceTrouble``."""
    return Exported((till.printers.page.print(money_paper(till, view)).target,))


def filename(till: Till, view: MoneyView) -> str:
    """Training says so in every file name (ui 11)."""
    name = word("money.filename", day=view.day.isoformat(), run=view.run_no)
    return f"{word('common.training_qr')}-{name}" if till.shop.training else name


def title(view: MoneyView) -> str:
    """Says *partial* where anything was skipped (reliability 4.1)."""
    key = "money.title" if view.complete else "money.title_partial"
    return word(key, day=view.day.isoformat())


def _heading(till: Till, view: MoneyView) -> tuple[str, ...]:
    """What a table says above itself; paper says it in its own way."""
    marks = (word("common.training_banner"),) if till.shop.training else ()
    return (*marks, f"{till.shop.name} {title(view)}", *_notes(view))


def _notes(view: MoneyView) -> tuple[str, ...]:
    counts = word(
        "money.counts",
        lines=view.lines,
        open=view.open_count,
        amount=fen_text(view.difference),
        skipped=view.skipped,
    )
    made = word("money.made", at=_at(view.compared_at), name=view.compared_by, run=view.run_no)
    signed = tuple(
        word("money.signed", name=one.name, at=_at(one.at), note=one.note or "—")
        for one in view.signed
    )
    return (counts, made, *signed)


def _at(moment: datetime | None) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if moment else "—"


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
    ("clearing", 12, Kind.TEXT),
    ("office", 12, Kind.TEXT),
    ("count", 8, Kind.COUNT),
    ("total", 14, Kind.MONEY),
    ("fund", 14, Kind.MONEY),
    ("account", 14, Kind.MONEY),
    ("state", 24, Kind.TEXT),
)


def money_book(till: Till, view: MoneyView) -> Workbook:
    """Two tables: the differences, and the totals of every group."""
    lines = Sheet(
        word("money.sheet_lines"),
        _columns(_LINE_COLUMNS),
        tuple(_line_cells(row) for row in view.rows),
        _heading(till, view),
    )
    groups = Sheet(
        word("money.sheet_groups"),
        _columns(_GROUP_COLUMNS),
        tuple(_group_cells(row) for row in view.groups),
        _heading(till, view),
    )
    return Workbook(filename(till, view), (lines, groups))


def _columns(named: tuple[tuple[str, int, Kind], ...]) -> tuple[Column, ...]:
    return tuple(Column(word(f"money_column.{name}"), width, kind) for name, width, kind in named)


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
        word(f"money_remedy.{row.cause.value}"),
        evidence_text(row),
    )


def _parts(sums: Sums | None) -> tuple[Cell, Cell, Cell]:
    return (sums.total, sums.fund, sums.account) if sums else (None, None, None)


def _group_cells(row: GroupRow) -> tuple[Cell, ...]:
    sums = row.sums
    return (
        row.insurance,
        row.clearing,
        row.office,
        row.count,
        sums.total,
        sums.fund,
        sums.account,
        group_state(row),
    )


def group_state(row: GroupRow) -> str:
    """相符, 不符, 没有对."""
    if row.state is GroupState.DIFFERS and not row.lines:
        return word("money.state_unread")
    return word(f"money.state_{row.state.value}")


def evidence_text(row: DifferenceRow) -> str:
    """Every fact with its number, in words."""
    return "；".join(fact_text(kind, value) for kind, value in row.evidence)


def fact_text(kind: Fact, value: str) -> str:
    """One fact; states of ours are said in words."""
    if kind is Fact.OUR_STATE:
        value = word(f"money_state.{value}")
    elif kind is Fact.REVERSAL_SENT:
        value = _at(datetime.fromisoformat(value))
    return word(f"money_fact.{kind.value}", value=value or "—")


def money_paper(till: Till, view: MoneyView) -> Paper:
    """A4, flowing over as many pages as it needs, with room for signatures."""
    blocks: list[Block] = [
        Text(title(view), Loudness.TITLE, bold=True, align=Align.CENTRE),
        *(Text(note, Loudness.NOTE) for note in _notes(view)),
        Rule(),
        Text(word("money.sheet_groups"), Loudness.EMPH, bold=True),
    ]
    for group in view.groups:
        name = word("money.group", insurance=group.insurance, office=group.office)
        counted = word("money.group_count", count=group.count, total=fen_text(group.sums.total))
        blocks.append(Pair(f"{name} {group_state(group)}", counted))
    blocks += [Rule(), Text(word("money.sheet_lines"), Loudness.EMPH, bold=True)]
    for number, row in enumerate(view.rows, 1):
        blocks += _paper_row(number, row)
    if not view.rows:
        blocks.append(Text(word("money.none")))
    blocks += [Rule(), Gap(0.5), _signatures(view)]
    return Paper(
        kind=PaperKind.A4,
        title=till.shop.name,
        filename=filename(till, view),
        blocks=tuple(blocks),
        foot_right=word("money.foot"),
        watermark=word("common.training_mark") if till.shop.training else "",
        banner=word("common.training_banner") if till.shop.training else "",
    )


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
        Text(evidence_text(row), Loudness.NOTE),
        Text(word(f"money_remedy.{row.cause.value}"), Loudness.NOTE),
        Gap(0.4),
    ]


def _amount(sums: Sums | None) -> str:
    return fen_text(Fen(sums.total)) if sums else "—"


def _signatures(view: MoneyView) -> SignatureRow:
    last = view.signed[-1] if view.signed else None
    return SignatureRow(
        (
            SignatureLine(word("money.sign_compared"), note=view.compared_by),
            SignatureLine(word("money.sign_manager"), note=last.name if last else ""),
        )
    )
