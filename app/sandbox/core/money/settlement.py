"""Presettlement and settlement: one computation, one dry, one with effect (core-platform 5)."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec

from app.sandbox.core.frame.amounts import count, price, ratio, yuan
from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.core.goods import parts
from app.sandbox.core.money.benefits import Benefit, Purse, Split, benefit_of, fund_rows, split
from app.sandbox.core.money.purchase import Line, Purchase, read_purchase
from app.sandbox.core.people import base_of

_CHARGE_KIND = {"11": "09", "12": "11", "13": "10"}
_ENCODER = msgspec.json.Encoder(decimal_format="number")
_NOT_PAID_HERE = ("cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")


def presettle(call: Call) -> Output:
    """Who would pay what. Opens the visit, moves nothing."""
    purchase = read_purchase(call)
    benefit, found = _divide(call, purchase)
    return Output(_output(call, purchase, benefit, found, _visit(call, purchase), None))


def settle(call: Call) -> Output:
    """Takes the money from fund and account, once per purchase, prescription and trace code."""
    purchase = read_purchase(call)
    visit = _visit(call, purchase)
    _refuse_repeats(call, purchase, visit)
    benefit, found = _divide(call, purchase)
    setl_id = str(400_000_000 + call.site.state.next_number("setl_id"))
    output = _output(call, purchase, benefit, found, visit, setl_id)
    _book(call, purchase, found, output)
    for number in purchase.prescriptions:
        call.site.prescriptions.settled(number, setl_id)
    return Output(output)


def _divide(call: Call, purchase: Purchase) -> tuple[Benefit, Split]:
    benefit = benefit_of(purchase.insurance.kind)
    if benefit is None:
        raise Refusal("not_insured")
    row = call.db.execute(
        "SELECT balance_fen, deductible_fen, fund_fen FROM account WHERE psn_no=? AND insutype=?",
        (purchase.person.person_no, purchase.insurance.kind),
    ).fetchone()
    purse = Purse(
        balance=int(row["balance_fen"]),
        deductible_paid=int(row["deductible_fen"]),
        fund_used=int(row["fund_fen"]),
        account_usable=purchase.account_wanted and not purchase.insurance.account_frozen,
    )
    return benefit, split([line.item for line in purchase.lines], benefit, purse)


def _visit(call: Call, purchase: Purchase) -> str:
    """The visit of this purchase, opened by its first presettlement (core-platform 5.2)."""
    key = (call.institution, purchase.person.person_no, purchase.identity)
    row = call.db.execute(
        "SELECT mdtrt_id FROM visit WHERE institution=? AND psn_no=? AND purchase=?", key
    ).fetchone()
    if row is not None:
        return str(row["mdtrt_id"])
    visit = str(300_000_000 + call.site.state.next_number("mdtrt_id"))
    call.db.execute("INSERT INTO visit VALUES (?,?,?,?)", (visit, *key))
    return visit


def _refuse_repeats(call: Call, purchase: Purchase, visit: str) -> None:
    active = "JOIN settlement s USING (setl_id) WHERE s.state='active'"
    for number in purchase.prescriptions:
        taken = call.db.execute(
            f"SELECT 1 FROM settled_line l {active} AND l.rxno=?",  # noqa: S608 fixed text
            (number,),
        ).fetchone()
        if taken:
            raise Refusal("rx_settled", what=number)
        reason = call.site.prescriptions.refusal_to_settle(
            number, purchase.person.id_no, call.institution
        )
        if reason:
            raise Refusal("rx_refused", what=number, reason=reason)
    if call.db.execute(
        "SELECT 1 FROM settlement WHERE mdtrt_id=? AND state='active'", (visit,)
    ).fetchone():
        raise Refusal("fees_settled")
    for line in purchase.lines:
        for code in line.codes:
            whole = "" if line.split_sale else " OR 1"
            taken = call.db.execute(
                f"SELECT 1 FROM settled_code c {active} AND c.code=? AND (c.split=0{whole})",  # noqa: S608 fixed text
                (code,),
            ).fetchone()
            if taken:
                raise Refusal("trace_settled", what=code)
        part = line.part
        if part is not None and parts.settled(call.db, part.code) + part.pieces > part.factor:
            raise Refusal("split_over", what=part.code)


def _book(call: Call, purchase: Purchase, found: Split, output: Mapping[str, Any]) -> None:
    head = output["setlinfo"]
    call.db.execute(
        "INSERT INTO settlement VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,'active')",
        (
            head["setl_id"],
            call.msgid,
            call.institution,
            head["mdtrt_id"],
            purchase.person.person_no,
            purchase.insurance.kind,
            head["clr_type"],
            head["clr_optins"],
            head["setl_time"],
            found.total,
            found.fund,
            found.account,
            found.cash,
            found.deductible,
            _ENCODER.encode(output).decode(),
        ),
    )
    for line in purchase.lines:
        call.db.execute(
            "INSERT INTO settled_line VALUES (?,?,?,?)",
            (head["setl_id"], line.serial, line.rx_number, json.dumps(line.raw, default=str)),
        )
        call.db.executemany(
            "INSERT INTO settled_code VALUES (?,?,?)",
            [(head["setl_id"], code, int(line.split_sale)) for code in line.codes],
        )
        if line.part is not None:
            row = (head["setl_id"], line.part.code, line.part.pieces)
            call.db.execute("INSERT INTO settled_part VALUES (?,?,?)", row)
    move(call, purchase.person.person_no, purchase.insurance.kind, found, 1)


def move(call: Call, psn_no: str, insutype: str, amounts: "Split | Booked", sign: int) -> int:
    """Take (1) or give back (-1) what a settlement moved; the balance afterwards in fen."""
    call.db.execute(
        "UPDATE account SET balance_fen=balance_fen-?, fund_fen=fund_fen+?,"
        " deductible_fen=deductible_fen+? WHERE psn_no=? AND insutype=?",
        (
            sign * amounts.account,
            sign * amounts.fund,
            sign * amounts.deductible,
            psn_no,
            insutype,
        ),
    )
    row = call.db.execute(
        "SELECT balance_fen FROM account WHERE psn_no=? AND insutype=?", (psn_no, insutype)
    ).fetchone()
    return int(row["balance_fen"])


class Booked(msgspec.Struct, frozen=True):
    """What a stored settlement moved, in fen."""

    account: int
    fund: int
    deductible: int


def _output(
    call: Call,
    purchase: Purchase,
    benefit: Benefit,
    found: Split,
    visit: str,
    setl_id: str | None,
) -> dict[str, Any]:
    """The three nodes of core-platform 5.3; without ``setl_id`` it is the dry run."""
    details: list[dict[str, object]] = [
        {
            "fund_pay_type": row["code"],
            "inscp_scp_amt": yuan(found.covered),
            "crt_payb_lmt_amt": None,
            "fund_payamt": yuan(int(str(row["fen"]))),
            "fund_pay_type_name": row["name"],
            "setl_proc_info": None,
        }
        for row in fund_rows(benefit, found)
    ]
    cuts = [_cut_row(line, place, found) for place, line in enumerate(purchase.lines)]
    head = _head(call, purchase, benefit, found, visit, setl_id)
    return {"setlinfo": head, "setldetail": details, "detlcutinfo": cuts}


def _head(
    call: Call,
    purchase: Purchase,
    benefit: Benefit,
    found: Split,
    visit: str,
    setl_id: str | None,
) -> dict[str, object]:
    person = base_of(purchase.person, call.now.date())
    done = setl_id is not None
    return {
        **person,
        "setl_id": setl_id,
        "mdtrt_id": visit,
        "insutype": purchase.insurance.kind,
        "psn_type": purchase.person.person_kind,
        "cvlserv_flag": "0",
        "setl_time": f"{call.now:%Y-%m-%d %H:%M:%S}" if done else None,
        "mdtrt_cert_type": purchase.credential_kind,
        "med_type": purchase.med_type,
        "medfee_sumamt": yuan(found.total),
        "fulamt_ownpay_amt": yuan(found.own),
        "overlmt_selfpay": yuan(found.over),
        "preselfpay_amt": yuan(found.first),
        "inscp_scp_amt": yuan(found.covered),
        "act_pay_dedc": yuan(found.deductible),
        "hifp_pay": yuan(found.fund),
        "pool_prop_selfpay": ratio(benefit.fund_ratio),
        **dict.fromkeys(_NOT_PAID_HERE, yuan(0)),
        "fund_pay_sumamt": yuan(found.fund),
        "psn_part_amt": yuan(found.person),
        "acct_pay": yuan(found.account),
        "psn_cash_pay": yuan(found.cash),
        "hosp_part_amt": yuan(0),
        "balc": yuan(found.balance_after),
        "acct_mulaid_pay": yuan(0),
        "medins_setl_id": call.msgid,
        **_clearing(call, purchase, done),
    }


def _clearing(call: Call, purchase: Purchase, done: bool) -> dict[str, object]:
    """Where a settlement is cleared; a dry run is cleared nowhere."""
    values = (purchase.insurance.area, "1", call.site.profile.settle.clearing_kind)
    names = ("clr_optins", "clr_way", "clr_type")
    return dict(zip(names, values if done else (None, None, None), strict=True))


def _cut_row(line: Line, place: int, found: Split) -> dict[str, object]:
    cut, drug = found.cuts[place], line.drug
    own = drug.pay_class == "3"
    return {
        "feedetl_sn": line.serial,
        "det_item_fee_sumamt": yuan(line.item.fee),
        "cnt": count(line.item.count),
        "pric": price(line.item.price),
        "pric_uplmt_amt": price(line.item.ceiling),
        "selfpay_prop": Decimal(1) if own else ratio(line.item.self_pay_points),
        "fulamt_ownpay_amt": yuan(cut.own),
        "overlmt_amt": yuan(cut.over),
        "preselfpay_amt": yuan(cut.first),
        "inscp_scp_amt": yuan(cut.covered),
        "chrgitm_lv": drug.pay_class.rjust(2, "0"),
        "med_chrgitm_type": _CHARGE_KIND[drug.kind],
        "bas_medn_flag": "0",
        "hi_nego_drug_flag": "0",
        "chld_medc_flag": None,
        "list_sp_item_flag": None,
        "lmt_used_flag": "0",
        "drt_reim_flag": "0",
        "memo": None,
    }
