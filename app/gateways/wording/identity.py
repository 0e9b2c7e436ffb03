"""Sign-in and persons on the wire (core-platform 4, identity-and-devices 2)."""

from datetime import datetime

from app.domain.credential import (
    CredentialKind,
    EVoucherToken,
    Identity,
    IdNumber,
    Insurance,
    Masked,
    Medium,
    Person,
    PersonName,
    PersonNumber,
)
from app.domain.errors import Code, OperatorInput
from app.gateways.envelopes.strict_json import Json, read_json
from app.gateways.envelopes.verdict import Forged
from app.gateways.fields import Fields
from app.ports import replies as r
from app.ports import requests as q
from app.ports.platform import Sender
from app.profile.model import Profile
from app.profile.operations import Operation

Content = dict[str, object]
_RESIDENT_ID = "01"
# identity-and-devices 2.4: the shorter of the two published limits
_OFFICE_NAME = 30


def open_day(profile: Profile, request: q.OpenDay) -> Content:
    sent: Content = {"opter_no": request.operator_no, "mac": request.mac, "ip": request.ip}
    return {"signIn" if profile.core.signin_shape == "signIn" else "data": sent}


def day_opened(output: Fields) -> r.DayOpened:
    node = output.node("signinoutb", "result")
    return r.DayOpened(node.need("sign_no"), node.text("sign_time"))


def close_day(request: q.CloseDay) -> Content:
    return {"signOut": {"sign_no": request.sign_no, "opter_no": request.operator_no}}


def credential(profile: Profile, shown: q.Credential) -> Content:
    """``mdtrt_cert_type``, ``mdtrt_cert_no`` and ``card_sn`` (identity-and-devices 2.11).

    Raises ``OperatorInput`` where the token or number behind the identity is gone: tokens live in
    memory only, so after a restart the person shows the credential again.
    """
    identity = shown.identity
    number: Masked | None
    serial: Masked | None
    match identity.kind:
        case CredentialKind.VOUCHER:
            number, serial = shown.token, None
        case CredentialKind.ID_CARD:
            number, serial = identity.id_number, None
        case CredentialKind.SOCIAL_CARD:
            number, serial = identity.card_no, identity.card_serial
    if not number or (identity.kind is CredentialKind.SOCIAL_CARD and not serial):
        raise OperatorInput(Code.IDENTITY_NEEDED_AGAIN)
    return {
        "mdtrt_cert_type": profile.tables["credential_kind"][identity.kind.value],
        "mdtrt_cert_no": number.reveal(),
        "card_sn": serial.reveal() if serial else "",
    }


def query_person(profile: Profile, request: q.QueryPerson) -> Content:
    identity = request.credential.identity
    known = profile.core.cert_fields_1101
    certno = identity.id_number.reveal() if known and identity.id_number else ""
    name = identity.name.reveal() if known and identity.name else ""
    return {
        "data": {
            **credential(profile, request.credential),
            "begntime": "",
            "psn_cert_type": _RESIDENT_ID if certno else "",
            "certno": certno,
            "psn_name": name,
        }
    }


def person(output: Fields, request: q.QueryPerson) -> Person:
    """A person with all insurance rows. Raises ``Forged`` where somebody else came back."""
    base = output.node("baseinfo")
    found = Person(
        person_no=PersonNumber(base.need("psn_no")),
        name=PersonName(base.need("psn_name")),
        id_kind=base.text("psn_cert_type"),
        id_number=IdNumber(base.text("certno")),
        gender=base.text("gend"),
        birth_date=base.day("brdy"),
        age=base.text("age"),
        insurances=tuple(_insurance(row) for row in output.rows("insuinfo")),
    )
    asked = request.credential.identity.id_number
    if asked and found.id_number and asked.reveal().upper() != found.id_number.reveal().upper():
        raise Forged("other_person")
    return found


def _insurance(row: Fields) -> Insurance:
    return Insurance(
        kind=row.need("insutype"),
        person_kind=row.text("psn_type"),
        status=row.text("psn_insu_stas"),
        area=row.text("insuplc_admdvs"),
        balance=row.fen_or_zero("balc"),
        employer=row.text("emp_name"),
    )


def decode_voucher(profile: Profile, request: q.DecodeVoucher, sender: Sender) -> Content:
    """Whose e-voucher this is, in the shape of the region's channel (identity-and-devices 2.3)."""
    rules = profile.voucher
    sale, prescription = rules.ec_business_type_sale, rules.ec_business_type_rx
    common: Content = {
        "orgId": sender.institution_code,
        "businessType": prescription if request.for_prescription else sale,
        "operatorId": request.operator_no,
        "operatorName": request.operator_name,
        "officeId": request.office_no,
        "officeName": sender.institution_name[:_OFFICE_NAME],
    }
    match rules.ec_decode_channel:
        case "A":
            return _read_by_terminal(profile, common)
        case "B2":
            return _at_the_city(profile, request, common)
        case _:
            return _by_text(profile, request, common)


