"""Who is the pharmacist on duty at this counter: whoever showed today that they are here.

A pharmacist shows it by signing in at the counter, or with their own e-voucher at a review. It
holds until another pharmacist does so, until the day is signed out, and never into another day
(ui 4; trace-and-stock T51).
"""

from app.domain.access import Act
from app.ports.store import StaffMember, Unit
from app.workflow.calendar import today
from app.workflow.till import Till


def note(till: Till, unit: Unit, member: StaffMember) -> None:
    """``member`` is here; nothing is noted of somebody who may not review."""
    if member.pharmacist is not None and member.operator().may(Act.AUDIT):
        unit.settings.put(_key(till), f"{today(till)} {member.staff_id}")


def leave(till: Till, unit: Unit) -> None:
    """The day is signed out: nobody is on duty until somebody shows it again."""
    unit.settings.put(_key(till), "")


def on_duty(till: Till, unit: Unit) -> StaffMember | None:
    """The pharmacist on duty; None where nobody showed today that they are here."""
    day, _, staff_id = (unit.settings.get(_key(till)) or "").partition(" ")
    if day != str(today(till)):
        return None
    member = unit.people.get(int(staff_id))
    return member if member.operator().may(Act.AUDIT) else None


def _key(till: Till) -> str:
    return f"on_duty.{till.counter_no}"
