"""裁判: drop or paste a message, choose a question, read the verdict in words and colour."""

from functools import partial

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from app.ports.referee import Referee, Ruling
from ui.keys import Act, Key, Look, offer_key
from ui.pages.parts import ColumnsPage, PageKit, TallArea, boxed, column, gap, row, scaled
from ui.text import has_text, tr
from ui.viewmodels.referee import Question, RefereeModel
from ui.widgets import ActButton, Card, EmptyState, KeyCap, StateMark, Text
from ui.widgets.basics import State, clear_layout, set_shown
from ui.widgets.card import CardState

_LOOKS: dict[str, State] = {"holds": "ok", "fails": "stop", "unusable": "attention"}
_EDGES: dict[str, CardState] = {"ok": "ok", "stop": "stop", "attention": "attention"}
_MOST_SENTENCES = 40
_CLEAR, _KEYS, _SIDE = 5, 6, 372


def _dropped(content: QMimeData) -> str:
    """The path of one local file; empty where something else is dropped."""
    found = [url.toLocalFile() for url in content.urls() if url.isLocalFile()]
    return found[0] if len(found) == 1 else ""


class MessageField(QPlainTextEdit):
    """Text that is pasted, or a file that is dropped."""

    file_dropped = Signal(str)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return bool(_dropped(source)) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        path = _dropped(source)
        if path:
            self.file_dropped.emit(path)
        else:
            super().insertFromMimeData(source)


class KeysField(QLineEdit):
    """The path of a KEYS file; the file itself may be dropped."""

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()):
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event.mimeData())
        if path:
            self.setText(path)
            event.acceptProposedAction()
        else:
            super().dropEvent(event)


