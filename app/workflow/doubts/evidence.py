"""What the platform's books say of one settlement: its statement of the days in question, line by
line, from every office and of every kind that may have cleared it (reliability 2.3).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from app.domain import settlement as s
from app.domain.books.money import Sums
from app.domain.counter_case import CounterCase
from app.domain.errors import NotSent, OutcomeUnknown, PlatformRejected
from app.domain.money import ZERO, Amounts, Fen
from app.ports import requests as q
from app.ports.replies import StatementResult
from app.ports.store import Unit
from app.workflow import exchange as wire
from app.workflow.calendar import CHINA
from app.workflow.doubts.refused import Gaps, Place
from app.workflow.people.credentials import person_of
from app.workflow.till import Till
from app.workflow.upkeep import timekeeping

WHOLE_DAY = timedelta(days=1)
LOST_TIME = timedelta(days=31)
PLATFORM_BEHIND = timedelta(hours=1)
"""How far the platform's clock may be behind ours, over midnight too."""
SILENT = "statement_silent"
"""How the journal calls a statement that shows neither a settlement nor its refund, and one that
is refused for good at every office."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a statement shows of one settlement: its own line, and the one that gave it back."""

    line: StatementResult | None
    refund_line: StatementResult | None
    clearing_kind: str = ""
    """Under which its line was found."""
    refused: tuple[Place, ...] = ()
    """Of which kinds and offices no statement is given: it may stand there unseen (0067)."""
    unheard: bool = False
    """Whether no statement of the usual kind is given at all."""

    @property
    def active(self) -> bool:
        """Whether the platform holds this settlement as active."""
        return self.line is not None and self.refund_line is None

    def silent_for(self, leg: s.Leg) -> bool:
        """Whether it says nothing at all: what was answered stands there or was given back, and a
        statement that shows neither is behind. One that nobody is given says nothing of anything.
        """
        says = leg is s.Leg.SETTLE and not self.unheard
        return not says and self.line is None and self.refund_line is None


@dataclass(frozen=True, slots=True)
class Statement:
    """What was fetched; ``clearing_kind`` is the one under which our message was found."""

    lines: tuple[StatementResult, ...]
    clearing_kind: str = ""
    refused: tuple[Place, ...] = ()
    unheard: bool = False


def looked_up(
    till: Till, case: CounterCase, attempt: s.Attempt, *, by_person: bool = False
) -> Seen:
    """Fetch the statement now, and what it shows. Raises the trouble of the exchanges.

    ``by_person``: somebody who is shown what could not be compared decides by it.
    """
    found = statement(till, case, attempt, by_person=by_person)
    shown = seen(attempt, found.lines)
    shown = replace(shown, clearing_kind=found.clearing_kind)
    return replace(shown, refused=found.refused, unheard=found.unheard)


def seen(attempt: s.Attempt, results: Iterable[StatementResult]) -> Seen:
    """A refund is a line of its own, under the message id of the refund; the settled line stays."""
    lines, both = tuple(results), (attempt.message_id, attempt.refund_message_id)
    settled = (x for x in lines if x.message_id == attempt.message_id and not x.gives_back)
    returned = (x for x in lines if x.message_id in both and x.gives_back)
    line = next(settled, None)
    return Seen(line, next(returned, None) or _given_back_elsewhere(attempt, line, lines))


def _given_back_elsewhere(
    attempt: s.Attempt, line: StatementResult | None, lines: Sequence[StatementResult]
) -> StatementResult | None:
    """A refund under a message that is not ours: on the platform's own pages, or of a time that is
    lost. It names the visit and gives back what was taken, as ``books.compare.undoes`` has it.

    An earlier settlement of the same visit may have been given back so; that refund is not ours,
    least of all where the statement marks the other one as given back.
    """
    taken = _taken(attempt, line)
    if taken is None:
        return None
    visit, sums = taken
    same = [x for x in lines if x.visit_id == visit]
    others = [x for x in same if x.message_id != attempt.message_id and x.total > 0]
    before = sum(_sums(x) == sums for x in others)
    returned = [x for x in same if x.gives_back and _sums(x) == sums.negated()]
    return returned[-1] if len(returned) > before else None


