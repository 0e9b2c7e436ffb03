"""Another program at our base: it holds the file for writing, or only looks, until it is let go.

``python -m tests.support.lock_holder FOLDER NAME BEGIN`` says ``held`` and waits for the end of its
input.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from localdb.engine import connect
from localdb.keystore import FileKeyStore
from localdb.opening import StoreKeys, StoreLocation

ROOT = Path(__file__).parents[2]
WRITING, LOOKING = "IMMEDIATE", "DEFERRED"


@contextmanager
def held(folder: Path, name: str, how: str = WRITING) -> Iterator[None]:
    """Meanwhile a second process is at the base of profile ``name``."""
    command = [sys.executable, "-m", "tests.support.lock_holder", str(folder), name, how]
    holder = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
    finally:
        holder.communicate(timeout=30)


def main(folder: Path, name: str, how: str) -> None:
    location = StoreLocation(folder, name, training=True)
    master = FileKeyStore(folder / "keys").load(location.name)
    assert master is not None
    other = connect(location.base, StoreKeys.of(master).cipher)
    other.execute(f"BEGIN {how}")
    other.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    print("held", flush=True)
    sys.stdin.read()
    other.execute("ROLLBACK")
    other.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
