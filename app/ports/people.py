"""Who may sign in at this store, as the base keeps them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.access import Operator, Role
from app.domain.audit import Pharmacist


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One row of ``operator``."""

    staff_id: int
    login: str
    name: str
    pin_hash: str
    roles: frozenset[Role]
    pharmacist: Pharmacist | None
    failed: int
    locked_until: datetime | None
    pin_due: bool = False
    """Somebody else knows the PIN: the owner sets another one before anything else."""

    def operator(self) -> Operator:
        return Operator(self.staff_id, self.login, self.name, self.roles)


class People(Protocol):
    """``operator``."""

    def by_login(self, login: str) -> StaffMember | None: ...

    def get(self, staff_id: int) -> StaffMember: ...

    def all(self) -> tuple[StaffMember, ...]: ...

    def note_try(self, staff_id: int, failed: int, locked_until: datetime | None) -> None: ...

    def set_pin(self, staff_id: int, pin_hash: str, handed_out: datetime | None) -> None:
        """``handed_out``: since when somebody else knows it; None for one its owner chose."""
        ...
