"""Papers that follow their page."""

from PySide6.QtCore import QTimer

from app.domain.errors import Trouble
from ui.viewmodels.counter import CounterModel

PRINT_AFTER_MS = 50
"""The papers follow their page by this much: laying out type keeps the interpreter from drawing."""


def print_soon(counter: CounterModel) -> None:
    """Print what waits for paper, behind the page that says so."""
    QTimer.singleShot(PRINT_AFTER_MS, counter, lambda: print_waiting(counter))


def print_waiting(counter: CounterModel) -> None:
    """Print what waits for paper; what does not come out keeps waiting and says why."""

    def unprinted(trouble: Trouble) -> None:
        counter.troubled.emit(trouble)
        counter.refresh()

    counter.bridge.submit_job(
        "print",
        lambda report, _cancel: counter.workflow.print_waiting(report),
        lambda _none: counter.refresh(),
        unprinted,
    )


def print_or_copy(counter: CounterModel, kind: str, *, waiting: bool) -> None:
    """A paper that is asked for: the first one where it still waits, else a marked copy."""
    if counter.busy:
        return
    if waiting:
        print_waiting(counter)
    else:
        counter.reprint(kind)
