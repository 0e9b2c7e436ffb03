"""结算: the money step. What may be asked here; the attempt itself is run by ``settling``."""

from app.domain.counter_case import CounterCase
from app.domain.money import Fen
from app.jobs.progress import Report, no_report
from app.workflow import day, resolving, settling
from app.workflow.till import Till


def settle(
    till: Till, case: CounterCase, cash: Fen | None, report: Report = no_report
) -> CounterCase:
    """Settle once. ``cash`` is what the customer handed over, None where nothing is due.

    ``report`` is told when an older settlement is cleared first, and when this one is on its way.

    Raises ``OperatorInput`` before anything is sent. Every other outcome is committed and shown.
    """
    day.put_right(till, case.facts.refusal)
    resolving.resolve_due(till, report)
    return settling.settle(till, case, cash, report)
