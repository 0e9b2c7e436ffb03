"""Composition root: sees all doors and wires them once, each imported where it is opened."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from app.cli.options import default_folder
from app.domain.errors import Code, OperatorInput
from app.jobs.clock import SystemClock
from app.jobs.lane import Lanes
from app.jobs.late import Late
from app.jobs.stopwatch import Stopwatch
from app.jobs.ticker import Ticker
from app.jobs.training_platform import Wanted, platform_command, training_platform
from app.ports.devices import RealParts
from app.profile.loader import load
from app.simulation.door import Simulations
from app.workflow.required import required

if TYPE_CHECKING:
    from app.cli.doors import DemoWish, SandboxWish, SeenCode
    from app.domain.access import Operator
    from app.domain.credential import CardFacts
    from app.domain.goods.codes import ScanGrammar
    from app.ports.devices import IdCardFacts
    from app.ports.store import OutboxItem
    from app.workflow.surface import Surface
    from app.workflow.till import Till
    from app.workflow.upkeep.doctor import CheckRow
    from devices.bench import VirtualBench
    from devices.training import BenchTable
    from localdb.store import SqlStore
    from ui.counter_window import CounterWindow

COUNTER_NO = 1
OVERLAY = "training"
PAPERS = "papers"
"""Folder below the data folder where the virtual printers of the window leave their PDFs."""
DELIVERY_EVERY_S = 5.0


class OpenCounter(NamedTuple):
    """A counter with everything behind it, before anybody has signed in."""

    till: Till
    surface: Surface
    store: SqlStore
    bench: VirtualBench
    table: BenchTable
    watch: Stopwatch

    def sign_in(self, login: str, pin: str) -> Operator:
        """Sign in, open the day, and first of all resolve what was left open."""
        from app.workflow.startup import begin_day

        operator = self.surface.sign_in(login, pin)
        begin_day(self.till)
        self.watch.restart()
        return operator

    def lock(self) -> None:
        self.surface.lock()

    @property
    def grammar(self) -> ScanGrammar:
        """What a text in a scan field may be in this region."""
        from app.workflow.rules import grammar_of

        return grammar_of(self.till.profile)

    def read_card(self) -> CardFacts:
        return required(self.bench.bench.card, "no card reader").read()

    def read_id_card(self) -> IdCardFacts:
        return required(self.bench.bench.id_card, "no ID card reader").read()


@contextmanager
def open_counter(wanted: Wanted) -> Iterator[OpenCounter]:
    """Platform, bench, encrypted base and till of the demo store. Raises ``LocalTrouble``."""
    wanted.folder.mkdir(parents=True, exist_ok=True)
    platform = training_platform(wanted.ready_file, platform_command(wanted))
    with platform as ready, _furnished(wanted, ready) as opened:
        yield opened


@contextmanager
def _furnished(wanted: Wanted, ready: Mapping[str, Any]) -> Iterator[OpenCounter]:
    from app.crypto.pins import pin_matches
    from app.gateways.access import access_from_ready
    from app.gateways.assemble import open_platform
    from app.gateways.training import TrainingControl
    from app.workflow.assistance import load_assistance
    from app.workflow.report import served_people
    from app.workflow.startup import wake
    from app.workflow.surface import Surface
    from app.workflow.till import Printers, Shop, Till
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
        store = open_store(location, FileKeyStore(wanted.folder / "keys"), clock)
        doors.callback(store.close)
        seed_demo(store, demo, clock.now())
        platform = open_platform(profile, access_from_ready(ready), clock)
        doors.callback(platform.close)
        bench = virtual_bench(wanted.papers, wanted.real)
        doors.callback(bench.stop)
        shop = Shop(
            demo.store.code, demo.store.name, demo.store.area, training=True, phone=demo.store.phone
        )
        printers = Printers(bench.bench.receipt_printer, bench.bench.page_printer)
        till = Till(store, platform, profile, clock, shop, COUNTER_NO, printers, load_assistance())
        wake(till)
        surface = Surface(till, pin_matches)
        about = {person.id_no: person.about for person in demo.persons}
        control = TrainingControl(ready)
        table = BenchTable(bench, ready, control, about, lambda: served_people(till))
        watch = Stopwatch(surface, lambda: platform.transport.waited_ms)
        yield OpenCounter(till, surface, store, bench, table, watch)


@contextmanager
def counter_window(
    wanted: Wanted, theme: str = "", *, table: bool = False
) -> Iterator[tuple[CounterWindow, Future[OpenCounter]]]:
    """The window at once, its doors in the background; what it asks waits in its lane.

    ``table`` puts the training table beside the pages.
    """
    from devices.code.wedge import Wedge
    from ui.bridge import Bridge
    from ui.counter_doors import inputs_of
    from ui.counter_window import BenchInputs, CounterWindow, Doors
    from ui.early_kind import EarlyKind
    from ui.shell import WindowOptions
    from ui.sounds import Sounds, load_sound, system_player
    from ui.theme import Shade

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
                opened = stack.enter_context(open_counter(wanted))
                ticker.start()
                load_renderer()
                texts()
                fonts.result()
                if table:
                    load_sound()
            except BaseException as failed:  # noqa: BLE001 - whoever asks for the doors hears it
                opening.set_exception(failed)
            else:
                opening.set_result(opened)

    def seat() -> None:
        from ui.training.room import training_room

        room = training_room(at_table, SystemClock().now().date())
        bridge.post(lambda: counter.seat(room))

    def attach(opened: OpenCounter) -> None:
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
    )
    options = WindowOptions(training=True, theme=Shade(theme or Shade.LIGHT))
    sounds = Sounds(None)
    inputs = BenchInputs(wedge=Wedge(virtual=True))
    counter = CounterWindow(doors, bridge, inputs, options, sounds)
    ticker = Ticker(lanes["delivery"], bridge.telling(surface.deliver), DELIVERY_EVERY_S)
    # what the doors load would fight with the window over one interpreter: the window goes first
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
def _shown(
    wanted: Wanted, theme: str = "", size: tuple[int, int] = (1366, 768), *, person: bool
) -> Iterator[tuple[Any, CounterWindow, Future[OpenCounter]]]:
    """Application and window; a ``person`` at it needs a display and has the training table."""
    from ui.loading import collect_again, load_application

    application = load_application(sys.argv[:1], theme, unseen=not person)
    with counter_window(wanted, theme, table=person) as (counter, opening):
        counter.window.resize(*size)
        counter.start()
        counter.window.show()
        counter.once_shown(collect_again)
        yield application, counter, opening


def _played(
    counter: CounterWindow, opening: Future[OpenCounter], wish: DemoWish, out: Path
) -> dict[str, object]:
    """Play, and a second time where the first finished what an earlier run had left."""
    from dataclasses import asdict

    from app.workflow.report import Effort, demo_report
    from resources.scenarios import load_demo_store
    from ui.demo import play_visit
    from ui.demo_hands import hands_of
    from ui.demo_person import SignIn

    operator = load_demo_store(SystemClock().now().date()).operators[0]
    hands = hands_of(
        counter, lambda: opening.result().table, wish.identity, wish.picture, bool(wish.reader)
    )
    visits = [play_visit(counter, hands, out, SignIn(operator.login, operator.pin))]
    opened = opening.result()
    if wish.resume and visits[0].finished and visits[0].resumed:
        counter.counter.next_customer()
        visits.append(play_visit(counter, hands, out, after=visits[0].case_id))
    last = visits[-1]
    with opened.store.reading() as unit:
        case = unit.cases.get(last.case_id) if last.case_id is not None else None
    papers = [path.name for path in (*opened.bench.receipts.printed, *opened.bench.pages.printed)]
    effort = Effort(round(opened.watch.own_ms), round(opened.watch.worked_ms))
    tables = [asdict(visit) for visit in visits]
    return demo_report(wish.profile, wish.identity, tables, case, papers, effort)


class House(Simulations):
    """Everything behind the doors, as the commands ask for it."""

    def play(self, wish: DemoWish) -> Mapping[str, object]:
        import json
        from tempfile import TemporaryDirectory

        with ExitStack() as stack:
            kept = wish.data_dir or Path(stack.enter_context(TemporaryDirectory()))
            out, real = wish.out or Path.cwd() / "yaotai-demo", RealParts(reader=wish.reader)
            wanted = Wanted(kept, wish.profile, out, wish.platform, wish.seed, wish.fault, real)
            shown = stack.enter_context(_shown(wanted, wish.theme, wish.size, person=False))
            application, counter, opening = shown
            report = _played(counter, opening, wish, out)
            counter.window.close()
            application.processEvents()
        target = out / "report.json"
        target.write_text(json.dumps(report, ensure_ascii=False, indent=2), encoding="utf-8")
        return report

    def require_faults(self, specs: tuple[str, ...], profile: str) -> None:
        from app.sandbox.faults import first_wrong, offered

        region = load(profile, OVERLAY).profile
        wrong = first_wrong(specs, region)
        if wrong:
            raise OperatorInput(Code.FAULT_UNKNOWN, what=wrong, **offered(region))

    def serve(
        self, wish: SandboxWish, ready: Callable[[dict[str, object]], None], stop: threading.Event
    ) -> None:
        from app.sandbox.server import SandboxOptions, serve

        options = SandboxOptions(wish.port, wish.db, wish.seed, wish.faults, wish.profile)
        serve(options, ready, stop)

    def codes_in(self, path: Path) -> Iterator[SeenCode]:
        from app.cli.doors import SeenCode
        from devices.code.pictures import decode_file

        for found in decode_file(path):
            yield SeenCode(found.text, found.symbology)

    def read_card(self, reader: str) -> CardFacts:
        from devices.card.pcsc import PcscCardReader

        source = PcscCardReader(reader)
        try:
            return source.read()
        finally:
            source.stop()

    def open_window(self, data_dir: Path | None, profile: str, real: RealParts) -> int:
        folder = data_dir or default_folder()
        wanted = Wanted(folder, profile, folder / PAPERS, real=real)
        with _shown(wanted, person=True) as (application, _counter, _opening):
            return int(application.exec())

    def checks(self, data_dir: Path | None, profile: str) -> tuple[CheckRow, ...]:
        from shutil import disk_usage

        from app.cli.output import sentence
        from app.workflow.upkeep import own_probes
        from app.workflow.upkeep.doctor import examine
        from devices import probes as things
        from localdb import probes as memory
        from localdb.opening import StoreLocation
        from ui import probes as screen

        folder = data_dir or default_folder()
        location = StoreLocation(folder, profile, training=True)
        own = own_probes.probes(profile, OVERLAY, folder / PAPERS)
        room = memory.probes(location, lambda folder: disk_usage(folder).free)
        return examine((*own, *room, *things.probes(sentence), *screen.PROBES), sentence)

    def waiting(self, data_dir: Path | None, profile: str) -> tuple[OutboxItem, ...]:
        with self._beside(data_dir, profile) as store, store.reading() as unit:
            return unit.outbox.items()

    def work_queue(
        self, data_dir: Path | None, profile: str, item_id: int | None
    ) -> tuple[OutboxItem, ...]:
        from app.workflow.upkeep.queue_errand import work_queue
        from localdb.opening import StoreLocation, require_free

        folder = data_dir or default_folder()
        require_free(StoreLocation(folder, profile, training=True))
        with open_counter(Wanted(folder, profile, folder / "papers")) as opened:
            return work_queue(opened.till, item_id)

    def journal_state(self, data_dir: Path | None, profile: str) -> Mapping[str, object]:
        from localdb.repositories.journal import SqlJournal

        with self._beside(data_dir, profile) as store, store.reading() as unit:
            report = cast("SqlJournal", unit.journal).verify()
        return {
            "ok": report.whole,
            "rows": report.rows,
            "head": report.head.hex(),
            "broken_at": report.broken_at,
        }

    @contextmanager
    def _beside(self, data_dir: Path | None, profile: str) -> Iterator[SqlStore]:
        from localdb.keystore import FileKeyStore
        from localdb.opening import StoreLocation
        from localdb.store import open_store_beside

        folder = data_dir or default_folder()
        location = StoreLocation(folder, profile, training=True)
        store = open_store_beside(location, FileKeyStore(folder / "keys"), SystemClock())
        with closing(store):
            yield store


def run(arguments: Sequence[str] | None = None) -> None:
    """``yaotai``."""
    from app.cli.dispatch import dispatch

    sys.exit(dispatch(arguments, House))
