"""接受差异: a named person lets a difference stand, with a reason, as long as its figures stay.

Nothing is told and no figure moves. The word is kept beside the findings, which a rerun replaces:
the same line with the same figures and causes is found accepted again, any other is not.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from app.domain.access import Operator
from app.domain.books.stock import Acceptance, LineState, StockFinding, StockRun, StockTally
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.ports.store import Unit
from app.workflow.till import Till

_GRAVITY = (LineState.NEEDS_ACTION, LineState.CANNOT_COMPARE, LineState.EXPLAINED)


def accept(till: Till, day: date, run_no: int, finding_no: int, who: Operator, reason: str) -> None:
    """Let one difference stand. Raises ``OperatorInput``: ``REASON_MISSING``, ``STEP_MOVED_ON``
    where the day was compared again, or nothing of the line waits for a person."""
    said = reason.strip()
    if not said:
        raise OperatorInput(Code.REASON_MISSING)
    with till.store.unit() as unit:
        run, found = _standing(unit, day, run_no, finding_no)
        if found.state is LineState.EXPLAINED:
            raise OperatorInput(Code.STEP_MOVED_ON)
        given = _word(till, found, who, said)
        _note(till, unit, run, replace(found, accepted=given), given)


def withdraw(
    till: Till, day: date, run_no: int, finding_no: int, who: Operator, reason: str
) -> None:
    """The difference waits for a person again. Raises ``OperatorInput`` ``STEP_MOVED_ON``."""
    with till.store.unit() as unit:
        run, found = _standing(unit, day, run_no, finding_no)
        if found.accepted is None:
            raise OperatorInput(Code.STEP_MOVED_ON)
        given = replace(_word(till, found, who, reason.strip()), withdrawn=True)
        _note(till, unit, run, replace(found, accepted=None), given)


def held(findings: Sequence[StockFinding], words: Sequence[Acceptance]) -> list[StockFinding]:
    """The findings of a rerun with what was said about the same figures before it."""
    last = {(one.store_code, one.upload_lot, one.figures): one for one in words}
    found = []
    for one in findings:
        word = last.get((one.store_code, one.upload_lot, one.figures))
        stands = word is not None and not word.withdrawn and one.found is not LineState.EXPLAINED
        found.append(replace(one, accepted=word) if stands else one)
    return found


def ordered(findings: Sequence[StockFinding]) -> tuple[StockFinding, ...]:
    """Gravest and costliest first, numbered from 1."""
    sorted_ones = sorted(
        findings, key=lambda one: (_GRAVITY.index(one.state), -abs(one.value), one.store_code)
    )
    return tuple(replace(one, finding_no=at) for at, one in enumerate(sorted_ones, 1))


def tally_of(equal: int, findings: Sequence[StockFinding]) -> StockTally:
    """How many lines stand in each state; values of what needs action add without sign."""
    counted = {state: sum(one.state is state for one in findings) for state in LineState}
    value = sum(abs(one.value) for one in findings if one.state is LineState.NEEDS_ACTION)
    return StockTally(
        equal,
        counted[LineState.EXPLAINED],
        counted[LineState.NEEDS_ACTION],
        counted[LineState.CANNOT_COMPARE],
        Fen(value),
    )


def _standing(unit: Unit, day: date, run_no: int, finding_no: int) -> tuple[StockRun, StockFinding]:
    run, found = unit.stock_days.get(day), unit.stock_days.finding(day, finding_no)
    if run is None or found is None or run.run_no != run_no:
        raise OperatorInput(Code.STEP_MOVED_ON)
    return run, found


def _word(till: Till, found: StockFinding, who: Operator, reason: str) -> Acceptance:
    now, line = till.clock.now(), (found.store_code, found.upload_lot, found.figures)
    return Acceptance(*line, now, who.staff_id, who.name, reason)


def _note(till: Till, unit: Unit, run: StockRun, found: StockFinding, given: Acceptance) -> None:
    unit.stock_days.accept(run.day, given)
    unit.stock_days.amend(run, found)
    tally = tally_of(run.tally.equal, unit.stock_days.findings(run.day))
    unit.stock_days.recount(replace(run, tally=tally))
    act = "withdraw_stock" if given.withdrawn else "accept_stock"
    now = till.clock.now()
    unit.journal.write(
        now, given.staff_id, act, f"{found.store_code} {found.upload_lot}", given.reason
    )
