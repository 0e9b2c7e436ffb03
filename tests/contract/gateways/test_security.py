"""Every way in which a region lets a store prove itself, checked by the training platform."""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Any

import msgspec
import pytest

from app.crypto.sm2 import new_key_pair
from app.domain.credential import Secret
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.gateways.access import PlatformAccess, access_from_ready, endpoints_for
from app.gateways.assemble import open_platform
from app.gateways.transport.in_process import InProcessTransport, Letter, Seen
from app.ports import requests as q
from app.ports.messages import WireFacts
from app.profile.loader import load
from app.profile.model import Profile, Security
from app.profile.operations import Operation
from app.sandbox.core.install import counts
from app.sandbox.in_process import ADDRESS, in_process_sandbox
from app.sandbox.server import running_sandbox
from app.sandbox.site import TrainingClock
from resources.scenarios import DemoStore, load_demo_store
from tests.support.gateway_shop import Shop, WallClock

WAYS = (
    "fujian",
    "fujian+oauth",
    "fujian+tif_oauth",
    "fujian+signed_fields",
    "fujian+sealed_input",
    "fujian+centre_by_core+sealed_input",
    "fujian+hybrid+sealed_input",
    "fujian+hybrid+oauth",
    "fujian+centre_by_core+signed_fields",
)
PATHS = ("", "+path_suffix", "+path_per_service")
Change = Callable[[PlatformAccess], PlatformAccess]


def demo() -> DemoStore:
    return load_demo_store(datetime.now(UTC).astimezone(timezone(timedelta(hours=8))).date())


@contextmanager
def shop_at(way: str, change: Change = lambda access: access) -> Iterator[Shop]:
    """A store in front of a platform that both follow ``way``, with other access if asked."""
    profile = load(way, "training").profile
    with running_sandbox(seed=1, profile=way) as sandbox:
        access = change(access_from_ready(sandbox.ready))
        with ExitStack() as stack:
            platform = open_platform(profile, access, WallClock())
            stack.callback(platform.close)
            yield Shop(sandbox.ready, profile, demo(), platform)


def open_day(shop: Shop) -> None:
    asked = shop.core(q.OpenDay("1001", "00-00-00-00-00-01", "192.0.2.10"))
    shop.sign_no = shop.platform.core.open_day(asked).value.sign_no


def insured(shop: Shop) -> str:
    return next(p for p in shop.demo.persons if p.insurances[0].status == "1").id_no


def a_purchase(shop: Shop) -> None:
    """Sign in, ask, report a sale, settle and revoke: everything that carries money."""
    open_day(shop)
    credential, person = shop.identify(insured(shop))
    line = shop.line()
    bill = shop.bill(credential, person, line)
    shop.upload(bill, line)
    settled = shop.settle(bill, shop.presettle(bill))
    assert settled.facts.amounts.total == bill.total
    assert shop.revoke(bill, settled).facts.amounts == settled.facts.amounts.negated()


@pytest.mark.parametrize("way", WAYS)
def test_a_purchase_and_a_prescription_are_proved(way: str) -> None:
    with shop_at(way) as shop:
        a_purchase(shop)
        credential, person = shop.identify(insured(shop))
        assert shop.authorise(credential, person).rx_token.reveal()


@pytest.mark.parametrize("paths", PATHS)
@pytest.mark.parametrize("region", ["fujian", "fujian+centre_by_core"])
def test_every_way_of_writing_addresses_is_answered(region: str, paths: str) -> None:
    profile = load(region + paths, "training").profile

    def by_rule(access: PlatformAccess) -> PlatformAccess:
        """Addresses from the region's paths, not from the ready line."""
        given = access.endpoints[Operation.SETTLE]
        base = given[: given.index("/", len("http://"))]
        return replace(access, endpoints=endpoints_for(profile, base, base, base))

    with shop_at(region + paths, by_rule) as shop:
        a_purchase(shop)
        credential, person = shop.identify(insured(shop))
        assert shop.authorise(credential, person).rx_token.reveal()


def others_key(access: PlatformAccess) -> PlatformAccess:
    return replace(access, keys=new_key_pair())


@pytest.mark.parametrize("way", ["fujian+signed_fields", "fujian+sealed_input"])
def test_anothers_signature_is_refused(way: str) -> None:
    with shop_at(way, others_key) as shop:
        with pytest.raises(PlatformRejected) as raised:
            open_day(shop)
        assert raised.value.code is Code.ENVELOPE_REFUSED
        assert "签名" in raised.value.platform_text


def test_anothers_answer_is_not_believed() -> None:
    def mistaken(access: PlatformAccess) -> PlatformAccess:
        return replace(access, platform_public=new_key_pair().public)

    with shop_at("fujian+sealed_input", mistaken) as shop:
        with pytest.raises(OutcomeUnknown) as raised:
            open_day(shop)
        assert raised.value.code is Code.ANSWER_FORGED


