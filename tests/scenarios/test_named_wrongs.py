"""What a platform, an operator's file or a key gets wrong, met at a real counter over real HTTP.

Each is named on the screen with its own sentence, and the next customer is served.
"""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.cli.output import sentence
from app.domain.case import Phase, Step
from app.domain.errors import Code, LocalTrouble
from app.gateways.access import access_from_ready
from app.gateways.assemble import open_platform
from app.jobs.clock import SystemClock
from app.profile.loader import load
from app.sandbox.server import RunningSandbox, running_sandbox
from tests.support.counter import Bench, KeptPapers, a_counter_at
from tests.support.detour import Detour, Spoil, a_detour
from tests.support.visit import a_visit
from ui.errors import sentences


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=1) as running:
        yield running


@pytest.fixture(scope="module")
def detour() -> Iterator[Detour]:
    with a_detour() as standing:
        yield standing


@pytest.fixture(scope="module")
def bench(
    tmp_path_factory: pytest.TempPathFactory, sandbox: RunningSandbox, detour: Detour
) -> Iterator[Bench]:
    """One counter for all of them: each leaves it as it was."""
    folder = tmp_path_factory.mktemp("wrongs")
    with a_counter_at(detour.road(sandbox.ready), folder, KeptPapers()) as opened:
        yield opened


def changed(change: Callable[[dict[str, Any]], None]) -> Spoil:
    def spoil(body: bytes) -> bytes:
        tree = json.loads(body)
        change(tree)
        return json.dumps(tree, ensure_ascii=False).encode()

    return spoil


def in_capitals(tree: dict[str, Any]) -> None:
    tree["OUTPUT"] = tree.pop("output")


ANSWERS: dict[str, tuple[Spoil, Code]] = {
    "gbk where utf-8 was promised": (
        lambda body: body.decode().encode("gb18030"),
        Code.ANSWER_IS_GBK,
    ),
    "a text where an object was promised": (
        changed(lambda tree: tree.update(output="没有数据")),
        Code.ANSWER_TEXT_FOR_OBJECT,
    ),
    "a node in capitals": (changed(in_capitals), Code.ANSWER_IN_CAPITALS),
    "no infcode": (changed(lambda tree: tree.pop("infcode")), Code.ANSWER_WITHOUT_CODE),
    "a node that is not there": (
        changed(lambda tree: tree["output"].pop("baseinfo")),
        Code.ANSWER_LACKS,
    ),
    "the gateway's own words": (
        lambda _body: b'{"code": 401, "message": "no"}',
        Code.ANSWER_WITHOUT_CODE,
    ),
}


@pytest.mark.parametrize("wrong", ANSWERS)
def test_a_wrong_answer_is_named_at_the_counter(bench: Bench, detour: Detour, wrong: str) -> None:
    spoil, code = ANSWERS[wrong]
    visit = a_visit(bench)
    detour.spoil(bench.ready["endpoints"]["query_person"], spoil)
    case = visit.identify(bench.surface.next_customer(bench.surface.current().case_id))
    assert (case.step, case.phase) == (Step.IDENTIFY, Phase.READY)
    assert case.banner is not None
    assert (case.banner.code, "信息人员" in sentences(code, case.banner.params).remedy) == (
        code,
        True,
    )
    assert visit.identify(case).step is Step.DOWNLOAD, "a fresh code serves"


def test_an_object_that_travels_as_its_own_text_is_read(bench: Bench, detour: Detour) -> None:
    visit = a_visit(bench)
    as_text = changed(lambda tree: tree.update(output=json.dumps(tree["output"])))
    detour.spoil(bench.ready["endpoints"]["query_person"], as_text)
    case = visit.identify(bench.surface.next_customer(bench.surface.current().case_id))
    assert case.step is Step.DOWNLOAD


def keyed(ready: dict[str, Any], **keys: str) -> dict[str, Any]:
    """The ready line with other keys of this pharmacy."""
    pharmacy = ready["pharmacy"]
    return {**ready, "pharmacy": {**pharmacy, "keys": {**pharmacy["keys"], **keys}}}


FORMS: dict[str, Callable[[bytes], str]] = {
    "hex": lambda key: key.hex(),
    "33 bytes": lambda key: base64.b64encode(b"\0" + key).decode(),
    "33 bytes in hex": lambda key: (b"\0" + key).hex().upper(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_private_key_is_read_as_it_is_handed_out(tmp_path: Path, form: str) -> None:
    with running_sandbox(seed=1) as own:
        key = base64.b64decode(own.ready["pharmacy"]["keys"]["privateKey"])
        ready = keyed(dict(own.ready), privateKey=FORMS[form](key[-32:]))
        with a_counter_at(ready, tmp_path, KeptPapers()) as counter:
            visit = a_visit(counter)
            assert visit.identify(visit.start()).step is Step.DOWNLOAD


def halves(ready: dict[str, Any]) -> tuple[str, str]:
    keys = ready["pharmacy"]["keys"]
    return keys["privateKey"], keys["publicKey"]


def test_a_swapped_pair_and_a_wrong_length_are_named_before_anything_opens(bench: Bench) -> None:
    ready = dict(bench.ready)
    private, public = halves(ready)
    short = base64.b64encode(base64.b64decode(private)[:20]).decode()
    for keys, code in (
        ({"privateKey": public, "publicKey": private}, Code.KEY_OTHER_HALF),
        ({"privateKey": short}, Code.KEY_LENGTH),
        ({"privateKey": "…"}, Code.KEY_NOT_TEXT),
    ):
        with pytest.raises(LocalTrouble) as wrong:
            open_platform(
                load("fujian", "training").profile,
                access_from_ready(keyed(ready, **keys)),
                SystemClock(),
            )
        assert wrong.value.code is code
        assert private not in sentence(wrong.value)


REGION = 'id = "mine"\nname = "某省"\nextends = "national"\n'
FILES = {
    "a typo": (f'{REGION}[core]\ntransprot = "http"\n', Code.PROFILE_KEY_UNKNOWN, "transport"),
    "no toml": ("id = \n", Code.PROFILE_BROKEN, ""),
    "a value nobody knows": (
        f'{REGION}[core]\nsecurity = "tiff"\n',
        Code.PROFILE_INVALID,
        "core.security",
    ),
    "a switch nobody built": (
        f'{REGION}[voucher]\ntoken_reuse = "ttl"\n',
        Code.PROFILE_INVALID,
        "voucher.token_reuse",
    ),
    "no file": (None, Code.PROFILE_ABSENT, ""),
}


@pytest.mark.parametrize("wrong", FILES)
def test_a_wrong_region_is_named_with_its_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    text, code, told = FILES[wrong]
    if text is not None:
        (tmp_path / "mine.toml").write_text(text, "utf-8")
    monkeypatch.setenv("YAOTAI_REGIONS", str(tmp_path))
    with pytest.raises(LocalTrouble) as refused:
        load("mine")
    assert refused.value.code is code
    said = sentence(refused.value)
    assert "mine" in said
    assert told in said
