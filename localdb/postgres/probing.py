"""What the doctor sees of the store's server: whether it answers, and how safely."""

from dataclasses import dataclass
from datetime import UTC, datetime

from localdb.failures import translated
from localdb.migrations import HEAD
from localdb.postgres import schema
from localdb.postgres.engine import open_engines

_ASKED = (
    "SELECT current_setting('server_version'), (SELECT ssl FROM pg_stat_ssl"
    " WHERE pid = pg_backend_pid()), current_user,"
    " has_schema_privilege(current_schema(), 'CREATE')"
    " OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),"
    " CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
)


@dataclass(frozen=True, slots=True)
class ServerSeen:
    """``may_build``: this role could change the tables themselves. ``revision`` is None for an
    empty base."""

    version: str
    tls: bool
    role: str
    may_build: bool
    at: datetime
    revision: str | None

    @property
    def known(self) -> bool:
        return self.revision in (None, HEAD)


def look(url: str) -> ServerSeen:
    """Ask once. Raises ``LocalTrouble``."""
    engines = open_engines(url, "yaotai doctor")
    try:
        with translated(), engines.readers.connect() as connection:
            version, tls, role, may_build, told = connection.exec_driver_sql(_ASKED).one()
            revision = schema.version(connection)
    finally:
        engines.dispose()
    at = datetime.fromtimestamp(told / 1000, UTC)
    return ServerSeen(str(version), bool(tls), str(role), bool(may_build), at, revision)
