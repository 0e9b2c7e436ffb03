"""One drug line of 扫码: needed and scanned, lot, codes, and the message that belongs to it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

from app.domain.errors import Code
from app.workflow.views.case import BannerKind, BannerView, DrugLineView, SlotState
from ui.errors import sentences
from ui.formats import trace_text
from ui.keys import offer_key
from ui.pages.parts import PressCard, boxed, column, gap, row, scaled
from ui.text import tr
from ui.viewmodels.scan import NO_CODE_REASONS, waits_for_a_word
from ui.widgets import ActButton, Chip, ElidedText, NameText, StateMark, Text, TraceSlots
from ui.widgets.basics import clear_layout, set_shown
from ui.widgets.flow import FlowLayout

LOOKS: dict[SlotState, str] = {
    SlotState.WAITING: "later",
    SlotState.CURRENT: "sending",
    SlotState.PARTLY: "sending",
    SlotState.COMPLETE: "ok",
    SlotState.AMBER: "attention",
    SlotState.RED: "stop",
}
_GROUNDS = {
    BannerKind.ATTENTION: "attention",
    BannerKind.STOP: "stop",
    BannerKind.UNKNOWN: "unknown",
    BannerKind.HEALED: "ok",
    BannerKind.CALM: "sunken",
}


class LineMessage(QWidget):
    """The amber or red of one line: what happened, what to do, the code, the way out."""

    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mark = StateMark("attention", 16)
        self.happened, self.remedy = (
            Text("", "strong", wrap=True),
            Text("", "second", "body", wrap=True),
        )
        self.code = Chip("", mark=False)
        self.answers = FlowLayout(gap=gap("small"))
        self.choices: list[ActButton] = []
        self._offered: tuple[str, ...] = ()
        words = column(self.happened, self.remedy, boxed(self.answers), space="tight")
        cells = row(self.mark, words, self.code, space="normal")
        cells.setStretch(1, 1)
        self.ground = boxed(cells, ground="attention", inner=True)
        self.setLayout(column(self.ground))

    def offer(self, reasons: tuple[str, ...]) -> None:
        """A button per reason, with its key."""
        if reasons == self._offered:
            return
        self._offered = reasons
        clear_layout(self.answers)
        self.choices = [self._choice(at, reason) for at, reason in enumerate(reasons, start=1)]

    def _choice(self, number: int, reason: str) -> ActButton:
        button = ActButton(tr(f"pages.scan.reason.{reason}"), offer_key(number), "attention")
        button.clicked.connect(lambda: self.told.emit(reason))
        self.answers.addWidget(button)
        return button

    def show_line(self, line: DrugLineView, without_code: bool = False) -> None:
        """Render the message of ``line``; hidden where there is none.

        ``without_code`` asks why a box of this line has no code that can be scanned.
        """
        asked = BannerView(BannerKind.ATTENTION, int(Code.SCAN_NO_CODE))
        banner = asked if without_code and line.message is None else line.message
        self.setVisible(banner is not None)
        self.offer(NO_CODE_REASONS if banner is asked else line.reasons)
        if banner is None:
            return
        said = sentences(banner.code, banner.params)
        look = "stop" if banner.kind is BannerKind.STOP else "attention"
        self.mark.set_mark(look)
        self.happened.setText(said.happened)
        self.happened.set_tone("stop" if look == "stop" else "attention")
        self.remedy.setText(said.remedy)
        waits = waits_for_a_word(line)
        word = "pages.scan.waits" if waits else "pages.scan.code"
        self.code.set_chip(tr(word, code=banner.code), look)  # type: ignore[arg-type]
        self.ground.setProperty("ground", _GROUNDS[banner.kind])
        self.ground.style().unpolish(self.ground)
        self.ground.style().polish(self.ground)


class DrugLineCard(PressCard):
    """One line; the card under the cursor has the accent edge."""

    told = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(bare=True, parent=parent)
        self.mark = StateMark("later", 20)
        self.name, self.strength = NameText("", "emph"), NameText("", "second")
        self.maker, self.lot = ElidedText("", "second"), Text("", "second")
        self.cold = Chip(tr("pages.scan.cold"), "sending")
        self.slots = TraceSlots()
        self.scanned = Text("", "amount", align_right=True)
        self.needed = Text("", "emph", "muted")
        self.message = LineMessage()
        self.message.told.connect(self.told)
        words = column(self._head_line(), self.slots, space="tight")
        count = row(None, self.scanned, self.needed, space="tight")
        counted = boxed(count)
        counted.setMinimumWidth(scaled(76))
        cells = row(self.mark, words, counted, space="normal")
        cells.setStretch(1, 1)
        cells.setContentsMargins(gap("inner"), gap("small"), gap("inner"), gap("small"))
        cells.setAlignment(self.mark, Qt.AlignmentFlag.AlignVCenter)
        self.add(boxed(cells))
        self.add(self.message)
        self.index = 0

    def _head_line(self) -> QBoxLayout:
        """What the box is, read whole; who made it as far as there is room; its lot."""
        # no wish of its own: the maker never takes room the name needs
        self.maker.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        whole = FlowLayout(gap=gap("small"))
        for part in (self.name, self.strength, self.cold):
            whole.addWidget(part)
        what = row(boxed(whole), self.maker)
        what.setStretch(1, 1)
        self._lines = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lines.addLayout(what, 1)
        self._lines.addWidget(self.lot)
        return self._lines

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow column the lot stands below the name."""
        super().resizeEvent(event)
        self._stack()

    def _stack(self) -> None:
        room = self._lines.geometry().width()
        parts = (self.name, self.strength, self.maker, self.lot)
        wanted = sum(part.sizeHint().width() + gap("normal") for part in parts)
        narrow = 0 < room < wanted
        sideways, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._lines.setDirection(down if narrow else sideways)
        self._lines.setSpacing(gap("tight" if narrow else "small"))

    def show_line(self, line: DrugLineView, *, current: bool, without_code: bool = False) -> None:
        """Render ``line``; ``without_code`` asks why one of its boxes has none."""
        self.index = line.index
        state = SlotState.CURRENT if current and line.state is SlotState.WAITING else line.state
        mark = LOOKS[state]
        if state is SlotState.RED:
            mark = "sending" if current else "later"
        self.mark.set_mark(mark)
        self.name.setText(line.name)
        self.strength.setText(line.specification)
        self.maker.setText(line.maker)
        self.lot.setText(_lot_text(line))
        set_shown(self.cold, line.cold)
        self._stack()
        self.slots.show_codes(line.codes, line.needed)
        taken, wanted, unit = _counted(line)
        self.scanned.setText(str(taken))
        self.scanned.set_tone("ok" if taken == wanted else "strong")
        self.needed.setText(f"/ {wanted} {unit}".rstrip())
        self.message.show_line(line, without_code)
        self.set_state("current" if current else "plain")
        self.setAccessibleName(line.name)
        name = "spoken_pieces" if unit else "spoken_line"
        self.setAccessibleDescription(
            tr(f"pages.scan.{name}", scanned=taken, needed=wanted, unit=unit)
        )


