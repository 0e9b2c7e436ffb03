"""裁定: the evidence, ours beside the platform's, and a named second person's word."""

from typing import Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from app.domain.errors import Code
from app.workflow.doubts.views import Choice, CompareRow, DoubtView, Shown
from app.workflow.views.case import Say
from ui.formats import money_text, time_text
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit, boxed, column, gap, row, scaled
from ui.pages.second_person import SecondPerson, plain_field
from ui.text import say, tr
from ui.theme import set_state
from ui.viewmodels.doubts import DoubtsModel
from ui.widgets import ActButton, Banner, Card, EmptyState, KeyCap, StateMark, Text
from ui.widgets.basics import clear_layout, set_shown
from ui.widgets.card import HairLine

CODED = frozenset({"message", "refund_message", "settlement_id", "rx_number"})
COLUMNS = ("fact", "ours", "theirs", "agrees")


class EvidenceCard(Card):
    """凭据: every fact on one line, what we hold beside what the platform says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.decide.evidence"), bare=True, parent=parent)
        self.trouble = Banner(inline=True, mute=True)
        self.add(self.trouble)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(gap("inner"), gap("tight"), gap("inner"), gap("tight"))
        self._grid.setHorizontalSpacing(gap("column"))
        self._grid.setVerticalSpacing(0)
        for at in (1, 2):
            self._grid.setColumnStretch(at, 1)
        self._grid.setColumnMinimumWidth(0, scaled(110))
        self._grid.setColumnMinimumWidth(3, scaled(90))
        self.body.addLayout(self._grid)
        self.fetching = EmptyState(tr("pages.decide.fetching"), tr("pages.decide.fetching_note"))
        self.add(self.fetching)
        self.body.addStretch(1)

    def show_view(self, view: DoubtView | None, fetched: str) -> None:
        clear_layout(self._grid)
        self.trouble.show_banner(view.trouble if view else None)
        set_shown(self.fetching, view is None)
        self.set_chip(fetched, "plain")
        if view is None:
            self.set_title(tr("pages.decide.evidence"))
            return
        self.set_title(tr("pages.decide.evidence"), say(view.source))
        for at, name in enumerate(COLUMNS):
            self._grid.addWidget(Text(tr(f"pages.decide.column.{name}"), "second"), 0, at)
        for index, fact in enumerate(view.rows, 1):
            self._grid.addWidget(HairLine(), index * 2 - 1, 0, 1, len(COLUMNS))
            self._add(index * 2, fact)

    def _add(self, at: int, fact: CompareRow) -> None:
        self._grid.setRowMinimumHeight(at, scaled(34))
        self._grid.addWidget(Text(tr(f"pages.decide.fact.{fact.key}"), "strong"), at, 0)
        for place, value in ((1, fact.ours), (2, fact.theirs)):
            self._grid.addWidget(
                Text(shown_text(value), "code_small" if fact.key in CODED else "body"), at, place
            )
        if fact.agrees is not None:
            word = "same" if fact.agrees else "differs"
            state: Literal["ok", "attention"] = "ok" if fact.agrees else "attention"
            cells = row(StateMark(state), Text(tr(f"pages.decide.{word}"), "second", state), None)
            self._grid.addWidget(boxed(cells), at, 3)


def silent(view: DoubtView) -> bool:
    """What was asked for has come, and shows nothing of it yet."""
    return view.trouble is not None and view.trouble.code == Code.NOT_SHOWN


def shown_text(value: Shown) -> str:
    """An amount, a sentence, a number as it came; — where there is nothing."""
    if value is None:
        return "—"
    if isinstance(value, Say):
        return say(value)
    return money_text(value) if isinstance(value, int) else value


class ChoiceRow(QFrame):
    """One outcome the evidence supports: what was found, what it leads to; Alt n."""

    pressed = Signal()

    def __init__(self, number: int, choice: Choice) -> None:
        super().__init__()
        words = column(
            Text(say(choice.what), "strong", wrap=True),
            Text(say(choice.effect), "second", "body", wrap=True),
        )
        self.mark = StateMark("later", 16)
        cells = row(self.mark, KeyCap(offer_key(number).value), boxed(words), space="normal")
        cells.setStretch(2, 1)
        self.setLayout(column(boxed(cells, inner=True)))
        self.setAccessibleName(f"{say(choice.what)} {say(choice.effect)}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self.pressed.emit()

    def choose(self, chosen: bool) -> None:
        self.mark.set_mark("ok" if chosen else "later")
        set_state(self, ground="selected" if chosen else "")
        self.setAccessibleDescription(tr("pages.decide.chosen") if chosen else "")


class ChoicesCard(Card):
    """裁定为: exactly what the evidence supports, or why nothing can be decided now."""

    def __init__(self, model: DoubtsModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.decide.choices"), bare=True, parent=parent)
        self._model = model
        self._shown: DoubtView | None = None
        self._rows: list[ChoiceRow] = []

    def show_view(self, view: DoubtView | None) -> None:
        if view is not self._shown or not self._rows:
            self._fill(view)
        for shown, choice in zip(self._rows, view.choices if view else (), strict=False):
            shown.choose(choice.outcome is self._model.outcome)

    def _fill(self, view: DoubtView | None) -> None:
        self._shown, self._rows = view, []
        clear_layout(self.body)
        for number, choice in enumerate(view.choices if view else (), 1):
            shown = ChoiceRow(number, choice)
            shown.pressed.connect(lambda number=number: self._model.choose_outcome(number))
            if number > 1:
                self.add_line()
            self.add(shown)
            self._rows.append(shown)
        if view is not None and not view.choices:
            name = "silent" if silent(view) else "none"
            self.add(EmptyState(tr("pages.decide.none"), tr(f"pages.decide.{name}_note")))


class WordCard(Card):
    """由谁裁定: the reason, what was seen, and the second person; F12 binds."""

    def __init__(self, model: DoubtsModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.decide.who"), parent=parent)
        self._model = model
        self.add(Text(tr("pages.decide.who_note"), "second", wrap=True))
        self._seen_word = Text(tr("pages.decide.statement"), "second")
        self.statement = plain_field(tr("pages.decide.statement"))
        self.reason = plain_field(tr("pages.decide.reason"))
        self.second = SecondPerson()
        for part in (self._seen_word, self.statement):
            self.add(part)
        self.add(Text(tr("pages.decide.reason"), "second"))
        self.add(self.reason)
        self.add(self.second)
        self.body.addStretch(1)
        self.why_mark, self.why = StateMark("attention"), Text("", "second", wrap=True)
        reason = row(self.why_mark, self.why)
        reason.setStretch(1, 1)
        self.body.addLayout(reason)
        self.bind = ActButton(tr("pages.decide.bind"), Key.BIND, "primary", height="binding")
        self.bind.clicked.connect(self.decide)
        self.add(self.bind)
        self.statement.returnPressed.connect(self.reason.setFocus)
        self.reason.returnPressed.connect(self.second.login.setFocus)
        for field in (self.statement, self.reason):
            field.textChanged.connect(lambda _text: self._typed())
        self.second.typed.connect(self._typed)

    def _typed(self) -> None:
        self._model.type_words(
            self.statement.text(),
            self.reason.text(),
            self.second.login.text(),
            has_pin=bool(self.second.pin.text()),
        )

    def decide(self) -> None:
        """F12; the PIN leaves the field whatever comes of it."""
        if not self._model.lacks:
            self.second.hand_pin(self._model.decide)

    def begin(self) -> None:
        """Empty fields for another doubt."""
        for field in (self.statement, self.reason):
            field.clear()
        self.second.clear()

    def refresh(self) -> None:
        model = self._model
        stated = model.view is not None and model.view.needs_statement
        for part in (self._seen_word, self.statement):
            set_shown(part, stated)
        lacks = model.lacks
        self.why.setText(tr(f"pages.decide.lacks.{lacks}" if lacks else "pages.decide.ready"))
        self.why.set_tone("attention" if lacks else "muted")
        set_shown(self.why_mark, bool(lacks))
        self.bind.setEnabled(not lacks)


class DecidePage(ColumnsPage):
    """Alt n what was found, the words, the second person, F12; F5 fetches again, Esc goes back."""

    def __init__(self, kit: PageKit, model: DoubtsModel, parent: QWidget | None = None) -> None:
        super().__init__("decide", 372, parent)
        self.model = model
        self._clock = kit.counter.clock
        self.evidence, self.choices = EvidenceCard(), ChoicesCard(model)
        self.title, self.about = Text("", "title"), Text("", "second")
        self.main.addLayout(row(self.title, self.about, None, space="normal"))
        self.main.addWidget(self.evidence, 1)
        self.main.addWidget(self.choices)
        self.word = WordCard(model)
        self.side.addWidget(self.word, 1)
        self._unseen = True
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Evidence, choices, what is still missing."""
        if self.put_off(self.refresh):
            return
        model = self.model
        if model.view is None and not (model.reason or model.login):
            self.word.begin()
        item = model.view.item if model.view is not None else model.item
        if item is not None:
            subject = tr(f"pages.open.subject.{item.subject.value}")
            self.title.setText(tr("pages.decide.title", subject=subject, name=item.name))
            self.about.setText(tr("pages.decide.about", receipt=item.receipt_no or "—"))
        self.evidence.show_view(model.view, self._fetched(model.view))
        self.choices.show_view(model.view)
        self.word.refresh()
        arrived = model.view is not None and self._unseen
        self._unseen = model.view is None
        if arrived and self.isVisible() and not (model.reason or model.login):
            # only now is it known whether the person has to say what they saw
            self.focus_first()
        self.acts_changed.emit()

    def _fetched(self, view: DoubtView | None) -> str:
        if view is None:
            return ""
        at = time_text(view.fetched_at, self._clock.now())
        name = "silent" if silent(view) else "unfetched" if view.trouble else "fetched"
        return tr(f"pages.decide.{name}", time=at)

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        found = tuple(
            Act(offer_key(n), say(choice.what), lambda n=n: model.choose_outcome(n))  # type: ignore[misc]  # n is bound
            for n, choice in enumerate(model.view.choices if model.view else (), 1)
        )
        ready = not model.lacks
        why = tr(f"pages.decide.lacks.{model.lacks}") if model.lacks else ""
        return (
            *found,
            Act(Key.ASK_AGAIN, tr("pages.decide.again"), model.examine, on=not model.fetching),
            Act(
                Key.BIND,
                tr("pages.decide.key"),
                self.word.decide,
                on=ready,
                look=Look.PRIMARY,
                why=why,
            ),
            Act(Key.BACK, tr("pages.decide.back"), lambda: model.wanted.emit("open_items")),
        )

    def focus_first(self) -> None:
        """The first field that needs words."""
        stated = self.model.view is not None and self.model.view.needs_statement
        (self.word.statement if stated else self.word.reason).setFocus()
