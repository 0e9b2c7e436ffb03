"""A counter right before a money call, made once and copied for every fault.

A scene is a closed base and the platform's memory at the same moment. It is opened on a fresh
platform, behind whatever road a test lays, by the same start-up as after a power cut.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from app.domain.case import Step
from app.gateways.access import access_from_ready
from app.gateways.assemble import OpenPlatform, open_platform
from app.jobs.clock import SystemClock
from app.jobs.progress import no_report
from app.ports.devices import Printer
from app.profile.loader import load
from app.profile.model import Profile
from app.sandbox.server import RunningSandbox, SandboxOptions, opened, running_sandbox
from app.workflow import day
from app.workflow.cases.assistance import load_assistance
from app.workflow.surface import Surface
from app.workflow.till import Printers, Shop, Till
from app.workflow.upkeep.startup import wake
from app.workflow.views.case import CaseView
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support.cash_sale import free_boxes, sold_for_cash
from tests.support.counter import CLERK, Bench, KeptPapers, MovableClock, a_counter_at
from tests.support.furnished import demo_of, furnish
from tests.support.moved import at_home
from tests.support.robot import MANAGER
from tests.support.visit import Visit, a_visit, card_of

TWO_LINES = "盐酸二甲双胍片"
HURRY_S = 0.6
Road = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From the platform's ready line to the one the counter is given."""


def any_pin(_kept: str, _pin: str) -> bool:
    """A real check costs a tenth of a second on purpose; who signs in is not asked here."""
    return True


@lru_cache
def region() -> Profile:
    """The training region, read once."""
    return load("fujian", "training").profile


@dataclass(frozen=True)
class Scene:
    """One moment: the counter's folder, the platform's memory, and the case in question."""

    folder: Path
    memory: bytes
    case_id: int
    ahead_s: float


def at_start(visit: Visit) -> CaseView:
    """Nobody has come yet."""
    return visit.start()


def at_scan(visit: Visit) -> CaseView:
    """Two drugs, identified by card (so that nothing is lost by a restart), every box scanned."""
    case = visit.bench.surface.by_card(visit.start().case_id, card_of(visit.person))
    card = next(c for c in visit.takeable(case) if TWO_LINES in c.drugs)
    case = visit.bench.surface.choose(case.case_id, card.rx_number)
    return visit.scan(visit.audit(visit.prove(case)))


def at_settle(visit: Visit) -> CaseView:
    """Sale uploaded, split agreed: the next act settles."""
    case = visit.finish(at_scan(visit))
    assert case.step is Step.SETTLE, case.banner
    return case


def at_reversal(visit: Visit) -> CaseView:
    """Settled at the platform, unknown here, and the quiet time is over."""
    visit.bench.fault("settle", "drop_after")
    case = visit.settle(at_settle(visit))
    visit.bench.pass_time(visit.bench.till.profile.settle.quiescence_s + 1)
    return case


def at_hand_over(visit: Visit) -> CaseView:
    return visit.settle(at_settle(visit))


def at_refund(visit: Visit) -> CaseView:
    """A finished visit whose boxes lie on the counter again."""
    done = visit.hand_over(at_hand_over(visit))
    visit.bench.surface.begin_return(done.case_id)
    with visit.bench.store.reading() as unit:
        lines = unit.cases.get(done.case_id).facts.lines
    codes = [pack.code for line in lines for pack in line.packs if pack.code]
    return visit.bench.surface.take_back(done.case_id, codes)


def at_cash_back(visit: Visit) -> CaseView:
    """A sale for cash that was told, its receipt out, its boxes on the counter again."""
    bench = visit.bench
    boxes = free_boxes(bench, 2)
    done = sold_for_cash(bench, boxes)
    bench.surface.print_waiting(no_report)
    bench.surface.deliver()
    bench.surface.begin_return(done.case_id)
    return bench.surface.take_back(done.case_id, boxes)


def at_refund_reversal(visit: Visit) -> CaseView:
    """Refunded at the platform, unknown here, nobody to ask, and the quiet time is over."""
    case = at_refund(visit)
    visit.bench.fault("revoke_settlement", "drop_after")
    case = visit.bench.surface.revoke(case.case_id, *MANAGER)
    visit.bench.pass_time(visit.bench.till.profile.settle.quiescence_s + 1)
    return case


