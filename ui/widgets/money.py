"""Amounts: integer fen in, two decimals out."""

from PySide6.QtWidgets import QWidget

from app.domain.money import Amounts, Fen
from ui.formats import money_text
from ui.widgets.basics import Role, Text, Tone


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


class AmountBlock(QWidget):
    """Total, three-part bar, then fund, account, cash with a note each (ui 5, amount block).

    When the parts do not add up the block turns stop; the page keeps F12 off.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_estimate(self, total: Fen) -> None:
        """Only the total is known."""

    def show_amounts(
        self, amounts: Amounts, *, unknown: bool = False, notes: tuple[str, str, str] = ("", "", "")
    ) -> None:
        """``notes`` stand under fund, account and cash."""
