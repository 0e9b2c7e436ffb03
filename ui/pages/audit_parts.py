"""Parts of 审方: the lines to compare, who audits, and the decision."""

from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QSizePolicy, QWidget

from app.workflow.views.case import ReviewView, RxLineView
from ui.formats import age_text, time_text
from ui.keys import Key, offer_key
from ui.pages.parts import PageKit, boxed, column, gap, numeral, row, scaled
from ui.text import tr
from ui.viewmodels.audit import AuditModel
from ui.widgets import ActButton, Card, ElidedText, KeyCap, NameText, ScanField, StateMark, Text
from ui.widgets.basics import clear_layout
from ui.widgets.card import HairLine
from ui.widgets.flow import FlowLayout

APPROVING = ("qualified", "explained", "compared")
"""Phrases of an approval on Alt 1 … 3, by their key."""
_ROWS = 3
"""Grid rows of one line: name, usage and counts, the rule before the next."""
REFUSING = ("unfit", "doubtful", "ask_hospital")
"""Phrases of a refusal on the same keys; the two never mix."""


def phrases_for(*, refusing: bool) -> tuple[str, ...]:
    """The phrases that fit the decision being written."""
    return REFUSING if refusing else APPROVING


class LinesCard(Card):
    """What the platform delivered as structured lines, to be compared with the document."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("pages.audit.lines"), tr("pages.audit.lines_note"), bare=True, parent=parent
        )
        head = QGridLayout()
        head.setContentsMargins(gap("inner"), gap("tight"), gap("inner"), gap("tight"))
        head.setHorizontalSpacing(gap("small"))
        self._grid = QGridLayout()
        self._grid.setContentsMargins(gap("inner"), 0, gap("inner"), 0)
        self._grid.setHorizontalSpacing(gap("small"))
        self._grid.setVerticalSpacing(0)
        for grid in (head, self._grid):
            for at, wide in enumerate((16, 0, 40, 40, 60)):
                grid.setColumnMinimumWidth(at, scaled(wide))
            grid.setColumnStretch(1, 1)
        for at, name in enumerate(("line", "amount", "days", "stock"), 1):
            right = at > 1
            head.addWidget(
                Text(tr(f"pages.audit.column.{name}"), "second", align_right=right), 0, at
            )
        self.add(boxed(head, ground="sunken"))
        self.body.addLayout(self._grid)
        self._shown: tuple[RxLineView, ...] = ()

    def show_lines(self, lines: tuple[RxLineView, ...]) -> None:
        if lines == self._shown:
            return
        self._shown = lines
        clear_layout(self._grid)
        for index, line in enumerate(lines):
            self._add(index, line)
        short = sum(line.differs or line.on_hand is None for line in lines)
        if short:
            self.set_chip(tr("pages.audit.lines_short", count=short), "attention")
        else:
            self.set_chip(tr("pages.audit.lines_fillable"), "ok")

    def _add(self, index: int, line: RxLineView) -> None:
        at = index * _ROWS
        if at:
            self._grid.addWidget(HairLine(), at - 1, 0, 1, 5)
        # name and strength have the width of the card to themselves
        drug, usage = FlowLayout(gap=gap("small")), NameText(line.usage, "second")
        for words in (line.name, line.specification):
            part = NameText(words)
            part.setContentsMargins(0, gap("tight"), 0, 0)
            drug.addWidget(part)
        usage.setContentsMargins(0, 0, 0, gap("tight"))
        self._grid.addWidget(Text(str(index + 1), "second"), at, 0)
        self._grid.addWidget(boxed(drug), at, 1, 1, 4)
        self._grid.addWidget(usage, at + 1, 1)
        self._grid.addWidget(numeral(line.amount), at + 1, 2)
        self._grid.addWidget(numeral(_days(line.days), "second", "body"), at + 1, 3)
        self._grid.addLayout(self._stock(line), at + 1, 4)

    def _stock(self, line: RxLineView) -> "QGridLayout":
        cell = QGridLayout()
        short = line.differs or line.on_hand is None
        if line.on_hand is None:
            words = tr("pages.audit.not_carried")
        else:
            words = tr("pages.audit.on_hand", count=line.on_hand)
        cell.setHorizontalSpacing(gap("tight"))
        cell.setColumnStretch(0, 1)
        cell.addWidget(numeral(words, "second", "body"), 0, 0)
        cell.addWidget(StateMark("attention" if short else "ok"), 0, 1)
        return cell


def _days(days: str) -> str:
    """A bare number is days; anything else is shown as the hospital wrote it."""
    return tr("pages.audit.days", count=days) if days.isdigit() else days


class PharmacistCard(Card):
    """Who audits; where the region wants it, their own e-voucher is scanned here.

    The time a proof still counts runs down in sight.
    """

    ran_out = Signal()
    """The proof on the card counts no longer."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.audit.pharmacist"), parent=parent)
        self._name, self._title = Text("", "emph"), Text(tr("pages.audit.licensed"), "second")
        self._licence = Text("", "code_small", "muted")
        self._proof, self._said = Text("", "second", wrap=True), ""
        self._over = Text(tr("pages.audit.taken_over"), "second", "attention", wrap=True)
        self.field = ScanField(kit.recognise, tr("pages.audit.proof_field"))
        self.field.setMinimumWidth(1)
        self.field.entered.connect(kit.counter.typed)
        self.asking = False
        """Whether a code is waited for here."""
        self._now, self._counter = kit.counter.clock.now, kit.counter
        self._until: datetime | None = None
        self._beat = QTimer(self)
        self._beat.setInterval(1000)
        self._beat.timeout.connect(self._count)
        self.body.addLayout(row(self._name, self._title, None))
        for part in (self._licence, self._proof, self._over, self.field):
            self.add(part)

    def show_pharmacist(self, view: ReviewView, *, proved: bool, taken_over: bool) -> None:
        """Proved, or what is still to be shown."""
        who = view.pharmacist
        self.asking = not proved and view.proof_by_voucher
        self.field.setVisible(self.asking)
        self._name.setText(who.name if who else tr("pages.audit.nobody"))
        self._title.setVisible(who is not None)
        self._licence.setText(tr("pages.audit.licence", number=who.licence_masked) if who else "")
        self._licence.setVisible(who is not None)
        if proved:
            self.set_chip(tr("pages.audit.proved"), "ok")
        else:
            self.set_chip(tr("pages.audit.unproved"), "attention")
        self.set_state("plain" if proved else "current")
        self._over.setVisible(proved and taken_over)
        self._until = who.proof_expires_at if proved and who is not None else None
        self._said = self._sentence(view, proved=proved)
        self._count()

    def _sentence(self, view: ReviewView, *, proved: bool) -> str:
        who = view.pharmacist
        if who is not None and who.by_voucher and who.proved_at is not None:
            shown = time_text(who.proved_at, self._now())
            return tr(f"pages.audit.{'by_code' if proved else 'proof_over'}", time=shown)
        if not proved or who is None:
            by_code = "proof_terminal" if self._counter.has_terminal else "proof"
            return tr(f"pages.audit.show_{by_code if view.proof_by_voucher else 'sign_in'}")
        return tr("pages.audit.by_sign_in")

    def _count(self) -> None:
        """Once a second while a proof runs: how long it counts, and the moment it does not."""
        if self._until is None:
            self._beat.stop()
            self._proof.setText(self._said)
            return
        left = (self._until - self._now()).total_seconds()
        self._proof.setText(self._said + tr("pages.audit.proof_left", left=age_text(left)))
        if left > 0:
            self._beat.start()
        else:
            self._until = None
            self._beat.stop()
            self.ran_out.emit()


