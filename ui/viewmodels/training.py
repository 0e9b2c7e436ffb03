"""训练台: what can be held up on this page, and what was just held up. Training only."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.domain.case import Step
from app.domain.errors import Trouble
from app.ports.training import (
    TrainingFault,
    TrainingPerson,
    TrainingStockFault,
    TrainingTable,
    WantedBox,
    WrongBox,
)
from app.workflow.views.case import DrugLineView, Say
from ui.errors import sentences
from ui.text import has_text, tr
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.shelf import (
    SELF_PAY,
    Boxes,
    ShelfBox,
    boxes_at,
    line_wanting,
    shelf_of,
    wanted_of,
)

LANE = "desk"
IDENTITY_PLACES = frozenset({"identify", "settle"})
STOCK_PLACES = frozenset(
    {"overview", "stock_day", "goods_in", "shelf", "records", "opened", "stock_change"}
)
"""Where faults in the platform's books of stock are planted."""
_OVER = frozenset({Step.DONE, Step.CLOSED})


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
        self.loose: tuple[WantedBox, ...] = ()
        self._picked: WantedBox | None = None
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
        people, loose = tuple(self.table.people()), tuple(self.table.loose())
        self.people, self.loose = people, loose

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
        case = self.counter.case
        if self.place in IDENTITY_PLACES and not (case is not None and case.route == SELF_PAY):
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
    def boxes(self) -> Boxes:
        """Which boxes there are to scan here."""
        return boxes_at(self.place, self.counter.case)

    @property
    def shelf(self) -> tuple[ShelfBox, ...]:
        """Boxes to choose among, where no line says which comes next."""
        return shelf_of(self.boxes, self.counter.case, self.loose)

    @property
    def line(self) -> DrugLineView | None:
        """The line of the prescription that still wants a box."""
        return line_wanting(self.counter.case) if self.boxes is Boxes.LINES else None

    def _wanted(self) -> WantedBox:
        return wanted_of(self.boxes, self.counter.case, self.loose, self._picked)

    @property
    def needed(self) -> bool:
        """Whether somebody has something to show here before the page can go on."""
        if self.place == "audit":
            case = self.counter.case
            return case is not None and case.review is not None and case.review.needs_proof
        return self.place == "identify" or self.boxes is not Boxes.NONE

    @property
    def hint(self) -> str:
        """What to do here."""
        key, case = f"training.hint.{self.place}", self.counter.case
        if self.stock:
            key = "training.stock.hint"
        elif not has_text(key):
            over = case is not None and case.step in _OVER
            key = f"training.hint.{'over' if over else 'elsewhere'}"
        if self.boxes is Boxes.LOOSE:
            key = "training.loose"
        cash = case is not None and case.route == SELF_PAY
        if case is not None and case.needs_password and self.person is not None:
            return tr("training.password", password=self.person.password)
        if self.place == "hand_over" and case is not None and case.step is Step.DONE:
            key = "training.hint.hand_over_done"
        if self.place == "settle" and cash:
            key = "training.hint.settle_cash"
        return tr(key)

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
        """The box the line wants next; of a sale that comes back, the first that is lacking."""
        if self.boxes is Boxes.LINES:
            self._scan(self._wanted(), 1)
        elif self.shelf:
            self.scan_from_shelf(self.shelf[0])

    def scan_from_shelf(self, box: ShelfBox) -> None:
        """This box, or the next of its lot."""
        if box.code:
            self._scan_codes((box.code,))
        else:
            self._picked = box.wanted
            self._scan(box.wanted, 1)

    def scan_row(self) -> None:
        """What is left of the line, or all boxes of the sale that are not back yet."""
        line = self.line
        if line is not None:
            self._scan(self._wanted(), line.needed - line.scanned)
        elif self.boxes is Boxes.BACK:
            self._scan_codes(tuple(box.code for box in self.shelf))

    def _scan_codes(self, codes: tuple[str, ...]) -> None:
        def scan_all() -> int:
            for code in codes:
                self.table.scan(code)
            return len(codes)

        self._scanning(scan_all)

    def _scan(self, wanted: WantedBox, count: int) -> None:
        self._scanning(lambda: self.table.scan_boxes(wanted, count))

    def _scanning(self, work: Callable[[], int]) -> None:
        if self.counter.busy:
            # the box before is still being judged; the next one is not known yet
            return

        def scanned(found: int) -> None:
            if found:
                self._hear("training.said.scanned", count=found)
            else:
                self._hear("training.said.no_box", bad=True)

        self._act(work, scanned)

    def wrong_word(self, kind: WrongBox) -> str:
        """What a wrong box is called here."""
        special = f"training.wrong_box.{kind.value}_{self.boxes.value}"
        return tr(special if has_text(special) else f"training.wrong_box.{kind.value}")

    def scan_wrong(self, kind: WrongBox) -> None:
        wanted, word = self._wanted(), self.wrong_word(kind)

        def scanned(found: bool) -> None:
            if found:
                self._hear("training.said.scanned_wrong", what=word)
            else:
                why = f"training.said.no_box_{kind.value}"
                self._hear(why if has_text(why) else "training.said.no_box", bad=True)

        self._act(lambda: self.table.scan_wrong(kind, wanted), scanned)

    def stage(self, fault: TrainingFault) -> None:
        word = tr(f"training.fault.{fault.value}")

        def waits(count: int) -> None:
            self.staged = count
            self._hear("training.said.staged", what=word, count=count)

        self._act(lambda: self.table.stage(fault), waits)

    @property
    def stock(self) -> bool:
        """Whether the platform's books of stock can be spoiled here."""
        return self.place in STOCK_PLACES

    def plant(self, fault: TrainingStockFault) -> None:
        """Spoil the platform's books of stock, and say how the comparison sees it."""
        self._act(
            lambda: self.table.plant(fault),
            lambda _none: self._hear(f"training.said.{fault.value}"),
        )

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
