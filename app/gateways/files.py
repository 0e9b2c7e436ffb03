"""Files of the core platform: upload, download, and the line-by-line statement (7, 8.2).

Archives are built and read in memory with caps: a fetched archive is as doubtful as any answer.
"""

import base64
import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from app.domain.books.money import Verdict
from app.domain.errors import Code, OutcomeUnknown
from app.domain.money import Amounts, fen, fen_text
from app.gateways.envelopes.reply import Reply
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.fields import Fields, Numbers, wire_day
from app.ports import replies as r
from app.ports import requests as q
from app.ports.platform import Sender
from app.profile.model import Profile

Content = dict[str, object]
_ARCHIVE = b"PK"
_STATEMENT_NAME = "statement.txt"
_LARGEST_TEXT = 64 * 1024 * 1024
_RESULT_COLUMNS = 10
_MEMO = 6
_RESULT_FORM = re.compile(r"[0-9]{6}", re.ASCII)
_LINE_END = re.compile(r"\r\n|\r|\n")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NEVER_SO_FAR = timedelta(days=2)
"""A result is made while it is asked for: beyond zones and any clock that may be believed."""
BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    NotImplementedError,
)
"""A broken archive shows itself in many ways: its own, bad data, missing parts, odd versions."""


def upload_file(request: q.UploadFile, sender: Sender) -> Content:
    return {
        "fsUploadIn": {
            "in": base64.b64encode(request.content).decode(),
            "filename": request.filename,
            "fixmedins_code": sender.institution_code,
        }
    }


def file_stored(output: Fields) -> r.FileStored:
    """Flat after an upload, inside ``fileinfo`` after a comparison (3.4)."""
    node = output.node("fileinfo") if output.has("fileinfo") else output
    return r.FileStored(node.need("file_qury_no"), node.text("filename"))


def download_file(request: q.DownloadFile, sender: Sender) -> Content:
    return {
        "fsDownloadIn": {
            "file_qury_no": request.file_query_no,
            "filename": request.filename,
            "fixmedins_code": sender.institution_code,
        }
    }


def is_archive(body: bytes) -> bool:
    """A fetched file comes bare; a refusal comes in the envelope (7.2)."""
    return body.startswith(_ARCHIVE)


def archive_mark(body: bytes, fetched_at: datetime) -> str:
    """What tells a fetched archive from every other, empty where nothing can.

    A platform writes the time into each result it makes, so that two of them are never the same
    bytes. Where it writes one and the same time into all of them, equal bytes say nothing.
    """
    if _times_in(body, fetched_at) is None:
        return ""
    return f"zip:{hashlib.sha256(body).hexdigest()}"


def archive_made_at(body: bytes, fetched_at: datetime) -> datetime | None:
    """The earliest time written into it, as if it were UTC; None where it bears none."""
    return min(_times_in(body, fetched_at) or (), default=None)


def _times_in(body: bytes, fetched_at: datetime) -> list[datetime] | None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            made = [datetime(*entry.date_time, tzinfo=UTC) for entry in archive.infolist()]
    except (*BROKEN_ARCHIVE, ValueError):
        return None
    return None if any(abs(at - fetched_at) > _NEVER_SO_FAR for at in made) else made


def reconcile_totals(profile: Profile, request: q.ReconcileTotals) -> Content:
    numbers, sums = Numbers(profile.core.amount_as), request.amounts
    return {
        "data": {
            "insutype": request.insurance_kind,
            "clr_type": request.clearing_kind,
            "setl_optins": request.clearing_office,
            "stmt_begndate": wire_day(request.first_day),
            "stmt_enddate": wire_day(request.last_day),
            "medfee_sumamt": numbers.fen(sums.total),
            "fund_pay_sumamt": numbers.fen(sums.fund),
            "acct_pay": numbers.fen(sums.account),
            "fixmedins_setl_cnt": numbers.count(request.count),
        }
    }


def totals_compared(output: Fields) -> r.TotalsCompared:
    """Equal means: every character of the result is 0 (8.1)."""
    node = output.node("stmtinfo")
    result = node.need("stmt_rslt")
    return r.TotalsCompared(not result.strip("0"), result, node.text("stmt_rslt_dscr"))


