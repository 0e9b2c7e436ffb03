"""The functions of day's end with the till bound; ``app.workflow.surface`` hands them out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.domain.access import Act
from app.domain.books.adopted import AdoptedLine
from app.domain.books.money import Difference, Evidence, Fact, MoneyDay, SignOff
from app.domain.errors import Code, OperatorInput, PlatformRejected
from app.jobs.lane import CancelToken
from app.jobs.progress import Report, no_report
from app.ports.reconciling import MoneyDayHead
from app.ports.store import Unit
from app.workflow import day as signing_in
from app.workflow.calendar import today
from app.workflow.people import signing
from app.workflow.reconciling import adopting, closing, documents, repairing
from app.workflow.reconciling.comparing import compare_day
from app.workflow.reconciling.moved import moved_on
from app.workflow.reconciling.views import (
    AdoptedRow,
    ClosingView,
    DifferenceRow,
    Exported,
    GroupRow,
    LineGoesTo,
    MoneyView,
)
from app.workflow.till import Till
from app.workflow.upkeep import recovering

DAYS_SHOWN = 31


class DayEnd:
    """资金对账 and 日结. Signatures are a login and a PIN; nobody takes over the till."""

    _till: Till
    _pin_matches: Callable[[str, str], bool]

    def money(self, day: date | None = None) -> MoneyView:
        """What was found on a day (today where none is named); asks nobody."""
        return money_view(self._till, day or today(self._till))

    def compare_money(
        self,
        day: date,
        every_line: bool = False,
        report: Report = no_report,
        cancel: CancelToken | None = None,
    ) -> MoneyView:
        """Signs in where nothing of this day has yet: what is refused for want of a sign-in says
        that this very key signs in. Raises the trouble of the first exchange where nothing could be
        compared."""
        till = self._till

        def compared() -> None:
            compare_day(till, day, every_line=every_line, report=report, cancel=cancel)

        signing_in.put_right(till, None)
        try:
            compared()
        except PlatformRejected as refused:
            if refused.code is not Code.SIGN_IN_REQUIRED:
                raise
            signing_in.open_day(till)
            compared()
        return self.money(day)

    def reverse_stray(self, day: date, message_id: str, login: str, pin: str) -> MoneyView:
        """A second person agrees; then one reversal and one comparison. Raises ``Trouble``."""
        act = Act.DECIDE_UNKNOWN
        second = signing.second(self._till, login, pin, act, self._pin_matches)
        signing_in.put_right(self._till, None)
        repairing.reverse(self._till, day, message_id, second)
        return self.money(day)

    def adopt_stray(
        self, day: date, message_id: str, login: str, pin: str, reason: str
    ) -> MoneyView:
        """A second person agrees; then the line is in our books. Raises ``Trouble``."""
        act = Act.DECIDE_UNKNOWN
        second = signing.second(self._till, login, pin, act, self._pin_matches)
        signing_in.put_right(self._till, None)
        adopting.adopt(self._till, day, message_id, second, reason)
        return self.money(day)

    def clear_money(self, day: date) -> MoneyView:
        """Wake what is in doubt here and compare again. Raises the trouble of the exchanges."""
        repairing.clear(self._till, day)
        return self.money(day)

    def ask_money(self, day: date, message_id: str) -> MoneyView:
        """Ask for one settlement of ours by its number. Raises the trouble of the exchange."""
        signing_in.put_right(self._till, None)
        repairing.ask(self._till, day, message_id)
        return self.money(day)

    def sign_money(self, day: date, run_no: int, login: str, pin: str, note: str) -> MoneyView:
        """Somebody who may close days takes note of this comparison. Raises ``OperatorInput``.

        With the last day that a recovery misses, this base may be believed again.
        """
        till = self._till
        who = signing.second(till, login, pin, Act.CLOSE_DAY, self._pin_matches)
        now = till.clock.now()
        with till.store.unit() as unit:
            recovering.require_quiet(unit, day)
            recovering.require_word_for_open(unit, day, note)
            signed = SignOff(run_no, now, who.staff_id, who.name, note.strip())
            unit.money_days.sign(day, signed)
            unit.journal.write(now, who.staff_id, "sign_money", day.isoformat(), note.strip())
            recovering.end_where_signed(till, unit, who)
        return self.money(day)

    def export_money(self, day: date) -> Exported:
        """The comparison as xlsx. Raises ``OperatorInput`` without one, ``LocalTrouble``."""
        return documents.export(self._till, self._compared(day))

    def print_money(self, day: date) -> Exported:
        """The comparison on A4. Raises ``OperatorInput`` without one, ``DeviceTrouble``."""
        return documents.print_out(self._till, self._compared(day))

    def _compared(self, day: date) -> MoneyView:
        view = self.money(day)
        if not view.run_no:
            raise OperatorInput(Code.STEP_MOVED_ON)
        return view

    def closing(self) -> ClosingView:
        """What would be refused or handed over; asks nobody."""
        return closing.closing_of(self._till)

    def end_day(self, login: str, pin: str) -> ClosingView:
        """Sign out. Raises ``OperatorInput`` while money is unknown or for who may not."""
        till = self._till
        who = signing.second(till, login, pin, Act.CLOSE_DAY, self._pin_matches)
        with till.turn:
            return closing.end_day_by(till, who)


def money_view(till: Till, day: date) -> MoneyView:
    """The stored comparison of a day, people masked."""
    with till.store.reading() as unit:
        found = unit.money_days.get(day)
        signed = unit.money_days.signed(day)
        days = unit.money_days.newest(DAYS_SHOWN)
        missing = recovering.missing_days(unit)
        adopted = unit.money_days.adopted(day, day)
        quiet = recovering.quiet_from(unit, day)
        later = found is not None and moved_on(till, unit, found)
        found_rows = found.differences if found is not None else ()
        goes = {one.key: _goes_to(till, unit, day, one) for one in found_rows}
        receipts = {one.key: _receipt(unit, one) for one in found_rows}
        left = _left_out(till, unit, days)
    empty = MoneyView(day, today(till), 0, None, "", False, False, (), (), (), days, missing)
    empty = replace(empty, left_out=left)
    if found is None:
        return empty
    filled = _filled(till, empty, found, signed, adopted)
    rows = tuple(
        replace(row, goes_to=goes[one.key], evidence=(*receipts[one.key], *row.evidence))
        for row, one in zip(filled.rows, found.differences, strict=True)
    )
    return replace(filled, rows=rows, signable_from=quiet, moved_on=later)


def _left_out(till: Till, unit: Unit, compared: Sequence[MoneyDayHead]) -> tuple[date, ...]:
    """What stands there of a day that nobody compared is shown by no later day."""
    first, last = (today(till) - timedelta(days=n) for n in (DAYS_SHOWN, 2))
    worked = unit.days.opened(till.counter_no, first, last)
    return tuple(sorted(worked - {head.day for head in compared}))


def _receipt(unit: Unit, found: Difference) -> tuple[Evidence, ...]:
    """By what a manager finds the paper of a visit: our own number, and whose it is."""
    facts = unit.cases.get(found.case_id).facts if found.case_id is not None else None
    if facts is None or facts.sale is None:
        return ()
    name = facts.person.name.masked() if facts.person else ""
    return ((Fact.OUR_RECEIPT, f"{facts.sale.receipt_no} {name}".strip()),)


def _goes_to(till: Till, unit: Unit, day: date, found: Difference) -> LineGoesTo | None:
    """Whoever signs an adoption reads first which visit it ends."""
    if not found.adoptable:
        return None
    try:
        case = adopting.visit_of(till, unit, day, found)
    except OperatorInput:
        # a refund whose return was not begun yet is told when it is tried
        return None
    if case is None or case.facts.sale is None:
        return None
    name = case.facts.person.name.masked() if case.facts.person else ""
    return LineGoesTo(case.case_id, case.facts.sale.receipt_no, name)


def _filled(
    till: Till,
    empty: MoneyView,
    found: MoneyDay,
    signed: Sequence[SignOff],
    adopted: Sequence[AdoptedLine],
) -> MoneyView:
    kinds = till.profile.tables.get("insurance_kind", {})
    return replace(
        empty,
        run_no=found.run_no,
        compared_at=found.compared_at,
        compared_by=found.compared_by,
        complete=found.complete,
        every_line=found.every_line,
        groups=tuple(
            GroupRow.of(part, _kind(kinds, part.group.insurance_kind)) for part in found.groups
        ),
        rows=tuple(_row(kinds, one) for one in found.differences),
        adopted=tuple(
            AdoptedRow(one.message_id, one.settlement_id, one.sums.total, one.name, one.reason)
            for one in adopted
        ),
        signed=tuple(one for one in signed if one.run_no == found.run_no),
    )


def _kind(kinds: dict[str, str], kind: str) -> str:
    return kinds.get(kind, kind)


def _row(kinds: dict[str, str], found: Difference) -> DifferenceRow:
    return DifferenceRow(
        cause=found.cause,
        repair=found.repair,
        message_id=found.message_id,
        settlement_id=found.settlement_id,
        person=found.person_no.masked() if found.person_no else "",
        insurance=_kind(kinds, found.group.insurance_kind),
        office=found.group.clearing_office,
        case_id=found.case_id,
        ours=found.ours,
        theirs=found.theirs,
        difference=found.difference,
        evidence=found.evidence,
        asked_at=found.asked_at,
        adoptable=found.adoptable,
    )
