"""From a URL to engines (reliability 5): how connections are made, bounded and kept safe."""

from functools import partial
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.dml import OnConflictDoNothing, OnConflictDoUpdate
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from app.domain.errors import Code, LocalTrouble
from localdb.engine import BUSY_MS, READERS, WRITERS, Engines, Ways
from localdb.postgres.driver import Connection, adapters, connected

SCHEMES = ("postgresql", "postgresql+psycopg")
SERVER = Ways("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", shared=True, fragile=True)
"""A server, at which other counters write."""
CONNECT_S = 5
STATEMENT_MS = 30_000
_ALWAYS = {
    # whatever the server's own default is: what is committed is on its disk
    "synchronous_commit": "on",
    "default_transaction_isolation": "read\\ committed",
    "lock_timeout": str(BUSY_MS),
    "statement_timeout": str(STATEMENT_MS),
    # a counter that lost its power holds up nobody for longer than this
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "timezone": "UTC",
}
_WRITER = {"idle_in_transaction_session_timeout": "10000"}
"""A unit is never open during a call: one that idles so long is nobody's any more."""
_READER = {"default_transaction_read_only": "on"}
_PATIENCE: dict[str, object] = {
    "connect_timeout": CONNECT_S,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "client_encoding": "utf8",
}
"""A line that is cut is noticed on this side within some ten seconds."""
PREPARED = 400


def _as_ours(visit: str) -> Any:
    def worded(clause: Any, compiler: Any, **more: Any) -> str:
        # the other dialect's class has a name for a constraint; ours goes by columns alone
        clause.constraint_target = None
        text: str = getattr(compiler, visit)(clause, **more)
        return text

    return worded


compiles(OnConflictDoUpdate, "postgresql")(_as_ours("visit_on_conflict_do_update"))
compiles(OnConflictDoNothing, "postgresql")(_as_ours("visit_on_conflict_do_nothing"))


def open_engines(url: str, name: str) -> Engines:
    """Engines for the base behind ``url``; nothing is connected yet.

    ``name`` is what its sessions are called at the server, writers with ``w`` behind it. Raises
    ``LocalTrouble`` for a URL of something else.
    """
    arguments = _arguments(url)
    return Engines(
        _engine(arguments, f"{name} w", WRITERS, _ALWAYS | _WRITER),
        _engine(arguments, f"{name} r", READERS, _ALWAYS | _READER),
        SERVER,
    )


def _arguments(url: str) -> dict[str, Any]:
    try:
        found = sa.make_url(url)
        if found.drivername not in SCHEMES:
            raise ValueError
        named = found.translate_connect_args(username="user", database="dbname")
    except (sa.exc.ArgumentError, ValueError) as error:
        # the URL may hold a password: nothing of it is told
        raise LocalTrouble(Code.STORE_FAILED, detail="database.url") from error
    return {**_PATIENCE, **named, **found.query}


def _engine(arguments: dict[str, Any], name: str, size: int, said: dict[str, str]) -> sa.Engine:
    options = " ".join(f"-c {key}={value}" for key, value in said.items())
    more = f"{arguments['options']} " if "options" in arguments else ""
    told = {**arguments, "application_name": name, "options": more + options}
    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=partial(_connect, told),
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_MS / 1000,
        hide_parameters=True,
        use_native_hstore=False,
    )

    def do_begin(connection: PoolProxiedConnection) -> None:
        driver: Any = connection.driver_connection
        # a line begins by itself; what the engine runs on it goes into the same transaction
        if not driver.in_transaction:
            driver.execute("BEGIN")

    engine.dialect.do_begin = do_begin  # type: ignore[assignment] # the way of this one engine
    return engine


_ADAPTERS = adapters()


class _Context:
    """Whole numbers, texts and bytes, as :mod:`localdb.postgres.driver` knows them."""

    adapters = _ADAPTERS
    connection: "psycopg.BaseConnection[Any] | None" = None


def _connect(arguments: dict[str, Any]) -> Connection:
    made = connected(arguments, _Context())
    made.prepared_max = PREPARED
    return made
