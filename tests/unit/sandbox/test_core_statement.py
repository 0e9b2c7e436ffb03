"""Files, and the comparison of both books (core-platform 7, 8)."""

import base64
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import pytest

from tests.support.core_bill import bill, item, line, now_text, person
from tests.support.core_client import CoreClient

Settled = dict[str, Any]


def settle(counter: CoreClient, serial: str, first_code: int) -> Settled:
    content = bill(person(), line(serial, item(), 1, first_code))
    found: Settled = counter.output("settle", content)["setlinfo"]
    return found


def upload(counter: CoreClient, content: bytes) -> str:
    node = {
        "in": base64.b64encode(content).decode(),
        "filename": "stmt.zip",
        "fixmedins_code": counter.institution,
    }
    number: str = counter.output("upload_file", {"fsUploadIn": node})["file_qury_no"]
    return number


def download(counter: CoreClient, number: str, name: str = "result") -> bytes:
    node = {"file_qury_no": number, "filename": name, "fixmedins_code": counter.institution}
    body = json.dumps(counter.envelope("download_file", {"fsDownloadIn": node})).encode()
    return counter.post(counter.address("download_file"), body)[1]


def archive(*rows: tuple[object, ...]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("stmt.txt", "".join("\t".join(map(str, r)) + "\n" for r in rows))
    return target.getvalue()


def row_of(head: Settled, **changes: object) -> tuple[object, ...]:
    row = {
        "setl_id": head["setl_id"],
        "mdtrt_id": head["mdtrt_id"],
        "psn_no": head["psn_no"],
        "total": head["medfee_sumamt"],
        "fund": head["fund_pay_sumamt"],
        "account": head["acct_pay"],
        "refund": "0",
    } | changes
    return tuple(row.values())


def differences(counter: CoreClient, *rows: tuple[object, ...]) -> list[list[str]]:
    """Upload, compare, fetch and unpack the result."""
    today = now_text()[:10]
    node = {
        "setl_optins": "350199",
        "file_qury_no": upload(counter, archive(*rows)),
        "stmt_begndate": today,
        "stmt_enddate": today,
        "medfee_sumamt": 0,
        "fund_pay_sumamt": 0,
        "cash_payamt": 0,
        "fixmedins_setl_cnt": len(rows),
        "clr_type": "41",
        "refd_setl_flag": "0",
    }
    info = counter.output("reconcile_lines", {"data": node})["fileinfo"]
    with zipfile.ZipFile(io.BytesIO(download(counter, info["file_qury_no"]))) as packed:
        text = packed.read("result.txt").decode()
    return [one.split("\t") for one in text.splitlines()]


def totals(counter: CoreClient, total: Decimal, fund: Decimal, account: Decimal, n: int) -> str:
    today = now_text()[:10]
    node = {
        "insutype": "310",
        "clr_type": "41",
        "setl_optins": "350199",
        "stmt_begndate": today,
        "stmt_enddate": today,
        "medfee_sumamt": float(total),
        "fund_pay_sumamt": float(fund),
        "acct_pay": float(account),
        "fixmedins_setl_cnt": n,
        "refd_setl_flag": "0",
    }
    found: str = counter.output("reconcile_totals", {"data": node})["stmtinfo"]["stmt_rslt"]
    return found


def test_equal_totals_are_equal_and_others_say_who_has_more(counter: CoreClient) -> None:
    heads = [settle(counter, f"S{n}", n) for n in range(2)]
    sums = [sum(h[k] for h in heads) for k in ("medfee_sumamt", "fund_pay_sumamt", "acct_pay")]
    assert totals(counter, sums[0], sums[1], sums[2], 2) == "000000"
    assert totals(counter, sums[0], sums[1], sums[2], 3) == "000102"
    assert totals(counter, heads[0]["medfee_sumamt"], sums[1], sums[2], 1) == "000101"
    assert totals(counter, sums[0] + 1, sums[1], sums[2], 2) == "000103"


def test_a_revoked_sale_counts_as_two_lines_or_none(counter: CoreClient) -> None:
    head = settle(counter, "S1", 0)
    undo = {k: head[k] for k in ("psn_no", "setl_id", "mdtrt_id")}
    counter.output("revoke_settlement", {"data": undo})
    nothing = Decimal(0)
    assert totals(counter, nothing, nothing, nothing, 2) == "000000"
    assert totals(counter, nothing, nothing, nothing, 0) == "000000"


def test_a_settlement_the_store_lacks_shows_with_its_msgid(counter: CoreClient) -> None:
    known, lost = settle(counter, "S1", 0), settle(counter, "S2", 1)
    assert differences(counter, row_of(known), row_of(lost)) == []
    found = differences(counter, row_of(known))
    assert [(row[2], row[3], row[4]) for row in found] == [
        (lost["setl_id"], lost["medins_setl_id"], "000101")
    ]
    reversal = {"psn_no": lost["psn_no"], "omsgid": found[0][3], "oinfno": "2102A"}
    counter.output("reverse", {"data": reversal})
    assert differences(counter, row_of(known)) == []


def test_other_amounts_and_unknown_rows_show(counter: CoreClient) -> None:
    head = settle(counter, "S1", 0)
    ghost = row_of(head, setl_id="499999999")
    found = differences(counter, row_of(head, account="0.01"), ghost)
    assert [(row[2], row[4]) for row in found] == [
        (head["setl_id"], "000103"),
        ("499999999", "000102"),
    ]


def test_lines_without_or_with_a_used_number_are_too_many(counter: CoreClient) -> None:
    head = settle(counter, "S1", 0)
    nameless = row_of(head, setl_id="null")
    found = differences(counter, row_of(head), row_of(head), nameless, nameless)
    assert [row[4] for row in found] == ["000102"] * 3


def test_a_refund_is_a_line_of_its_own(counter: CoreClient) -> None:
    head = settle(counter, "S1", 0)
    undo = {k: head[k] for k in ("psn_no", "setl_id", "mdtrt_id")}
    back = counter.output("revoke_settlement", {"data": undo})["setlinfo"]
    assert differences(counter, row_of(head), row_of(back, refund="1")) == []
    assert [row[5] for row in differences(counter, row_of(head))] == ["1"]


def test_a_period_that_ends_before_it_begins_is_refused(counter: CoreClient) -> None:
    node = {
        "insutype": "310",
        "clr_type": "41",
        "setl_optins": "350199",
        "stmt_begndate": "2025-02-01",
        "stmt_enddate": "2025-01-01",
        "medfee_sumamt": 0,
        "fund_pay_sumamt": 0,
        "acct_pay": 0,
        "fixmedins_setl_cnt": 0,
    }
    assert "日期" in counter.frame("reconcile_totals", {"data": node})["err_msg"]


@pytest.mark.parametrize("form", ["base64", "numbers"])
def test_a_file_comes_back_byte_by_byte(counter: CoreClient, form: str) -> None:
    content = bytes(range(256))
    shown: object = list(content) if form == "numbers" else base64.b64encode(content).decode()
    node = {"in": shown, "filename": "a.bin", "fixmedins_code": counter.institution}
    number = counter.output("upload_file", {"fsUploadIn": node})["file_qury_no"]
    assert download(counter, number) == content


@pytest.mark.parametrize("content", ["***", "", [], "====", 7])
def test_a_file_without_content_is_refused(counter: CoreClient, content: object) -> None:
    node = {"in": content, "filename": "a.bin", "fixmedins_code": counter.institution}
    assert counter.frame("upload_file", {"fsUploadIn": node})["infcode"] == -1


def test_an_unknown_file_is_answered_with_a_frame(counter: CoreClient) -> None:
    assert download(counter, "fsi000000000000").startswith(b"{")


@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"one\tcell\n", b"\xff\xfe\xfd"])
def test_a_statement_file_nobody_can_read_is_refused(counter: CoreClient, content: bytes) -> None:
    today = now_text()[:10]
    node = {
        "setl_optins": "350199",
        "file_qury_no": upload(counter, content),
        "stmt_begndate": today,
        "stmt_enddate": today,
        "medfee_sumamt": 0,
        "fund_pay_sumamt": 0,
        "cash_payamt": 0,
        "fixmedins_setl_cnt": 0,
    }
    assert "对账文件" in counter.frame("reconcile_lines", {"data": node})["err_msg"]
