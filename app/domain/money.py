"""Money in integer fen, unit prices at scale 6, quantities at scale 4. No float ever holds money.

Texts from the wire are read strictly: ASCII digits, one dot, no exponent, no underscore, no
full-width digit (reliability 6, "hostile replies"; product row 79).
"""

import re
from dataclasses import dataclass
from typing import NewType

Fen = NewType("Fen", int)
"""Hundredths of a yuan."""
Price = NewType("Price", int)
"""Millionths of a yuan per pack (wire type N16,6)."""
Quantity = NewType("Quantity", int)
"""Ten-thousandths of a smallest pricing pack (wire type N16,4)."""

ZERO = Fen(0)
NOTHING = Quantity(0)
NO_PRICE = Price(0)
_PRICE_SCALE = 10**6
QUANTITY_SCALE = 10**4
_NUMBER = re.compile(r"(-?)([0-9]{1,14})(?:\.([0-9]{1,8}))?", re.ASCII)


def scaled(text: str, scale: int) -> int:
    """Read a decimal ``text`` exactly as an integer with ``scale`` decimals.

    Raises ``ValueError`` for anything but plain ASCII decimals, and for digits beyond the scale
    that are not zero: money is never rounded on reading.
    """
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("not a plain decimal number")
    sign, whole, fraction = match.group(1), match.group(2), match.group(3) or ""
    kept, rest = fraction[:scale].ljust(scale, "0"), fraction[scale:]
    if rest.strip("0"):
        raise ValueError(f"more than {scale} decimals")
    value = int(whole + kept) if scale else int(whole)
    return -value if sign else value


def decimal_text(value: int, scale: int, *, keep: int = 2) -> str:
    """Write ``value`` with ``scale`` decimals, dropping trailing zeros down to ``keep`` of them."""
    sign, digits = ("-", str(-value)) if value < 0 else ("", str(value))
    digits = digits.rjust(scale + 1, "0")
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :]
    while len(fraction) > keep and fraction.endswith("0"):
        fraction = fraction[:-1]
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


def fen(text: str) -> Fen:
    """``"12.30"`` → 1230 fen. Raises ``ValueError`` as :func:`scaled`."""
    return Fen(scaled(text, 2))


def price(text: str) -> Price:
    """``"21.4"`` → 21 400 000. Raises ``ValueError`` as :func:`scaled`."""
    return Price(scaled(text, 6))


def quantity(text: str) -> Quantity:
    """``"3"`` → 30 000. Raises ``ValueError`` as :func:`scaled`."""
    return Quantity(scaled(text, 4))


def packs(count: int) -> Quantity:
    """``count`` whole packs as a quantity."""
    return Quantity(count * QUANTITY_SCALE)


def whole_packs(amount: Quantity) -> int | None:
    """The number of whole packs, or None where a part of a pack is meant."""
    count, rest = divmod(amount, QUANTITY_SCALE)
    return None if rest else count


def fen_text(amount: Fen) -> str:
    """Two decimals, as on the wire and on paper: ``1230`` → ``"12.30"``."""
    return decimal_text(amount, 2, keep=2)


def price_text(unit: Price) -> str:
    """At least two decimals: ``21400000`` → ``"21.40"``."""
    return decimal_text(unit, 6, keep=2)


def quantity_text(amount: Quantity) -> str:
    """As few decimals as possible: ``30000`` → ``"3"``."""
    return decimal_text(amount, 4, keep=0)


def line_amount(unit: Price, amount: Quantity) -> Fen:
    """price × quantity, rounded half up to the fen (core-platform 3.2 rule 4)."""
    product = unit * amount
    scale = _PRICE_SCALE * QUANTITY_SCALE // 100
    rounded, rest = divmod(abs(product), scale)
    if rest * 2 >= scale:
        rounded += 1
    return Fen(rounded if product >= 0 else -rounded)


@dataclass(frozen=True, slots=True)
class Amounts:
    """How one bill is paid, in fen. ``mutual_aid`` is a relative's account."""

    total: Fen
    fund: Fen
    account: Fen
    cash: Fen
    mutual_aid: Fen = ZERO
    hospital_part: Fen = ZERO

    def adds_up(self) -> bool:
        """core-platform 3.2 rules 2 and 3: parts sum to the total, none outside its sign."""
        parts = (self.fund, self.account, self.cash, self.mutual_aid, self.hospital_part)
        one_sign = all(p >= 0 for p in parts) or all(p <= 0 for p in parts)
        return one_sign and sum(parts) == self.total

    def __add__(self, other: "Amounts") -> "Amounts":
        """Both bills together, part by part."""
        return Amounts(
            Fen(self.total + other.total),
            Fen(self.fund + other.fund),
            Fen(self.account + other.account),
            Fen(self.cash + other.cash),
            Fen(self.mutual_aid + other.mutual_aid),
            Fen(self.hospital_part + other.hospital_part),
        )

    def negated(self) -> "Amounts":
        """The same bill given back (core-platform 3.2 rule 9)."""
        return Amounts(
            Fen(-self.total),
            Fen(-self.fund),
            Fen(-self.account),
            Fen(-self.cash),
            Fen(-self.mutual_aid),
            Fen(-self.hospital_part),
        )


def in_cash(total: Fen) -> Amounts:
    """A bill of ``total`` fen that nobody insures."""
    return Amounts(total, ZERO, ZERO, total)
