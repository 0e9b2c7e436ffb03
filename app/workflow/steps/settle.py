"""结算: the money step. What may be asked here; the attempt itself is run by ``settling``."""

from app.domain.counter_case import CounterCase
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.jobs.progress import Report, no_report
from app.workflow import day, resolving, settling
from app.workflow.steps import presettle
from app.workflow.till import Till


def settle(
    till: Till, case: CounterCase, cash: Fen | None, report: Report = no_report
) -> CounterCase:
    """Settle once. ``cash`` is what the customer handed over, None where nothing is due.

    Where the split is from before other money of this person, or from before midnight, it is asked
    for anew and nothing is settled: what was agreed to is no longer true.

    ``report`` is told when an older settlement is cleared first, and when this one is on its way.

    Raises ``OperatorInput`` before anything is sent. Every other outcome is committed and shown.
    """
    day.put_right(till, case.facts.refusal)
    resolving.hear_where_wrong(till)
    resolving.resolve_due(till, report)
    try:
        return settling.settle(till, case, cash, report)
    except OperatorInput as refused:
        if refused.code is not Code.ESTIMATE_OLD:
            raise
    return presettle.renew(till, case)
