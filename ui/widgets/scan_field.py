"""The live scan field: always ready, classifies while characters arrive, keeps the last result."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from app.domain.goods.codes import MAX_SCAN, ScanKind
from app.workflow.views.case import BannerKind, BannerView, Spoken
from ui.errors import sentences
from ui.formats import trace_text
from ui.text import ERROR_PREFIX, say, tr
from ui.theme import set_state, tokens
from ui.widgets.banner import Banner
from ui.widgets.basics import Chip, ElidedText, Icon, State, StateMark, Text, set_shown

_STATES: dict[str, State] = {"good": "ok", "attention": "attention", "stop": "stop", "": "plain"}
_FULL_LENGTH = {ScanKind.DRUG_TRACE: 20, ScanKind.VOUCHER: 28, ScanKind.PRODUCT_BARCODE: 13}
_TRACE_PREFIX = 7
_EXPECTED = frozenset({ScanKind.DRUG_TRACE, ScanKind.VOUCHER, ScanKind.PRESCRIPTION})


NARROW_BELOW = 420
"""Compact px of width below which the kind of a judged code makes room for its verdict."""


class Recogniser(Protocol):
    """Says what a text looks like while it is still arriving (pure, no I/O)."""

    def __call__(self, text: str) -> ScanKind: ...


def refusal_of(spoken: Spoken) -> BannerView | None:
    """The sentences of a refused scan; None where its line says enough, or nothing was refused."""
    key = spoken.verdict.key
    if not key.startswith(ERROR_PREFIX):
        return None
    kind = BannerKind.STOP if spoken.tone == "stop" else BannerKind.ATTENTION
    code = int(key.removeprefix(ERROR_PREFIX))
    if "acknowledge" in sentences(code).actions:
        # the box is in its line, and the word stands there with its key: once is enough
        return None
    return BannerView(kind, code, spoken.verdict.params)


def _beside(spoken: Spoken) -> str:
    """What was mended; else, where the code was not what is waited for, why it is what it is."""
    if spoken.mended is not None:
        return say(spoken.mended)
    foreign = spoken.kind not in _EXPECTED and spoken.tone == "stop"
    return say(spoken.reason) if spoken.reason is not None and foreign else ""


class _Input(QLineEdit):
    """The input line: no input method, no menu, Enter kept while there is text."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaxLength(MAX_SCAN)
        self.setFrame(False)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhLatinOnly
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhSensitiveData
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)

    def event(self, event: QEvent) -> bool:
        # a style sheet or a read-only switch may turn the input method on again
        if event.type() == QEvent.Type.InputMethodQuery:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        return super().event(event)

    def sizeHint(self) -> QSize:
        # the verdict beside it needs its room more than an empty line does
        return QSize(super().minimumSizeHint().width(), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.text():
            event.ignore()
            return
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Space) and not self.text():
            # no code begins with a blank: the page says what Space does
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            return
        if event.key() == Qt.Key.Key_Delete and not self.text():
            event.ignore()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class ScanLine(QFrame):
    """The bordered line of the field."""


