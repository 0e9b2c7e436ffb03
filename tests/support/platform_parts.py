"""Builders for everything a gateway is handed: the persons, goods and ids of core-platform 13."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import msgspec

from app.crypto.derive import rx_content_key
from app.crypto.sm2 import KeyPair, key_pair, sign
from app.crypto.sm4 import encrypt_ecb
from app.domain.audit import AuditDecision, Check, Pharmacist, Verdict
from app.domain.credential import (
    CredentialKind,
    EVoucherToken,
    Identity,
    IdNumber,
    Insurance,
    Medium,
    Person,
    PersonName,
    PersonNumber,
    RxToken,
    Secret,
    VoucherCode,
)
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Amounts, Fen, price, quantity
from app.domain.prescription import RxNumber
from app.gateways.access import PlatformAccess
from app.ports import requests as q
from app.ports.platform import Sender, Stamp
from app.profile.loader import load
from app.profile.model import Profile
from app.profile.operations import Operation

MESSAGE_ID = "P35020300001202506011022000007"
PERSON_NO = "35020000000000000001"
TOKEN = "TOKEN-DEMO-0001"
APP_ID = "0123456789ABCDEF0123456789ABCDEF"
APP_SECRET = "FEDCBA9876543210FEDCBA9876543210"
STORE_KEYS = key_pair(bytes(31) + b"\x05")
PLATFORM_KEYS = key_pair(bytes(31) + b"\x07")
_SERIALS = count(1)
NOW = datetime(2025, 6, 1, 2, 22, 0, tzinfo=UTC)


@dataclass
class SteadyClock:
    """Time that moves when told to."""

    at: datetime = NOW
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.seconds


def training(**settle: Any) -> Profile:
    """The training region, with short times and, if given, other values under [settle]."""
    profile = load("training").profile
    return _with(profile, settle=settle)


def _with(profile: Profile, **parts: dict[str, Any]) -> Profile:
    changed = {
        name: msgspec.structs.replace(getattr(profile, name), **values)
        for name, values in parts.items()
    }
    return msgspec.structs.replace(profile, **changed)


def with_part(profile: Profile, part: str, **values: Any) -> Profile:
    """The same region with other values in one of its tables."""
    return _with(profile, **{part: values})


def with_tables(profile: Profile, tables: dict[str, dict[str, str]]) -> Profile:
    """The same region with other code tables."""
    return msgspec.structs.replace(profile, tables=tables)


def access(url: str) -> PlatformAccess:
    return PlatformAccess(
        endpoints=dict.fromkeys(Operation, url),
        institution_code="P35020300001",
        paasid="demo-paasid",
        tif_secret=Secret("demo-secret-key"),
        app_id=APP_ID,
        app_secret=Secret(APP_SECRET),
        keys=STORE_KEYS,
        platform_public=PLATFORM_KEYS.public,
        seal_roots=(),
    )


def sender(sign_no: str = "100001") -> Sender:
    return Sender("P35020300001", "示例大药房", "350200", "E01", "收银一", sign_no)


def stamp(text: str = MESSAGE_ID, at: datetime = NOW) -> Stamp:
    return Stamp(text, at)


def identity(name: str = "", id_number: str = "") -> Identity:
    return Identity(
        medium=Medium.VOUCHER,
        kind=CredentialKind.VOUCHER,
        name=PersonName(name) if name else None,
        id_number=IdNumber(id_number) if id_number else None,
        card_no=None,
        card_serial=None,
        area="350299",
        obtained_at=NOW,
        provenance="test",
    )


def credential(name: str = "", id_number: str = "") -> q.Credential:
    return q.Credential(identity(name, id_number), EVoucherToken(TOKEN))


def person() -> Person:
    return Person(
        person_no=PersonNumber(PERSON_NO),
        name=PersonName("测试甲"),
        id_kind="01",
        id_number=IdNumber("000000190001010000"),
        gender="1",
        birth_date=date(1970, 1, 1),
        age="55.4",
        insurances=(Insurance("310", "1101", "1", "350299", Fen(10000), "示例单位"),),
    )


def line(index: int = 1, **changes: Any) -> q.SoldLine:
    first = q.SoldLine(
        index=1,
        national_code="XA00AAA000A001010100001",
        store_code="SKU0001",
        name="示例片",
        upload_lot="B20250101001",
        lot_no="L2501",
        made_on=date(2025, 1, 1),
        expires_on=date(2027, 12, 31),
        needs_prescription=True,
        split=False,
        price=price("20"),
        quantity=quantity("1"),
        amount=Fen(2000),
        trace_codes=(DrugTraceCode("80000000000000000001"),),
        product_barcode="",
        shelf="",
        single_dose="1片",
        frequency="每天二次",
        days="5",
        route="口服",
    )
    if index == 1:
        return replace(first, **changes)
    return replace(
        first,
        index=2,
        national_code="XB00BBB000B001010100002",
        store_code="SKU0002",
        price=price("15"),
        quantity=quantity("2"),
        amount=Fen(3000),
        trace_codes=(DrugTraceCode("80000000000000000002"), DrugTraceCode("80000000000000000003")),
        single_dose="",
        frequency="",
        **changes,
    )


def upload_sale() -> q.UploadSale:
    return q.UploadSale(
        line=line(),
        buyer=q.Buyer(person(), insured=True, visit_id="", settlement_id=""),
        prescriber=q.Prescriber(RxNumber("HI-RX-DEMO-1"), "示例医生", ""),
        dispenser=q.Dispenser("示例药师", "01", "ZY0000001", ""),
        receipt_no="S202506010001",
        sale_serial="S202506010001",
        sold_at=datetime(2025, 6, 1, 2, 20, 0, tzinfo=UTC),
        operator_name="收银一",
    )


def return_sale() -> q.ReturnSale:
    return q.ReturnSale(
        line=line(),
        buyer=q.Buyer(person(), insured=True, visit_id="", settlement_id=""),
        receipt_no="S202506010001",
        sale_serial="S202506010001",
        returned_at=NOW,
        operator_name="收银一",
    )


def bill() -> q.Bill:
    return q.Bill(
        credential=credential(),
        person=person(),
        insurance_kind="310",
        insured_area="350299",
        bought_at=datetime(2025, 6, 1, 2, 21, 0, tzinfo=UTC),
        total=Fen(5000),
        rx_number=RxNumber("HI-RX-DEMO-1"),
        doctor="示例医生",
        doctor_code="",
        receipt_no="S202506010001",
        lines=(line(1), line(2)),
    )


AGREED = Amounts(Fen(5000), Fen(2820), Fen(1500), Fen(680))


def settle() -> q.Settle:
    return q.Settle(bill(), "300000001", AGREED)


def revoke() -> q.RevokeSettlement:
    return q.RevokeSettlement(person(), "350299", "400000001", "300000001", AGREED)


def reverse() -> q.Reverse:
    return q.Reverse(person(), "350299", MESSAGE_ID, Operation.SETTLE)


def query_settlement() -> q.QuerySettlement:
    return q.QuerySettlement(person(), "350299", "400000001", "300000001")


def query_person() -> q.QueryPerson:
    return q.QueryPerson(credential())


def open_day() -> q.OpenDay:
    return q.OpenDay("E01", "00-00-00-00-00-01", "192.0.2.10")


RX_NUMBER = RxNumber("350200202506010000000000000001")
RX_TOKEN = RxToken("epc-token-demo-0001")
DIGEST = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def authorise() -> q.Authorise:
    return q.Authorise(credential(), person(), "350299", "E01", "收银一")


def download() -> q.Download:
    return q.Download(RX_NUMBER, RX_NUMBER, RX_TOKEN, "350299")


def verify() -> q.Verify:
    return q.Verify(RX_NUMBER, RX_TOKEN, DIGEST, "0a1b2c")


def pharmacist() -> Pharmacist:
    return Pharmacist(
        staff_id=7,
        name=PersonName("示例药师"),
        id_kind="01",
        id_number=IdNumber("000000190002020000"),
        pharmacist_code="HY350200000001",
        licence_no="ZY0000001",
    )


def upload_audit() -> q.UploadAudit:
    decision = AuditDecision(
        verdict=Verdict.APPROVED,
        opinion="处方合理，同意调配",
        pharmacist=pharmacist(),
        checked=frozenset(Check),
        acknowledged=(),
        at=datetime(2025, 6, 1, 2, 18, 0, tzinfo=UTC),
    )
    return q.UploadAudit(RX_NUMBER, RX_TOKEN, EVoucherToken("TOKEN-DEMO-0009"), "V0001", decision)


def decode_voucher() -> q.DecodeVoucher:
    code = VoucherCode("4240000000000000000100350000")
    return q.DecodeVoucher(code, True, "E01", "收银一", "01")


def core_answer(output: object, **head: object) -> bytes:
    """A success of the core platform as core-platform 13.1 shows it, with a serial of its own."""
    envelope = {
        "infcode": 0,
        "inf_refmsgid": f"35020020250601101531{next(_SERIALS):010d}",
        "refmsg_time": "20250601101531007",
        "respond_time": "20250601101531055",
        "err_msg": None,
        "warn_msg": None,
        "signtype": None,
        "cainfo": None,
        "output": output,
    }
    return json.dumps({**envelope, **head}, ensure_ascii=False).encode()


def _normal(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _normal(v) for k, v in value.items() if v not in (None, "", [], {})}
    if isinstance(value, list):
        return [_normal(v) for v in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def centre_answer(
    content: Any,
    *,
    pair: KeyPair = PLATFORM_KEYS,
    signed: bool = True,
    **head: Any,
) -> bytes:
    """An answer of the prescription centre, by an own reading of prescription-centre 2.2 to 4."""
    message: dict[str, Any] = {
        "appId": APP_ID,
        "code": 0,
        "encType": "SM4",
        "message": "成功",
        "signType": "SM2",
        "success": True,
        "timestamp": "1748744520000",
        "version": "1.0.0",
        **head,
    }
    parts = {name: _normal(value) for name, value in message.items() if value not in (None, "")}
    if content is not None:
        parts["data"] = _compact(_normal(content))
        plain = json.dumps(content, ensure_ascii=False).encode()
        message["encData"] = encrypt_ecb(rx_content_key(APP_ID, APP_SECRET), plain).hex().upper()
    text = "&".join(f"{name}={parts[name]}" for name in sorted(parts)) + f"&key={APP_SECRET}"
    if signed:
        message["signData"] = base64.b64encode(sign(pair, text.encode())).decode()
    return json.dumps(message, ensure_ascii=False).encode()
