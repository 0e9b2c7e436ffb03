"""Statement files out and in, and files fetched bare (core-platform 7 and 8)."""

import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.money import Amounts, Fen
from app.gateways.files import read_statement, statement_file
from app.ports import requests as q
from tests.support import platform_parts as parts
from tests.support.scripted_server import whole

_RESULT = (
    "35020000000000000001\t300000009\t400000009\tP35020300001202506011140000012"
    "\t000101\t0\tnull\t12.00\t0\t12.00"
)


def _packed(text: str, names: tuple[str, ...] = ("result.txt",)) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text)
    return held.getvalue()


def test_the_upload_line_of_the_reference():
    sums = Amounts(Fen(5000), Fen(2820), Fen(1500), Fen(680))
    line = q.StatementLine("400000001", "300000001", parts.PERSON_NO, sums, refunded=False)
    back = q.StatementLine("400000002", "", parts.PERSON_NO, sums.negated(), refunded=True)
    packed = statement_file([line, back])
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (name,) = archive.namelist()
        text = archive.read(name).decode()
    assert text.split("\n") == [
        "400000001\t300000001\t35020000000000000001\t50.00\t28.20\t15.00\t0",
        "400000002\tnull\t35020000000000000001\t-50.00\t-28.20\t-15.00\t1",
        "",
    ]
    assert statement_file([line, back]) == packed


def test_bad_data_inside_a_whole_archive_is_unreadable():
    """Found by fuzzing: the archive opens, its text does not unpack."""
    packed = bytearray(_packed(_RESULT))
    at = packed.index(b"result.txt") + len("result.txt")
    packed[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(OutcomeUnknown) as told:
        read_statement(bytes(packed))
    assert told.value.code is Code.ANSWER_UNREADABLE


@pytest.mark.parametrize("content", [_RESULT.encode(), _packed(_RESULT + "\r\n\r\n")])
def test_the_result_line_of_the_reference(content):
    (found,) = read_statement(content)
    assert found.message_id == "P35020300001202506011140000012"
    assert (found.result, found.refunded) == ("000101", False)
    assert (found.total, found.fund, found.account) == (1200, 0, 1200)
    assert (found.settlement_id, found.visit_id) == ("400000009", "300000009")


def test_the_other_order_of_columns_is_told_by_its_form():
    columns = _RESULT.split("\t")
    columns[4], columns[5] = "1", "000103"
    (found,) = read_statement("\t".join(columns).encode())
    assert (found.result, found.refunded) == ("000103", True)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + _RESULT,
        "\t".join(part + "  " for part in _RESULT.split("\t")),
        _RESULT + " \r\n \r\n",
        _RESULT.replace("null", "\u2028中心\x85多\x0b"),
    ],
    ids=["mark of the encoding", "columns of a fixed width", "blanks behind", "odd memo"],
)
def test_what_fills_a_column_is_of_nobodys_number(text):
    """A message with a blank behind it is none of ours: its settlement would be proved absent,
    reversed here and taken a second time."""
    assert read_statement(_packed(text)) == read_statement(_packed(_RESULT))


@pytest.mark.parametrize(
    "memo",
    ["中心有而药店无".encode("gbk"), "中心有".encode()[:-1], "\U00020000𪚥".encode("gb18030")],
)
def test_a_memo_in_other_characters_keeps_no_doubt_open(memo: bytes) -> None:
    """Nobody reads it, and where its statement is unreadable money in doubt ends by nothing."""
    content = _RESULT.encode().replace(b"null", memo)
    assert read_statement(content) == read_statement(_RESULT.encode())


@pytest.mark.parametrize("column", [0, 1, 2, 3, 5])
def test_an_id_that_is_no_text_proves_nothing(column: int) -> None:
    columns = [part.encode() for part in _RESULT.split("\t")]
    columns[column] += "号".encode("gbk")
    with pytest.raises(OutcomeUnknown):
        read_statement(b"\t".join(columns))


@pytest.mark.parametrize("text", ["", "\ufeff", " \r\n"])
def test_nothing_different_is_an_empty_result(text):
    assert read_statement(_packed(text)) == ()


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04broken",
        _packed(_RESULT)[:60],
        _packed(_RESULT, ("a.txt", "b.txt")),
        b"a\tb",
        _RESULT.replace("12.00", "1e9", 1).encode(),
        _RESULT.replace("000101", "?").encode(),
        b"\xff\xfe",
    ],
    # a packed file carries its time, and workers would not agree on its name
    ids=["broken", "cut", "two files", "few columns", "no money", "no result", "no text"],
)
def test_half_a_statement_proves_nothing(content):
    with pytest.raises(OutcomeUnknown) as raised:
        read_statement(content)
    assert raised.value.code is Code.ANSWER_UNREADABLE


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    for candidate in (content, b"PK" + content):
        try:
            found = read_statement(candidate)
        except OutcomeUnknown:
            continue
        assert isinstance(found, tuple)


