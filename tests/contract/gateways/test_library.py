"""The core platform through a real library in its own process, in every public signature."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.domain.credential import VoucherCode
from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected
from app.ports import replies as r
from app.ports import requests as q
from app.ports.messages import Committed, WireFacts
from app.profile.loader import load
from app.profile.model import Profile
from app.profile.operations import Operation
from app.sandbox.server import RunningSandbox, running_sandbox
from resources.scenarios import load_demo_store
from tests.support.gateway_shop import Shop
from tests.support.vendor_library import VendorLibrary

SIGNATURES = {
    "sized": "fujian+library",
    "plain": "fujian+library+library_plain",
    "configured": "fujian+library+library_configured",
}
REFUSED_SMALL = -7
Behind = tuple[Shop, VendorLibrary]
Open = Callable[..., Behind]


def region(name: str, settle_s: float = 10.0, **library: Any) -> Profile:
    """A region under training, with other values of its library."""
    profile = load(name, "training").profile
    limits = msgspec.structs.replace(profile.core.timeout, settle=settle_s)
    return msgspec.structs.replace(
        profile,
        core=msgspec.structs.replace(profile.core, timeout=limits),
        library=msgspec.structs.replace(profile.library, **library),
    )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=1, profile=SIGNATURES["sized"]) as running:
        yield running


@pytest.fixture(scope="module")
def sold_boxes() -> set[str]:
    return set()


@pytest.fixture
def open_shop(sandbox: RunningSandbox, sold_boxes: set[str], tmp_path: Path) -> Iterator[Open]:
    """Opens a store behind a library; ``known`` is what the store says of it."""
    with ExitStack() as stack:

        def opened(profile: Profile | None = None, ready: Any = None, **known: object) -> Behind:
            profile = profile or region(SIGNATURES["sized"])
            ready = ready or sandbox.ready
            vendor = VendorLibrary.installed(tmp_path / "vendor", profile, str(ready["url"]))
            today = datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).date()
            shop = Shop.open(vendor.ready(ready, **known), profile, load_demo_store(today))
            stack.callback(shop.close)
            shop.boxes = sold_boxes
            return shop, vendor

        yield opened


def a_bill(shop: Shop) -> q.Bill:
    insured = [p for p in shop.demo.persons if p.insurances[0].status == "1"]
    credential, person = shop.identify(insured[0].id_no)
    line = shop.line()
    bill = shop.bill(credential, person, line)
    shop.upload(bill, line)
    return bill


def asked(shop: Shop) -> q.QueryPerson:
    insured = next(p for p in shop.demo.persons if p.insurances[0].status == "1")
    credential, _person = shop.identify(insured.id_no)
    return q.QueryPerson(credential)


def unknown(shop: Shop, bill: q.Bill, agreed: r.Presettled) -> tuple[Code, WireFacts]:
    with pytest.raises(OutcomeUnknown) as raised:
        shop.settle(bill, agreed)
    evidence = raised.value.evidence
    assert isinstance(evidence, WireFacts)
    return raised.value.code, evidence


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_purchase_goes_through_the_library(open_shop: Open, signature: str) -> None:
    name = SIGNATURES[signature]
    with running_sandbox(seed=1, profile=name) as sandbox:
        shop, vendor = open_shop(region(name), sandbox.ready)
        bill = a_bill(shop)
        settled = shop.settle(bill, shop.presettle(bill))
        assert settled.facts.amounts.total == bill.total
        revoked = shop.revoke(bill, settled)
        assert revoked.facts.amounts == settled.facts.amounts.negated()
        calls = vendor.trace()
        assert calls.count("entered") == calls.count("answered")
        assert calls.count("entered") - calls.count("decoding") == 6
        assert calls.count("opened") == 1
        assert shop.control("state")["settlements"] == {"refund": 1, "revoked": 1}


SETTLEMENTS = {
    # fault: word, does it stand outside, is the child gone
    "crash_before": ("library_crashed", False, True),
    "crash_after": ("library_crashed", True, True),
    "hang_before": ("library_hung", False, True),
    "hang_after": ("library_hung", True, True),
    "empty_after": ("library_silent", True, False),
    "full_after": ("library_overflow", True, True),
    "beyond_after": ("library_overflow", True, True),
    "error_after": ("library_error", True, False),
    "no_with_answer_after": ("refusal_not_definite", True, False),
    "business": ("refusal_not_definite", False, False),
}


@pytest.mark.parametrize("fault", SETTLEMENTS)
def test_a_settlement_whose_library_misbehaves_is_unknown(open_shop: Open, fault: str) -> None:
    shop, vendor = open_shop(region(SIGNATURES["sized"], settle_s=1.5))
    bill = a_bill(shop)
    agreed = shop.presettle(bill)
    vendor.fault(fault, Operation.SETTLE)
    code, facts = unknown(shop, bill, agreed)
    word, stands, gone = SETTLEMENTS[fault]
    assert (code, facts.failure) == (Code.SETTLEMENT_UNKNOWN, word)
    assert facts.first_byte_left
    ours = [
        row for row in shop.control("state")["active_settlements"] if row["msgid"] == shop.last_id
    ]
    assert bool(ours) is stands
    # the next call finds a library, in a new process where the old one is not to be trusted
    assert shop.presettle(bill).estimate.amounts == agreed.estimate.amounts
    assert vendor.trace().count("opened") == (2 if gone else 1)


def test_what_the_library_says_is_kept_in_our_characters(open_shop: Open) -> None:
    shop, vendor = open_shop()
    bill = a_bill(shop)
    agreed = shop.presettle(bill)
    vendor.fault("error_after", Operation.SETTLE)
    _code, facts = unknown(shop, bill, agreed)
    assert (facts.platform_code, facts.platform_text) == ("-1", "服务端拒绝")


QUESTIONS = {
    "crash_before": Code.LIBRARY_CRASHED,
    "crash_after": Code.LIBRARY_CRASHED,
    "empty_after": Code.LIBRARY_SILENT,
    "beyond_after": Code.LIBRARY_OVERFLOW,
    "error_after": Code.LIBRARY_ERROR,
}


@pytest.mark.parametrize("fault", QUESTIONS)
def test_a_question_says_what_the_library_did(open_shop: Open, fault: str) -> None:
    shop, vendor = open_shop()
    question = asked(shop)
    vendor.fault(fault, Operation.QUERY_PERSON)
    with pytest.raises(OutcomeUnknown) as raised:
        shop.platform.core.query_person(shop.core(question))
    assert raised.value.code is QUESTIONS[fault]


def test_the_librarys_own_no_is_a_no(open_shop: Open) -> None:
    shop, vendor = open_shop()
    question = asked(shop)
    vendor.fault("business", Operation.QUERY_PERSON)
    with pytest.raises(PlatformRejected) as raised:
        shop.platform.core.query_person(shop.core(question))
    assert (raised.value.platform_code, raised.value.platform_text) == ("-2", "业务校验不通过")


def test_a_library_short_of_room_has_sent_all_the_same(open_shop: Open) -> None:
    shop, vendor = open_shop(region(SIGNATURES["sized"], answer_bytes=1200))
    bill = a_bill(shop)
    with pytest.raises(OutcomeUnknown) as raised:
        shop.presettle(bill)
    assert raised.value.code is Code.LIBRARY_ERROR
    assert raised.value.params["reason"] == "缓冲区不足"
    assert vendor.trace()[-2:] == ["sent", "answered"]


def test_more_room_is_tried_only_where_the_vendor_promises(open_shop: Open) -> None:
    promised = region(SIGNATURES["sized"], answer_bytes=65536, too_small=(REFUSED_SMALL,))
    shop, vendor = open_shop(promised)
    bill = a_bill(shop)
    agreed = shop.presettle(bill)
    before = vendor.trace().count("sent")
    vendor.fault("small", Operation.SETTLE)
    assert shop.settle(bill, agreed).facts.amounts.total == bill.total
    assert vendor.trace().count("sent") == before + 1


def test_no_room_is_enough(open_shop: Open) -> None:
    promised = region(SIGNATURES["sized"], answer_limit_bytes=200_000, too_small=(REFUSED_SMALL,))
    shop, vendor = open_shop(promised)
    bill = a_bill(shop)
    agreed = shop.presettle(bill)
    vendor.fault("small", Operation.SETTLE)
    with pytest.raises(NotSent) as raised:
        shop.settle(bill, agreed)
    assert raised.value.code is Code.LIBRARY_ROOM


def test_without_the_promise_the_same_value_is_unknown(open_shop: Open) -> None:
    shop, vendor = open_shop()
    bill = a_bill(shop)
    agreed = shop.presettle(bill)
    vendor.fault("small", Operation.SETTLE)
    code, facts = unknown(shop, bill, agreed)
    assert (code, facts.failure) == (Code.SETTLEMENT_UNKNOWN, "library_error")


def test_no_line_behind_the_library_is_unknown(open_shop: Open) -> None:
    shop, vendor = open_shop()
    bill = a_bill(shop)
    agreed = shop.presettle(bill)
    vendor.point_at("http://127.0.0.1:9")
    code, facts = unknown(shop, bill, agreed)
    assert (code, facts.platform_text) == (Code.SETTLEMENT_UNKNOWN, "网络不通")


def test_a_voucher_is_decoded_by_the_library_once(open_shop: Open) -> None:
    shop, vendor = open_shop()
    insured = next(p for p in shop.demo.persons if p.insurances[0].status == "1")
    code = VoucherCode(shop.control("issue_evoucher", id_no=insured.id_no)["evoucher"])
    request = q.DecodeVoucher(code, True, "1001", "收银一", "01")

    def decoded() -> r.Decoded:
        draft = shop.platform.voucher.compose(request, shop.sender, shop.stamp())
        return shop.platform.voucher.decode(Committed(1, draft)).value

    shown = decoded()
    assert shown.id_number.reveal() == insured.id_no
    assert shown.name.reveal() == insured.name
    assert vendor.trace().count("decoding") == 1
    with pytest.raises(PlatformRejected) as raised:
        decoded()
    assert raised.value.code is Code.VOUCHER_USED


def test_a_library_that_falls_while_decoding_is_no_answer(open_shop: Open) -> None:
    shop, vendor = open_shop()
    vendor.fault_anywhere("crash_after")
    with pytest.raises(OutcomeUnknown) as raised:
        shop.decode(shop.demo.persons[0].id_no)
    assert raised.value.code is Code.LIBRARY_CRASHED


def test_a_file_is_fetched_past_the_library(open_shop: Open) -> None:
    shop, vendor = open_shop()
    calls = vendor.trace().count("entered")
    with pytest.raises(PlatformRejected) as raised:
        shop.platform.core.download_file(shop.core(q.DownloadFile("nothing", "nothing.zip")))
    assert raised.value.platform_text
    assert vendor.trace().count("entered") == calls


def unopened(open_shop: Open, profile: Profile | None = None, **known: object) -> NotSent:
    with pytest.raises(NotSent) as raised:
        open_shop(profile, **known)
    return raised.value


def test_a_library_that_cannot_be_opened_says_why(open_shop: Open) -> None:
    name = SIGNATURES["sized"]
    asleep = [sys.executable, "-c", "print('another program')"]
    for trouble, code in (
        (unopened(open_shop, region(name, call="nothing")), Code.LIBRARY_EXPORT),
        (unopened(open_shop, password="wrong"), Code.LIBRARY_REFUSED),
        (unopened(open_shop, host=["/nowhere/cage"]), Code.LIBRARY_HOST),
        (unopened(open_shop, host=asleep), Code.LIBRARY_HOST),
    ):
        assert trouble.code is code
        assert isinstance(trouble.evidence, WireFacts)
        assert not trouble.evidence.first_byte_left


def test_the_reason_of_a_refused_session_is_shown(open_shop: Open) -> None:
    assert unopened(open_shop, password="wrong").params["reason"] == "密码错误"
