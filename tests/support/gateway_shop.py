"""One store that speaks to a running training platform through the gateways, step by step."""

import itertools
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from urllib.request import Request, urlopen

from app.domain.audit import AuditDecision, Check, Pharmacist, Verdict
from app.domain.credential import (
    CredentialKind,
    Identity,
    IdNumber,
    Medium,
    Person,
    PersonName,
    VoucherCode,
)
from app.domain.goods.codes import DrugTraceCode
from app.domain.money import Fen, line_amount, packs, price
from app.domain.prescription import RxNumber
from app.gateways.access import access_from_ready
from app.gateways.assemble import OpenPlatform, open_platform
from app.gateways.fields import wire_moment
from app.ports import replies as r
from app.ports import requests as q
from app.ports.messages import Committed
from app.ports.platform import Sender, Stamp
from app.profile.model import Profile
from resources.scenarios import DemoStore, trace_codes

_SEQUENCE = itertools.count(1)
_LOCK = threading.Lock()


class WallClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Shop:
    """A counter. Every method composes, pretends the commit, and exchanges."""

    ready: Mapping[str, Any]
    profile: Profile
    demo: DemoStore
    platform: OpenPlatform
    sign_no: str = ""
    boxes: set[str] = field(default_factory=set)
    last_id: str = ""

    @classmethod
    def open(cls, ready: Mapping[str, Any], profile: Profile, demo: DemoStore) -> "Shop":
        platform = open_platform(profile, access_from_ready(ready), WallClock())
        shop = cls(ready, profile, demo, platform)
        shop.sign_no = platform.core.open_day(
            shop.core(q.OpenDay("1001", "00-00-00-00-00-01", "192.0.2.10"))
        ).value.sign_no
        return shop

    def close(self) -> None:
        self.platform.close()

    @property
    def sender(self) -> Sender:
        store = self.demo.store
        return Sender(store.code, store.name, store.area, "1001", "收银一", self.sign_no)

    def stamp(self) -> Stamp:
        now = datetime.now(UTC)
        with _LOCK:
            serial = next(_SEQUENCE) % 10_000
        at = wire_moment(now, "%Y%m%d%H%M%S")
        self.last_id = f"{self.demo.store.code}{at}{serial:04d}"
        return Stamp(self.last_id, now)

    def core(self, request: Any) -> Committed[Any]:
        return Committed(1, self.platform.core.compose(request, self.sender, self.stamp()))

    def goods(self, request: Any) -> Committed[Any]:
        return Committed(1, self.platform.goods.compose(request, self.sender, self.stamp()))

    def catalogue(self, request: Any) -> Committed[Any]:
        return Committed(1, self.platform.catalogue.compose(request, self.sender, self.stamp()))

    def insurance(self, request: Any) -> Committed[Any]:
        return Committed(1, self.platform.insurance.compose(request, self.sender, self.stamp()))

    def centre(self, request: Any) -> Committed[Any]:
        return Committed(1, self.platform.rxcentre.compose(request, self.sender, self.stamp()))

    def control(self, name: str, **content: object) -> Any:
        body = json.dumps(content).encode()
        asked = Request(self.ready["endpoints"][name], body, method="POST")
        with urlopen(asked, timeout=10) as answer:
            return json.loads(answer.read())

    def fault(self, operation: str, fault: str, times: int = 1) -> None:
        self.control("faults", operation=operation, fault=fault, times=times)

    def decode(self, id_number: str) -> r.Decoded:
        code = VoucherCode(self.control("issue_evoucher", id_no=id_number)["evoucher"])
        asked = q.DecodeVoucher(code, True, "1001", "收银一", "01")
        message = Committed(1, self.platform.voucher.compose(asked, self.sender, self.stamp()))
        return self.platform.voucher.decode(message).value

    def identify(self, id_number: str) -> tuple[q.Credential, Person]:
        """Show a fresh e-voucher and ask who that is."""
        shown = self.decode(id_number)
        identity = Identity(
            medium=Medium.VOUCHER,
            kind=CredentialKind.VOUCHER,
            name=shown.name,
            id_number=shown.id_number,
            card_no=None,
            card_serial=None,
            area=shown.area,
            obtained_at=datetime.now(UTC),
            provenance="test",
        )
        credential = q.Credential(identity, shown.token)
        person = self.platform.core.query_person(self.core(q.QueryPerson(credential))).value
        return credential, person

    def authorise(self, credential: q.Credential, person: Person) -> r.Authorised:
        asked = q.Authorise(credential, person, self.area(person), "1001", "收银一")
        return self.platform.rxcentre.authorise(self.centre(asked)).value

    def download(self, number: RxNumber, listed: r.Authorised, area: str) -> r.Downloaded:
        asked = q.Download(number, number, listed.rx_token, area)
        return self.platform.rxcentre.download(self.centre(asked)).value

    def audit(self, verify: q.Verify, verified: r.Verified) -> r.AuditAccepted:
        staff = self.demo.pharmacists[0]
        shown = self.decode(staff.id_no)
        pharmacist = Pharmacist(
            1, PersonName(staff.name), "01", IdNumber(staff.id_no), staff.code, staff.licence
        )
        decision = AuditDecision(
            Verdict.APPROVED, "处方合理", pharmacist, frozenset(Check), (), datetime.now(UTC)
        )
        asked = q.UploadAudit(
            verify.rx_number, verify.rx_token, shown.token, verified.verify_serial, decision
        )
        return self.platform.rxcentre.upload_audit(self.centre(asked)).value

    @staticmethod
    def area(person: Person) -> str:
        return person.insurances[0].area

    def line(self, index: int = 1, generic_name: str = "") -> q.SoldLine:
        """One box nobody has sold yet, of the named drug or of any."""
        for item in self.demo.items:
            if generic_name and item.generic_name != generic_name:
                continue
            for lot in item.lots:
                free = [code for code in trace_codes(lot) if code not in self.boxes]
                if not free or lot.expires_on <= datetime.now(UTC).date():
                    continue
                self.boxes.add(free[0])
                cost = price(item.price)
                return q.SoldLine(
                    index=index,
                    national_code=item.national_code,
                    store_code=item.code,
                    name=item.generic_name,
                    upload_lot=lot.upload_lot,
                    lot_no=lot.lot_no,
                    made_on=lot.made_on,
                    expires_on=lot.expires_on,
                    needs_prescription=item.prescription_only,
                    split=False,
                    price=cost,
                    quantity=packs(1),
                    amount=line_amount(cost, packs(1)),
                    trace_codes=(DrugTraceCode(free[0]),),
                    product_barcode=item.product_barcode,
                    shelf=lot.shelf,
                    single_dose="1片",
                    frequency="每日2次",
                    days="5",
                    route="口服",
                )
        raise AssertionError("the demo store is sold out")

    def bill(
        self, credential: q.Credential, person: Person, *lines: q.SoldLine, **changes: Any
    ) -> q.Bill:
        asked = q.Bill(
            credential=credential,
            person=person,
            insurance_kind=person.insurances[0].kind,
            insured_area=self.area(person),
            bought_at=datetime.now(UTC),
            total=Fen(sum(line.amount for line in lines)),
            rx_number=None,
            doctor="示例医生",
            doctor_code="",
            receipt_no=f"R{next(_SEQUENCE):09d}",
            lines=lines,
        )
        return replace(asked, **changes)

    def upload(self, bill: q.Bill, line: q.SoldLine) -> r.SaleAccepted:
        asked = q.UploadSale(
            line=line,
            buyer=q.Buyer(bill.person, True, "", ""),
            prescriber=q.Prescriber(bill.rx_number, bill.doctor, bill.doctor_code),
            dispenser=q.Dispenser("示例药师", "01", "ZY0000001", ""),
            receipt_no=bill.receipt_no,
            sale_serial=bill.receipt_no,
            sold_at=datetime.now(UTC),
            operator_name="收银一",
        )
        return self.platform.core.upload_sale(self.core(asked)).value

    def take_back(self, bill: q.Bill, line: q.SoldLine) -> r.SaleAccepted:
        asked = q.ReturnSale(
            line=line,
            buyer=q.Buyer(bill.person, True, "", ""),
            receipt_no=bill.receipt_no,
            sale_serial=bill.receipt_no,
            returned_at=datetime.now(UTC),
            operator_name="收银一",
        )
        return self.platform.core.return_sale(self.core(asked)).value

    def presettle(self, bill: q.Bill) -> r.Presettled:
        return self.platform.core.presettle(self.core(q.Presettle(bill))).value

    def settle(self, bill: q.Bill, agreed: r.Presettled) -> r.Settled:
        asked = q.Settle(bill, agreed.estimate.visit_id, agreed.estimate.amounts)
        return self.platform.core.settle(self.core(asked)).value

    def revoke(self, bill: q.Bill, settled: r.Settled) -> r.Revoked:
        facts = settled.facts
        asked = q.RevokeSettlement(
            bill.person, bill.insured_area, facts.settlement_id, facts.visit_id, facts.amounts
        )
        return self.platform.core.revoke_settlement(self.core(asked)).value
