"""各在哪里: the four lines of this case, and what can be done; also where a case ended."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from app.domain.case import Step
from app.workflow.views.case import CaseView, PrintRow
from ui.errors import sentences
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look
from ui.pages.parts import ColumnsPage, PageKit, gap, row
from ui.text import say, tr
from ui.viewmodels.papers import print_or_copy
from ui.viewmodels.places import Place, place_of
from ui.widgets import ActButton, Card, EmptyState, Text, WhereList


def _slip_word(slip: PrintRow) -> str:
    return tr(f"pages.where.slip{'' if slip.printed_at is None else '_again'}")


def _text(name: str) -> str:
    """What a button says before a visit is shown."""
    return tr(f"pages.where.{'cash_key' if name == 'cash' else name}")


class WherePage(ColumnsPage):
    """Opened from a light of the strip, and shown where a case ended without goods."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("where", 456, parent)
        self._counter = kit.counter
        self.title, self.note = Text("", "title"), Text("", "second", wrap=True)
        self.where = WhereList()
        self.none = EmptyState(tr("pages.where.nothing"), tr("pages.where.nothing_note"))
        for part in (self.title, self.note, self.where, self.none):
            self.main.addWidget(part)
        self.main.addStretch(1)
        self.steps = Card(tr("pages.unknown.can_do"))
        self.buttons: dict[str, ActButton] = {}
        self._notes: dict[str, Text] = {}
        for name, key, run in (
            ("cash", Key.BIND, self.hand_cash),
            ("next", Key.NEXT, self._counter.next_customer),
            ("slip", Key.PRINT, self.print_slip),
            ("ask_again", Key.ASK_AGAIN, self._counter.ask_again),
            ("abandon", Key.ABANDON, self.abandon),
            ("back", Key.BACK, self._leave),
        ):
            self.buttons[name] = ActButton(_text(name), key)
            self.buttons[name].clicked.connect(run)
            self._notes[name] = Text(tr(f"pages.where.{name}_note"), "second", wrap=True)
            cells = row(self.buttons[name], self._notes[name], space="normal")
            cells.setStretch(1, 1)
            self.steps.body.addLayout(cells)
            self.steps.body.addSpacing(gap("tight"))
        self.side.addWidget(self.steps)
        self.side.addStretch(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("shell.where.title"))
        self._counter.case_changed.connect(self.refresh)
        self._case: CaseView | None = None
        self._armed: int | None = None

    def abandon(self) -> None:
        """Twice on purpose: the first press asks, the second does it.

        Esc takes the first back, and so does every other way off this page.
        """
        case = self._case
        if case is None or not case.can_abandon or self._counter.busy:
            return
        if self._armed == case.case_id:
            self._arm(None)
            self._counter.abandon()
        else:
            self._arm(case.case_id)

    def hand_cash(self) -> None:
        """F12: what waited for this customer is in their hand."""
        if self._case is not None and self._case.cash_due and not self._counter.busy:
            self._counter.intend(self._counter.workflow.cash_given)

    def print_slip(self) -> None:
        """F9: the paper of what was given back; once it is out, a marked copy."""
        slip = self._case.slip if self._case is not None else None
        if slip is not None:
            print_or_copy(self._counter, slip.kind, waiting=slip.waiting)

    def _leave(self) -> None:
        """To the visit, with nothing asked any more."""
        self._arm(None)
        self.back_wanted.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was asked is asked anew when somebody comes back."""
        super().hideEvent(event)
        if self._armed is not None:
            self._arm(None)

    def _detour(self) -> bool:
        """Whether the visit has a page of its own, to which a way leads back."""
        return self._case is not None and place_of(self._case) is not Place.CLOSED

    def _arm(self, case_id: int | None) -> None:
        self._armed = case_id
        asking = case_id is not None
        self.buttons["abandon"].set_text(
            tr("pages.where.abandon_surely" if asking else "pages.where.abandon")
        )
        self.buttons["abandon"].set_kind("refusing" if asking else "normal")
        self.acts_changed.emit()

    def refresh(self, case: CaseView) -> None:
        """Where money, prescription, codes and goods are now."""
        if self.put_off(lambda: self.refresh(case)):
            return
        if self._case is None or self._case.case_id != case.case_id:
            self._arm(None)
        self._case = case
        ended, returning = case.step is Step.CLOSED, case.step is Step.RETURN_SALE
        name = "ended" if ended else "returning" if returning else "title"
        note = "ended_note" if ended else "returning_note" if returning else "note"
        self.title.setText(tr(f"pages.where.{name}"))
        if case.refunded is not None:
            self.note.setText(say(case.refunded))
        elif case.banner is not None:
            self.note.setText(sentences(case.banner.code, case.banner.params).happened)
        else:
            self.note.setText(tr(f"pages.where.{note}"))
        self.where.show_where(case.where, self._counter.clock.now())
        self.where.setVisible(bool(case.where))
        self.none.setVisible(not case.where)
        held = self.holds_focus()
        self.buttons["abandon"].setEnabled(case.can_abandon and not (ended or returning))
        self.buttons["ask_again"].setEnabled(not ended)
        closed = case.step in (Step.CLOSED, Step.DONE)
        self._notes["next"].setText(tr(f"pages.where.next_{'ended' if closed else 'note'}"))
        for part in (self.buttons["back"], self._notes["back"]):
            part.setVisible(self._detour())
        self._show_slip(case)
        self._show_cash(case)
        if held and not self.holds_focus():
            # its key went off under the cursor, which Qt then puts beside the page
            self.focus_first()
        self.acts_changed.emit()

    def _show_cash(self, case: CaseView) -> None:
        for part in (self.buttons["cash"], self._notes["cash"]):
            part.setVisible(bool(case.cash_due))
        amount = money_text(case.cash_due, currency=True)
        self.buttons["cash"].set_text(tr("pages.where.cash", amount=amount))

    def _show_slip(self, case: CaseView) -> None:
        for part in (self.buttons["slip"], self._notes["slip"]):
            part.setVisible(case.slip is not None)
        if case.slip is None:
            return
        self.buttons["slip"].set_text(_slip_word(case.slip))
        if case.slip.printed_at is None:
            said = tr("pages.where.slip_note")
        else:
            at = time_text(case.slip.printed_at, self._counter.clock.now())
            said = tr("pages.hand_over.printed", time=at, copies=case.slip.copies)
        self._notes["slip"].setText(said)

    def acts(self) -> tuple[Act, ...]:
        case = self._case
        slip = case.slip if case is not None else None
        prints = (Act(Key.PRINT, _slip_word(slip), self.print_slip),) if slip is not None else ()
        going_on = case is not None and case.step is not Step.CLOSED
        may = going_on and case is not None and case.can_abandon
        keep: tuple[Act, ...] = ()
        if self._detour():
            keep = (Act(Key.BACK, tr("pages.where.back"), self._leave),)
        elif self._armed is not None:
            keep = (Act(Key.BACK, tr("pages.where.keep"), lambda: self._arm(None)),)
        due = case is not None and bool(case.cash_due)
        key = tr("pages.where.cash_key")
        bind = (Act(Key.BIND, key, self.hand_cash, look=Look.PRIMARY),) if due else ()
        return (
            *keep,
            *bind,
            *prints,
            Act(Key.ASK_AGAIN, tr("pages.where.ask_again"), self._counter.ask_again, on=going_on),
            Act(Key.ABANDON, self.buttons["abandon"].accessibleName(), self.abandon, on=may),
        )

    def focus_first(self) -> None:
        """The remedy, never the way out of a visit that has not ended."""
        self.buttons[self._remedy()].setFocus()

    def _remedy(self) -> str:
        case = self._case
        if case is not None and case.cash_due:
            return "cash"
        if case is None or not self.buttons["ask_again"].isEnabled():
            return "next"
        offers = case.banner.offers if case.banner is not None else ()
        if case.banner is not None and not offers:
            offers = sentences(case.banner.code, case.banner.params).actions
        again = not offers or bool({"retry", "ask_again"} & set(offers))
        return "ask_again" if again or not case.can_abandon else "abandon"