def _counted(line: DrugLineView) -> tuple[int, int, str]:
    """Pieces where nothing but pieces is sold; boxes, those to be opened included, else."""
    split = line.split
    if split is None or line.needed > len(split.parts) + (split.taken < split.wanted):
        return line.scanned, line.needed, ""
    return split.taken, split.wanted, split.unit


def _lot_text(line: DrugLineView) -> str:
    """Which box or lot comes first; of an opened one what is left of it."""
    split = line.split
    of_parts_alone = split is not None and line.needed == len(split.parts) + bool(split.open_box)
    whole = "" if of_parts_alone else _whole_text(line)
    return "\n".join(part for part in (_split_text(line), whole) if part)


def _split_text(line: DrugLineView) -> str:
    split = line.split
    if split is None:
        return ""
    if split.taken < split.wanted and split.open_box:
        box, lot, left = trace_text(split.open_box), split.open_lot, split.open_left
        return tr("pages.scan.open_first", box=box, lot=lot, left=left, unit=split.unit)
    if split.taken < split.wanted:
        return tr("pages.scan.open_one", size=split.size, unit=split.unit)
    left = split.parts[-1].left if split.parts else 0
    return tr("pages.scan.part_left", left=left, unit=split.unit)


def _whole_text(line: DrugLineView) -> str:
    if line.lot_no and line.expires_on is not None:
        return tr("pages.scan.lot", lot=line.lot_no, expiry=line.expires_on.isoformat())
    if line.first_lot_no and line.first_lot_expires is not None:
        expiry = line.first_lot_expires.isoformat()
        return tr("pages.scan.first_lot", lot=line.first_lot_no, expiry=expiry)
    return tr("pages.scan.no_lot")
