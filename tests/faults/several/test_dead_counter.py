"""Two processes at one base of a store; one is killed in the middle of its money."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import Code
from app.domain.settlement import AttemptState
from app.sandbox.server import running_sandbox
from tests.support.ledgers import books
from tests.support.postgres import NOT_RUN, Cluster, programs, running_cluster
from tests.support.store_counters import DEAD_AFTER

PATIENCE_S = 100
LONG_S = 300.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if programs() is None:
        pytest.skip(NOT_RUN)
    with running_cluster() as running:
        yield running


@pytest.fixture
def ready() -> Iterator[dict[str, Any]]:
    with running_sandbox(seed=1) as sandbox:
        yield dict(sandbox.ready)


@pytest.fixture
def url(cluster: Cluster, tmp_path: Path) -> str:
    from tests.support.store_server import furnish_server, join

    made = cluster.url(cluster.make())
    furnish_server(tmp_path, made)
    join(tmp_path, 2)
    return made


@pytest.mark.parametrize("act", ["answered", "committed"])
def test_the_other_counter_ends_what_the_killed_one_began_exactly_once(
    tmp_path: Path, ready: dict[str, Any], url: str, act: str
) -> None:
    from tests.support.store_server import a_counter_at_server, victim

    died = victim(tmp_path, ready, url, 2, act)
    _, said = died.communicate(timeout=PATIENCE_S)
    assert died.returncode == -signal.SIGKILL, said.decode()[-2000:]
    with a_counter_at_server(ready, tmp_path, url, 1) as bench:
        settled = bench.platform_state()["settlements"]
        assert settled.get("active", 0) == (act == "answered")
        bench.live_on(DEAD_AFTER.total_seconds() - 30.0)
        (state,) = books(bench.store, bench.platform_state()).attempts.values()
        assert state is AttemptState.SENDING, "it may still live"
        bench.live_on(LONG_S)
        found = books(bench.store, bench.platform_state())
        found.agree()
        assert set(found.attempts.values()) == {AttemptState.REVERSED}
        assert bench.platform_state()["settlements"].get("active", 0) == 0


def test_a_counter_that_slept_through_its_lease_sends_nothing(
    tmp_path: Path, ready: dict[str, Any], url: str
) -> None:
    """Its row is written; when it goes on, the other has proved that nothing was settled."""
    from tests.support.store_server import a_counter_at_server, victim

    asleep = victim(tmp_path, ready, url, 2, "sleeps")
    assert asleep.stdout is not None
    assert asleep.stdout.readline() == b"sleeps\n"
    with asleep, a_counter_at_server(ready, tmp_path, url, 1) as bench:
        slept = DEAD_AFTER.total_seconds() + LONG_S
        bench.live_on(slept)
        said, wrong = asleep.communicate(f"{slept}\n".encode(), timeout=PATIENCE_S)
        assert said == f"{int(Code.COUNTER_LOST)}\n".encode(), wrong.decode()[-2000:]
        assert not bench.platform_state()["settlements"]
        found = books(bench.store, bench.platform_state())
        found.agree()
        assert set(found.attempts.values()) == {AttemptState.REVERSED}
