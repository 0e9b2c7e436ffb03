"""Units at a base where other counters write: one at a time, and each counter knows its own."""

from contextlib import closing

from app.domain.errors import Code, LocalTrouble
from localdb.engine import Engines
from localdb.failures import translated
from localdb.lines import Line
from localdb.postgres.driver import last_row

_LOCK = "SELECT number FROM unit_mark FOR UPDATE"
_OWN = "SELECT number FROM server_counter WHERE counter_no = {counter:d}"
_NEXT = (
    "WITH next AS (UPDATE unit_mark SET number = number + 1 RETURNING number),"
    " mine AS (UPDATE server_counter SET number = next.number FROM next"
    " WHERE counter_no = {counter:d} RETURNING server_counter.number)"
    " SELECT number FROM mine"
)
# a new cluster, one that went back to a moment in its archive, a database made anew, tables that a
# dump made anew: each has one of these that no base before it had
_PLACE = (
    "SELECT concat_ws('.', (SELECT system_identifier FROM pg_control_system()),"
    " substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),"
    " (SELECT oid FROM pg_database WHERE datname = current_database()),"
    " CAST(CAST('unit_mark' AS regclass) AS oid))"
)
_END_WRITERS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = %s AND pid <> pg_backend_pid()"
)


class ServerUnits:
    """Implements ``localdb.units.Units``. Used under the writer's lock of its store.

    A unit begins by taking the one row of ``unit_mark``: to the program that is what BEGIN
    IMMEDIATE is at a file. The row of this counter holds the number of its newest unit. Nobody
    else writes it, so that it proves a commit however many units of others came behind it; where
    it is not what this process knows, the base was replaced, or somebody else is this counter.
    """

    def __init__(self, engines: Engines, counter: int, session: str) -> None:
        self._engines, self._session, self._counter = engines, f"{session} w", counter
        self._known: frozenset[int] | None = None
        own = _OWN.format(counter=counter)
        # three statements on one way: each sees what was committed before it was run
        self._begin = f"BEGIN; {_LOCK}; {own}"
        self._own = own
        self._next = _NEXT.format(counter=counter)

    def begin(self, line: Line) -> None:
        if line.read is not None:
            line.rollback()
        found = last_row(line.driver.execute(self._begin, prepare=False))
        reached = int(found[0]) if found else -1
        if self._known is None or reached in self._known:
            self._known = frozenset({reached})
            return
        line.give_up()
        if reached > max(self._known):
            raise LocalTrouble(Code.COUNTER_TAKEN, counter=self._counter)
        raise LocalTrouble(Code.STORE_REPLACED)

    def next(self, line: Line) -> int:
        number = int(line.driver.execute(self._next).fetchone()[0])
        # until the answer is there it may stand or not
        self._known = (self._known or frozenset()) | {number}
        return number

    def own(self, line: Line) -> int:
        found = line.driver.execute(self._own).fetchone()
        return int(found[0]) if found else 0

    def place(self, line: Line, /) -> str:
        return str(line.driver.execute(_PLACE).fetchone()[0])

    def stood(self, number: int) -> None:
        self._known = frozenset({number})

    def stands(self, number: int) -> bool:
        with translated(), closing(Line(self._engines.writer, ways=self._engines.ways)) as line:
            # a commit that never arrived is over, one that did is finished, before it is looked for
            line.driver.execute(_END_WRITERS, (self._session,))
            self.begin(line)
            reached = self.own(line)
            line.rollback()
        return reached == number