class _Opinion(QPlainTextEdit):
    """Takes what room there is, and asks for no more than it needs at least."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.minimumHeight())


def _keyed(number: int, words: ElidedText) -> QWidget:
    cells = row(KeyCap(offer_key(number).value), words)
    cells.setStretch(1, 1)
    return boxed(cells)


class DecisionCard(Card):
    """The opinion that is uploaded, and the two ways out. A refusal opens in place."""

    def __init__(self, model: AuditModel, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.audit.opinion"), tr("pages.audit.opinion_note"), parent=parent)
        self._model = model
        self.text = _Opinion()
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("pages.audit.opinion"))
        self.text.setMinimumHeight(scaled(72))
        self.text.textChanged.connect(self._typed)
        self._names = [ElidedText("", "second") for _ in APPROVING]
        keyed = [_keyed(n, name) for n, name in enumerate(self._names, 1)]
        self.phrases = column(*keyed, space="tight")
        self.approve = ActButton(tr("pages.audit.approve"), Key.BIND, "primary", height="primary")
        self.approve.clicked.connect(self._bind)
        self.refuse = ActButton(tr("pages.audit.refuse"), Key.REFUSE, "refusing")
        self.refuse.clicked.connect(lambda: model.refuse_instead(not model.refusing))
        self.why = Text("", "second", "attention", wrap=True)
        self._mark = StateMark("attention")
        self.note = Text("", "note", wrap=True)
        self.add(self.text, 1)
        self.body.addLayout(self.phrases)
        self.body.addSpacing(gap("small"))
        self.add(self.approve)
        reason = row(self._mark, self.why)
        reason.setStretch(1, 1)
        reason.setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(reason)
        self.add_line()
        self.add(self.refuse)
        self.add(self.note)

    def refresh(self) -> None:
        """Which text is edited, which act is bound, and what is missing for it."""
        model = self._model
        refusing = model.refusing
        self.set_title(
            tr("pages.audit.reason" if refusing else "pages.audit.opinion"),
            tr("pages.audit.opinion_note"),
        )
        self.set_state("stop" if refusing else "plain")
        for words, name in zip(self._names, phrases_for(refusing=refusing), strict=True):
            words.setText(tr(f"pages.phrase_name.{name}"))
        text = model.reason if refusing else model.opinion
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)
            self.text.moveCursor(self.text.textCursor().MoveOperation.End)
        self.approve.set_kind("refusing" if refusing else "primary")
        self.approve.set_text(
            tr("pages.audit.refuse_upload" if refusing else "pages.audit.approve")
        )
        self.approve.setEnabled(model.may_refuse if refusing else model.may_approve)
        self.refuse.set_text(tr("pages.audit.keep" if refusing else "pages.audit.refuse"))
        self.refuse.setEnabled(refusing or model.may_decide)
        missing = self._missing()
        self.why.setText(missing)
        self.why.setVisible(bool(missing))
        self._mark.setVisible(bool(missing))
        self.note.setText(tr("pages.audit.refusal_note"))

    def _missing(self) -> str:
        model = self._model
        if model.counter.busy:
            return tr("pages.audit.uploading")
        if not model.proved:
            return tr("pages.audit.missing_proof")
        if model.refusing:
            return "" if model.reason.strip() else tr("pages.audit.missing_reason")
        if model.open_checks:
            names = tr("pages.audit.between").join(
                tr(f"pages.check.{check.value}") for check in model.open_checks[:3]
            )
            more = tr("pages.audit.and_more") if len(model.open_checks) > 3 else ""
            return tr(
                "pages.audit.missing_checks", count=len(model.open_checks), names=names + more
            )
        if model.open_hints:
            return tr("pages.audit.missing_hints", count=len(model.open_hints))
        return "" if model.opinion.strip() else tr("pages.audit.missing_opinion")

    def _typed(self) -> None:
        text = self.text.toPlainText()
        if self._model.refusing:
            self._model.write_reason(text)
        else:
            self._model.write(text)

    def _bind(self) -> None:
        if self._model.refusing:
            self._model.refuse()
        else:
            self._model.approve()
