"""未结事项: every visit whose money or records are not at rest, and who may act when."""

from functools import partial
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from app.workflow.doubts.views import OpenItem
from ui.errors import sentences
from ui.formats import money_text, short_age, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.neighbour import NeighbourBar
from ui.pages.parts import (
    ChosenRow,
    ColumnsPage,
    PageKit,
    boxed,
    column,
    row,
    scaled,
    steps_of,
)
from ui.text import say, tr
from ui.viewmodels.doubts import DoubtsModel
from ui.widgets import ActButton, Card, ElidedText, EmptyState, FactRows, KeyCap, StateMark, Text
from ui.widgets.basics import State, Tone, clear_layout


def mark_of(item: OpenItem) -> State:
    """Violet for what is not known and waits for a person, a half ring for what goes on."""
    return "unknown" if item.waits_for_person else "sending"


class OpenItemRow(ChosenRow):
    """What is open, of whom, what is known, what comes next."""

    def __init__(self, item: OpenItem, age: str, cap: str) -> None:
        super().__init__()
        place = tr("pages.open.at", counter=item.counter) if item.counter is not None else ""
        who = " ・ ".join(part for part in (place, item.name, item.receipt_no) if part)
        subject = column(Text(tr(f"pages.open.subject.{item.subject.value}"), "strong"), None)
        subject.insertWidget(1, ElidedText(who, "second"))
        subject.setSpacing(0)
        tone: Tone = "unknown" if item.waits_for_person else ""
        known = column(
            ElidedText(say(item.known), "body", tone), ElidedText(say(item.next), "second")
        )
        known.setSpacing(0)
        left = boxed(subject)
        left.setFixedWidth(scaled(200))
        when = Text(age, "second", align_right=True)
        cells = row(StateMark(mark_of(item), 16), left, boxed(known), when, space="normal")
        cells.setStretch(2, 1)
        if cap:
            cells.insertWidget(0, KeyCap(cap))
        self.setLayout(column(boxed(cells, inner=True)))
        self.setAccessibleName(f"{who} {say(item.known)} {say(item.next)} {age}")


class ChosenCard(Card):
    """The row in front: what is known, what goes on by itself, who may act, what Enter does."""

    def __init__(self, model: DoubtsModel, parent: QWidget | None = None) -> None:
        super().__init__(" ", parent=parent)
        self._model = model
        self.known = Text("", "strong", wrap=True)
        self.said = Text("", "second", "body", wrap=True)
        self.facts = FactRows()
        self.open = ActButton("", Key.FORWARD, "primary", height="primary")
        self.open.clicked.connect(model.open)
        self.visit = ActButton(tr("pages.open.visit"), Key.PARK)
        self.visit.clicked.connect(model.fetch_case)
        for part in (self.known, self.said, self.facts):
            self.add(part)
        self.body.addStretch(1)
        self.add(self.visit)
        self.add(self.open)

    def show_item(self, item: OpenItem) -> None:
        now = self._model.counter.clock.now()
        self.set_title(tr(f"pages.open.subject.{item.subject.value}"), item.name)
        waits = item.waits_for_person
        self.set_chip(str(item.code) if item.code else "", "unknown" if waits else "plain")
        self.known.setText(say(item.known))
        self.known.set_tone("unknown" if waits else "strong")
        self.said.setText(_said(item))
        by_itself = time_text(item.next_at, now) if item.next_at else tr("pages.open.never")
        facts: list[tuple[str, str, State | Literal[""]]] = [
            (tr("pages.open.next"), say(item.next), ""),
            (tr("pages.open.next_at"), by_itself, ""),
            (tr("pages.open.who"), say(item.who), ""),
            (tr("pages.open.since"), time_text(item.since, now), ""),
        ]
        if item.counter is not None:
            facts.insert(0, (tr("pages.open.counter"), str(item.counter), ""))
        if item.amount is not None:
            facts.append((tr("pages.open.amount"), money_text(item.amount), ""))
        self.facts.set_rows(tuple(facts))
        self.open.set_text(open_words(item))
        self.open.setEnabled(leads_on(item))
        self.visit.setVisible(item.decidable and item.visit_here)


