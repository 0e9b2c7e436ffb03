"""A server that goes away, and a commit whose answer is lost (reliability 2.4)."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Code
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support import store_builders as a
from tests.support.bases import SERVER
from tests.support.counters import At, code_of, put, value_of
from tests.support.pg_detour import Detour, Fate, detour
from tests.support.postgres import Cluster

BASES = (SERVER,)


@pytest.fixture
def detoured(cluster: Cluster) -> Iterator[Detour]:
    with (
        tempfile.TemporaryDirectory(prefix="yt-way-") as folder,
        detour(Path(folder), cluster.folder) as way,
    ):
        yield way


@pytest.fixture
def by_detour(location: StoreLocation, detoured: Detour, cluster: Cluster) -> StoreLocation:
    url = location.url.replace(str(cluster.folder), str(detoured.folder))
    return replace(location, url=url)


@pytest.mark.parametrize("fate", [Fate.NEVER_ARRIVES, Fate.HELD, Fate.ANSWER_LOST])
@pytest.mark.parametrize("others", [0, 3])
def test_a_commit_whose_answer_is_lost_is_read_back(
    by_detour: StoreLocation,
    detoured: Detour,
    key_store: FileKeyStore,
    clock: a.PlayedClock,
    counter: At,
    fate: Fate,
    others: int,
) -> None:
    """Also where other counters have written since: theirs is not ours."""
    second = counter(2)
    with closing(open_store(by_detour, key_store, clock)) as store:
        put(store, "before", "v")
        asked = store._units.stands

        def late(number: int) -> bool:
            for _ in range(others if fate is not Fate.HELD else 0):
                put(second, "other", "w")
            return asked(number)

        store._units.stands = late  # type: ignore[method-assign] # somebody writes in between
        detoured.fate = fate
        if fate is Fate.ANSWER_LOST:
            put(store, "k", "v")
        else:
            assert code_of(lambda: put(store, "k", "v")) is Code.STORE_UNREACHABLE
        assert detoured.met == 1
        stands = "v" if fate is Fate.ANSWER_LOST else None
        assert value_of(store, "k") == value_of(second, "k") == stands
        put(second, "other", "x")
        put(store, "k", "later")
        assert value_of(second, "k") == "later"


def test_a_server_that_goes_away_is_told_and_found_again(
    by_detour: StoreLocation, detoured: Detour, key_store: FileKeyStore, clock: a.PlayedClock
) -> None:
    with closing(open_store(by_detour, key_store, clock)) as store:
        put(store, "k", "v")

        def in_a_unit() -> None:
            with store.unit() as unit:
                unit.settings.put("k", "lost")
                detoured.go_away()
                unit.settings.put("k", "lost too")

        def in_a_reading() -> None:
            with store.reading() as unit:
                detoured.go_away()
                unit.settings.get("k")

        for act in (in_a_unit, in_a_reading):
            assert code_of(act) is Code.STORE_UNREACHABLE
            for again in (lambda: put(store, "k", "w"), lambda: value_of(store, "k")):
                assert code_of(again) is Code.STORE_UNREACHABLE
            detoured.come_back()
            assert value_of(store, "k") == "v"
            put(store, "k", "v")
        detoured.go_away()
        detoured.come_back()
        # nobody was asked while it was away: kept lines are dead, and nobody is told
        put(store, "k", "w")
        detoured.go_away()
        detoured.come_back()
        assert value_of(store, "k") == "w"
    detoured.go_away()
    assert code_of(lambda: open_store(by_detour, key_store, clock)) is Code.STORE_UNREACHABLE
    detoured.come_back()
    with closing(open_store(by_detour, key_store, clock)) as store:
        assert value_of(store, "k") == "w"


def test_sessions_the_server_ends_are_made_anew(counter: At, cluster: Cluster) -> None:
    store = counter(1)
    put(store, "k", "v")
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE %s"
    cluster.run(ended.replace("%s", "'yaotai 01 %'"))
    assert value_of(store, "k") == "v"
    put(store, "k", "w")

    def interrupted() -> None:
        with store.unit() as unit:
            unit.settings.put("k", "lost")
            cluster.run(ended.replace("%s", "'yaotai 01 %'"))
            unit.settings.put("k", "lost too")

    assert code_of(interrupted) is Code.STORE_UNREACHABLE
    assert value_of(store, "k") == "w"
