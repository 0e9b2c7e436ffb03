from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.audit import (
    FOUR_LOOKS,
    AllergyRule,
    AuditDecision,
    Check,
    Hint,
    InteractionRule,
    Pharmacist,
    Verdict,
    Weight,
    allergy_hints,
    hint_id,
    interaction_hints,
    require_decision,
)
from app.domain.credential import IdNumber, PersonName
from app.domain.errors import Code, OperatorInput
from app.domain.prescription import Prescription

Make = Callable[..., Prescription]
RULES = (
    AllergyRule(("青霉素",), ("西林",)),
    AllergyRule(("磺胺",), ("磺胺",)),
)
PAIR = InteractionRule(("西林",), ("头孢",), Weight.AMBER, "同类")
WHO = Pharmacist(1, PersonName("王"), "01", IdNumber("x"), "HY1", "L1")
GOOD = AuditDecision(
    Verdict.APPROVED, "同意", WHO, frozenset(Check), (), datetime(2026, 3, 2, tzinfo=UTC)
)


def test_the_four_looks_hold_the_ten_checks() -> None:
    looked = [check for _, checks in FOUR_LOOKS for check in checks]
    assert looked == list(Check)
    assert len(looked) == 10


@pytest.mark.parametrize("history", ["", "  "])
def test_unrecorded_allergies_stay_unrecorded(prescription: Make, history: str) -> None:
    hints = allergy_hints(prescription("阿莫西林胶囊", allergies=history), RULES)
    assert hints == (Hint("audit.allergy.none_recorded", Weight.NOTE),)


def test_an_allergy_that_meets_a_drug_is_red(prescription: Make) -> None:
    rx = prescription("阿莫西林胶囊", "氨氯地平片", "哌拉西林", allergies="青霉素过敏")
    hints = allergy_hints(rx, RULES)
    assert [hint.weight for hint in hints] == [Weight.RED, Weight.RED]
    assert [dict(hint.params)["drug"] for hint in hints] == ["阿莫西林胶囊", "哌拉西林"]


def test_an_allergy_without_a_drug_is_a_note(prescription: Make) -> None:
    hints = allergy_hints(prescription("氨氯地平片", allergies="青霉素过敏"), RULES)
    assert [(hint.key, hint.weight) for hint in hints] == [("audit.allergy.no_match", Weight.NOTE)]


def test_two_drugs_of_a_rule_are_named(prescription: Make) -> None:
    hints = interaction_hints(prescription("阿莫西林", "头孢克肟", "氨氯地平"), (PAIR,))
    assert [dict(hint.params) for hint in hints] == [
        {"first": "阿莫西林", "second": "头孢克肟", "text": "同类"}
    ]


def test_a_drug_does_not_meet_itself(prescription: Make) -> None:
    both = InteractionRule(("阿莫西林",), ("西林",), Weight.AMBER, "x")
    assert interaction_hints(prescription("阿莫西林"), (both,)) == ()


def test_a_whole_decision_is_taken() -> None:
    require_decision(GOOD, (Hint("n", Weight.NOTE),))


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("opinion", ["", "  \n"])
def test_either_verdict_needs_an_opinion(verdict: Verdict, opinion: str) -> None:
    with pytest.raises(OperatorInput) as refused:
        require_decision(replace(GOOD, verdict=verdict, opinion=opinion), ())
    assert refused.value.code is Code.OPINION_MISSING


def test_a_refusal_needs_no_checks() -> None:
    refusal = replace(GOOD, verdict=Verdict.REFUSED, checked=frozenset())
    require_decision(refusal, (Hint("r", Weight.RED),))


@pytest.mark.parametrize("check", Check)
def test_approval_needs_every_check(check: Check) -> None:
    with pytest.raises(OperatorInput) as refused:
        require_decision(replace(GOOD, checked=GOOD.checked - {check}), ())
    assert refused.value.code is Code.CHECKS_OPEN
    assert refused.value.params == {"count": 1, "missing": check.value}


def test_a_red_hint_stops_approval_even_when_acknowledged() -> None:
    red = Hint("r", Weight.RED, (("drug", "a"),))
    with pytest.raises(OperatorInput, match="1403"):
        require_decision(replace(GOOD, acknowledged=(hint_id(red),)), (red,))


def test_an_amber_hint_wants_its_own_acknowledgement() -> None:
    first, second = (Hint("a", Weight.AMBER, (("drug", drug),)) for drug in ("x", "y"))
    with pytest.raises(OperatorInput, match="1403"):
        require_decision(replace(GOOD, acknowledged=(hint_id(first),)), (first, second))
    require_decision(replace(GOOD, acknowledged=(hint_id(first), hint_id(second))), (first, second))
