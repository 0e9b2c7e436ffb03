"""Pre-settlement, settlement, revocation, reversal and their queries (core-platform 5)."""

from collections.abc import Mapping
from datetime import datetime

from app.domain.counter_case import Estimate, LineShare
from app.domain.credential import Person
from app.domain.settlement import SettledFacts
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.envelopes.verdict import Forged
from app.gateways.fields import Fields, Numbers, amounts, flag, wire_moment
from app.gateways.wording.identity import credential
from app.gateways.wording.sale import told_count, trace_node
from app.ports import replies as r
from app.ports import requests as q
from app.profile.model import Profile

Content = dict[str, object]


def bill(profile: Profile, asked: q.Bill, *, settling: bool) -> Content:
    """Both messages of a purchase carry the same bill; only settlement names an invoice."""
    numbers = Numbers(profile.core.amount_as)
    shown = credential(profile, asked.credential)
    head: Content = {
        "psn_no": asked.person.person_no.reveal(),
        "mdtrt_cert_type": shown["mdtrt_cert_type"],
        "mdtrt_cert_no": shown["mdtrt_cert_no"],
        **({"card_sn": shown["card_sn"]} if shown["card_sn"] else {}),
        "begntime": wire_moment(asked.bought_at),
        "medfee_sumamt": numbers.fen(asked.total),
        **({"invono": ""} if settling else {}),
        "insutype": asked.insurance_kind,
        "dise_codg": "",
        "dise_name": "",
        "acct_used_flag": flag(profile.settle.account_used),
        "med_type": profile.settle.pharmacy_med_type,
    }
    content: Content = {
        "druginfo": head,
        "drugdetail": [_line(profile, asked, line, numbers) for line in asked.lines],
    }
    if profile.settle.settle_shape == "A2":
        content["drug_trac_info"] = [
            trace for line in asked.lines for trace in _sibling_traces(profile, asked, line)
        ]
    return content


def _line(profile: Profile, asked: q.Bill, line: q.SoldLine, numbers: Numbers) -> Content:
    amount, price = told_count(profile, line)
    return {
        "feedetl_sn": line_serial(asked.receipt_no, line.index),
        "rxno": asked.rx_number or "",
        "rx_circ_flag": flag(asked.rx_number is not None),
        "fee_ocur_time": wire_moment(asked.bought_at),
        "med_list_codg": line.national_code,
        "medins_list_codg": line.store_code,
        "det_item_fee_sumamt": numbers.fen(line.amount),
        "cnt": numbers.quantity(amount),
        "pric": numbers.price(price),
        "sin_dos_dscr": line.single_dose,
        "used_frqu_dscr": line.frequency,
        "prd_days": numbers.text(line.days),
        "medc_way_dscr": line.route,
        "bilg_dr_codg": asked.doctor_code,
        "bilg_dr_name": asked.doctor,
        "tcmdrug_used_way": "",
        **_traces(profile, line),
    }


def _traces(profile: Profile, line: q.SoldLine) -> Content:
    """Candidate shapes A1 and A3 (5.4); A2 stands beside the lines."""
    match profile.settle.settle_shape:
        case "A1":
            return {"trdn_flag": flag(line.split), **trace_node(profile, line)}
        case "A3":
            return {"drug_trac_codg": ",".join(line.trace_codes)}
        case _:
            return {}


def _sibling_traces(profile: Profile, asked: q.Bill, line: q.SoldLine) -> list[Content]:
    kinds: Mapping[str, str] = profile.tables.get("pricing_pack_kind", {})
    kind = kinds.get("split" if line.split else "whole", "")
    return [
        {
            "feedetl_sn": line_serial(asked.receipt_no, line.index),
            "drug_trac_codg": str(code),
            "trdn_flag": flag(line.split),
            "min_prcunt_type": kind,
        }
        for code in line.trace_codes
    ]


def line_serial(receipt_no: str, index: int) -> str:
    """费用明细流水号: receipt number and line, so that the answer's cut finds its line."""
    return f"{receipt_no}-{index}"


