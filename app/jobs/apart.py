"""One word of this program in a process of its own, to its end, and the document it printed."""

import json
import subprocess
from collections.abc import Mapping, Sequence

from app.jobs.child import own_program


def played_apart(options: Sequence[str], patience_s: float = 600.0) -> Mapping[str, object]:
    """The report of ``yaotai demo`` with ``options``; empty where none came in ``patience_s``."""
    command = own_program("demo", "--json", *options)
    try:
        done = subprocess.run(  # noqa: S603 our own program, no shell
            command, stdout=subprocess.PIPE, timeout=patience_s, check=False
        )
        report = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError, RecursionError):
        return {}
    return report if isinstance(report, dict) else {}
