"""The customer whom nothing can be dispensed to goes, and the next one comes."""

from ui.demo_person import Ended, Hands, Person
from ui.keys import Key
from ui.viewmodels.counter import CounterModel


class NobodyLeft(Ended):
    """No prescription that may be dispensed is left with anybody."""


def require_somebody(hands: Hands) -> None:
    """Raises ``NobodyLeft``."""
    if not hands.anybody():
        raise NobodyLeft("nobody_left")


def pass_over(counter: CounterModel, person: Person, hands: Hands) -> None:
    """Abandon the case as a person does and bring a fresh one. Raises ``NobodyLeft``."""
    before = counter.case.case_id if counter.case is not None else None
    version = counter.case.version if counter.case is not None else None
    hands.clear_away()
    hands.pass_over()
    # the first press asks, the second does it
    for _ in range(2):
        person.wait(lambda: not counter.busy, "abandon")
        person.press(Key.ABANDON)

    def gone() -> bool:
        case = counter.case
        same = case is not None and (case.case_id, case.version) == (before, version)
        return not counter.busy and not same

    person.wait(gone, "abandon")
    require_somebody(hands)
    if counter.case is not None and counter.case.case_id == before:
        person.press(Key.NEXT)
        person.wait(lambda: counter.case is not None and counter.case.case_id != before, "next")
    person.wait(lambda: not counter.busy, "next")