def reconcile_lines(profile: Profile, request: q.ReconcileLines) -> Content:
    numbers, sums = Numbers(profile.core.amount_as), request.amounts
    return {
        "data": {
            "setl_optins": request.clearing_office,
            "file_qury_no": request.file_query_no,
            "stmt_begndate": wire_day(request.first_day),
            "stmt_enddate": wire_day(request.last_day),
            "medfee_sumamt": numbers.fen(sums.total),
            "fund_pay_sumamt": numbers.fen(sums.fund),
            "cash_payamt": numbers.fen(sums.cash),
            "fixmedins_setl_cnt": numbers.count(request.count),
            "clr_type": request.clearing_kind,
            "refd_setl_flag": "0",
        }
    }


def statement_file(lines: Sequence[q.StatementLine]) -> bytes:
    """ZIP of one TAB-separated line per settlement, in the order given (8.2 step 1).

    Amounts are written as booked: the line of a refund already carries negative amounts.
    """
    rows = ("\t".join(_statement_row(line)) for line in lines)
    text = "".join(f"{row}\n" for row in rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(_STATEMENT_NAME, _EPOCH), text.encode())
    return packed.getvalue()


def _statement_row(line: q.StatementLine) -> tuple[str, ...]:
    sums: Amounts = line.amounts
    return (
        line.settlement_id or "null",
        line.visit_id or "null",
        line.person_no or "null",
        fen_text(sums.total),
        fen_text(sums.fund),
        fen_text(sums.account),
        "1" if line.refunded else "0",
    )


def read_statement(
    content: bytes, verdicts: Mapping[str, str] = MappingProxyType({})
) -> tuple[r.StatementResult, ...]:
    """Difference lines of a fetched result (8.2 step 5); ``verdicts`` is the region's table.

    A mark of the encoding before the first line, and blanks that fill a column up to its width,
    are of nobody's number: an id with a blank behind it is no id of ours, and what stands there
    would be proved absent. Raises ``OutcomeUnknown`` where the archive or one line cannot be read:
    a statement that is only half understood proves nothing.
    """
    try:
        return tuple(_result(line, verdicts) for line in _lines(content) if line.strip())
    except (Unreadable, ValueError) as wrong:
        raise OutcomeUnknown(Code.ANSWER_UNREADABLE, what="statement") from wrong


def _lines(content: bytes) -> list[str]:
    if not is_archive(content):
        return _text_lines(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) != 1 or entries[0].file_size > _LARGEST_TEXT:
                raise Unreadable("archive")
            with archive.open(entries[0]) as packed:
                text = packed.read(_LARGEST_TEXT + 1)
    except BROKEN_ARCHIVE as broken:
        raise Unreadable("archive") from broken
    if len(text) > _LARGEST_TEXT:
        raise Unreadable("archive")
    return _text_lines(text)


def _text_lines(text: bytes) -> list[str]:
    """Ended by CR, LF or both: what else breaks a line in a memo is of the memo, and so is what
    is no UTF-8. No second byte of another encoding looks like a TAB or an end of line."""
    return _LINE_END.split(text.decode("utf-8-sig", "surrogateescape"))


def _result(line: str, verdicts: Mapping[str, str]) -> r.StatementResult:
    columns = ["" if part == "null" else part for part in map(str.strip, line.split("\t"))]
    if len(columns) < _RESULT_COLUMNS:
        raise Unreadable("statement_columns")
    # raises where something else than the memo is no UTF-8
    "".join(columns[:_MEMO] + columns[_MEMO + 1 :]).encode()
    # two editions swap these columns: the one with six digits is the result (8.2)
    result, refunded = columns[4], columns[5]
    if not _RESULT_FORM.fullmatch(result):
        result, refunded = refunded, result
    if not _RESULT_FORM.fullmatch(result):
        raise Unreadable("statement_result")
    total, fund, account = (fen(text or "0") for text in columns[7:10])
    return r.StatementResult(
        person_no=columns[0],
        visit_id=columns[1],
        settlement_id=columns[2],
        message_id=columns[3],
        result=result,
        refunded=refunded.lstrip("0") == "1",
        total=total,
        fund=fund,
        account=account,
        verdict=Verdict(verdicts.get(result, Verdict.OTHER)),
    )


def not_a_file(_: Reply) -> r.FileFetched:
    """An envelope that says yes where a file should be. Raises ``Unreadable``."""
    raise Unreadable("no_file")