def _taken(attempt: s.Attempt, line: StatementResult | None) -> tuple[str, Sums] | None:
    """Of which visit, and how much: as the statement has it, else as it was answered."""
    if line is not None:
        return (line.visit_id, _sums(line)) if line.visit_id else None
    if attempt.settled is None or not attempt.settled.visit_id:
        return None
    told = attempt.settled.amounts
    return attempt.settled.visit_id, Sums(told.total, told.fund, told.account)


def settled_as(attempt: s.Attempt, shown: Seen) -> s.SettledFacts | None:
    """What the platform booked, as its statement has it: where an answer told otherwise, what is
    in its books is what it stands for. None: no line."""
    line, told = shown.line, attempt.settled
    if line is None:
        return None
    if told is None:
        amounts, kind = amounts_of(line, attempt.expected), shown.clearing_kind
        return s.SettledFacts(line.settlement_id, line.visit_id, amounts, "", None, "", kind)
    same_bill = told.amounts.total == line.total
    amounts = amounts_of(line, told.amounts if same_bill else attempt.expected)
    # an answer that is wrong about the parts is not believed about what they left either
    left = told.balance_after if amounts == told.amounts else None
    number = line.settlement_id or told.settlement_id
    return replace(told, amounts=amounts, settlement_id=number, balance_after=left)


def refunded_as(attempt: s.Attempt, shown: Seen) -> s.SettledFacts | None:
    """What the platform gave back, as its statement has it; amounts below nought. None: nothing
    was, or by a line without figures, which was the whole of what was taken."""
    line, told, settled = shown.refund_line, attempt.refund, attempt.settled
    if line is None or not line.total or settled is None:
        return None
    if line.total > 0:
        # some statements mark the settled line and leave its figures as they were
        line = replace(line, total=-line.total, fund=-line.fund, account=-line.account)
    same_bill = told is not None and told.amounts.total == line.total
    base = told.amounts if told is not None and same_bill else settled.amounts.negated()
    found = told or replace(settled, settlement_id="", settled_at="", balance_after=None)
    amounts, number = amounts_of(line, base), line.settlement_id or found.settlement_id
    left = found.balance_after if amounts == found.amounts else None
    return replace(found, amounts=amounts, settlement_id=number, balance_after=left)


def refund_booked(attempt: s.Attempt, shown: Seen) -> s.SettledFacts | None:
    """What a refund gave back where that is not what our books take it for: what was answered,
    else the whole of what was taken."""
    if attempt.leg is not s.Leg.REFUND or attempt.settled is None:
        return None
    back, told = refunded_as(attempt, shown), attempt.refund
    known = told.amounts if told is not None else attempt.settled.amounts.negated()
    return back if back is not None and back.amounts != known else None


def amounts_of(line: StatementResult, base: Amounts) -> Amounts:
    """A statement line as amounts; the parts it does not carry are those of ``base``."""
    rest = line.total - line.fund - line.account - base.mutual_aid - base.hospital_part
    return replace(
        base,
        total=Fen(line.total),
        fund=Fen(line.fund),
        account=Fen(line.account),
        cash=Fen(rest),
    )


def _sums(line: StatementResult) -> Sums:
    return Sums(Fen(line.total), Fen(line.fund), Fen(line.account))


def statement(
    till: Till, case: CounterCase, attempt: s.Attempt, *, by_person: bool = False
) -> Statement:
    """Where the platform's books differ from ours since this settlement was first sent, under every
    kind and at every office that may have cleared it: a statement of another shows nothing of it.

    Where its message is found, nothing more is asked: what gave it back is cleared as it was.
    Raises the trouble of the exchanges, except what the proof may leave out.
    """
    with till.store.reading() as unit:
        # Neither the answer nor the refund says when this was settled: both may come after
        # midnight. It stands under no earlier day than the one its message was begun on.
        first = _first_moment(till, unit, attempt)
        lines = _booked(unit, first - WHOLE_DAY, till.clock.now())
    usual = till.profile.settle.clearing_kind
    kinds = _kinds(till, attempt, {told.clearing_kind for told, _ in lines})
    gaps = Gaps(till, case, attempt, kinds[0], by_person=by_person)
    found: dict[StatementResult, None] = {}
    for kind in kinds:
        for office in _offices(till, case, attempt, {told.clearing_office for told, _ in lines}):
            own = tuple(
                line
                for told, line in lines
                if told.clearing_office in ("", office) and (told.clearing_kind or usual) == kind
            )
            try:
                rows = _statement_of(till, case, attempt, own, (kind, office, first))
            except (PlatformRejected, NotSent, OutcomeUnknown) as trouble:
                gaps.note((kind, office), trouble)
                continue
            gaps.heard((kind, office))
            found |= dict.fromkeys(rows)
            if any(row.message_id == attempt.message_id for row in rows):
                return Statement(tuple(found), kind)
        if gaps.ends_it():
            break
    refused, unheard = gaps.passed()
    return Statement(tuple(found), refused=refused, unheard=unheard)


