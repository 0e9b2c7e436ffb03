"""The training platform a counter talks to: one that runs already, or a child of this program."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from app.domain.errors import Code, LocalTrouble
from app.jobs.child import ChildFailed, ChildProcess, own_program
from app.ports.devices import RealParts

WAIT_S = 60.0


class Wanted(NamedTuple):
    """Which counter is to be opened."""

    folder: Path
    profile: str
    papers: Path
    ready_file: Path | None = None
    seed: int = 1
    fault: str = ""
    real: RealParts = RealParts()


def default_folder() -> Path:
    """Where this user's training base lives when nobody says otherwise."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home())
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "yaotai"


def platform_command(wanted: Wanted) -> list[str]:
    """This same program as the training platform of a counter."""
    return own_program(
        "sandbox",
        "--with-parent",
        *("--seed", str(wanted.seed), "--profile", wanted.profile),
        *("--db", str(wanted.folder / "platform.db")),
        *(("--fault", wanted.fault) if wanted.fault else ()),
    )


@contextmanager
def training_platform(
    ready_file: Path | None, command: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """The ready line in ``ready_file``, or of ``command`` started here and stopped in the end.

    Raises ``LocalTrouble`` (``PLATFORM_NOT_STARTED``).
    """
    import json

    if ready_file is not None:
        try:
            line = json.loads(ready_file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as missing:
            raise LocalTrouble(Code.PLATFORM_NOT_STARTED) from missing
        yield line
        return
    try:
        child = ChildProcess(command, WAIT_S)
    except (ChildFailed, OSError) as failed:
        raise LocalTrouble(Code.PLATFORM_NOT_STARTED) from failed
    try:
        yield json.loads(child.ready_line)
    finally:
        child.stop()
