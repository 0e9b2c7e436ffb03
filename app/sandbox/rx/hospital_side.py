"""A hospital's prescription until it lies at the centre, and its undo (9.1 to 9.4)."""

import base64
import binascii
from datetime import timedelta

from app.sandbox.rx.books import changes
from app.sandbox.rx.books.records import (
    EXPIRED,
    Rx,
    Stage,
    find_own,
    insert,
    moment_of,
    original,
    written,
)
from app.sandbox.rx.gate import Call
from app.sandbox.rx.wire.canonical import NotAnObject, Object, compact, normal, read
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.rx.wire.wording import states

UPLOAD_FIELDS = (
    "rxTraceCode",
    "hiRxno",
    "mdtrtId",
    "patnName",
    "psnCertType",
    "certno",
    "fixmedinsName",
    "fixmedinsCode",
    "drCode",
    "prscDrName",
    "pharDeptName",
    "pharDeptCode",
    "pharProfttlCodg",
    "pharProfttlName",
    "pharCode",
    "pharCertType",
    "pharCertno",
    "pharName",
    "pharPracCertNo",
    "pharChkTime",
)
"""Fields 1–20 of the upload, in the order the signed text keeps (prescription-centre 9.3)."""
_CREDENTIALS = frozenset({"mdtrtCertType", "mdtrtCertNo", "cardSn", "ecToken", "authNo"})


def precheck(call: Call) -> Object:
    """Numbers for a prescription that may be written. The same one again gets the same numbers."""
    hospital = call.app.institution
    body = {name: value for name, value in call.content.items() if name not in _CREDENTIALS}
    earlier = find_own(call.db, hospital, call.text("hospRxno"))
    if earlier is not None:
        if earlier.body != body:
            raise Refused("number_taken")
        return {"rxTraceCode": earlier.trace_code, "hiRxno": earlier.hi_rxno}
    _check_times(call)
    _check_visit(call)
    _check_lines(call)
    number = call.centre.site.state.next_number("rx")
    visit = body["mdtrtinfo"]
    rx = Rx(
        hi_rxno=f"{call.centre.site.demo.hospital.area}{call.now:%Y%m%d%H%M%S}{number:010d}",
        trace_code=f"{call.now:%Y%m%d%H%M%S}{number:06d}",
        hospital=hospital,
        hosp_rxno=call.text("hospRxno"),
        id_no=visit["certno"],
        mdtrt_id=visit["mdtrtId"],
        body=body,
        issued_at=moment_of(call.text("prscTime")),
        valid_until=moment_of(call.text("valiEndTime")),
        stage=Stage.PRECHECKED,
        digest="",
        sign_digest="",
        cert_sn="",
        cert_dn="",
        signed_at="",
        held_by="",
        held_at=None,
        audit=None,
        settlement="",
        settled_at="",
    )
    insert(call.db, rx)
    return {"rxTraceCode": rx.trace_code, "hiRxno": rx.hi_rxno}


def _check_times(call: Call) -> None:
    issued, until = moment_of(call.text("prscTime")), moment_of(call.text("valiEndTime"))
    days = int(call.text("valiDays"))
    longest = call.centre.site.profile.rxcentre.epc_vali_days
    short = call.text("longRxFlag") == "1" or days <= longest
    ordered = issued <= call.now < until
    if not (short and ordered and days > 0 and until == issued + timedelta(days=days)):
        raise Refused("validity")


def _check_visit(call: Call) -> None:
    """The visit was registered at the core platform, for this patient, by this hospital."""
    visit = call.content["mdtrtinfo"]
    if visit["fixmedinsCode"] != call.app.institution:
        raise Refused("wrong_institution")
    persons = call.centre.site.demo.persons
    person = next((p for p in persons if p.id_no == visit["certno"]), None)
    if person is None:
        raise Refused("person_unknown")
    if visit["patnName"] != person.name:
        raise Refused("person_differs")
    row = call.db.execute(
        "SELECT 1 FROM visit WHERE mdtrt_id=? AND institution=? AND psn_no=?",
        (visit["mdtrtId"], call.app.institution, person.person_no),
    ).fetchone()
    if row is None:
        raise Refused("visit_unknown")


def _check_lines(call: Call) -> None:
    lines = call.content["rxdrugdetail"]
    if float(call.text("rxDrugCnt")) != len(lines):
        raise Refused("count_differs")
    catalogue = {drug.national_code for drug in call.centre.site.demo.drugs.values()}
    for line in lines:
        if line["medListCodg"] not in catalogue:
            raise Refused("outside_catalogue", drug=str(line["drugGenname"]))


