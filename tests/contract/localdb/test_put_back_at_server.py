"""A base at a server that was put back from a dump: found by each counter, compared once (I12)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.errors import Code
from app.ports.recovery import Cause
from localdb.opening import StoreLocation
from tests.support import store_builders as a
from tests.support.bases import SERVER
from tests.support.counters import At, code_of, name_of, put, recovery_of, stamped
from tests.support.postgres import Cluster

BASES = (SERVER,)


def put_back(cluster: Cluster, location: StoreLocation, copy: str) -> None:
    """As from a dump: what stood there is gone."""
    name = name_of(location)
    cluster.drop(name)
    cluster.run(f"CREATE DATABASE {name} TEMPLATE {copy}")


def dumped(cluster: Cluster, location: StoreLocation) -> str:
    """From one moment; nobody is connected meanwhile."""
    return cluster.make(name_of(location))


@pytest.fixture
def own_base(
    at_server: StoreLocation, cluster: Cluster, server_template: tuple[str, Path]
) -> Iterator[StoreLocation]:
    name = cluster.make(server_template[0])
    yield replace(at_server, url=cluster.url(name))
    cluster.drop(name)


@pytest.fixture
def location(own_base: StoreLocation, base: str) -> StoreLocation:
    """Of its own: it is thrown away and put back here."""
    return own_base


def test_a_base_that_was_put_back_is_found_by_each_counter_and_compared_once(
    counter: At, location: StoreLocation, cluster: Cluster, clock: a.PlayedClock
) -> None:
    first, second = counter(1), counter(2)
    used = [stamped(first, 1), stamped(second, 2)]
    first.close()
    second.close()
    copy = dumped(cluster, location)
    first, second = counter(1), counter(2)
    used += [stamped(first, 1) for _ in range(3)]
    used += [stamped(second, 2, 300.0) for _ in range(30)]
    put_back(cluster, location, copy)
    # both run on: whoever writes next is told, and writes nothing
    assert code_of(lambda: put(first, "k", "v")) is Code.STORE_REPLACED
    assert code_of(lambda: put(second, "k", "v")) is Code.STORE_REPLACED
    first = counter(1)
    found = recovery_of(first)
    assert found is not None
    assert (found.cause, found.number, found.open) == (Cause.OLDER, 1, True)
    second = counter(2)
    theirs = recovery_of(second)
    assert theirs is not None
    assert (theirs.epoch, theirs.number) == (found.epoch, 1), "one comparison is enough"
    with first.unit() as unit:
        unit.recoveries.end(clock.now())
    with second.unit() as unit:
        newest = unit.recoveries.newest()
        assert newest is not None
        assert not newest.open, "whoever ends it ends it for all"
    more = [stamped(second, 2, 300.0) for _ in range(30)] + [stamped(first, 1) for _ in range(30)]
    assert len({*used, *more}) == len(used) + len(more)
    for number in (1, 2):
        assert recovery_of(counter(number)) == newest
    cluster.drop(copy)


def test_put_back_once_more_it_is_found_once_more(
    counter: At, location: StoreLocation, cluster: Cluster, clock: a.PlayedClock
) -> None:
    """The copy knows of the first recovery, and so do the marks: what is missing now is newer."""
    stamped(counter(1), 1)
    stamped(counter(2), 2)
    for number in (1, 2):
        counter(number).close()
    first_copy = dumped(cluster, location)
    put(counter(1), "k", "v")
    counter(1).close()
    put_back(cluster, location, first_copy)
    first, second = counter(1), counter(2)
    with first.unit() as unit:
        unit.recoveries.end(clock.now())
    put(second, "k", "v")
    first.close()
    second.close()
    second_copy = dumped(cluster, location)
    put(counter(2), "k", "lost")
    counter(2).close()
    put_back(cluster, location, second_copy)
    found = recovery_of(counter(2))
    assert found is not None
    assert (found.number, found.open) == (2, True)
    for copy in (first_copy, second_copy):
        cluster.drop(copy)


def test_a_counter_that_lost_nothing_does_not_go_on_before_the_others_are_switched_on(
    counter: At, location: StoreLocation, cluster: Cluster
) -> None:
    """It was off in the lost time, and is started first: what the others settled then it does not
    know, and would settle again."""
    stamped(counter(1), 1)
    stamped(counter(2), 2)
    for number in (1, 2):
        counter(number).close()
    copy = dumped(cluster, location)
    stamped(counter(1), 1)
    counter(1).close()
    put_back(cluster, location, copy)
    found = recovery_of(counter(2))
    assert found is not None
    assert (found.cause, found.number, found.open) == (Cause.RESTORED, 1, True)
    with counter(2).reading() as unit:
        theirs = unit.recoveries.newest()
    assert recovery_of(counter(1)) == theirs, "one comparison is enough"
    cluster.drop(copy)


def test_a_base_that_never_spoke_misses_nothing_wherever_it_is(
    counter: At, location: StoreLocation, cluster: Cluster
) -> None:
    put(counter(1), "k", "v")
    counter(1).close()
    copy = dumped(cluster, location)
    put_back(cluster, location, copy)
    assert recovery_of(counter(2)) is None
    stamped(counter(2), 2)
    counter(2).close()
    assert recovery_of(counter(2)) is None, "it is where it was"
    cluster.drop(copy)