class Scenery:
    """Makes each scene once per ``space``."""

    def __init__(self, space: Path) -> None:
        self._space = space
        self._made: dict[str, Scene] = {}
        self._copies = 0

    def scene(self, play: Callable[[Visit], CaseView]) -> Scene:
        name = play.__name__
        if name not in self._made:
            folder = self._space / name
            furnish(folder)
            with running_sandbox(seed=1) as sandbox:
                with a_counter_at(sandbox.ready, folder, KeptPapers()) as bench:
                    case = play(a_visit(bench))
                    ahead = bench.clock.offset.total_seconds()
                self._made[name] = Scene(folder, sandbox.site.state.image(), case.case_id, ahead)
        return self._made[name]

    def copy(self, scene: Scene) -> Path:
        """The counter's folder again, to be spoiled."""
        self._copies += 1
        folder = self._space / f"copy-{self._copies}"
        shutil.copytree(scene.folder, folder)
        at_home(folder)
        return folder

    @contextmanager
    def opened(
        self,
        play: Callable[[Visit], CaseView],
        road: Road = lambda ready: ready,
        printer: Printer | None = None,
    ) -> Iterator["Stage"]:
        """The scene with a platform and a counter of its own, started as after a power cut."""
        scene = self.scene(play)
        folder = self.copy(scene)
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder)
            sandbox = stack.enter_context(opened(SandboxOptions(seed=1), scene.memory))
            sandbox.site.clock.move(timedelta(seconds=scene.ahead_s))
            ready = road(sandbox.ready)
            printer = printer or KeptPapers()
            bench = stack.enter_context(a_started_counter(ready, folder, printer, scene.ahead_s))
            yield Stage(bench, sandbox, scene.case_id)


def in_a_hurry(profile: Profile, seconds: float = HURRY_S) -> Profile:
    """The same region, where nobody waits longer than ``seconds`` for an answer."""
    timeout = msgspec.structs.replace(
        profile.core.timeout, query=seconds, settle=seconds, file=seconds
    )
    replace = msgspec.structs.replace
    return replace(
        profile,
        core=replace(profile.core, timeout=timeout),
        rxcentre=replace(profile.rxcentre, timeout_s=seconds),
        voucher=replace(profile.voucher, timeout_s=seconds),
    )


@contextmanager
def a_started_counter(
    ready: Mapping[str, Any], folder: Path, printer: Printer, ahead_s: float = 0.0
) -> Iterator[Bench]:
    """A counter on what ``folder`` holds, woken and signed in; any PIN will do."""
    demo, clock, profile = demo_of(datetime.now(UTC).date()), MovableClock(), region()
    clock.pass_time(ahead_s)
    with ExitStack() as undo:
        location = StoreLocation(folder, profile.id, training=True)
        store = open_store(location, FileKeyStore(folder / "keys"), clock)
        undo.callback(store.close)
        platform = open_platform(profile, access_from_ready(ready), SystemClock())
        undo.callback(platform.close)
        shop = Shop(demo.store.code, demo.store.name, demo.store.area, training=True)
        printers, hints = Printers(printer, printer), load_assistance()
        till = Till(store, platform, profile, clock, shop, 1, printers, hints)
        surface = Surface(till, any_pin)
        wake(till)
        surface.sign_in(*CLERK)
        day.ensure_open(till)
        undo.pop_all()
    bench = Bench(ready, folder, demo, clock, store, platform, till, surface, printer)
    try:
        yield bench
    finally:
        bench.close()


@dataclass
class Stage:
    """An opened scene."""

    bench: Bench
    sandbox: RunningSandbox
    case_id: int

    @property
    def visit(self) -> Visit:
        return a_visit(self.bench)

    @contextmanager
    def hurry(self) -> Iterator[OpenPlatform]:
        """Meanwhile this counter gives up after :data:`HURRY_S`."""
        till = self.bench.till
        hasty = open_platform(
            in_a_hurry(till.profile), access_from_ready(self.bench.ready), SystemClock()
        )
        usual, till.platform = till.platform, hasty
        try:
            yield hasty
        finally:
            till.platform = usual
            hasty.close()