class VerdictCard(Card):
    """One word, and under it every sentence with its shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.referee.verdict"), bare=True, parent=parent)
        self.rows = column(space="tight")
        self.list = TallArea(boxed(self.rows))
        self.list.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.list.setAccessibleName(tr("pages.referee.verdict"))
        self.list.setMinimumHeight(scaled(96))
        self.add(self.list, 1)

    def show_ruling(self, ruling: Ruling | None, *, asking: bool) -> None:
        clear_layout(self.rows)
        if ruling is None:
            word = "asking" if asking else "none"
            self.set_chip("")
            self.set_state("plain")
            said = EmptyState(tr(f"pages.referee.{word}"), tr(f"pages.referee.{word}_note"))
            self.rows.addWidget(said)
            self.rows.addStretch(1)
            return
        look = _LOOKS[str(ruling.outcome)]
        self.set_chip(tr(f"pages.referee.outcome.{ruling.outcome}"), look)
        self.set_state(_EDGES[look])
        for at, sentence in enumerate(ruling.sentences[:_MOST_SENTENCES]):
            self._add_sentence(sentence, look if at == 0 or look != "ok" else "attention", at == 0)
        more = len(ruling.sentences) - _MOST_SENTENCES
        if more > 0:
            self.rows.addWidget(Text(tr("pages.referee.more", count=more), "second"))
        self.rows.addStretch(1)

    def _add_sentence(self, sentence: str, look: State, first: bool) -> None:
        words = Text(sentence, "body", "strong" if first else "", wrap=True)
        cells = row(StateMark(look), words)
        cells.setStretch(1, 1)
        self.rows.addWidget(boxed(cells, inner=True))


class RefereePage(ColumnsPage):
    """Alt 1 … 4 choose the question, F5 asks, Alt 5 clears, Alt 6 goes to the keys."""

    def __init__(self, kit: PageKit, work: Referee, parent: QWidget | None = None) -> None:
        super().__init__("referee", _SIDE, parent)
        self.model = RefereeModel(kit.counter, work, self)
        self.message = MessageField()
        self.message.setTabChangesFocus(True)
        self.message.setAccessibleName(tr("pages.referee.message"))
        self.message.setPlaceholderText(tr("pages.referee.message_hint"))
        self.message.setMinimumHeight(scaled(88))
        self.message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.given = Card(tr("pages.referee.message"), tr("pages.referee.message_note"))
        self.clear = ActButton(tr("pages.referee.clear"), offer_key(_CLEAR), "flat")
        self.given.add_head(self.clear)
        self.given.add(self.message, 1)
        self.verdict = VerdictCard()
        self.content = QPlainTextEdit()
        self.content.setReadOnly(True)
        self.content.setTabChangesFocus(True)
        self.content.setAccessibleName(tr("pages.referee.content"))
        self.content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.content.setMinimumHeight(scaled(64))
        self.opened = Card(tr("pages.referee.content"), tr("pages.referee.content_note"))
        self.opened.add(self.content, 1)
        self.main.addWidget(self.given, 3)
        self.main.addWidget(self.verdict, 4)
        self.main.addWidget(self.opened, 3)
        self.questions = [self._question(at, asked) for at, asked in enumerate(Question, 1)]
        self.operation, self.keys = QComboBox(), KeysField()
        self.side.addWidget(self._asked())
        self.side.addWidget(self._keys())
        self.side.addStretch(1)
        self.why_mark, self.why = StateMark("attention"), Text("", "second", "body", wrap=True)
        why = row(self.why_mark, self.why)
        why.setStretch(1, 1)
        self.side.addLayout(why)
        self.ask = ActButton(tr("pages.referee.ask"), Key.ASK_AGAIN, "primary", height="primary")
        self.side.addWidget(self.ask)
        self._connect()
        self.refresh()

    def _question(self, number: int, asked: Question) -> ActButton:
        button = ActButton(tr(f"pages.referee.question.{asked.value}"), offer_key(number), "flat")
        button.setCheckable(True)
        button.clicked.connect(partial(self.model.ask_about, asked))
        return button

    def _asked(self) -> Card:
        card = Card(tr("pages.referee.questions"))
        for button in self.questions:
            card.add(button)
        self.operation.setAccessibleName(tr("pages.referee.operation"))
        self.operation_name = Text(tr("pages.referee.operation"), "second")
        card.body.addSpacing(gap("small"))
        card.add(self.operation_name)
        card.add(self.operation)
        return card

    def _keys(self) -> Card:
        card = Card(tr("pages.referee.keys"))
        card.add_head(KeyCap(offer_key(_KEYS).value))
        self.keys.setAccessibleName(tr("pages.referee.keys"))
        self.keys.setPlaceholderText(tr("pages.referee.keys_hint"))
        card.add(self.keys)
        card.add(Text(tr("pages.referee.keys_note"), "note", wrap=True))
        return card

    def _connect(self) -> None:
        model = self.model
        self.message.textChanged.connect(self._typed)
        self.message.file_dropped.connect(model.take_file)
        self.keys.textChanged.connect(model.use_keys)
        self.operation.activated.connect(lambda at: model.choose(self.operation.itemData(at)))
        self.clear.clicked.connect(model.clear)
        self.ask.clicked.connect(model.ask)
        model.changed.connect(self.refresh)

    def refresh(self) -> None:
        """Message, question, verdict."""
        if self.put_off(self.refresh):
            return
        model = self.model
        # a file stays as it was on the disk: another encoding would be another message
        self.message.setReadOnly(bool(model.file))
        if self.message.toPlainText() != model.shown:
            self.message.blockSignals(True)
            self.message.setPlainText(model.shown)
            self.message.blockSignals(False)
        self.given.set_title(
            tr("pages.referee.message"), model.file or tr("pages.referee.message_note")
        )
        for asked, button in zip(Question, self.questions, strict=True):
            button.setChecked(asked is model.question)
            # a flat button shows no ground: the chosen one has an edge
            button.set_kind("normal" if asked is model.question else "flat")
        self._show_operations()
        self.ask.setEnabled(model.may_ask)
        self._show_lacking()
        self.verdict.show_ruling(model.ruling, asking=model.asking)
        self.content.setPlainText(model.opened)
        self.opened.setVisible(bool(model.opened))
        self.acts_changed.emit()

    def _show_lacking(self) -> None:
        """Beside the key that is off: what is missing, and how to give it."""
        lacks = self.model.lacks
        self.why.setText(tr(f"pages.referee.lacks.{lacks}") if lacks else "")
        for part in (self.why_mark, self.why):
            set_shown(part, bool(lacks) and lacks != "asking")

    def _show_operations(self) -> None:
        model = self.model
        if self.operation.count() != len(model.operations):
            self.operation.clear()
            for name in model.operations:
                key = f"pages.operation.{name}"
                said = f"{tr(key)}（{name}）" if has_text(key) else name
                self.operation.addItem(said, name)
        self.operation.setCurrentIndex(self.operation.findData(model.operation))
        self.operation.setVisible(model.checks)
        self.operation_name.setVisible(model.checks)

    def _typed(self) -> None:
        if not self.model.file:
            self.model.write(self.message.toPlainText())

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        choose = tuple(
            Act(
                offer_key(number),
                tr(f"pages.referee.question.{asked.value}"),
                partial(model.ask_about, asked),
            )
            for number, asked in enumerate(Question, 1)
        )
        clear = Act(offer_key(_CLEAR), tr("pages.referee.clear"), model.clear)
        ready, why = model.may_ask, self.why.text()
        ask = Act(Key.ASK_AGAIN, tr("pages.referee.ask"), model.ask, ready, Look.PRIMARY, why)
        keys = Act(offer_key(_KEYS), tr("pages.referee.give_keys"), self.keys.setFocus)
        return (*choose, clear, keys, ask)

    def focus_first(self) -> None:
        self.message.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.load()
