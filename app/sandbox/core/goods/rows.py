"""Many rows of one kind in one message (core-platform 3.4).

Counts, changes and purchases are booked row by row and answered row by row; a list of sales, of
their returns or of erasures is booked whole or not at all. No source says which: trace-and-stock
2.3 only says that a call may succeed while single rows fail.
"""

from collections.abc import Callable, Mapping
from typing import Any

from app.profile.operations import Operation
from app.sandbox.core.frame.envelope import Call, Output
from app.sandbox.core.frame.gate import Act, InnerRefusal, inner_result
from app.sandbox.core.goods.stock import erase, move
from app.sandbox.tables import refusals

Row = Mapping[str, Any]
_KEYS = (
    "med_list_codg",
    "inv_chg_type",
    "fixmedins_hilist_id",
    "fixmedins_hilist_name",
    "fixmedins_bchno",
)


def _booking(operation: Operation) -> Callable[[Call, Row], None]:
    return lambda call, row: move(call, operation, row)


ROWS: Mapping[Operation, tuple[str, str, Callable[[Call, Row], None]]] = {
    Operation.COUNT_STOCK_ROWS: (
        "invinfoDetail",
        "invinfoErrDetail",
        _booking(Operation.COUNT_STOCK),
    ),
    Operation.CHANGE_STOCK_ROWS: (
        "invinfoDetail",
        "invinfoErrDetail",
        _booking(Operation.CHANGE_STOCK),
    ),
    Operation.RECEIVE_ROWS: ("purcinfoDetail", "purcinfoErrDetail", _booking(Operation.RECEIVE)),
    Operation.RETURN_TO_SUPPLIER_ROWS: (
        "purcinfoDetail",
        "purcinfoErrDetail",
        _booking(Operation.RETURN_TO_SUPPLIER),
    ),
    Operation.UPLOAD_SALE_ROWS: ("selinfoDetail", "", _booking(Operation.UPLOAD_SALE)),
    Operation.RETURN_SALE_ROWS: ("selinfoDetail", "", _booking(Operation.RETURN_SALE)),
    Operation.ERASE_UPLOAD_ROWS: ("goodDetail", "", erase),
}
"""Where the rows stand, where single answers stand (empty: whole or not at all), what books one."""


def together(operation: Operation) -> Act:
    """The act of one list."""
    node, answered, book = ROWS[operation]

    def act(call: Call) -> Output:
        rows: list[Row] = call.content[node]
        most = call.site.profile.rules.max_rows_A
        if len(rows) > most:
            raise InnerRefusal("rows_many", what=str(most))
        if answered:
            return Output({answered: [_single(call, row, book) for row in rows]})
        for row in rows:
            book(call, row)
        return Output({"result": inner_result(call, "1", refusals().sentences["done"])})

    return act


def _single(call: Call, row: Row, book: Callable[[Call, Row], None]) -> dict[str, object]:
    result, said = "1", refusals().sentences["done"]
    call.db.execute("SAVEPOINT one_row")
    try:
        book(call, row)
    except InnerRefusal as no:
        call.db.execute("ROLLBACK TO one_row")
        result, said = "0", no.sentence
    call.db.execute("RELEASE one_row")
    named = {key: row[key] for key in _KEYS if key in row}
    return {**named, "retRslt": result, "msgRslt": said[:2000], "memo": None}
