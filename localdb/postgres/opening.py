"""Before the first unit at a server: one process as this counter, the right key, a known schema."""

import contextlib
import hashlib
import secrets
import threading

import sqlalchemy as sa

from app.domain.errors import Code, LocalTrouble
from localdb.failures import translated, trouble_of
from localdb.keystore import KEY_SIZE, KeyStore, write_durably
from localdb.machine import this_machine
from localdb.migrations import HEAD, REVISIONS, upgrade
from localdb.opening import (
    InstanceLock,
    OpenedBase,
    StoreKeys,
    StoreLocation,
    unknown_version,
)
from localdb.postgres import schema
from localdb.postgres.engine import open_engines
from localdb.postgres.units import ServerUnits

BESIDE = "yaotai beside"
GOING_S, LOOKS = 0.05, 60
"""A session that was ended is gone in a moment; so long and so often it is looked for."""
_SESSIONS = (
    "SELECT pid, application_name LIKE %(own)s || '%%' FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name LIKE %(counter)s || '%%'"
    " AND pid <> pg_backend_pid()"
)


def open_at_server(location: StoreLocation, store: KeyStore) -> OpenedBase:
    """As :func:`localdb.opening.open_base`, of the base of several counters."""
    try:
        location.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
    session = _session(location)
    with contextlib.ExitStack() as undo:
        lock = InstanceLock(location.path("lock"))
        undo.callback(lock.release)
        engines = open_engines(location.url, session)
        undo.callback(engines.dispose)
        with translated(), engines.writer.connect() as connection:
            _require_alone(connection, location, session)
            keys = _brought_up(connection, location, store)
        _note_key(location, keys)
        undo.pop_all()
        units = ServerUnits(engines, location.counter, session)
        return OpenedBase(engines, keys, lock, units, location.counter)


def open_at_server_beside(location: StoreLocation, store: KeyStore) -> OpenedBase:
    """As :func:`localdb.opening.open_base_beside`."""
    engines = open_engines(location.url, BESIDE)
    try:
        with translated(), engines.readers.connect() as connection:
            found = schema.version(connection)
            if found is None:
                raise LocalTrouble(Code.STORE_ABSENT, detail="no base")
            if found != HEAD:
                raise unknown_version(found)
            keys = _kept(connection, location, store)
    except BaseException:
        engines.dispose()
        raise
    units = ServerUnits(engines, location.counter, BESIDE)
    return OpenedBase(engines, keys, None, units, location.counter)


def _session(location: StoreLocation) -> str:
    """What sessions of this counter are called, and which installation they are of."""
    place = f"{this_machine().installation}|{location.folder.resolve()}"
    return f"{_of_counter(location)}{hashlib.sha256(place.encode()).hexdigest()[:12]}"


def _of_counter(location: StoreLocation) -> str:
    return f"yaotai {location.counter:02d} "


def _require_alone(connection: sa.Connection, location: StoreLocation, session: str) -> None:
    """Sessions of this installation are of a process that is dead: its lock is in our hands, and
    what it holds at the server ends now. Raises ``LocalTrouble`` ``COUNTER_TAKEN`` where another
    installation is this counter."""
    asked = {"own": session, "counter": _of_counter(location)}
    # nothing but time brings a session to its end
    pause = threading.Event()
    for _ in range(LOOKS):
        found = connection.exec_driver_sql(_SESSIONS, asked).all()
        if not found:
            break
        if not all(own for _, own in found):
            raise LocalTrouble(Code.COUNTER_TAKEN, counter=location.counter)
        for pid, _ in found:
            connection.exec_driver_sql("SELECT pg_terminate_backend(%s)", (pid,))
        # what is seen of other sessions is seen once for each transaction
        connection.rollback()
        pause.wait(GOING_S)
    connection.rollback()


def _brought_up(connection: sa.Connection, location: StoreLocation, store: KeyStore) -> StoreKeys:
    _require_utf8(connection)
    found = schema.version(connection)
    if found is not None and found not in REVISIONS:
        raise unknown_version(found)
    if found is None and location.path("check").exists() and not location.training:
        # A live base that vanished is not replaced by an empty one: its ids would come twice.
        raise LocalTrouble(Code.STORE_CORRUPT, detail="the base is empty")
    keys = _made(location, store) if found is None else _kept(connection, location, store)
    connection.rollback()
    try:
        with connection.begin():
            if found is None:
                schema.make(connection, keys.check)
            elif found != HEAD:
                upgrade(connection)
            schema.enter_counter(connection, location.counter)
    except sa.exc.SQLAlchemyError as error:
        cause = trouble_of(error)
        if isinstance(cause, LocalTrouble):
            raise cause from error
        raise LocalTrouble(Code.MIGRATION_FAILED, found=found or "", wanted=HEAD) from error
    # where two made it at once, it is the other's key that counts
    with connection.begin():
        _compare(connection, keys)
    return keys


def _require_utf8(connection: sa.Connection) -> None:
    if connection.exec_driver_sql("SHOW server_encoding").scalar_one() != "UTF8":
        raise LocalTrouble(Code.STORE_FAILED, detail="server_encoding")


def _made(location: StoreLocation, store: KeyStore) -> StoreKeys:
    master = store.load(location.name)
    if master is None:
        master = secrets.token_bytes(KEY_SIZE)
        store.keep(location.name, master)
        if store.load(location.name) != master:
            raise LocalTrouble(Code.KEY_MISSING, detail="the key was not kept")
    return StoreKeys.of(master)


def _kept(connection: sa.Connection, location: StoreLocation, store: KeyStore) -> StoreKeys:
    master = store.load(location.name)
    if master is None:
        raise LocalTrouble(Code.KEY_MISSING, detail="no key for this base")
    keys = StoreKeys.of(master)
    _compare(connection, keys)
    return keys


def _compare(connection: sa.Connection, keys: StoreKeys) -> None:
    if schema.key_check(connection) != keys.check:
        raise LocalTrouble(Code.KEY_MISSING, detail="another key made this base")


def _note_key(location: StoreLocation, keys: StoreKeys) -> None:
    """That this installation once had a base, and by which key."""
    path = location.path("check")
    try:
        if not path.exists():
            write_durably(path, keys.check)
    except OSError as error:
        raise LocalTrouble(Code.STORE_FAILED, detail=type(error).__name__) from error
