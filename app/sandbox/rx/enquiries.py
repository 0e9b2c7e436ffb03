"""What a hospital may ask afterwards, and the catalogue both sides ask for (8.8, 9.5 to 9.7)."""

import json

from app.sandbox.rx.books.records import Rx, Stage
from app.sandbox.rx.gate import Call
from app.sandbox.rx.pharmacy import insurance_of
from app.sandbox.rx.wire.canonical import Object
from app.sandbox.rx.wire.refusals import Refused
from app.sandbox.rx.wire.wording import detail, named, states
from resources.scenarios import DemoDrug

_PAGE = 100
_WESTERN, _LIST_OF_KIND = "101", {"11": "101", "12": "102"}


def _asked(call: Call) -> Rx:
    """An uploaded prescription of this patient. Raises ``Refused``."""
    rx = call.rx()
    if rx.stage not in (Stage.UPLOADED, Stage.UNDONE):
        raise Refused("rx_unknown")
    for name, known in (("certno", rx.id_no), ("psnName", rx.body["mdtrtinfo"]["patnName"])):
        if call.text(name) and call.text(name) != known:
            raise Refused("person_differs")
    return rx


def _asked_by_its_hospital(call: Call) -> Rx:
    rx = _asked(call)
    if rx.hospital != call.app.institution or call.text("mdtrtId") != rx.mdtrt_id:
        raise Refused("rx_unknown")
    return rx


def query(call: Call) -> Object:
    """A prescription in full; one of another hospital only with the patient's e-voucher (9.5)."""
    rx = _asked(call)
    if rx.hospital != call.app.institution:
        holder = call.centre.vouchers.holder(call.text("ecToken"))
        if holder != rx.id_no:
            raise Refused("voucher_dead")
    auditor = call.centre.site.demo.hospital.pharmacist_name
    return detail(rx, call.app.institution, call.now, insurance_of(call, rx), auditor)


def query_audit(call: Call) -> Object:
    """What the pharmacy's pharmacist decided (9.6)."""
    rx = _asked_by_its_hospital(call)
    seen = states(rx, call.app.institution, call.now)
    verdict = rx.audit.verdict if rx.audit else "0"
    row = {
        "hiRxno": rx.hi_rxno,
        "rxStasCodg": seen["rxStasCodg"],
        "rxStasName": seen["rxStasName"],
        "rxChkStasCodg": verdict,
        "rxChkStasName": named("rx_chk_stas_codg", verdict),
    }
    if rx.audit:
        row["pharName"] = rx.audit.name
        row["pharCode"] = rx.audit.code
        row["rxChkOpnn"] = rx.audit.opinion
        row["rxChkTime"] = rx.audit.at
    return row


def query_dispensing(call: Call) -> Object:
    """What was settled, line by line, out of the core platform's books (9.7)."""
    rx = _asked_by_its_hospital(call)
    return {
        "hiRxno": rx.hi_rxno,
        "setlTime": rx.settled_at,
        **states(rx, call.app.institution, call.now),
        "seltdelts": [_settled_line(call, line) for line in _lines(call, rx)],
    }


def _lines(call: Call, rx: Rx) -> list[Object]:
    rows = call.db.execute(
        "SELECT line FROM settled_line WHERE setl_id=? AND rxno=? ORDER BY feedetl_sn",
        (rx.settlement, rx.hi_rxno),
    )
    return [json.loads(row["line"]) for row in rows]


def _settled_line(call: Call, line: Object) -> Object:
    code = str(line["med_list_codg"])
    drugs = call.centre.site.demo.drugs.values()
    drug = next((d for d in drugs if d.national_code == code), None)
    row: Object = {"medListCodg": code, "cnt": line["cnt"], "takeDrugFlag": "1"}
    if drug is not None:
        row["drugGenname"] = drug.generic_name
        row["drugProdname"] = drug.product_name
        row["drugDosform"] = drug.dose_form
        row["drugSpec"] = drug.specification
        row["aprvno"] = drug.approval_no
        row["prdrName"] = drug.maker
    return row


def catalogue(call: Call) -> Object:
    """Drugs that may be prescribed for circulation, by code or page by page (8.8)."""
    several = call.content.get("medListCodgs") or []
    wanted = {call.text("medListCodg"), *(several if isinstance(several, list) else [several])}
    wanted.discard("")
    drugs = list(call.centre.site.demo.drugs.values())
    found = [drug for drug in drugs if not wanted or drug.national_code in wanted]
    size = max(1, min(int(call.text("pageSize") or _PAGE), _PAGE))
    page = max(1, int(call.text("pageNum") or 1))
    shown = found[(page - 1) * size : page * size]
    return {
        "total": len(found),
        "pageNum": page,
        "pageSize": size,
        "list": [_catalogue_row(call, drug) for drug in shown],
    }


def _catalogue_row(call: Call, drug: DemoDrug) -> Object:
    kind = _LIST_OF_KIND.get(drug.kind, _WESTERN)
    return {
        "medListCodg": drug.national_code,
        "natDrugNo": drug.national_code,
        "genname": drug.generic_name,
        "prodname": drug.product_name,
        "regName": drug.generic_name,
        "listType": kind,
        "listTypeName": named("listType", kind),
        "specName": drug.specification,
        "prdrName": drug.maker,
        "aprvno": drug.approval_no,
        "dosformName": drug.dose_form,
        "minPacUnt": drug.pack_unit,
        "minPacCnt": drug.split_factor,
        "minPrepUnt": drug.split_unit,
        "poolareaNo": call.centre.site.demo.store.area,
        "dualchnlFlag": "1" if drug.dual_channel else "0",
        "begntime": "2024-01-01 00:00:00",
        "drugPrice": drug.price,
    }
