"""The pharmacy's four acts: authorise, download, verify, audit (prescription-centre 8.1 to 8.5)."""

import base64
import binascii
from datetime import timedelta

from app.crypto.digests import sm3
from app.sandbox.rx.books import changes
from app.sandbox.rx.books.records import (
    APPROVED,
    EXPIRED,
    HELD,
    REFUSED_HERE,
    WITHDRAWN,
    Audit,
    Rx,
    Stage,
    document,
    moment_of,
    of_person,
    written,
)
from app.sandbox.rx.gate import Call
from app.sandbox.rx.identity import grant, live_token, person_shown, require_bound, spend
from app.sandbox.rx.wire.canonical import Object
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.rx.wire.wording import detail, list_item, named, states

_LISTED = timedelta(days=30)
_SM3_HEX = 64


def authorise(call: Call) -> Object:
    """The person's prescriptions and a token for one of them."""
    person, voucher = person_shown(call)
    rows = [rx for rx in of_person(call.db, person.id_no) if rx.issued_at > call.now - _LISTED]
    if call.centre.site.profile.rxcentre.list_scope == "valid":
        rows = [rx for rx in rows if not _why_not(rx, call)]
    items = [list_item(rx, call.app.institution, call.now) for rx in rows]
    if call.centre.site.profile.rxcentre.epc_token_scope == "list":  # noqa: S105 a scope
        return {"epcToken": grant(call, person, voucher), "rxList": items}
    own = (grant(call, person, voucher, rx.hi_rxno) for rx in rows)
    return {"rxList": [item | {"epcToken": t} for item, t in zip(items, own, strict=True)]}


def _why_not(rx: Rx, call: Call) -> str:
    """The word for why this pharmacy cannot take a prescription now; empty when it can."""
    state = rx.state(call.now)
    if rx.stage not in (Stage.UPLOADED, Stage.UNDONE):
        return "rx_unknown"
    if rx.settlement:
        return "rx_used"
    if state == WITHDRAWN:
        return "rx_undone"
    if state == EXPIRED:
        return "rx_expired"
    used = rx.used_state(call.app.institution, call.now)
    return {HELD: "rx_held", REFUSED_HERE: "rx_refused"}.get(used, "")


def _require_takeable(rx: Rx, call: Call) -> None:
    word = _why_not(rx, call)
    if word:
        since = f"{rx.held_at:%H:%M}" if rx.held_at else ""
        raise Refused(word, until=written(rx.valid_until), since=since)


def download(call: Call) -> Object:
    """One prescription with its sealed file; the token is spent by it."""
    token = live_token(call)
    rx = call.rx()
    if rx.id_no != token["id_no"]:
        raise Refused("token_foreign")
    _require_takeable(rx, call)
    spend(call, token, rx.hi_rxno)
    changes.hold(call.db, rx.hi_rxno, call.app.institution, call.now)
    auditor = call.centre.site.demo.hospital.pharmacist_name
    return {
        **detail(rx, call.app.institution, call.now, insurance_of(call, rx), auditor),
        "rxTraceCode": rx.trace_code,
        "epcToken": token["token"],
        "rxFile": base64.b64encode(document(call.db, rx.hi_rxno)).decode(),
        "signDigest": rx.sign_digest,
        "signCertSn": rx.cert_sn,
        "signCertDn": rx.cert_dn,
    }


def insurance_of(call: Call, rx: Rx) -> str:
    """The patient's first insurance kind. Raises ``Refused``."""
    for person in call.centre.site.demo.persons:
        if person.id_no == rx.id_no:
            return person.insurances[0].kind
    raise Refused("person_unknown")


