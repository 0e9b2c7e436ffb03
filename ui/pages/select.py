"""选择处方: time left, what cannot be taken and why, whether this is the patient."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.domain.prescription import RxState
from app.workflow.views.case import RxCard
from ui.formats import CHINA, minute_text
from ui.keys import Act, Key, offer_key
from ui.pages.parts import (
    ColumnsPage,
    InnerArea,
    PageKit,
    PressCard,
    boxed,
    column,
    fixed_width,
    row,
    scaled,
)
from ui.text import tr
from ui.viewmodels.select import SelectModel
from ui.widgets import (
    ActButton,
    Card,
    Chip,
    Countdown,
    ElidedText,
    KeyCap,
    NameText,
    PersonCard,
    Text,
)
from ui.widgets.basics import clear_layout, set_shown

_REFUSED_LOOKS = {RxState.EXPIRED: "stop", RxState.WITHDRAWN: "stop"}


def until_text(until: datetime, now: datetime) -> str:
    """今天 16:00 失效, else with the date."""
    local, today = until.astimezone(CHINA), now.astimezone(CHINA).date()
    if local.date() == today:
        return tr("pages.select.until_today", time=minute_text(until))
    return tr("pages.select.until", time=local.strftime("%m-%d %H:%M"))


def short_time(at: datetime, now: datetime) -> str:
    """``09:02`` today, ``11-19 15:40`` else."""
    local, today = at.astimezone(CHINA), now.astimezone(CHINA).date()
    return minute_text(at) if local.date() == today else local.strftime("%m-%d %H:%M")


class RxChoice(PressCard):
    """One prescription. Takeable ones have a number and a countdown, others a reason."""

    def __init__(self, card: RxCard, model: SelectModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.card = card
        self._model = model
        words = column(
            row(
                Text(card.hospital, "emph"),
                ElidedText(tr("pages.select.who", department=card.department, doctor=card.doctor)),
                Chip(tr(f"pages.scheme.{card.scheme.value}")),
                *((Chip(tr("pages.select.sent_here")),) if card.sent_here else ()),
                None,
            ),
            NameText(tr("pages.select.between_drugs").join(card.drugs), "body"),
            ElidedText(
                tr(
                    "pages.select.issued",
                    time=short_time(card.issued_at, model.now()),
                    tail=card.tail,
                ),
                "second",
            ),
        )
        choice = KeyCap(offer_key(card.choice).value if card.choice else "—")
        choice.setFixedWidth(scaled(40))
        whole = row(choice, words, self._right(), space="normal")
        whole.setStretch(1, 1)
        self.body.addLayout(whole)
        self.setAccessibleName(f"{card.hospital} {card.department} {card.doctor}")

    def _right(self) -> QWidget:
        card = self.card
        if card.choice is None:
            return self._reason()
        countdown = Countdown(self._model.now)
        countdown.count_to(card.valid_until, card.total_validity_s)
        until = Text(until_text(card.valid_until, self._model.now()), "note", align_right=True)
        return fixed_width(boxed(column(countdown, until)), 140)

    def _reason(self) -> QWidget:
        card = self.card
        known = f"pages.select.why.{card.state.value}"
        look = _REFUSED_LOOKS.get(card.state, "plain")
        chip = Chip(tr(known), look)  # type: ignore[arg-type]  # values are chip states
        since = card.held_since or card.valid_until
        advice = tr(f"{known}_do", time=short_time(since, self._model.now()), said=card.state_text)
        self.setAccessibleDescription(f"{tr(known)} {advice}")
        words = Text(advice, "second", align_right=True)
        return boxed(column(None, row(None, chip), words, None))

    def choose(self, chosen: bool) -> None:
        """Selection is an edge and a ground, never a colour alone."""
        self.set_state("off" if self.card.choice is None else "chosen" if chosen else "plain")


class SelectPage(ColumnsPage):
    """Arrows or Alt n choose; Enter downloads; one download per identity read."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("select", 372, parent)
        self.model = SelectModel(kit.counter, self)
        self.title = Text(tr("pages.select.title"), "title")
        self.note = ElidedText(tr("pages.select.note"), "second")
        self.sent = ActButton(tr("pages.select.ask_sent"), Key.ASK_AGAIN)
        self.sent.clicked.connect(self.model.ask_sent)
        self.sent.hide()
        head = row(self.title, self.note, self.sent, space="normal")
        head.setStretch(1, 1)
        self.main.addLayout(head)
        inside = QWidget()
        self.list = column(space="small")
        inside.setLayout(self.list)
        self.area = InnerArea(inside)
        self.main.addWidget(self.area, 1)
        self.cards: list[RxChoice] = []
        self.person = PersonCard()
        self.drugs = Card(bare=True)
        self.download = ActButton("", Key.FORWARD, "primary", height="primary", centred=True)
        self.download.clicked.connect(self.model.download)
        self.waiting = Text("", "second", wrap=True)
        for part in (self.person, self.drugs):
            self.side.addWidget(part)
        self.side.addStretch(1)
        self.side.addWidget(self.waiting)
        self.side.addWidget(self.download)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("pages.select.title"))
        self.model.changed.connect(self.refresh)
        kit.counter.busy_changed.connect(self._show_download)
        self._shown: tuple[RxCard, ...] = ()
        self._drugs_of: RxCard | None = None

    def refresh(self) -> None:
        """List, identity, the chosen one's drugs."""
        if self.put_off(self.refresh):
            return
        view = self.model.view
        if view is None:
            return
        if view.cards != self._shown:
            self._shown = view.cards
            self._build(view.cards)
        set_shown(self.sent, view.may_ask_sent)
        for shown in self.cards:
            shown.choose(shown.card.choice is not None and shown.card.choice == self.model.chosen)
            if shown.card.choice == self.model.chosen and shown.card.choice is not None:
                self.bring(shown)
        self.person.show_match(view.match)
        self._show_drugs()
        self._show_download()
        self.acts_changed.emit()

    def _build(self, cards: tuple[RxCard, ...]) -> None:
        clear_layout(self.list)
        takeable = [card for card in cards if card.choice is not None]
        others = [card for card in cards if card.choice is None]
        self.cards = [RxChoice(card, self.model) for card in (*takeable, *others)]
        for index, shown in enumerate(self.cards):
            if others and index == len(takeable):
                heading = tr("pages.select.not_takeable", count=len(others))
                self.list.addWidget(Text(heading, "second"))
            if shown.card.choice is not None:
                choice = shown.card.choice
                shown.pressed.connect(lambda choice=choice: self.model.choose(choice))
            self.list.addWidget(shown)
        self.list.addStretch(1)

    def _show_drugs(self) -> None:
        card = self.model.card
        self.drugs.setVisible(card is not None)
        if card == self._drugs_of:
            return
        self._drugs_of = card
        clear_layout(self.drugs.body)
        if card is None:
            return
        self.drugs.set_title(tr("pages.select.drugs", choice=card.choice or 0))
        for index, drug in enumerate(card.drugs):
            if index:
                self.drugs.add_line()
            self.drugs.add(boxed(row(NameText(drug, "body")), inner=True))
        self.drugs.add_line()
        diagnosis = Text(tr("pages.select.diagnosis", text=card.diagnosis), "second", wrap=True)
        self.drugs.add(boxed(column(diagnosis), inner=True))

    def _show_download(self) -> None:
        if self.put_off(self.refresh):
            return
        card, busy = self.model.card, self.model.counter.busy
        self.sent.setEnabled(self.model.may_ask_sent)
        ready = card is not None and self.model.takeable(card) and not busy
        self.download.setEnabled(ready)
        number = card.choice if card is not None else None
        words = tr("pages.select.download", choice=number) if number else None
        self.download.set_text(words or tr("pages.select.download_none"))
        why = ""
        if card is None:
            why = tr("pages.select.nothing_takeable")
        elif busy:
            why = tr("pages.select.downloading")
        elif self.model.spent:
            why = tr("pages.select.spent")
        elif not ready:
            why = tr("pages.select.ran_out")
        self.waiting.setText(why)
        self.waiting.setVisible(bool(why))
        self.acts_changed.emit()

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        choices = [shown.card for shown in self.cards if shown.card.choice is not None][:9]
        offers = tuple(
            Act(offer_key(card.choice), card.hospital, partial(model.choose, card.choice))
            for card in choices
            if card.choice is not None
        )
        return (
            *offers,
            Act(
                Key.FORWARD,
                tr("pages.select.take"),
                model.download,
                on=self.download.isEnabled(),
                why=self.waiting.text(),
            ),
            self._ask_again(),
        )

    def _ask_again(self) -> Act:
        model = self.model
        if model.may_ask_sent:
            return Act(Key.ASK_AGAIN, tr("pages.select.ask_sent"), model.ask_sent)
        words = tr("shell.offer.identify_again" if model.spent else "shell.offer.retry")
        return Act(Key.ASK_AGAIN, words, model.counter.ask_again, on=model.may_ask_again)

    def focus_first(self) -> None:
        self.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -99, Qt.Key.Key_End: 99}
        step = by.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.model.move(step)
