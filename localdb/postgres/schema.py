"""A base made at once, as the models describe it, and what is asked of one that is there."""

import importlib
import pkgutil

import sqlalchemy as sa

import localdb.schema
from app.domain.errors import Code, LocalTrouble
from localdb.migrations import HEAD
from localdb.postgres.rules import server_triggers
from localdb.schema.columns import METADATA, Day

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(7908216)"
"""Two counters that start at an empty base at once: one makes it, the other finds it."""
_OURS = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
    # the newest unit of each counter, which that counter alone writes
    "CREATE TABLE server_counter (counter_no INTEGER PRIMARY KEY CHECK (counter_no BETWEEN 0 AND"
    " 99), number BIGINT NOT NULL)",
    # by which key this base is sealed, without saying anything about it
    'CREATE TABLE server_key (one INTEGER PRIMARY KEY CHECK (one = 1), "check" TEXT NOT NULL)',
    "INSERT INTO unit_mark (one, number) VALUES (1, 0)",
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"


def version(connection: sa.Connection) -> str | None:
    """None for an empty base. Raises ``LocalTrouble`` for one of somebody else."""
    names = set(connection.exec_driver_sql(_TABLES).scalars())
    if "alembic_version" not in names:
        if names:
            raise LocalTrouble(Code.STORE_CORRUPT, detail="no schema version")
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all()
    if len(found) != 1:
        raise LocalTrouble(Code.STORE_CORRUPT, detail="schema version")
    return str(found[0])


def make(connection: sa.Connection, check: str) -> None:
    """Everything at ``HEAD`` in the open transaction, unless somebody just made it."""
    connection.exec_driver_sql(_ONE_AT_A_TIME)
    if version(connection) is not None:
        return
    make_bare(connection, check)
    guard(connection)
    name_version(connection, HEAD)


def make_bare(connection: sa.Connection, check: str) -> None:
    """The tables, without the rules: rows that once kept them are put in as they are."""
    connection.exec_driver_sql(_ONE_AT_A_TIME)
    _by_bytes().create_all(connection)
    for statement in _OURS:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql("INSERT INTO server_key VALUES (1, %s)", (check,))


def guard(connection: sa.Connection) -> None:
    """From here on the rules hold."""
    for statement in server_triggers():
        connection.exec_driver_sql(statement)


def name_version(connection: sa.Connection, name: str) -> None:
    """What the base says it is; a program that does not know the name opens nothing."""
    connection.exec_driver_sql("DELETE FROM alembic_version")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (%s)", (name,))


def key_check(connection: sa.Connection) -> str:
    """What the first counter noted of the key."""
    return str(connection.exec_driver_sql('SELECT "check" FROM server_key').scalar_one())


def enter_counter(connection: sa.Connection, counter: int) -> None:
    """Its row, where it has none yet."""
    connection.exec_driver_sql(
        "INSERT INTO server_counter VALUES (%s, 0) ON CONFLICT DO NOTHING", (counter,)
    )


def follow_numbers(connection: sa.Connection) -> None:
    """After rows came with numbers of their own: the next one is behind them."""
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'),"  # noqa: S608
                f" COALESCE(MAX({column.name}), 0) + 1, false) FROM {table.name}"
            )


def _by_bytes() -> sa.MetaData:
    """The models, texts in order of their bytes as at a file, whatever the server's language is."""
    for found in pkgutil.iter_modules(localdb.schema.__path__, "localdb.schema."):
        importlib.import_module(found.name)
    copied = sa.MetaData(naming_convention=METADATA.naming_convention)
    for table in METADATA.sorted_tables:
        for column in table.to_metadata(copied).columns:
            if isinstance(column.type, sa.Text | Day):
                column.type = sa.Text(collation="C")
    return copied
