"""Amounts: integer fen in, two decimals out."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.domain.money import ZERO, Amounts, Fen
from ui.formats import money_text
from ui.text import tr
from ui.theme import tokens
from ui.widgets.basics import Chip, Role, Text, Tone, set_shown
from ui.widgets.card import HairLine

PARTS = ("fund", "account", "cash")
PART_COLOURS = ("accent", "line.strong", "line.control")


class MoneyLabel(Text):
    """An amount, right-aligned, never elided; a missing one is —."""

    def __init__(
        self,
        amount: Fen | None = None,
        role: Role = "amount_part",
        tone: Tone = "strong",
        *,
        currency: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", role, tone, align_right=True, parent=parent)
        self._currency = currency
        self.set_amount(amount)

    def set_amount(self, amount: Fen | None) -> None:
        """Show ``amount`` fen."""
        self.setText(money_text(amount, currency=self._currency))


class AmountBar(QWidget):
    """Three lengths that are the three amounts; no state colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: tuple[int, ...] = (0, 0, 0)
        self.setFixedHeight(tokens().px("height.bar"))

    def set_parts(self, fund: Fen, account: Fen, cash: Fen) -> None:
        """Lengths in fen."""
        self._parts = (abs(fund), abs(account), abs(cash))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().colour("bg.sunken"))
        total, left = sum(self._parts), 0.0
        for part, role in zip(self._parts, PART_COLOURS, strict=True):
            wide = self.width() * part / total if total else 0.0
            painter.fillRect(QRectF(left, 0, wide, self.height()), tokens().colour(role))
            left += wide
        painter.end()


class _Swatch(QWidget):
    """The colour of a part, beside its name."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role
        self.setFixedSize(tokens().px("gap.small") + 2, tokens().px("gap.small") + 2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens().colour(self._role))
        painter.end()


class AmountBlock(QFrame):
    """Total, three-part bar, then fund, account, cash with a note each (ui 5, amount block).

    When the parts do not add up the block turns stop; the page keeps F12 off.
    """

    def __init__(self, parent: QWidget | None = None, *, going_back: bool = False) -> None:
        """``going_back``: cash the customer is given, not asked for."""
        super().__init__(parent)
        parts = (*PARTS[:2], "cash_back") if going_back else PARTS
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = tokens().px("gap.inner")
        head = QHBoxLayout()
        head.setContentsMargins(inner, tokens().px("gap.small"), inner, tokens().px("gap.small"))
        self._word = Text(tr("shell.amount.total"), "body", "muted")
        self._chip = Chip()
        self._total = MoneyLabel(None, "amount", currency=True)
        head.addWidget(self._word)
        head.addWidget(self._chip)
        head.addStretch(1)
        head.addWidget(self._total)
        column.addLayout(head)
        self._bar = AmountBar()
        column.addWidget(self._bar)
        self._amounts: list[MoneyLabel] = []
        self._notes: list[Text] = []
        for index, part in enumerate(parts):
            if index:
                column.addWidget(HairLine())
            column.addLayout(self._part(part, PART_COLOURS[index]))

    def _part(self, part: str, role: str) -> QHBoxLayout:
        inner, small = tokens().px("gap.inner"), tokens().px("gap.small")
        row = QHBoxLayout()
        row.setContentsMargins(inner, small, inner, small)
        row.setSpacing(tokens().px("gap.small"))
        words = QVBoxLayout()
        words.setSpacing(0)
        note = Text("", "second", wrap=True)
        words.addWidget(Text(tr(f"shell.amount.{part}"), "body", "strong"))
        words.addWidget(note)
        amount = MoneyLabel()
        row.addWidget(_Swatch(role), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(amount)
        self._amounts.append(amount)
        self._notes.append(note)
        return row

    def show_estimate(self, total: Fen) -> None:
        """Only the total is known."""
        self._total.set_amount(total)
        self._chip.set_chip(tr("shell.amount.estimate"))
        self._bar.set_parts(ZERO, ZERO, ZERO)
        for amount, note in zip(self._amounts, self._notes, strict=True):
            amount.set_amount(None)
            set_shown(note, False)

    def show_amounts(
        self, amounts: Amounts, *, unknown: bool = False, notes: tuple[str, str, str] = ("", "", "")
    ) -> None:
        """``notes`` stand under fund, account and cash."""
        account = Fen(amounts.account + amounts.mutual_aid)
        shown = (amounts.fund, account, amounts.cash)
        self._total.set_amount(amounts.total)
        if not amounts.adds_up():
            self._chip.set_chip(tr("shell.amount.differs"), "stop")
        elif unknown:
            self._chip.set_chip(tr("shell.amount.unknown"), "unknown")
        else:
            self._chip.set_chip("")
        self._bar.set_parts(*shown)
        for label, amount in zip(self._amounts, shown, strict=True):
            label.set_amount(amount)
        for label_, note in zip(self._notes, notes, strict=True):
            label_.setText(note)
            set_shown(label_, bool(note))
