"""Cases, their events and their prescription file."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from app.domain.counter_case import CaseEvent, CounterCase
from app.domain.errors import Bug, Code, OperatorInput
from localdb.mapping.cases import case_of, case_values, event_of, event_values
from localdb.repositories.scope import Scope
from localdb.schema.cases import ENDED, case_event, counter_case, document
from localdb.schema.columns import Moment
from localdb.statements import ONE, Known, Row

# Statements of every step are built once: building costs more than running them.
_CASES = sa.select(counter_case)
_IN_ORDER = _CASES.order_by(counter_case.c.case_id)
_BY_ID = Known(_CASES.where(counter_case.c.case_id == sa.bindparam("wanted")))
_UNFINISHED = Known(
    _IN_ORDER.where(
        counter_case.c.counter_no == sa.bindparam("counter"),
        # Literals, so that the partial index applies.
        counter_case.c.step.not_in([sa.literal_column(f"'{step}'") for step in ENDED]),
    )
)
_MOMENT = sa.func.coalesce(counter_case.c.ended_at, counter_case.c.opened_at)
_FINISHED = Known(
    _CASES.where(
        counter_case.c.counter_no == sa.bindparam("counter"),
        counter_case.c.step.in_([sa.literal_column(f"'{step}'") for step in ENDED]),
        sa.bindparam("since", type_=Moment) <= _MOMENT,
    ).order_by(_MOMENT.desc(), counter_case.c.case_id.desc())
)
_EVERYWHERE = Known(
    _IN_ORDER.where(
        sa.or_(
            counter_case.c.step.not_in([sa.literal_column(f"'{step}'") for step in ENDED]),
            sa.bindparam("since", type_=Moment) <= _MOMENT,
        )
    )
)
_OPEN = Known(sa.insert(counter_case).returning(counter_case.c.case_id))
_SAVE = Known(
    sa.update(counter_case).where(
        counter_case.c.case_id == sa.bindparam("wanted"),
        counter_case.c.version == sa.bindparam("seen"),
        # a case stays at its counter; what is not written needs no index written
        counter_case.c.counter_no == sa.bindparam("at_counter"),
    )
)
_NOTE = Known(sa.insert(case_event))
_EVENTS = Known(
    sa.select(case_event)
    .where(case_event.c.case_id == sa.bindparam("wanted"))
    .order_by(case_event.c.event_id)
)
_KEEP_DOCUMENT = Known(sa.insert(document))
_DOCUMENT = Known(
    sa.select(document)
    .where(document.c.case_id == sa.bindparam("wanted"))
    .order_by(document.c.document_id.desc())
    .limit(ONE)
)


class SqlCases:
    """Implements ``app.ports.store.Cases``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def open(self, case: CounterCase, event_by: int) -> CounterCase:
        opened = replace(case, version=1, opened_by=event_by)
        values = case_values(self._scope.codec, opened)
        row = self._scope.ask(_OPEN, {"version": 1, "ended_at": None, **values})
        return replace(opened, case_id=row.scalar_one())

    def get(self, case_id: int) -> CounterCase:
        rows = self._cases(_BY_ID, wanted=case_id)
        if not rows:
            raise Bug(what="no such case", case=case_id)
        return rows[0]

    def save(self, case: CounterCase, event: CaseEvent | None = None) -> CounterCase:
        values = case_values(self._scope.codec, case)
        if case.position.step not in ENDED:
            if case.ended_at is not None:
                values["ended_at"] = None
        elif event is not None and event.before.step not in ENDED:
            values["ended_at"] = event.at
        at_counter = values.pop("counter_no")
        key = {"wanted": case.case_id, "seen": case.version, "at_counter": at_counter}
        written = self._scope.ask(_SAVE, {"version": case.version + 1, **values, **key})
        if written.rowcount != 1:
            raise OperatorInput(Code.STEP_MOVED_ON, case=case.case_id)
        if event is not None:
            self._scope.ask(_NOTE, event_values(case.case_id, event))
        return replace(
            case, version=case.version + 1, ended_at=values.get("ended_at", case.ended_at)
        )

    def unfinished(self, counter_no: int) -> tuple[CounterCase, ...]:
        return self._cases(_UNFINISHED, counter=counter_no)

    def finished(self, counter_no: int, since: datetime) -> tuple[CounterCase, ...]:
        """Newest first."""
        return self._cases(_FINISHED, counter=counter_no, since=since)

    def everywhere(self, since: datetime) -> tuple[CounterCase, ...]:
        return self._cases(_EVERYWHERE, since=since)

    def events(self, case_id: int) -> tuple[CaseEvent, ...]:
        rows = self._scope.ask(_EVENTS, {"wanted": case_id})
        return tuple(event_of(row) for row in rows)

    def keep_document(self, case_id: int, digest: str, content: bytes) -> None:
        """Append the file; the newest one of a case counts. It is sealed under its digest."""
        sealed = self._scope.codec.seal(content, f"document:{case_id}:{digest}")
        self._scope.ask(
            _KEEP_DOCUMENT,
            {"case_id": case_id, "digest": digest, "size": len(content), "content": sealed},
        )

    def document(self, case_id: int) -> bytes | None:
        row = self._scope.ask(_DOCUMENT, {"wanted": case_id}).one_or_none()
        if row is None:
            return None
        return self._scope.codec.open(row.content, f"document:{case_id}:{row.digest}")

    def _cases(self, statement: Known, **values: object) -> tuple[CounterCase, ...]:
        return self._scope.found(statement, values, self._case)

    def _case(self, row: Row) -> CounterCase:
        return case_of(self._scope.codec, row)
