"""Signing in at the till: operator and PIN, with a pause after repeated mistakes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from app.domain.access import Act, Operator, Role, require_second, weak_pin
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.ports.store import StaffMember, Store
from app.workflow.people import duty
from app.workflow.till import Till

TRIES = 5
_HANDED_DIGITS = 8
PAUSE = timedelta(minutes=5)
PinCheck = Callable[[str, str], bool]
PinHash = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person as a manager sees them. ``me``: whoever is signed in now."""

    staff_id: int
    login: str
    name: str
    roles: tuple[Role, ...]
    pin_due: bool
    locked_until: datetime | None
    me: bool


def staff(till: Till) -> tuple[StaffRow, ...]:
    """Everybody who may sign in. Raises ``OperatorInput`` ``NOT_ALLOWED``."""
    who = till.operator
    who.require(Act.RESET_PIN)
    with till.store.reading() as unit:
        members = unit.people.all()
    now = till.clock.now()
    return tuple(
        StaffRow(
            member.staff_id,
            member.login,
            member.name,
            tuple(sorted(member.roles)),
            member.pin_due,
            member.locked_until if member.locked_until and member.locked_until > now else None,
            member.staff_id == who.staff_id,
        )
        for member in members
    )


def sign_in(till: Till, login: str, pin: str, pin_matches: PinCheck) -> Operator:
    """Open the till for one person.

    Raises ``OperatorInput``: the sentence for an unknown login and a wrong PIN is the same.
    ``PIN_DUE`` where somebody else knows this PIN: :func:`renew` comes first.
    """
    member = _proved(till, login, pin, pin_matches)
    if member.pin_due:
        raise OperatorInput(Code.PIN_DUE)
    operator = member.operator()
    operator.require(Act.SERVE)
    _note(till, member, "sign_in", here=True)
    till.signed_in, till.day_over = operator, False
    return operator


def renew(
    till: Till, login: str, pin: str, wanted: str, pin_matches: PinCheck, hash_pin: PinHash
) -> None:
    """The owner sets a PIN nobody else knows; what stood before opens nothing any more.

    Raises ``OperatorInput`` as :func:`sign_in`, and ``PIN_WEAK``.
    """
    member = _proved(till, login, pin, pin_matches)
    if weak_pin(wanted, member.login) or pin_matches(member.pin_hash, wanted):
        raise OperatorInput(Code.PIN_WEAK)
    hashed = hash_pin(wanted)
    with till.store.unit() as unit:
        unit.people.set_pin(member.staff_id, hashed, None)
        unit.journal.write(till.clock.now(), member.staff_id, "pin_renewed", member.login)


def reset_pin(till: Till, staff_id: int, reason: str, hash_pin: PinHash) -> str:
    """A PIN for one sign-in in place of a forgotten one; told once, kept only as its hash.

    Raises ``OperatorInput``: ``NOT_ALLOWED``, ``PIN_OWN``, ``REASON_MISSING``.
    """
    who = till.operator
    who.require(Act.RESET_PIN)
    if who.staff_id == staff_id:
        raise OperatorInput(Code.PIN_OWN)
    if not reason.strip():
        raise OperatorInput(Code.REASON_MISSING)
    return hand_out(till.store, staff_id, who.staff_id, reason.strip(), till.clock.now(), hash_pin)


def hand_out(
    store: Store, staff_id: int, by: int, reason: str, at: datetime, hash_pin: PinHash
) -> str:
    """Give out a PIN that has to be changed; ``by`` 0 is IT at the machine, before any sign-in."""
    handed = _made_up()
    hashed = hash_pin(handed)
    with store.unit() as unit:
        member = unit.people.get(staff_id)
        unit.people.set_pin(staff_id, hashed, at)
        unit.journal.write(at, by, "pin_reset", member.login, reason)
    return handed


def _made_up() -> str:
    """Digits from the system's own source, none of them a PIN anybody would guess first."""
    while True:
        pin = f"{secrets.randbelow(10**_HANDED_DIGITS):0{_HANDED_DIGITS}}"
        if not weak_pin(pin, ""):
            return pin


def second(till: Till, login: str, pin: str, act: Act, pin_matches: PinCheck) -> Operator:
    """Four eyes: another person agrees to ``act`` without taking over the till.

    Raises ``OperatorInput`` as :func:`sign_in`, and where it is the same person or has no right.
    """
    member = _proved(till, login, pin, pin_matches)
    if member.pin_due:
        raise OperatorInput(Code.PIN_DUE)
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
        nobody = member is None and not unit.people.all()
    if nobody:
        raise LocalTrouble(Code.STAFF_ABSENT)
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
