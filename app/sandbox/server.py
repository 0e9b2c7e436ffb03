"""The training platform as one object: opened, listening, closed.

Training, tests and integrators use the same one (architecture 14).
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from random import Random
from secrets import SystemRandom

from app.profile.loader import base_of, load
from app.profile.model import Profile
from app.sandbox import control
from app.sandbox.core import install as core
from app.sandbox.faults import Planned, Switchboard, known_in, parse
from app.sandbox.router import Registry
from app.sandbox.rx import install as rx
from app.sandbox.site import Site, TrainingClock
from app.sandbox.state import State, turn_at
from app.sandbox.wire import WireServer
from resources.scenarios import DemoStore, load_demo_store

_OVERLAY = "training"
_SEED = "seed"


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How a stand-in is started (cli.md). ``port`` 0 takes a free one; ``db`` None is memory.

    An empty ``profile`` is the region the training profile is written for.
    """

    port: int = 0
    db: Path | None = None
    seed: int = 1
    faults: tuple[str, ...] = ()
    profile: str = ""


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A stand-in that answers. ``ready`` has the keys of cli.md."""

    url: str
    ready: Mapping[str, object]
    site: Site
    switchboard: Switchboard


def serve(
    options: SandboxOptions,
    ready: Callable[[dict[str, object]], None],
    stop: threading.Event,
) -> None:
    """Run until ``stop`` is set; ``ready`` gets the ready line once connections are accepted.

    Raises ``FaultSpecWrong`` for a fault nobody can play, ``LocalTrouble`` for an unknown profile,
    ``OSError`` when the port or the file cannot be used.
    """
    with opened(options) as sandbox:
        ready(dict(sandbox.ready))
        stop.wait()


@contextmanager
def running_sandbox(
    seed: int = 1,
    faults: tuple[str, ...] = (),
    db: Path | None = None,
    profile: str = "",
) -> Iterator[RunningSandbox]:
    """A stand-in in this process on a free port, for tests; nothing of it is left afterwards.

    Signing a hospital's prescriptions takes seconds, so a fresh memory of the same seed begins
    with what the first one of this process prepared, exactly as a restart with ``db`` would.
    """
    options = SandboxOptions(seed=seed, faults=faults, db=db, profile=profile)
    bare = SandboxOptions(seed=seed, profile=profile)
    prepared = None if db else _prepared(bare, TrainingClock().now().date())
    with opened(options, prepared) as sandbox:
        yield sandbox


@lru_cache(maxsize=4)
def _prepared(options: SandboxOptions, today: date) -> bytes:  # noqa: ARG001 a day is part of the key
    with State(None) as state:
        furnish(region(options.profile), state, options.seed)
        return state.image()


@contextmanager
def opened(options: SandboxOptions, image: bytes | None = None) -> Iterator[RunningSandbox]:
    """Open memory and port, serve in a thread, close both in the end."""
    profile = region(options.profile)
    known = known_in(profile)
    plans = _plans(options.faults, profile, known)
    with ExitStack() as stack:
        with turn_at(options.db):
            state = stack.enter_context(State(options.db, image=image))
            site, registry, shown = furnish(profile, state, options.seed)
        switchboard = Switchboard(*plans)
        counted = (lambda: core.counts(site), lambda: rx.counts(site))
        control.install(registry, site, switchboard, known, *counted)
        with _listening(WireServer(options.port, registry, switchboard)) as server:
            line: dict[str, object] = {
                "url": server.url,
                "profile": profile.id,
                "pid": os.getpid(),
                "endpoints": registry.endpoints(server.url),
                **shown,
            }
            yield RunningSandbox(server.url, line, site, switchboard)


def region(profile_id: str) -> Profile:
    """A region under the training overlay. Raises ``LocalTrouble`` for an unknown one."""
    return load(profile_id or base_of(_OVERLAY), _OVERLAY).profile


def furnish(
    profile: Profile,
    state: State,
    seed: int,
    clock: TrainingClock | None = None,
    chance: Random | None = None,
    demo: DemoStore | None = None,
) -> tuple[Site, Registry, dict[str, object]]:
    """A stand-in with everything but its wire: what answers, and its share of the ready line."""
    time = clock or TrainingClock()
    site = Site(
        profile=profile,
        state=state,
        clock=time,
        seed=state.remembered(_SEED, seed),
        demo=demo or load_demo_store(time.now().date()),
        chance=chance or SystemRandom(),
    )
    registry = Registry()
    shown = {**core.install(registry, site), **rx.install(registry, site)}
    return site, registry, shown


def _plans(
    specs: tuple[str, ...], profile: Profile, known: Callable[[str], str | None]
) -> list[Planned]:
    delay_s = control.default_delay_s(profile.core.timeout.settle)
    return [parse(spec, delay_s, known) for spec in specs]


@contextmanager
def _listening(server: WireServer) -> Iterator[WireServer]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="sandbox")
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()
