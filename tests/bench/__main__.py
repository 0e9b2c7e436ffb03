"""Figures with budgets, as ratios to a bound taken in the same run (reliability 6.1).

It says ``ok`` or ``OVER`` and never fails: a loaded machine is no broken program. Names of parts
choose some of them: ``dev.py bench start visit``.
"""

import json
import sys
from collections.abc import Callable, Iterable, Mapping

from tests.bench import (
    catalogue,
    commits,
    crypto,
    days,
    download,
    frames,
    imports,
    outbox,
    profiles,
    start,
    stock_day,
    tables,
    traces,
    visit,
)
from tests.bench.ratio import Figure

PARTS: Mapping[str, Callable[[], Iterable[Figure]]] = {
    "crypto": crypto.figures,
    "frames": frames.figures,
    "commits": commits.figures,
    "profiles": profiles.figures,
    "outbox": outbox.figures,
    "start": start.figures,
    "visit": visit.figures,
    "days": days.figures,
    "traces": traces.figures,
    "catalogue": catalogue.figures,
    "download": download.figures,
    "imports": imports.figures,
    "stock_day": stock_day.figures,
    "tables": tables.figures,
}


def main(arguments: list[str]) -> int:
    """Print every figure as it is taken; ``--json`` for machines. Status 2 for an unknown part."""
    wanted = [word for word in arguments if not word.startswith("-")] or list(PARTS)
    if not set(wanted) <= PARTS.keys():
        print("parts:", *PARTS, file=sys.stderr)
        return 2
    shown = []
    for name in wanted:
        for figure in PARTS[name]():
            shown.append(figure.shown())
            if "--json" not in arguments:
                print(figure.line(), flush=True)
    if "--json" in arguments:
        print(json.dumps({"figures": shown}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
