"""Acts of people, chained, in the transaction of the act."""

from datetime import datetime

import sqlalchemy as sa

from app.crypto.chain import GENESIS, link
from localdb.chain import ChainReport, JournalRow, canonical, verify
from localdb.repositories.scope import Scope
from localdb.schema.people import journal
from localdb.statements import ONE, Known

_WRITE = Known(sa.insert(journal))
_HEAD = Known(
    sa.select(journal.c.number, journal.c.link).order_by(journal.c.number.desc()).limit(ONE)
)
_DONE = Known(
    sa.select(journal.c.at)
    .where(journal.c.act == sa.bindparam("act"), journal.c.subject == sa.bindparam("subject"))
    .order_by(journal.c.number.desc())
    .limit(ONE)
)
_EACH = Known(
    sa.select(journal.c.at)
    .where(journal.c.act == sa.bindparam("act"), journal.c.subject == sa.bindparam("subject"))
    .order_by(journal.c.number)
)


class SqlJournal:
    """Implements ``app.ports.store.Journal``."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def write(self, at: datetime, staff_id: int, act: str, subject: str, reason: str = "") -> int:
        number, previous = self.head()
        number += 1
        content = canonical(number, at, staff_id, act, subject, reason)
        self._scope.ask(
            _WRITE,
            {
                "number": number,
                "at": at,
                "staff_id": staff_id,
                "act": act,
                "subject": subject,
                "reason": reason,
                "link": link(self._scope.journal_key, previous, content),
            },
        )
        return number

    def newest(self, act: str, subject: str) -> datetime | None:
        asked = {"act": act, "subject": subject}
        at: datetime | None = self._scope.ask(_DONE, asked).scalar_one_or_none()
        return at

    def times(self, act: str, subject: str) -> tuple[datetime, ...]:
        asked = {"act": act, "subject": subject}
        return tuple(row.at for row in self._scope.ask(_EACH, asked))

    def head(self) -> tuple[int, bytes]:
        """Number and link of the newest row, for paper and for the daily report."""
        row = self._scope.ask(_HEAD).one_or_none()
        return (0, GENESIS) if row is None else (row.number, row.link)

    def rows(self) -> tuple[JournalRow, ...]:
        """Every act, oldest first."""
        found = self._scope.connection.execute(sa.select(journal).order_by(journal.c.number))
        return tuple(
            JournalRow(row.number, row.at, row.staff_id, row.act, row.subject, row.reason, row.link)
            for row in found
        )

    def verify(self, head: tuple[int, bytes] | None = None) -> ChainReport:
        """Check the chain against itself and, where given, against a head noted elsewhere."""
        return verify(self._scope.journal_key, self.rows(), head)
