"""The daily comparison of money: totals by group, then line by line where they differ.

Our side is read at the moment of comparing. What could not be asked is skipped, never guessed, and
said; a comparison that reached nothing leaves the day's earlier findings alone (reliability 4.1),
and one that reached a part of it says nothing of the rest, and remembers what stood there.
"""

import logging
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date, datetime

from app.domain.books.compare import compare, unexplained
from app.domain.books.copied import compare_copied
from app.domain.books.money import (
    NOTHING,
    Difference,
    Group,
    GroupResult,
    GroupState,
    MoneyDay,
    Repair,
    TheirLine,
)
from app.domain.credential import PersonNumber
from app.domain.errors import (
    Code,
    NotSent,
    OutcomeUnknown,
    PlatformRejected,
    Trouble,
)
from app.domain.money import Fen
from app.jobs.lane import CancelToken
from app.jobs.progress import Progress, Report, no_report
from app.ports import requests as q
from app.ports.replies import StatementResult
from app.ports.store import Unit
from app.profile.routes import settles_elsewhere
from app.workflow import day as signing_in
from app.workflow import exchange as wire
from app.workflow.leases.errands import MONEY, once_per_store
from app.workflow.reconciling.copied import copied_ledger_of
from app.workflow.reconciling.ledger import Ledger, added, ledger_of, whole, with_named
from app.workflow.till import Till
from app.workflow.upkeep import recovering

_UNANSWERED = (PlatformRejected, NotSent, OutcomeUnknown)
OFFICES = "money.offices"
_log = logging.getLogger(__name__)


@once_per_store(MONEY)
def compare_day(
    till: Till,
    day: date,
    *,
    every_line: bool = False,
    report: Report = no_report,
    cancel: CancelToken | None = None,
) -> MoneyDay:
    """Compare one day and put the findings in place of the day's earlier ones.

    ``every_line`` compares line by line also where totals are equal: two faults of the same
    amount hide each other in a total. A base that is not believed is always compared so, what was
    copied from another product, and a day on which a line rests on a person's word. Raises the
    trouble of the first exchange where nothing at all could be compared.
    """
    copied = settles_elsewhere(till.profile)
    comparison = _Comparison(till, day, report, cancel, copied=copied)
    every_line = every_line or copied
    if recovering.is_open(till):
        # nothing else signs in while a recovery lasts, and it may last over midnight
        every_line = True
        signing_in.put_right(till, None)
    with till.store.reading() as unit:
        comparison.ledger = (copied_ledger_of if copied else ledger_of)(till, unit, day)
        remembered = {*(unit.settings.get(OFFICES) or "").split(), *recovering.offices(unit)}
        groups = _groups(till, remembered, comparison.ledger)
    every_line = every_line or any(line.by_word for line in comparison.ledger.booked)
    with till.store.unit() as unit:
        unit.settings.put(OFFICES, " ".join(sorted({group.clearing_office for group in groups})))
        staff_id = till.operator.staff_id
        unit.journal.write(till.clock.now(), staff_id, "compare_money", day.isoformat())
    results = comparison.totals(groups)
    results, found = comparison.lines(results, every_line)
    looked_at = _looked_at(results)
    results = tuple(part for part in results if not _says_nothing(till, part))
    if all(part.state is GroupState.NOT_COMPARED for part in results):
        raise comparison.first_trouble()
    return _keep(till, day, every_line, results, found, looked_at)


def _looked_at(results: Iterable[GroupResult]) -> frozenset[tuple[str, str]]:
    """Clearings of which this comparison knows what stands there: line by line, or by totals."""
    parts = tuple(results)
    read = {part.group.clearing for part in parts if part.lines}
    missed = {part.group.clearing for part in parts if not part.whole}
    return frozenset({part.group.clearing for part in parts} - missed | read)


def _groups(till: Till, remembered: Collection[str], ledger: Ledger) -> tuple[Group, ...]:
    """Every group that might hold something: of the day, and of every office met before.

    A settlement nobody here knows of stands in no group of ours: every kind the region has is
    asked for as well. What is usual comes first: a line that is down is found there.
    """
    own, part = ledger.groups(), till.profile.settle
    kinds = {*till.profile.tables["insurance_kind"], *(g.insurance_kind for g in own)} - {""}
    offices = {till.shop.area, *remembered, *(g.clearing_office for g in own)} - {""}
    clearing = {part.clearing_kind, *part.compared_kinds, *(g.clearing_kind for g in own)} - {""}
    found = [Group(k, c, o) for k in kinds for c in clearing for o in offices]
    return tuple(sorted(found, key=lambda group: (_unusual(till, group), group)))


