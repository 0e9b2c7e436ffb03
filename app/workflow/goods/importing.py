"""A delivery note out of a table: every row judged, every fault named, nothing booked yet."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode, Scan, ScanKind, classify
from app.domain.goods.gs1 import Gs1Form, Gs1Pack
from app.domain.goods.receipt import Fault, Receipt, ReceiptLine, RowFault, line_fault
from app.domain.goods.stock import Item
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report, no_report
from app.ports.workbook import Cell, Column, Kind, ReadCell, Sheet, Workbook
from app.workflow.calendar import today
from app.workflow.goods import table
from app.workflow.goods.kinds import gone_kinds
from app.workflow.goods.table import Rules, Wrong, table_rules
from app.workflow.papers.filed import marked_name
from app.workflow.papers.words import word
from app.workflow.till import Till

_EVERY = 2_000
"""Rows between two reports of how far it is."""
_LOOK = 200
"""Rows between two looks whether it is still wanted."""
_HEAD = ("supplier", "delivery_no", "invoice_no")
T = TypeVar("T")
Row = tuple[int, tuple[ReadCell, ...]]
_Key = tuple[int, str, bool]
_Part = tuple[int, _Key, int, tuple[DrugTraceCode, ...], str]
"""Row, line, packs, boxes, case. Bare values: of hundreds of thousands of objects the collector
would have to look at each, and the window would wait for it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table held: the good rows as one receipt, and what is wrong with the others."""

    receipt: Receipt
    rows: int
    good_rows: int
    faults: tuple[Fault, ...]

    @property
    def bad_rows(self) -> int:
        return self.rows - self.good_rows


@dataclass(slots=True)
class _Reading:
    """The rows so far. ``boxes`` names the row each code was first seen in, ``lines`` what all
    rows of a line say alike."""

    rules: Rules
    items: Mapping[str, Item]
    prefixes: Mapping[str, int]
    places: dict[str, int] = field(default_factory=dict)
    head: dict[str, str] = field(default_factory=dict)
    lines: dict[_Key, ReceiptLine] = field(default_factory=dict)
    boxes: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    parts: list[_Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_delivery(
    till: Till, path: Path, report: Report = no_report, cancel: CancelToken | None = None
) -> Imported:
    """Judge every row of a table. Raises ``OperatorInput``: ``TEMPLATE_WRONG`` naming the columns
    that are missing, ``SHEET_UNREADABLE`` for what is no table."""
    if till.printers.sheets is None:
        raise OperatorInput(Code.NOT_ALLOWED, act="import")
    reading = _start(till)
    still_wanted = cancel.check if cancel is not None else lambda: None
    rows = iter(till.printers.sheets.rows(path, still_wanted))
    _find_head(reading, rows, path)
    count = 0
    for number, cells in rows:
        count += 1
        _read_row(till, reading, number, cells)
        if count % _EVERY == 0:
            report(Progress("stock.import", count))
        if count % _LOOK == 0:
            still_wanted()
    _refuse_known(till, reading)
    found = _found(reading, count, path)
    _let_go(reading)
    return found


def _start(till: Till) -> _Reading:
    with till.store.reading() as unit:
        items = unit.goods.items()
    prefixes = {prefix: item.item_id for item in items for prefix in item.prefixes}
    return _Reading(table_rules(), {item.store_code: item for item in items}, prefixes)


def _find_head(reading: _Reading, rows: Iterable[Row], path: Path) -> None:
    missing = set(reading.rules.required)
    for number, cells in rows:
        places = table.places_of(cells, reading.rules)
        if places is not None:
            lacking = set(reading.rules.required) - places.keys()
            if not lacking:
                reading.places = places
                return
            missing = min(missing, lacking, key=len)
        if number >= reading.rules.heads_within:
            break
    names = "、".join(
        reading.rules.title(name) for name in reading.rules.required if name in missing
    )
    raise OperatorInput(Code.TEMPLATE_WRONG, lacking=names, file=path.name)


def _read_row(till: Till, reading: _Reading, number: int, cells: tuple[ReadCell, ...]) -> None:
    row = _RowReader(reading, number, cells)
    head = {name: row.text(name) for name in _HEAD}
    item = row.item()
    lot_no = row.text("lot_no")
    made_on, expires_on = row.take("made_on", table.day_of), row.take("expires_on", table.day_of)
    packs = row.take("packs", table.count_of)
    price = row.take("price", table.price_of)
    gift = row.take("gift", lambda cell: table.flag_of(cell, reading.rules))
    codes = row.codes(till, item)
    case = row.text("case")
    row.same_note(head)
    if row.bad or item is None or made_on is None or expires_on is None or packs is None:
        return
    line = ReceiptLine(
        item.item_id,
        item.store_code,
        item.name,
        lot_no,
        made_on,
        expires_on,
        packs,
        price,
        bool(gift),
        codes,
    )
    wrong = line_fault(line, today(till)) or _unlike(reading.lines.get(line.key), line)
    if wrong is not None:
        row.blame(_PLACE.get(wrong, "expires_on"), "", wrong)
        return
    reading.head.update(head)
    if line.key not in reading.lines:
        reading.lines[line.key] = replace(line, packs=0, codes=())
    for code in codes:
        reading.boxes[code] = number
    reading.parts.append((number, reading.lines[line.key].key, packs, codes, case))


_PLACE: Mapping[RowFault, str] = {
    RowFault.MORE_CODES: "codes",
    RowFault.MADE_LATER: "made_on",
    RowFault.LOT_DIFFERS: "lot_no",
}
"""Which cell a contradiction is shown in; the last day of use where nothing else is said."""


def _unlike(known: ReceiptLine | None, line: ReceiptLine) -> RowFault | None:
    """Two rows of one lot must agree about it."""
    if known is None:
        return None
    same = (known.made_on, known.expires_on, known.price) == (
        line.made_on, line.expires_on, line.price,
    )  # fmt: skip
    return None if same else RowFault.LOT_DIFFERS


class _RowReader:
    """One row, cell by cell; what cannot be read is noted and makes the row bad."""

    def __init__(self, reading: _Reading, number: int, cells: tuple[ReadCell, ...]) -> None:
        self._reading, self._number, self._cells = reading, number, cells
        self.bad = False

    def cell(self, name: str) -> ReadCell:
        place = self._reading.places.get(name)
        return None if place is None or place >= len(self._cells) else self._cells[place]

    def blame(self, name: str, value: str, fault: RowFault, more: str = "") -> None:
        self.bad = True
        shown = value or table.shown(self.cell(name))
        title = self._reading.rules.title(name)
        self._reading.faults.append(Fault(self._number, title, fault, shown, more))

    def take(self, name: str, read: Callable[[ReadCell], T]) -> T | None:
        try:
            return read(self.cell(name))
        except Wrong as wrong:
            self.blame(name, "", wrong.fault)
            return None

    def text(self, name: str) -> str:
        found = self.take(name, table.text_of)
        if found == "" and name in self._reading.rules.required:
            self.blame(name, "", RowFault.MISSING)
        return found or ""

    def item(self) -> Item | None:
        code = self.text("store_code")
        item = self._reading.items.get(code)
        if item is None:
            if code:
                self.blame("store_code", code, RowFault.UNKNOWN_ITEM)
            return None
        name = self.text("name")
        if name and not (item.name in name or name in (item.name, item.product_name)):
            # the surest sign that values stand one column too far
            self.blame("name", name, RowFault.NAME_DIFFERS, item.name)
        return item

    def same_note(self, head: Mapping[str, str]) -> None:
        for name, known in self._reading.head.items():
            if head[name] != known:
                self.blame(name, head[name], RowFault.NOTE_DIFFERS, known)

    def codes(self, till: Till, item: Item | None) -> tuple[DrugTraceCode, ...]:
        found = self.take("codes", table.codes_of) or ()
        taken: list[DrugTraceCode] = []
        for text in found:
            scan = classify(text, till.grammar)
            code = self._code(till, scan)
            if code is None:
                self.blame("codes", text, RowFault.CODE_SHAPE)
                continue
            first = self._number if code in taken else self._reading.boxes.get(code)
            other = self._reading.prefixes.get(code.prefix)
            if first is not None:
                self.blame("codes", code, RowFault.CODE_TWICE, str(first))
            elif item is not None and other is not None and other != item.item_id:
                self.blame("codes", code, RowFault.CODE_OF_OTHER)
            taken.append(code)
        return tuple(taken)

    def _code(self, till: Till, scan: Scan) -> DrugTraceCode | None:
        """The one pack a text names; a GS1 text that names none is no code."""
        if scan.kind is ScanKind.DRUG_TRACE:
            return DrugTraceCode(scan.text)
        if not isinstance(scan.gs1, Gs1Pack):
            return None
        code = DrugTraceCode(scan.gs1.identity)
        form = Gs1Form(till.profile.rules.gs1_string_form)
        self._reading.told[code] = scan.gs1.told_as(form)
        return code


def _refuse_known(till: Till, reading: _Reading) -> None:
    """A box that lies here, was sold or is gone for good cannot come with a delivery."""
    with till.store.reading() as unit:
        boxes = (DrugTraceCode(code) for code in reading.boxes)
        known = unit.stock.barred_boxes(boxes, gone_kinds(till))
    title = reading.rules.title("codes")
    for code in sorted(known):
        reading.faults.append(Fault(reading.boxes[code], title, RowFault.CODE_KNOWN, code))


def _found(reading: _Reading, rows: int, path: Path) -> Imported:
    bad = {fault.row for fault in reading.faults}
    packs: dict[_Key, int] = {}
    boxes: dict[_Key, list[DrugTraceCode]] = {}
    cases: dict[str, list[DrugTraceCode]] = {}
    for number, key, count, codes, case in reading.parts:
        if number in bad:
            continue
        packs[key] = packs.get(key, 0) + count
        boxes.setdefault(key, []).extend(codes)
        if case:
            cases.setdefault(case, []).extend(codes)
    receipt = Receipt(
        supplier=reading.head.get("supplier", ""),
        delivery_no=reading.head.get("delivery_no", ""),
        invoice_no=reading.head.get("invoice_no", ""),
        lines=tuple(
            replace(reading.lines[key], packs=count, codes=tuple(boxes[key]))
            for key, count in packs.items()
        ),
        cases=tuple((case, tuple(inside)) for case, inside in cases.items()),
        source=path.name,
        told=tuple(reading.told.items()),
    )
    faults = tuple(sorted(reading.faults, key=lambda fault: fault.row))
    good = len({number for number, *_ in reading.parts} - bad)
    return Imported(receipt, rows, good, faults)


def _let_go(reading: _Reading) -> None:
    """Piece by piece: hundreds of thousands of values freed at once stop every thread."""
    while reading.parts:
        del reading.parts[-_EVERY:]
    while reading.boxes:
        reading.boxes.popitem()


def error_book(till: Till, found: Imported) -> Workbook:
    """The report of errors, row by row, as a table to hand back to whoever made the file."""
    columns = tuple(
        Column(word(f"delivery.report_{name}"), width, kind)
        for name, width, kind in (
            ("row", 8, Kind.COUNT),
            ("column", 14, Kind.TEXT),
            ("value", 36, Kind.TEXT),
            ("fault", 60, Kind.TEXT),
        )
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (fault.row, fault.column, fault.value, fault_text(fault)) for fault in found.faults
    )
    note = word(
        "delivery.report_note",
        file=found.receipt.source,
        rows=found.rows,
        good=found.good_rows,
        bad=found.bad_rows,
    )
    name = word("delivery.report_filename", file=Path(found.receipt.source).stem)
    return Workbook(
        marked_name(till.shop, name),
        (Sheet(word("delivery.report_title"), columns, rows, (note,)),),
    )


def fault_text(fault: Fault) -> str:
    """What is wrong and what to do, in one sentence."""
    return word(f"delivery.fault_{fault.fault.value}", more=fault.more)


def template_book() -> Workbook:
    """An empty table with the columns we read."""
    rules = table_rules()
    columns = tuple(Column(names[0], 18) for names in rules.columns.values())
    return Workbook(word("delivery.template"), (Sheet(word("delivery.template"), columns, ()),))
