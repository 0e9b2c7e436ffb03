"""A dressed application, lanes that end, and a whole window on prepared views."""

import gc
import math
import os
import re
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.goods.codes import ScanGrammar
from app.jobs.lane import Lanes
from app.ports.devices import DeviceState, DeviceStatus, KeyBurst
from app.ports.referee import Referee
from app.workflow.views.case import CaseView
from tests.support.counter_fakes import PreparedWorkflow, StillClock
from ui import text
from ui.bridge import Bridge
from ui.counter_window import BenchInputs, CounterWindow, Doors
from ui.early_kind import EarlyKind
from ui.pages.sign_in import Signing
from ui.shell import WindowOptions
from ui.theme import Density, Shade, apply_theme
from ui.training.room import TrainingRoom
from ui.viewmodels.catalogue import CatalogueWork
from ui.viewmodels.day_end import DayEndWork
from ui.viewmodels.devices import Thing
from ui.viewmodels.parcels import ParcelWork
from ui.viewmodels.stock import StockWork
from ui.viewmodels.stock_day import StockDayWork
from ui.viewmodels.workflow import QueueWork

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

GRAMMAR = ScanGrammar(re.compile(r"424\d{25}"), re.compile(r"\d{28}"), re.compile(r"\d{20}"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The offscreen platform says this of every window that has a least size."""
    for item in items:
        item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture(autouse=True, scope="session")
def _loaded_stays() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """As in the program: an object of a window that dies in a lane takes the process with it."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _strict_texts() -> Iterator[None]:
    """A missing sentence is a bug here."""
    text.be_strict(True)
    yield
    text.be_strict(False)


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """Light and compact unless a test says else."""
    # windows of earlier tests wait for an event loop to die, and would be dressed once more
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qapp.setStyle("Fusion")
    apply_theme(qapp, Shade.LIGHT, Density.COMPACT)


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    """Lanes that come to rest with the test."""
    made = Lanes()
    yield made
    assert made.close(5.0)


@pytest.fixture
def bridge(qapp: QApplication, lanes: Lanes) -> Iterator[Bridge]:
    """A bridge that delivers nothing after its test."""
    made = Bridge(lanes)
    yield made
    made.close()


OpenWindow = Callable[..., CounterWindow]


@pytest.fixture
def open_window(qtbot, bridge: Bridge) -> Iterator[OpenWindow]:
    """Opens whole windows on one prepared case each."""
    opened: list[CounterWindow] = []

    def open_one(
        case: CaseView,
        *,
        size: tuple[int, int] = (1366, 768),
        options: WindowOptions | None = None,
        burst: KeyBurst | None = None,
        signing: Signing | None = None,
        workflow: PreparedWorkflow | None = None,
        training: TrainingRoom | None = None,
        day_end: DayEndWork | None = None,
        queue: QueueWork | None = None,
        referee: Referee | None = None,
        parcels: ParcelWork | None = None,
        catalogue: CatalogueWork | None = None,
        stock: StockWork | None = None,
        stock_day: StockDayWork | None = None,
    ) -> CounterWindow:
        work = workflow or PreparedWorkflow(case)
        kinds = EarlyKind(lambda: GRAMMAR)
        desks = (queue, day_end, training, referee)
        rooms = {"parcels": parcels, "catalogue": catalogue, "stock": stock}
        rooms |= {"stock_day": stock_day}
        doors = Doors(work, StillClock(), kinds, signing, None, *desks)._replace(**rooms)
        made = CounterWindow(doors, bridge, BenchInputs(wedge=burst), options or WindowOptions())
        qtbot.addWidget(made.window)
        opened.append(made)
        for thing in (Thing.CAMERA, Thing.READER, Thing.RECEIPT_PRINTER):
            made.devices.put(thing, DeviceState(DeviceStatus.READY, "front"))
        made.window.resize(*size)
        made.window.show()
        made.start()
        if signing is None:
            qtbot.waitUntil(lambda: made.counter.case is not None, timeout=20000)
            qtbot.waitUntil(lambda: made.counter.desk is not None, timeout=20000)
        return made

    yield open_one
    for made in opened:
        made.stop()
        made.deleteLater()


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every sentence 40 % longer, placeholders untouched."""
    real = text.texts()
    padded = {
        key: said + "长" * math.ceil(len(re.sub(r"\{.*?\}", "", said)) * 0.4)
        for key, said in real.items()
        if not key.startswith("age.")
    }
    stretched = {**real, **padded}
    monkeypatch.setattr(text, "texts", lambda: stretched)


def walk(widget: QWidget) -> Iterator[QWidget]:
    """All visible widgets below ``widget``."""
    for child in widget.findChildren(QWidget):
        if child.isVisible():
            yield child
