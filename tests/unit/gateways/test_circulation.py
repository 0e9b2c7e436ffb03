"""What the centre is asked and told besides a visit: reviewed messages, answers as they say."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.crypto.derive import rx_content_key
from app.crypto.redact import redact
from app.crypto.sm4 import decrypt_ecb
from app.domain.credential import IdNumber, PersonName, RxToken
from app.domain.errors import Bug, OutcomeUnknown
from app.domain.money import Price
from app.domain.prescription import RxNumber, RxScheme, RxState
from app.ports import circulation as c
from tests.support import circulation_parts as ways
from tests.support import platform_parts as parts
from tests.support.scripted_server import whole

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"
ASKED = {
    "query_online_rx": ways.online(),
    "decode_rx_code": ways.decode(),
    "sync_delivery": ways.sync(),
    "confirm_delivery": ways.confirm(),
    "query_catalogue": ways.catalogue(),
}


def golden(operation, kind):
    return json.loads((_GOLDEN / operation / f"{kind}.json").read_text("utf-8"))


def answered(counter, operation, **changes):
    counter.server.then(whole(parts.centre_answer(golden(operation, "response") | changes)))
    return counter.centre(ASKED[operation])


@pytest.mark.parametrize("operation", sorted(ASKED))
def test_requests(counter, operation):
    draft = counter.centre(ASKED[operation]).draft
    key = rx_content_key(parts.APP_ID, parts.APP_SECRET)
    plain = decrypt_ecb(key, bytes.fromhex(json.loads(draft.wire)["encData"]))
    assert json.loads(plain) == golden(operation, "request")
    assert draft.operation.value == operation


SOLD = {
    "upload_rx_sale": parts.upload_sale(),
    "undo_rx_sale": replace(parts.return_sale(), rx_number=RxNumber("HI-RX-DEMO-1")),
}


@pytest.mark.parametrize("operation", sorted(SOLD))
def test_sales_told_to_the_centre(counter, operation):
    draft = counter.centre(SOLD[operation]).draft
    key = rx_content_key(parts.APP_ID, parts.APP_SECRET)
    plain = decrypt_ecb(key, bytes.fromhex(json.loads(draft.wire)["encData"]))
    assert json.loads(plain) == golden(operation, "request")


@pytest.mark.parametrize("operation", ["sync_delivery", "confirm_delivery"])
def test_what_is_shown_of_it_names_nobody(counter, operation):
    shown = redact(counter.centre(ASKED[operation]).draft.kept)
    for personal in ("测试甲", "13800000001", "示例路1号", "示例骑手", "13800000002"):
        assert personal not in shown
    assert "D202506010001" in shown


def test_a_code_is_not_kept(counter):
    assert ways.decode().code not in counter.centre(ways.decode()).draft.kept


def test_online_prescriptions(counter):
    page = counter.platform.rxcentre.query_online(answered(counter, "query_online_rx")).value
    assert page.last
    (row,) = page.rows
    assert (row.patient, row.rx_token) == (PersonName("测试甲"), RxToken("epc-token-demo-0007"))
    assert (row.summary.rx_number, row.summary.state) == (parts.RX_NUMBER, RxState.AVAILABLE)
    assert row.summary.scheme is RxScheme.OUTPATIENT_POOL


def test_a_page_of_many_is_not_the_last(counter):
    message = answered(counter, "query_online_rx", total=51)
    assert not counter.platform.rxcentre.query_online(message).value.last


def test_an_online_prescription_without_a_permission_proves_nothing(counter):
    rows = golden("query_online_rx", "response")["rxList"]
    bare = [{name: value for name, value in rows[0].items() if name != "epcToken"}]
    with pytest.raises(OutcomeUnknown):
        counter.platform.rxcentre.query_online(answered(counter, "query_online_rx", rxList=bare))


def test_a_code_says_whose_prescription_it_is(counter):
    found = counter.platform.rxcentre.decode_code(answered(counter, "decode_rx_code")).value
    assert found == c.RxCodeDecoded(
        RxToken("epc-token-demo-0008"),
        PersonName("测试甲"),
        "01",
        IdNumber("000000190001010000"),
        "350299",
    )


@pytest.mark.parametrize("operation", ["sync_delivery", "confirm_delivery"])
def test_deliveries_are_taken(counter, operation):
    centre = counter.platform.rxcentre
    send = {"sync_delivery": centre.sync_delivery, "confirm_delivery": centre.confirm_delivery}
    assert send[operation](answered(counter, operation)).value.serial == "PS000000000001"


@pytest.mark.parametrize(
    "other",
    [{"hiRxno": "350200202506010000000000000009"}, {"delvNo": "D1"}],
    ids=["another_prescription", "another_delivery"],
)
def test_an_answer_about_something_else_proves_nothing(counter, other):
    with pytest.raises(OutcomeUnknown):
        counter.platform.rxcentre.sync_delivery(answered(counter, "sync_delivery", **other))


def test_no_way_begins_without_a_courier(counter):
    nobody = replace(ways.delivery(), courier=None)
    with pytest.raises(Bug):
        counter.centre(c.SyncDelivery(nobody, "收银一"))


def test_the_catalogue(counter):
    page = counter.platform.rxcentre.query_catalogue(answered(counter, "query_catalogue")).value
    assert page.last
    (drug,) = page.rows
    assert (drug.national_code, drug.generic_name) == ("XA00AAA000A001010100001", "示例片")
    assert (drug.list_type, drug.dual_channel, drug.price) == ("101", True, Price(20_500_000))