def test_a_fetched_file_comes_bare(counter):
    content = _packed(_RESULT)
    counter.server.then(whole(content))
    message = counter.core(q.DownloadFile("fsi/plc/0123", "result.zip"))
    fetched = counter.platform.core.download_file(message)
    assert fetched.value.content == content
    assert "PK" not in fetched.facts.kept_reply


def _now(**later: int) -> tuple[int, ...]:
    """A moment of the counter's clock, as archives write it."""
    return (parts.SteadyClock().now() + timedelta(**later)).timetuple()[:6]


def _made(content: bytes, at: tuple[int, ...]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(zipfile.ZipInfo("result.txt", at), content)
    return packed.getvalue()


def test_a_fetched_file_is_told_from_every_other(counter):
    noon, later = (_now(), _now(seconds=2))
    marks = []
    for body in (_made(b"", noon), _made(b"", later), _made(b"", noon), _made(b"1", noon)):
        counter.server.then(whole(body))
        fetched = counter.platform.core.download_file(counter.core(q.DownloadFile("x", "y")))
        marks.append(fetched.facts.platform_ref)
    assert all(marks)
    assert len(set(marks)) == 3
    assert marks[0] == marks[2]


def test_a_fetched_file_tells_when_it_was_made(counter):
    made = _now(hours=-6)
    counter.server.then(whole(_made(b"", made)))
    fetched = counter.platform.core.download_file(counter.core(q.DownloadFile("x", "y")))
    told = fetched.value.made_at
    assert told is not None
    assert timedelta() <= datetime(*made, tzinfo=UTC) - told < timedelta(seconds=2)


@pytest.mark.parametrize(
    "body",
    [
        _made(b"", (1980, 1, 1, 0, 0, 0)),
        _made(b"", (2020, 1, 1, 0, 0, 0)),
        _made(b"", (2026, 13, 1, 0, 0, 0)),
        b"PK\x03\x04 broken",
    ],
    ids=["the first moment", "always the same", "no time", "no archive"],
)
def test_a_file_that_bears_no_time_is_told_from_none(counter, body: bytes):
    counter.server.then(whole(body))
    fetched = counter.platform.core.download_file(counter.core(q.DownloadFile("x", "y")))
    assert fetched.facts.platform_ref == ""
    assert fetched.value.made_at is None


def test_a_refused_fetch_comes_in_the_envelope(counter):
    counter.server.then(whole(parts.core_answer(None, infcode=-1, err_msg="未查询到文件")))
    with pytest.raises(PlatformRejected) as raised:
        counter.platform.core.download_file(counter.core(q.DownloadFile("x", "y")))
    assert raised.value.platform_text == "未查询到文件"


def test_a_yes_without_a_file_proves_nothing(counter):
    counter.server.then(whole(parts.core_answer({})))
    with pytest.raises(OutcomeUnknown):
        counter.platform.core.download_file(counter.core(q.DownloadFile("x", "y")))


@pytest.mark.parametrize(("result", "equal"), [("000000", True), ("0", True), ("000102", False)])
def test_totals(counter, result, equal):
    sums = Amounts(Fen(5000), Fen(2820), Fen(1500), Fen(680))
    day = date(2025, 6, 1)
    request = q.ReconcileTotals("310", "41", "350299", day, day, sums, 1)
    output = {"stmtinfo": {"setl_optins": "350299", "stmt_rslt": result, "stmt_rslt_dscr": "x"}}
    counter.server.then(whole(parts.core_answer(output)))
    compared = counter.platform.core.reconcile_totals(counter.core(request)).value
    assert (compared.equal, compared.result) == (equal, result)


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_stored_file_is_known_by_its_number(counter, wrapped):
    node = {"file_qury_no": "fsi/1", "filename": "a.zip", "dld_endtime": "2025-06-02 00:00:00"}
    output = {"fileinfo": node} if wrapped else node
    counter.server.then(whole(parts.core_answer(output)))
    stored = counter.platform.core.upload_file(counter.core(q.UploadFile("a.zip", b"PK")))
    assert (stored.value.file_query_no, stored.value.filename) == ("fsi/1", "a.zip")
    assert "PK" not in counter.core(q.UploadFile("a.zip", b"PK")).draft.kept
