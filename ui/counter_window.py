"""One counter on screen: models and pages wired to the frame. Decides nothing about a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.domain.errors import Code, LocalTrouble, Trouble
from app.workflow.views.states import BannerKind
from ui.counter_doors import BenchInputs as BenchInputs
from ui.counter_doors import Doors as Doors
from ui.errors import banner_of
from ui.keys import Act, Key, Look
from ui.offers import Offers
from ui.operation import OperationBanner
from ui.page import Page, PageKit
from ui.pages.builder import PageBuilder
from ui.pages.sign_in import SignInPage
from ui.pages.stack import DESK_PAGES, build_pages, desk_acts, page_name
from ui.printer_watch import PrinterWatch
from ui.shell import MainWindow, WindowOptions
from ui.sounds import Sounds
from ui.text import tr
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel, Thing
from ui.viewmodels.doubts import DoubtsModel
from ui.ways import Ways

if TYPE_CHECKING:
    from app.domain.access import Operator
    from app.ports.devices import CodeSource
    from app.workflow.views.case import CaseView, Spoken
    from app.workflow.views.desk import DeskView
    from ui.bridge import Bridge
    from ui.desk_frame import DeskFrame
    from ui.page import Page
    from ui.training.room import SeatedTable, TrainingRoom

_LOCAL = "local_trouble"


class CounterWindow(QObject):
    """Owns window, models and pages. ``start`` shows the case this counter was at."""

    def __init__(
        self,
        doors: Doors,
        bridge: Bridge,
        bench: BenchInputs,
        options: WindowOptions,
        sounds: Sounds | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._doors, self._bridge, self._bench = doors, bridge, bench
        self._sounds = sounds or Sounds(None)
        self.counter = CounterModel(doors.workflow, bridge, doors.clock, self)
        self.devices = DevicesModel(bridge, self)
        self.window = MainWindow(doors.clock.now, options, bench.wedge)
        self._offers = Offers(self.window, self.counter)
        self._said = OperationBanner(self.window)
        self._ways = Ways(self.window, self.counter, self._set_acts)
        self.doubts = DoubtsModel(self.counter, self)
        given = (self.counter, self.devices, doors.recognise, doors.cards, doors.queue)
        desks = (doors.day_end, doors.referee, doors.parcels, doors.catalogue, doors.stock)
        kit = PageKit(*given, self.doubts, *desks, doors.stock_day)
        self._signed_in = doors.signing is None
        self._sign_in: SignInPage | None = None
        if doors.signing is not None:
            self._sign_in = SignInPage(bridge, doors.signing)
            self._sign_in.signed_in.connect(self._entered)
            self.window.add_page(self._sign_in)
        self.builder = PageBuilder(self.window, build_pages(kit), self._added, self)
        if self._signed_in:
            self.builder.build_all()
        self._table: SeatedTable | None = None
        self._started = False
        if doors.training is not None:
            self.seat(doors.training)
        self._place = ""
        self._desk_frame: DeskFrame | None = None
        self._printers = PrinterWatch(bridge, self.devices, self)
        self._connect()

    def _connect(self) -> None:
        counter, window = self.counter, self.window
        counter.case_changed.connect(self._show_case)
        counter.desk_changed.connect(self._show_desk)
        counter.spoken.connect(self._spoken)
        counter.scan_taken.connect(lambda _scan: window.board.calm_down())
        counter.troubled.connect(self._troubled)
        counter.eased.connect(self._eased)
        counter.busy_changed.connect(self._busy)
        self.doubts.wanted.connect(self._ways.lead_to)
        self._bridge.troubled.connect(self._troubled)
        self.devices.scanned.connect(self._scanned)
        self.devices.changed.connect(self._show_devices)
        window.offered.connect(self._offers.take)
        window.opened.connect(self._open)
        window.device_opened.connect(self._open_device)
        window.page_changed.connect(self._turned)
        window.banner.works = self._offers.working
        window.acts_changed.connect(self._offers.reconsider)
        window.board.changed.connect(lambda _banner, _more: self._set_acts())
        window.closing.connect(self.stop)

    def start(self) -> None:
        """Attach the bench, show who signs in or the case that waits."""
        self.attach(self._bench)
        self._set_acts()
        if self._signed_in:
            self.counter.begin()
            self.once_shown(self.builder.stands.emit)
        else:
            self._show_sign_in()
            self.once_shown(self.builder.start)
            self.once_shown(self._read_desk)
        self._started = True
        if self._table is not None:
            self._table.start()

    def _read_desk(self) -> None:
        self._bridge.submit("desk", self._doors.workflow.desk, self._show_desk, self._troubled)

    def seat(self, room: TrainingRoom) -> None:
        """Put the training table beside the pages; the window stands before it has one."""
        from ui.training.room import SeatedTable

        if self._sign_in is not None:
            self._sign_in.show_logins(room.logins)
        if not self.window.options.training:
            return
        self._table = SeatedTable(self.window, self.counter, room.table, self._to_page, self)
        if self._started:
            self._table.start()
            self._set_acts()

    def once_shown(self, call: Callable[[], object]) -> None:
        """Run ``call`` when the window has been drawn and waits for its first key."""
        QTimer.singleShot(0, self, lambda: QTimer.singleShot(0, self, call))

    def _added(self, page: Page) -> None:
        from ui.widgets import ScanField
        from ui.widgets.banner import Banner

        for banner in page.findChildren(Banner):
            banner.offered.connect(self._offers.take)
            banner.works = self._offers.working
        for field in page.findChildren(ScanField):
            field.said_above = self._said.says
            self.counter.visit_changed.connect(field.forget)

    def stop(self) -> None:
        """No callback comes any more; the window may go."""
        self.builder.stop()
        self._printers.stop()
        self.devices.stop()
        self._bridge.close()

    def attach(self, bench: BenchInputs) -> None:
        """Let these things work from now on; those of an earlier call stay."""
        self._bench = bench
        if bench.camera is not None:
            self.devices.attach_camera(bench.camera)
        guns: list[CodeSource] = list(bench.guns)
        if bench.wedge is not None:
            guns.append(bench.wedge)
        for gun in guns:
            self.devices.attach_source(Thing.SCANNER, gun)
        if bench.reader is not None:
            self.devices.attach_reader(bench.reader)
        if bench.id_reader is not None:
            self.devices.attach_id_reader(bench.id_reader)
        self._printers.watch(bench.receipt_printer, bench.page_printer)

    # what arrives

    def _show_case(self, case: CaseView) -> None:
        if self._signed_in:
            self.window.show_case(case)
        place = page_name(case)
        moved = f"{case.case_id}:{place}"
        if self._signed_in and (moved != self._place or not self._on_desk()):
            self.window.show_page(place)
        self._place = moved
        self._set_acts()

    def _turned(self, name: str) -> None:
        """Another page is in front: its keys, and the frame of a visit or of the desk."""
        self._said.turned(name)
        self._set_acts()
        self.window.banner.reconsider()
        away = name if self._signed_in and name in DESK_PAGES - {"where"} else ""
        if away and self._desk_frame is None:
            from ui.desk_frame import DeskFrame

            there = frozenset(page for page in DESK_PAGES if self.window.page(page) is not None)
            self._desk_frame = DeskFrame(self.window, self.counter, self.devices, there, self)
        if self._desk_frame is not None:
            self._desk_frame.at(away)

    def _on_desk(self) -> bool:
        page = self.window.current_page()
        return page is not None and page.name in DESK_PAGES

    def _show_desk(self, desk: DeskView) -> None:
        self.window.show_desk(desk)
        if self._sign_in is not None:
            self._sign_in.show_store(
                desk.store_name, desk.counter_no, locked=self.counter.holds_visit
            )

    def _show_devices(self) -> None:
        shown = tuple(
            (thing.value, self.devices.states[thing])
            for thing in Thing
            if thing in self.devices.states
        )
        self.window.show_devices(shown)

    def _scanned(self, scanned: object) -> None:
        if not self._signed_in:
            from app.workflow.views.case import BannerView

            self._said.say(BannerView(BannerKind.ATTENTION, int(Code.SCAN_NOT_NOW)))
            self._sounds.play("attention")
            return
        page = self.window.current_page()
        if page is None or not page.catch_scan(scanned):  # type: ignore[arg-type]  # a ScannedText
            self.counter.scan(scanned)  # type: ignore[arg-type]  # the same

    def _spoken(self, spoken: Spoken) -> None:
        from ui.widgets.scan_field import refusal_of

        self._sounds.play(spoken.tone)
        page = self.window.current_page()
        field = page.scan_field() if page is not None else None
        self._said.say(refusal_of(spoken) if field is None else None)

    def _troubled(self, trouble: Trouble) -> None:
        if isinstance(trouble, LocalTrouble):
            self._stopped(trouble)
            return
        banner = banner_of(trouble)
        if self.counter.asked_by_page:
            banner = self._offers.on_page(banner)
        self._said.say(banner)

    def _stopped(self, trouble: LocalTrouble) -> None:
        from ui.pages.local_trouble import LocalTroublePage

        page = self.window.page(_LOCAL)
        while page is None and self.builder.build_one():
            page = self.window.page(_LOCAL)
        if isinstance(page, LocalTroublePage):
            page.show_trouble(trouble, self._begin_again)
            if not self._signed_in:
                self.window.show_title(tr("shell.local.title"), tr("shell.local.note"))
            self.window.show_page(_LOCAL)

    def _begin_again(self) -> None:
        """F5 of the full page: what was put right shows by what can be read and kept again."""
        if not self._signed_in:
            self._show_sign_in()
        elif self.counter.case is not None and not self.counter.busy:
            self.counter.ask_again()
        elif not self.counter.busy:
            current = self.counter.workflow.current
            self.counter.ask(current, switches=True, proceed=True, then=self._ways.back)

    def _eased(self) -> None:
        self._said.say(None)
        page = self.window.current_page()
        if page is not None and page.name == _LOCAL:
            self._ways.back()

    def _busy(self, busy: bool) -> None:
        """A button that went off while its act ran gives the cursor away: fetch it back."""
        self._set_acts()
        page = self.window.current_page()
        away = page is not None and not (page.holds_focus() or self.window.beside_holds_focus())
        if not busy and page is not None and away:
            page.focus_first()

    def _to_page(self) -> None:
        page = self.window.current_page()
        if page is not None:
            page.focus_first()

    # people

    def _entered(self, _operator: Operator) -> None:
        self._signed_in = True
        self.builder.build_all()
        # pages built since then render a case before the window turns to them: what they ask for
        # first depends on it
        self.counter.case_changed.disconnect(self._show_case)
        self.counter.case_changed.connect(self._show_case)
        self._said.say(None)
        self.counter.begin()
        self._ways.back()

    def lock(self) -> None:
        """F10: the page of the next person; the sale stays."""
        signing = self._doors.signing
        if signing is None:
            return
        self._signed_in = False
        self._said.say(None)
        self._show_sign_in()
        self._bridge.submit("counter", signing.lock, lambda _none: None, self._troubled)

    def _show_sign_in(self) -> None:
        # nobody's name stays readable on a locked screen
        idle = "first" if self.counter.case is None else "locked_idle"
        note = tr(f"shell.sign_in.{'locked' if self.counter.holds_visit else idle}")
        self.window.show_title(tr("shell.sign_in.title"), note)
        self.window.show_page("sign_in")
        self._set_acts()

    # keys and offers

    def _set_acts(self) -> None:
        table = (self._table.act(),) if self._table is not None else ()
        # a locked screen keeps the first two of them: help, and the code of what it says
        here = self._standard()[: None if self._signed_in else 2]
        self.window.set_standard((*here, *table))

    def _standard(self) -> tuple[Act, ...]:
        case, idle = self.counter.case, not self.counter.busy
        here = case is not None
        unknown = here and case is not None and case.unknown is not None
        queue, court = (self.window.page(name) is not None for name in ("queue", "referee"))
        return (
            Act(Key.HELP, tr("shell.key.F1"), self.window.help),
            Act(Key.COPY_CODE, tr("shell.offer.copy_code"), self._said.copy, self._said.stands),
            Act(
                Key.NEXT,
                tr("shell.key.F2"),
                self.counter.next_customer,
                here and idle,
                Look.UNKNOWN if unknown else Look.PLAIN,
            ),
            Act(Key.FIND, tr("shell.key.F3"), self._ways.find),
            Act(Key.PARK, tr("shell.key.F4"), self._ways.park_or_list, here and idle),
            Act(Key.ASK_AGAIN, tr("shell.key.F5"), self.counter.ask_again, here and idle),
            Act(Key.SCAN_FIELD, tr("shell.key.F6"), self._ways.back),
            Act(Key.QUEUE, tr("shell.key.F8"), lambda: self._ways.desk("queue"), queue),
            Act(Key.OPEN_ITEMS, tr("shell.key.open_items"), self.doubts.show_list),
            Act(Key.LOCK, tr("shell.key.F10"), self.lock, self._doors.signing is not None),
            Act(Key.DEVICES, tr("shell.key.F11"), lambda: self._ways.desk("devices")),
            *desk_acts(self.window, self._ways.desk),
            Act(
                Key.REFEREE,
                tr("shell.desk.page.referee"),
                lambda: self._ways.desk("referee"),
                court,
            ),
            Act(Key.NOTICES, tr("shell.notices.key"), self.window.show_notices),
            Act(Key.WHERE, tr("shell.key.where"), self.window.show_where, here),
            *self._by_terminal(),
            Act(Key.ABANDON, tr("shell.offer.abandon"), self._ways.abandon, here and idle),
            Act(Key.BACK, tr("shell.desk.back"), self._ways.back, self._on_desk()),
        )

    def _by_terminal(self) -> tuple[Act, ...]:
        """The terminal reads an e-voucher on any page, and is told to stop by the same key."""
        counter = self.counter
        if not counter.has_terminal:
            return ()
        text = tr("shell.key.leave_reading" if counter.reading else "shell.key.read_voucher")
        on = counter.case is not None and (counter.reading or not counter.busy)
        return (Act(Key.READ_VOUCHER, text, counter.read_voucher, on),)

    def _open(self, item: str) -> None:
        if item == "queue" and self._signed_in:
            self._ways.desk("queue")
        elif item == "clock" and self._signed_in:
            self._ways.desk("day_end")
        elif item in ("operator", "pharmacist"):
            self.lock()
        elif item == "counter" and self._signed_in:
            self._ways.back()

    def _open_device(self, thing: str) -> None:
        self.builder.build_all()
        self.devices.choose(Thing(thing))
        self.window.show_page("devices")
