"""What our own books say of one day: settlements, refunds, and what is still in doubt.

A line belongs to the day the platform wrote on it; where no answer ever named that day, to the
day its message was begun.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from app.domain.books.money import NOTHING, Group, LineName, OurLine, Sums
from app.domain.counter_case import CounterCase
from app.domain.credential import PersonNumber
from app.domain.money import ZERO, Amounts
from app.domain.settlement import Attempt, AttemptState, Leg, SettledFacts
from app.ports.reconciling import LedgerEntry
from app.ports.store import Unit
from app.profile.operations import Operation
from app.workflow.calendar import CHINA
from app.workflow.doubts.travelling import reversed_act
from app.workflow.till import Till

MARGIN = timedelta(hours=12)
"""How far both clocks may put one settlement on different days."""
WHOLE_DAY = timedelta(days=1)
SKEW = timedelta(hours=1)
"""How far the platform's clock may be behind ours."""
_STANDS = frozenset(
    {
        AttemptState.SETTLED,
        AttemptState.REFUNDED,
        AttemptState.REFUND_PREPARED,
        AttemptState.REFUND_SENDING,
        AttemptState.REFUND_UNKNOWN,
        AttemptState.REFUND_REVERSING,
    }
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One day of our books. ``near`` are lines of other days that may be named as well.

    ``amounts`` are the whole bills, each by the name of its line.
    """

    day: date
    lines: tuple[OurLine, ...]
    near: tuple[OurLine, ...]
    amounts: dict[LineName, Amounts]

    @property
    def booked(self) -> tuple[OurLine, ...]:
        return tuple(line for line in self.lines if line.booked)

    def handed_in(self, clearing: tuple[str, str]) -> tuple[OurLine, ...]:
        """Lines the platform is to compare with its own: booked, numbered, of no person's word."""
        named = (line for line in self.booked if line.settlement_id and not line.by_word)
        return tuple(line for line in named if line.group.clearing == clearing)

    def groups(self) -> frozenset[Group]:
        return frozenset(line.group for line in self.lines)


def ledger_of(till: Till, unit: Unit, day: date) -> Ledger:
    """Read the day and its margins."""
    first = datetime.combine(day, time(), tzinfo=CHINA)
    entries = unit.attempts.ledger(first - MARGIN, first + timedelta(days=1) + MARGIN)
    amounts: dict[LineName, Amounts] = {}
    lines = tuple(lines_of(till, unit, entries, amounts))
    here = tuple(line for line in lines if line.day == day)
    near = tuple(line for line in lines if line.day != day)
    adopted = unit.money_days.adopted(day - WHOLE_DAY, day + WHOLE_DAY)
    more = tuple(one.booked() for one in adopted)
    amounts |= {line.name: one.bill() for line, one in zip(more, adopted, strict=True)}
    here += tuple(line for line in more if line.day == day)
    near += tuple(line for line in more if line.day != day)
    return Ledger(day, here, near, amounts)


def with_named(till: Till, unit: Unit, ledger: Ledger, message_ids: Iterable[str]) -> Ledger:
    """Add what our books know, on whatever day, of messages the platform has named."""
    known = {line.message_id for line in (*ledger.lines, *ledger.near)}
    wanted = [text for text in dict.fromkeys(message_ids) if text and text not in known]
    found = lines_of(till, unit, unit.attempts.by_messages(wanted), {}) if wanted else ()
    more = tuple(line for line in found if line.message_id not in known)
    more += tuple(one.booked() for one in unit.money_days.adopted_named(wanted))
    return replace(ledger, near=(*ledger.near, *more))


def lines_of(
    till: Till, unit: Unit, entries: Sequence[LedgerEntry], amounts: dict[LineName, Amounts]
) -> Iterable[OurLine]:
    """Lines of attempts; ``amounts`` collects the whole bill of each booked one."""
    for entry in entries:
        case = unit.cases.get(entry.case_id)
        settled = _settlement(till, unit, case, entry)
        refund = _refund(till, unit, case, entry)
        for line, bill in ((settled, _bill(entry.attempt)), (refund, _refund_bill(entry.attempt))):
            if line is not None:
                amounts[line.name] = bill
                yield line


def _settlement(till: Till, unit: Unit, case: CounterCase, entry: LedgerEntry) -> OurLine:
    attempt, facts = entry.attempt, entry.attempt.settled
    refund_in_doubt = attempt.state is AttemptState.MANUAL and attempt.leg is Leg.REFUND
    booked = facts is not None and (attempt.state in _STANDS or refund_in_doubt)
    booked = booked and not _taken_back(unit, attempt)
    return _line(till, case, attempt, facts if booked else None, entry.begun_at)


def _taken_back(unit: Unit, attempt: Attempt) -> bool:
    """Said to be refunded, found standing and reversed since: neither line is left. What was asked
    for and refused, or not answered, took nothing back."""
    said = attempt.by_word and attempt.state is AttemptState.REFUNDED
    reversed_ = reversed_act(Operation.SETTLE)
    return said and unit.journal.newest(reversed_, attempt.message_id) is not None


def _refund(till: Till, unit: Unit, case: CounterCase, entry: LedgerEntry) -> OurLine | None:
    attempt = entry.attempt
    if attempt.refund_message_id is None or attempt.leg is not Leg.REFUND:
        return None
    begun = entry.refund_begun_at or entry.begun_at
    line = _line(till, case, attempt, attempt.refund, begun)
    booked = attempt.state is AttemptState.REFUNDED and not _taken_back(unit, attempt)
    return replace(
        line,
        message_id=attempt.refund_message_id,
        refund=True,
        booked=booked,
        settlement_id=attempt.refund.settlement_id if attempt.refund else "",
        sums=sums_of(_refund_bill(attempt)),
    )


def _line(
    till: Till, case: CounterCase, attempt: Attempt, facts: SettledFacts | None, begun: datetime
) -> OurLine:
    bill = _bill(attempt)
    known = facts or attempt.settled
    visit = known.visit_id if known else ""
    if not visit and case.facts.estimate is not None:
        visit = case.facts.estimate.visit_id
    person = case.facts.person
    return OurLine(
        case_id=case.case_id,
        message_id=attempt.message_id,
        attempt_id=attempt.message_id,
        refund=False,
        state=attempt.state,
        booked=facts is not None,
        day=_day_of(facts, begun),
        group=group_of(till, case, facts),
        settlement_id=facts.settlement_id if facts else "",
        visit_id=visit,
        person_no=person.person_no if person else PersonNumber(""),
        sums=sums_of(bill),
        by_word=attempt.by_word,
    )


def _bill(attempt: Attempt) -> Amounts:
    return attempt.settled.amounts if attempt.settled else attempt.expected


def _refund_bill(attempt: Attempt) -> Amounts:
    return attempt.refund.amounts if attempt.refund else _bill(attempt).negated()


def _day_of(facts: SettledFacts | None, begun: datetime) -> date:
    earliest = (begun - SKEW).astimezone(CHINA).date()
    try:
        told = date.fromisoformat(facts.settled_at[:10] if facts else "")
    except ValueError:
        # an adopted settlement has no time of its own; its message was begun on that day
        return begun.astimezone(CHINA).date()
    # some answers to a refund repeat the time of the settlement: nothing is booked before it began
    return told if told >= earliest else begun.astimezone(CHINA).date()


def group_of(till: Till, case: CounterCase, facts: SettledFacts | None) -> Group:
    """Which totals a settlement counts in; what no answer told is the region's and the person's."""
    person, kind, office = case.facts.person, "", till.shop.area
    if person is not None and person.insurances:
        row = person.insurances[case.facts.insurance or 0]
        kind, office = row.kind, row.area
    clearing_kind = facts.clearing_kind if facts else ""
    clearing_office = facts.clearing_office if facts else ""
    return Group(
        kind, clearing_kind or till.profile.settle.clearing_kind, clearing_office or office
    )


def sums_of(amounts: Amounts) -> Sums:
    """The figures the statement speaks of."""
    return Sums(amounts.total, amounts.fund, amounts.account)


def added(lines: Iterable[OurLine]) -> Sums:
    """The sums of several lines."""
    total = NOTHING
    for line in lines:
        total = total + line.sums
    return total


def whole(ledger: Ledger, lines: Iterable[OurLine]) -> Amounts:
    """The whole bills of several lines, cash included."""
    bills = (ledger.amounts[line.name] for line in lines)
    return sum(bills, Amounts(ZERO, ZERO, ZERO, ZERO))
