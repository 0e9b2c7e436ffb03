"""Staff of the store. Names and pharmacist papers are sealed."""

from datetime import datetime

import sqlalchemy as sa

from app.domain.access import Role
from app.domain.audit import Pharmacist
from app.domain.errors import Bug
from app.ports.store import StaffMember
from localdb.repositories.scope import Scope
from localdb.schema.people import operator, pin_handed_out
from localdb.statements import Known, Row

# Built once: the desk asks for everybody again and again.
_STAFF = (
    sa.select(operator, pin_handed_out.c.at.is_not(None).label("pin_due"))
    .outerjoin(pin_handed_out, pin_handed_out.c.staff_id == operator.c.staff_id)
    .order_by(operator.c.staff_id)
)
_ALL = Known(_STAFF)
_BY_LOGIN = Known(_STAFF.where(operator.c.login == sa.bindparam("wanted")))
_BY_ID = Known(_STAFF.where(operator.c.staff_id == sa.bindparam("wanted")))
_TRY = Known(sa.update(operator).where(operator.c.staff_id == sa.bindparam("wanted")))


class SqlPeople:
    """Implements ``app.ports.store.People``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def by_login(self, login: str) -> StaffMember | None:
        found = self._members(_BY_LOGIN, wanted=login)
        return found[0] if found else None

    def get(self, staff_id: int) -> StaffMember:
        found = self._members(_BY_ID, wanted=staff_id)
        if not found:
            raise Bug(what="no such staff member", staff=staff_id)
        return found[0]

    def all(self) -> tuple[StaffMember, ...]:
        return self._members(_ALL)

    def note_try(self, staff_id: int, failed: int, locked_until: datetime | None) -> None:
        written = self._scope.ask(
            _TRY, {"wanted": staff_id, "failed": failed, "locked_until": locked_until}
        )
        if written.rowcount != 1:
            raise Bug(what="no such staff member", staff=staff_id)

    def set_pin(self, staff_id: int, pin_hash: str, handed_out: datetime | None) -> None:
        changed = self._scope.connection.execute(
            sa.update(operator)
            .where(operator.c.staff_id == staff_id)
            .values(pin_hash=pin_hash, failed=0, locked_until=None)
        )
        if changed.rowcount != 1:
            raise Bug(what="no such staff member", staff=staff_id)
        self._scope.connection.execute(
            sa.delete(pin_handed_out).where(pin_handed_out.c.staff_id == staff_id)
        )
        if handed_out is not None:
            self._scope.connection.execute(
                sa.insert(pin_handed_out).values(staff_id=staff_id, at=handed_out)
            )

    def enrol(self, member: StaffMember) -> StaffMember:
        """Add a person. ``member.staff_id`` is ignored, also inside the pharmacist record."""
        codec = self._scope.codec
        pharmacist = None
        if member.pharmacist is not None:
            pharmacist = codec.seal_text(codec.write(member.pharmacist), _papers(member.login))
        staff_id = self._scope.connection.execute(
            sa.insert(operator)
            .values(
                login=member.login,
                name=codec.seal_text(member.name, _name(member.login)),
                pin_hash=member.pin_hash,
                roles=" ".join(sorted(member.roles)),
                pharmacist=pharmacist,
                failed=member.failed,
                locked_until=member.locked_until,
            )
            .returning(operator.c.staff_id)
        ).scalar_one()
        return self.get(staff_id)

    def _members(self, statement: Known, **values: object) -> tuple[StaffMember, ...]:
        rows = self._scope.ask(statement, values)
        return tuple(self._member(row) for row in rows)

    def _member(self, row: Row) -> StaffMember:
        return StaffMember(
            staff_id=row.staff_id,
            login=row.login,
            name=self._scope.codec.open_text(row.name, _name(row.login)),
            pin_hash=row.pin_hash,
            roles=frozenset(Role(role) for role in row.roles.split()),
            pharmacist=self._pharmacist(row),
            failed=row.failed,
            locked_until=row.locked_until,
            pin_due=bool(row.pin_due),
        )

    def _pharmacist(self, row: Row) -> Pharmacist | None:
        if row.pharmacist is None:
            return None
        codec = self._scope.codec
        papers = codec.read(codec.open_text(row.pharmacist, _papers(row.login)), Pharmacist)
        return Pharmacist(
            staff_id=row.staff_id,
            name=papers.name,
            id_kind=papers.id_kind,
            id_number=papers.id_number,
            pharmacist_code=papers.pharmacist_code,
            licence_no=papers.licence_no,
        )


def _name(login: str) -> str:
    return f"operator:{login}:name"


def _papers(login: str) -> str:
    return f"operator:{login}:pharmacist"
