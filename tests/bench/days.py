"""Simulated visits in processor time: sealed (real envelopes, encrypted base) and bare
(``simulate --unsealed``: the same program without its ciphers; reliability 6.1).

Both books are compared after every step; that is part of the figure.
"""

import time
from collections.abc import Iterator

from app.simulation.day import Day
from app.simulation.run import quiet
from app.simulation.templates import templates
from tests.bench.ratio import Figure

REGION = "fujian"
WANTED_PER_S = {True: 20.0, False: 200.0}
KIND = {True: "sealed", False: "bare"}
DAYS = 8
VISITS = 4
RATES = (0.0, 0.15)


def figures(days: int = DAYS) -> Iterator[Figure]:
    """Milliseconds of processor time for one visit, without trouble and with; then bare."""
    for sealed, rates in ((True, RATES), (False, RATES[:1])):
        with quiet(), templates(REGION, sealed=sealed) as made:
            Day(0, made, VISITS, 0.0).run()
            for rate in rates:
                began, visits = time.process_time(), 0
                for seed in range(1, days + 1):
                    visits += Day(seed, made, VISITS, rate).run().visits
                spent = (time.process_time() - began) * 1000
                name = f"simulated visit, {KIND[sealed]}, fault rate {rate}"
                yield Figure(name, spent / visits, 1000 / WANTED_PER_S[sealed], 1.0)
