"""Daily comparisons of money. Message ids and people are sealed with the whole finding."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa
import sqlalchemy.exc

from app.domain.books.adopted import AdoptedLine
from app.domain.books.money import MoneyDay, SignOff
from app.domain.errors import Code, OperatorInput
from app.ports.reconciling import MoneyDayHead
from localdb.failures import is_twice
from localdb.repositories.scope import Scope
from localdb.schema.reconciling import adopted_money, money_day, money_sign_off
from localdb.upserts import upsert

_AT_ONCE = 500
"""Message ids in one statement; a base allows some hundreds of values."""
_RUN = sa.select(money_day.c.run_no).where(money_day.c.day == sa.bindparam("wanted"))


class SqlMoneyDays:
    """Implements ``app.ports.store.MoneyDays``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def replace(self, found: MoneyDay) -> MoneyDay:
        kept = replace(found, run_no=(self._run_of(found.day) or 0) + 1)
        values = self._values(kept)
        statement = upsert(money_day).values(**values)
        del values["day"]
        self._scope.connection.execute(
            statement.on_conflict_do_update(index_elements=["day"], set_=values)
        )
        return kept

    def amend(self, found: MoneyDay) -> None:
        written = self._scope.connection.execute(
            sa.update(money_day)
            .where(money_day.c.day == found.day, money_day.c.run_no == found.run_no)
            .values(**self._values(found))
        )
        if written.rowcount != 1:
            raise OperatorInput(Code.STEP_MOVED_ON)

    def get(self, day: date) -> MoneyDay | None:
        row = self._scope.connection.execute(
            sa.select(money_day).where(money_day.c.day == day)
        ).one_or_none()
        if row is None:
            return None
        codec = self._scope.codec
        return codec.read(codec.open_text(row.content, _found(day)), MoneyDay)

    def newest(self, limit: int) -> tuple[MoneyDayHead, ...]:
        rows = self._scope.connection.execute(
            sa.select(money_day).order_by(money_day.c.day.desc()).limit(limit)
        )
        return tuple(
            MoneyDayHead(
                row.day,
                row.run_no,
                row.compared_at,
                row.complete,
                row.open_count,
                tuple(one for one in self.signed(row.day) if one.run_no == row.run_no),
            )
            for row in rows
        )

    def sign(self, day: date, signed: SignOff) -> None:
        if self._run_of(day) != signed.run_no:
            raise OperatorInput(Code.STEP_MOVED_ON)
        codec = self._scope.codec
        self._scope.connection.execute(
            sa.insert(money_sign_off).values(
                day=day,
                run_no=signed.run_no,
                at=signed.at,
                staff_id=signed.staff_id,
                content=codec.seal_text(codec.write(signed), _signed(day)),
            )
        )

    def signed(self, day: date) -> tuple[SignOff, ...]:
        codec = self._scope.codec
        rows = self._scope.connection.execute(
            sa.select(money_sign_off.c.content)
            .where(money_sign_off.c.day == day)
            .order_by(money_sign_off.c.sign_off_no)
        ).scalars()
        return tuple(codec.read(codec.open_text(sealed, _signed(day)), SignOff) for sealed in rows)

    def adopt(self, line: AdoptedLine) -> None:
        codec = self._scope.codec
        adopting = sa.insert(adopted_money).values(
            message_id=line.message_id,
            day=line.day,
            at=line.at,
            staff_id=line.staff_id,
            content=codec.seal_text(codec.write(line), _adopted(line.message_id)),
        )
        try:
            with self._scope.line.refusable():
                self._scope.connection.execute(adopting)
        except sqlalchemy.exc.IntegrityError as error:
            if is_twice(error, "adopted_money.message_id", "uq_adopted_money_message_id"):
                raise OperatorInput(Code.STEP_MOVED_ON) from error
            raise

    def adopted(self, first: date, last: date) -> tuple[AdoptedLine, ...]:
        return self._adopted(adopted_money.c.day.between(first, last))

    def last_adopted(self) -> int:
        newest = sa.select(sa.func.max(adopted_money.c.entry_no))
        return self._scope.connection.execute(newest).scalar_one() or 0

    def adopted_since(self, entry: int) -> tuple[AdoptedLine, ...]:
        return self._adopted(adopted_money.c.entry_no > entry)

    def adopted_named(self, message_ids: Collection[str]) -> tuple[AdoptedLine, ...]:
        wanted = sorted(set(message_ids))
        parts = (wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE))
        found = (self._adopted(adopted_money.c.message_id.in_(part)) for part in parts)
        return tuple(line for part in found for line in part)

    def _adopted(self, which: sa.ColumnElement[bool]) -> tuple[AdoptedLine, ...]:
        codec, book = self._scope.codec, adopted_money.c
        rows = self._scope.connection.execute(
            sa.select(book.message_id, book.content).where(which).order_by(book.entry_no)
        )
        return tuple(
            codec.read(codec.open_text(sealed, _adopted(message_id)), AdoptedLine)
            for message_id, sealed in rows
        )

    def _run_of(self, day: date) -> int | None:
        run: int | None = self._scope.connection.execute(_RUN, {"wanted": day}).scalar_one_or_none()
        return run

    def _values(self, found: MoneyDay) -> dict[str, Any]:
        codec = self._scope.codec
        return {
            "day": found.day,
            "run_no": found.run_no,
            "compared_at": found.compared_at,
            "complete": found.complete,
            "open_count": found.open_count,
            "content": codec.seal_text(codec.write(found), _found(found.day)),
        }


def _found(day: date) -> str:
    return f"money_day:{day.isoformat()}"


def _signed(day: date) -> str:
    return f"money_sign_off:{day.isoformat()}"


def _adopted(message_id: str) -> str:
    return f"adopted_money:{message_id}"
