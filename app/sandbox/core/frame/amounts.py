"""Money, quantities and unit prices as whole numbers inside, decimals only on the wire.

Money is integer fen, a unit price integer at scale 6, a quantity integer at scale 4
(core-platform 3.1: 16,2 / 16,6 / 16,4).
"""

from decimal import ROUND_HALF_UP, Decimal

_FEN = Decimal("0.01")
PRICE_SCALE = 1_000_000
COUNT_SCALE = 10_000
RATIO_SCALE = 10_000


def _scaled(value: object, scale: int) -> int:
    return int(Decimal(str(value)) * scale)


def fen_of(value: object) -> int:
    """Yuan of a checked N16,2 field, number or text, as fen."""
    return _scaled(value, 100)


def price_of(value: object) -> int:
    """Yuan of a checked N16,6 field as millionths of a yuan."""
    return _scaled(value, PRICE_SCALE)


def count_of(value: object) -> int:
    """A checked N16,4 quantity in ten-thousandths."""
    return _scaled(value, COUNT_SCALE)


def yuan(fen: int) -> Decimal:
    """Fen for the wire, always two decimals."""
    return Decimal(fen) * _FEN


def price(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-6)


def count(ten_thousandths: int) -> Decimal:
    return Decimal(ten_thousandths).scaleb(-4)


def ratio(basis_points: int) -> Decimal:
    """A proportion for the wire, scale 4."""
    return Decimal(basis_points).scaleb(-4)


def rounded(numerator: int, denominator: int) -> int:
    """Quotient rounded half away from zero."""
    whole = (Decimal(numerator) / denominator).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return int(whole)


def product_fen(count_scaled: int, price_scaled: int) -> int:
    """Quantity times unit price in fen, rounded half up."""
    return rounded(count_scaled * price_scaled, COUNT_SCALE * PRICE_SCALE // 100)


def share(fen: int, basis_points: int) -> int:
    """A proportion of an amount in fen, rounded half up."""
    return rounded(fen * basis_points, RATIO_SCALE)
