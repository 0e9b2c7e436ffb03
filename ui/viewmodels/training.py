"""训练台: what can be held up on this page, and what was just held up. Training only."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Trouble
from app.ports.training import (
    TrainingFault,
    TrainingPerson,
    TrainingTable,
    WantedBox,
    WrongBox,
)
from app.workflow.views import DrugLineView, Say, SlotState
from ui.errors import sentences
from ui.text import tr
from ui.viewmodels.counter import CounterModel

LANE = "desk"
IDENTITY_PLACES = frozenset({"identify", "settle"})
_FIRST = (SlotState.CURRENT, SlotState.RED)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the last act came to; ``bad`` where nothing happened."""

    said: Say
    bad: bool = False


class TrainingModel(QObject):
    """Acts of the trainee, one at a time, in a lane; the page on screen says which fit."""

    changed = Signal()

    def __init__(
        self, counter: CounterModel, table: TrainingTable, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.counter, self.table = counter, table
        self.place = ""
        self.people: tuple[TrainingPerson, ...] = ()
        self.chosen: dict[bool, TrainingPerson] = {}
        self.heard: Heard | None = None
        self.busy = False
        self.staged = 0
        self.held = False
        counter.case_changed.connect(lambda _case: self.changed.emit())
        counter.busy_changed.connect(self._recount)

    def begin(self) -> None:
        """Ask who is there; nothing is offered until they are known."""
        self._act(self._look, lambda _none: None)

    def _look(self) -> None:
        people = tuple(self.table.people())
        self.people = people

    def at(self, place: str) -> None:
        """Another page is on screen: what was held up there goes down again."""
        self.place, self.heard = place, None
        if self.held:
            self.held = False
            self.counter.bridge.submit(LANE, self.table.clear, lambda _none: None, self._failed)
        self.changed.emit()

    def _recount(self, busy: bool) -> None:
        """A fault that has happened is not there to be taken back any more."""
        if self.staged and not busy:
            self.counter.bridge.submit(
                LANE, self.table.still_staged, self._show_staged, self._failed
            )

    def _show_staged(self, count: int) -> None:
        if count != self.staged:
            self.staged = count
            self.changed.emit()

    # what fits here

    def shown_people(self) -> tuple[TrainingPerson, ...]:
        """Customers where somebody has to show who they are, pharmacists where one audits."""
        if self.place == "audit":
            return tuple(person for person in self.people if person.pharmacist)
        if self.place in IDENTITY_PLACES:
            return tuple(person for person in self.people if not person.pharmacist)
        return ()

    @property
    def person(self) -> TrainingPerson | None:
        """Who acts: the chosen one, else the first."""
        people = self.shown_people()
        chosen = self.chosen.get(self.place == "audit")
        return chosen if chosen in people else next(iter(people), None)

    def choose(self, person: TrainingPerson) -> None:
        self.chosen[person.pharmacist] = person
        self.changed.emit()

    @property
    def line(self) -> DrugLineView | None:
        """The line that still wants a box; the current one first."""
        case = self.counter.case
        if self.place != "scan" or case is None or case.scan is None:
            return None
        short = [line for line in case.scan.lines if line.scanned < line.needed]
        return next((line for line in short if line.state in _FIRST), next(iter(short), None))

    def _wanted(self) -> WantedBox:
        case = self.counter.case
        lines = case.scan.lines if case is not None and case.scan is not None else ()
        line = self.line or next(iter(lines), None)
        if line is None:
            return WantedBox("", "", ())
        return WantedBox(line.name, line.first_lot_no, line.codes)

    @property
    def to_bring_back(self) -> tuple[str, ...]:
        """Codes of the sold boxes that do not lie on the counter again yet."""
        case = self.counter.case
        if self.place != "give_back" or case is None or case.returning is None:
            return ()
        lines = case.returning.lines if case.returning.collecting else ()
        return tuple(code for line in lines for code in line.sold if code not in line.back)

    @property
    def needed(self) -> bool:
        """Whether somebody has something to show here before the page can go on."""
        if self.place == "audit":
            case = self.counter.case
            return case is not None and case.review is not None and case.review.needs_proof
        return self.place in ("identify", "scan") or bool(self.to_bring_back)

    # acts

    def show_voucher(self) -> None:
        self._hold_up(self.table.show_voucher, "voucher")

    def insert_card(self) -> None:
        self._hold_up(self.table.insert_card, "card")

    def place_id_card(self) -> None:
        self._hold_up(self.table.place_id_card, "id_card")

    def _hold_up(self, show: Callable[[str], None], what: str) -> None:
        person, place = self.person, self.place
        if person is None:
            return

        def hold_up() -> None:
            self.table.clear()
            show(person.key)

        def held(_none: object) -> None:
            self.held = True
            self._hear(f"training.said.{what}", name=person.name)
            if place != self.place:
                self.at(self.place)

        self._act(hold_up, held)

    def clear(self) -> None:
        self.held = False
        self._act(self.table.clear, lambda _none: self._hear("training.said.cleared"))

    def next_box(self) -> None:
        self._scan(1)

    def scan_row(self) -> None:
        line = self.line
        if line is not None:
            self._scan(line.needed - line.scanned)

    def _scan(self, count: int) -> None:
        if self.counter.busy:
            # the box before is still being judged; the next one is not known yet
            return
        wanted = self._wanted()

        def scanned(found: int) -> None:
            if found:
                self._hear("training.said.scanned", count=found)
            else:
                self._hear("training.said.no_box", bad=True)

        self._act(lambda: self.table.scan_boxes(wanted, count), scanned)

    def bring_back(self) -> None:
        """One more of the sold boxes goes before the gun again."""
        if self.counter.busy or not self.to_bring_back:
            return
        code = self.to_bring_back[0]
        self._act(
            lambda: self.table.scan(code),
            lambda _none: self._hear("training.said.scanned", count=1),
        )

    def scan_wrong(self, kind: WrongBox) -> None:
        wanted = self._wanted()
        word = tr(f"training.wrong_box.{kind.value}")

        def scanned(found: bool) -> None:
            if found:
                self._hear("training.said.scanned_wrong", what=word)
            else:
                self._hear("training.said.no_box", bad=True)

        self._act(lambda: self.table.scan_wrong(kind, wanted), scanned)

    def stage(self, fault: TrainingFault) -> None:
        word = tr(f"training.fault.{fault.value}")

        def waits(count: int) -> None:
            self.staged = count
            self._hear("training.said.staged", what=word, count=count)

        self._act(lambda: self.table.stage(fault), waits)

    def calm(self) -> None:
        def calmed(_none: object) -> None:
            self.staged = 0
            self._hear("training.said.calm")

        self._act(self.table.calm, calmed)

    # how acts run

    def _act(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        if self.busy:
            return
        self.busy = True
        self.changed.emit()

        def came(result: object) -> None:
            self.busy = False
            done(result)
            self.changed.emit()

        self.counter.bridge.submit(LANE, work, came, self._failed)

    def _failed(self, trouble: Trouble) -> None:
        said = sentences(trouble.code, trouble.params)
        self.busy = False
        self._hear("training.said.failed", bad=True, happened=said.happened, remedy=said.remedy)
        self.changed.emit()

    def _hear(self, key: str, *, bad: bool = False, **params: str | int) -> None:
        self.heard = Heard(Say(key, tuple(params.items())), bad)
