"""A live store in front of a province over TLS: a whole visit, and everything that is not right."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.doors import LiveWish, ProvisionWish
from app.cli.output import sentence
from app.domain.case import Phase, Step
from app.domain.errors import Code, LocalTrouble, NotSent, OperatorInput, PlatformRejected
from app.jobs.training_platform import Wanted
from app.live.provisioning import provision
from app.live.store import LiveStore
from app.opening import OpenCounter
from app.ports.paper import PaperKind
from app.workflow import day
from app.workflow.upkeep.doctor import CheckRow, examine
from localdb.seeding import seed_demo
from tests.support.counter import Bench, KeptPapers, MovableClock
from tests.support.province import HANDED, LOGIN, OWN, PEOPLE, Authority, Province, a_province
from tests.support.visit import a_visit


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("province")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAOTAI_REGIONS", str(folder / "regions"))
        with a_province(folder) as running:
            yield running


def live_at(file: Path, practice: Path, counter: str = "3") -> LiveStore:
    return LiveStore(LiveWish(file, counter, practice))


@contextmanager
def opened(live: LiveStore) -> Iterator[OpenCounter]:
    with live.open(Wanted(Path(), "", Path("papers"))) as counter:
        counter.till.printers = counter.till.printers.__class__(KeptPapers(), KeptPapers())
        yield counter


def bench_of(counter: OpenCounter, province: Province, folder: Path) -> Bench:
    printer = counter.till.printers.receipt
    counter.till.printers = counter.till.printers.__class__(printer, printer)
    return Bench(
        province.ready,
        folder,
        province.demo,
        MovableClock(),
        counter.store,
        counter.till.platform,  # type: ignore[arg-type]  # an open one
        counter.till,
        counter.surface,
        printer,
    )


def test_from_the_handed_over_list_to_the_receipt(province: Province, tmp_path: Path) -> None:
    # a number of its own: a base beside it in the same second would draw the same message id
    live = live_at(province.settings(tmp_path), tmp_path / "practice", "5")
    listed = tmp_path / "people.toml"
    listed.write_text(PEOPLE, encoding="utf-8")
    with opened(live) as counter, pytest.raises(LocalTrouble) as nobody:
        counter.sign_in(LOGIN, HANDED)
    assert nobody.value.code is Code.STAFF_ABSENT
    done = provision(live, ProvisionWish(listed, None))
    assert (done["staff"], done["items"]) == (1, 1)
    assert provision(live, ProvisionWish(listed, None))["staff"] == 0, (
        "a second time changes nothing"
    )
    with opened(live) as counter:
        shop = counter.till.shop
        assert (shop.training, shop.institution_code) == (False, province.demo.store.code)
        assert counter.till.counter_no == 5
        with pytest.raises(OperatorInput) as first:
            counter.sign_in(LOGIN, HANDED)
        assert first.value.code is Code.PIN_DUE
        assert counter.renew_pin(LOGIN, HANDED, OWN).login == LOGIN
        assert day.is_open(counter.till)
        goods = replace(province.demo, operators=province.demo.operators[1:2])
        seed_demo(counter.store, goods, counter.till.clock.now())
        bench = bench_of(counter, province, tmp_path)
        case = a_visit(bench).until(Step.DONE)
        assert (case.step, case.phase) == (Step.DONE, Phase.READY)
        papers = bench.printer.papers  # type: ignore[attr-defined]  # kept ones
        assert {paper.kind for paper in papers} == {PaperKind.RECEIPT_80, PaperKind.A4}
        assert not any(paper.watermark or paper.banner for paper in papers)
        assert bench.surface.desk().environment == "production"
        assert bench.platform_state()["settlements"] == {"active": 1}
    with opened(live) as again, pytest.raises(OperatorInput) as old:
        again.sign_in(LOGIN, HANDED)
    assert old.value.code is Code.SIGN_IN_WRONG


@pytest.fixture(scope="module")
def entered(
    province: Province, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveStore, OpenCounter]]:
    """A live store whose clerk is signed in; the day stands open."""
    folder = tmp_path_factory.mktemp("store")
    live = live_at(province.settings(folder), folder / "practice")
    listed = folder / "people.toml"
    listed.write_text(PEOPLE, encoding="utf-8")
    provision(live, ProvisionWish(listed, None))
    with opened(live) as counter:
        counter.renew_pin(LOGIN, HANDED, OWN)
        yield live, counter


@pytest.mark.parametrize(
    ("name", "left", "own", "code"),
    [
        ("127.0.0.1", -2, True, Code.CERTIFICATE_EXPIRED),
        ("platform.invalid", 30, True, Code.CERTIFICATE_OTHER_NAME),
        ("127.0.0.1", 30, False, Code.CERTIFICATE_UNTRUSTED),
    ],
    ids=["expired", "another_name", "another_authority"],
)
def test_a_certificate_that_is_not_right_gets_no_message_and_is_named(
    province: Province,
    entered: tuple[LiveStore, OpenCounter],
    tmp_path: Path,
    name: str,
    left: int,
    own: bool,
    code: Code,
) -> None:
    live, counter = entered
    issuer = province.authority if own else Authority(tmp_path, "Another CA")
    before = province.server.tls
    counter.till.platform.close()  # type: ignore[attr-defined]  # an open one
    province.server.tls = issuer.server(name, left=left)
    try:
        with pytest.raises(NotSent) as told:
            day.open_day(counter.till)
        (row,) = [row for row in rows_of(live) if row.id == "address_core"]
    finally:
        province.server.tls = before
        counter.till.platform.close()  # type: ignore[attr-defined]
    assert told.value.code is code
    assert (row.status, f"（{int(code)}）" in row.remedy) == ("fail", True)
    assert day.open_day(counter.till).sign_no
    counter.till.platform.close()  # type: ignore[attr-defined]  # an open one


def rows_of(live: LiveStore) -> tuple[CheckRow, ...]:
    return examine(live.probes(), sentence)


def test_the_doctor_finds_a_sound_store_sound_and_shows_no_key(
    province: Province, entered: tuple[LiveStore, OpenCounter]
) -> None:
    live, _counter = entered
    asked = ("doctor", "--json", "--live", "--counter", "3", "--settings")
    done = subprocess.run(
        [sys.executable, "-m", "app", *asked, str(live.installation.file)],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    rows = {row["id"]: row for row in json.loads(done.stdout)["checks"]}
    assert {"settings", "keys", "profile", "library", "base", "staff"} <= rows.keys()
    assert rows["base_key"]["status"] == "warn", "a key in a file is by written policy only"
    assert rows["address_core"]["detail"].startswith("core TLSv1.3")
    keys, shown = province.ready["pharmacy"]["keys"], done.stdout
    for name in ("appSecret", "privateKey", "platformPublicKey"):
        assert keys[name] not in shown


def test_an_institution_the_platform_does_not_know_is_refused_in_its_words(
    entered: tuple[LiveStore, OpenCounter],
) -> None:
    _live, counter = entered
    till, shop = counter.till, counter.till.shop
    till.shop = replace(shop, institution_code="P99000000078")
    try:
        with pytest.raises(PlatformRejected) as told:
            day.open_day(till)
    finally:
        till.shop = shop
        till.platform.close()  # type: ignore[attr-defined]  # an open one
    assert "机构" in told.value.platform_text


def test_a_base_belongs_to_one_institution(province: Province, tmp_path: Path) -> None:
    practice = tmp_path / "practice"
    with opened(live_at(province.settings(tmp_path), practice)):
        pass
    other = province.settings(tmp_path, institution__code='"P99000000078"')
    with pytest.raises(LocalTrouble) as bound, opened(live_at(other, practice)):
        pass
    assert bound.value.code is Code.OTHER_INSTITUTION
