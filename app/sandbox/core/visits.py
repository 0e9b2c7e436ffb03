"""What a hospital does on the core platform: register a visit, upload it, ask before prescribing.

The field tables of register and upload are not public for this edition; only the step is named
(S4 1.2). The answers carry what the next step needs and no more.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.sandbox.core.frame.amounts import COUNT_SCALE, count_of
from app.sandbox.core.frame.envelope import Call, Output, Refusal
from app.sandbox.core.goods.stock import figure
from app.sandbox.core.people import insurance_of, person_numbered, person_shown
from app.sandbox.state import State
from app.sandbox.tables import refusals

_LOW_PACKS = 10


def register_visit(call: Call) -> Output:
    """A new ``mdtrt_id`` for an insured person."""
    asked = call.node("data")
    person = person_shown(call, asked)
    if person.person_no != str(asked["psn_no"]):
        raise Refusal("person_differs")
    insurance_of(person, str(asked["insutype"]))
    visit = str(300_000_000 + call.site.state.next_number("mdtrt_id"))
    call.db.execute(
        "INSERT INTO visit VALUES (?,?,?,?)",
        (visit, call.institution, person.person_no, f"visit {visit}"),
    )
    return Output(
        {
            "data": {
                "mdtrt_id": visit,
                "psn_no": person.person_no,
                "ipt_otp_no": asked["ipt_otp_no"],
            }
        }
    )


def upload_visit(call: Call) -> Output:
    """Diagnoses of a registered visit. Raises ``Refusal`` for one nobody registered."""
    asked = call.node("mdtrtinfo")
    if not visit_known(call.site.state, str(asked["mdtrt_id"]), str(asked["psn_no"])):
        raise Refusal("visit_unknown")
    person_numbered(call, str(asked["psn_no"]))
    return Output({})


def visit_known(state: State, mdtrt_id: str, psn_no: str) -> bool:
    """Whether this visit was registered for this person; the prescription centre asks too."""
    with state.reading() as db:
        row = db.execute(
            "SELECT 1 FROM visit WHERE mdtrt_id=? AND psn_no=?", (mdtrt_id, psn_no)
        ).fetchone()
    return row is not None


def preaudit(call: Call) -> Output:
    """Reminds of drugs that run low in the area's pharmacy, with the figure (S4 4.1)."""
    results: list[dict[str, object]] = []
    for patient in call.node("data")["patient_dtos"]:
        for visit in patient.get("fsi_encounter_dtos") or ():
            for order in visit.get("fsi_order_dtos") or ():
                results.extend(_reminders(call, patient, visit, order))
    return Output({"result": results})


def _reminders(
    call: Call, patient: Mapping[str, Any], visit: Mapping[str, Any], order: Mapping[str, Any]
) -> Iterator[dict[str, object]]:
    store = call.site.demo.store
    wanted = max(count_of(order.get("cnt") or 0), _LOW_PACKS * COUNT_SCALE)
    for item in call.site.demo.items:
        if item.national_code != order.get("hilist_code"):
            continue
        held = sum(figure(call, store.code, item.code, lot.upload_lot) for lot in item.lots)
        if held >= wanted:
            continue
        said = (
            refusals()
            .sentences["low_stock"]
            .format(
                name=item.name, store=store.name, quantity=f"{held // COUNT_SCALE}{item.pack_unit}"
            )
        )
        yield {
            "jr_id": f"{call.msgid}-{order.get('rx_id', '')}",
            "rule_id": "low_stock",
            "rule_name": "low_stock",
            "vola_cont": said,
            "patn_id": patient["patn_id"],
            "mdtrt_id": visit.get("mdtrt_id"),
            "judge_result_detail_dtos": [],
            "vola_amt": 0,
            "vola_amt_stas": "0",
            "sev_deg": "1",
            "vola_evid": None,
            "vola_bhvr_type": None,
            "task_id": call.node("data").get("task_id"),
        }