def _unusual(till: Till, group: Group) -> bool:
    """Of a kind that a pharmacy does not clear by: only a stray can be of it, or what our books
    name."""
    return group.clearing_kind != till.profile.settle.clearing_kind


def _says_nothing(till: Till, part: GroupResult) -> bool:
    """Of a kind that is not usual, nothing here and nothing there."""
    return _unusual(till, part.group) and not part.count and part.state is GroupState.EQUAL


def _keep(
    till: Till,
    day: date,
    every_line: bool,
    results: tuple[GroupResult, ...],
    found: tuple[Difference, ...],
    looked_at: frozenset[tuple[str, str]],
) -> MoneyDay:
    with till.store.unit() as unit:
        earlier = unit.money_days.get(day)
        asked = {one.key: one for one in earlier.differences} if earlier else {}
        now, who = till.clock.now(), till.operator.name
        kept = tuple(_with_what_was_asked(one, asked.get(one.key), now) for one in found)
        before = (*earlier.differences, *earlier.unseen) if earlier else ()
        left = (one for one in before if one.group.clearing not in looked_at)
        unseen = tuple(one for one in left if one.repair is Repair.REVERSE)
        made = MoneyDay(day, 0, now, who, every_line, results, kept, unseen)
        return unit.money_days.replace(made)


def _with_what_was_asked(
    found: Difference, earlier: Difference | None, now: datetime
) -> Difference:
    """What a person began on this difference is not forgotten by comparing again; what was begun
    under a clock that was ahead counts from now."""
    if earlier is None or earlier.asked_at is None:
        return found
    more = tuple(fact for fact in earlier.evidence if fact not in found.evidence)
    if earlier.cause is not found.cause:
        more = ()
    return replace(found, asked_at=min(earlier.asked_at, now), evidence=(*found.evidence, *more))


