"""日结: what keeps the day open, what the next shift gets, and the sign-out by name."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Literal

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.domain.money import Fen
from app.workflow.reconciling.views import ClosingView, HandedOver, OpenMoney
from ui.formats import money_text, short_age, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit, TallArea, boxed, column, row, scaled
from ui.pages.signature import SignatureCard
from ui.text import say, tr
from ui.viewmodels.day_end import ClosingModel, DayEndWork
from ui.widgets import ActButton, Card, ElidedText, EmptyState, FactRows, KeyCap, StateMark, Text
from ui.widgets.basics import State, clear_layout, set_shown

OFFERED = 8
"""Open cases with a key of their own."""
REREAD_MS = 5000
"""How often the store is read again while the page stands; asks nobody."""
_NAMES = {
    "upload": "pages.operation",
    "visit": "shell.step",
    "paper": "pages.paper",
    "cash": "open.known.cash",
}
"""Where the name of each kind of thing that is handed over stands."""
LEAST_LIST = 132
"""Compact px: four rows of what is handed over."""
ENDING_LISTED = 4
"""So many visits the sign-out gives up have a line; they are few, and the rest is counted."""
LISTED = 100
"""So many of what is handed over have a line; a queue of a weekend would stop the page."""


class MoneyOpenCard(Card):
    """钱没查清: every attempt whose fate is not known, with the key that opens its case."""

    def __init__(self, model: ClosingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.day_end.money"), bare=True, parent=parent)
        self._model = model
        self._shown: tuple[tuple[tuple[OpenMoney, str], ...], str] | None = None

    def show_view(self, view: ClosingView) -> None:
        """What is in doubt; where nothing is, what else of the money is not as it should be."""
        found, (none, chip, state) = view.money, _no_money(view)
        wanted = tuple((one, self._about(one)) for one in found)
        if (wanted, none) == self._shown:
            return
        self._shown = wanted, none
        clear_layout(self.body)
        count = len(found)
        if count:
            chip, state = tr("pages.day_end.pieces", count=count), "unknown"
        self.set_chip(chip, state)
        for number, (one, about) in enumerate(wanted, 1):
            if number > 1:
                self.add_line()
            self.add(self._row(number, one, about))
        if not found or view.lost_days:
            self.add(boxed(column(Text(none, "second", wrap=True)), inner=True))

    def _about(self, one: OpenMoney) -> str:
        """How it stands, for how long, and what happens next by itself."""
        now = self._model.counter.clock.now()
        age = short_age((now - one.since).total_seconds()) if one.since else "—"
        state = tr(f"money_state.{one.state}")
        if one.next_at is None:
            then = tr("pages.day_end.by_person")
        elif self._model.waits_for_clock:
            then = tr("pages.day_end.by_clock")
        elif one.next_at > now:
            then = tr("pages.day_end.by_itself", time=time_text(one.next_at, now))
        else:
            then = tr("pages.day_end.due")
        said = tr("pages.day_end.since", state=state, age=age, then=then)
        if one.counter is None:
            return said
        return tr("pages.day_end.left_by", counter=one.counter, said=said)

    def _row(self, number: int, one: OpenMoney, said: str) -> QWidget:
        about = ElidedText(said, "second", "unknown")
        tail = Text(f"…{one.message_id[-8:]}", "code_small")
        amount = Text(money_text(one.total), "strong", align_right=True)
        cap = KeyCap(offer_key(number).value if number <= OFFERED else "")
        set_shown(cap, number <= OFFERED)
        parts = (cap, StateMark("unknown"), Text(one.person, "strong"), about, tail, amount)
        cells = row(*parts, space="normal")
        cells.setStretch(3, 1)
        made = boxed(cells, ground="unknown", inner=True)
        made.setAccessibleName(f"{one.person} {said}")
        return made


def _no_money(view: ClosingView) -> tuple[str, str, State]:
    """Said where no attempt is in doubt: sentence, chip and colour."""
    if view.lost_days:
        said = tr("pages.day_end.no_money_lost", dates=view.lost_days)
        return said, tr("pages.day_end.lost"), "unknown"
    if view.owing:
        owed = money_text(Fen(sum(one.owed for one in view.owing)))
        count = len(view.owing)
        said = tr("pages.day_end.no_money_owed", count=count, amount=owed)
        return said, tr("pages.day_end.owed", count=count), "attention"
    return tr("pages.day_end.no_money"), tr("pages.day_end.pieces", count=0), "ok"


def _left_row(one: HandedOver, now: datetime, *, ends: bool = False) -> QWidget:
    """One visit, record or paper, and what becomes of it."""
    kind = Text(tr(f"pages.day_end.kind.{one.kind}"), "strong")
    what = tr(f"{_NAMES[one.kind]}.{one.what}")
    who = one.detail or (tr("pages.day_end.self_pay") if one.self_pay else "")
    said = f"{what} {who}".strip()
    if ends:
        said = tr("pages.day_end.ends", visit=said)
    elif one.owed:
        said = tr("pages.day_end.owes", visit=said, amount=money_text(one.owed))
    elif one.goes_back:
        said = tr("pages.day_end.goes_back", visit=said, amount=money_text(one.goes_back))
    words = ElidedText(said, "body", "attention" if one.owed else "")
    since = Text(time_text(one.since, now), "second", align_right=True)
    mark = StateMark("parked" if one.kind == "visit" and not one.owed else "attention")
    cells = row(mark, kind, words, since, space="normal")
    cells.setStretch(2, 1)
    return boxed(cells, inner=True)


class EndingCard(Card):
    """签退时放弃: sales that were told and not settled; the sign-out takes them back itself."""

    def __init__(self, model: ClosingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.day_end.ending"), bare=True, parent=parent)
        self._model = model
        self._shown: tuple[HandedOver, ...] | None = None
        self.hide()

    def show_ending(self, ending: tuple[HandedOver, ...]) -> None:
        set_shown(self, bool(ending))
        if ending == self._shown:
            return
        self._shown = ending
        self.set_chip(tr("pages.day_end.visits", count=len(ending)), "attention")
        clear_layout(self.body)
        now = self._model.counter.clock.now()
        for one in ending[:ENDING_LISTED]:
            self.add(_left_row(one, now, ends=True))
        if (more := len(ending) - ENDING_LISTED) > 0:
            text = Text(tr("pages.day_end.more_ending", count=more), "second", wrap=True)
            self.add(boxed(row(text), inner=True))


class HandedOverCard(Card):
    """交接: uploads, customers and papers that wait, a line each."""

    def __init__(self, model: ClosingModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.day_end.handed_over"), bare=True, parent=parent)
        self._model = model
        self._shown: tuple[HandedOver, ...] | None = None
        self._rows = column()
        self._rows.setSpacing(0)
        self.none = EmptyState(tr("pages.day_end.nothing"), tr("pages.day_end.nothing_note"))
        self.more = Text("", "second", wrap=True)
        self._rest = boxed(row(self.more), inner=True)
        self._area = TallArea(boxed(self._rows))
        # where the page folds, nothing else gives the list a height
        self._area.setMinimumHeight(scaled(LEAST_LIST))
        self.add(self._area, 1)
        self.add(self._rest)
        self.add(self.none)

    def show_left(self, left: tuple[HandedOver, ...]) -> None:
        self.set_chip(tr("pages.day_end.pieces", count=len(left)), "attention" if left else "ok")
        self.more.setText(tr("pages.day_end.more", count=len(left) - LISTED))
        set_shown(self._rest, len(left) > LISTED)
        listed = left[:LISTED]
        if listed == self._shown:
            return
        self._shown = listed
        clear_layout(self._rows)
        now = self._model.counter.clock.now()
        for one in listed:
            self._rows.addWidget(_left_row(one, now))
        self._rows.addStretch(1)
        set_shown(self._area, bool(left))
        set_shown(self.none, not left)


def _cash(count: int, amount: Fen) -> str:
    return tr("pages.day_end.cash", count=count, amount=money_text(amount))


class DayEndPage(ColumnsPage):
    """Alt n opens a case in doubt, F5 clears doubts, F12 signs the counter out by name."""

    def __init__(self, kit: PageKit, work: DayEndWork, parent: QWidget | None = None) -> None:
        super().__init__("day_end", 372, parent)
        self.counter = kit.counter
        self.model = ClosingModel(kit.counter, work, self)
        self.headline = Text("", "title", wrap=True)
        self.money = MoneyOpenCard(self.model)
        self.ending = EndingCard(self.model)
        self.left = HandedOverCard(self.model)
        self.main.addWidget(self.headline)
        self.main.addWidget(self.money)
        self.main.addWidget(self.ending)
        self.main.addWidget(self.left, 1)
        self.facts = FactRows()
        self.state = Card(tr("pages.day_end.title"))
        self.to_money = ActButton(tr("pages.day_end.to_money"), Key.MONEY)
        self.to_money.clicked.connect(lambda: self._press(Key.MONEY))
        self.state.add(self.facts)
        self.state.add(self.to_money)
        self.signature = SignatureCard(tr("pages.day_end.sign"))
        self.act = ActButton(tr("pages.day_end.close"), Key.BIND, "primary", height="binding")
        self.act.clicked.connect(self.bind)
        self.why, self._why = Text("", "second", wrap=True), ""
        self.side.addWidget(self.state)
        self.side.addWidget(self.signature)
        self.side.addStretch(1)
        self.side.addWidget(self.why)
        self.side.addWidget(self.act)
        self.model.changed.connect(self.refresh)
        self.model.case_wanted.connect(self._open_case)
        self.model.wrong.connect(self.signature.show_wrong)
        self.signature.typed.connect(self._typing)
        self._reread = QTimer(self)
        self._reread.setInterval(REREAD_MS)
        self._reread.timeout.connect(self.model.load)
        self.refresh()

    def _press(self, key: Key) -> None:
        self.key_wanted.emit(key)

    # what is shown

    def refresh(self) -> None:
        """The answer first, then its reasons."""
        if self.put_off(self.refresh):
            return
        view = self.model.view
        if view is not None:
            self.money.show_view(view)
            self.ending.show_ending(view.ending)
            self.left.show_left(view.handed_over)
            self.facts.set_rows(self._facts(view))
        self._show_answer(view)
        self._typing()

    def _show_answer(self, view: ClosingView | None) -> None:
        if view is None:
            name, tone = "loading", "muted"
        elif view.money:
            name, tone = "refused" if view.signed_in else "left_open", "unknown"
        elif not view.signed_in:
            name, tone = ("closed", "ok") if view.opened_by else ("not_open", "muted")
        elif view.lost_days:
            name, tone = "lost", "unknown"
        elif view.handed_over:
            name, tone = "with_left", "strong"
        else:
            name, tone = "clean", "ok"
        count = len(view.money) if view is not None and view.money else 0
        count = count or (len(view.handed_over) if view is not None else 0)
        self.headline.setText(tr(f"pages.day_end.answer.{name}", count=count))
        self.headline.set_tone(tone)  # type: ignore[arg-type]  # all are tones
        dates = view.lost_days if view is not None else ""
        why = tr(f"pages.day_end.why.{name}", count=count, dates=dates)
        if view is not None and view.money and view.clock is not None:
            why = say(view.clock)
        found = (_still_to_end(view), _still_to_print(view), self._still_to_compare(view), why)
        self._why = "".join(found)

    def _say_why(self, *, wanting: bool) -> None:
        said = f"{tr('pages.signature.wanted')}。" if wanting else ""
        self.why.setText(f"{said}{self._why}")

    def _still_to_compare(self, view: ClosingView | None) -> str:
        """Differences do not refuse the sign-out, and are not passed over in silence."""
        if view is None or not view.may_close:
            return ""
        if view.compared is None:
            return tr("pages.day_end.why.not_compared")
        later, left = view.moved_on, view.compared.open_count
        said = tr("pages.day_end.why.moved_on") if later else ""
        return said + (tr("pages.day_end.why.differs", count=left) if left else "")

    def _facts(self, view: ClosingView) -> tuple[tuple[str, str, State | Literal[""]], ...]:
        now, head = self.model.counter.clock.now(), view.compared
        state: State = "attention"
        if head is None:
            compared = tr("pages.day_end.not_compared")
        else:
            at = time_text(head.compared_at, now)
            name = "compared" if head.complete else "compared_partly"
            compared = tr(f"pages.day_end.{name}", time=at, count=head.open_count)
            if view.moved_on:
                compared = tr("pages.day_end.compared_before", said=compared)
            elif head.complete and not head.open_count:
                state = "ok"
        signed = head.signed[-1].name if head is not None and head.signed else "—"
        return (
            (tr("pages.day_end.day"), view.day.isoformat(), ""),
            (tr("pages.day_end.opened_by"), view.opened_by or "—", ""),
            (tr("pages.day_end.reconciled"), compared, state),
            (tr("pages.day_end.signed"), signed, ""),
            *(
                (tr(f"pages.day_end.{name}"), _cash(count, amount), "")
                for name, count, amount in (
                    ("cash_taken", view.cash.sales, view.cash.taken),
                    ("cash_given", view.cash.backs, view.cash.given),
                )
                if count
            ),
        )

    def _typing(self) -> None:
        view = self.model.view
        wanted = view is not None and view.may_close
        turned, held = wanted is not self.signature.isEnabled(), self.holds_focus()
        self.signature.setEnabled(wanted)
        if turned and self.isVisible() and (wanted or held):
            # what was read lets somebody sign, or no more: the cursor goes where it is needed
            self.focus_first()
        ready = self.model.may_close and self.signature.filled
        self.act.setEnabled(ready)
        self._say_why(wanting=self.model.may_close and not ready)
        self.acts_changed.emit()

    # what is done

    def _open_case(self, case_id: int) -> None:
        self.counter.open_case(case_id)
        self.back_wanted.emit()

    def bind(self) -> None:
        """F12: sign out. The fields empty themselves."""
        if self.model.may_close and self.signature.filled:
            login, pin, _ = self.signature.take()
            self.model.close(login, pin)

    def acts(self) -> tuple[Act, ...]:
        model, view = self.model, self.model.view
        found = view.money if view is not None else ()
        opens = tuple(
            Act(
                offer_key(n),
                tr("pages.day_end.open", name=one.person),
                partial(model.open_money, n),
            )
            for n, one in enumerate(found[:OFFERED], 1)
        )
        ready = model.may_close and self.signature.filled
        why = tr("pages.signature.wanted") if model.may_close else self._why
        close = Act(
            Key.BIND,
            tr("pages.day_end.close_key"),
            self.bind,
            ready,
            Look.PRIMARY,
            "" if ready else why,
        )
        clear = Act(
            Key.ASK_AGAIN, tr("pages.day_end.clear"), model.clear, bool(found) and not model.busy
        )
        return (*opens, clear, close)

    def focus_first(self) -> None:
        if self.signature.isEnabled():
            self.signature.begin()
        else:
            self.to_money.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()
        self._reread.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._reread.stop()


def _still_to_end(view: ClosingView | None) -> str:
    """Whoever still stands at the counter is served first."""
    if view is None or not view.may_close or not view.ending:
        return ""
    return tr("pages.day_end.why.ending", count=len(view.ending))


def _still_to_print(view: ClosingView | None) -> str:
    """Papers come out with the next one that is printed, whoever serves then."""
    count = sum(one.kind == "paper" for one in view.handed_over) if view is not None else 0
    return tr("pages.day_end.why.papers", count=count) if count else ""
