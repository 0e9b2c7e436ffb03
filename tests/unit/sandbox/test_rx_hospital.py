"""A hospital's prescription from pre-check to settlement, over HTTP (prescription-centre 9)."""

import base64
import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from app.crypto.cms import verify_detached
from app.crypto.errors import CryptoRefused
from app.crypto.signed_pdf import inspect
from app.sandbox.documents import prescription_pdf
from app.sandbox.fields import violations
from app.sandbox.hospital import forms
from app.sandbox.hospital.forms import Numbers, Order
from app.sandbox.server import RunningSandbox
from tests.support.core_bill import bill, demo, item, line, person
from tests.support.core_client import CoreClient
from tests.support.rx_client import RxClient
from tests.support.rx_visit import OPINION, Visit, platform_now, scenario_number

BEIJING = timezone(timedelta(hours=8))


class Desk:
    """A doctor's desk: the hospital's messages for one new prescription of p01."""

    def __init__(self, sandbox: RunningSandbox, client: RxClient) -> None:
        self.site = sandbox.site
        self.client = client
        self.person = person("p01")
        doctor = demo().doctors[0]
        at = datetime.now(BEIJING).replace(tzinfo=None, microsecond=0)
        self.order = Order(demo().prescriptions[0], self.person, doctor, "MZNEW", at)
        with CoreClient(sandbox.ready, hospital=True) as core:
            core.sign_in()
            registered = core.output("register_visit", forms.registration(self.site, self.order))
            self.visit = str(registered["data"]["mdtrt_id"])
            core.output("upload_visit", forms.visit_upload(self.order, self.visit))
        self.prechecked = without_empties(forms.precheck(self.site, self.order, self.visit))

    def numbers(self) -> Numbers:
        found = self.client.ask("precheck_rx", self.prechecked)
        return Numbers(self.visit, found["hiRxno"], found["rxTraceCode"])

    def values(self, numbers: Numbers) -> dict[str, Any]:
        return without_empties(forms.upload_values(self.site, self.order, numbers))

    def sheet(self, numbers: Numbers) -> bytes:
        return prescription_pdf(forms.sheet(self.site, self.order, numbers))

    def sign_content(self, values: dict[str, Any], sheet: bytes) -> dict[str, object]:
        return {
            "fixmedinsCode": self.client.code,
            "originalValue": encoded(json.dumps(values, ensure_ascii=False).encode()),
            "originalRxFile": encoded(sheet),
        }

    def signed(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The twenty values and what the signature gave back."""
        numbers = self.numbers()
        values = self.values(numbers)
        signed = self.client.ask("sign_rx", self.sign_content(values, self.sheet(numbers)))
        return values, signed

    def upload_content(self) -> dict[str, Any]:
        values, signed = self.signed()
        return {**values, "rxFile": signed["rxFile"], "signDigest": signed["signDigest"]}

    def undo_content(self, hi_rxno: str) -> dict[str, Any]:
        return forms.undo(self.site, self.order, Numbers(self.visit, hi_rxno, ""))


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def without_empties(tree: Any) -> Any:
    """Foreign clients leave out what is empty."""
    if isinstance(tree, dict):
        return {k: without_empties(v) for k, v in tree.items() if v != ""}
    return [without_empties(v) for v in tree] if isinstance(tree, list) else tree


@pytest.fixture
def desk(sandbox: RunningSandbox, hospital: RxClient) -> Desk:
    return Desk(sandbox, hospital)


def asked_by_hospital(desk: Desk, hi_rxno: str, visit: str) -> dict[str, object]:
    return {
        "hiRxno": hi_rxno,
        "fixmedinsCode": desk.client.code,
        "mdtrtId": visit,
        "psnName": desk.person.name,
        "psnCertType": "01",
        "certno": desk.person.id_no,
    }


def test_a_new_prescription_goes_from_the_doctor_to_the_till_and_back(
    sandbox: RunningSandbox, desk: Desk, pharmacy: RxClient, counter: CoreClient
) -> None:
    uploaded = desk.client.ask("upload_rx", desk.upload_content())
    number = uploaded["hiRxno"]
    audit_serial = Visit(pharmacy, desk.person).audited(number)
    asked = asked_by_hospital(desk, number, desk.visit)
    told = desk.client.ask("query_audit", asked)
    assert audit_serial.startswith("SF")
    assert (told["rxChkStasCodg"], told["rxChkOpnn"]) == ("1", OPINION)
    goods = item("SP0001")
    content = bill(desk.person, line("1", goods, 2, rxno=number, rx_circ_flag="1"))
    counter.output("presettle", content)
    settled = counter.output("settle", content)["setlinfo"]
    dispensed = desk.client.ask("query_dispensing", asked)
    assert dispensed["rxUsedStasCodg"] == "2"
    assert dispensed["setlTime"] == settled["setl_time"]
    assert [(row["medListCodg"], row["cnt"]) for row in dispensed["seltdelts"]] == [
        (goods.national_code, "2")
    ]
    assert desk.client.refusal("undo_rx", desk.undo_content(number)) == -2011
    keys = ("psn_no", "setl_id", "mdtrt_id")
    counter.output("revoke_settlement", {"data": {k: settled[k] for k in keys}})
    assert desk.client.ask("query_dispensing", asked)["rxUsedStasCodg"] == "9"
    assert desk.client.ask("undo_rx", desk.undo_content(number))["rxStasCodg"] == "3"


def test_an_unaudited_prescription_is_not_settled(desk: Desk, counter: CoreClient) -> None:
    number = desk.client.ask("upload_rx", desk.upload_content())["hiRxno"]
    content = bill(desk.person, line("1", item("SP0001"), rxno=number, rx_circ_flag="1"))
    counter.output("presettle", content)
    assert counter.frame("settle", content)["infcode"] == -1


@pytest.mark.parametrize(
    "operation",
    ["precheck_rx", "sign_rx", "upload_rx", "undo_rx", "query_rx", "query_audit",
     "query_dispensing"],
)  # fmt: skip
def test_answers_keep_their_own_field_tables(desk: Desk, operation: str) -> None:
    answers: dict[str, dict[str, Any]] = {}
    ask = desk.client.ask
    desk.client.ask = lambda name, content: answers.setdefault(name, ask(name, content))  # type: ignore[method-assign]
    number = desk.client.ask("upload_rx", desk.upload_content())["hiRxno"]
    asked = asked_by_hospital(desk, number, desk.visit)
    for name in ("query_rx", "query_audit", "query_dispensing"):
        desk.client.ask(name, asked)
    desk.client.ask("undo_rx", desk.undo_content(number))
    assert violations(operation, "response", answers[operation]) == []


def test_both_seals_hold_and_name_the_hospital(sandbox: RunningSandbox, desk: Desk) -> None:
    numbers = desk.numbers()
    content = desk.sign_content(desk.values(numbers), desk.sheet(numbers))
    signed = desk.client.ask("sign_rx", content)
    shown: Any = sandbox.ready["pharmacy"]
    roots = [base64.b64decode(root) for root in shown["sealRoots"]]
    original = base64.b64decode(str(content["originalValue"]))
    over_values = verify_detached(original, base64.b64decode(signed["signDigest"]), roots)
    over_file = inspect(base64.b64decode(signed["rxFile"]), roots)
    assert over_values.signer_name == over_file.signer_name == desk.client.name
    assert over_values.certificate_serial == signed["signCertSn"]
    with pytest.raises(CryptoRefused):
        verify_detached(original + b" ", base64.b64decode(signed["signDigest"]), roots)


def test_the_same_precheck_again_gets_the_same_numbers(desk: Desk) -> None:
    assert desk.numbers() == desk.numbers()
    changed = {**desk.prechecked, "rxDrordDscr": "另一张"}
    assert desk.client.refusal("precheck_rx", changed) == -2022


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valiDays": "2"}, -2023),
        ({"valiDays": "4"}, -2023),
        ({"prscTime": "2099-01-01 00:00:00"}, -2023),
        ({"rxDrugCnt": "7"}, -2025),
        ({"rxExraAttrCode": ""}, -9001),
        ({"bizTypeCode": "09"}, -9001),
    ],
)
def test_a_precheck_that_contradicts_itself_is_refused(
    desk: Desk, changes: dict[str, str], code: int
) -> None:
    content = without_empties({**desk.prechecked, **changes})
    assert desk.client.refusal("precheck_rx", content) == code


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("mdtrtId", "999", -2021),
        ("patnName", "林试用", -2014),
        ("certno", "350100199001010000", -2013),
        ("fixmedinsCode", "H35010000009", -1008),
        ("gend", "7", -9001),
    ],
)
def test_a_visit_that_is_not_this_patients_is_refused(
    desk: Desk, field: str, value: str, code: int
) -> None:
    content = {**desk.prechecked, "mdtrtinfo": {**desk.prechecked["mdtrtinfo"], field: value}}
    assert desk.client.refusal("precheck_rx", content) == code


def test_a_drug_outside_the_catalogue_is_refused(desk: Desk) -> None:
    lines = [{**row, "medListCodg": "X" * 23} for row in desk.prechecked["rxdrugdetail"]]
    assert desk.client.refusal("precheck_rx", {**desk.prechecked, "rxdrugdetail": lines}) == -2024


def test_values_of_another_patient_are_not_signed(desk: Desk) -> None:
    numbers = desk.numbers()
    values = {**desk.values(numbers), "patnName": "林试用"}
    content = desk.sign_content(values, desk.sheet(numbers))
    assert desk.client.refusal("sign_rx", content) == -2026
    more = {**desk.values(numbers), "extra": "1"}
    assert desk.client.refusal("sign_rx", desk.sign_content(more, b"%PDF-1.4")) == -2026
    assert desk.client.refusal("sign_rx", {**content, "originalRxFile": encoded(b"PK")}) == -2027


@pytest.mark.parametrize(
    ("field", "code"),
    [("pharName", -2029), ("signDigest", -2029), ("rxTraceCode", -2030)],
)
def test_what_is_uploaded_is_what_was_signed(desk: Desk, field: str, code: int) -> None:
    content = desk.upload_content()
    changed = {**content, field: content[field][:-1] + "0"}
    if changed == content:
        changed[field] = content[field][:-1] + "1"
    assert desk.client.refusal("upload_rx", changed) == code


def test_a_changed_byte_of_the_file_is_not_uploaded(desk: Desk) -> None:
    content = desk.upload_content()
    file = bytearray(base64.b64decode(content["rxFile"]))
    file[200] ^= 1
    changed = {**content, "rxFile": encoded(bytes(file))}
    assert desk.client.refusal("upload_rx", changed) == -2029


def test_nothing_is_uploaded_unsigned(desk: Desk) -> None:
    numbers = desk.numbers()
    content = {**desk.values(numbers), "rxFile": encoded(b"%PDF-"), "signDigest": "x"}
    assert desk.client.refusal("upload_rx", content) == -2028


def test_an_upload_told_twice_is_one_upload(desk: Desk) -> None:
    content = desk.upload_content()
    assert desk.client.ask("upload_rx", content) == desk.client.ask("upload_rx", content)


def test_undo_twice_is_once_and_ends_the_prescription(
    sandbox: RunningSandbox, desk: Desk, pharmacy: RxClient
) -> None:
    number = desk.client.ask("upload_rx", desk.upload_content())["hiRxno"]
    first = desk.client.ask("undo_rx", desk.undo_content(number))
    assert desk.client.ask("undo_rx", desk.undo_content(number)) == first
    visit = Visit(pharmacy, desk.person)
    visit.authorise()
    assert visit.row(number)["rxStasCodg"] == "3"
    assert pharmacy.refusal("download", visit.named(number)) == -2003


def test_an_expired_prescription_is_not_undone(sandbox: RunningSandbox, hospital: RxClient) -> None:
    expired = scenario_number(sandbox.ready, "rx03")["hiRxno"]
    doctor = demo().doctors[0]
    content = {
        "hiRxno": expired,
        "fixmedinsCode": hospital.code,
        "drCode": doctor.code,
        "undoDrName": doctor.name,
        "undoDrCertType": "01",
        "undoDrCertno": doctor.id_no,
        "undoRea": "过期",
        "undoTime": platform_now(),
    }
    assert hospital.refusal("undo_rx", content) == -2002


def test_undo_reaches_a_pharmacy_that_already_downloaded(desk: Desk, pharmacy: RxClient) -> None:
    number = desk.client.ask("upload_rx", desk.upload_content())["hiRxno"]
    visit = Visit(pharmacy, desk.person)
    visit.authorise()
    got = visit.download(number)
    desk.client.ask("undo_rx", desk.undo_content(number))
    asked = visit.named(number, rxFile=got["rxFile"])
    assert pharmacy.refusal("verify", asked) == -2003


def test_questions_of_strangers_get_no_answer(sandbox: RunningSandbox, desk: Desk) -> None:
    mine = scenario_number(sandbox.ready, "rx01")
    right = asked_by_hospital(desk, mine["hiRxno"], mine["mdtrtId"])
    assert desk.client.ask("query_audit", right)["rxChkStasCodg"] == "0"
    assert desk.client.refusal("query_audit", {**right, "mdtrtId": "1"}) == -2001
    assert desk.client.refusal("query_dispensing", {**right, "psnName": "林试用"}) == -2014
