"""A counter and its window, opened: every door wired once, each imported where it is opened."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from app.domain.errors import Bug, Code, LocalTrouble, Trouble
from app.jobs.clock import SystemClock
from app.jobs.lane import Lanes
from app.jobs.late import Late
from app.jobs.stopwatch import Stopwatch
from app.jobs.ticker import Ticker
from app.jobs.training_platform import Wanted, platform_command, training_platform
from app.profile.loader import load
from app.workflow.cases.required import required

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.access import Operator
    from app.domain.credential import CardFacts
    from app.domain.goods.codes import ScanGrammar
    from app.jobs.progress import Progress, Report
    from app.ports.devices import IdCardFacts
    from app.ports.platform import Platform
    from app.ports.referee import Referee
    from app.profile.model import Profile
    from app.workflow.leases.seat import Seat
    from app.workflow.surface import Surface
    from app.workflow.till import Shop, Till
    from devices.bench import RealBench, VirtualBench
    from devices.training import BenchTable
    from localdb.keystore import KeyStore
    from localdb.opening import StoreLocation
    from localdb.store import SqlStore
    from ui.counter_window import CounterWindow

_log = logging.getLogger(__name__)
COUNTER_NO = 1
OVERLAY = "training"
PAPERS = "papers"  # below the data folder: where virtual printers leave their PDFs
DELIVERY_EVERY_S = 5.0
STAGES = ("platform", "base", "goods", "devices", "pages")
SETTINGS = "settings"
"""What comes first where a live store is opened: it has no platform to start."""
"""What is prepared at a start, in this order; the words are ``shell.opening``."""


def tell(report: Report, stage: str) -> None:
    from app.jobs.progress import Progress

    place = 0 if stage == SETTINGS else STAGES.index(stage)
    report(Progress(stage, place + 1, len(STAGES)))


class _Begun:
    """Passes on what is prepared, and remembers it for whoever has to say where it stopped."""

    def __init__(self, report: Report, first: str) -> None:
        self._report, self.stage = report, first

    def __call__(self, progress: Progress) -> None:
        self.stage = progress.stage
        self._report(progress)

    def stopped(self, failed: BaseException) -> LocalTrouble:
        """The trouble to show: its own sentence where it has one, and the stage in any case."""
        if isinstance(failed, Trouble) and not isinstance(failed, Bug):
            code, params = failed.code, dict(failed.params)
        else:
            code, params = Code.START_FAILED, {}
            # no text of the exception: it may carry values
            places = [f"{f.filename}:{f.lineno}" for f in extract_tb(failed.__traceback__)]
            _log.error("the start failed at %s: %s %s", self.stage, type(failed).__name__, places)
        trouble = LocalTrouble(code, **{**params, "stage": self.stage})
        trouble.__cause__ = failed
        return trouble


class OpenCounter(NamedTuple):
    """A counter with everything behind it, before anybody has signed in."""

    till: Till
    surface: Surface
    store: SqlStore
    bench: VirtualBench | RealBench
    table: BenchTable | None
    watch: Stopwatch

    def sign_in(self, login: str, pin: str) -> Operator:
        """Sign in, open the day, and first of all resolve what was left open."""
        from app.workflow.upkeep.startup import begin_day

        operator = self.surface.sign_in(login, pin)
        begin_day(self.till)
        self.watch.restart()
        return operator

    def renew_pin(self, login: str, pin: str, wanted: str) -> Operator:
        """Set a PIN of one's own, then as :meth:`sign_in`."""
        from app.workflow.upkeep.startup import begin_day

        operator = self.surface.renew_pin(login, pin, wanted)
        begin_day(self.till)
        self.watch.restart()
        return operator

    def lock(self) -> None:
        self.surface.lock()

    @property
    def grammar(self) -> ScanGrammar:
        """What a text in a scan field may be in this region."""
        from app.workflow.cases.rules import grammar_of

        return grammar_of(self.till.profile)

    @property
    def referee(self) -> Referee:
        from app.sandbox.referee.room import Referee as Room

        return Room(self.till.profile)

    def read_card(self) -> CardFacts:
        return required(self.bench.bench.card, "no card reader").read()

    def read_id_card(self) -> IdCardFacts:
        return required(self.bench.bench.id_card, "no ID card reader").read()


Opener = Callable[["Report"], AbstractContextManager[OpenCounter]]
"""Opens what stands behind a window, and tells a report what comes next."""


