"""Cash of a customer who is not here: it waits until somebody says that it went.

A refund may be found to stand when its customer has left, and a settlement that cash was taken for
may turn out never to have stood. The waiting slip promises both: what was taken is settled once it
is clear, what goes back goes back. By then the visit has come to its end and is on no other list.
"""

import json
from datetime import datetime

from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.money import ZERO, Fen, fen_text
from app.domain.settlement import Attempt, AttemptState, SettledFacts
from app.ports.store import Unit
from app.workflow.till import Till

HANDED = "cash_handed"
"""How the journal calls it."""
_GIVEN_UP = (Step.RETURN_SALE, Step.CLOSED)


def of_refund(case: CounterCase, attempt: Attempt | None) -> Fen | None:
    """What of a sale goes back in cash; None where nothing of it was paid."""
    if case.facts.cash_back is not None:
        return case.facts.cash_back.amount
    settled = case.facts.settled if case.facts.elsewhere else attempt.settled if attempt else None
    if settled is None:
        return None
    # what was never paid is not given back; a refund of less cash than that asks nobody for more
    return Fen(max(ZERO, _cash(case, attempt, settled) - case.facts.still_to_pay))


def _cash(case: CounterCase, attempt: Attempt | None, settled: SettledFacts) -> Fen:
    """As the refund has it, which may be more than was paid in cash: what an account does not take
    back goes over the counter."""
    refund = attempt.refund if attempt is not None and not case.facts.elsewhere else None
    return Fen(-refund.amounts.cash) if refund is not None else settled.amounts.cash


def of_nothing_settled(case: CounterCase, attempt: Attempt | None) -> Fen:
    """Cash taken for a settlement that never stood, in a visit that was given up."""
    taken = attempt is not None and case.facts.settled is None
    ended = case.position.step in _GIVEN_UP
    return case.facts.cash_received or ZERO if taken and ended else ZERO


def note(unit: Unit, case: CounterCase, attempt: Attempt | None) -> None:
    """Somebody has to hand it out; in the commit that makes it so. Nothing where none is owed."""
    waits = waiting(unit, case.counter_no)
    if case.case_id not in waits and _amount(case, attempt):
        _keep(unit, case.counter_no, (*waits, case.case_id))


def note_given_up(unit: Unit, case: CounterCase, attempt: Attempt | None) -> None:
    """The same for a visit whose money was in doubt. After a clear no the customer stands there."""
    if attempt is not None and attempt.state is AttemptState.REVERSED:
        note(unit, case, attempt)


def waiting(unit: Unit, counter_no: int) -> tuple[int, ...]:
    """The visits of a counter whose cash nobody has handed out yet, the oldest first."""
    kept = unit.settings.get(_key(counter_no))
    return tuple(json.loads(kept)) if kept else ()


def due(unit: Unit, case: CounterCase, attempt: Attempt | None) -> Fen:
    """What of this visit waits; nought nearly always."""
    if case.position.step not in _GIVEN_UP or case.case_id not in waiting(unit, case.counter_no):
        return ZERO
    return _amount(case, attempt)


def known_as(case: CounterCase) -> str:
    """Why it waits, as texts name it."""
    return "refunded" if case.facts.settled is not None else "unsettled"


def handed_at(unit: Unit, case: CounterCase) -> datetime | None:
    """When somebody said that it went; None where nobody did."""
    return unit.journal.newest(HANDED, f"case {case.case_id}")


def given(till: Till, case_id: int) -> CounterCase:
    """It lies in the customer's hand. Raises ``OperatorInput`` ``STEP_MOVED_ON`` where none waits:
    it was said before."""
    with till.store.unit() as unit:
        case, attempt = unit.cases.get(case_id), unit.attempts.of_case(case_id)
        amount = due(unit, case, attempt)
        if not amount:
            raise OperatorInput(Code.STEP_MOVED_ON, case=case_id)
        left = tuple(one for one in waiting(unit, case.counter_no) if one != case_id)
        _keep(unit, case.counter_no, left)
        who, subject = till.operator.staff_id, f"case {case_id}"
        unit.journal.write(till.clock.now(), who, HANDED, subject, fen_text(amount))
    return case


def _amount(case: CounterCase, attempt: Attempt | None) -> Fen:
    if attempt is not None and attempt.state is AttemptState.REFUNDED:
        return of_refund(case, attempt) or ZERO
    return of_nothing_settled(case, attempt)


def _keep(unit: Unit, counter_no: int, cases: tuple[int, ...]) -> None:
    unit.settings.put(_key(counter_no), json.dumps(cases))


def _key(counter_no: int) -> str:
    return f"cash_owed.{counter_no}"