class ScanField(QFrame):
    """Where every scan and every typed code lands; 56 px, input method off.

    States: ready · receiving · recognised · accepted · attention · refused · missing. A scan by
    gun or camera does not pass through the line: the frame catches it wherever the focus is and
    tells the verdict with ``show_spoken``. A refusal opens its sentences below the line, and the
    offers of it come through ``refusal.offered``.
    """

    entered = Signal(str)
    """Typed text ended by Enter."""

    def __init__(
        self, recognise: Recogniser, placeholder: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._recognise = recognise
        self._placeholder = placeholder or tr("shell.scan.placeholder")
        # a refusal whose words wrap in a narrow column is taller than any hint says
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._line, self.refusal = ScanLine(), Banner(inline=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._below = Text(role="second", wrap=True)
        set_shown(self._below, False)
        self._said: tuple[str, str] | None = None
        self.said_above: Callable[[int], bool] = lambda _code: False
        """Whether the frame says the sentences of a code already: once is enough."""
        column.addWidget(self._line)
        column.addWidget(self._below)
        column.addWidget(self.refusal)
        self._fill(QHBoxLayout(self._line))

    def _fill(self, row: QHBoxLayout) -> None:
        row.setContentsMargins(tokens().px("gap.inner"), 0, tokens().px("gap.inner"), 0)
        row.setSpacing(tokens().px("gap.normal"))
        self._ready = Icon("scanner", 26)
        self._mark = StateMark("ok", 26)
        self._mark.hide()
        self._front, self._tail = Text(role="scan", tone="muted"), Text(role="scan")
        self.input = _Input()
        self.input.setAccessibleName(tr("shell.scan.name"))
        self._kind, self._verdict = Chip(), Chip(elided=True)
        self._side = ElidedText(role="second")
        for part in (self._ready, self._mark, self._front, self._tail):
            row.addWidget(part)
        row.addWidget(self.input, 1)
        for side in (self._side, self._kind, self._verdict):
            row.addWidget(side)
        self.input.textChanged.connect(self._typing)
        self.input.returnPressed.connect(self._enter)
        self.set_placeholder(self._placeholder)
        self._show_result("", "", "plain")
        self.set_armed(True)

    def set_placeholder(self, text: str) -> None:
        """What to scan now, in words."""
        self._placeholder = text
        self.input.setPlaceholderText(text)
        self.input.setAccessibleDescription(text)
        set_state(self.input, empty="true" if not self.input.text() else "false")

    def set_armed(self, armed: bool) -> None:
        """Draw the ring: a scan would land here, whatever has the focus."""
        set_state(self._line, armed="true" if armed else "false")
        self._ready.set_icon("scanner", "accent" if armed else "text.muted")

    def show_spoken(self, spoken: Spoken) -> None:
        """The verdict of the last scan; stays until the next. Out of sight nothing is kept:
        the frame says it there, and it would be read later as the answer to another scan.
        """
        if not self.isVisibleTo(self.window()):
            self.forget()
            return
        state = _STATES[spoken.tone]
        narrow = self._narrow()
        self.input.clear()
        if spoken.kind is ScanKind.DRUG_TRACE:
            front, _, tail = trace_text(spoken.shown.replace(" ", "")).partition(" ")
            self._show_result(front, tail, state)
        else:
            self._show_result("", spoken.shown, state)
        refused, verdict = refusal_of(spoken), say(spoken.verdict)
        if refused is not None and self.said_above(refused.code):
            refused = None
        # in a narrow column the sentences below say it, and the code keeps its room
        self._verdict.set_chip("" if narrow and refused else verdict, state)
        self._said = (tr(f"shell.kind.{spoken.kind.value}"), _beside(spoken))
        self._fit()
        self.refusal.show_banner(refused)
        self.setAccessibleDescription(verdict)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width: what is said beside the code fits, or stands below it."""
        super().resizeEvent(event)
        if self._said is not None:
            self._fit()

    def _narrow(self) -> bool:
        return self.width() < NARROW_BELOW * tokens().px("icon.percent") / 100

    def _fit(self) -> None:
        """Nothing is cut: first the kind of the code gives way, what was mended goes below."""
        kind, beside = self._said or ("", "")
        narrow, room = self._narrow(), self._line.width()
        for part in (self._front, self._tail):
            part.set_role("code" if narrow else "scan")
        self._kind.set_chip("" if narrow else kind)
        self._side.setText(beside)
        self._below.setText(beside)
        inline = bool(beside) and self._wish(self._side, self._kind, self._verdict) <= room
        set_shown(self._side, inline)
        set_shown(self._below, bool(beside) and not inline)
        if not inline and self._wish(self._kind, self._verdict) > room:
            self._kind.set_chip("")
        if self._wish(self._verdict) > room:
            for part in (self._front, self._tail):
                part.set_role("code")

    def _wish(self, *sides: QWidget) -> int:
        """Width at which the code and ``sides`` are whole."""
        row = self._line.layout()
        if row is None:
            return 0
        edge = row.contentsMargins()
        parts = [self._mark, self._front, self._tail, self.input]
        parts += [part for part in sides if part is self._side or not part.isHidden()]
        wide = sum(part.sizeHint().width() for part in parts if part.sizeHint().isValid())
        return edge.left() + edge.right() + wide + row.spacing() * (len(parts) - 1)

    def forget(self) -> None:
        """Another visit: what was scanned in the last one is none of its business."""
        self.input.clear()
        self._show_result("", "", "plain")
        self._kind.set_chip("")
        self._verdict.set_chip("")
        self._hush()
        self.refusal.show_banner(None)
        self.setAccessibleDescription("")

    def _hush(self) -> None:
        """Nothing is said beside the code any more."""
        self._said = None
        for part in (self._side, self._below):
            set_shown(part, False)

    def show_waiting(self, text: str) -> None:
        """A scan was taken and is being judged; ``text`` says so."""
        self.input.clear()
        self._show_result("", "", "plain")
        self._hush()
        self._kind.set_chip("")
        self.refusal.show_banner(None)
        self._verdict.set_chip(text, "sending")

    def show_missing(self, text: str) -> None:
        """No scanner and no camera: typing still works; ``text`` says what is missing."""
        self._verdict.set_chip(text, "attention" if text else "plain")

    def focus_input(self) -> None:
        """Put the cursor into it."""
        self.input.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_result(self, front: str, tail: str, state: State) -> None:
        self._front.setText(front)
        self._tail.setText(tail)
        set_shown(self._front, bool(front))
        set_shown(self._tail, bool(tail))
        judged = state in ("ok", "attention", "stop")
        self._mark.set_mark(state)
        set_shown(self._mark, judged)
        set_shown(self._ready, not judged)
        shown = bool(front or tail)
        self.input.setPlaceholderText("" if shown else self._placeholder)
        set_state(self._line, state=state if judged else "plain")

    def _typing(self, text: str) -> None:
        set_state(self.input, empty="true" if not text else "false")
        if not text:
            self._kind.set_chip("")
            return
        self._show_result("", "", "plain")
        self._hush()
        self._verdict.set_chip("")
        self.refusal.show_banner(None)
        kind = self._recognise(text)
        full = _FULL_LENGTH.get(kind)
        name = tr(f"shell.kind.{kind.value}")
        if kind is ScanKind.UNKNOWN:
            self._kind.set_chip(tr("shell.scan.unclear", count=len(text)))
        elif full is None or len(text) >= full:
            self._kind.set_chip(tr("shell.scan.whole", kind=name, count=len(text)), "selected")
        else:
            self._kind.set_chip(tr("shell.scan.part", kind=name, count=len(text), full=full))

    def _enter(self) -> None:
        text = self.input.text()
        self.input.clear()
        if text:
            self.entered.emit(text)
