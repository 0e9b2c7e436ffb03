"""Who may audit a prescription, the ten checks, reds and ambers (trace-and-stock T51–T54)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.credential import IdNumber, PersonName
from app.domain.errors import Code, OperatorInput
from app.domain.prescription import Prescription


class Check(StrEnum):
    """四查十对: the ten things compared, in the order of the four looks."""

    DEPARTMENT = "department"
    NAME = "name"
    AGE = "age"
    DRUG_NAME = "drug_name"
    DOSE_FORM = "dose_form"
    SPECIFICATION = "specification"
    AMOUNT = "amount"
    PROPERTIES = "properties"
    USAGE = "usage"
    DIAGNOSIS = "diagnosis"


FOUR_LOOKS: tuple[tuple[str, tuple[Check, ...]], ...] = (
    ("prescription", (Check.DEPARTMENT, Check.NAME, Check.AGE)),
    ("drug", (Check.DRUG_NAME, Check.DOSE_FORM, Check.SPECIFICATION, Check.AMOUNT)),
    ("incompatibility", (Check.PROPERTIES, Check.USAGE)),
    ("rationality", (Check.DIAGNOSIS,)),
)


class Verdict(StrEnum):
    """审核状态."""

    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Pharmacist:
    """A pharmacist as the staff record has them."""

    staff_id: int
    name: PersonName
    id_kind: str
    id_number: IdNumber
    pharmacist_code: str
    licence_no: str


@dataclass(frozen=True, slots=True)
class PharmacistProof:
    """The pharmacist showed their own e-voucher, or is signed in, at ``at``."""

    staff_id: int
    by_voucher: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class AuditDecision:
    """What the pharmacist decided. The uploaded opinion is exactly ``opinion``."""

    verdict: Verdict
    opinion: str
    pharmacist: Pharmacist
    checked: frozenset[Check]
    acknowledged: tuple[str, ...]
    at: datetime


class Weight(StrEnum):
    """How a hint weighs: red stops, amber wants acknowledgement, note informs."""

    RED = "red"
    AMBER = "amber"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Hint:
    """Assistance, never a clearance (T57). ``key`` names the sentence, ``params`` fill it."""

    key: str
    weight: Weight
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class InteractionRule:
    """Two sets of generic-name parts that deserve a word when they meet."""

    first: tuple[str, ...]
    second: tuple[str, ...]
    weight: Weight
    text: str


@dataclass(frozen=True, slots=True)
class AllergyRule:
    """Words in an allergy history, and generic-name parts they speak against."""

    words: tuple[str, ...]
    drugs: tuple[str, ...]


def _names(prescription: Prescription, parts: tuple[str, ...]) -> list[str]:
    return [
        line.generic_name
        for line in prescription.lines
        if any(part in line.generic_name for part in parts)
    ]


def allergy_hints(prescription: Prescription, rules: tuple[AllergyRule, ...]) -> tuple[Hint, ...]:
    """Compare the recorded allergies with the drugs. Unrecorded allergies stay unrecorded."""
    history = prescription.allergies.strip()
    if not history:
        return (Hint("audit.allergy.none_recorded", Weight.NOTE),)
    hints: list[Hint] = []
    for rule in rules:
        if not any(word in history for word in rule.words):
            continue
        for name in _names(prescription, rule.drugs):
            hints.append(
                Hint("audit.allergy.match", Weight.RED, (("allergy", history), ("drug", name)))
            )
    return tuple(hints) or (Hint("audit.allergy.no_match", Weight.NOTE, (("allergy", history),)),)


def interaction_hints(
    prescription: Prescription, rules: tuple[InteractionRule, ...]
) -> tuple[Hint, ...]:
    """Pairs of drugs in this prescription that a rule names."""
    hints: list[Hint] = []
    for rule in rules:
        for first in _names(prescription, rule.first):
            for second in _names(prescription, rule.second):
                if first != second:
                    params = (("first", first), ("second", second), ("text", rule.text))
                    hints.append(Hint("audit.interaction", rule.weight, params))
    return tuple(hints)


def require_decision(decision: AuditDecision, hints: tuple[Hint, ...]) -> None:
    """Refuse an incomplete decision.

    Approval needs all ten checks, every amber acknowledged and no red; either verdict needs an
    opinion. Raises ``OperatorInput`` naming what is missing.
    """
    if not decision.opinion.strip():
        raise OperatorInput(Code.OPINION_MISSING)
    if decision.verdict is Verdict.REFUSED:
        return
    missing = [check.value for check in Check if check not in decision.checked]
    missing += [
        hint.key
        for hint in hints
        if hint.weight is Weight.RED
        or (hint.weight is Weight.AMBER and hint_id(hint) not in decision.acknowledged)
    ]
    if missing:
        raise OperatorInput(Code.CHECKS_OPEN, count=len(missing), missing="、".join(missing))


def hint_id(hint: Hint) -> str:
    """A stable name for one hint, for acknowledgements and the record."""
    return "|".join((hint.key, *(value for _, value in hint.params)))
