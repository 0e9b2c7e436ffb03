"""Whether a comparison still speaks of the books as they are: a day goes on behind it."""

from datetime import datetime, time

from app.domain.books.money import Group, MoneyDay, Sums
from app.ports.store import Unit
from app.profile.routes import settles_elsewhere
from app.workflow.calendar import CHINA
from app.workflow.reconciling.copied import copied_ledger_of
from app.workflow.reconciling.ledger import WHOLE_DAY, added, ledger_of
from app.workflow.till import Till


def moved_on(till: Till, unit: Unit, stored: MoneyDay) -> bool:
    """Whether money of that day was begun behind its newest comparison, or our books of that day
    say something else than was compared: by a later answer, or by somebody's word.

    What stands at the platform alone is of a message that left: also one that came to nothing here
    may be of a settlement nobody has compared yet.
    """
    return _begun_since(unit, stored) or _booked(till, unit, stored) != _compared(stored)


def _begun_since(unit: Unit, stored: MoneyDay) -> bool:
    since = stored.compared_at
    midnight = datetime.combine(stored.day, time(), tzinfo=CHINA) + WHOLE_DAY
    return any(
        at is not None and since < at < midnight
        for entry in unit.attempts.ledger(since, midnight)
        for at in (entry.begun_at, entry.refund_begun_at)
    )


def _booked(till: Till, unit: Unit, stored: MoneyDay) -> dict[Group, tuple[int, Sums]]:
    read = copied_ledger_of if settles_elsewhere(till.profile) else ledger_of
    booked = read(till, unit, stored.day).booked
    parts = {line.group: [x for x in booked if x.group == line.group] for line in booked}
    return {group: (len(lines), added(lines)) for group, lines in parts.items()}


def _compared(stored: MoneyDay) -> dict[Group, tuple[int, Sums]]:
    return {part.group: (part.count, part.sums) for part in stored.groups if part.count}
