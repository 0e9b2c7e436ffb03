"""What the platform said ahead of the settlement, as rows."""

from collections.abc import Iterator

from app.domain.counter_case import CounterCase
from app.workflow.cases import advising
from app.workflow.till import Till
from app.workflow.views.advice import AdviceRow, AdviceView
from app.workflow.views.case import Say


def advice_view(till: Till, case: CounterCase) -> AdviceView:
    """Benefits that do not count here first, then concerns; one row where nothing was found."""
    advice, offered = case.facts.advice, advising.offered(till, case)
    if advice is None:
        return AdviceView(offered=offered)
    return AdviceView(tuple(_rows(case)), offered, advice.unanswered)


def _rows(case: CounterCase) -> Iterator[AdviceRow]:
    advice = case.facts.advice
    if advice is None:
        return
    refused = [one for one in advice.entitlements if not one.entitled]
    for one in refused:
        yield AdviceRow(good=False, topic=Say("advice.not_entitled"), text=one.reason)
    if advice.entitled_at is not None and not refused:
        yield AdviceRow(good=True, topic=Say("advice.entitled"), text="")
    for concern in advice.concerns:
        yield AdviceRow(good=False, topic=Say("advice.concern"), text=concern.text)
    if advice.checked_at is not None and not advice.concerns:
        yield AdviceRow(good=True, topic=Say("advice.no_concern"), text="")
