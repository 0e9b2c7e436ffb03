"""``python -m tests.mutation [TARGET …]``: which wrong versions of the money core are noticed.

Exit status 0 where at least nine in ten are, for each target. Survivors are listed by line.
"""

import importlib
import sys
from collections.abc import Sequence

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.trial import Target, Verdict, tried

GOAL = 0.9
DOMAIN, GATES = "tests/unit/domain", "tests/unit/gateways"
TARGETS = {
    "engine": Target(
        "app.domain.settlement",
        (
            *(f"{DOMAIN}/test_settlement.py", f"{DOMAIN}/test_settlement_rows.py"),
            *(f"{DOMAIN}/test_settlement_model.py", f"{DOMAIN}/test_confirming.py"),
        ),
    ),
    "attempt": Target("app.domain.attempt", (f"{DOMAIN}/test_settlement.py",)),
    "money": Target("app.domain.money", (f"{DOMAIN}/test_money.py",)),
    "derivation": Target("app.domain.derivation", (f"{DOMAIN}/test_derivation.py",)),
    "verdict": Target(
        "app.gateways.envelopes.verdict", (f"{GATES}/test_verdict.py", f"{GATES}/test_verdicts.py")
    ),
    "json": Target("app.gateways.envelopes.strict_json", (f"{GATES}/test_strict_json.py",)),
    "envelope": Target("app.gateways.envelopes.core", (f"{GATES}/test_envelopes.py",)),
}
_LOADED = ("pytest", "hypothesis", "msgspec", "requests", "urllib3", "sqlalchemy", "cryptography")
"""By others, and slow to load: before the forks."""


def main(names: Sequence[str]) -> int:
    for name in _LOADED:
        importlib.import_module(name)
    weak = [name for name in names or TARGETS if not _run(name, TARGETS[name])]
    return 1 if weak else 0


def _run(name: str, target: Target) -> bool:
    found = dict.fromkeys(Verdict, 0)
    survivors: list[str] = []
    source = target.file.read_text(encoding="utf-8")
    if tried(target, Mutant(0, "nothing", source)) is not Verdict.SURVIVED:
        print(f"{name}: its own tests fail as it is")
        return False
    for mutant in mutants(source):
        verdict = tried(target, mutant)
        found[verdict] += 1
        if verdict is Verdict.SURVIVED:
            survivors.append(f"  line {mutant.line}: {mutant.change}")
    total = sum(found.values())
    noticed = total - found[Verdict.SURVIVED]
    print(f"{name}: {noticed} of {total} noticed ({noticed / total:.1%})", *survivors, sep="\n")
    sys.stdout.flush()
    return noticed >= GOAL * total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
