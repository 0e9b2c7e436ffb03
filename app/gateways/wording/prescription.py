"""Prescriptions on the wire (prescription-centre 8): what the pharmacy says to the centre."""

import re
from datetime import datetime

from app.domain.errors import Code, PlatformRejected
from app.domain.prescription import RxNumber
from app.gateways.envelopes.core import read_code
from app.gateways.envelopes.verdict import Forged, InnerNo
from app.gateways.fields import Fields, wire_moment
from app.gateways.wording.identity import credential
from app.ports import replies as r
from app.ports import requests as q
from app.ports.platform import Sender
from app.profile.model import Profile

Content = dict[str, object]
_RESIDENT_ID = "01"
_DIGEST = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def authorise(profile: Profile, request: q.Authorise, sender: Sender) -> Content:
    """线下流转授权. Names are written in camelCase; the channel respells them."""
    shown = credential(profile, request.credential)
    token = request.credential.token
    return {
        "mdtrtCertType": shown["mdtrt_cert_type"],
        "mdtrtCertNo": shown["mdtrt_cert_no"],
        "cardSn": shown["card_sn"],
        "ecToken": token.reveal() if token else "",
        "psnName": request.person.name.reveal(),
        "psnCertType": request.person.id_kind or _RESIDENT_ID,
        "certno": request.person.id_number.reveal(),
        **_store(sender),
        "insuPlcNo": request.insured_area,
        "opter": request.operator_no,
        "opterName": request.operator_name,
    }


def _store(sender: Sender) -> Content:
    return {
        "fixmedinsCode": sender.institution_code,
        "fixmedinsName": sender.institution_name,
    }


def download(profile: Profile, request: q.Download, sender: Sender) -> Content:
    """The key goes under the name the region uses (``epc_rx_key``)."""
    return {
        profile.rxcentre.epc_rx_key: request.key or request.rx_number,
        "epcToken": request.rx_token.reveal(),
        **_store(sender),
        "insuPlcNo": request.insured_area,
    }


def verify(request: q.Verify, sender: Sender) -> Content:
    return {
        "hiRxno": request.rx_number,
        "epcToken": request.rx_token.reveal(),
        **_store(sender),
        "signDigest": request.digest,
        "signCertSn": request.certificate_serial,
    }


def verified(output: Fields, request: q.Verify, at: datetime) -> r.Verified:
    """What the centre vouches for. Raises ``PlatformRejected`` where it does not vouch for the
    file, or vouches for another one; a digest it does not repeat is the one it was asked about."""
    same_prescription(output, request.rx_number)
    result = output.text("rxSignVerifyRslt")
    text = output.text("rxSignVerifyDscr", "rxSignVerifyMsg")
    digest = output.text("signDigest", "rxFileDigest")
    if _DIGEST.fullmatch(digest) and digest.lower() != request.digest.lower():
        raise PlatformRejected(Code.DOCUMENT_CHANGED, platform_code=result, platform_text=text)
    if result not in ("", "1", "true"):
        raise PlatformRejected(Code.SIGNATURE_INVALID, platform_code=result, platform_text=text)
    serial = output.text("signCertSn") or request.certificate_serial
    return r.Verified(output.need("rxSignVerifySn"), request.digest, serial, at)


def audit(profile: Profile, request: q.UploadAudit, sender: Sender) -> Content:
    """药师审方信息上传, the one fully tabulated operation (8.1)."""
    decision, pharmacist = request.decision, request.decision.pharmacist
    token = request.pharmacist_token
    return {
        "hiRxno": request.rx_number,
        "epcToken": request.rx_token.reveal(),
        "ecToken": token.reveal() if token else "",
        **_store(sender),
        "pharCertType": pharmacist.id_kind,
        "pharCertno": pharmacist.id_number.reveal(),
        "pharCode": pharmacist.pharmacist_code,
        "pharName": pharmacist.name.reveal(),
        "rxChkOpnn": decision.opinion,
        "rxChkTime": wire_moment(decision.at),
        "rxChkStasCodg": profile.tables["audit_verdict"][decision.verdict.value],
        "rxSignVerifySn": request.verify_serial,
    }


def audit_accepted(output: Fields, request: q.UploadAudit) -> r.AuditAccepted:
    same_prescription(output, request.rx_number)
    # the 2024 generation repeats success inside the body (8.1)
    code = read_code(output, "msgCode") if output.has("msgCode") else ""
    if code not in ("", "0"):
        raise InnerNo(code, output.text("flag"))
    return r.AuditAccepted(output.need("rxChkBizSn"))


def same_prescription(output: Fields, asked: RxNumber) -> None:
    """Raises ``Forged`` where the answer is about another prescription."""
    echoed = output.text("hiRxno")
    if echoed and echoed != asked:
        raise Forged("other_prescription")
