"""未结事项 and 裁定: the list, the evidence in front, the words of the person who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.domain.errors import Trouble
from ui.viewmodels.counter import LANE, CounterModel

if TYPE_CHECKING:
    from app.workflow.doubts.views import DoubtView, OpenItem, Outcome
    from app.workflow.views.case import CaseView

DESK = "desk"


class DoubtsModel(QObject):
    """One cursor over the open items; one doubt in front. The PIN is never kept."""

    changed = Signal()
    wanted = Signal(str)
    """Name of the page this leads to."""

    def __init__(self, counter: CounterModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.counter = counter
        self.items: tuple[OpenItem, ...] = ()
        self.loaded = False
        self.chosen: str | None = None
        self.view: DoubtView | None = None
        self.fetching = self.deciding = False
        self.outcome: Outcome | None = None
        self.statement = self.reason = self.login = ""
        self.has_pin = False
        self._asked_for: int | None = None
        counter.bridge.changed.connect(self._something_changed)
        counter.desk_changed.connect(lambda _desk: self.changed.emit())

    # the list

    @property
    def waiting(self) -> int:
        """How many records of the badge go by themselves; the others stand in this list."""
        desk = self.counter.desk
        here = sum(item.item_id is not None for item in self.items)
        return max(0, desk.badge.count - here) if desk is not None else 0

    @property
    def item(self) -> OpenItem | None:
        """The row under the cursor."""
        return next((item for item in self.items if item.key == self.chosen), None)

    def load(self) -> None:
        """Read the list; asks the platform nothing."""
        bridge, workflow = self.counter.bridge, self.counter.workflow
        bridge.submit(DESK, workflow.open_items, self._show, self.counter.troubled.emit)

    def begin(self) -> None:
        """Show the list with the case of this counter in front, where it is on it."""
        case = self.counter.case
        if case is not None:
            self.chosen = f"case:{case.case_id}"
        self.load()

    def show_list(self) -> None:
        """Ctrl U: go to the list."""
        self.begin()
        self.wanted.emit("open_items")

    def lead_to(self, case_id: int) -> None:
        """From another desk page: the list with this case in front."""
        self.chosen = f"case:{case_id}"
        self.load()
        self.wanted.emit("open_items")

    def choose(self, key: str) -> None:
        if key != self.chosen and any(item.key == key for item in self.items):
            self.chosen = key
            self.changed.emit()

    def move(self, by: int) -> None:
        keys = [item.key for item in self.items]
        if self.chosen in keys:
            self.choose(keys[max(0, min(keys.index(self.chosen) + by, len(keys) - 1))])

    def offer(self, number: int) -> None:
        """Alt n: open the n-th."""
        if 1 <= number <= len(self.items):
            self.choose(self.items[number - 1].key)
            self.open()

    def open(self) -> None:
        """Enter: decide what may be decided, else go where it is worked on."""
        item = self.item
        if item is None:
            return
        if item.case_id is None:
            self.wanted.emit("queue")
        elif item.decidable:
            self._forget()
            self.examine()
            self.wanted.emit("decide")
        else:
            self.fetch_case()

    def fetch_case(self) -> None:
        """Bring the visit itself to the counter; another counter's stays where it is."""
        item = self.item
        if item is None or item.case_id is None or self.counter.busy:
            return
        if item.visit_here:
            self.counter.unpark(item.case_id)
            self.wanted.emit("")

    def _show(self, items: tuple[OpenItem, ...]) -> None:
        self.items, self.loaded = items, True
        keys = [item.key for item in items]
        if self.chosen not in keys:
            self.chosen = keys[0] if keys else None
        self.changed.emit()

    def _something_changed(self, _changes: object) -> None:
        if self.loaded:
            self.load()

    # the decision

    def examine(self) -> None:
        """F5: fetch the evidence now."""
        item = self.item
        if item is None or item.case_id is None or self.fetching or self.deciding:
            return
        case_id, workflow = item.case_id, self.counter.workflow
        self._asked_for, self.fetching = case_id, True
        self.counter.bridge.submit(
            DESK, lambda: workflow.examine(case_id), self._fetched, self._unfetched
        )
        self.changed.emit()

    def _fetched(self, view: DoubtView) -> None:
        self.fetching = False
        if view.item.case_id == self._asked_for:
            self.view = view
            offered = [choice.outcome for choice in view.choices]
            if self.outcome not in offered:
                # what rests on a word is chosen by who gives it, also where nothing else is offered
                shown = len(offered) == 1 and not view.needs_statement
                self.outcome = offered[0] if shown else None
        self.changed.emit()

    def _unfetched(self, trouble: Trouble) -> None:
        self.fetching = False
        self.counter.troubled.emit(trouble)
        self.load()
        self.changed.emit()

    def choose_outcome(self, number: int) -> None:
        """Alt n: what the person found."""
        if self.view is not None and 1 <= number <= len(self.view.choices):
            self.outcome = self.view.choices[number - 1].outcome
            self.changed.emit()

    def type_words(self, statement: str, reason: str, login: str, *, has_pin: bool) -> None:
        self.statement, self.reason = statement, reason
        self.login, self.has_pin = login.strip(), has_pin
        self.changed.emit()

    @property
    def lacks(self) -> str:
        """The first thing that is missing for F12, as a key of ``pages.decide.lacks``."""
        view = self.view
        if self.deciding:
            return "deciding"
        if self.fetching or view is None:
            return "fetching"
        if not view.choices:
            return "evidence"
        if self.counter.clock.now() > view.valid_until:
            return "stale"
        if self.outcome is None:
            return "outcome"
        if view.needs_statement and not self.statement.strip():
            return "statement"
        if not self.reason.strip():
            return "reason"
        return "" if self.login and self.has_pin else "person"

    def decide(self, pin: str) -> None:
        """F12: the word of the second person; nothing is tried twice."""
        view, outcome = self.view, self.outcome
        if self.lacks or view is None or outcome is None:
            self.changed.emit()
            return
        workflow, login = self.counter.workflow, self.login
        statement, reason = self.statement, self.reason
        self.deciding = True
        self.counter.bridge.submit(
            LANE,
            lambda: workflow.decide_doubt(view, outcome, statement, reason, login, pin),
            self._decided,
            self._undecided,
        )
        self.changed.emit()

    def _decided(self, _case: CaseView) -> None:
        self._forget()
        self.counter.eased.emit()
        # whoever's visit it was: the frame counts one doubt less
        self.counter.refresh()
        self.load()
        self.wanted.emit("open_items")
        self.changed.emit()

    def _undecided(self, trouble: Trouble) -> None:
        self.deciding = False
        self.counter.troubled.emit(trouble)
        self.load()
        self.changed.emit()

    def _forget(self) -> None:
        """Another doubt begins with empty fields."""
        self.deciding, self.view, self.outcome = False, None, None
        self.statement = self.reason = self.login = ""
        self.has_pin = False