@contextmanager
def open_counter(wanted: Wanted, report: Report = lambda _stage: None) -> Iterator[OpenCounter]:
    """Platform, bench, encrypted base and till of the demo store. Raises ``LocalTrouble``.

    ``report`` is told what comes next, one of ``STAGES``.
    """
    wanted.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _require_no_live_base(wanted.folder)
    tell(report, "platform")
    platform = training_platform(wanted.ready_file, platform_command(wanted))
    with platform as ready:
        _require_same_region(ready, wanted.profile)
        with _furnished(wanted, ready, report) as opened:
            yield opened


def _require_same_region(ready: Mapping[str, Any], wanted: str) -> None:
    """Raises ``LocalTrouble`` where the platform that runs plays another region."""
    played = str(ready.get("profile", wanted))
    if played != wanted:
        raise LocalTrouble(Code.PLATFORM_OTHER_REGION, what=played, profile=wanted)


def _require_no_live_base(folder: Path) -> None:
    """Raises ``LocalTrouble`` ``TRAINING_MIXED`` where a live base lies (0005)."""
    for check in folder.glob("*.check"):
        if not check.stem.endswith(f"-{OVERLAY}"):
            raise LocalTrouble(Code.TRAINING_MIXED, what=check.stem)


@contextmanager
def _furnished(wanted: Wanted, ready: Mapping[str, Any], report: Report) -> Iterator[OpenCounter]:
    from app.gateways.access import access_from_ready
    from app.gateways.assemble import open_platform
    from app.gateways.training import TrainingControl
    from app.workflow.cases.report import off_the_shelf, served_people
    from app.workflow.till import Shop
    from devices.bench import virtual_bench
    from devices.training import BenchTable
    from localdb.keystore import FileKeyStore
    from localdb.opening import StoreLocation
    from localdb.seeding import seed_demo
    from localdb.store import open_store
    from resources.scenarios import load_demo_store

    clock = SystemClock()
    profile = load(wanted.profile, OVERLAY).profile
    demo = load_demo_store(clock.now().date())
    location = StoreLocation(wanted.folder, wanted.profile, training=True)
    wanted.papers.mkdir(parents=True, exist_ok=True)
    with ExitStack() as doors:
        tell(report, "base")
        keys = FileKeyStore(wanted.folder / "keys")
        store = open_store(location, keys, clock)
        doors.callback(store.close)
        tell(report, "goods")
        seed_demo(store, demo, clock.now())
        platform = open_platform(profile, access_from_ready(ready), clock)
        doors.callback(platform.close)
        tell(report, "devices")
        bench = virtual_bench(wanted.papers, wanted.real)
        doors.callback(bench.stop)
        shop = Shop(
            demo.store.code, demo.store.name, demo.store.area, training=True, phone=demo.store.phone
        )
        behind = Behind(store, location, keys, platform, profile, shop, COUNTER_NO, bench)
        till, surface = work_place(behind, doors)
        about = {person.id_no: person.about for person in demo.persons}
        control = TrainingControl(ready)
        loose = frozenset(item.code for item in demo.items if not item.prescription_only)
        table = BenchTable(
            bench,
            ready,
            control,
            about,
            lambda: served_people(till),
            loose,
            lambda code: off_the_shelf(till, code),
        )
        watch = Stopwatch(surface, lambda: platform.transport.waited_ms)
        yield OpenCounter(till, surface, store, bench, table, watch)


class Behind(NamedTuple):
    """What a counter stands on, training or live; ``seat`` where others share its base."""

    store: SqlStore
    location: StoreLocation
    keys: KeyStore
    platform: Platform
    profile: Profile
    shop: Shop
    counter_no: int
    bench: VirtualBench | RealBench
    seat: Seat | None = None


def work_place(behind: Behind, doors: ExitStack) -> tuple[Till, Surface]:
    """Till and surface over open doors; nothing that was on its way is assumed."""
    from app.crypto.pins import pin_matches
    from app.domain.goods.initials import LateInitials
    from app.workflow.cases.assistance import load_assistance
    from app.workflow.surface import Surface
    from app.workflow.till import Printers, Till
    from app.workflow.upkeep.startup import wake
    from devices.sheets import SheetFiles
    from localdb.backups import NightlyCopies
    from localdb.store import open_catalogue
    from resources.initials import load_initials

    bench = behind.bench
    printers = Printers(
        bench.bench.receipt_printer, bench.bench.page_printer, bench.books, SheetFiles()
    )
    seat = behind.seat
    till = Till(
        behind.store if seat is None else seat.store,
        behind.platform,
        behind.profile,
        SystemClock(),
        behind.shop,
        behind.counter_no,
        printers,
        load_assistance(),
    )
    if seat is None:
        till.copies = NightlyCopies(behind.location, behind.keys, till.clock)
    else:
        till.holding = seat.holding
    till.catalogue = open_catalogue(behind.store, behind.location, LateInitials(load_initials))
    doors.callback(till.catalogue.close)
    wake(till, inherited=seat is not None and seat.inherited)
    return till, Surface(till, pin_matches)


