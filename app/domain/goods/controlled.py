"""Ephedrine-containing compounds: who may have how many (trace-and-stock T58 to T60)."""

from dataclasses import dataclass
from fractions import Fraction

from app.domain.credential import IdNumber, PersonName


@dataclass(frozen=True, slots=True)
class ShownIdentity:
    """The document a buyer showed; masks itself."""

    name: PersonName
    id_kind: str
    id_number: IdNumber


@dataclass(frozen=True, slots=True)
class PackLimit:
    """Without a prescription: packs in one sale, and packs of one person within some days.

    A part of a box counts as the exact fraction of the pack that it is: no number of parts comes
    to more than the limit.
    """

    per_sale: int
    per_window: int
    window_days: int

    def over_sale(self, packs: Fraction | int) -> bool:
        return packs > self.per_sale

    def over_window(self, bought: Fraction | int, packs: Fraction | int) -> bool:
        return bought + packs > self.per_window
