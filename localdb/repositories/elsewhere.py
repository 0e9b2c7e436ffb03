"""``foreign_money``: what another product settled and refunded."""

from datetime import datetime

import sqlalchemy as sa

from app.domain.elsewhere import ForeignLeg
from app.domain.money import Amounts, Fen
from app.ports.elsewhere import ForeignMoney
from localdb.repositories.scope import Scope
from localdb.schema.elsewhere import foreign_money
from localdb.statements import ONE


class SqlForeignBook:
    """Implements ``app.ports.elsewhere.ForeignBook``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def enter(self, entry: ForeignMoney) -> None:
        self._scope.connection.execute(
            sa.insert(foreign_money).values(
                at=entry.at,
                staff_id=entry.staff_id,
                case_id=entry.case_id,
                leg=entry.leg.value,
                number=entry.number,
                claim=entry.claim,
                total=entry.amounts.total,
                fund=entry.amounts.fund,
                account=entry.amounts.account,
                cash=entry.amounts.cash,
            )
        )

    def known(self, leg: ForeignLeg, number: str) -> bool:
        book = foreign_money.c
        return self._any(book.leg == leg.value, book.number == number)

    def stands(self, claim: str) -> bool:
        refund = foreign_money.alias()
        refunded = sa.exists().where(
            refund.c.case_id == foreign_money.c.case_id, refund.c.leg == ForeignLeg.REFUND.value
        )
        book = foreign_money.c
        return self._any(book.claim == claim, book.leg == ForeignLeg.SETTLE.value, ~refunded)

    def _any(self, *conditions: sa.ColumnElement[bool]) -> bool:
        found = sa.select(foreign_money.c.entry_no).where(*conditions).limit(ONE)
        return self._scope.connection.execute(found).first() is not None

    def between(self, first: datetime, last: datetime) -> tuple[ForeignMoney, ...]:
        rows = self._scope.connection.execute(
            sa.select(foreign_money)
            .where(foreign_money.c.at >= first, foreign_money.c.at <= last)
            .order_by(foreign_money.c.entry_no)
        )
        return tuple(
            ForeignMoney(
                at=row.at,
                staff_id=row.staff_id,
                case_id=row.case_id,
                leg=ForeignLeg(row.leg),
                number=row.number,
                claim=row.claim,
                amounts=Amounts(Fen(row.total), Fen(row.fund), Fen(row.account), Fen(row.cash)),
            )
            for row in rows
        )
