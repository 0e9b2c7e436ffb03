"""The credential a platform message needs, with the token that is only in memory."""

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase, Refusal
from app.domain.credential import CredentialKind, Person
from app.domain.errors import Bug, Code, OperatorInput
from app.ports.requests import Credential
from app.profile.operations import Operation
from app.workflow.till import Till

PROVINCE = 2
"""Digits of an area that name its province."""


def person_of(case: CounterCase) -> Person:
    """Raises ``Bug`` before identification."""
    if case.facts.person is None:
        raise Bug(what="no person yet")
    return case.facts.person


def insured_area(case: CounterCase) -> str:
    """参保地 of the chosen insurance row."""
    person = person_of(case)
    return person.insurances[case.facts.insurance or 0].area


def needs_code_again(till: Till, case: CounterCase) -> bool:
    """An e-voucher visit whose token is gone (a restart): tokens are never stored."""
    identity = case.facts.identity
    return (
        identity is not None
        and identity.kind is CredentialKind.VOUCHER
        and till.tokens.patient(case.case_id) is None
    )


def needs_password(till: Till, case: CounterCase) -> bool:
    """Whether the holder must type a password here, for the list or for the money."""
    return for_the_list(till, case) or for_the_money(till, case)


def for_the_money(till: Till, case: CounterCase) -> bool:
    """Where the settlement carries the holder's password, or the token of its verification
    (core-platform 1.5, identity-and-devices 2.8).

    People insured in another province are exempt. Kept in memory for one message only.
    """
    rules, position = till.profile.voucher, case.position
    return (
        rules.password_mode in ("cainfo_rsa", "pw_ectoken")
        and Operation.SETTLE in rules.password_operations
        and position.step is Step.SETTLE
        and position.phase in (Phase.READY, Phase.REJECTED)
        and insured_area(case)[:PROVINCE] == till.shop.area[:PROVINCE]
        and not till.tokens.has_password(case.case_id)
    )


def for_the_list(till: Till, case: CounterCase) -> bool:
    """A card shown where its holder must also type the e-voucher's password (S2 4.13).

    The token that comes of it lives in memory only: after a restart it is typed again.
    """
    identity = case.facts.identity
    return (
        till.profile.voucher.password_mode == "token_after_password"  # noqa: S105 a mode's name
        and case.position.step is Step.AUTHORISE
        and identity is not None
        and identity.kind is not CredentialKind.VOUCHER
        and till.tokens.patient(case.case_id) is None
    )


def credential_of(till: Till, case: CounterCase) -> Credential:
    """Raises ``OperatorInput`` ``IDENTITY_NEEDED_AGAIN`` where the token is gone."""
    if case.facts.identity is None:
        raise Bug(what="no identity yet")
    if needs_code_again(till, case):
        raise OperatorInput(Code.IDENTITY_NEEDED_AGAIN)
    return Credential(case.facts.identity, till.tokens.patient(case.case_id))


def used_up(refusal: Refusal | None) -> bool:
    """Whether only a fresh identity read goes on: its token counts no more, or it lists nothing."""
    return refusal is not None and refusal.code in (Code.TOKEN_REFUSED, Code.NO_PRESCRIPTION)