@contextmanager
def counter_window(
    opens: Opener, *, table: bool = False, training: bool = True
) -> Iterator[tuple[CounterWindow, Future[OpenCounter]]]:
    """The window at once, its doors in the background; what it asks waits in its lane.

    ``table`` puts the training table beside the pages.
    """
    from devices.code.wedge import Wedge
    from ui.bridge import Bridge
    from ui.counter_doors import inputs_of, told_at_sign_in
    from ui.counter_window import BenchInputs, CounterWindow, Doors
    from ui.early_kind import EarlyKind
    from ui.loading import load_for_lanes, spare_loaded
    from ui.shell import WindowOptions
    from ui.sounds import Sounds, load_sound, system_player

    lanes, stack = Lanes(), ExitStack()
    opener = ThreadPoolExecutor(1, thread_name_prefix="opening")
    opening: Future[OpenCounter] = Future()

    def furnish() -> None:
        if opening.set_running_or_notify_cancel():
            try:
                from devices.printer.warming import warm
                from ui.text import texts
                from ui.widgets.document_view import load_renderer

                fonts = lanes["print"].submit(warm)
                if table:
                    seat()
                opened = stack.enter_context(opens(begun))
                ticker.start()
                tell(begun, "pages")
                load_renderer()
                texts()
                fonts.result()
                if table:
                    load_sound()
            except BaseException as failed:  # noqa: BLE001 - whoever asks for the doors hears it
                opening.set_exception(begun.stopped(failed))
            else:
                opening.set_result(opened)

    def seat() -> None:
        from ui.training.room import training_room

        room = training_room(at_table, SystemClock().now().date())
        bridge.post(lambda: counter.seat(room))

    def attach(opened: OpenCounter) -> None:
        spare_loaded()
        counter.attach(inputs_of(opened.bench.bench, opened.bench.guns()))
        if table:
            sounds.use(system_player())

    whole = cast("Any", Late(opening, lambda opened: opened))
    surface = cast("Any", Late(opening, lambda opened: opened.watch))
    at_table = cast("Any", Late(opening, lambda opened: opened.table))
    bridge = Bridge(lanes)
    doors = Doors(
        workflow=surface,
        clock=SystemClock(),
        recognise=EarlyKind(lambda: opening.result().grammar),
        signing=whole,
        cards=whole,
        queue=surface,
        day_end=surface,
        parcels=surface,
        catalogue=surface,
        referee=cast("Any", Late(opening, lambda opened: opened.referee)),
        stock=surface,
        stock_day=surface,
    )
    options = WindowOptions(training=training)
    sounds = Sounds(None)
    counter = CounterWindow(
        doors, bridge, BenchInputs(wedge=Wedge(virtual=training)), options, sounds
    )
    first = STAGES[0] if training else SETTINGS
    begun = _Begun(told_at_sign_in(counter.window, bridge), first)
    ticker = Ticker(lanes["delivery"], bridge.telling(surface.deliver), DELIVERY_EVERY_S)
    # what the doors load would fight with the window over one interpreter: the window goes first
    counter.once_shown(load_for_lanes)
    counter.once_shown(lambda: bridge.submit("desk", opening.result, attach))
    counter.once_shown(lambda: opener.submit(furnish))
    try:
        yield counter, opening
    finally:
        opening.cancel()
        ticker.stop()
        counter.stop()
        lanes.close()
        opener.shutdown()
        stack.close()


@contextmanager
def shown(
    opens: Opener,
    theme: str = "",
    size: tuple[int, int] = (1366, 768),
    *,
    person: bool,
    training: bool = True,
) -> Iterator[tuple[Any, CounterWindow, Future[OpenCounter]]]:
    """Application and window; a ``person`` at it needs a display, and in training has the table."""
    from ui.loading import collect_again, let_go, load_application

    application = load_application(sys.argv[:1], theme, unseen=not person)
    by_table = person and training
    with counter_window(opens, table=by_table, training=training) as (counter, opening):
        counter.window.resize(*size)
        counter.start()
        if person:
            counter.window.showMaximized()
        else:
            counter.window.show()
        counter.builder.stands.connect(collect_again)
        try:
            yield application, counter, opening
        finally:
            let_go()
