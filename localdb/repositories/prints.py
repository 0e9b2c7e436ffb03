"""The row first, then paper. A receipt row exists for a settled attempt only (I3)."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.errors import Bug
from app.ports.store import PrintJob, PrintKind
from localdb.repositories.scope import Scope
from localdb.schema.shop import print_job


class SqlPrintJobs:
    """Implements ``app.ports.store.PrintJobs``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def queue(
        self, kind: PrintKind, case_id: int, attempt_id: str | None, at: datetime
    ) -> PrintJob:
        row = self._scope.connection.execute(
            sa.insert(print_job)
            .values(kind=kind, case_id=case_id, attempt_id=attempt_id, copies=0, queued_at=at)
            .returning(*print_job.c)
        ).one()
        return _job(row)

    def waiting(self) -> tuple[PrintJob, ...]:
        return self._jobs(print_job.c.printed_at.is_(None))

    def of_case(self, case_id: int) -> tuple[PrintJob, ...]:
        return self._jobs(print_job.c.case_id == case_id)

    def begin(self, job_id: int) -> PrintJob:
        return self._changed(job_id, copies=print_job.c.copies + 1)

    def withdraw(self, job_id: int) -> None:
        self._changed(job_id, copies=print_job.c.copies - 1)

    def printed(self, job_id: int, at: datetime) -> PrintJob:
        return self._changed(job_id, printed_at=at)

    def _changed(self, job_id: int, **values: Any) -> PrintJob:
        row = self._scope.connection.execute(
            sa.update(print_job)
            .where(print_job.c.job_id == job_id)
            .values(**values)
            .returning(*print_job.c)
        ).one_or_none()
        if row is None:
            raise Bug(what="no such print job", job=job_id)
        return _job(row)

    def _jobs(self, condition: sa.ColumnElement[bool]) -> tuple[PrintJob, ...]:
        rows = self._scope.connection.execute(
            sa.select(print_job).where(condition).order_by(print_job.c.job_id)
        )
        return tuple(_job(row) for row in rows)


def _job(row: sa.Row[Any]) -> PrintJob:
    return PrintJob(
        job_id=row.job_id,
        kind=PrintKind(row.kind),
        case_id=row.case_id,
        attempt_id=row.attempt_id,
        copies=row.copies,
        queued_at=row.queued_at,
        printed_at=row.printed_at,
    )