def _own(call: Call, rx: Rx) -> Rx:
    if rx.hospital != call.app.institution:
        raise Refused("rx_unknown")
    return rx


def _bytes(call: Call, name: str, word: str) -> bytes:
    try:
        return base64.b64decode(call.text(name), validate=True)
    except binascii.Error as wrong:
        raise Refused(word) from wrong


def sign(call: Call) -> Object:
    """Insurance e-signature over the twenty values and the file (prescription-centre 9.2)."""
    values = _bytes(call, "originalValue", "original_wrong")
    file = _bytes(call, "originalRxFile", "file_wrong")
    if not file.startswith(b"%PDF-"):
        raise Refused("file_wrong")
    rx = _own(call, _named_in(call, values))
    if rx.stage not in (Stage.PRECHECKED, Stage.SIGNED):
        raise Refused("trace_code")
    sealed = call.centre.authority.sign(call.app, values, file)
    changes.sign(call.db, rx.hi_rxno, sealed)
    return {
        "rxFile": base64.b64encode(sealed.document).decode(),
        "signDigest": sealed.sign_digest,
        "signCertSn": sealed.cert_sn,
        "signCertDn": sealed.cert_dn,
    }


def _named_in(call: Call, values: bytes) -> Rx:
    """The prescription the signed values speak of. Raises ``Refused`` unless they fit it."""
    try:
        told = read(values)
    except NotAnObject as wrong:
        raise Refused("original_wrong") from wrong
    rx = find_own_number(call, str(told.get("hiRxno", "")))
    visit = rx.body["mdtrtinfo"]
    wanted = {
        "rxTraceCode": rx.trace_code,
        "mdtrtId": rx.mdtrt_id,
        "patnName": visit["patnName"],
        "certno": rx.id_no,
        "fixmedinsCode": rx.hospital,
        "drCode": visit["drCode"],
        "prscDrName": visit["prscDrName"],
    }
    if not set(told) <= set(UPLOAD_FIELDS) or any(told.get(k) != v for k, v in wanted.items()):
        raise Refused("original_wrong")
    return rx


def find_own_number(call: Call, hi_rxno: str) -> Rx:
    """A prescription of the calling hospital by its number. Raises ``Refused``."""
    call.content["hiRxno"] = hi_rxno
    return _own(call, call.rx())


def upload(call: Call) -> Object:
    """Lay a signed prescription open to pharmacies. What is uploaded is what was signed."""
    rx = _own(call, call.rx())
    if rx.trace_code != call.text("rxTraceCode"):
        raise Refused("trace_code")
    if rx.stage is Stage.PRECHECKED:
        raise Refused("not_signed")
    _require_signed_content(call, rx)
    if rx.stage is Stage.UNDONE:
        raise Refused("rx_undone")
    if rx.state(call.now) == EXPIRED:
        raise Refused("rx_expired", until=written(rx.valid_until))
    changes.move(call.db, rx.hi_rxno, Stage.UPLOADED)
    return _state_of(call)


def _require_signed_content(call: Call, rx: Rx) -> None:
    told = {name: call.content[name] for name in UPLOAD_FIELDS if name in call.content}
    signed = normal(read(original(call.db, rx.hi_rxno))) or {}
    file = _bytes(call, "rxFile", "signed_differs")
    same = compact(normal(told)) == compact(signed) and call.text("signDigest") == rx.sign_digest
    if not same or call.centre.authority.digest(file) != rx.digest:
        raise Refused("signed_differs")


def undo(call: Call) -> Object:
    """Withdraw: neither settled nor expired (prescription-centre 12). Twice is once."""
    rx = _own(call, call.rx())
    if rx.stage not in (Stage.UPLOADED, Stage.UNDONE):
        raise Refused("rx_unknown")
    if rx.settlement:
        raise Refused("settled")
    if rx.stage is Stage.UPLOADED and rx.state(call.now) == EXPIRED:
        raise Refused("rx_expired", until=written(rx.valid_until))
    changes.move(call.db, rx.hi_rxno, Stage.UNDONE)
    return _state_of(call)


def _state_of(call: Call) -> Object:
    seen = states(call.rx(), call.app.institution, call.now)
    return {
        "hiRxno": call.text("hiRxno"),
        "rxStasCodg": seen["rxStasCodg"],
        "rxStasName": seen["rxStasName"],
    }
