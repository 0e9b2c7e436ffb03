"""Listed and downloaded prescriptions off the wire (prescription-centre 8.2, 8.4, 9.5)."""

import base64
import re
from collections.abc import Sequence

from app.domain.credential import IdNumber, PersonName, RxToken
from app.domain.prescription import (
    ItemKind,
    Prescription,
    RxLine,
    RxNumber,
    RxScheme,
    RxState,
    RxSummary,
    RxTraceCode,
)
from app.gateways.envelopes.strict_json import Unreadable
from app.gateways.fields import Fields
from app.gateways.wording.prescription import same_prescription
from app.ports import replies as r
from app.ports import requests as q
from app.profile.model import Profile

LISTS = ("rxList", "rxInfoList", "rxinfo", "list", "data")
_STATES = {
    "expired": RxState.EXPIRED,
    "withdrawn": RxState.WITHDRAWN,
}
_USED_STATES = {
    "used": RxState.USED,
    "held": RxState.HELD_ELSEWHERE,
}
_BETWEEN_NAMES = re.compile("[、，,；;]")
_FREE = frozenset({"unused", "partly_used"})


def authorised(profile: Profile, output: Fields, store: str) -> r.Authorised:
    """The token and the list. ``store`` tells a prescription held here from one held elsewhere."""
    rows = output.rows(*LISTS)
    token = output.text("epcToken")
    if not token and rows:
        token = rows[0].text("epcToken")
    listed = tuple(summary(profile, row, store) for row in rows)
    if listed and not token:
        raise Unreadable("missing_epctoken")
    if profile.rxcentre.epc_token_scope == "list":  # noqa: S105 a scope
        return r.Authorised(RxToken(token), listed)
    return r.Authorised(RxToken(token), listed, _own_tokens(rows, listed))


def _own_tokens(
    rows: Sequence[Fields], listed: tuple[RxSummary, ...]
) -> tuple[tuple[RxNumber, RxToken], ...]:
    """Where a token is good for one prescription, a row without its own cannot be taken."""
    own = [row.need("epcToken") for row in rows]
    return tuple((rx.rx_number, RxToken(text)) for rx, text in zip(listed, own, strict=True))


def summary(profile: Profile, row: Fields, store: str) -> RxSummary:
    """One listed prescription."""
    number = _number(row.need("hiRxno", "authRxno"))
    state = _state(profile, row, store)
    return RxSummary(
        rx_number=number,
        key=row.text(profile.rxcentre.epc_rx_key) or number,
        state=state,
        state_text=_state_text(row),
        hospital=row.text("fixmedinsName"),
        department=row.text("prscDeptName"),
        doctor=row.text("prscDrName"),
        diagnosis=row.text("maindiagName"),
        scheme=_scheme(profile, row),
        issued_at=row.need_moment("prscTime"),
        valid_until=row.need_moment("valiEndTime"),
        drugs=_drug_names(row),
        held_since=row.moment("rxHoldTime", "holdTime", "authTime"),
    )


def _number(text: str) -> RxNumber:
    try:
        return RxNumber(text)
    except ValueError as wrong:
        raise Unreadable("rx_number") from wrong


def _state(profile: Profile, row: Fields, store: str) -> RxState:
    """Unknown codes never fail: they are shown by their own text (section 10)."""
    word = profile.tables["rx_state"].get(row.text("rxStasCodg"), "")
    if word in _STATES:
        return _STATES[word]
    used = profile.tables["rx_used_state"].get(row.text("rxUsedStasCodg"), "")
    holder = row.text("holdFixmedinsCode", "rxHoldFixmedinsCode")
    if used == "held" and holder and holder == store:
        return RxState.OURS
    if used in _USED_STATES:
        return _USED_STATES[used]
    if word == "valid" and (used in _FREE or not row.has("rxUsedStasCodg")):
        return RxState.OURS if holder and holder == store else RxState.AVAILABLE
    return RxState.OTHER


def _state_text(row: Fields) -> str:
    words = (row.text("rxStasName"), row.text("rxUsedStasName"))
    return " ".join(word for word in words if word)


def _scheme(profile: Profile, row: Fields) -> RxScheme:
    word = profile.tables["rx_scheme"].get(row.text("rxExraAttrCode"), RxScheme.OTHER.value)
    return RxScheme(word) if word in set(RxScheme) else RxScheme.OTHER


