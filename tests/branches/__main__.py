"""``python -m tests.branches [TARGET …]``: every branch of the money core by its own tests alone.

Exit status 0 where none is left out. What is left out is listed by file and line.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
DOMAIN, GATES, WORK = "tests/unit/domain", "tests/unit/gateways", "tests/unit/workflow"


@dataclass(frozen=True, slots=True)
class Target:
    """Files, or folders of them, and the tests that are their own."""

    measured: tuple[str, ...]
    tests: tuple[str, ...]


def _named(folder: str, form: str, names: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{form.format(name)}" for name in names.split())


TARGETS = {
    "engine": Target(
        _named("app/domain", "{}.py", "settlement attempt derivation money"),
        _named(
            DOMAIN, "test_{}.py", "settlement settlement_rows confirming attempt derivation money"
        ),
    ),
    "classification": Target(
        _named("app/gateways/envelopes", "{}.py", "verdict strict_json"),
        _named(GATES, "test_{}.py", "verdict verdicts strict_json"),
    ),
    "outbox": Target(
        (
            *_named("app/domain", "{}.py", "uploads"),
            *_named("app/workflow", "{}.py", "uploads/* delivery travelling"),
            *_named("localdb", "{}.py", "outbox outbox_notes"),
        ),
        (
            *_named(DOMAIN, "test_{}.py", "uploads"),
            *_named("tests/contract/localdb", "test_{}.py", "outbox outbox_leases"),
            *_named(
                WORK, "test_{}.py", "delivery delivery_in_doubt lists parked travelling sold_again"
            ),
            *_named(
                WORK,
                "test_{}.py",
                "told_to_both uploads_arriving sent_here waiting_counts sale_given_back",
            ),
            *_named(
                WORK, "test_{}.py", "cash_back_told cash_back_cut told_meanwhile parked_deletion"
            ),
            *_named(
                WORK, "test_{}.py", "unheard_at_closing round_behind_the_sign_out cash_back_goods"
            ),
            *_named(WORK, "test_{}.py", "told_again_and_given_back"),
            *_named(f"{WORK}/leases", "test_{}.py", "records records_of_counters_that_are_off"),
        ),
    ),
}


def main(names: Sequence[str]) -> int:
    return 1 if [name for name in names or TARGETS if left_out(name)] else 0


def left_out(name: str) -> dict[str, list[object]]:
    """Lines and branches of one target that its own tests never take, by file; says so as well.

    Raises ``RuntimeError`` where those tests fail.
    """
    target = TARGETS[name]
    with TemporaryDirectory() as folder:
        around = os.environ | {"COVERAGE_FILE": str(Path(folder) / "taken")}
        report = Path(folder) / "report.json"
        measured = f"--include={','.join(target.measured)}"
        options = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly")
        tests = ("run", "--branch", "-m", "pytest", *options, *target.tests)
        for asked in (tests, ("json", "-q", measured, "-o", str(report))):
            command = (sys.executable, "-m", "coverage", *asked)
            done = subprocess.run(
                command, cwd=ROOT, env=around, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
        files = json.loads(report.read_text("utf-8"))["files"]
    missed = {
        file: [*found["missing_lines"], *found["missing_branches"]]
        for file, found in files.items()
        if found["missing_lines"] or found["missing_branches"]
    }
    branches = sum(found["summary"]["num_branches"] for found in files.values())
    print(f"{name}: {len(files)} files, {branches} branches, {len(missed)} files not whole")
    for file, where in missed.items():
        print(f"  {file}: {where}")
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
