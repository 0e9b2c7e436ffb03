"""事前提醒 at the money: what the platform said ahead, in its own words; it blocks nothing."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.workflow.views.advice import AdviceRow, AdviceView
from ui.keys import Act, offer_key
from ui.pages.parts import column, gap, row
from ui.text import say, tr
from ui.viewmodels.settle import SettleModel
from ui.widgets import ActButton, Chip, StateMark, Text
from ui.widgets.basics import clear_layout, set_shown

OFFER = 5
"""Behind the banknotes, which are the first four."""
MOST = 2
"""Rows that have room beside the cash; the chip counts all."""


class AdvicePart(QWidget):
    """Seen where the region answers such questions, under the banknotes."""

    def __init__(self, model: SettleModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.rows = QVBoxLayout()
        self.rows.setSpacing(gap("tight"))
        self.ask = ActButton(tr("pages.advice.ask"), offer_key(OFFER))
        self.ask.clicked.connect(model.advise)
        self.chip = Chip("")
        self.note = Text(tr("pages.advice.note"), "second", wrap=True)
        head = row(self.ask, None, self.chip)
        whole = column(head, self.note, self.rows)
        self.setLayout(whole)
        self._shown: AdviceView | None = None
        self.hide()

    def refresh(self) -> None:
        """Rows as they came; the button while asking is possible."""
        view = self._model.view
        advice = view.advice if view is not None else AdviceView()
        set_shown(self, advice.offered or bool(advice.rows))
        self.ask.setEnabled(self._model.may_ask_ahead)
        if advice == self._shown:
            return
        self._shown = advice
        clear_layout(self.rows)
        for told in sorted(advice.rows, key=lambda told: told.good)[:MOST]:
            self.rows.addLayout(self._row(told))
        self._say_whole(advice)

    def _say_whole(self, advice: AdviceView) -> None:
        open_rows = sum(not told.good for told in advice.rows)
        if open_rows:
            self.chip.set_chip(tr("pages.advice.look", count=open_rows), "attention")
        elif advice.rows and advice.unanswered is None:
            self.chip.set_chip(tr("pages.advice.clear"), "ok")
        else:
            self.chip.set_chip("")
        silent = advice.unanswered is not None
        self.note.setText(tr("pages.advice.unanswered" if silent else "pages.advice.note"))
        set_shown(self.note, silent or not advice.rows)

    @staticmethod
    def _row(told: AdviceRow) -> QHBoxLayout:
        words = say(told.topic)
        if told.text:
            words = tr("pages.advice.row", topic=words, text=told.text)
        line = row(StateMark("ok" if told.good else "attention"), Text(words, "second", wrap=True))
        line.setStretch(1, 1)
        return line

    def act(self) -> Act:
        return Act(
            offer_key(OFFER),
            tr("pages.advice.ask"),
            self._model.advise,
            on=self._model.may_ask_ahead,
        )
