"""Whose e-voucher, asked through a terminal's real library in its own process (channel A)."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from app.domain.credential import VoucherCode
from app.domain.errors import Code, LocalTrouble, NotSent, OutcomeUnknown, PlatformRejected
from app.ports import requests as q
from app.ports.messages import Committed, WireFacts
from app.ports.replies import Decoded
from app.profile.loader import load
from app.profile.model import Profile
from app.sandbox.server import RunningSandbox, running_sandbox
from tests.support.furnished import demo_of
from tests.support.gateway_shop import Shop
from tests.support.terminal_library import TerminalLibrary

NATIONAL, SERVICE = "fujian+terminal", "fujian+terminal+service_terminal"
Behind = tuple[Shop, TerminalLibrary]
Open = Callable[..., Behind]


def region(name: str = NATIONAL, **terminal: object) -> Profile:
    profile = load(name, "training").profile
    return msgspec.structs.replace(
        profile, terminal=msgspec.structs.replace(profile.terminal, **terminal)
    )


@pytest.fixture(scope="module")
def behind() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=1, profile=NATIONAL) as running:
        yield running


@pytest.fixture
def open_shop(behind: RunningSandbox, tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(profile: Profile | None = None) -> Behind:
            profile = profile or region()
            terminal = TerminalLibrary.installed(tmp_path / "terminal", profile)
            shop = Shop.open(
                terminal.ready(behind.ready), profile, demo_of(datetime.now(UTC).date())
            )
            stack.callback(shop.close)
            return shop, terminal

        yield opened


def read(shop: Shop) -> Decoded:
    asked = q.DecodeVoucher(VoucherCode(""), True, "1001", "收银一", "01")
    voucher = shop.platform.voucher
    return voucher.decode(Committed(1, voucher.compose(asked, shop.sender, shop.stamp()))).value


def hold_out(shop: Shop, terminal: TerminalLibrary) -> str:
    person = shop.demo.persons[0]
    terminal.hold_out(shop.control("issue_evoucher", id_no=person.id_no)["evoucher"])
    return person.id_no


@pytest.mark.parametrize("name", [NATIONAL, SERVICE])
def test_the_library_reads_asks_and_answers(open_shop: Open, name: str) -> None:
    shop, terminal = open_shop(region(name))
    for _twice in range(2):
        wanted = hold_out(shop, terminal)
        assert read(shop).id_number.reveal() == wanted
    trace = terminal.trace()
    assert trace.count("read") == trace.count("answered") == 2
    assert "?" not in trace
    assert trace.count("opened") == (1 if name == SERVICE else 0)


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", Code.LIBRARY_HUNG),
        ("late", Code.LIBRARY_HUNG),
        ("crash_after", Code.LIBRARY_CRASHED),
        ("null", Code.LIBRARY_ERROR),
        ("beyond", Code.LIBRARY_OVERFLOW),
        ("gbk", Code.ANSWER_IS_GBK),
    ],
)
def test_what_a_library_may_do_is_contained_and_named(
    open_shop: Open, fault: str, code: Code
) -> None:
    shop, terminal = open_shop(region(wait_s=0.5))
    hold_out(shop, terminal)
    terminal.fault(fault)
    with pytest.raises(OutcomeUnknown) as told:
        read(shop)
    assert told.value.code is code
    assert isinstance(told.value.evidence, WireFacts)
    assert told.value.evidence.first_byte_left
    assert read_once_more(shop, terminal)


def read_once_more(shop: Shop, terminal: TerminalLibrary) -> bool:
    """After any trouble another child serves the next customer, and no late answer reaches them."""
    wanted = shop.demo.persons[1].id_no
    terminal.hold_out(shop.control("issue_evoucher", id_no=wanted)["evoucher"])
    return read(shop).id_number.reveal() == wanted


def test_a_code_that_was_read_before_is_refused_in_the_words_of_the_service(
    open_shop: Open,
) -> None:
    shop, terminal = open_shop()
    code = shop.control("issue_evoucher", id_no=shop.demo.persons[0].id_no)["evoucher"]
    terminal.hold_out(code)
    read(shop)
    terminal.hold_out(code)
    with pytest.raises(PlatformRejected) as told:
        read(shop)
    assert told.value.code is Code.VOUCHER_USED


def test_a_terminal_whose_file_is_away_or_another_sends_nothing(open_shop: Open) -> None:
    shop, terminal = open_shop()
    library = terminal.folder / region().terminal.file
    library.unlink()
    with pytest.raises(NotSent) as absent:
        read(shop)
    library.write_bytes(b"no library")
    with pytest.raises(NotSent) as other:
        read(shop)
    assert (absent.value.code, other.value.code) == (Code.LIBRARY_ABSENT, Code.LIBRARY_UNLOADABLE)


def test_a_terminal_nobody_named_is_said_before_anything_opens(behind: RunningSandbox) -> None:
    with pytest.raises(LocalTrouble) as told:
        Shop.open(behind.ready, region(), demo_of(datetime.now(UTC).date()))
    assert told.value.code is Code.TERMINAL_NOT_NAMED
    assert told.value.params["what"] == "NationECCode.dll"
