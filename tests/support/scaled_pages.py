"""Every page in a window as large as the screen: what of it cannot be used. For a child process.

The scale factor of a process is fixed before its application starts, so this runs as
``python -m tests.support.scaled_pages FOLDER``; it prints one JSON object, ``screen`` in logical px
and ``faults`` by page name, and leaves a picture of each page in FOLDER where one is named.
"""

import json
import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QLabel,
    QScrollArea,
    QWidget,
)

from app.jobs.lane import Lanes
from app.ports.devices import DeviceState, DeviceStatus
from app.workflow.views.case import CaseView
from tests.support.counter_fakes import PreparedQueue, PreparedWorkflow, StillClock, recognise
from tests.support.looking import CONTROLS, cut_sideways, press, shown
from tests.support.queue_views import queue_rows
from tests.support.rx_views import review_case, select_case
from tests.support.sale_views import hand_over_case, scan_case, settle_case, unknown_case
from tests.support.training_fakes import LOGINS, RememberingTable
from tests.support.views import closed_case, identify_case
from ui.app import make_application
from ui.bridge import Bridge
from ui.counter_window import BenchInputs, CounterWindow, Doors
from ui.page import Page
from ui.shell import WindowOptions
from ui.training.room import TrainingRoom
from ui.viewmodels.devices import Thing

CASES = {
    "identify": identify_case(),
    "select": select_case(),
    "audit_unproved": review_case(proved=False),
    "scan": scan_case(),
    "audit": review_case(),
    "settle": settle_case(),
    "settle_unknown": unknown_case(),
    "hand_over": hand_over_case(),
    "closed": closed_case(),
}
DESK = ("queue", "devices", "waiting", "where")
LEAST_PX = 20
"""Less than this of a button's height in view and it cannot be read."""


def settled(turns: int = 12) -> None:
    """Let layouts and timers of a moment run."""
    for _ in range(turns):
        loop = QEventLoop()
        QTimer.singleShot(10, loop.quit)
        loop.exec()


def opened(training: bool) -> tuple[CounterWindow, Lanes]:
    """A whole counter in front, as large as the screen lets it be."""
    lanes = Lanes()
    work = PreparedWorkflow(identify_case())
    room = TrainingRoom(RememberingTable(), LOGINS) if training else None
    doors = Doors(
        work, StillClock(), recognise, None, queue=PreparedQueue(queue_rows()), training=room
    )
    made = CounterWindow(doors, Bridge(lanes), BenchInputs(), WindowOptions(training=training))
    for thing in (Thing.CAMERA, Thing.READER, Thing.RECEIPT_PRINTER):
        made.devices.put(thing, DeviceState(DeviceStatus.READY, "front"))
    made.window.resize(QApplication.primaryScreen().availableSize())
    made.window.show()
    made.window.activateWindow()
    made.start()
    return made, lanes


def turn_to(made: CounterWindow, case: CaseView) -> Page:
    """Another case on screen."""
    work = made.counter.workflow
    work.case = case  # type: ignore[attr-defined]  # the prepared workflow
    made.counter.ask(work.current, switches=True)
    for _ in range(200):
        if made.counter.case == case and not made.counter.busy:
            break
        settled(1)
    settled()
    page = made.window.current_page()
    assert page is not None
    return page


def faults_of(made: CounterWindow, page: Page) -> list[str]:
    """What a person could not use: keys, buttons, words."""
    window = made.window
    screen = QApplication.primaryScreen().availableSize()
    found = []
    if window.width() > screen.width() or window.height() > screen.height():
        found.append(f"window {window.width()}x{window.height()} on {screen.width()}")
    found += [f"cut: {name}" for name in cut_sideways(page)]
    found += [f"key bar: {name}" for name in cut_sideways(window.key_bar)]
    found += [f"top bar: {name}" for name in cut_sideways(window.top_bar)]
    found += [f"strip: {name}" for name in cut_sideways(window.strip)]
    for button in shown(window.key_bar, QAbstractButton):
        if not inside(button, window):
            found.append(f"key hidden: {button.accessibleName()}")
    found += [f"squeezed: {name}" for name in squeezed(page)]
    found += [f"unreachable: {name}" for name in unreachable(page)]
    if page.height() < 4 * LEAST_PX:
        found.append(f"page of {page.height()} px")
    return found


def squeezed(page: Page) -> list[str]:
    """Words and buttons lower than their letters."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()}"
        for widget in shown(page)
        if isinstance(widget, QLabel | QAbstractButton)
        and widget.height() + 1 < widget.minimumSizeHint().height()
    ]


def lost_cursor(made: CounterWindow) -> list[str]:
    """The widget with the cursor, where it is out of sight."""
    cursor = made.window.focusWidget()
    if cursor is None:
        return ["no cursor"]
    seen = cursor.visibleRegion().boundingRect().height()
    enough = seen >= min(LEAST_PX, cursor.height())
    return [] if enough else [f"cursor out of sight: {cursor.accessibleName()}"]


def inside(widget: QWidget, window: QWidget) -> bool:
    """Whether all of it lies in the window."""
    return window.rect().contains(QRect(widget.mapTo(window, QPoint()), widget.size()))


def unreachable(page: Page) -> list[str]:
    """Controls that no scrolling brings into view."""
    found = []
    for widget in list(shown(page)):
        if not isinstance(widget, CONTROLS) or widget.focusPolicy() is Qt.FocusPolicy.NoFocus:
            continue
        if isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QScrollArea):
            continue
        around = widget.parentWidget()
        while around is not None and around is not page:
            if isinstance(around, QScrollArea):
                around.ensureWidgetVisible(widget, 0, 4)
            around = around.parentWidget()
        seen = widget.visibleRegion().boundingRect()
        if seen.height() < min(LEAST_PX, widget.height()) or seen.width() < widget.width() - 2:
            found.append(f"{type(widget).__name__} {widget.accessibleName()}")
    return found


def main(folder: Path | None) -> dict[str, list[str]]:
    """Every page, without and with the training look."""
    faults: dict[str, list[str]] = {}
    for training in (False, True):
        made, lanes = opened(training)
        mark = "_training" if training else ""
        for name, case in CASES.items():
            page = turn_to(made, case)
            faults[name + mark] = lost_cursor(made)
            keep(made, folder, name + mark)
            faults[name + mark] += faults_of(made, page)
        for name in DESK:
            made.window.show_page(name)
            settled()
            keep(made, folder, name + mark)
            page = made.window.current_page()
            assert page is not None
            faults[name + mark] = faults_of(made, page)
        press(made.window, Qt.Key.Key_F1)
        settled()
        keep(made, folder, "help" + mark)
        made.stop()
        made.window.close()
        lanes.close(5.0)
    return {name: found for name, found in faults.items() if found}


def keep(made: CounterWindow, folder: Path | None, name: str) -> None:
    """A picture of the window as it is."""
    if folder is not None:
        made.window.grab().save(str(folder / f"{name}.png"))


if __name__ == "__main__":
    application = make_application(sys.argv[:1])
    shots = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    there = application.primaryScreen().size()
    told = {"screen": [there.width(), there.height()], "faults": main(shots)}
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
