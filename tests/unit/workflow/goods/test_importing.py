"""Delivery notes out of tables: each bad cell is named in its row, the good rows stay usable."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.errors import Code, OperatorInput
from app.domain.goods.receipt import RowFault
from app.ports.workbook import CellError, Formula, ReadCell
from app.workflow.goods.importing import Imported, fault_text
from tests.support.back_room import TITLES, BackRoom, FakeSheets, Row, a_row, new_codes
from tests.support.small_counter import CAPSULES, EARLY

FILE = Path("note.xlsx")


def read(room: BackRoom, *rows: Row) -> Imported:
    room.sheets.found = rows
    return room.small.surface.read_delivery(FILE)


def faults(found: Imported) -> list[tuple[int, str, RowFault]]:
    return [(fault.row, fault.column, fault.fault) for fault in found.faults]


def test_rows_of_one_lot_become_one_line(room: BackRoom) -> None:
    first, second = new_codes(2), new_codes(2, 3)
    found = read(room, a_row(2, *first), a_row(3, *second, 箱码="9990001"), a_row(4, 批号="N2"))
    line, other = found.receipt.lines
    assert (found.rows, found.good_rows, found.faults) == (3, 3, ())
    assert (line.packs, line.codes, line.price) == (4, first + second, 12_500_000)
    assert (other.packs, other.codes, other.lot_no) == (2, (), "N2")
    receipt = found.receipt
    assert (receipt.supplier, receipt.delivery_no, receipt.invoice_no) == (
        "示例医药公司",
        "D20261122",
        "INV1",
    )
    assert receipt.cases == (("9990001", second),)


BAD: list[tuple[str, ReadCell, RowFault]] = [
    ("生产日期", "11/22/26", RowFault.NOT_A_DATE),
    ("生产日期", "2026-13-01", RowFault.NOT_A_DATE),
    ("生产日期", 46_000, RowFault.NOT_A_DATE),
    ("生产日期", None, RowFault.MISSING),
    ("生产日期", date(2027, 1, 1), RowFault.MADE_LATER),
    ("生产日期", date(1900, 1, 1), RowFault.NOT_A_DATE),
    ("有效期至", date(2026, 8, 1), RowFault.EXPIRES_BEFORE),
    ("有效期至", "N0001", RowFault.NOT_A_DATE),
    ("数量", "2盒", RowFault.NOT_A_COUNT),
    ("数量", 2.5, RowFault.NOT_A_COUNT),
    ("数量", 0, RowFault.NOT_A_COUNT),
    ("数量", -1, RowFault.NOT_A_COUNT),
    ("数量", True, RowFault.NOT_A_COUNT),
    ("数量", None, RowFault.MISSING),
    ("数量", Formula("=A1"), RowFault.FORMULA),
    ("批号", CellError("#N/A"), RowFault.CELL_ERROR),
    ("批号", None, RowFault.MISSING),
    ("批号", "x" * 500, RowFault.TOO_LONG),
    ("商品编码", "SP9999", RowFault.UNKNOWN_ITEM),
    ("商品名称", "N0001", RowFault.NAME_DIFFERS),
    ("进价", "12.5元", RowFault.NOT_A_PRICE),
    ("进价", -1, RowFault.NOT_A_PRICE),
    ("追溯码", 8.123456e19, RowFault.CODE_AS_NUMBER),
    ("追溯码", "8.12E+19", RowFault.CODE_AS_NUMBER),
    ("追溯码", "6900000000014", RowFault.CODE_SHAPE),
    ("追溯码", EARLY[0], RowFault.CODE_KNOWN),
    ("追溯码", new_codes(1, prefix="8765432")[0], RowFault.CODE_OF_OTHER),
    ("追溯码", " ".join(new_codes(3)), RowFault.MORE_CODES),
    ("追溯码", f"{new_codes(1)[0]} {new_codes(1)[0]}", RowFault.CODE_TWICE),
    ("赠品", "也许", RowFault.NOT_YES_OR_NO),
    ("供应商", "另一家", RowFault.NOTE_DIFFERS),
]


@pytest.mark.parametrize(
    ("column", "value", "fault"), BAD, ids=[f"{row[2].value}-{n}" for n, row in enumerate(BAD)]
)
def test_a_bad_cell_is_named_and_costs_its_row_alone(
    room: BackRoom, column: str, value: ReadCell, fault: RowFault
) -> None:
    good = a_row(2, *new_codes(2, 50), 批号="GOOD")
    found = read(room, good, a_row(3, **{column: value}))
    assert (3, column, fault) in faults(found)
    assert {row for row, _, _ in faults(found)} == {3}
    assert [line.lot_no for line in found.receipt.lines] == ["GOOD"]
    assert (found.good_rows, found.bad_rows) == (1, 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("生产日期", "2026-09-01"),
        ("生产日期", "2026/9/1"),
        ("生产日期", "2026.09.01"),
        ("生产日期", "2026年9月1日"),
        ("生产日期", "20260901"),
        ("生产日期", 20260901),
        ("生产日期", datetime(2026, 9, 1, 0, 0)),  # noqa: DTZ001 what a table holds has no zone
        ("数量", "2"),
        ("数量", 2.0),
        ("进价", "12.5"),
        ("进价", 12.500000000000002),
        ("商品编码", "SP0001"),
    ],
)
def test_what_can_only_mean_one_thing_is_read(room: BackRoom, column: str, value: ReadCell) -> None:
    found = read(room, a_row(2, **{column: value}))
    (line,) = found.receipt.lines
    assert found.faults == ()
    assert (line.made_on, line.packs, line.price) == (date(2026, 9, 1), 2, 12_500_000)


def test_two_rows_of_a_lot_must_agree(room: BackRoom) -> None:
    found = read(room, a_row(2), a_row(3, 有效期至=date(2029, 1, 1)))
    assert faults(found) == [(3, "批号", RowFault.LOT_DIFFERS)]


def test_a_code_of_an_earlier_row_is_named_with_that_row(room: BackRoom) -> None:
    code = new_codes(1)[0]
    (fault,) = read(room, a_row(2, code), a_row(3, code, 批号="N2")).faults
    assert (fault.row, fault.fault, fault.more, fault.value) == (3, RowFault.CODE_TWICE, "2", code)
    assert "第 2 行" in fault_text(fault)


def test_columns_may_stand_anywhere_under_other_names(room: BackRoom) -> None:
    names = {"随货单号": "送货单号", "批号": "生产批号 *", "数量": "入库数量"}
    head = tuple(reversed([names.get(title, title) for title in TITLES]))
    _, cells = a_row(5)
    room.sheets.head = (3, (None, "某某医药公司随货同行单"))
    room.sheets.found = ((4, head), (5, tuple(reversed(cells))))
    found = room.small.surface.read_delivery(FILE)
    assert found.faults == ()
    assert [line.lot_no for line in found.receipt.lines] == ["N0001"]


def test_values_one_column_too_far_are_seen(room: BackRoom) -> None:
    _, cells = a_row(2)
    found = read(room, (2, (None, *cells[:-1])))
    assert found.receipt.lines == ()
    assert {fault for _, _, fault in faults(found)} >= {RowFault.UNKNOWN_ITEM, RowFault.NOT_A_DATE}


@pytest.mark.parametrize(
    ("head", "lacking"),
    [
        (tuple(title for title in TITLES if title != "批号"), "批号"),
        (("姓名", "年龄"), "随货单号"),
        ((*TITLES, "批号"), "批号"),
    ],
)
def test_a_wrong_template_is_refused_whole(
    room: BackRoom, head: tuple[str, ...], lacking: str
) -> None:
    room.sheets.head, room.sheets.found = (1, head), (a_row(2),)
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.read_delivery(FILE)
    assert refused.value.code is Code.TEMPLATE_WRONG
    assert lacking in str(refused.value.params["lacking"])


def test_the_report_has_a_line_for_each_fault(room: BackRoom) -> None:
    found = read(room, a_row(2), a_row(3, 数量="x"), a_row(4, 批号=None))
    room.small.surface.keep_errors(found)
    (book,) = room.books.kept
    (sheet,) = book.sheets
    assert [(row[0], row[1], row[2]) for row in sheet.rows] == [(3, "数量", "x"), (4, "批号", "")]
    assert "note.xlsx" in sheet.notes[0]
    assert all(str(row[3]).endswith("。") for row in sheet.rows)


def test_every_fault_has_its_sentence() -> None:
    from app.domain.goods.receipt import Fault

    for fault in RowFault:
        assert fault_text(Fault(1, "", fault, "", "7")).endswith("。")


def test_our_own_template_is_read_as_one(room: BackRoom) -> None:
    room.small.surface.keep_template()
    (book,) = room.books.kept
    room.sheets.head = (1, tuple(column.title for column in book.sheets[0].columns))
    room.sheets.found = ()
    assert room.small.surface.read_delivery(FILE).rows == 0


cells = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(), st.dates(),
    st.datetimes(), st.text(max_size=5).map(Formula), st.sampled_from([*EARLY, *CAPSULES]),
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.lists(cells, max_size=len(TITLES) + 2), max_size=4))
def test_no_table_ends_in_anything_but_rows_and_faults(
    room: BackRoom, rows: list[list[ReadCell]]
) -> None:
    room.sheets = FakeSheets([(at, tuple(row)) for at, row in enumerate(rows, 2)])
    room.__post_init__()
    found = room.small.surface.read_delivery(FILE)
    assert found.good_rows + found.bad_rows == found.rows == len(rows)
    assert len({fault.row for fault in found.faults}) == found.bad_rows
    assert all(line.packs >= len(line.codes) for line in found.receipt.lines)
