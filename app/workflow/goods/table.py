"""The table of a delivery note: its columns by name, its cells one by one."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from app.domain.goods.receipt import LONGEST_TEXT, MOST_PACKS, RowFault
from app.domain.money import Price, price
from app.ports.workbook import CellError, Formula, ReadCell

_DATE = re.compile(r"(\d{4})(?:([-/.年])(\d{1,2})(?:\2|月)(\d{1,2})日?|(\d{2})(\d{2}))", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_EXACT = Decimal("0.000001")


class Wrong(Exception):
    """A cell that cannot be read as what its column says."""

    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Rules:
    """Column titles by field, and what a row must carry."""

    columns: dict[str, tuple[str, ...]]
    required: tuple[str, ...]
    yes: frozenset[str]
    no: frozenset[str]
    heads_within: int

    def title(self, field: str) -> str:
        """What our own template calls a column."""
        return self.columns[field][0]


@cache
def table_rules() -> Rules:
    """``resources/tables/delivery.toml``."""
    read = tomllib.loads(files("resources").joinpath("tables/delivery.toml").read_text("utf-8"))
    rules = read["rules"]
    return Rules(
        {field: tuple(names) for field, names in read["columns"].items()},
        tuple(rules["required"]),
        frozenset(rules["yes"]),
        frozenset(rules["no"]),
        rules["heads_within"],
    )


def places_of(cells: Sequence[ReadCell], rules: Rules) -> dict[str, int] | None:
    """Which column holds which field; None where this row is no head of a table.

    Columns are found by name, wherever they stand. A name that comes twice is no head either:
    nobody could say which one is meant.
    """
    names = {name: field for field, known in rules.columns.items() for name in known}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        field = names.get(_plain(cell)) if isinstance(cell, str) else None
        if field is None:
            continue
        if field in found:
            return None
        found[field] = place
    return found if len(found) > 1 else None


def _plain(text: str) -> str:
    return re.sub(r"[\s*＊:：()（）]+", "", text)


def text_of(cell: ReadCell, longest: int = LONGEST_TEXT) -> str:
    """A text, or a whole number typed where a text belongs. Raises ``Wrong``."""
    _refuse_rules(cell)
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    if len(text) > longest or not text.isprintable():
        raise Wrong(RowFault.TOO_LONG)
    return text


def day_of(cell: ReadCell) -> date:
    """A date, or a text that can only be one. Raises ``Wrong``: a number is no date."""
    _refuse_rules(cell)
    if isinstance(cell, datetime):
        found = cell.date()
    elif isinstance(cell, date):
        found = cell
    else:
        found = _day_in(cell)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise Wrong(RowFault.NOT_A_DATE)
    return found


def _day_in(cell: ReadCell) -> date:
    if cell is None:
        raise Wrong(RowFault.MISSING)
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)
    match = _DATE.fullmatch(cell) if isinstance(cell, str) else None
    if match is None:
        raise Wrong(RowFault.NOT_A_DATE)
    year, _, month, day, bare_month, bare_day = match.groups()
    try:
        return date(int(year), int(month or bare_month), int(day or bare_day))
    except ValueError as wrong:
        raise Wrong(RowFault.NOT_A_DATE) from wrong


def count_of(cell: ReadCell) -> int:
    """Whole packs, at least one. Raises ``Wrong``."""
    _refuse_rules(cell)
    if cell is None:
        raise Wrong(RowFault.MISSING)
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    if isinstance(cell, bool) or not re.fullmatch(r"[0-9]{1,7}", text, re.ASCII):
        raise Wrong(RowFault.NOT_A_COUNT)
    if not 0 < int(text) <= MOST_PACKS:
        raise Wrong(RowFault.NOT_A_COUNT)
    return int(text)


def price_of(cell: ReadCell) -> Price | None:
    """Yuan per pack; None where nothing stands. Raises ``Wrong``."""
    _refuse_rules(cell)
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | str):
        raise Wrong(RowFault.NOT_A_PRICE)
    try:
        # what was typed as 12.3 is held in binary: six decimals are all there can be
        exact = cell if isinstance(cell, str) else Decimal(repr(cell)).quantize(_EXACT)
        found = price(exact if isinstance(exact, str) else format(exact, "f"))
    except (ValueError, ArithmeticError) as wrong:
        raise Wrong(RowFault.NOT_A_PRICE) from wrong
    if found < 0:
        raise Wrong(RowFault.NOT_A_PRICE)
    return found


def codes_of(cell: ReadCell) -> tuple[str, ...]:
    """Trace codes in one cell, parted by spaces, commas or lines. Raises ``Wrong``.

    A code kept as a number has lost its last digits: a table holds fifteen.
    """
    _refuse_rules(cell)
    if cell is None:
        return ()
    if not isinstance(cell, str):
        raise Wrong(RowFault.CODE_AS_NUMBER)
    parts = tuple(part for part in re.split(r"[\s,，;；、]+", cell) if part)
    if any(re.fullmatch(r"[0-9.]+[eE]\+?[0-9]+", part) for part in parts):
        raise Wrong(RowFault.CODE_AS_NUMBER)
    return parts


def flag_of(cell: ReadCell, rules: Rules) -> bool:
    """Raises ``Wrong`` for what is neither yes nor no."""
    text = text_of(cell)
    if text in rules.yes:
        return True
    if text in rules.no:
        return False
    raise Wrong(RowFault.NOT_YES_OR_NO)


def _refuse_rules(cell: ReadCell) -> None:
    if isinstance(cell, Formula):
        raise Wrong(RowFault.FORMULA)
    if isinstance(cell, CellError):
        raise Wrong(RowFault.CELL_ERROR)


def shown(cell: ReadCell) -> str:
    """A cell as the report of errors repeats it."""
    text = cell.isoformat() if isinstance(cell, date) else str("" if cell is None else cell)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
