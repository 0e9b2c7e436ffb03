"""Simulated visits in processor time: sealed (real envelopes) and bare, both on the encrypted base
(reliability 6.1).

Both books are compared after every step; that is part of the figure.
"""

import time
from collections.abc import Iterator

from app.simulation.day import Day
from app.simulation.run import quiet
from app.simulation.templates import templates
from tests.bench.ratio import Figure

REGION = "fujian"
BARE = f"{REGION}+centre_by_core"
"""The same region with the prescription centre's messages unsealed, handed over in process."""
WANTED_PER_S = {REGION: 20.0, BARE: 200.0}
DAYS = 8
VISITS = 4
RATES = (0.0, 0.15)


def figures(days: int = DAYS) -> Iterator[Figure]:
    """Milliseconds of processor time for one visit, without trouble and with; then bare."""
    for region, rates in ((REGION, RATES), (BARE, RATES[:1])):
        with quiet(), templates(region) as made:
            Day(0, made, VISITS, 0.0).run()
            for rate in rates:
                began, visits = time.process_time(), 0
                for seed in range(1, days + 1):
                    visits += Day(seed, made, VISITS, rate).run().visits
                spent = (time.process_time() - began) * 1000
                kind = "sealed" if region == REGION else "bare"
                name = f"simulated visit, {kind}, fault rate {rate}"
                yield Figure(name, spent / visits, 1000 / WANTED_PER_S[region], 1.0)
