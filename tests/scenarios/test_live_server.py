"""A live store whose counters share one base at its own server: moved, joined, looked at."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.cli.doors import LiveWish, ProvisionWish
from app.cli.output import sentence
from app.domain.case import Phase, Step
from app.domain.errors import Code, LocalTrouble
from app.jobs.clock import SystemClock
from app.jobs.training_platform import Wanted
from app.live import probes
from app.live.moving import move_store
from app.live.provisioning import provision
from app.live.store import LiveStore
from app.opening import OpenCounter
from app.workflow.upkeep.doctor import CheckRow, examine
from localdb.seeding import seed_demo
from tests.support.counter import Bench, KeptPapers, MovableClock
from tests.support.noon import hour_of_the_machine
from tests.support.postgres import NOT_RUN, Cluster, programs, running_cluster
from tests.support.province import HANDED, LOGIN, OWN, PEOPLE, Province, a_province
from tests.support.visit import a_visit


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = tmp_path_factory.mktemp("province")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("YAOTAI_REGIONS", str(folder / "regions"))
        with a_province(folder) as running:
            yield running


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if programs() is None:
        pytest.skip(NOT_RUN)
    with running_cluster() as running:
        yield running


def counter_of(
    province: Province, folder: Path, number: int, url: str = "", first: Path | None = None
) -> LiveStore:
    """Counter ``number``, with a folder of its own and the key of the store."""
    folder.mkdir(exist_ok=True)
    more = {"database__url": f'"{url}"'} if url else {}
    file = province.settings(folder, **more)
    if first is not None:
        (folder / "base-keys").mkdir(mode=0o700)
        for key in (first / "base-keys").glob("*.key"):
            shutil.copy2(key, folder / "base-keys" / key.name)
    return LiveStore(LiveWish(file, str(number), folder / "practice"))


class HourOfTheMachine(SystemClock):
    """The server's clock is the machine's."""

    def now(self) -> datetime:
        return hour_of_the_machine()


@contextmanager
def opened(live: LiveStore) -> Iterator[OpenCounter]:
    with live.open(Wanted(Path(), "", Path("papers"))) as counter:
        counter.till.printers = counter.till.printers.__class__(KeptPapers(), KeptPapers())
        yield counter


def bench_of(counter: OpenCounter, province: Province, folder: Path) -> Bench:
    till, platform = counter.till, counter.till.platform
    printer = till.printers.receipt
    return Bench(
        province.ready,
        folder,
        province.demo,
        MovableClock(),
        counter.store,
        platform,  # type: ignore[arg-type]  # an open one
        till,
        counter.surface,
        printer,
    )


def row(live: LiveStore, name: str) -> CheckRow:
    (found,) = [one for one in examine(live.probes(), sentence) if one.id == name]
    return found


def test_a_counter_moves_to_the_store_and_another_one_joins_it(
    province: Province, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = counter_of(province, tmp_path / "one", 6)
    listed = tmp_path / "people.toml"
    listed.write_text(PEOPLE, encoding="utf-8")
    provision(alone, ProvisionWish(listed, None))
    with opened(alone) as counter:
        assert counter.till.holding is None
        counter.renew_pin(LOGIN, HANDED, OWN)
        goods = replace(province.demo, operators=province.demo.operators[1:2])
        seed_demo(counter.store, goods, counter.till.clock.now())
        with pytest.raises(LocalTrouble) as held:
            move_store(alone.installation, alone.practice, cluster.url("nowhere"))
        assert held.value.code is Code.ALREADY_RUNNING
    name = cluster.make()
    url = cluster.url(name)
    moved = move_store(alone.installation, alone.practice, url)
    assert str(moved["to"]).startswith("socket/")
    with pytest.raises(LocalTrouble) as gone, opened(alone):
        pass
    assert gone.value.code is Code.STORE_MOVED
    shutil.rmtree(tmp_path / "one" / "keys")
    one = counter_of(province, tmp_path / "one", 6, url)
    two = counter_of(province, tmp_path / "two", 7, url, tmp_path / "one")
    with opened(one) as first, opened(two) as second:
        for counter in (first, second):
            assert counter.till.holding is not None
            counter.sign_in(LOGIN, OWN)
        case = a_visit(bench_of(second, province, tmp_path)).until(Step.HAND_OVER)
        assert (case.step, case.phase) == (Step.HAND_OVER, Phase.READY)
        assert "（6078）" in row(one, "server").remedy, "tests have an hour of their own"
        with monkeypatch.context() as patch:
            patch.setattr(probes, "SystemClock", HourOfTheMachine)
            looked = row(one, "server")
        assert (looked.status, "（6066）" in looked.remedy) == ("warn", True)
        assert row(one, "staff").status == "ok"
        _the_same_number_elsewhere(province, tmp_path, url)
    cluster.drop(name)
    assert "（6071）" in row(one, "server").remedy


def _the_same_number_elsewhere(province: Province, tmp_path: Path, url: str) -> None:
    third = counter_of(province, tmp_path / "three", 7, url, tmp_path / "one")
    with pytest.raises(LocalTrouble) as taken, opened(third):
        pass
    assert taken.value.code is Code.COUNTER_TAKEN
