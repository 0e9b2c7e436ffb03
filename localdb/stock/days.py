"""``app.ports.stock_days.StockDays``: runs, findings, signatures, and the figures compared."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.domain.books.stock import Acceptance, LineState, StockFinding, StockRun, StockSignOff
from app.domain.errors import Code, OperatorInput
from app.domain.money import Price, Quantity
from app.ports.stock import StockFigure
from app.ports.stock_days import (
    BothBooks,
    ComparedLine,
    EqualLine,
    PriceApart,
    ToldMessage,
)
from app.ports.store import MessageState
from app.profile.operations import Operation
from localdb.repositories.scope import Scope
from localdb.schema.messages import message
from localdb.schema.stock_days import (
    stock_acceptance,
    stock_answer,
    stock_day,
    stock_day_sign_off,
    stock_finding,
)
from localdb.statements import ONE, Known
from localdb.stock import day_lines
from localdb.upserts import upsert

_RUN = sa.select(stock_day.c.run_no).where(stock_day.c.day == sa.bindparam("wanted"))
_DAY = Known(sa.select(stock_day.c.content).where(stock_day.c.day == sa.bindparam("wanted")))
_ANSWER = upsert(stock_answer)
_KEEP = _ANSWER.on_conflict_do_update(
    index_elements=["store_code", "upload_lot"],
    set_={"quantity": stock_answer.c.quantity + _ANSWER.excluded.quantity},
)
_TOLD = (Operation.UPLOAD_SALE, Operation.RETURN_SALE)


class SqlStockDays:
    """Implements ``app.ports.stock_days.StockDays``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def begin_answer(self) -> None:
        self._scope.connection.execute(sa.delete(stock_answer))

    def keep_answer(self, rows: Iterable[StockFigure]) -> None:
        values = [
            {
                "store_code": row.store_code,
                "upload_lot": row.upload_lot,
                "national_code": row.national_code,
                "name": row.name,
                "lot_no": row.lot_no,
                "quantity": row.quantity,
                "price": row.price,
            }
            for row in rows
        ]
        if values:
            self._scope.connection.execute(_KEEP, values)

    def answer(self, store_code: str, upload_lot: str) -> StockFigure | None:
        row = self._scope.connection.execute(
            sa.select(stock_answer)
            .where(stock_answer.c.store_code == store_code)
            .where(stock_answer.c.upload_lot == upload_lot)
        ).one_or_none()
        if row is None:
            return None
        return StockFigure(
            row.national_code,
            row.store_code,
            row.name,
            Quantity(row.quantity),
            None if row.price is None else Price(row.price),
            row.upload_lot,
            row.lot_no,
            None,
        )

    def compared(self) -> BothBooks:
        return day_lines.compared(self._scope.connection)

    def equal_lines(self, after: tuple[str, str], limit: int) -> tuple[EqualLine, ...]:
        return day_lines.equal_lines(self._scope.connection, after, limit)

    def prices_apart(self, limit: int) -> tuple[PriceApart, ...]:
        return day_lines.prices_apart(self._scope.connection, limit)

    def equal_moved(self, since: datetime | None, limit: int) -> tuple[ComparedLine, ...]:
        return day_lines.equal_moved(self._scope.connection, since, limit)

    def messages_of(self, case_id: int) -> tuple[ToldMessage, ...]:
        rows = self._scope.connection.execute(
            sa.select(message.c.row_id, message.c.operation, message.c.state, message.c.composed_at)
            .where(message.c.case_id == case_id)
            .where(message.c.operation.in_(_TOLD))
            .order_by(message.c.row_id)
        )
        return tuple(
            ToldMessage(
                row.row_id,
                Operation(row.operation),
                row.state == MessageState.ANSWERED,
                row.composed_at,
            )
            for row in rows
        )

    def replace(self, run: StockRun, findings: Sequence[StockFinding]) -> StockRun:
        kept = replace(run, run_no=(self._run_of(run.day) or 0) + 1)
        values = self._values(kept)
        statement = upsert(stock_day).values(**values)
        del values["day"]
        self._scope.connection.execute(
            statement.on_conflict_do_update(index_elements=["day"], set_=values)
        )
        gone = sa.delete(stock_finding).where(stock_finding.c.day == run.day)
        self._scope.connection.execute(gone)
        rows = [self._finding_values(run.day, one) for one in findings]
        if rows:
            self._scope.connection.execute(sa.insert(stock_finding), rows)
        return kept

    def amend(self, run: StockRun, finding: StockFinding) -> None:
        if self._run_of(run.day) != run.run_no:
            raise OperatorInput(Code.STEP_MOVED_ON)
        values = self._finding_values(run.day, finding)
        written = self._scope.connection.execute(
            sa.update(stock_finding)
            .where(stock_finding.c.day == run.day)
            .where(stock_finding.c.finding_no == finding.finding_no)
            .values(state=values["state"], content=values["content"])
        )
        if written.rowcount != 1:
            raise OperatorInput(Code.STEP_MOVED_ON)

    def accept(self, day: date, given: Acceptance) -> None:
        self._scope.connection.execute(
            sa.insert(stock_acceptance).values(
                day=day,
                store_code=given.store_code,
                upload_lot=given.upload_lot,
                at=given.at,
                staff_id=given.staff_id,
                content=self._scope.codec.write(given),
            )
        )

    def accepted(self, day: date) -> tuple[Acceptance, ...]:
        rows = self._scope.connection.execute(
            sa.select(stock_acceptance.c.content)
            .where(stock_acceptance.c.day == day)
            .order_by(stock_acceptance.c.acceptance_no)
        ).scalars()
        return tuple(self._scope.codec.read(text, Acceptance) for text in rows)

    def recount(self, run: StockRun) -> None:
        written = self._scope.connection.execute(
            sa.update(stock_day)
            .where(stock_day.c.day == run.day)
            .where(stock_day.c.run_no == run.run_no)
            .values(**self._values(run))
        )
        if written.rowcount != 1:
            raise OperatorInput(Code.STEP_MOVED_ON)

    def get(self, day: date) -> StockRun | None:
        found = self._scope.ask(_DAY, {"wanted": day}).one_or_none()
        return None if found is None else self._scope.codec.read(found.content, StockRun)

    def findings(self, day: date, states: Sequence[LineState] = ()) -> tuple[StockFinding, ...]:
        wanted = sa.select(stock_finding.c.content).where(stock_finding.c.day == day)
        if states:
            wanted = wanted.where(stock_finding.c.state.in_(states))
        return self._findings(wanted.order_by(stock_finding.c.finding_no))

    def finding(self, day: date, finding_no: int) -> StockFinding | None:
        found = self._findings(
            sa.select(stock_finding.c.content)
            .where(stock_finding.c.day == day)
            .where(stock_finding.c.finding_no == finding_no)
        )
        return found[0] if found else None

    def newest(self, limit: int) -> tuple[StockRun, ...]:
        wanted = sa.select(stock_day.c.content).order_by(stock_day.c.day.desc()).limit(limit)
        return self._runs(wanted)

    def sign(self, day: date, signed: StockSignOff) -> None:
        if self._run_of(day) != signed.run_no:
            raise OperatorInput(Code.STEP_MOVED_ON)
        self._scope.connection.execute(
            sa.insert(stock_day_sign_off).values(
                day=day,
                run_no=signed.run_no,
                at=signed.at,
                staff_id=signed.staff_id,
                content=self._scope.codec.write(signed),
            )
        )

    def signed(self, day: date) -> tuple[StockSignOff, ...]:
        rows = self._scope.connection.execute(
            sa.select(stock_day_sign_off.c.content)
            .where(stock_day_sign_off.c.day == day)
            .order_by(stock_day_sign_off.c.sign_off_no)
        ).scalars()
        return tuple(self._scope.codec.read(text, StockSignOff) for text in rows)

    def last_signed(self) -> StockRun | None:
        under = (stock_day_sign_off.c.day == stock_day.c.day) & (
            stock_day_sign_off.c.run_no == stock_day.c.run_no
        )
        found = self._runs(
            sa.select(stock_day.c.content)
            .where(sa.exists().where(under))
            .order_by(stock_day.c.day.desc())
            .limit(ONE)
        )
        return found[0] if found else None

    def _run_of(self, day: date) -> int | None:
        run: int | None = self._scope.connection.execute(_RUN, {"wanted": day}).scalar_one_or_none()
        return run

    def _values(self, run: StockRun) -> dict[str, Any]:
        return {
            "day": run.day,
            "run_no": run.run_no,
            "cut_off": run.cut_off,
            "complete": run.complete,
            "open_count": run.open_count,
            "content": self._scope.codec.write(run),
        }

    def _finding_values(self, day: date, found: StockFinding) -> dict[str, Any]:
        return {
            "day": day,
            "finding_no": found.finding_no,
            "state": found.state,
            "content": self._scope.codec.write(found),
        }

    def _runs(self, statement: "sa.Select[Any]") -> tuple[StockRun, ...]:
        rows = self._scope.connection.execute(statement).scalars()
        return tuple(self._scope.codec.read(text, StockRun) for text in rows)

    def _findings(self, statement: "sa.Select[Any]") -> tuple[StockFinding, ...]:
        rows = self._scope.connection.execute(statement).scalars()
        return tuple(self._scope.codec.read(text, StockFinding) for text in rows)