def verify(call: Call) -> Object:
    """Whether the bytes the pharmacy holds are the bytes the hospital had sealed."""
    rx = call.rx()
    token = require_bound(call, rx.hi_rxno)
    _require_takeable(rx, call)
    digest = _digest_shown(call)
    if digest != rx.digest:
        return _verdict("0", "changed")
    shown = call.text("signCertSn")
    if shown and shown.upper() != rx.cert_sn.upper():
        return _verdict("0", "other_certificate")
    number = call.centre.site.state.next_number("rx_verify_serial")
    serial = f"YQ{call.now:%Y%m%d%H%M%S}{number:012d}"
    call.db.execute(
        "INSERT INTO rx_verification VALUES (?,?,?,?,?)",
        (serial, rx.hi_rxno, token["token"], call.app.institution, written(call.now)),
    )
    return {
        **_verdict("1", "verified"),
        "rxSignVerifySn": serial,
        "signDigest": rx.digest,
        "signCertSn": rx.cert_sn,
        "signCertDn": rx.cert_dn,
        "signTime": rx.signed_at,
    }


def _verdict(result: str, word: str) -> Object:
    return {"rxSignVerifyRslt": result, "rxSignVerifyDscr": named("sentences", word)}


def _digest_shown(call: Call) -> str:
    """SM3 of the file in the message, or the digest it names; hex in lower case."""
    if call.text("rxFile"):
        try:
            return sm3(base64.b64decode(call.text("rxFile"), validate=True)).hex()
        except binascii.Error as wrong:
            raise Refused("no_digest") from wrong
    shown = call.text("signDigest").lower()
    if len(shown) != _SM3_HEX:
        raise Refused("no_digest")
    return shown


def audit(call: Call) -> Object:
    """What the pharmacist decided. Told twice the same, it answers the same."""
    rx = call.rx()
    require_bound(call, rx.hi_rxno)
    earlier = rx.audit
    if earlier is not None and earlier.verify_serial == call.text("rxSignVerifySn"):
        if (earlier.verdict, earlier.opinion) != (
            call.text("rxChkStasCodg"),
            call.text("rxChkOpnn"),
        ):
            raise Refused("audit_differs")
        return _audited(call, rx, earlier.serial)
    _require_takeable(rx, call)
    _require_verified(call, rx)
    _require_pharmacist(call)
    number = call.centre.site.state.next_number("rx_audit_serial")
    found = Audit(
        serial=f"SF{call.now:%Y%m%d%H%M%S}{number:012d}",
        verdict=call.text("rxChkStasCodg"),
        institution=call.app.institution,
        name=call.text("pharName"),
        code=call.text("pharCode"),
        opinion=call.text("rxChkOpnn"),
        at=written(moment_of(call.text("rxChkTime"))),
        verify_serial=call.text("rxSignVerifySn"),
    )
    if found.verdict not in call.centre.site.profile.tables["audit_verdict"].values():
        raise Refused("field", text=call.text("rxChkStasCodg"))
    changes.audit(call.db, rx.hi_rxno, found)
    if found.verdict != APPROVED:
        changes.release(call.db, rx.hi_rxno)
    return _audited(call, rx, found.serial)


def _audited(call: Call, rx: Rx, serial: str) -> Object:
    seen = states(rx, call.app.institution, call.now)
    return {
        "rxChkBizSn": serial,
        "rxStasCodg": seen["rxStasCodg"],
        "rxStasName": seen["rxStasName"],
    }


def _require_verified(call: Call, rx: Rx) -> None:
    row = call.db.execute(
        "SELECT 1 FROM rx_verification WHERE serial=? AND hi_rxno=? AND token=? AND institution=?",
        (call.text("rxSignVerifySn"), rx.hi_rxno, call.text("epcToken"), call.app.institution),
    ).fetchone()
    if row is None:
        raise Refused("verify_serial")


def _require_pharmacist(call: Call) -> None:
    """The e-voucher shown is the pharmacist's own, and the pharmacist is one of this region."""
    vouchers = call.centre.vouchers
    holder = vouchers.holder(call.text("ecToken"))
    if holder is None or vouchers.shown_at(call.text("ecToken")) != call.app.institution:
        raise Refused("pharmacist")
    for known in call.centre.site.demo.pharmacists:
        told = (call.text("pharCertno"), call.text("pharCode"), call.text("pharName"))
        if (known.id_no, known.code, known.name) == told and known.id_no == holder:
            return
    raise Refused("pharmacist")
