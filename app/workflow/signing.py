"""Signing in at the till: operator and PIN, with a pause after repeated mistakes."""

from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

from app.domain.access import Act, Operator, require_second
from app.domain.errors import Code, OperatorInput
from app.ports.store import StaffMember
from app.workflow import duty
from app.workflow.till import Till

TRIES = 5
PAUSE = timedelta(minutes=5)
PinCheck = Callable[[str, str], bool]


def sign_in(till: Till, login: str, pin: str, pin_matches: PinCheck) -> Operator:
    """Open the till for one person.

    Raises ``OperatorInput``: the sentence for an unknown login and a wrong PIN is the same.
    """
    member = _proved(till, login, pin, pin_matches)
    operator = member.operator()
    operator.require(Act.SERVE)
    _note(till, member, "sign_in", here=True)
    till.signed_in = operator
    return operator


def second(till: Till, login: str, pin: str, act: Act, pin_matches: PinCheck) -> Operator:
    """Four eyes: another person agrees to ``act`` without taking over the till.

    Raises ``OperatorInput`` as :func:`sign_in`, and where it is the same person or has no right.
    """
    member = _proved(till, login, pin, pin_matches)
    other = member.operator()
    require_second(till.operator, other, act)
    _note(till, member, f"agree_{act.value}")
    return other


def _note(till: Till, member: StaffMember, act: str, *, here: bool = False) -> None:
    with till.store.unit() as unit:
        if here:
            duty.note(till, unit, member)
        unit.people.note_try(member.staff_id, 0, None)
        unit.journal.write(till.clock.now(), member.staff_id, act, f"counter {till.counter_no}")


def _proved(till: Till, login: str, pin: str, pin_matches: PinCheck) -> StaffMember:
    now = till.clock.now()
    with till.store.reading() as unit:
        member = unit.people.by_login(login.strip())
    if member is None:
        raise OperatorInput(Code.SIGN_IN_WRONG)
    if member.locked_until is not None and now < member.locked_until:
        left = int((member.locked_until - now).total_seconds()) // 60 + 1
        raise OperatorInput(Code.SIGN_IN_LOCKED, minutes=left)
    if not pin_matches(member.pin_hash, pin):
        _wrong(till, member)
    return member


def _wrong(till: Till, member: StaffMember) -> NoReturn:
    failed = member.failed + 1
    locked = till.clock.now() + PAUSE if failed >= TRIES else None
    with till.store.unit() as unit:
        unit.people.note_try(member.staff_id, 0 if locked else failed, locked)
        act = "sign_in_locked" if locked else "sign_in_wrong"
        unit.journal.write(till.clock.now(), member.staff_id, act, f"counter {till.counter_no}")
    if locked:
        raise OperatorInput(Code.SIGN_IN_LOCKED, minutes=int(PAUSE.total_seconds()) // 60)
    raise OperatorInput(Code.SIGN_IN_WRONG)


def lock(till: Till) -> None:
    """Nobody works here until the next sign-in; cases stay as they are."""
    who = till.operator
    with till.store.unit() as unit:
        unit.journal.write(till.clock.now(), who.staff_id, "lock", f"counter {till.counter_no}")
    till.signed_in = None
