"""Figures with budgets, as ratios to a bound taken in the same run (reliability 6.1)."""

import json
import sys

from tests.bench import commits, crypto
from tests.bench.ratio import Figure

PARTS = (crypto.figures, commits.figures)


def main(arguments: list[str]) -> int:
    """Print every figure; status 1 where one is over its budget. ``--json`` for machines."""
    figures: list[Figure] = [figure for part in PARTS for figure in part()]
    if "--json" in arguments:
        print(json.dumps({"figures": [figure.shown() for figure in figures]}, indent=1))
    else:
        for figure in figures:
            print(figure.line())
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
