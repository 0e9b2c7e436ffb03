"""A clock that lies behind times this counter has used already: money waits until it is right.

Ids never repeat whatever the clock says (I7). But a statement asked for by wrong days would show
nothing where something stands, and what is booked now would be looked for on another day.
"""

from app.domain.errors import Code, OperatorInput
from app.ports.store import Unit
from app.workflow.calendar import CHINA
from app.workflow.till import Till


def refusal(till: Till, unit: Unit) -> OperatorInput | None:
    """What to say instead of moving money, with both times; None where the clock may be right."""
    now = till.clock.now()
    used = unit.messages.clock_behind(now)
    if used is None:
        return None
    shown = [f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" for at in (now, used)]
    return OperatorInput(Code.CLOCK_BEHIND, now=shown[0], used=shown[1])


def require_right(till: Till, unit: Unit) -> None:
    """Raises ``OperatorInput`` ``CLOCK_BEHIND``."""
    found = refusal(till, unit)
    if found is not None:
        raise found


def is_behind(till: Till) -> bool:
    """Whether nothing the platform's books show by date can be believed now."""
    with till.store.reading() as unit:
        return unit.messages.clock_behind(till.clock.now()) is not None
