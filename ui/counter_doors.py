"""What ``app.main`` hands to the window: the doors behind it and the things at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from app.jobs.progress import Progress, Report
    from app.ports.clock import Clock
    from app.ports.devices import (
        CameraSource,
        CardReader,
        CodeSource,
        IdCardReader,
        KeyBurst,
        Printer,
    )
    from app.ports.referee import Referee
    from ui.bridge import Bridge
    from ui.pages.sign_in import Signing, SignInPage
    from ui.shell import MainWindow
    from ui.training.room import TrainingRoom
    from ui.viewmodels.catalogue import CatalogueWork
    from ui.viewmodels.day_end import DayEndWork
    from ui.viewmodels.parcels import ParcelWork
    from ui.viewmodels.stock import StockWork
    from ui.viewmodels.stock_day import StockDayWork
    from ui.viewmodels.workflow import CardWork, QueueWork, Workflow
    from ui.widgets.scan_field import Recogniser


class BenchInputs(NamedTuple):
    """Things at the counter as the window meets them; None where there is none."""

    camera: CameraSource | None = None
    wedge: KeyBurst | None = None
    guns: tuple[CodeSource, ...] = ()
    reader: CardReader | None = None
    id_reader: IdCardReader | None = None
    receipt_printer: Printer | None = None
    page_printer: Printer | None = None


def inputs_of(bench: Any, guns: tuple[CodeSource, ...]) -> BenchInputs:
    """The things of a bench (``devices.bench.Bench``), with the guns that stand on it."""
    return BenchInputs(
        camera=bench.cameras,
        guns=guns,
        reader=bench.card,
        id_reader=bench.id_card,
        receipt_printer=bench.receipt_printer,
        page_printer=bench.page_printer,
    )


def told_at_sign_in(window: MainWindow, bridge: Bridge) -> Report:
    """Tells on the sign-in page, from whichever thread, what is being prepared behind it."""
    from ui.text import tr

    say = cast("SignInPage", window.page("sign_in")).show_note

    def told(progress: Progress) -> None:
        what = tr(f"shell.opening.{progress.stage}")
        done, total = progress.done, progress.total or 0
        words = tr("shell.opening.stage", done=done, total=total, what=what)
        bridge.post(lambda: say(words))

    return told


class Doors(NamedTuple):
    """What ``app.main`` hands to the window. Without ``signing`` nobody has to sign in."""

    workflow: Workflow
    clock: Clock
    recognise: Recogniser
    signing: Signing | None = None
    cards: CardWork | None = None
    queue: QueueWork | None = None
    day_end: DayEndWork | None = None
    training: TrainingRoom | None = None
    referee: Referee | None = None
    parcels: ParcelWork | None = None
    catalogue: CatalogueWork | None = None
    stock: StockWork | None = None
    stock_day: StockDayWork | None = None