def _said(item: OpenItem) -> str:
    """What to do about it, and where."""
    if item.counter is not None:
        left = "left_off" if item.off else "left_there"
        words = "decide_there" if item.decidable else left
        return tr(f"pages.open.{words}", counter=item.counter)
    if item.decidable:
        return tr("pages.open.here")
    return sentences(item.code).remedy if item.code else ""


def open_words(item: OpenItem) -> str:
    """What Enter does with a row."""
    if item.case_id is None:
        return tr("pages.open.to_queue")
    if item.counter is not None and not item.decidable:
        return tr("pages.open.there", counter=item.counter)
    return tr("pages.open.decide" if item.decidable else "pages.open.visit")


def leads_on(item: OpenItem) -> bool:
    """Whether Enter leads anywhere: another counter looks after what stands there."""
    return item.case_id is None or item.decidable or item.visit_here


class OpenItemsPage(ColumnsPage):
    """↑ ↓ choose, Enter decides or opens, Alt n opens the n-th; F5 reads again."""

    def __init__(self, kit: PageKit, model: DoubtsModel, parent: QWidget | None = None) -> None:
        super().__init__("open_items", 372, parent)
        self.model = model
        self._counter = kit.counter
        self.card = Card(tr("pages.open.title"), tr("pages.open.note"), bare=True)
        self.records = NeighbourBar(Key.QUEUE)
        self.records.pressed.connect(lambda: self.key_wanted.emit(Key.QUEUE))
        self.main.addWidget(self.card, 1)
        self.main.addWidget(self.records)
        self.chosen = ChosenCard(model)
        self.side.addWidget(self.chosen, 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("pages.open.title"))
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """The list and the row in front."""
        if self.put_off(self.refresh):
            return
        model, now = self.model, self._counter.clock.now()
        clear_layout(self.card.body)
        for index, item in enumerate(model.items):
            age = short_age((now - item.since).total_seconds())
            shown = OpenItemRow(item, age, offer_key(index + 1).value if index < 9 else "")
            shown.choose(item.key == model.chosen)
            shown.pressed.connect(partial(model.choose, item.key))
            if index:
                self.card.add_line()
            self.card.add(shown)
        if not model.items:
            loaded = "empty" if model.loaded else "loading"
            self.card.add(EmptyState(tr(f"pages.open.{loaded}"), tr(f"pages.open.{loaded}_note")))
        self.card.body.addStretch(1)
        self.card.set_chip(
            tr("pages.open.count", count=len(model.items)) if model.items else "",
            "unknown" if any(item.waits_for_person for item in model.items) else "plain",
        )
        waiting = model.waiting
        self.records.say(tr("pages.open.records", count=waiting) if waiting else "")
        item_ = model.item
        self.chosen.setVisible(item_ is not None)
        if item_ is not None:
            self.chosen.show_item(item_)
            self.setAccessibleDescription(f"{item_.name} {say(item_.known)} {say(item_.next)}")
        self.acts_changed.emit()

    def acts(self) -> tuple[Act, ...]:
        model, item = self.model, self.model.item
        opens = tuple(
            Act(offer_key(n), open_words(one), partial(model.offer, n), on=leads_on(one))
            for n, one in enumerate(model.items[:9], 1)
        )
        words = open_words(item) if item is not None else tr("pages.open.decide")
        return (
            *opens,
            Act(
                Key.FORWARD,
                words,
                model.open,
                on=item is not None and leads_on(item),
                look=Look.PRIMARY,
            ),
            Act(Key.ASK_AGAIN, tr("pages.open.again"), model.load),
            *self._visit(),
        )

    def _visit(self) -> tuple[Act, ...]:
        """F4 opens the visit itself where Enter would decide about it."""
        item = self.model.item
        if item is None or not (item.decidable and item.visit_here):
            return ()
        return (Act(Key.PARK, tr("pages.open.visit"), self.model.fetch_case),)

    def focus_first(self) -> None:
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = steps_of(event)
        if by is None:
            super().keyPressEvent(event)
        else:
            self.model.move(by)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()
