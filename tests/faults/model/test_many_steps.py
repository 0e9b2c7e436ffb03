"""The model beside the program's own engine, for many steps; and on a real encrypted file.

At each commit ``tests/unit/domain/test_settlement_model.py`` plays some thousand. Here are the long
proof's: 50 shards of 100,000 steps, and 100,000 steps whose every move is written to a real
SQLCipher base under its rules, and read back.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from app.domain.attempt import Attempt
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from tests.support import store_builders as a
from tests.unit.domain.test_settlement_model import OneCounterOnePlatform

STEPS, SHARDS = 100_000, 50
ON_FILE, FILE_SHARDS, AT_EACH_COMMIT = 100_000, 10, 500
LENGTH = 50


def many(steps: int) -> settings:
    """About ``steps`` steps, as hypothesis counts them."""
    checks = [HealthCheck.filter_too_much, HealthCheck.too_slow]
    return settings(
        max_examples=steps // LENGTH,
        stateful_step_count=LENGTH,
        deadline=None,
        database=None,
        suppress_health_check=checks,
    )


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_the_engine_for_many_steps(shard: int) -> None:
    assert shard < SHARDS
    run_state_machine_as_test(OneCounterOnePlatform, settings=many(STEPS))


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    folder = tmp_path_factory.mktemp("base")
    keys = FileKeyStore(folder / "keys")
    store = open_store(StoreLocation(folder, "fujian", training=True), keys, a.PlayedClock())
    yield store
    store.close()


def on_file(store: SqlStore) -> type[OneCounterOnePlatform]:
    """The machine, each of whose moves goes through the base."""

    class OnFile(OneCounterOnePlatform):
        put_the_copy_back = None  # type: ignore[assignment]  # no rule of this machine
        """A base that is put back is played with whole files elsewhere."""

        def __init__(self) -> None:
            super().__init__()
            with store.unit() as unit:
                self.case_id = unit.cases.open(a.a_case(), 1).case_id
            self.written: Attempt | None = None

        @invariant()
        def the_base_says_the_same(self) -> None:
            now = getattr(self, "attempt", None)
            if now is None or now == self.written:
                return
            key = f"{self.case_id}-{now.message_id}"
            kept = _named(now, key)
            with store.unit() as unit:
                if self.written is None or self.written.message_id != now.message_id:
                    unit.attempts.add(_named(now, key), self.case_id, f"RX{self.case_id}")
                else:
                    before = self.written.state
                    unit.attempts.save(kept, before, "model", self.now)
            with store.reading() as unit:
                assert unit.attempts.of_case(self.case_id) == kept
            self.written = now

    return OnFile


def _named(attempt: Attempt, key: str) -> Attempt:
    """The same under a key that no other run of the machine uses."""
    refund = f"{key}-{attempt.refund_message_id}" if attempt.refund_message_id else None
    return replace(attempt, message_id=key, refund_message_id=refund)


def test_the_base_and_the_engine_for_some_steps(base: SqlStore) -> None:
    run_state_machine_as_test(on_file(base), settings=many(AT_EACH_COMMIT))


@pytest.mark.deep
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(FILE_SHARDS))
def test_the_base_and_the_engine_for_many_steps(base: SqlStore, shard: int) -> None:
    assert shard < FILE_SHARDS
    run_state_machine_as_test(on_file(base), settings=many(ON_FILE // FILE_SHARDS))
