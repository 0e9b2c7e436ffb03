"""The one table: every column sorts, with keys too, many rows in slices, the row in front stays."""

from array import array
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ui.widgets.table import Head, Line, Listed, RowsTable
from ui.widgets.table.ordering import ordering
from ui.widgets.table.rows import MARK

HEADS = (Head("名称", bold=True), Head("天", 80, right=True))
ROWS = (
    Line(("乙", "9 天"), "ok", 1, orders=("乙", 9)),
    Line(("甲", "10 天"), "stop", 2, orders=("甲", 10)),
    Line(("丙", "9 天"), "attention", 3, orders=("丙", 9)),
)


@pytest.fixture
def table(qtbot: QtBot) -> RowsTable:
    made = RowsTable("表", HEADS)
    qtbot.addWidget(made)
    made.show_lines(ROWS)
    return made


def keys(table: RowsTable) -> list[object]:
    return [line.key for line in table.rows.lines]


def title(table: RowsTable, section: int) -> object:
    across, words = Qt.Orientation.Horizontal, Qt.ItemDataRole.DisplayRole
    return table.rows.headerData(section, across, words)


def test_a_column_follows_its_own_order_and_not_its_words(table: RowsTable) -> None:
    table.sort_by(1)
    assert keys(table) == [1, 3, 2]
    assert title(table, 2) == "天 ▲"
    assert table.accessibleDescription() == "按天升序"
    table.sort_by(1)
    assert keys(table) == [2, 1, 3], "equal rows stay as they stood"
    assert title(table, 2) == "天 ▼"


def test_the_mark_sorts_by_what_is_worst(table: RowsTable) -> None:
    table.sort_by(MARK)
    assert keys(table) == [2, 3, 1]


def test_keys_sort_as_the_pointer_does(table: RowsTable, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Space):
        qtbot.keyClick(table, key)
    assert keys(table) == [1, 3, 2]
    qtbot.keyClick(table, Qt.Key.Key_Left)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert table.rows.sorted_by == (0, False)


def test_home_and_end_go_to_the_first_and_the_last_row(table: RowsTable, qtbot: QtBot) -> None:
    for key, row in ((Qt.Key.Key_End, 3), (Qt.Key.Key_Home, 1)):
        with qtbot.waitSignal(table.selectionModel().currentRowChanged):
            qtbot.keyClick(table, key)
        assert table.key == row


def test_the_row_in_front_stays_in_front(table: RowsTable) -> None:
    table.show_lines(ROWS, 3)
    table.sort_by(0)
    assert table.key == 3
    table.show_lines((*ROWS[1:], Line(("丁", "1 天"), "ok", 4, orders=("丁", 1))))
    assert table.key == 3
    assert keys(table) == sorted([2, 3, 4], key=lambda key: {2: "甲", 3: "丙", 4: "丁"}[key])


def test_rows_put_in_order_elsewhere_only_ask(qtbot: QtBot) -> None:
    table = RowsTable("表", HEADS, sorts_here=False)
    qtbot.addWidget(table)
    table.show_lines(ROWS)
    with qtbot.waitSignal(table.sort_wanted) as asked:
        table.sort_by(1, True)
    assert asked.args == [1, True]
    assert keys(table) == [1, 2, 3]


def test_many_rows_are_sorted_in_slices(qtbot: QtBot) -> None:
    count = 30_000
    days = tuple(date.fromordinal(700_000 + at * 7_919 % count) for at in range(count))
    table = RowsTable("表", (Head("日"),))
    qtbot.addWidget(table)

    def line(day: date) -> Line:
        return Line((day.isoformat(),), "later", day)

    table.show_items(Listed(days, line, lambda day: day, lambda day, _column: day))
    front = table.key
    table.sort_by(0, True)
    assert table.sorting, "the window goes on meanwhile"
    qtbot.waitUntil(lambda: not table.sorting, timeout=20_000)
    shown = table.rows.items
    assert [shown.key(at) for at in range(3)] == sorted(days, reverse=True)[:3]
    assert shown.key(count - 1) == min(days)
    assert table.key == front


@given(st.lists(st.integers(0, 20), max_size=3_000), st.booleans())
def test_slices_agree_with_one_sort(numbers: list[int], descending: bool) -> None:
    into = array("l")
    for _ in ordering(len(numbers), numbers.__getitem__, descending=descending, into=into):
        pass
    assert list(into) == sorted(range(len(numbers)), key=numbers.__getitem__, reverse=descending)