def _read_by_terminal(profile: Profile, common: Content) -> Content:
    """Channel A: no code in it, the library reads it by itself; only the older question names the
    kind of device (2.4, 2.7)."""
    asked = profile.terminal.trans_type
    device = {"deviceType": ""} if asked == profile.address(Operation.DECODE_VOUCHER) else {}
    return {
        "transType": asked,
        "orgId": common["orgId"],
        "data": {**common, **device},
        "extra": {},
    }


def _at_the_city(profile: Profile, request: q.DecodeVoucher, common: Content) -> Content:
    """Channel B2: a bare request that also names the app which shows the code."""
    return {
        **common,
        "ecQrCode": request.code.reveal(),
        "ecQrChannel": profile.voucher.ec_qr_channel,
        "termId": "",
        "termIp": "",
    }


def _by_text(profile: Profile, request: q.DecodeVoucher, common: Content) -> Content:
    """Channel B1, and B4 for want of a source: a bare request with the code text given by us."""
    return {
        **common,
        "deviceType": "",
        "mdtrt_cert_type": profile.tables["credential_kind"][CredentialKind.VOUCHER.value],
        "ecQrCode": request.code.reveal(),
        "businessInfo": "",
        "termId": "",
        "termIp": "",
    }


def verify_password(
    profile: Profile, request: q.VerifyPassword, sender: Sender, sealed: str
) -> Content:
    """Whose e-voucher, and the password as ``sealed`` text; names and shape are ours (2.8 [P]).

    One address serves the whole voucher service; ``transType`` tells its questions apart (2.4).
    """
    return {
        "transType": profile.voucher.password_trans_type,
        "orgId": sender.institution_code,
        "operatorId": request.operator_no,
        "operatorName": request.operator_name,
        "officeId": request.office_no,
        "officeName": sender.institution_name[:_OFFICE_NAME],
        "idType": request.person.id_kind or _RESIDENT_ID,
        "idNo": request.person.id_number.reveal(),
        "userName": request.person.name.reveal(),
        "encPassword": sealed,
    }


def voucher_answer(answer: Fields) -> dict[str, Json]:
    """The person part: an object, or JSON text (identity-and-devices 2.6)."""
    found = answer.raw("data")
    if isinstance(found, str):
        found = read_json(found)
    return found if isinstance(found, dict) else {}


def framed_answer(answer: Fields) -> dict[str, Json]:
    """The person part of the other shape on record (core-platform 4.3): the core's own envelope."""
    output = answer.node("output")
    found = output.node("cardecinfo")
    insured = output.rows("insuinfo") if output.has("insuinfo") else []
    return {
        "userName": found.text("psn_name"),
        "idType": found.text("psn_cert_type"),
        "idNo": found.text("certno"),
        "ecToken": found.text("ecToken"),
        "insuOrg": insured[0].text("insuplc_admdvs") if insured else "",
    }


def person_behind(request: q.DecodeVoucher, at: datetime) -> q.QueryPerson:
    """Channel B3: the code's text in the place of the token."""
    shown = Identity(
        medium=Medium.VOUCHER,
        kind=CredentialKind.VOUCHER,
        name=None,
        id_number=None,
        card_no=None,
        card_serial=None,
        area="",
        obtained_at=at,
        provenance="voucher_code",
    )
    return q.QueryPerson(q.Credential(shown, EVoucherToken(request.code.reveal())))


def behind_code(request: q.DecodeVoucher, found: Person) -> r.Decoded:
    """Channel B3: whose the code is; its text goes on to stand for them."""
    return r.Decoded(
        name=found.name,
        id_kind=found.id_kind,
        id_number=found.id_number,
        token=EVoucherToken(request.code.reveal()),
        area=found.insurances[0].area if found.insurances else "",
    )


def decoded(node: Fields, request: q.DecodeVoucher) -> r.Decoded:
    echo = node.text("ecQrCode")
    if request.code and echo and echo != request.code.reveal():
        raise Forged("other_voucher")
    return _whose(node)


def vouched_for(node: Fields, asked: Person) -> r.Decoded:
    """The token of exactly the person whose password was typed."""
    found = _whose(node)
    if found.id_number != asked.id_number:
        raise Forged("other_person")
    return found


def _whose(node: Fields) -> r.Decoded:
    return r.Decoded(
        name=PersonName(node.need("userName")),
        id_kind=node.text("idType"),
        id_number=IdNumber(node.need("idNo")),
        token=EVoucherToken(node.need("ecToken")),
        area=node.text("insuOrg"),
    )
