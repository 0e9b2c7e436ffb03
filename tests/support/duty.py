"""A pharmacist shows that they are here today, without a sign-in at the platform."""

from app.workflow.people import duty
from app.workflow.till import Till


def shows_up(till: Till, login: str = "2001") -> None:
    """As their own sign-in or their proof at a review would note it."""
    with till.store.unit() as unit:
        member = unit.people.by_login(login)
        assert member is not None
        duty.note(till, unit, member)
