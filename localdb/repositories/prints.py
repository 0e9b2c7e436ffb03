"""The row first, then paper. A receipt row exists for a settled attempt only (I3)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.ports.store import PrintJob, PrintKind
from localdb.repositories.scope import Scope
from localdb.schema.shop import print_job
from localdb.statements import Known, Row

# Built once: every paper and every view of a finished visit asks for them.
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted")
_QUEUE = Known(sa.insert(print_job).returning(*print_job.c))
_JOBS = sa.select(print_job).order_by(print_job.c.job_id)
_WAITING = Known(_JOBS.where(print_job.c.printed_at.is_(None)))
_OF_CASE = Known(_JOBS.where(print_job.c.case_id == _WANTED))
_JOB = sa.update(print_job).where(print_job.c.job_id == _WANTED).returning(*print_job.c)
_CHANGE = Known(_JOB)
_COUNT = Known(_JOB.values(copies=print_job.c.copies + sa.bindparam("more")))


class SqlPrintJobs:
    """Implements ``app.ports.store.PrintJobs``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def queue(
        self, kind: PrintKind, case_id: int, attempt_id: str | None, at: datetime
    ) -> PrintJob:
        row = self._scope.ask(
            _QUEUE,
            {
                "kind": kind,
                "case_id": case_id,
                "attempt_id": attempt_id,
                "copies": 0,
                "queued_at": at,
            },
        ).one()
        return _job(row)

    def waiting(self) -> tuple[PrintJob, ...]:
        return tuple(_job(row) for row in self._scope.ask(_WAITING))

    def of_case(self, case_id: int) -> tuple[PrintJob, ...]:
        rows = self._scope.ask(_OF_CASE, {"wanted": case_id})
        return tuple(_job(row) for row in rows)

    def begin(self, job_id: int) -> PrintJob:
        return self._changed(_COUNT, job_id, more=1)

    def withdraw(self, job_id: int) -> None:
        self._changed(_COUNT, job_id, more=-1)

    def printed(self, job_id: int, at: datetime) -> PrintJob:
        return self._changed(_CHANGE, job_id, printed_at=at)

    def _changed(self, statement: Known, job_id: int, **values: object) -> PrintJob:
        row = self._scope.ask(statement, {"wanted": job_id, **values}).one_or_none()
        if row is None:
            raise Bug(what="no such print job", job=job_id)
        return _job(row)


def _job(row: Row) -> PrintJob:
    return PrintJob(
        job_id=row.job_id,
        kind=PrintKind(row.kind),
        case_id=row.case_id,
        attempt_id=row.attempt_id,
        copies=row.copies,
        queued_at=row.queued_at,
        printed_at=row.printed_at,
    )