def presettled(output: Fields, request: q.Presettle, notice: str, at: datetime) -> r.Presettled:
    node = output.node("setlinfo")
    _same_person(node, request.bill.person)
    by_serial = {
        line_serial(request.bill.receipt_no, line.index): line.index for line in request.bill.lines
    }
    shares = tuple(
        LineShare(
            index=by_serial[row.text("feedetl_sn")],
            pay_class=row.text("chrgitm_lv"),
            self_pay_first=row.fen_or_zero("preselfpay_amt"),
            in_scope=row.fen_or_zero("inscp_scp_amt"),
        )
        for row in output.rows("detlcutinfo")
        if row.text("feedetl_sn") in by_serial
    )
    estimate = Estimate(
        visit_id=node.text("mdtrt_id"),
        amounts=amounts(node),
        shares=shares,
        deductible=node.fen_or_zero("act_pay_dedc"),
        balance_after=node.fen_or_zero("balc"),
        pool_ratio=node.text("pool_prop_selfpay"),
        notice=notice,
        at=at,
    )
    return r.Presettled(estimate)


def _same_person(node: Fields, asked: Person) -> None:
    echoed = node.text("psn_no")
    if echoed and echoed != asked.person_no.reveal():
        raise Forged("other_person")


def _facts(node: Fields) -> SettledFacts:
    return SettledFacts(
        settlement_id=node.need("setl_id"),
        visit_id=node.need("mdtrt_id"),
        amounts=amounts(node),
        settled_at=node.text("setl_time"),
        balance_after=node.fen("balc") if node.text("balc") else None,
        clearing_office=node.text("clr_optins"),
        clearing_kind=node.text("clr_type"),
    )


def _echo(node: Fields, message_id: str) -> str:
    """``medins_setl_id``: our message id as the platform booked it (5.3). Raises ``Forged``."""
    echoed = node.text("medins_setl_id")
    if echoed and echoed != message_id:
        raise Forged("other_message")
    return echoed


def settled(output: Fields, request: q.Settle, message_id: str) -> r.Settled:
    """A settlement that answers exactly this message, about exactly this person."""
    node = output.node("setlinfo")
    _same_person(node, request.bill.person)
    echoed = _echo(node, message_id)
    return r.Settled(_facts(node), node.need("psn_no"), echoed)


def revoke(request: q.RevokeSettlement) -> Content:
    return {
        "data": {
            "psn_no": request.person.person_no.reveal(),
            "setl_id": request.settlement_id,
            "mdtrt_id": request.visit_id,
        }
    }


def revoked(output: Fields, request: q.RevokeSettlement, message_id: str) -> r.Revoked:
    """A refund has its own settlement id and negated amounts (3.2 rule 9, 5.6)."""
    node = output.node("setlinfo")
    _same_person(node, request.person)
    echoed = _echo(node, message_id)
    facts = _facts(node)
    if facts.visit_id != request.visit_id:
        raise Forged("other_visit")
    if facts.amounts.total > 0 or facts.settlement_id == request.settlement_id:
        raise Unreadable("not_a_refund")
    return r.Revoked(facts, node.text("psn_no"), echoed)


def reverse(profile: Profile, request: q.Reverse) -> Content:
    asked: Content = {
        "psn_no": request.person.person_no.reveal(),
        "omsgid": request.original_message_id,
        "oinfno": profile.operations[request.original].address,
    }
    return {"data": asked} if profile.settle.reverse_shape == "data" else asked


def query_settlement(request: q.QuerySettlement) -> Content:
    return {
        "data": {
            "psn_no": request.person.person_no.reveal(),
            "setl_id": request.settlement_id,
            "mdtrt_id": request.visit_id,
        }
    }


def settlement_found(output: Fields, request: q.QuerySettlement) -> r.SettlementFound | None:
    """None where the platform shows nothing; an empty result proves nothing (5.9)."""
    node = output.node("setlinfo")
    if not node.text("setl_id"):
        return None
    _same_person(node, request.person)
    facts = _facts(node)
    if request.settlement_id and facts.settlement_id != request.settlement_id:
        raise Forged("other_settlement")
    refunded = node.text("refd_setl_flag").lstrip("0") == "1"
    return r.SettlementFound(facts, refunded, node.text("medins_setl_id"))
