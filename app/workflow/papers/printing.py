"""Print jobs: committed first, counted before paper moves, closed when the paper is out.

A counter that dies over a sheet prints it again after the start, marked as a copy: the first one
may lie in the printer. There is one unmarked receipt at most (I3).
"""

from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.errors import Code, DeviceTrouble, OperatorInput
from app.jobs.progress import Progress, Report, no_report
from app.ports.paper import Align, Gap, Loudness, Paper, PaperKind, Text
from app.ports.store import PrintJob, PrintKind, Unit
from app.workflow.calendar import CHINA
from app.workflow.papers.filed import marked
from app.workflow.papers.given_back import given_back_slip
from app.workflow.papers.prescription import prescription
from app.workflow.papers.receipt import copy_mark, receipt
from app.workflow.papers.words import word
from app.workflow.till import Till
from app.workflow.upkeep import recovering

_COUNTED = frozenset({PrintKind.RECEIPT, PrintKind.GIVEN_BACK})
"""Papers of which there is one without a mark."""
_UNPAID = (Step.HAND_OVER, Step.TAKE_BACK, Step.REVOKE)
"""Where a rest may still be taken."""


def print_waiting(till: Till, report: Report = no_report) -> int:
    """Print every job of this counter whose paper is not out yet; returns how many came out.

    One printer that refuses does not hold the papers of the other back. Raises the first
    ``DeviceTrouble`` in the end; its jobs keep waiting.
    """
    with till.store.reading() as unit:
        waiting = waiting_here(till, unit)
    refused: list[DeviceTrouble] = []
    out = 0
    for number, job in enumerate(waiting, 1):
        try:
            out += _print(till, job)
        except DeviceTrouble as trouble:
            refused.append(trouble)
        report(Progress("print", number, len(waiting)))
    if refused:
        raise refused[0]
    return out


def waiting_here(till: Till, unit: Unit) -> tuple[PrintJob, ...]:
    """Papers of visits of this counter: those of another one come out where its customers stand,
    and once."""
    return tuple(
        job
        for job in unit.prints.waiting()
        if unit.cases.get(job.case_id).counter_no == till.counter_no
    )


def print_case(till: Till, case: CounterCase) -> int:
    """Print what waits for one case. Raises ``DeviceTrouble``."""
    with till.store.reading() as unit:
        waiting = [job for job in unit.prints.of_case(case.case_id) if job.printed_at is None]
    return sum(_print(till, job) for job in waiting)


def reprint(till: Till, case: CounterCase, kind: str) -> None:
    """Another copy, counted and marked. Raises ``OperatorInput`` where nothing was printed yet, and
    for a receipt whose refund is in doubt or whose first paper waits for the end of a recovery."""
    with till.store.reading() as unit:
        jobs = [job for job in unit.prints.of_case(case.case_id) if job.kind.value == kind]
        held = any(_in_doubt(unit, job) for job in jobs)
        if any(_of_lost_time(unit, job) for job in jobs):
            recovering.require_believed(unit)
    if not jobs or held:
        raise OperatorInput(Code.STEP_MOVED_ON)
    with till.store.unit() as unit:
        act = f"reprint_{kind}"
        subject = f"case {case.case_id}"
        unit.journal.write(till.clock.now(), till.operator.staff_id, act, subject)
    _print(till, jobs[-1])


def waiting_slip(till: Till, case: CounterCase) -> None:
    """A slip for a customer whose money is not known. Raises ``DeviceTrouble``."""
    with till.store.unit() as unit:
        job = unit.prints.queue(PrintKind.WAITING_SLIP, case.case_id, None, till.clock.now())
    _print(till, job)


def _in_doubt(unit: Unit, job: PrintJob) -> bool:
    """Whether nobody knows now if what this receipt says still stands (I3)."""
    if job.kind is not PrintKind.RECEIPT:
        return False
    attempt, case = unit.attempts.of_case(job.case_id), unit.cases.get(job.case_id)
    # what is not paid yet is not said to be paid, nor while a refund that may be given up begins
    unpaid = case.position.step in _UNPAID and bool(case.facts.still_to_pay)
    return unpaid or (attempt is not None and attempt.open)


