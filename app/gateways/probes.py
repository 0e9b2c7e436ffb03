"""What the doctor asks of the road to the platform: can this PC hold a vendor's library at all."""

import json
from collections.abc import Callable, Sequence

from app.domain.errors import Code, LocalTrouble
from app.gateways.transport.cage import own_cage
from app.gateways.transport.library import LibraryAccess
from app.jobs.child import ChildFailed, ChildProcess
from app.profile.model import Profile, Transport
from app.workflow.upkeep.doctor import Finding, Health, Probe

PATIENCE_S = 15.0


def probes(
    region: Callable[[], Profile], command: Sequence[str] = ()
) -> tuple[tuple[str, Probe], ...]:
    """``region`` without its training dress. The library itself is not touched: it may call the
    platform as soon as it is loaded. ``command`` starts another child than ours."""

    def library() -> Finding:
        profile = region()
        if profile.core.transport is not Transport.DLL:
            return Finding(Health.OK, "HTTP")
        bits = _bits(command or own_cage())
        if bits is None:
            return Finding(Health.FAIL, f"{profile.library.file}: no child")
        return Finding(Health.OK, f"{profile.library.file}: child of {bits} bits")

    return (("library", library),)


def terminal(profile: Profile, access: LibraryAccess | None) -> Finding:
    """Whether the terminal's library lies where the store says and a child for it starts.

    Raises ``LocalTrouble`` where the store says nothing. The library itself is not touched.
    """
    file = profile.terminal.file
    if access is None:
        raise LocalTrouble(Code.TERMINAL_NOT_NAMED, what=file)
    if not (access.folder / file).is_file():
        return Finding(Health.FAIL, f"{file}: no file")
    bits = _bits(access.host or own_cage())
    found = "no child" if bits is None else f"child of {bits} bits"
    return Finding(Health.FAIL if bits is None else Health.OK, f"{file}: {found}")


def _bits(command: Sequence[str]) -> int | None:
    """What the child says of itself; it leaves as soon as its input ends."""
    try:
        child = ChildProcess(command, PATIENCE_S)
    except (ChildFailed, OSError):
        return None
    try:
        return int(json.loads(child.ready_line)["bits"])
    except (KeyError, TypeError, ValueError):
        return None
    finally:
        child.stop()
