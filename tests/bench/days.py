"""Simulated visits in processor time, sealed: real envelopes, encrypted base (reliability 6.1).

Both books are compared after every step; that is part of the figure.
"""

import time
from collections.abc import Iterator

from app.simulation.day import Day
from app.simulation.run import quiet
from app.simulation.templates import templates
from tests.bench.ratio import Figure

REGION = "fujian"
WANTED_PER_S = 20.0
DAYS = 8
VISITS = 4
RATES = (0.0, 0.15)


def figures(days: int = DAYS) -> Iterator[Figure]:
    """Milliseconds of processor time for one visit, without trouble and with."""
    with quiet(), templates(REGION) as made:
        Day(0, made, VISITS, 0.0).run()
        for rate in RATES:
            began, visits = time.process_time(), 0
            for seed in range(1, days + 1):
                visits += Day(seed, made, VISITS, rate).run().visits
            spent = (time.process_time() - began) * 1000
            name = f"simulated visit, sealed, fault rate {rate}"
            yield Figure(name, spent / visits, 1000 / WANTED_PER_S, 1.0)
