"""Roles and what each may do; some acts need a second person (four eyes)."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import Code, OperatorInput


class Role(StrEnum):
    """Nobody holds all of them (等级保护: separation of duties)."""

    CLERK = "clerk"
    PHARMACIST = "pharmacist"
    MANAGER = "manager"
    IT = "it"
    AUDITOR = "auditor"


class Act(StrEnum):
    """What needs a role."""

    SERVE = "serve"
    AUDIT = "audit"
    REFUND = "refund"
    DECIDE_UNKNOWN = "decide_unknown"
    OVERRIDE_SCAN = "override_scan"
    STOCK = "stock"
    RELEASE_RETURNED = "release_returned"
    ERASE_UPLOAD = "erase_upload"
    VOID_UPLOAD = "void_upload"
    SET_LIMITS = "set_limits"
    CLOSE_DAY = "close_day"
    REVEAL = "reveal"
    EXPORT = "export"
    CONFIGURE = "configure"
    READ_JOURNAL = "read_journal"
    RESET_PIN = "reset_pin"


_ALLOWED: dict[Role, frozenset[Act]] = {
    Role.CLERK: frozenset({Act.SERVE}),
    Role.PHARMACIST: frozenset({Act.SERVE, Act.AUDIT, Act.OVERRIDE_SCAN, Act.RELEASE_RETURNED}),
    Role.MANAGER: frozenset(Act) - {Act.AUDIT, Act.CONFIGURE},
    Role.IT: frozenset({Act.CONFIGURE}),
    Role.AUDITOR: frozenset({Act.READ_JOURNAL, Act.REVEAL}),
}
FOUR_EYES = frozenset({Act.REFUND, Act.DECIDE_UNKNOWN, Act.ERASE_UPLOAD, Act.EXPORT})


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is signed in at the counter."""

    staff_id: int
    login: str
    name: str
    roles: frozenset[Role]

    def may(self, act: Act) -> bool:
        return any(act in _ALLOWED[role] for role in self.roles)

    def require(self, act: Act) -> None:
        """Raises ``OperatorInput`` where no role of this person allows ``act``."""
        if not self.may(act):
            raise OperatorInput(Code.NOT_ALLOWED, act=act.value)


def require_second(first: Operator, second: Operator, act: Act) -> None:
    """Four eyes: a different person with the right.

    Raises ``OperatorInput``: ``SECOND_IS_FIRST``, or ``SECOND_NOT_ALLOWED``. Neither is
    ``NOT_ALLOWED``: whoever may agrees where the other typed, nobody signs in anew.
    """
    if act in FOUR_EYES and first.staff_id == second.staff_id:
        raise OperatorInput(Code.SECOND_IS_FIRST, act=act.value)
    if not second.may(act):
        raise OperatorInput(Code.SECOND_NOT_ALLOWED, act=act.value)


SHORTEST_PIN, LONGEST_PIN = 6, 64
_ROW = "0123456789"


def weak_pin(pin: str, login: str) -> bool:
    """Too short or long, one character only, digits in a row up or down, or the login in it."""
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN or len(set(pin)) == 1:
        return True
    return pin in _ROW or pin in _ROW[::-1] or (len(login) >= 3 and login.lower() in pin.lower())
