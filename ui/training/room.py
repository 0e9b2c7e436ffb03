"""Seats the training table beside the pages: its key, its bar button, when it opens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from PySide6.QtCore import QEvent, QObject

from app.domain.access import Act as Right
from app.domain.access import Operator, Role
from app.ports.training import TrainingLogin, TrainingTable
from resources.scenarios import load_demo_store
from ui.keys import Act, Key
from ui.pages.parts import scaled
from ui.shell import MainWindow
from ui.text import tr
from ui.training.drawer import TrainingDrawer
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.training import Heard, TrainingModel

OPEN_FROM = 1300
"""Compact px of window width from which the table lies open at the start."""
ALONE_BELOW = 900
"""Compact px of window width below which the table takes the place of the page: beside each other
neither could be read. Only where somebody asks for it; it gives the place back with the first thing
it shows or scans."""
ROOMY_FROM = 1500
"""Compact px of window width from which every page has room beside the table."""
NARROW_PLACES = frozenset(
    {"sign_in", "identify", "scan", "settle", "settle_unknown", "hand_over", "give_back"}
)
"""Pages that lose nothing beside it in the smallest full screen."""


@dataclass(frozen=True)
class TrainingRoom:
    """What training adds to the doors: the table, and who may sign in."""

    table: TrainingTable
    logins: tuple[TrainingLogin, ...] = ()


def training_room(table: TrainingTable, today: date) -> TrainingRoom:
    """The table, and who of the scenario as of ``today`` may sign in at a counter."""
    people = load_demo_store(today).operators
    logins = (TrainingLogin(p.login, p.pin, p.name, p.roles) for p in people)
    return TrainingRoom(table, tuple(login for login in logins if _may_serve(login)))


def _may_serve(login: TrainingLogin) -> bool:
    roles = frozenset(Role(role) for role in login.roles)
    return Operator(0, login.login, login.name, roles).may(Right.SERVE)


class SeatedTable(QObject):
    """The drawer in a window; the pages keep the cursor unless a person goes to the drawer."""

    def __init__(
        self,
        window: MainWindow,
        counter: CounterModel,
        table: TrainingTable,
        back: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        """``back`` puts the cursor into the page on screen."""
        super().__init__(parent)
        self._window, self._back = window, back
        self._wish = self._asked = False
        self._heard: Heard | None = None
        self.model = TrainingModel(counter, table, self)
        self.drawer = TrainingDrawer(self.model)
        window.dock(self.drawer)
        self.drawer.hide()
        self.drawer.folded.connect(self.fold)
        self.drawer.left.connect(self._leave)
        window.training_bar.offer_table(self.open)
        window.page_changed.connect(self._at)
        self.model.changed.connect(self._changed)
        window.installEventFilter(self)

    def start(self) -> None:
        """Lie open where there is room; find out who is there."""
        self._wish = self._window.width() >= scaled(OPEN_FROM)
        page = self._window.current_page()
        self._at(page.name if page is not None else "")
        self.model.begin()

    def act(self) -> Act:
        """Open and go there; from there, fold."""
        return Act(Key.TABLE, tr("training.table"), self.toggle)

    def toggle(self) -> None:
        """The key: the cursor goes where it leads."""
        if self.drawer.holds_focus():
            self.fold()
        else:
            self.open()
            self.drawer.focus_first()

    def open(self) -> None:
        """A person wants it, here and on."""
        self._wish = self._asked = True
        self._lay()

    def fold(self) -> None:
        """Away with it until somebody wants it again."""
        self._wish = self._asked = False
        self._lay()

    def _leave(self) -> None:
        """Esc: the cursor into the page, which comes back where the table had its place."""
        if self._alone:
            self.fold()
        else:
            self._back()

    def _at(self, place: str) -> None:
        self._asked = False
        self.model.at(place)
        self._lay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of the window may be too narrow for both, or wide enough again."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self._lay()
            self._share()
        return super().eventFilter(watched, event)

    def _changed(self) -> None:
        heard = self.model.heard
        done = heard is not None and not heard.bad and heard is not self._heard
        self._heard = heard
        if done and self._alone:
            # what it came to stands on the page
            self.fold()
        self._lay()

    @property
    def _alone(self) -> bool:
        return self.drawer.isVisibleTo(self._window) and self._narrow

    @property
    def _narrow(self) -> bool:
        return self._window.width() < scaled(ALONE_BELOW)

    def _share(self) -> None:
        """Who has the room: page and table, or the table while somebody is at it."""
        page = self._window.current_page()
        held = page is not None and page.holds_focus()
        self.drawer.stand_alone(self._alone)
        self._window.stack.setVisible(not self._alone)
        if held and self._alone:
            # the cursor goes along: where Qt puts it, nobody looks
            self.drawer.focus_first()

    def _lay(self) -> None:
        """In a small window the table makes room for pages that need all of it."""
        roomy = self._window.width() >= scaled(ROOMY_FROM) or self.model.place in NARROW_PLACES
        wished = self._wish and not self._narrow
        shown = self._asked or (wished and (roomy or self.model.needed))
        if shown is self.drawer.isVisibleTo(self._window):
            return
        held = self.drawer.holds_focus()
        self.drawer.setVisible(shown)
        self._share()
        self._window.training_bar.show_table_button(not shown)
        if held and not shown:
            self._back()
