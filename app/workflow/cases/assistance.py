"""Allergy and interaction hints for the reviewing pharmacist: assistance, never a clearance."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from app.domain.audit import (
    AllergyRule,
    Hint,
    InteractionRule,
    Weight,
    allergy_hints,
    interaction_hints,
)
from app.domain.prescription import Prescription


@dataclass(frozen=True, slots=True)
class Assistance:
    """Rules of ``resources/tables/assistance.toml``."""

    allergies: tuple[AllergyRule, ...]
    interactions: tuple[InteractionRule, ...]

    def hints(self, prescription: Prescription) -> tuple[Hint, ...]:
        """Everything worth a word, reds first."""
        found = (
            *allergy_hints(prescription, self.allergies),
            *interaction_hints(prescription, self.interactions),
        )
        order = {Weight.RED: 0, Weight.AMBER: 1, Weight.NOTE: 2}
        return tuple(sorted(found, key=lambda hint: order[hint.weight]))


def load_assistance() -> Assistance:
    """Read the rules that ship. Raises ``ValueError`` where the table is malformed."""
    text = files("resources").joinpath("tables/assistance.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Assistance(
        tuple(AllergyRule(tuple(r["words"]), tuple(r["drugs"])) for r in table["allergy"]),
        tuple(
            InteractionRule(
                tuple(r["first"]), tuple(r["second"]), Weight(r["weight"]), str(r["text"])
            )
            for r in table["interaction"]
        ),
    )