def _booked(
    unit: Unit, first: datetime, last: datetime
) -> list[tuple[s.SettledFacts, q.StatementLine]]:
    """What stands in our books, each with how it was cleared."""
    return [
        (
            settled,
            q.StatementLine(
                settled.settlement_id,
                settled.visit_id,
                person_of(unit.cases.get(case_id)).person_no.reveal(),
                settled.amounts,
                refunded=False,
            ),
        )
        for case_id, other in unit.attempts.settled_without_refund(first, last)
        if (settled := other.settled) is not None
    ]


def _kinds(till: Till, attempt: s.Attempt, met: Collection[str]) -> tuple[str, ...]:
    """The one that was told; else every one the region names and our books have met in these days,
    the usual one first."""
    if attempt.settled is not None and attempt.settled.clearing_kind:
        return (attempt.settled.clearing_kind,)
    part = till.profile.settle
    return (part.clearing_kind, *sorted({*part.compared_kinds, *met} - {part.clearing_kind, ""}))


def _offices(
    till: Till, case: CounterCase, attempt: s.Attempt, met: Collection[str]
) -> tuple[str, ...]:
    """The one that was told; else where the person is insured, where the store is, and where it
    has been cleared with in these days."""
    if attempt.settled is not None and attempt.settled.clearing_office:
        return (attempt.settled.clearing_office,)
    insured = person_of(case).insurances[case.facts.insurance or 0].area
    return tuple(sorted({insured, till.shop.area, *met} - {""}))


def _statement_of(
    till: Till,
    case: CounterCase,
    attempt: s.Attempt,
    lines: tuple[q.StatementLine, ...],
    asked: tuple[str, str, datetime],
) -> tuple[StatementResult, ...]:
    """The statement of one kind and office since one moment."""
    core, (kind, office, first) = till.platform.core, asked
    upload = q.UploadFile(f"statement-{attempt.message_id}.zip", core.statement_file(lines))
    stored = wire.consult(till, core, upload, core.upload_file, case.case_id).value
    request = q.ReconcileLines(
        clearing_kind=kind,
        clearing_office=office,
        first_day=first.astimezone(CHINA).date(),
        last_day=_last_day(till),
        amounts=sum((line.amounts for line in lines), Amounts(ZERO, ZERO, ZERO, ZERO)),
        count=len(lines),
        file_query_no=stored.file_query_no,
    )
    result = wire.consult(till, core, request, core.reconcile_lines, case.case_id).value
    fetch = q.DownloadFile(result.file_query_no, result.filename)
    content = wire.consult(till, core, fetch, core.download_file, case.case_id).value.content
    return core.read_statement(content)


def _first_moment(till: Till, unit: Unit, attempt: s.Attempt) -> datetime:
    """From when the platform may have booked it: begun under a clock that was ahead, it was booked
    on some day before the first one that is true."""
    entries, now = unit.attempts.by_messages([attempt.message_id]), till.clock.now()
    begun = min((one.begun_at for one in entries), default=attempt.sent_at or now)
    if begun > now or any(one.clock_was_ahead for one in entries):
        return min(begun, now) - LOST_TIME
    return begun - PLATFORM_BEHIND


def _last_day(till: Till) -> date:
    """Until when the platform may have booked it: it may be past midnight there already."""
    now = till.clock.now()
    return max(now, timekeeping.platform_time(till) or now).astimezone(CHINA).date()
