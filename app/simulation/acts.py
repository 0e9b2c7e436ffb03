"""Single acts at one counter that need no clerk's eye; each says what it did."""

from app.simulation.shop import Counter
from app.workflow.upkeep import startup


def deliver(counter: Counter) -> str:
    """One round of the delivery lane."""
    counter.surface.deliver()
    return "delivers"


def again(item_id: int, counter: Counter) -> str:
    """A record that waits is told by hand."""
    counter.surface.retry_item(item_id)
    return f"record {item_id} again"


def unpark(case_id: int, counter: Counter) -> str:
    """Whoever waits comes back to the counter."""
    counter.surface.unpark(case_id)
    return f"unpark {case_id}"


def end_day(counter: Counter) -> str:
    """The day is signed off."""
    startup.end_day(counter.till)
    return "signs off"
