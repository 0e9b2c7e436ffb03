"""One visit's questions to the base, asked before the first customer and taken back.

A base builds each statement when it is first met, once for its writer and once for its readers:
together that is a twentieth of a second, which the first customer of the day would wait. Nothing
of it stays: the unit never commits.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from app.domain import settlement as s
from app.domain.case import Position, Signal
from app.domain.case import start as first_position
from app.domain.counter_case import CaseEvent, CounterCase
from app.domain.errors import Bug, Code, Trouble
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.overrides import OverrideReason
from app.domain.goods.stock import Lot
from app.domain.money import ZERO, Amounts
from app.ports.messages import Draft, WireFacts
from app.ports.overrides import Override
from app.ports.store import MessageState, PrintKind, Unit
from app.profile.operations import Operation
from app.workflow.cases.rules import grammar_of, settle_rules_of
from app.workflow.papers import words
from app.workflow.scans import gs1
from app.workflow.till import Till

_BOX = DrugTraceCode("0" * 20)
_GS1_BOX = DrugTraceCode(f"(01){'0' * 14}(21)0")
_FIRST = 1
_NOTHING = Amounts(ZERO, ZERO, ZERO, ZERO)
_log = logging.getLogger(__name__)


class _Over(Exception):
    """The rehearsal is done; the unit is to be taken back."""


def rehearse(till: Till) -> None:
    """Ask everything a visit asks, and read what its papers and scans need.

    A base that refuses (full, locked) says so when it matters.
    """
    words.load()
    grammar_of(till.profile)
    gs1.warm_up()
    first = first_position(till.route("prescription"))
    now = till.clock.now()
    try:
        with till.store.reading() as unit:
            members = unit.people.all()
            _questions(till, unit, 0, now)
        with suppress(_Over), till.store.unit() as unit:
            if members:
                _visit(till, unit, members[0].staff_id, first, now)
            raise _Over
    except Trouble as trouble:
        _log.info("no rehearsal: %s", trouble)


def _ask(*questions: Callable[[], object]) -> None:
    """What is asked for need not be there."""
    for question in questions:
        with suppress(Bug):
            question()


def _questions(till: Till, unit: Unit, case_id: int, at: datetime) -> None:
    _ask(
        lambda: unit.cases.get(case_id),
        lambda: unit.cases.unfinished(till.counter_no),
        lambda: unit.cases.finished(till.counter_no, at),
        lambda: unit.cases.document(case_id),
        lambda: unit.attempts.of_case(case_id),
        lambda: unit.attempts.open_attempts(till.counter_no),
        lambda: unit.people.get(_FIRST),
        lambda: unit.goods.item(_FIRST),
        lambda: unit.goods.item_by_national_code(""),
        lambda: unit.goods.items_by_generic_name(""),
        lambda: unit.goods.registered((_FIRST,)),
        lambda: unit.settings.get("rehearsal"),
        lambda: unit.goods.lots(_FIRST),
        lambda: unit.goods.lot(_FIRST),
        lambda: unit.goods.stopped(case_id, at.date()),
        lambda: unit.goods.pack_facts(_BOX, case_id),
        lambda: unit.goods.pack_facts(_GS1_BOX, case_id),
        lambda: unit.goods.registered((_FIRST,)),
        lambda: unit.money_days.adopted(at.date(), at.date()),
        lambda: unit.money_days.get(at.date()),
        lambda: unit.money_days.last_adopted(),
        lambda: unit.money_days.adopted_since(0),
        lambda: unit.messages.left_open(at),
        lambda: unit.messages.reference_seen("-"),
        lambda: unit.messages.without_line_since((Operation.AUTHORISE,), till.counter_no),
        lambda: unit.messages.last_left((Operation.AUTHORISE,), till.counter_no),
        lambda: unit.messages.last_left((Operation.AUTHORISE,)),
        lambda: unit.outbox.tally(),
        lambda: unit.days.current(till.counter_no, at.date()),
        lambda: unit.settings.get("rehearsal"),
        lambda: unit.prints.waiting(),
        lambda: unit.prints.of_case(case_id),
    )


def _visit(till: Till, unit: Unit, staff_id: int, first: Position, at: datetime) -> None:
    blank = CounterCase(0, 0, 0, "", first, "", "", at, staff_id)
    case = unit.cases.save(
        unit.cases.open(blank, staff_id), CaseEvent(at, staff_id, Signal.SENT, first, first)
    )
    _questions(till, unit, case.case_id, at)
    _messages(unit, case.case_id, at)
    unit.cases.keep_document(case.case_id, "", b"")
    unit.settings.next_number("rehearsal")
    unit.settings.put("rehearsal.word", "")
    unit.journal.write(at, staff_id, "rehearsal", "")
    job = unit.prints.queue(PrintKind.WAITING_SLIP, case.case_id, None, at)
    unit.prints.begin(job.job_id)
    unit.prints.printed(job.job_id, at)
    _sale(till, unit, case.case_id, at)


def _messages(unit: Unit, case_id: int, at: datetime) -> None:
    stamp = unit.messages.stamp("", 0, at)
    draft = Draft(None, Operation.AUTHORISE, stamp.message_id, b"", "", at)
    staged = unit.messages.stage(draft, case_id)
    unit.messages.close(staged.row_id, MessageState.ANSWERED, WireFacts(at, True, 0, 0, None, 0))


def _sale(till: Till, unit: Unit, case_id: int, at: datetime) -> None:
    """A box that is scanned, given up, scanned again, paid and sold; without goods only paid."""
    lots = unit.goods.lots(_FIRST)
    if lots:
        unit.goods.reserve(_BOX, lots[0].lot_id, case_id, at)
        unit.goods.release(_BOX, case_id)
        unit.overrides.note((_let_pass(case_id, lots[0], at),))
        unit.goods.reserve(_BOX, lots[0].lot_id, case_id, at)
    attempt = s.prepare("rehearsal", _NOTHING, at)
    unit.attempts.add(attempt, case_id, "rehearsal")
    facts = s.SettledFacts("", "", _NOTHING, "", 0, "", "")
    paid = s.Replied(at, s.ReplyClass.DONE, facts)
    for event in (s.BeginSending(at), paid):
        after, _ = s.step(attempt, event, settle_rules_of(till.profile))
        unit.attempts.save(after, attempt.state, "", at)
        attempt = after
    unit.goods.sell(case_id, attempt.message_id, "rehearsal", till.counter_no, at)


def _let_pass(case_id: int, lot: Lot, at: datetime) -> Override:
    told = int(Code.SCAN_EARLIER_LOT)
    reason = OverrideReason.CUSTOMER_CHOSE
    return Override(at, _FIRST, case_id, 1, told, reason, lot.item_id, lot.lot_id, _BOX)
