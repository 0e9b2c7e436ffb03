"""The window: a frame that never moves around one page at a time. It holds no logic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.frame.board import CASE, LINE, BannerBoard
from ui.frame.case_strip import CaseStrip
from ui.frame.devices import PLATFORMS, platform_row
from ui.frame.key_bar import KeyBar
from ui.frame.notices import NoticeBook
from ui.frame.rail import Rail
from ui.frame.side_panel import SidePanel
from ui.frame.top_bar import TopBar
from ui.frame.training import BORDER_PX, TrainingBar, Watermark
from ui.icons import icon
from ui.key_capture import KeyCapture
from ui.key_times import KeyTimes
from ui.keys import Act, Key, key_of
from ui.page import Page
from ui.text import tr
from ui.theme import tokens
from ui.widgets.banner import Banner

if TYPE_CHECKING:
    from app.ports.devices import DeviceState, KeyBurst
    from app.workflow.views.case import BannerView, CaseView
    from app.workflow.views.desk import DeskView

NARROW_BELOW = 1100
"""Window width in logical px below which the rail collapses and the key bar wraps (ui 4)."""


LOW_BELOW = 440
"""Window height in logical px below which two banners leave no page between them."""
SMALLEST = (640, 360)
"""Logical px: 1366 × 768 at 200 % scaling, less the desktop's bars (ui 10)."""


class WindowOptions(NamedTuple):
    """How the window looks."""

    training: bool = False

    @property
    def ground(self) -> str:
        """production or training."""
        return "training" if self.training else "production"


