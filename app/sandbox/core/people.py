"""Who is insured, with what, and how much is left in the account."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.sandbox.core.frame.amounts import fen_of, yuan
from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.site import Site
from resources.scenarios import DemoInsurance, DemoPerson

_VOUCHER, _ID_CARD, _SOCIAL_CARD = "voucher", "id_card", "social_card"
_IN_FORCE = "1"


def seed_accounts(site: Site) -> None:
    """Open every account of the scenario once; balances that moved stay moved."""
    with site.state.writing() as db:
        for person in site.demo.persons:
            for insurance in person.insurances:
                db.execute(
                    "INSERT OR IGNORE INTO account (psn_no, insutype, balance_fen) VALUES (?,?,?)",
                    (person.person_no, insurance.kind, fen_of(insurance.balance)),
                )


def query_person(call: Call) -> Output:
    """Person and insurances behind a credential (core-platform 4.2)."""
    person = person_shown(call, call.node("data"))
    return Output(
        {
            "baseinfo": base_of(person, call.now.date()),
            "insuinfo": [_insurance_row(call, person, row) for row in person.insurances],
            "idetinfo": [],
        }
    )


def person_shown(call: Call, shown: Mapping[str, object]) -> DemoPerson:
    """The person behind ``mdtrt_cert_type`` and ``mdtrt_cert_no``. Raises ``Refusal``."""
    kinds = call.site.profile.tables["credential_kind"]
    kind, number = str(shown["mdtrt_cert_type"]), str(shown["mdtrt_cert_no"])
    persons = call.site.demo.persons
    if kind == kinds[_VOUCHER]:
        id_no = call.site.identities.holder(number, call.institution)
        if id_no is None:
            raise Refusal("voucher_dead")
        found = [person for person in (*persons, *_staff(call.site)) if person.id_no == id_no]
    elif kind == kinds[_SOCIAL_CARD]:
        found = [person for person in persons if person.card_no == number]
        serial = str(shown.get("card_sn") or "")
        if found and serial and found[0].card_serial != serial:
            raise Refusal("card_differs")
    else:
        found = [person for person in persons if person.id_no == number]
    if not found:
        raise Refusal("person_unknown")
    return found[0]


def _staff(site: Site) -> tuple[DemoPerson, ...]:
    """Pharmacists as persons, where a code is decoded by asking who is behind it (2.3, B3)."""
    if site.profile.voucher.ec_decode_channel != "B3":
        return ()
    return tuple(
        DemoPerson(
            key=one.code,
            name=one.name,
            id_no=one.id_no,
            person_no=one.person_no,
            gender="",
            birth_date=date(int(one.id_no[6:10]), int(one.id_no[10:12]), int(one.id_no[12:14])),
            card_no="",
            card_serial="",
            person_kind="",
            height_cm="",
            weight_kg="",
            allergies="",
            insurances=(),
        )
        for one in site.demo.pharmacists
    )


def insurance_of(person: DemoPerson, insutype: str) -> DemoInsurance:
    """The person's insurance of this kind, in force. Raises ``Refusal``."""
    for insurance in person.insurances:
        if insurance.kind == insutype:
            if insurance.status != _IN_FORCE:
                raise Refusal("not_insured")
            return insurance
    raise Refusal("insurance_absent")


def base_of(person: DemoPerson, today: date) -> dict[str, object]:
    """``baseinfo`` of a person."""
    return {
        "psn_no": person.person_no,
        "psn_cert_type": "01",
        "certno": person.id_no,
        "psn_name": person.name,
        "gend": person.gender,
        "naty": "01",
        "brdy": person.birth_date.isoformat(),
        "age": _age(person.birth_date, today),
        "exp_content": None,
    }


def _age(born: date, today: date) -> Decimal:
    """Years with one decimal."""
    return (Decimal((today - born).days) / Decimal("365.25")).quantize(Decimal("0.1"))


def _insurance_row(call: Call, person: DemoPerson, row: DemoInsurance) -> dict[str, object]:
    account = call.db.execute(
        "SELECT balance_fen FROM account WHERE psn_no=? AND insutype=?",
        (person.person_no, row.kind),
    ).fetchone()
    return {
        "balc": yuan(int(account["balance_fen"])),
        "insutype": row.kind,
        "psn_type": person.person_kind,
        "psn_insu_stas": row.status,
        "psn_insu_date": "2005-01-01",
        "paus_insu_date": None if row.status == _IN_FORCE else call.now.date().isoformat(),
        "cvlserv_flag": "0",
        "insuplc_admdvs": row.area,
        "emp_name": row.employer or None,
    }


def check_entitlement(call: Call) -> Output:
    """One row per insurance asked about: entitled or the reason why not (core-platform 5.8)."""
    asked = call.node("data")
    person = person_numbered(call, str(asked["psn_no"]))
    try:
        insurance_of(person, str(asked["insutype"]))
        entitled, reason = "1", None
    except Refusal as no:
        entitled, reason = "0", no.sentence
    row = {
        "psn_no": person.person_no,
        "trt_chk_type": "01",
        "fund_pay_type": None,
        "trt_enjymnt_flag": entitled,
        "begndate": None,
        "enddate": None,
        "trt_chk_rslt": reason,
    }
    return Output({"trtinfo": [row]})


def person_numbered(call: Call, psn_no: str) -> DemoPerson:
    """The person with this number. Raises ``Refusal``."""
    for person in call.site.demo.persons:
        if person.person_no == psn_no:
            return person
    raise Refusal("person_unknown")