def _of_lost_time(unit: Unit, job: PrintJob) -> bool:
    """Whether the time this base knows nothing of may have printed this receipt or slip: none came
    out here before its recovery."""
    recovery = unit.recoveries.newest()
    if recovery is None or job.kind not in _COUNTED:
        return False
    if job.kind is PrintKind.GIVEN_BACK and job.queued_at >= recovery.found_at:
        # an old sale that was given back only now
        return False
    unseen = job.printed_at is None or job.printed_at >= recovery.found_at
    return unseen and recovering.of_lost_time(unit, job.case_id)


def _waits(unit: Unit, job: PrintJob) -> bool:
    """A receipt whose money is in doubt; or that may be out and undone since, until the days that
    tell are compared and signed."""
    return _in_doubt(unit, job) or waits_for_recovery(unit, job)


def waits_for_recovery(unit: Unit, job: PrintJob) -> bool:
    """Whether its first paper waits until the days that tell are compared and signed."""
    return _of_lost_time(unit, job) and recovering.refusal(unit) is not None


def _print(till: Till, job: PrintJob) -> bool:
    """Whether the paper is out; a receipt in doubt waits."""
    with till.store.reading() as unit:
        if _waits(unit, job):
            return False
        paper = _paper(till, unit, job)
    printer = till.printers.page if paper.kind is PaperKind.A4 else till.printers.receipt
    with till.store.unit() as unit:
        unit.prints.begin(job.job_id)
    try:
        printer.print(paper)
    except DeviceTrouble:
        with till.store.unit() as unit:
            unit.prints.withdraw(job.job_id)
        raise
    with till.store.unit() as unit:
        unit.prints.printed(job.job_id, till.clock.now())
    return True


def _paper(till: Till, unit: Unit, job: PrintJob) -> Paper:
    case = unit.cases.get(job.case_id)
    copy_no = job.copies + 1
    if job.kind is PrintKind.RECEIPT:
        lost = _of_lost_time(unit, job)
        # the first one is counted as printed in the lost time: never two without a mark
        return receipt(till, unit, case, copy_no + lost, of_lost_time=lost)
    if job.kind is PrintKind.PRESCRIPTION:
        return prescription(till, case, copy_no)
    if job.kind is PrintKind.GIVEN_BACK:
        return given_back_slip(till, unit, case, copy_no + _of_lost_time(unit, job))
    return _slip(till, unit, case, copy_no)


def _slip(till: Till, unit: Unit, case: CounterCase, copy_no: int) -> Paper:
    attempt = unit.attempts.of_case(case.case_id)
    person = case.facts.person
    refund = attempt is not None and bool(attempt.refund_message_id)
    body = "body_refund" if refund else "body_cash" if case.facts.cash_received else "body"
    lines = [
        Text(word("slip.title"), Loudness.TITLE, bold=True, align=Align.CENTRE),
        Text(word("slip.customer", name=person.name.masked() if person else "")),
        Text(word(f"slip.{body}")),
        Text(word("slip.keep_refund" if refund else "slip.keep"), bold=True),
    ]
    if attempt is not None and attempt.sent_at is not None:
        at = attempt.sent_at.astimezone(CHINA)
        lines += [
            Text(word("slip.since", time=f"{at:%Y-%m-%d %H:%M}"), Loudness.NOTE),
            Text(word("slip.message", message=attempt.query_no), Loudness.NOTE),
        ]
    shop = word("slip.call", shop=till.shop.name, counter=f"{till.counter_no:02d}")
    made = Paper(
        kind=PaperKind.RECEIPT_80,
        title=till.shop.name,
        filename=word("slip.filename", case=case.case_id),
        blocks=(*lines, Text(shop, Loudness.NOTE), Gap(1.0)),
        copy_no=copy_no,
        foot_left=copy_mark(till, copy_no),
    )
    return marked(till.shop, made)
