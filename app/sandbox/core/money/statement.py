"""Comparing the store's books with the platform's: totals, then line by line (core-platform 8)."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.sandbox.core.files import last_day, store_file, stored_content
from app.sandbox.core.frame.amounts import fen_of, yuan
from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.site import Site
from app.sandbox.state import Row
from app.sandbox.tables import refusals

EQUAL, CENTRE_MORE, STORE_MORE, DIFFERENT = "000000", "000101", "000102", "000103"
_COLUMNS = ("setl_id", "mdtrt_id", "psn_no", "total", "fund", "account", "refund")
_UNPACKED_LIMIT = 16 * 1024 * 1024
_RESULT = "result.txt"


def reconcile_totals(call: Call) -> Output:
    """Sums of the period against the store's. A revoked sale counts as two rows or as none."""
    asked = call.node("data")
    rows = _rows(call, asked, str(asked["insutype"]))
    ours = tuple(sum(int(row[k]) for row in rows) for k in ("total_fen", "fund_fen", "account_fen"))
    theirs = tuple(fen_of(asked[k]) for k in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay"))
    verdict = _verdict(rows, int(str(asked["fixmedins_setl_cnt"])), ours == theirs)
    said = refusals().sentences["equal" if verdict == EQUAL else "differs"]
    return Output(
        {
            "stmtinfo": {
                "setl_optins": asked["setl_optins"],
                "stmt_rslt": verdict,
                "stmt_rslt_dscr": said,
            }
        }
    )


def _verdict(rows: Sequence[Row], counted: int, sums_equal: bool) -> str:
    lines = len(rows)
    standing = sum(1 for row in rows if row["state"] == "active")
    if sums_equal and counted in (lines, standing):
        return EQUAL
    if counted < standing:
        return CENTRE_MORE
    return STORE_MORE if counted > lines else DIFFERENT


def _rows(call: Call, asked: Mapping[str, Any], insutype: str = "") -> list[Row]:
    """Settlements and refunds of the period; what was reversed never was."""
    if asked["stmt_begndate"] > asked["stmt_enddate"]:
        raise Refusal("period_wrong")
    sql = (
        "SELECT * FROM settlement WHERE institution=? AND clr_optins=? AND state<>'reversed'"
        " AND substr(settled_at,1,10) BETWEEN ? AND ?"
    )
    values = [call.institution, *(str(asked[k]) for k in _PERIOD)]
    for column, value in (("insutype", insutype), ("clr_type", asked.get("clr_type") or "")):
        if value:
            sql += f" AND {column}=?"
            values.append(str(value))
    return call.db.execute(sql + " ORDER BY setl_id", values).fetchall()


_LEAVES_OUT = "statement_leaves_out_refunded"


def leave_out_refunded(site: Site) -> None:
    """From now on the statement names neither a settlement that was refunded nor its refund."""
    site.state.remembered(_LEAVES_OUT, 1)


def show_everything(site: Site) -> None:
    """From now on the statement names both again, as one that was behind and has caught up."""
    with site.state.writing() as db:
        db.execute("DELETE FROM counter WHERE name=?", (_LEAVES_OUT,))


def leaves_out_refunded(site: Site) -> bool:
    """Whether it is a statement of that kind."""
    with site.state.reading() as db:
        row = db.execute("SELECT value FROM counter WHERE name=?", (_LEAVES_OUT,)).fetchone()
    return row is not None


_PERIOD = ("setl_optins", "stmt_begndate", "stmt_enddate")


def reconcile_lines(call: Call) -> Output:
    """Every row that differs, as a file to fetch: the way to find a settlement without answer."""
    asked = call.node("data")
    theirs = _uploaded(stored_content(call, str(asked["file_qury_no"])))
    ours = _rows(call, asked)
    rows = list(_differences(ours, theirs))
    if leaves_out_refunded(call.site):
        undone = {str(row["setl_id"]) for row in ours if row["state"] in ("revoked", "refund")}
        rows = [row for row in rows if not (row[2] in undone and row[4] == CENTRE_MORE)]
    text = "".join("\t".join(row) + "\n" for row in rows)
    name = f"stmt{call.msgid}.zip"
    number = store_file(call, name, _archive(call, text))
    return Output(
        {
            "fileinfo": {
                "file_qury_no": number,
                "filename": name,
                "dld_endtime": last_day(call),
            }
        }
    )


def _uploaded(content: bytes) -> list[dict[str, str]]:
    """The store's lines in their order; the file is a ZIP with one text, or the text itself."""
    found: list[dict[str, str]] = []
    for line in _text(content).splitlines():
        cells = line.split("\t")
        if len(cells) < len(_COLUMNS):
            raise Refusal("file_form")
        found.append(dict(zip(_COLUMNS, cells, strict=False)))
    return found


def _text(content: bytes) -> str:
    try:
        if content[:2] != b"PK":
            return content.decode("utf-8")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            first = archive.infolist()[0]
            if first.file_size > _UNPACKED_LIMIT:
                raise Refusal("file_form")
            return archive.read(first).decode("utf-8")
    except (ValueError, IndexError, zipfile.BadZipFile) as broken:
        raise Refusal("file_form") from broken


def _archive(call: Call, text: str) -> bytes:
    """Made now, by the platform's clock, to the two seconds the format knows."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        made = zipfile.ZipInfo(_RESULT, call.now.timetuple()[:6])
        archive.writestr(made, text, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _differences(
    ours: Sequence[Row], theirs: Sequence[dict[str, str]]
) -> Iterator[tuple[str, ...]]:
    """Result rows in the order of core-platform 8.2, amounts those of the side that has the row.

    A line of the store without a number, or with one it already used, is one it has too many.
    """
    unmatched = list(theirs)
    for row in ours:
        mine = next((x for x in unmatched if x["setl_id"] == row["setl_id"]), None)
        if mine is None:
            yield _result(row, CENTRE_MORE)
            continue
        unmatched.remove(mine)
        if _figures(mine) != (row["total_fen"], row["fund_fen"], row["account_fen"]):
            yield _result(row, DIFFERENT)
    for extra in unmatched:
        yield _extra(extra)


def _extra(row: Mapping[str, str]) -> tuple[str, ...]:
    return (
        row["psn_no"],
        row["mdtrt_id"],
        row["setl_id"],
        "null",
        STORE_MORE,
        row["refund"],
        "null",
        row["total"],
        row["fund"],
        row["account"],
    )


def _figures(row: Mapping[str, str]) -> tuple[int, int, int]:
    try:
        return fen_of(row["total"]), fen_of(row["fund"]), fen_of(row["account"])
    except ArithmeticError as broken:
        raise Refusal("file_form") from broken


def _result(row: Row, verdict: str) -> tuple[str, ...]:
    return (
        str(row["psn_no"]),
        str(row["mdtrt_id"]),
        str(row["setl_id"]),
        str(row["msgid"]),
        verdict,
        str(int(row["refunds"] is not None)),
        "null",
        str(yuan(int(row["total_fen"]))),
        str(yuan(int(row["fund_fen"]))),
        str(yuan(int(row["account_fen"]))),
    )