class _Comparison:
    """The exchanges of one comparison. A line that is down is not tried again and again."""

    def __init__(
        self, till: Till, day: date, report: Report, cancel: CancelToken | None, *, copied: bool
    ) -> None:
        """``copied``: another product settles, and our lines are copies of its slips."""
        self._till, self._day, self._copied = till, day, copied
        self._report, self._cancel = report, cancel
        self._down: Trouble | None = None
        self._first: Trouble | None = None
        self._not_kept: set[str] = set()
        self.ledger = Ledger(day, (), (), {})

    def first_trouble(self) -> Trouble:
        return self._first or NotSent(Code.DID_NOT_LEAVE)

    def _refused(self, trouble: Trouble) -> int:
        self._first = self._first or trouble
        if isinstance(trouble, NotSent):
            self._down = trouble
        _log.warning("not compared: %s", trouble)
        return int(trouble.code)

    def _step(self, stage: str, done: int, total: int) -> None:
        if self._cancel is not None:
            self._cancel.check()
        self._report(Progress(stage, done, total))

    def totals(self, groups: tuple[Group, ...]) -> tuple[GroupResult, ...]:
        """3201 of the core platform, once a group."""
        found: list[GroupResult] = []
        for number, group in enumerate(groups, 1):
            self._step("money.totals", number, len(groups))
            if group.clearing_kind in self._not_kept:
                continue
            part = self._total(group)
            if not self._refuses_kind(part):
                found.append(part)
        return tuple(found)

    def _refuses_kind(self, part: GroupResult) -> bool:
        """Whether the platform keeps no such kind of clearing with us; it is asked no more, and
        that is written down."""
        kind, code = part.group.clearing_kind, part.code
        ours = any(line.group.clearing_kind == kind for line in self.ledger.lines)
        refused = code is not None and code // 1000 == PlatformRejected.thousands
        if ours or not refused or code == Code.SIGN_IN_REQUIRED:
            return False
        if not _unusual(self._till, part.group):
            return False
        self._not_kept.add(kind)
        with self._till.store.unit() as unit:
            who, now = self._till.operator.staff_id, self._till.clock.now()
            unit.journal.write(now, who, "compare_money_refused", kind, str(code))
        return True

    def _total(self, group: Group) -> GroupResult:
        lines = [line for line in self.ledger.booked if line.group == group]
        part = GroupResult(group, len(lines), added(lines), GroupState.NOT_COMPARED)
        if self._down is not None:
            return replace(part, code=int(self._down.code))
        core = self._till.platform.core
        request = q.ReconcileTotals(
            insurance_kind=group.insurance_kind,
            clearing_kind=group.clearing_kind,
            clearing_office=group.clearing_office,
            first_day=self._day,
            last_day=self._day,
            amounts=whole(self.ledger, lines),
            count=len(lines),
        )
        try:
            told = wire.consult(self._till, core, request, core.reconcile_totals, None).value
        except _UNANSWERED as trouble:
            return replace(part, code=self._refused(trouble))
        state = GroupState.EQUAL if told.equal else GroupState.DIFFERS
        return replace(part, state=state, told=told.result)

    def lines(
        self, results: tuple[GroupResult, ...], every_line: bool
    ) -> tuple[tuple[GroupResult, ...], tuple[Difference, ...]]:
        """3202 for every clearing whose totals differ; groups learn whether it was answered."""
        wanted = sorted(
            {
                part.group.clearing
                for part in results
                if part.state is GroupState.DIFFERS
                or (
                    every_line
                    and part.state is GroupState.EQUAL
                    and not _says_nothing(self._till, part)
                )
            }
        )
        found: list[Difference] = []
        failed: dict[tuple[str, str], int] = {}
        for number, clearing in enumerate(wanted, 1):
            self._step("money.lines", number, len(wanted))
            try:
                found += self._clearing(clearing)
            except _UNANSWERED as trouble:
                failed[clearing] = self._refused(trouble)
        learnt = tuple(_learnt(part, wanted, failed) for part in results)
        found += self._in_doubt(set(wanted) - set(failed))
        return learnt, (*found, *unexplained(learnt, found, self.ledger.lines))

    def _clearing(self, clearing: tuple[str, str]) -> tuple[Difference, ...]:
        if self._down is not None:
            raise self._down
        statement = self._statement(clearing)
        with self._till.store.reading() as unit:
            rows = [_their_line(self._till, unit, row, clearing) for row in statement]
            if not self._copied:
                named = (row.message_id for row in rows)
                self.ledger = with_named(self._till, unit, self.ledger, named)
        ours = [line for line in self.ledger.lines if line.group.clearing == clearing]
        known = (*self.ledger.lines, *self.ledger.near)
        others = [line for line in known if line not in ours]
        return (compare_copied if self._copied else compare)(ours, rows, others)

    def _statement(self, clearing: tuple[str, str]) -> tuple[StatementResult, ...]:
        till, core = self._till, self._till.platform.core
        lines = self.ledger.handed_in(clearing)
        content = core.statement_file(
            [
                q.StatementLine(
                    line.settlement_id,
                    line.visit_id,
                    line.person_no.reveal(),
                    self.ledger.amounts[line.name],
                    line.refund,
                )
                for line in lines
            ]
        )
        kind, office = clearing
        upload = q.UploadFile(f"money-{self._day.isoformat()}-{kind}-{office}.zip", content)
        stored = wire.consult(till, core, upload, core.upload_file, None).value
        request = q.ReconcileLines(
            clearing_kind=kind,
            clearing_office=office,
            first_day=self._day,
            last_day=self._day,
            amounts=whole(self.ledger, lines),
            count=len(lines),
            file_query_no=stored.file_query_no,
        )
        result = wire.consult(till, core, request, core.reconcile_lines, None).value
        fetch = q.DownloadFile(result.file_query_no, result.filename)
        fetched = wire.consult(till, core, fetch, core.download_file, None).value
        return core.read_statement(fetched.content)

    def _in_doubt(self, compared: Iterable[tuple[str, str]]) -> tuple[Difference, ...]:
        """What this day left undecided is named also where nothing was compared by line."""
        done = set(compared)
        left = [line for line in self.ledger.lines if line.group.clearing not in done]
        return compare([line for line in left if not line.by_word], ())


def _learnt(
    part: GroupResult, wanted: Iterable[tuple[str, str]], failed: dict[tuple[str, str], int]
) -> GroupResult:
    clearing = part.group.clearing
    if part.state is GroupState.NOT_COMPARED or clearing not in wanted:
        return part
    if clearing in failed:
        return replace(part, code=failed[clearing])
    return replace(part, lines=True)


FOREIGN = "?"
"""Who made an id that no counter of this program makes."""


def maker_of(till: Till, unit: Unit, message_id: str) -> str:
    """Empty where this counter may have made it: a neighbour's sale is not ours to reverse."""
    made = unit.messages.counter_of(message_id, till.shop.institution_code)
    if made is None:
        return FOREIGN if message_id else ""
    return "" if made == till.counter_no else f"{made:02d}"


def _their_line(
    till: Till, unit: Unit, row: StatementResult, clearing: tuple[str, str]
) -> TheirLine:
    sums = replace(NOTHING, total=Fen(row.total), fund=Fen(row.fund), account=Fen(row.account))
    return TheirLine(
        message_id=row.message_id,
        settlement_id=row.settlement_id,
        visit_id=row.visit_id,
        person_no=PersonNumber(row.person_no),
        verdict=row.verdict,
        flagged=row.refunded,
        sums=sums,
        clearing=clearing,
        foreign=maker_of(till, unit, row.message_id),
    )
