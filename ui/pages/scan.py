"""扫码: every box into its line; amber and red stay where they belong."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from app.workflow.views.case import ScanLogRow, ScanView
from ui.formats import CHINA
from ui.keys import Act, Key, Look, offer_key
from ui.pages.drug_line import DrugLineCard
from ui.pages.parts import ColumnsPage, InnerArea, PageKit, boxed, column, row, steps_of
from ui.pages.split_card import SplitCard
from ui.text import say, tr
from ui.viewmodels.scan import ScanModel
from ui.widgets import (
    ActButton,
    Card,
    ElidedText,
    KeyHint,
    MoneyLabel,
    ScanField,
    StateMark,
    Text,
)
from ui.widgets.basics import clear_layout, set_shown

LOG_SHOWN = 40
_MARKS = {"ok": "ok", "attention": "attention", "stop": "stop", "other": "later"}
_TONES = {"ok": "body", "attention": "attention", "stop": "stop", "other": "muted"}


def log_time(at: datetime) -> str:
    """Minutes and seconds; the hour is on the clock."""
    return at.astimezone(CHINA).strftime("%M:%S")


class CountCard(Card):
    """已扫 / 需要: the loud thing of this page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._scanned, self._needed = Text("", "amount_huge"), Text("", "amount_part", "muted")
        self._left = Text("", "amount_part", align_right=True)
        self._left_word = Text(tr("pages.scan.left"), "second", align_right=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("pages.scan.counted"))
        self.add(Text(tr("pages.scan.counted"), "second"))
        right = column(self._left_word, self._left)
        numbers = row(self._scanned, self._needed, None, right)
        numbers.setAlignment(self._needed, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(numbers)
        self.add(self._bar)

    def show_count(self, scanned: int, needed: int) -> None:
        self._scanned.setText(str(scanned))
        self._needed.setText(tr("pages.scan.of", needed=needed))
        self._left.setText(tr("pages.scan.boxes", count=needed - scanned))
        self._left.set_tone("ok" if scanned == needed else "strong")
        self._bar.setRange(0, max(needed, 1))
        self._bar.setValue(scanned)


class LogCard(Card):
    """刚才扫到的, newest on top."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.scan.log"), tr("pages.scan.log_note"), bare=True, parent=parent)
        inside = QWidget()
        self._rows = column(space="tight")
        self._rows.setSpacing(0)
        inside.setLayout(self._rows)
        self.add(InnerArea(inside), 1)
        self._shown: tuple[ScanLogRow, ...] | None = None

    def show_log(self, rows: tuple[ScanLogRow, ...]) -> None:
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self._rows)
        for entry in rows[:LOG_SHOWN]:
            what = ElidedText(entry.what, "second", "body")
            verdict = Text(say(entry.verdict), "second", _TONES[entry.mark], align_right=True)  # type: ignore[arg-type]
            cells = row(
                Text(log_time(entry.at), "code_small", "muted"),
                StateMark(_MARKS[entry.mark], 12),  # type: ignore[arg-type]  # keys of MARKS
                what,
                verdict,
            )
            cells.setStretch(2, 1)
            self._rows.addWidget(boxed(cells, inner=True))
        if not rows:
            self._rows.addWidget(
                boxed(column(Text(tr("pages.scan.nothing_yet"), "second")), inner=True)
            )
        self._rows.addStretch(1)


class ScanPage(ColumnsPage):
    """Scans land in the field; ↑ ↓ choose a line, Del takes a box off, Alt 1 … says why, F12 on."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("scan", 300, parent)
        self.model = ScanModel(kit.counter, self)
        self.field = ScanField(kit.recognise, tr("pages.scan.field"))
        self.field.entered.connect(kit.counter.typed)
        inside = QWidget()
        self.list = column(space="small")
        self.list.addStretch(1)
        inside.setLayout(self.list)
        self.area = InnerArea(inside)
        self.cards: list[DrugLineCard] = []
        hints = KeyHint(
            (
                ("↑ ↓", tr("pages.scan.hint_line")),
                (Key.REMOVE.value, tr("pages.scan.hint_remove")),
                (Key.WITHOUT_CODE.value, tr("pages.scan.without_code")),
            )
        )
        self.split_hint = KeyHint(((Key.SPLIT.value, tr("pages.scan.split")),))
        beside = row(hints, self.split_hint, None)
        for part in (self.field, self.area, boxed(beside)):
            self.main.addWidget(part)
        self.main.setStretchFactor(self.area, 1)
        self._build_side()
        kit.counter.spoken.connect(self.field.show_spoken)
        kit.counter.scan_taken.connect(self._taken)
        self.model.changed.connect(self.refresh)

    def _build_side(self) -> None:
        self.count, self.log = CountCard(), LogCard()
        self.lots_mark, self.lots = StateMark("ok"), Text("", "second", wrap=True)
        self.total = MoneyLabel(None, "emph", currency=True)
        self.sum = Card()
        self.sum.body.addLayout(
            row(Text(tr("pages.scan.first_out"), "second"), None, self.lots_mark, self.lots)
        )
        self.sum.body.addLayout(row(Text(tr("pages.scan.total"), "second"), None, self.total))
        self.split = SplitCard()
        self.split.given.connect(self._split)
        self.finish = ActButton(tr("pages.scan.finish"), Key.BIND, "primary", height="primary")
        self.finish.clicked.connect(self.model.finish)
        self.why = Text("", "second", wrap=True)
        self.side.addWidget(self.count)
        self.side.addWidget(self.log, 1)
        self.side.addWidget(self.split)
        for part in (self.sum, self.why, self.finish):
            self.side.addWidget(part)

    def refresh(self) -> None:
        """Lines in place, counts, log."""
        if self.put_off(self.refresh):
            return
        view = self.model.view
        if view is None:
            return
        self._show_lines(view)
        self.count.show_count(view.scanned, view.needed)
        self.log.show_log(self.model.log)
        self.lots_mark.set_mark("attention" if view.earlier_lots else "ok")
        self.lots.setText(
            tr("pages.scan.earlier" if view.earlier_lots else "pages.scan.no_earlier")
        )
        self.lots.set_tone("attention" if view.earlier_lots else "ok")
        self.total.set_amount(view.total)
        self.finish.setEnabled(self.model.complete and not self.model.counter.busy)
        self.why.setText(self._missing(view))
        self.why.setVisible(bool(self.why.text()))
        set_shown(self.split_hint, not self.model.prescribed)
        asked = not self.split.isHidden()
        self.split.show_offer(self.model.offer if self.model.splitting else None)
        if asked and self.split.isHidden():
            self.field.focus_input()
        self.acts_changed.emit()

    def _show_lines(self, view: ScanView) -> None:
        while len(self.cards) > len(view.lines):
            self.cards.pop().deleteLater()
        while len(self.cards) < len(view.lines):
            card = DrugLineCard()
            card.told.connect(self.model.answer)
            self.list.insertWidget(len(self.cards), card)
            self.cards.append(card)
        for card, line in zip(self.cards, view.lines, strict=True):
            current = line.index == self.model.chosen
            asked = current and self.model.without_code
            card.show_line(line, current=current, without_code=asked)
            if current:
                self.area.ensureWidgetVisible(card, 0, 0)

    def _missing(self, view: ScanView) -> str:
        if self.model.counter.busy:
            whole = view.scanned == view.needed > 0
            return tr("pages.scan.working" if whole else "pages.scan.judging")
        if not view.needed:
            return tr("pages.scan.none_yet")
        if self.model.splitting:
            return tr("pages.scan.how_many")
        if view.scanned < view.needed:
            return tr("pages.scan.missing", count=view.needed - view.scanned)
        return tr("pages.scan.untold") if self.model.amber is not None else ""

    def _taken(self) -> None:
        if self.isVisible():
            self.field.show_waiting(tr("pages.identify.judging"))

    def acts(self) -> tuple[Act, ...]:
        model = self.model
        busy, line = model.counter.busy, model.line
        return (
            *self._answers(),
            Act(
                Key.WITHOUT_CODE,
                tr("pages.scan.without_code"),
                model.ask_without_code,
                on=line is not None and line.scanned < line.needed and model.amber is None,
            ),
            *self._splitting(),
            Act(
                Key.REMOVE,
                tr("pages.scan.hint_remove"),
                self._remove,
                on=line is not None and bool(line.codes or line.uncoded) and not busy,
            ),
            Act(
                Key.BIND,
                tr("pages.scan.finish_key"),
                model.finish,
                on=model.complete and not busy,
                look=Look.PRIMARY,
                why=self.why.text(),
            ),
            Act(Key.ASK_AGAIN, tr("pages.audit.ask_again"), model.counter.ask_again),
        )

    def _answers(self) -> tuple[Act, ...]:
        """Alt and a number: why what waits goes on."""
        return tuple(
            Act(
                offer_key(number),
                tr(f"pages.scan.reason.{reason}"),
                partial(self.model.answer, reason),
                on=not self.model.counter.busy,
                look=Look.ATTENTION,
            )
            for number, reason in enumerate(self.model.reasons, start=1)
        )

    def _splitting(self) -> tuple[Act, ...]:
        """Where a prescription says how much, nobody is asked."""
        model = self.model
        if model.prescribed:
            return ()
        on = model.may_split or model.splitting
        words = "pages.scan.split_back" if model.splitting else "pages.scan.split"
        why = "" if on else tr("pages.scan.why_split")
        return (Act(Key.SPLIT, tr(words), model.ask_pieces, on=on, why=why),)

    def _split(self, pieces: str) -> None:
        offer = self.model.offer
        if offer is not None and not self.model.may_take(pieces):
            wrong = tr("pages.scan_split.wrong", most=offer.most, unit=offer.unit)
            self.split.show_wrong(wrong)
            return
        self.model.split(pieces)

    def _remove(self) -> None:
        line = self.model.line
        if line is None:
            return
        card = next((card for card in self.cards if card.index == line.index), None)
        self.model.remove(card.slots.chosen() if card is not None else None)

    def scan_field(self) -> ScanField:
        return self.field

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = steps_of(event)
        if by is None:
            super().keyPressEvent(event)
        else:
            self.model.move(by)
            for card in self.cards:
                if card.index == self.model.chosen:
                    self.bring(card)