class MainWindow(QMainWindow):
    """Top bar, case strip, banner, rail, page stack, key bar; training look where asked."""

    offered = Signal(str)
    """Name of a banner's offer that was pressed."""
    opened = Signal(str)
    """An item of the top bar or ``devices`` was pressed."""
    device_opened = Signal(str)
    page_changed = Signal(str)
    acts_changed = Signal()
    """A key went on or off, or means something else now."""
    closing = Signal()

    def __init__(
        self,
        now: Callable[[], datetime],
        options: WindowOptions,
        burst: KeyBurst | None = None,
        key_times: KeyTimes | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """``now`` is the platform's time, aware; ``burst`` recognises the keyboard-wedge gun."""
        super().__init__(parent)
        self.options = options
        self._now = now
        self.notices = NoticeBook(now)
        self.board = BannerBoard(self.notices, self)
        self.top_bar = TopBar(now, options.ground)
        self.strip = CaseStrip(now)
        self.banner = Banner()
        self.rail = Rail()
        self.stack = QStackedWidget()
        self.key_bar = KeyBar()
        self._devices: tuple[tuple[str, DeviceState], ...] = ()
        self._platform: tuple[tuple[str, DeviceState], ...] = ()
        self._standard: tuple[Act, ...] = ()
        self._undressed: list[Page] = []
        self._case: CaseView | None = None
        self._headed = False
        self._beside: QWidget | None = None
        self._arrange()
        self.panel = SidePanel(self.stack)
        self._watermark = Watermark(self.stack) if options.training else None
        self._capture = KeyCapture(self, burst, self.press, key_times)
        self._captured = False
        self._connect()
        self._ticker = QTimer(self)
        self._ticker.setInterval(1000)
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()
        self._name_window(0)

    def _arrange(self) -> None:
        root, inside = QWidget(), QWidget()
        root.setObjectName("root")
        root.setProperty("training", "true" if self.options.training else "false")
        inside.setObjectName("inside")
        outer = QVBoxLayout(root)
        edge = BORDER_PX if self.options.training else 0
        outer.setContentsMargins(edge, 0, edge, edge)
        outer.addWidget(inside)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(self.strip)
        if self.options.training:
            self.training_bar = TrainingBar()
            column.addWidget(self.training_bar)
        column.addWidget(self.banner)
        self._body = QHBoxLayout()
        self._body.setSpacing(0)
        self._body.addWidget(self.rail)
        self._body.addWidget(self.stack, 1)
        column.addLayout(self._body, 1)
        column.addWidget(self.key_bar)
        self.setCentralWidget(root)
        # the frame folds instead of pushing the window beyond a small screen
        layout = self.layout()
        if layout is not None:
            layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(*SMALLEST)

    def _connect(self) -> None:
        self.board.changed.connect(self._show_banner)
        self.banner.offered.connect(self.offered)
        self.top_bar.opened.connect(self.opened)
        self.strip.where_asked.connect(lambda _topic: self.show_where())
        self.rail.device_opened.connect(self._open_device)
        self.key_bar.key_pressed.connect(self.press)

    def _name_window(self, counter: int) -> None:
        key = "shell.window_training" if self.options.training else "shell.window"
        self.setWindowTitle(tr(key, counter=f"{counter:02}"))
        role = "training.solid" if self.options.training else "accent"
        self.setWindowIcon(icon("app", tokens().colour(role), 64))

    def _show_banner(self, banner: BannerView | None, more: int) -> None:
        self.banner.show_banner(banner, more)
        self._make_room()

    def _make_room(self) -> None:
        """In a low window the standing training banner gives its place to what has to be read.

        The bar, the border, the watermark and the title still say training.
        """
        if self.options.training:
            low = self.height() < LOW_BELOW
            self.training_bar.setVisible(not (low and self.banner.isVisibleTo(self)))

    def dock(self, beside: QWidget) -> None:
        """Put something at the right of the pages; the cursor may stay in it."""
        self._beside = beside
        self._body.addWidget(beside)

    # pages

    def add_page(self, page: Page) -> None:
        """Put a page into the stack under its name."""
        self.stack.addWidget(page)
        self._undressed.append(page)
        page.acts_changed.connect(lambda: self._page_acts_changed(page))
        page.back_wanted.connect(lambda: self.press(Key.SCAN_FIELD))
        page.key_wanted.connect(self.press)

    def dress_one(self) -> bool:
        """Style and lay out one page ahead of the first look at it; False where all are."""
        if not self._undressed:
            return False
        page = self._undressed.pop()
        page.resize(self.stack.size())
        for part in page.findChildren(QWidget):
            part.ensurePolished()
        layout = page.layout()
        if layout is not None:
            layout.activate()
        return True

    def page(self, name: str) -> Page | None:
        """The page of a name, None where there is none."""
        for index in range(self.stack.count()):
            found = self.stack.widget(index)
            if isinstance(found, Page) and found.name == name:
                return found
        return None

    def current_page(self) -> Page | None:
        """The page on screen."""
        found = self.stack.currentWidget()
        return found if isinstance(found, Page) else None

    def beside_holds_focus(self) -> bool:
        """Whether the cursor is in what was docked beside the pages."""
        beside, focused = self._beside, self.focusWidget()
        return beside is not None and focused is not None and beside.isAncestorOf(focused)

    def show_page(self, name: str) -> bool:
        """Bring a page to the front and the focus to where its next input belongs."""
        page = self.page(name)
        if page is None:
            return False
        changed = page is not self.stack.currentWidget()
        if changed:
            page.come_forward()
            # laid out now and painted in the next turn: a key waits for one of both
            self.stack.setUpdatesEnabled(False)
            self.stack.setCurrentWidget(page)
            QTimer.singleShot(0, self.stack, lambda: self.stack.setUpdatesEnabled(True))
            self.panel.hide()
        if self._watermark is not None:
            # the stack lifts its current page above everything
            self._watermark.raise_()
        if changed or not (page.holds_focus() or self.beside_holds_focus()):
            page.focus_first()
        if changed:
            self.page_changed.emit(name)
        self._acts_changed()
        return True

    # state

    def show_case(self, case: CaseView) -> None:
        """Strip, rail and banner of a case."""
        if self._case is None or self._case.case_id != case.case_id:
            self.notices.leave(CASE)
        self._case = case
        if not self._headed:
            self.strip.show_case(case)
        self.rail.steps.show_stops(case.stops)
        self.board.put(CASE, case.banner, case.more_banners)
        self.panel.refresh(case)

    def head(self, title: str, note: str) -> None:
        """A desk page: its title in the strip, the visit kept aside; no title: the visit again."""
        self._headed = bool(title)
        if title:
            self.strip.show_title(title, note, tr("shell.strip.hint"))
        elif self._case is not None:
            self.strip.show_case(self._case)

    def show_title(self, title: str, note: str, hint: str = "") -> None:
        """No case on screen: a title in the strip, an empty rail, no banner of a case."""
        self.notices.leave(CASE)
        self._case = None
        self.strip.show_title(title, note, hint)
        self.rail.steps.show_stops(())
        self.board.put(CASE, None)
        self.panel.hide()

    def show_desk(self, desk: DeskView) -> None:
        """The top bar."""
        self.top_bar.show_desk(desk)
        self._platform = (platform_row(desk, training=self.options.training),)
        self.rail.show_devices((*self._devices, *self._platform))
        no_line = None
        if desk.no_line is not None:
            from ui.errors import no_line_banner

            no_line = no_line_banner(desk.no_line)
        self.board.put(LINE, no_line)
        self._name_window(desk.counter_no)

    def _open_device(self, thing: str) -> None:
        if thing in PLATFORMS:
            self.opened.emit("queue")
        else:
            self.device_opened.emit(thing)

    def show_devices(self, states: tuple[tuple[str, DeviceState], ...]) -> None:
        """The foot of the rail; the platform stands below the devices."""
        self._devices = states
        self.rail.show_devices((*states, *self._platform))
        for name, state in states:
            self.notices.hear_device(name, state)

    def say(self, source: str, banner: BannerView | None) -> None:
        """What ``source`` wants to be told; None when it has healed."""
        self.board.put(source, banner)

    # keys

    def set_standard(self, acts: tuple[Act, ...]) -> None:
        """What keys mean wherever a page does not say else."""
        self._standard = acts
        self._acts_changed()

    def acts(self) -> dict[Key, Act]:
        """Every key with a meaning now; the page's word beats the frame's."""
        found = {act.key: act for act in self._standard}
        page = self.current_page()
        if page is not None:
            found.update({act.key: act for act in page.acts()})
        return found

    def press(self, key: Key) -> bool:
        """A key: run its act. True when the key has a meaning here, even if it is off now."""
        act = self.acts().get(key)
        if act is None:
            return key.value.startswith("F") and key is not Key.FORWARD
        if act.on:
            act.run()
        return True

    def help(self) -> None:
        """F1: what every key does here."""
        self.panel.toggle_help(tuple(self.acts().values()))

    def show_notices(self) -> None:
        """What was said lately, and when it healed."""
        self.panel.toggle_notices(self.notices.notices(), self._now())

    def show_where(self) -> None:
        """各在哪里 of the case on screen: what a press on a light opens."""
        self.panel.toggle_where(self._case)

    def _page_acts_changed(self, page: Page) -> None:
        if page is self.stack.currentWidget():
            self._acts_changed()

    def _acts_changed(self) -> None:
        self.key_bar.show_acts(self.acts())
        self.acts_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Esc and Del that no field wanted."""
        key = key_of(event)
        if key is Key.BACK and self.panel.isVisible():
            self.panel.hide()
            return
        by = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}.get(Qt.Key(event.key()))
        if by is not None and self.panel.isVisible():
            self.panel.turn_page(by)
            return
        if key is not None and not event.isAutoRepeat() and self.press(key):
            return
        super().keyPressEvent(event)

    # the window itself

    def showEvent(self, event: QShowEvent) -> None:
        """The window object exists from here on; the filter sits on it."""
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None and not self._captured:
            self._captured = True
            handle.installEventFilter(self._capture)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Small windows fold the frame; nothing is lost."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW_BELOW
        self.rail.set_narrow(narrow)
        self.key_bar.set_narrow(narrow)
        self.top_bar.set_narrow(narrow)
        self.strip.set_narrow(narrow, self.width())
        self._make_room()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever made the lanes closes them."""
        self._ticker.stop()
        self.closing.emit()
        super().closeEvent(event)

    def tick(self) -> None:
        """Once a second: clock, ages, time left."""
        self.top_bar.tick()
        self.strip.tick()
