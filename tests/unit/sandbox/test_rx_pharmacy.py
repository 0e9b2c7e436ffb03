"""What a pharmacy may and may not do with a prescription, over HTTP (prescription-centre 8)."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.crypto.digests import sm3
from app.crypto.signed_pdf import inspect
from app.sandbox.fields import violations
from app.sandbox.rx.wire.parties import Parties, Side, known_parties
from app.sandbox.server import RunningSandbox
from tests.support.core_bill import demo, person
from tests.support.rx_client import RxClient
from tests.support.rx_visit import OPINION, Visit, scenario_number


@pytest.fixture
def visit(pharmacy: RxClient) -> Visit:
    return Visit(pharmacy, person("p01"))


@pytest.fixture
def number(sandbox: RunningSandbox) -> str:
    return scenario_number(sandbox.ready, "rx01")["hiRxno"]


@pytest.fixture
def next_door(sandbox: RunningSandbox) -> RxClient:
    """The neighbouring pharmacy, whose keys no ready line shows."""
    place = sandbox.site.demo.neighbour
    parties: Parties = known_parties(sandbox.site.seed, (Side.PHARMACY, place.code, place.name))
    keys = parties.keys(parties.of(place.code))
    party = {"code": place.code, "name": place.name, "keys": keys}
    return RxClient({**sandbox.ready, "neighbour": party}, "neighbour")


def roots(sandbox: RunningSandbox) -> list[bytes]:
    shown: Any = sandbox.ready["pharmacy"]
    return [base64.b64decode(root) for root in shown["sealRoots"]]


def test_the_whole_way_to_an_audited_prescription(
    sandbox: RunningSandbox, visit: Visit, number: str
) -> None:
    visit.authorise()
    assert visit.row(number)["rxUsedStasCodg"] == "1"
    got = visit.download(number)
    file = base64.b64decode(got["rxFile"])
    holder = inspect(file, roots(sandbox))
    assert holder.signer_name == sandbox.site.demo.hospital.name
    assert holder.certificate_serial == got["signCertSn"]
    verdict = visit.verify(got)
    assert (verdict["rxSignVerifyRslt"], verdict["signDigest"]) == ("1", sm3(file).hex())
    told = visit.client.ask("audit", visit.audit_content(number, verdict["rxSignVerifySn"]))
    assert told["rxStasCodg"] == "1"
    books, here = sandbox.site.prescriptions, sandbox.site.demo.store.code
    assert books.refusal_to_settle(number, visit.person.id_no, here) == ""
    assert books.refusal_to_settle(number, person("p02").id_no, here) != ""
    next_door = sandbox.site.demo.neighbour.code
    assert books.refusal_to_settle(number, visit.person.id_no, next_door) != ""


@pytest.mark.parametrize("operation", ["authorise", "download", "verify", "audit"])
def test_answers_keep_their_own_field_tables(visit: Visit, number: str, operation: str) -> None:
    answers: dict[str, dict[str, Any]] = {}
    ask = visit.client.ask
    visit.client.ask = lambda name, content: answers.setdefault(name, ask(name, content))  # type: ignore[method-assign]
    visit.audited(number)
    assert violations(operation, "response", answers[operation]) == []


def test_the_list_shows_every_state_with_its_reason(sandbox: RunningSandbox) -> None:
    with RxClient(sandbox.ready, "pharmacy") as client:
        seen = {}
        for rx in demo().prescriptions:
            visit = Visit(client, person(rx.person))
            visit.authorise()
            row = visit.row(scenario_number(sandbox.ready, rx.key)["hiRxno"])
            seen.setdefault(rx.state, set()).add((row["rxStasCodg"], row["rxUsedStasCodg"]))
            assert (row.get("holdFixmedinsCode") is not None) == (row["rxUsedStasCodg"] == "9")
    assert seen == {
        "valid": {("1", "1")},
        "soon_expiring": {("1", "1")},
        "refused": {("1", "1")},
        "expired": {("2", "1")},
        "undone": {("3", "1")},
        "used": {("1", "2")},
        "held": {("1", "9")},
        "unsettled": {("1", "9")},
    }


def test_one_identity_read_gives_one_download(visit: Visit, number: str) -> None:
    visit.authorise()
    visit.download(number)
    assert visit.client.refusal("download", visit.named(number)) == -2005


def test_a_second_list_on_the_same_voucher_gives_no_second_download(
    sandbox: RunningSandbox, visit: Visit, number: str
) -> None:
    shown = visit.credential()
    visit.authorise(**shown)
    first = visit.rx_token
    visit.authorise(**shown)
    second = visit.rx_token
    visit.rx_token = first
    visit.download(number)
    visit.rx_token = second
    other = scenario_number(sandbox.ready, "rx02")["hiRxno"]
    assert visit.client.refusal("download", visit.named(other)) == -2016
    asked = {**shown, **visit.institution()}
    assert visit.client.refusal("authorise", asked) == -2016


def test_reading_the_identity_again_gives_the_same_prescription_again(
    visit: Visit, number: str
) -> None:
    visit.authorise()
    visit.download(number)
    visit.authorise()
    assert visit.row(number)["rxUsedStasCodg"] == "1"
    assert visit.row(number)["holdFixmedinsCode"] == visit.client.code
    assert visit.download(number)["hiRxno"] == number


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("rx03", -2002),
        ("rx07", -2003),
        ("rx05", -2004),
        ("rx11", -2012),
        ("rx16", -2012),
    ],
)
def test_what_cannot_be_taken_is_refused(
    sandbox: RunningSandbox, pharmacy: RxClient, key: str, code: int
) -> None:
    wanted = scenario_number(sandbox.ready, key)
    owner = next(p for p in demo().persons if p.id_no == wanted["id_no"])
    visit = Visit(pharmacy, owner)
    visit.authorise()
    assert pharmacy.refusal("download", visit.named(wanted["hiRxno"])) == code


def test_a_prescription_refused_elsewhere_may_be_taken_here(
    sandbox: RunningSandbox, pharmacy: RxClient
) -> None:
    wanted = scenario_number(sandbox.ready, "rx13")["hiRxno"]
    visit = Visit(pharmacy, person("p06"))
    assert visit.audited(wanted).startswith("SF")


def test_somebody_elses_prescription_is_not_given(sandbox: RunningSandbox, visit: Visit) -> None:
    visit.authorise()
    other = scenario_number(sandbox.ready, "rx04")["hiRxno"]
    assert visit.client.refusal("download", visit.named(other)) == -2006
    assert visit.client.refusal("download", visit.named("3" * 30)) == -2001


def test_a_token_serves_only_the_pharmacy_it_was_given_to(
    sandbox: RunningSandbox, visit: Visit, number: str, next_door: RxClient
) -> None:
    visit.authorise()
    with next_door:
        stolen = Visit(next_door, visit.person)
        stolen.rx_token = visit.rx_token
        assert next_door.refusal("download", stolen.named(number)) == -2006


def test_a_download_keeps_the_pharmacy_next_door_away(
    sandbox: RunningSandbox, visit: Visit, number: str, next_door: RxClient
) -> None:
    visit.authorise()
    visit.download(number)
    with next_door:
        other = Visit(next_door, visit.person)
        other.authorise()
        assert other.row(number)["rxUsedStasCodg"] == "9"
        assert next_door.refusal("download", other.named(number)) == -2012
        sandbox.site.clock.move(timedelta(hours=25))
        other.authorise()
        assert other.download(number)["hiRxno"] == number


def test_a_token_dies_with_its_time(sandbox: RunningSandbox, visit: Visit, number: str) -> None:
    visit.authorise()
    sandbox.site.clock.move(timedelta(seconds=1801))
    assert visit.client.refusal("download", visit.named(number)) == -2005


def test_a_prescription_that_expires_in_hand_is_not_audited(
    sandbox: RunningSandbox, pharmacy: RxClient
) -> None:
    wanted = scenario_number(sandbox.ready, "rx08")["hiRxno"]
    visit, clock = Visit(pharmacy, person("p04")), sandbox.site.clock
    visit.authorise()  # minted when a first test wanted it, which may be long ago
    ends = datetime.fromisoformat(visit.row(wanted)["valiEndTime"])
    clock.move(ends - clock.now() - timedelta(minutes=10))
    visit.authorise()
    serial = visit.verify(visit.download(wanted))["rxSignVerifySn"]
    clock.move(timedelta(minutes=15))
    assert pharmacy.refusal("audit", visit.audit_content(wanted, serial)) == -2002


@pytest.mark.parametrize("how", ["digest", "file", "certificate"])
def test_a_changed_byte_is_found_at_verification(visit: Visit, number: str, how: str) -> None:
    visit.authorise()
    got = visit.download(number)
    file = bytearray(base64.b64decode(got["rxFile"]))
    right = sm3(bytes(file)).hex()
    file[len(file) // 2] ^= 1
    shown: dict[str, dict[str, object]] = {
        "digest": {"signDigest": sm3(bytes(file)).hex()},
        "file": {"rxFile": base64.b64encode(bytes(file)).decode()},
        "certificate": {"signDigest": right, "signCertSn": "00"},
    }
    verdict = visit.client.ask("verify", visit.named(number, **shown[how]))
    assert verdict["rxSignVerifyRslt"] == "0"
    assert "rxSignVerifySn" not in verdict


def test_verification_wants_the_bytes_or_their_digest(visit: Visit, number: str) -> None:
    visit.authorise()
    visit.download(number)
    assert visit.client.refusal("verify", visit.named(number)) == -2017
    assert visit.client.refusal("verify", visit.named(number, signDigest="ab")) == -2017


def test_nothing_is_verified_without_its_download(
    sandbox: RunningSandbox, visit: Visit, number: str
) -> None:
    visit.authorise()
    asked = visit.named(number, signDigest="0" * 64)
    assert visit.client.refusal("verify", asked) == -2006


def test_no_audit_without_verification(visit: Visit, number: str) -> None:
    visit.authorise()
    visit.download(number)
    content = visit.audit_content(number, "YQ00000000000000000000000000")
    assert visit.client.refusal("audit", content) == -2007


def test_the_same_audit_twice_is_one_audit(
    sandbox: RunningSandbox, visit: Visit, number: str
) -> None:
    visit.authorise()
    serial = visit.verify(visit.download(number))["rxSignVerifySn"]
    content = visit.audit_content(number, serial)
    first = visit.client.ask("audit", content)
    assert visit.client.ask("audit", content) == first
    assert visit.client.refusal("audit", {**content, "rxChkOpnn": "改口"}) == -2018


def test_a_refusal_stops_settlement_and_frees_the_prescription(
    sandbox: RunningSandbox, visit: Visit, number: str, next_door: RxClient
) -> None:
    visit.audited(number, "2")
    books, here = sandbox.site.prescriptions, sandbox.site.demo.store.code
    assert books.refusal_to_settle(number, visit.person.id_no, here) != ""
    visit.authorise()
    assert visit.row(number)["rxUsedStasCodg"] == "8"
    assert visit.client.refusal("download", visit.named(number)) == -2019
    with next_door:
        other = Visit(next_door, visit.person)
        other.authorise()
        assert other.row(number)["rxUsedStasCodg"] == "1"


@pytest.mark.parametrize(
    "changes",
    [
        {"pharName": "方复核"},
        {"pharCode": "HY350100000002"},
        {"pharCertno": "350100197908232344"},
        {"ecToken": "350100ec" + "0" * 30},
    ],
)
def test_the_pharmacist_proves_who_audits(
    visit: Visit, number: str, changes: dict[str, object]
) -> None:
    visit.authorise()
    serial = visit.verify(visit.download(number))["rxSignVerifySn"]
    content = visit.audit_content(number, serial, **changes)
    assert visit.client.refusal("audit", content) == -2008


def test_a_patients_voucher_does_not_audit(visit: Visit, number: str) -> None:
    visit.authorise()
    serial = visit.verify(visit.download(number))["rxSignVerifySn"]
    token = visit.client.token(visit.person.id_no)
    content = visit.audit_content(number, serial, ecToken=token)
    assert visit.client.refusal("audit", content) == -2008


def test_card_and_identity_card_are_read_too(visit: Visit, number: str) -> None:
    who = visit.person
    card = {"mdtrtCertType": "03", "mdtrtCertNo": who.card_no, "cardSn": who.card_serial}
    for shown in (card, {"mdtrtCertType": "02", "mdtrtCertNo": who.id_no}):
        visit.authorise(**shown)
        assert visit.row(number)["hiRxno"] == number


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        ({"mdtrtCertType": "03", "mdtrtCertNo": "A00000134"}, -9001),
        ({"mdtrtCertType": "03", "mdtrtCertNo": "A00000134", "cardSn": "0" * 32}, -2013),
        ({"mdtrtCertType": "02", "mdtrtCertNo": "350100199001010000"}, -2013),
        ({"mdtrtCertType": "01", "mdtrtCertNo": "350199ec" + "a" * 30}, -2015),
        ({"mdtrtCertType": "02", "mdtrtCertNo": "350100196803120114", "psnName": "林试用"}, -2014),
        ({"mdtrtCertType": "09", "mdtrtCertNo": "1"}, -9001),
        ({"mdtrtCertType": "02"}, -9001),
    ],
)
def test_a_wrong_credential_shows_nothing(
    visit: Visit, shown: dict[str, object], code: int
) -> None:
    assert visit.client.refusal("authorise", {**shown, **visit.institution()}) == code


def test_a_violation_names_field_and_source(visit: Visit) -> None:
    asked = {**visit.institution(), "mdtrtCertType": "02", "mdtrtCertNo": "1" * 200}
    reply = visit.client.exchange("authorise", visit.client.message(asked))
    assert "mdtrtCertNo" in reply["message"]
    assert "prescription-centre 8.2" in reply["message"]


def test_another_institutions_number_is_refused(visit: Visit) -> None:
    asked = {**visit.credential(), **visit.institution(), "fixmedinsCode": "P35010000002"}
    assert visit.client.refusal("authorise", asked) == -1008


def test_a_hospital_cannot_take_prescriptions(hospital: RxClient) -> None:
    shown = {"mdtrtCertType": "02", "mdtrtCertNo": person("p01").id_no}
    asked = {**shown, "fixmedinsCode": hospital.code, "fixmedinsName": hospital.name}
    assert hospital.refusal("authorise", asked) == -1007


def test_a_bad_signature_is_refused_and_has_no_effect(visit: Visit, number: str) -> None:
    visit.authorise()
    message = visit.client.message(visit.named(number))
    message["signData"] = base64.b64encode(bytes(64)).decode()
    assert visit.client.exchange("download", message)["code"] == -1001
    assert visit.download(number)["hiRxno"] == number


def test_garbage_gets_an_unsigned_no(pharmacy: RxClient) -> None:
    status, body = pharmacy.post("authorise", b"\x00\xff")
    assert status == 200
    assert b'"code":-1005' in body


@pytest.mark.parametrize(
    ("fault", "code", "signed"),
    [("reject", -1, True), ("wrong_signature", 0, False), ("string_numbers", "0", True)],
)
def test_the_protocols_own_faults(
    sandbox: RunningSandbox, visit: Visit, fault: str, code: object, signed: bool
) -> None:
    asked = {**visit.credential(), **visit.institution()}
    client = visit.client
    client.post("faults", f'{{"operation":"authorise","fault":"{fault}"}}'.encode())
    reply = client.exchange("authorise", client.message(asked))
    assert reply["code"] == code
    assert client.signature_holds(reply) is signed


def test_no_effect_says_yes_and_holds_nothing(visit: Visit, number: str) -> None:
    visit.authorise()
    visit.client.post("faults", b'{"operation":"download","fault":"no_effect"}')
    visit.download(number)
    assert visit.download(number)["hiRxno"] == number


def test_the_opinion_is_kept_as_told(sandbox: RunningSandbox, visit: Visit, number: str) -> None:
    visit.audited(number)
    with sandbox.site.state.reading() as db:
        row = db.execute("SELECT audit FROM rx WHERE hi_rxno=?", (number,)).fetchone()
    assert OPINION in row["audit"]


def test_the_state_page_counts_audits_once(
    sandbox: RunningSandbox, visit: Visit, number: str
) -> None:
    visit.audited(number)
    page = json.loads(visit.client.post("state", b"")[1])
    assert page["rx_audits"] == {number: 1}
    assert page["prescriptions"][number] == {
        "stage": "uploaded",
        "held_by": visit.client.code,
        "audited": True,
        "settlement": "",
    }
    assert page["rx_calls"]["download"] == {"accepted": 1, "all": 1}
