"""Entitlement, lines as settled and the check ahead of it (core-platform 5.8, 5.9, 8.3)."""

from datetime import date

from app.domain.errors import Bug
from app.gateways.core import CoreGateway
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.envelopes.verdict import Forged
from app.gateways.fields import Fields, Numbers, wire_moment
from app.gateways.wording.sale import Content
from app.gateways.wording.settlement import line_serial
from app.ports import insurance as i
from app.ports.messages import Answer, Committed, Draft
from app.ports.platform import Q, Sender, Stamp
from app.ports.requests import SoldLine
from app.profile.model import Profile
from app.profile.operations import Operation

_BEFORE_SALE = "1"
"""trig_scen: before the sale."""
_AT_A_PHARMACY = "2"
"""med_mdtrt_type 药店购药, and fixmedins_type 定点零售药店 (core-platform 8.3, 9)."""
_NONE = "0"


class InsuranceGateway:
    """Implements ``ports.platform.InsurancePlatform``: the core platform's envelope and road."""

    def __init__(self, profile: Profile, core: CoreGateway) -> None:
        self._profile = profile
        self._core = core

    def compose(self, request: Q, sender: Sender, stamp: Stamp) -> Draft[Q]:
        operation, content, area = self._asked(request, sender)
        return self._core.write(request, operation, content, area, sender, stamp)

    def _asked(self, request: object, sender: Sender) -> tuple[Operation, Content, str]:
        match request:
            case i.CheckEntitlement():
                content = _entitlement_asked(self._profile, request, sender)
                return Operation.CHECK_ENTITLEMENT, content, request.insured_area
            case i.QueryFees():
                return Operation.QUERY_FEES, _fees_asked(request), request.insured_area
            case i.CheckAhead():
                content = _ahead_asked(self._profile, request, sender)
                return Operation.PREAUDIT, content, request.bill.insured_area
            case _:
                raise Bug(what=f"{type(request).__name__} is no question about an insurance")

    def check_entitlement(
        self, message: Committed[i.CheckEntitlement]
    ) -> Answer[tuple[i.Entitlement, ...]]:
        number = message.draft.request.person.person_no.reveal()
        return self._core.carry(message, lambda reply: _entitlements(reply.output, number))

    def query_fees(self, message: Committed[i.QueryFees]) -> Answer[tuple[i.FeeLine, ...]]:
        return self._core.carry(message, lambda reply: _fees(reply.output))

    def check_ahead(self, message: Committed[i.CheckAhead]) -> Answer[tuple[i.Concern, ...]]:
        return self._core.carry(message, lambda reply: _concerns(reply.output))


def _entitlement_asked(profile: Profile, request: i.CheckEntitlement, sender: Sender) -> Content:
    return {
        "data": {
            "psn_no": request.person.person_no.reveal(),
            "insutype": request.insurance_kind,
            "fixmedins_code": sender.institution_code,
            "med_type": profile.settle.pharmacy_med_type,
            "begntime": wire_moment(request.since),
        }
    }


def _entitlements(output: Fields, number: str) -> tuple[i.Entitlement, ...]:
    """Raises ``Forged`` where somebody else's benefits came back."""
    return tuple(_entitlement(row, number) for row in output.rows("trtinfo"))


def _entitlement(row: Fields, number: str) -> i.Entitlement:
    if row.text("psn_no") not in ("", number):
        raise Forged("other_person")
    return i.Entitlement(
        fund_kind=row.text("fund_pay_type"),
        entitled=row.need("trt_enjymnt_flag") == "1",
        begins=_day(row, "begndate"),
        ends=_day(row, "enddate"),
        reason=row.text("trt_chk_rslt"),
    )


def _day(row: Fields, name: str) -> date | None:
    text = row.text(name)[:10]
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Unreadable(f"date_{name}") from wrong


def _fees_asked(request: i.QueryFees) -> Content:
    return {
        "data": {
            "psn_no": request.person.person_no.reveal(),
            "setl_id": request.settlement_id,
            "mdtrt_id": request.visit_id,
        }
    }


def _fees(output: Fields) -> tuple[i.FeeLine, ...]:
    """A list under ``data``, or under the name of the settlement's own cut (5.3)."""
    return tuple(
        i.FeeLine(
            serial=row.need("feedetl_sn"),
            quantity=row.quantity("cnt"),
            price=row.price("pric"),
            amount=row.fen("det_item_fee_sumamt"),
            pay_class=row.text("chrgitm_lv"),
            self_pay_first=row.fen_or_zero("preselfpay_amt"),
            over_limit=row.fen_or_zero("overlmt_amt"),
            in_scope=row.fen_or_zero("inscp_scp_amt"),
        )
        for row in output.rows("data", "feedetail", "detlcutinfo")
    )


def _ahead_asked(profile: Profile, request: i.CheckAhead, sender: Sender) -> Content:
    """One patient, one purchase. A pharmacy has no ward, no bed and no stay: those are empty."""
    bill, person = request.bill, request.bill.person
    numbers, at = Numbers(profile.core.amount_as), wire_moment(bill.bought_at)
    encounter = {
        "mdtrt_id": request.visit_id or bill.receipt_no,
        "medins_id": sender.institution_code,
        "medins_name": sender.institution_name,
        "medins_admdvs": sender.service_area,
        "medins_type": _AT_A_PHARMACY,
        "adm_date": at,
        "dscg_date": at,
        "fsi_diagnose_dtos": [],
        "dr_codg": bill.doctor_code,
        "med_mdtrt_type": _AT_A_PHARMACY,
        "med_type": profile.settle.pharmacy_med_type,
        "medfee_sumamt": numbers.fen(bill.total),
        "setl_totlnum": numbers.count(len(bill.lines)),
        "insutype": bill.insurance_kind,
        "reim_flag": "1",
        "out_setl_flag": _NONE,
        "fsi_order_dtos": [_order(numbers, bill.receipt_no, line) for line in bill.lines],
    }
    patient = {
        "patn_id": person.person_no.reveal(),
        "patn_name": person.name.reveal(),
        "gend": person.gender,
        "brdy": person.birth_date.isoformat() if person.birth_date else "",
        "poolarea": bill.insured_area,
        "curr_mdtrt_id": request.visit_id or bill.receipt_no,
        "fsi_encounter_dtos": [encounter],
    }
    named = {"syscode": profile.core.recer_sys_code, "task_id": bill.receipt_no}
    return {"data": {**named, "trig_scen": _BEFORE_SALE, "patient_dtos": [patient]}}


def _order(numbers: Numbers, receipt_no: str, line: SoldLine) -> Content:
    return {
        "rx_id": line_serial(receipt_no, line.index),
        "hilist_code": line.national_code,
        "hilist_name": line.name,
        "hosplist_code": line.store_code,
        "hosplist_name": line.name,
        "cnt": numbers.quantity(line.quantity),
        "pric": numbers.price(line.price),
        "sumamt": numbers.fen(line.amount),
    }


def _concerns(output: Fields) -> tuple[i.Concern, ...]:
    return tuple(
        i.Concern(
            rule=row.text("rule_id"),
            name=row.text("rule_name"),
            text=row.need("vola_cont"),
            severity=row.text("sev_deg"),
            amount=row.fen_or_zero("vola_amt"),
            evidence=row.text("vola_evid"),
        )
        for row in output.rows("result")
    )
