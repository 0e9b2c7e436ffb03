"""审方: the verified document beside its lines, ten checks, the pharmacist's own proof."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from app.domain.audit import Weight
from app.workflow.views.case import HintView, ReviewView
from ui.keys import Act, Key, Look, offer_key
from ui.pages.audit_parts import DecisionCard, LinesCard, PharmacistCard, phrases_for
from ui.pages.checks import ChecksCard
from ui.pages.parts import ColumnsPage, InnerArea, PageKit, boxed, column, row, scaled
from ui.text import tr
from ui.viewmodels.audit import AuditModel
from ui.widgets import ActButton, Card, DocumentView, ElidedText, KeyCap, ScanField, StateMark, Text
from ui.widgets.basics import clear_layout, set_shown

DOCUMENT_ROOMY = 400
"""Compact px of width from which everything about a document fits beside it."""
DOCUMENT_AT_LEAST = 260
"""Compact px of height below which a document cannot be read."""
_PAGE_DOWN = QAbstractSlider.SliderAction.SliderPageStepAdd
_PAGE_UP = QAbstractSlider.SliderAction.SliderPageStepSub


class DocumentCard(Card):
    """Exactly the bytes that were verified, page by page."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__(tr("pages.audit.document"), icon="document", bare=True, parent=parent)
        self.view = DocumentView(kit.counter.bridge)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.digest = Text("", "code_small", "muted")
        zoom = ElidedText(tr("pages.audit.zoom"), "second")
        self.seen = ElidedText(tr("pages.audit.seen_is_verified"), "second")
        for words in (zoom, self.seen):
            # the keys are read before what they do, which F1 says too
            words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        caps = (KeyCap(Key.ZOOM_IN.value), KeyCap(Key.ZOOM_OUT.value))
        foot = row(*caps, zoom, self.seen, self.digest)
        foot.setStretch(2, 1)
        foot.setStretch(3, 3)
        self.add(self.view, 1)
        self.add_line()
        self.add(boxed(foot, inner=True))
        self._size, self._pages = "", ""
        self.view.page_shown.connect(self._paged)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Beside a narrow document its pages and its digest are said whole, the rest is not."""
        roomy = self.width() >= scaled(DOCUMENT_ROOMY)
        set_shown(self.seen, roomy)
        parts = (self._pages, self._size) if roomy else (self._pages or self._size,)
        self.set_title(tr("pages.audit.document"), " · ".join(part for part in parts if part))

    def show_review(self, review: ReviewView) -> None:
        kind = review.document.value.upper()
        self._size = f"{kind} {max(1, review.document_size // 1024)} KB"
        self._make_room()
        verified = review.verified_at is not None
        self.set_chip(
            tr("pages.audit.signature_good" if verified else "pages.audit.signature_open"),
            "ok" if verified else "attention",
        )
        self.digest.setText(f"{review.digest[:4]}…{review.digest[-4:]}")
        self.digest.setAccessibleName(review.digest)

    def _paged(self, _page: int, pages: int) -> None:
        self._pages = tr("pages.audit.pages", pages=pages)
        self._make_room()


class HintsBox(Card):
    """Assistance, never a clearance: ambers want F7, reds stop, notes inform."""

    def __init__(self, model: AuditModel, parent: QWidget | None = None) -> None:
        super().__init__(bare=True, parent=parent)
        self._model = model
        self._shown: tuple[tuple[HintView, bool], ...] = ()

    def show_hints(self, hints: tuple[HintView, ...]) -> None:
        rows = tuple((hint, self._model.seen(hint)) for hint in hints)
        if rows == self._shown:
            return
        self._shown = rows
        clear_layout(self.body)
        for hint, seen in rows:
            self.add(
                self._loud(hint, seen) if hint.hint.weight is not Weight.NOTE else _quiet(hint)
            )
        self.setVisible(bool(rows))

    def _loud(self, hint: HintView, seen: bool) -> QWidget:
        red = hint.hint.weight is Weight.RED
        ground = "stop" if red else "ok" if seen else "attention"
        mark = StateMark("stop" if red else "ok" if seen else "attention")
        title = Text(tr("pages.audit.hint"), "strong", "stop" if red else "attention")
        words = column(row(mark, title, None), Text(_hint_text(hint), wrap=True))
        cells = row(words, space="normal")
        cells.setStretch(0, 1)
        if not red and not seen:
            told = ActButton(tr("pages.audit.acknowledge"), Key.ACKNOWLEDGE, "attention")
            told.clicked.connect(self._model.acknowledge)
            cells.addWidget(told)
        return boxed(cells, ground=ground, inner=True)


def _hint_text(hint: HintView) -> str:
    return tr(f"pages.hint.{hint.hint.key}", **dict(hint.hint.params))


def _quiet(hint: HintView) -> QWidget:
    words = Text(_hint_text(hint), "second", "body", wrap=True)
    cells = row(StateMark("later", 12), words)
    cells.setStretch(1, 1)
    return boxed(cells, inner=True)


class AuditPage(ColumnsPage):
    """Space ticks, F7 acknowledges, F12 approves; Ctrl R opens the refusal, in place."""

    def __init__(self, kit: PageKit, parent: QWidget | None = None) -> None:
        super().__init__("audit", 262, parent)
        self.model = AuditModel(kit.counter, self)
        self.document = DocumentCard(kit)
        self.lines = LinesCard()
        self.checks = ChecksCard()
        self.hints = HintsBox(self.model)
        middle = QWidget()
        middle.setLayout(column(self.lines, self.checks, self.hints, None, space="normal"))
        halves = row(self.document, InnerArea(middle), space="normal")
        halves.setStretch(0, 1)
        halves.setStretch(1, 1)
        self.main.addLayout(halves, 1)
        self.pharmacist = PharmacistCard(kit)
        self.decision = DecisionCard(self.model)
        self.side.addWidget(self.pharmacist)
        self.side.addWidget(self.decision, 1)
        self.checks.toggled.connect(self.model.toggle)
        self.checks.left.connect(self.decision.text.setFocus)
        self.model.document_ready.connect(self.document.view.show_document)
        self.model.changed.connect(self.refresh)
        self.pharmacist.ran_out.connect(self.refresh)
        kit.counter.spoken.connect(self.pharmacist.field.show_spoken)

    def fold(self, folded: bool) -> None:
        """A page that scrolls leaves the document room to be read."""
        super().fold(folded)
        self.document.view.setMinimumHeight(scaled(DOCUMENT_AT_LEAST) if folded else 0)

    def refresh(self) -> None:
        """Document, lines, checks, hints, who decides, what is missing."""
        if self.put_off(self.refresh):
            return
        model = self.model
        view = model.view
        if view is None:
            return
        self.document.show_review(view)
        self.lines.show_lines(view.lines)
        self.checks.show_checks(view.checks, model.checked)
        self.hints.show_hints(view.hints)
        asked = self.pharmacist.asking
        self.pharmacist.show_pharmacist(view, proved=model.proved, taken_over=model.taken_over)
        if asked and not self.pharmacist.asking and self.isVisible():
            # the field that took the code is gone; Qt would give its cursor to the opinion
            self.focus_first()
        self.decision.refresh()
        self.acts_changed.emit()

    def write_phrase(self, number: int) -> None:
        """Alt n: put a phrase into the opinion in front."""
        model = self.model
        phrase = tr(f"pages.phrase.{phrases_for(refusing=model.refusing)[number - 1]}")
        before = model.reason if model.refusing else model.opinion
        text = before if phrase in before else f"{before}{phrase}"
        if model.refusing:
            model.write_reason(text)
        else:
            model.write(text)

    def acts(self) -> tuple[Act, ...]:
        model, view = self.model, self.document.view
        phrases = tuple(
            Act(offer_key(n), tr(f"pages.phrase_name.{name}"), partial(self.write_phrase, n))
            for n, name in enumerate(phrases_for(refusing=model.refusing), 1)
        )
        return (
            *phrases,
            *self._binding(),
            Act(
                Key.ACKNOWLEDGE,
                tr("pages.audit.acknowledge_key"),
                model.acknowledge,
                on=any(h.hint.weight is Weight.AMBER for h in model.open_hints),
                look=Look.ATTENTION,
            ),
            Act(Key.ZOOM_IN, tr("pages.audit.zoom_in"), view.zoom_in),
            Act(Key.ZOOM_OUT, tr("pages.audit.zoom_out"), view.zoom_out),
            Act(Key.ZOOM_RESET, tr("pages.audit.zoom_reset"), view.zoom_reset),
            Act(Key.ASK_AGAIN, tr("pages.audit.ask_again"), model.counter.ask_again),
        )

    def _binding(self) -> tuple[Act, ...]:
        model = self.model
        why = self.decision.why.text()
        if model.refusing:
            run, on, text = model.refuse, model.may_refuse, tr("pages.audit.refuse_key")
            leave = Act(Key.BACK, tr("pages.audit.keep"), self._leave_refusal)
            return (Act(Key.BIND, text, run, on=on, look=Look.PRIMARY, why=why), leave)
        refuse = Act(Key.REFUSE, tr("pages.audit.refuse"), self._open_refusal, on=model.may_decide)
        text = tr("pages.audit.approve_key")
        approve = Act(
            Key.BIND, text, model.approve, on=model.may_approve, look=Look.PRIMARY, why=why
        )
        return (approve, refuse)

    def _open_refusal(self) -> None:
        self.model.refuse_instead(True)
        self.decision.text.setFocus()

    def _leave_refusal(self) -> None:
        self.model.refuse_instead(False)
        self.focus_first()

    def scan_field(self) -> ScanField | None:
        return self.pharmacist.field if self.pharmacist.asking else None

    def focus_first(self) -> None:
        """The proof comes first, then the checks that are open, then the opinion."""
        if self.pharmacist.asking:
            self.pharmacist.field.focus_input()
            return
        item = self.checks.first_open()
        if item is not None:
            item.setFocus()
        else:
            self.decision.text.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        first = self.checks.first_open()
        if event.key() == Qt.Key.Key_Space and self.pharmacist.asking and first is not None:
            # what nobody had the cursor on is never ticked: the next Space does
            first.setFocus()
        elif event.key() == Qt.Key.Key_PageDown:
            self.document.view.verticalScrollBar().triggerAction(_PAGE_DOWN)
        elif event.key() == Qt.Key.Key_PageUp:
            self.document.view.verticalScrollBar().triggerAction(_PAGE_UP)
        else:
            super().keyPressEvent(event)