def test_a_gateway_that_asks_for_a_token_proves_nothing() -> None:
    """A store whose region file forgot the token: the message left, and the gateway stopped it."""
    profile = load("fujian+oauth", "training").profile
    core = msgspec.structs.replace(profile.core, security=Security.NONE)
    forgetful = msgspec.structs.replace(profile, core=core)
    with running_sandbox(seed=1, profile="fujian+oauth") as sandbox:
        platform = open_platform(forgetful, access_from_ready(sandbox.ready), WallClock())
        with pytest.raises(OutcomeUnknown) as raised:
            open_day(Shop(sandbox.ready, forgetful, demo(), platform))
        platform.close()
    assert isinstance(raised.value.evidence, WireFacts)
    assert (raised.value.evidence.status, raised.value.evidence.failure) == (401, "http_401")


def wrong_oauth(**wrong: Any) -> Change:
    def change(access: PlatformAccess) -> PlatformAccess:
        assert access.oauth is not None
        return replace(access, oauth=replace(access.oauth, **wrong))

    return change


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_secret": Secret("other")}, Code.TOKEN_NOT_GIVEN),
        ({"password": Secret("other")}, Code.TOKEN_NOT_GIVEN),
        ({"url": "http://127.0.0.1:9/token"}, Code.DID_NOT_LEAVE),
    ],
)
def test_without_a_token_nothing_leaves(wrong: dict[str, Any], code: Code) -> None:
    with shop_at("fujian+oauth", wrong_oauth(**wrong)) as shop:
        before = shop.control("state")["messages"]
        with pytest.raises(NotSent) as raised:
            open_day(shop)
        assert raised.value.code is code
        assert shop.control("state")["messages"] == before


def test_the_reason_of_a_refused_token_is_told() -> None:
    with shop_at("fujian+oauth", wrong_oauth(password=Secret("other"))) as shop:
        with pytest.raises(NotSent) as raised:
            open_day(shop)
        assert raised.value.params["reason"] == "用户或密码不对"


@contextmanager
def shop_with_password(change: Callable[[bytes], bytes] = bytes) -> Iterator[Shop]:
    """A region that checks the holder's password with the money; no such region loads yet, since
    the counter has no place to type it, so both sides are given one made here."""
    profile = with_voucher(load("fujian", "training").profile, password_mode="cainfo_rsa")
    with in_process_sandbox(profile, demo(), 1, TrainingClock(), Random(1)) as sandbox:  # noqa: S311

        def carry(letter: Letter) -> Seen:
            body = change(letter.body) if b'"cainfo":"' in letter.body else letter.body
            reply = sandbox.answer(letter.url, body, letter.headers)
            return Seen(reply.body, reply.status)

        access = access_from_ready(sandbox.ready)
        carrier = InProcessTransport(carry, WallClock())
        platform = open_platform(profile, access, WallClock(), carrier)
        shop = InsideShop(sandbox.ready, profile, demo(), platform)
        shop.sandbox = sandbox
        open_day(shop)
        yield shop


class InsideShop(Shop):
    """A store whose platform is in this process."""

    sandbox: Any = None

    def control(self, name: str, **content: object) -> Any:
        if name == "state":
            return counts(self.sandbox.site)
        url = str(self.ready["endpoints"][name])
        assert url.startswith(ADDRESS)
        body = json.dumps(content).encode()
        return json.loads(self.sandbox.answer(url, body, {}).body)


def with_voucher(profile: Profile, **values: Any) -> Profile:
    return msgspec.structs.replace(
        profile, voucher=msgspec.structs.replace(profile.voucher, **values)
    )


def settled_by(shop: Shop, password: str | None) -> str:
    person = next(p for p in shop.demo.persons if p.insurances[0].status == "1")
    credential, insured_person = shop.identify(person.id_no)
    line = shop.line()
    bill = shop.bill(credential, insured_person, line)
    shop.upload(bill, line)
    agreed = shop.presettle(bill)
    typed = Secret(password) if password is not None else None
    asked = q.Settle(bill, agreed.estimate.visit_id, agreed.estimate.amounts, typed)
    message = shop.core(asked)
    shop.platform.core.settle(message)
    return message.draft.kept


def password_of(shop: Shop) -> str:
    persons: Any = shop.ready["persons"]
    number = insured(shop)
    return str(next(p["password"] for p in persons if p["id_no"] == number))


def test_a_settlement_carries_the_holders_password() -> None:
    with shop_with_password() as shop:
        password = password_of(shop)
        kept = settled_by(shop, password)
        assert password not in kept
        assert shop.control("state")["settlements"] == {"active": 1}


def test_a_wrong_password_settles_nothing() -> None:
    with shop_with_password() as shop:
        with pytest.raises((PlatformRejected, OutcomeUnknown)):
            settled_by(shop, "000000")
        assert shop.control("state")["settlements"] == {}


def test_without_a_password_nothing_is_composed() -> None:
    with shop_with_password() as shop:
        with pytest.raises(OperatorInput) as raised:
            settled_by(shop, None)
        assert raised.value.code is Code.PASSWORD_NEEDED


def test_a_password_for_another_key_is_refused() -> None:
    def spoiled(body: bytes) -> bytes:
        frame = json.loads(body)
        if frame["cainfo"]:
            frame["cainfo"] = base64.b64encode(b"\x01" * 256).decode()
        return json.dumps(frame, ensure_ascii=False).encode()

    with shop_with_password(spoiled) as shop:
        with pytest.raises((PlatformRejected, OutcomeUnknown)):
            settled_by(shop, password_of(shop))
        assert shop.control("state")["settlements"] == {}
