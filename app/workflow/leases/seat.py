"""A counter takes its seat at a base that other counters write as well, and leaves it in order."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from app.jobs.lane import Lane
from app.jobs.ticker import Ticker
from app.ports.clock import Clock
from app.ports.store import Store
from app.workflow.leases.holding import BEAT, FencedStore, Holding

_PATIENCE_S = 2.0


class Seat(NamedTuple):
    """``store`` refuses every unit once the lease is lost. ``inherited``: somebody else had this
    counter in hands since it was ours."""

    store: Store
    holding: Holding
    inherited: bool


@contextmanager
def seated(
    store: Store, clock: Clock, counter_no: int, place: str, pause: Callable[[float], None]
) -> Iterator[Seat]:
    """Raises ``LocalTrouble`` ``COUNTER_TAKEN``.

    Beats in a lane of its own: a message may be waited for longer than a lease lasts.
    """
    holding = Holding(store, clock, counter_no, place, secrets.token_hex(6))
    inherited = holding.take(pause)
    lane = Lane("lease")
    ticker = Ticker(lane, holding.beat, BEAT.total_seconds())
    ticker.start()
    try:
        yield Seat(FencedStore(store, holding), holding, inherited)
    finally:
        ticker.stop()
        lane.close(_PATIENCE_S)
        holding.leave()
