"""One visit's questions to the base, asked before the first customer and taken back.

A base builds each statement when it is first met: together that is a twentieth of a second, which
the first customer of the day would wait. Nothing of it stays: the unit never commits.
"""

import logging
from contextlib import suppress
from datetime import datetime

from app.domain.case import Position, Signal
from app.domain.case import start as first_position
from app.domain.counter_case import CaseEvent, CounterCase
from app.domain.errors import Trouble
from app.domain.goods.codes import DrugTraceCode
from app.ports.messages import Draft, WireFacts
from app.ports.store import MessageState, PrintKind, Unit
from app.profile.operations import Operation
from app.workflow.till import Till

_BOX = DrugTraceCode("0" * 20)
_log = logging.getLogger(__name__)


class _Over(Exception):
    """The rehearsal is done; the unit is to be taken back."""


def rehearse(till: Till) -> None:
    """Ask everything a visit asks. A base that refuses (full, locked) says so when it matters."""
    first = first_position(till.route("prescription"))
    try:
        with suppress(_Over), till.store.unit() as unit:
            members = unit.people.all()
            if members:
                _visit(unit, members[0].staff_id, first, till.clock.now())
            raise _Over
    except Trouble as trouble:
        _log.info("no rehearsal: %s", trouble)


def _visit(unit: Unit, staff_id: int, first: Position, at: datetime) -> None:
    blank = CounterCase(0, 0, 0, "", first, "", "", at, staff_id)
    case = unit.cases.save(
        unit.cases.open(blank, staff_id), CaseEvent(at, staff_id, Signal.SENT, first, first)
    )
    unit.cases.get(case.case_id)
    unit.cases.unfinished(0)
    unit.attempts.of_case(case.case_id)
    unit.attempts.open_attempts(0)
    unit.people.get(staff_id)
    _goods(unit, case.case_id, at)
    _messages(unit, case.case_id, at)
    unit.cases.keep_document(case.case_id, "", b"")
    unit.cases.document(case.case_id)
    unit.settings.next_number("rehearsal")
    unit.journal.write(at, staff_id, "rehearsal", "")
    unit.days.current(0, at.date())
    unit.prints.waiting()
    unit.prints.of_case(case.case_id)
    job = unit.prints.queue(PrintKind.WAITING_SLIP, case.case_id, None, at)
    unit.prints.begin(job.job_id)
    unit.prints.printed(job.job_id, at)


def _goods(unit: Unit, case_id: int, at: datetime) -> None:
    unit.goods.item_by_national_code("")
    unit.goods.items_by_generic_name("")
    unit.goods.lots(0)
    unit.goods.pack_facts(_BOX, case_id)
    unit.goods.release(_BOX, case_id)
    lot_id = unit.stock.some_lot()
    if lot_id is not None:
        unit.goods.reserve(_BOX, lot_id, case_id, at)
        unit.goods.sell(case_id, None, "", 0, at)


def _messages(unit: Unit, case_id: int, at: datetime) -> None:
    stamp = unit.messages.stamp("", 0, at)
    draft = Draft(None, Operation.AUTHORISE, stamp.message_id, b"", "", at)
    staged = unit.messages.stage(draft, case_id)
    unit.messages.close(staged.row_id, MessageState.ANSWERED, WireFacts(at, True, 0, 0, None, 0))
    unit.messages.reference_seen("-")
