"""Settlements of another product, as a person writes them down here (S4 2.1).

A store that reaches the platform through a service of its province does not build the calls of
money. Its sale is still uploaded with the codes of its boxes, and the money must be found again.
"""

import re
from enum import StrEnum

from app.domain.errors import Code, OperatorInput
from app.domain.money import ZERO, Amounts, Fen

_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{3,39}")
"""Settlement numbers have at most 30 characters (core-platform 5.1); other products add signs."""


class ForeignLeg(StrEnum):
    """Which of the two was written down."""

    SETTLE = "settle"
    REFUND = "refund"


def foreign_number(text: str) -> str:
    """The number as it is kept. Raises ``OperatorInput`` for what cannot be one."""
    number = text.strip().replace(" ", "")
    if _NUMBER.fullmatch(number) is None:
        raise OperatorInput(Code.SETTLED_NUMBER_WRONG)
    return number


def foreign_amounts(total: Fen, fund: Fen, account: Fen) -> Amounts:
    """The parts as the other product shows them; the rest is cash.

    Raises ``OperatorInput`` where the parts do not fit into ``total``.
    """
    cash = Fen(total - fund - account)
    if min(fund, account, cash) < ZERO:
        raise OperatorInput(Code.SETTLED_PARTS_DIFFER)
    return Amounts(total, fund, account, cash)