def _drug_names(row: Fields) -> tuple[str, ...]:
    """Names in one text, or the drugs themselves; no source shows either in a list."""
    joined = row.text("drugNames")
    if joined:
        return tuple(name.strip() for name in _BETWEEN_NAMES.split(joined) if name.strip())
    named = (line.text("drugGenname", "drugProdname") for line in row.rows("rxDetlList"))
    return tuple(name for name in named if name)


def downloaded(profile: Profile, output: Fields, request: q.Download) -> r.Downloaded:
    """Structured part and file of exactly the prescription asked for."""
    if not output.has("hiRxno"):
        raise Unreadable("missing_hirxno")
    same_prescription(output, request.rx_number)
    document = _document(output.need("rxFile"), profile.rxcentre.document_limit_bytes)
    token = output.text("epcToken")
    return r.Downloaded(_prescription(profile, output), document, RxToken(token) if token else None)


def _document(text: str, limit: int) -> bytes:
    if len(text) > limit * 4 // 3 + 4:
        raise Unreadable("document_too_long")
    try:
        document = base64.b64decode("".join(text.split()), validate=True)
    except ValueError as broken:
        raise Unreadable("document") from broken
    if not document:
        raise Unreadable("document")
    return document


def _prescription(profile: Profile, node: Fields) -> Prescription:
    visit = node.node("rxOtpinfo")
    diagnoses = node.rows("rxDiseList")
    main = next((d for d in diagnoses if d.text("maindiagFlag") == "1"), Fields({}))
    certno = visit.text("certno") or node.text("certno")
    return Prescription(
        rx_number=_number(node.need("hiRxno")),
        rx_trace_code=RxTraceCode(node.text("rxTraceCode")),
        kind_name=_kind_name(profile, node),
        scheme=_scheme(profile, node),
        hospital=node.text("fixmedinsName"),
        hospital_code=node.text("fixmedinsCode"),
        department=visit.text("prscDeptName") or node.text("prscDeptName"),
        doctor=visit.text("prscDrName") or node.text("prscDrName"),
        doctor_code=visit.text("drCode") or node.text("drCode"),
        hospital_pharmacist=visit.text("pharName") or node.text("pharName"),
        visit_record=visit.text("iptOtpNo"),
        patient_name=PersonName(visit.text("patnName") or node.need("patnName")),
        patient_id=IdNumber(certno) if certno else None,
        gender=visit.text("gend"),
        age=visit.text("patnAge"),
        weight_kg=visit.text("patnWt"),
        diagnosis=visit.text("maindiagName") or main.text("diagName"),
        diagnosis_code=visit.text("maindiagCode") or main.text("diagCode"),
        allergies=visit.text("algsHis"),
        pregnant=_positive(visit.text("gesoVal")),
        issued_at=node.need_moment("prscTime"),
        valid_until=node.need_moment("valiEndTime"),
        lines=_lines(profile, node),
    )


def _kind_name(profile: Profile, node: Fields) -> str:
    """The code by its own table: 1 holds patent medicines too (prescription-centre 10).

    A code that is not there goes by the name the centre gives it; empty where it gives none.
    """
    named = profile.tables.get("rx_kind", {}).get(node.text("rxTypeCode"))
    return named or node.text("rxTypeName")


def _positive(text: str) -> bool:
    """孕周 above zero."""
    return text.strip("0.") != ""


def _lines(profile: Profile, node: Fields) -> tuple[RxLine, ...]:
    rows = node.rows("rxDetlList")
    if not rows:
        raise Unreadable("missing_rxdetllist")
    return tuple(_line(profile, index, row) for index, row in enumerate(rows))


def _line(profile: Profile, index: int, row: Fields) -> RxLine:
    word = profile.tables["rx_item_kind"].get(row.text("rxItemTypeCode"), ItemKind.OTHER.value)
    dose = row.text("sinDoscnt") + row.text("sinDosunt")
    return RxLine(
        index=index,
        national_code=row.need("medListCodg"),
        kind=ItemKind(word) if word in set(ItemKind) else ItemKind.OTHER,
        generic_name=row.need("drugGenname", "drugProdname"),
        product_name=row.text("drugProdname"),
        dose_form=row.text("drugDosform"),
        specification=row.text("drugSpec"),
        maker=row.text("prdrName"),
        amount=row.quantity("drugCnt"),
        unit=row.text("drugDosunt"),
        single_dose=dose,
        frequency=row.text("usedFrquName"),
        per_day=row.text("usedFrquCodg"),
        route=row.text("medcWayDscr"),
        days=row.text("medcDays"),
        over_the_counter=row.text("otcFlag") == "1",
        price=row.price("drugPric"),
        taken=row.text("takeDrugFlag") == "1",
    )
