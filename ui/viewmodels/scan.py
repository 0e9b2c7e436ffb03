"""扫码: every box, line by line."""

from PySide6.QtCore import QObject, Signal

from app.domain.case import Step
from app.domain.errors import Code
from app.domain.goods.overrides import reasons_for
from app.workflow.views.case import (
    BannerKind,
    CaseView,
    DrugLineView,
    ScanLogRow,
    ScanView,
    SlotState,
    SplitOffer,
    Spoken,
)
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.shelf import SELF_PAY

LOG_KEPT = 200
_LONGEST_NUMBER = 9
NO_CODE_REASONS = tuple(reason.value for reason in reasons_for(Code.SCAN_NO_CODE))


class ScanModel(QObject):
    """The line under the cursor, and what may be done about it."""

    changed = Signal()

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.view: ScanView | None = None
        self.chosen: int | None = None
        self.without_code = self.splitting = self.prescribed = False
        self._moved = False
        self._here = False
        self._case_id: int | None = None
        self._refused: tuple[ScanLogRow, ...] = ()
        counter.case_changed.connect(self.render)
        counter.spoken.connect(self._hear)
        counter.busy_changed.connect(lambda _busy: self.changed.emit())

    def render(self, case: CaseView) -> None:
        """Take a new case; the cursor follows the scans until a person moves it."""
        if case.scan is None:
            return
        if case.case_id != self._case_id:
            self._case_id, self._refused, self.without_code = case.case_id, (), False
            self.splitting = False
        self.prescribed = case.route != SELF_PAY
        before = self.view
        self.view, self._here = case.scan, case.step is Step.SCAN
        if before is None or before.scanned != case.scan.scanned or self.line is None:
            self._moved = False
        if not self._moved:
            self.chosen = self._current()
        self.changed.emit()

    @property
    def log(self) -> tuple[ScanLogRow, ...]:
        """Boxes in the sale and what was refused at this counter, newest first."""
        taken = self.view.log if self.view is not None else ()
        rows = sorted((*taken, *self._refused), key=lambda row: row.at, reverse=True)
        return tuple(rows[:LOG_KEPT])

    def _hear(self, spoken: Spoken) -> None:
        if self._here and self.without_code:
            # a code was scanned after all: what became of it is the one thing to be read
            self.without_code = False
            self.changed.emit()
        if not self._here or spoken.tone != "stop":
            return
        at = self.counter.clock.now()
        heard = ScanLogRow(at, spoken.shown, spoken.verdict, spoken.tone)
        self._refused = (heard, *self._refused)[:LOG_KEPT]
        self.changed.emit()

    @property
    def line(self) -> DrugLineView | None:
        """The line under the cursor."""
        lines = self.view.lines if self.view is not None else ()
        return next((line for line in lines if line.index == self.chosen), None)

    @property
    def amber(self) -> DrugLineView | None:
        """The amber in front: under the cursor, else the first that waits for a word."""
        lines = self.view.lines if self.view is not None else ()
        waiting = [line for line in lines if waits_for_a_word(line)]
        here = [line for line in waiting if line.index == self.chosen]
        return next(iter(here or waiting), None)

    @property
    def complete(self) -> bool:
        """Every box is scanned and nothing waits for a word, nor for a number of pieces."""
        view = self.view
        if view is None or not self._here or self.splitting:
            return False
        return view.scanned == view.needed > 0 and self.amber is None

    def move(self, by: int) -> None:
        """Arrow keys; stops at both ends."""
        lines = self.view.lines if self.view is not None else ()
        indices = [line.index for line in lines]
        if self.chosen in indices:
            at = max(0, min(indices.index(self.chosen) + by, len(indices) - 1))
            self.chosen, self._moved = indices[at], True
            self.changed.emit()

    def remove(self, code: str | None = None) -> None:
        """Del: take one box off the line; the last one unless ``code`` says which."""
        line = self.line
        held = (*line.codes, *line.uncoded) if line is not None else ()
        if line is None or not held or self.counter.busy:
            return
        index, gone = line.index, code or held[-1]
        workflow = self.counter.workflow
        self.counter.intend(lambda case_id: workflow.remove(case_id, index, gone))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What may be answered now, in the order of the keys: to the amber in front, else to a box
        without a code while one is asked for."""
        if self.amber is not None:
            return self.amber.reasons
        return NO_CODE_REASONS if self.without_code else ()

    def answer(self, reason: str) -> None:
        """Alt and a number: why it goes on."""
        line, asked = self.amber, self.without_code
        if self.counter.busy or (line is None and not asked):
            return
        line = line or self.line
        if line is None:
            return
        index, workflow = line.index, self.counter.workflow
        if self.amber is not None:
            self.counter.intend(lambda case_id: workflow.acknowledge(case_id, index, reason))
            return
        self.without_code = False
        self.counter.intend(lambda case_id: workflow.take_without_code(case_id, index, reason))

    def ask_without_code(self) -> None:
        """Ctrl N: the box in the hand has no code that can be scanned; once more takes it back."""
        line = self.line
        if self.amber is None and line is not None and line.scanned < line.needed:
            self.without_code = not self.without_code
            self.changed.emit()

    @property
    def may_split(self) -> bool:
        """The box scanned last may be sold in parts, and no prescription says how much is sold."""
        return self.offer is not None and not self.counter.busy

    @property
    def offer(self) -> SplitOffer | None:
        """How much of the box scanned last on the line under the cursor may be taken."""
        return self.line.opens if self.line is not None and not self.prescribed else None

    def ask_pieces(self) -> None:
        """Ctrl /: how many of the box; once more takes it back."""
        if self.may_split or self.splitting:
            self.splitting = not self.splitting
            self.changed.emit()

    def split(self, text: str) -> None:
        """So many pieces of the box scanned last on the line under the cursor; the form stands
        until they are in the sale. ``may_take`` says whether ``text`` is such a number."""
        case, line, workflow = self.counter.case, self.line, self.counter.workflow
        if case is None or line is None or not self.may_split or not self.may_take(text):
            return
        index, pieces = line.index, int(text)
        self.counter.ask(
            lambda: workflow.split_box(case.case_id, index, pieces), then=self._was_split
        )

    def may_take(self, text: str) -> bool:
        """Whether so many pieces are part of the box: all of a sealed one is no part."""
        offer = self.offer
        plain = text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER
        return offer is not None and plain and 1 <= int(text) <= offer.most

    def _was_split(self) -> None:
        self.splitting = False
        self.changed.emit()

    def finish(self) -> None:
        """F12 or Enter: all boxes are here."""
        if self.complete and not self.counter.busy:
            self.counter.intend(self.counter.workflow.finish, proceed=True)

    def _current(self) -> int | None:
        lines = self.view.lines if self.view is not None else ()
        for states in ((SlotState.CURRENT, SlotState.RED), (SlotState.PARTLY, SlotState.WAITING)):
            for line in lines:
                if line.state in states and line.scanned < line.needed:
                    return line.index
        return lines[-1].index if lines else None


def waits_for_a_word(line: DrugLineView) -> bool:
    """An amber, or a box that expires soon, which nobody has acknowledged yet."""
    message = line.message
    if message is None:
        return False
    return message.kind is BannerKind.ATTENTION or "acknowledge" in message.offers
