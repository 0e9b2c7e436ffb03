"""Live stores whose provinces read e-vouchers as Shanghai and Yunnan do: a whole visit each."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.cli.doors import ProvisionWish
from app.domain.case import Phase, Step
from app.domain.errors import Code, LocalTrouble
from app.live.provisioning import provision
from app.live.store import LiveStore
from app.profile.loader import load
from app.workflow.upkeep.doctor import Health
from localdb.seeding import seed_demo
from tests.scenarios.test_live import bench_of, live_at, opened, rows_of
from tests.support.province import HANDED, LOGIN, OWN, PEOPLE, REGION, Province, a_province
from tests.support.terminal_library import TerminalLibrary
from tests.support.visit import a_visit


@pytest.fixture(params=["shanghai", "yunnan"])
def province(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Province]:
    monkeypatch.setenv("YAOTAI_REGIONS", str(tmp_path / "regions"))
    with a_province(tmp_path, request.param) as running:
        yield running


def settings_of(province: Province, folder: Path) -> tuple[LiveStore, TerminalLibrary | None]:
    """A live store; where the region has a terminal, with its library. The stand-in's terminal
    knows no TLS, and asks the decoding service by the plain address."""
    profile = load(REGION).profile
    if not profile.reads_by_terminal:
        return live_at(province.settings(folder), folder / "practice", "6"), None
    terminal = TerminalLibrary.installed(folder / "terminal", profile)
    plain = str(province.ready["endpoints"]["decode_voucher"]).removesuffix("/voucher")
    changed = {
        "addresses__voucher": json.dumps(plain),
        "trust__plain_http": "true",
        "terminal__folder": '"terminal"',
    }
    return live_at(province.settings(folder, **changed), folder / "practice", "7"), terminal


def test_a_whole_visit_of_a_live_store(province: Province, tmp_path: Path) -> None:
    live, terminal = settings_of(province, tmp_path / "store")
    listed = tmp_path / "people.toml"
    listed.write_text(PEOPLE, encoding="utf-8")
    provision(live, ProvisionWish(listed, None))
    with opened(live) as counter:
        counter.renew_pin(LOGIN, HANDED, OWN)
        goods = replace(province.demo, operators=province.demo.operators[1:2])
        seed_demo(counter.store, goods, counter.till.clock.now())
        bench = bench_of(counter, province, tmp_path)
        case = a_visit(bench, terminal).until(Step.DONE)
        assert (case.step, case.phase) == (Step.DONE, Phase.READY), case.banner
        assert bench.platform_state()["settlements"] == {"active": 1}
        assert bench.surface.desk().terminal is (terminal is not None)
    rows = {row.id: row for row in rows_of(live)}
    assert rows["keys"].status == Health.OK.value
    assert ("terminal" in rows) is (terminal is not None)


def test_a_terminal_that_it_did_not_name_stops_the_start(
    province: Province, tmp_path: Path
) -> None:
    if not load(REGION).profile.reads_by_terminal:
        live = live_at(province.settings(tmp_path), tmp_path / "practice")
        with opened(live) as counter:
            assert counter.till.profile.voucher.ec_decode_channel == "B2"
        return
    live = live_at(province.settings(tmp_path), tmp_path / "practice")
    with pytest.raises(LocalTrouble) as told, opened(live):
        pass
    assert told.value.code is Code.TERMINAL_NOT_NAMED
