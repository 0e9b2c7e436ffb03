"""线上流转查询: prescriptions that insured people sent to this store from a phone.

Asked where the list of the person holds nothing to take, or when somebody wants it; only rows in
the name of the identified person are kept, each with its own permission to download.
"""

from dataclasses import replace
from datetime import timedelta

from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.errors import Code, NotSent, OperatorInput, OutcomeUnknown, PlatformRejected
from app.ports import circulation as c
from app.profile.operations import Operation
from app.workflow import exchange as wire
from app.workflow.moves import move
from app.workflow.people.credentials import person_of
from app.workflow.till import Till

MOST_PAGES = 20


def offered(till: Till, case: CounterCase) -> bool:
    """Whether this region has such a list and the person is known and has not chosen yet."""
    part = till.profile.operations.get(Operation.QUERY_ONLINE_RX)
    position = case.position
    waits = position.phase in (Phase.READY, Phase.REJECTED)
    return (
        part is not None
        and part.enabled
        and case.facts.person is not None
        and ((position.step is Step.DOWNLOAD and waits) or _nothing_listed(case))
    )


def look(till: Till, case: CounterCase) -> CounterCase:
    """After an empty list: what was sent here in the person's name, else all stays as it was."""
    if not (_nothing_listed(case) and offered(till, case)):
        return case
    try:
        return ask(till, case)
    except (PlatformRejected, NotSent, OutcomeUnknown):
        # the answer was no list; what the page says about the other question still holds
        return case


def ask(till: Till, case: CounterCase) -> CounterCase:
    """Put what was sent here beside what is listed.

    Raises ``OperatorInput`` ``STEP_MOVED_ON``, and the trouble of the exchanges.
    """
    if not offered(till, case):
        raise OperatorInput(Code.STEP_MOVED_ON)
    mine = _asked(till, case)
    facts = _with(till, case.facts, mine)
    with till.store.unit() as unit:
        if case.position.step is Step.DOWNLOAD or not mine:
            return unit.cases.save(replace(case, facts=facts) if mine else case)
        case = move(till, unit, case, Signal.FIXED)
        case = move(till, unit, case, Signal.SENT)
        return move(till, unit, case, Signal.CONFIRMED, facts=replace(facts, refusal=None))


def _nothing_listed(case: CounterCase) -> bool:
    refusal, position = case.facts.refusal, case.position
    refused = (position.step, position.phase) == (Step.AUTHORISE, Phase.REJECTED)
    return refused and refusal is not None and refusal.code == Code.NO_PRESCRIPTION


def _asked(till: Till, case: CounterCase) -> tuple[c.OnlineRx, ...]:
    now, name = till.clock.now(), person_of(case).name
    since = now - timedelta(days=till.profile.rxcentre.epc_vali_days)
    size, centre = till.profile.rules.page_size_max, till.platform.rxcentre
    found: list[c.OnlineRx] = []
    for page in range(1, MOST_PAGES + 1):
        request = c.QueryOnlineRx(since, now, page, size)
        told = wire.consult(till, centre, request, centre.query_online, case.case_id).value
        found += [row for row in told.rows if row.patient == name]
        if told.last:
            break
    return tuple(found)


def _with(till: Till, facts: CaseFacts, mine: tuple[c.OnlineRx, ...]) -> CaseFacts:
    """A prescription that stands in both lists stands once, with the permission of its own."""
    own = dict(facts.own_tokens) | {row.summary.rx_number: row.rx_token for row in mine}
    listed = {rx.rx_number: rx for rx in (*facts.listed, *(row.summary for row in mine))}
    return replace(
        facts,
        listed=tuple(listed.values()),
        listed_at=facts.listed_at or till.clock.now(),
        own_tokens=tuple(own.items()),
        sent_here=tuple(row.summary.rx_number for row in mine),
    )
