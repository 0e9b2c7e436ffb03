"""Files in and out, stored under a query number, given back byte by byte (core-platform 7)."""

import base64
import binascii
from collections.abc import Sequence
from datetime import timedelta

from app.sandbox.core.frame.envelope import Call, Output, Refusal

_DAYS_KEPT = 7


def upload_file(call: Call) -> Output:
    """Takes Base64 or an array of numbers (core-platform 7.1)."""
    asked = call.node("fsUploadIn")
    content = _content(asked["in"])
    name = str(asked["filename"])
    number = store_file(call, name, content)
    return Output(
        {
            "file_qury_no": number,
            "filename": name,
            "fixmedins_code": call.institution,
            "dld_endtime": last_day(call),
        }
    )


def download_file(call: Call) -> Output:
    """The stored bytes themselves; a refusal is a frame instead (core-platform 7.2)."""
    asked = call.node("fsDownloadIn")
    return Output(raw=stored_content(call, str(asked["file_qury_no"])))


def store_file(call: Call, name: str, content: bytes) -> str:
    """Keep a file for this institution; its query number."""
    number = f"fsi{call.site.state.next_number('file_qury_no'):012d}"
    call.db.execute(
        "INSERT INTO stored_file VALUES (?,?,?,?,?)",
        (number, call.institution, name, content, call.now.isoformat(" ")),
    )
    return number


def stored_content(call: Call, number: str) -> bytes:
    """Bytes of an uploaded file. Raises ``Refusal``."""
    row = call.db.execute(
        "SELECT content FROM stored_file WHERE file_qury_no=? AND institution=?",
        (number, call.institution),
    ).fetchone()
    if row is None:
        raise Refusal("file_unknown")
    return bytes(row["content"])


def last_day(call: Call) -> str:
    """Until when a file may be fetched, as written on the wire."""
    return f"{call.now + timedelta(days=_DAYS_KEPT):%Y-%m-%d %H:%M:%S}"


def _content(value: object) -> bytes:
    try:
        if isinstance(value, str):
            content = base64.b64decode(value, validate=True)
        elif isinstance(value, Sequence):
            content = bytes(int(str(number)) & 0xFF for number in value)
        else:
            raise Refusal("file_empty")
    except (binascii.Error, ValueError) as broken:
        raise Refusal("file_empty") from broken
    if not content:
        raise Refusal("file_empty")
    return content
