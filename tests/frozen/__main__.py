"""``python -m tests.frozen PROGRAM``: the built program plays one visit from an empty folder."""

import sys
import tempfile
from pathlib import Path

from tests.support.frozen_program import FrozenProgram


def main(program: Path) -> int:
    """Status 0 and ``ok`` where the visit came to its end; else what the program said."""
    frozen = FrozenProgram(program)
    with tempfile.TemporaryDirectory() as empty:
        played = frozen.play(Path(empty))
    if played.status != 0 or played.report.get("ok") is not True:
        print(played.said, file=sys.stderr)
        print(f"status {played.status}: {dict(played.report)}", file=sys.stderr)
        return 1
    print(f"ok: one visit in {played.seconds:.1f} s, {frozen.megabytes()} MB in {program.parent}")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
