"""A private PostgreSQL for tests: one cluster for each test process, on a unix socket alone
unless a port is named.

It runs under another account where the tests run as root, as the server refuses that one; nothing
of it is kept, so nothing of it waits for the disk.
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

NOT_RUN = "not run: no PostgreSQL server is installed here"
DEBIAN = "/usr/lib/postgresql"
ACCOUNT = "postgres"
PATIENCE_S = 60.0
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "100",
    "shared_buffers": "16MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


WASH = """DO $$ DECLARE found record; BEGIN
FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN
  ('alembic_version', 'server_key', 'unit_mark') LOOP
  EXECUTE 'DELETE FROM ' || quote_ident(found.tablename);
END LOOP;
FOR found IN SELECT sequencename FROM pg_sequences WHERE last_value IS NOT NULL LOOP
  PERFORM setval(quote_ident(found.sequencename), 1, false);
END LOOP;
UPDATE unit_mark SET number = 0;
INSERT INTO server_counter VALUES (1, 0);
END $$"""


@cache
def programs() -> Path | None:
    """Where ``initdb`` and ``postgres`` lie; None where they or the driver are not installed."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return None
    found = sorted(Path(DEBIAN).glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    beside = shutil.which("initdb")
    return Path(beside).parent if beside else None


@dataclass
class Cluster:
    """A running server. ``url`` names one of its databases."""

    folder: Path
    process: "subprocess.Popen[bytes]"
    port: int = 0
    """On this machine's own address; 0: on the socket alone."""
    _names: Iterator[int] = field(default_factory=itertools.count)
    _admin: Any = None

    def url(self, name: str) -> str:
        return f"postgresql+psycopg:///{name}?host={self.folder}&user={ACCOUNT}"

    def make(self, template: str = "template0") -> str:
        """A fresh database, which is a copy of ``template``. Returns its name."""
        name = f"t{next(self._names)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def wash(self, name: str) -> None:
        """As just made: every row of a test gone, which no rule of the base lets go otherwise.

        Copying a database costs a thousand times what most tests leave in it.
        """
        with self.connected(name) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(WASH)

    def run(self, statement: str) -> Any:
        """As the administrator, outside every transaction. Returns a cursor."""
        if self._admin is None:
            self._admin = self.connected("postgres")
        return self._admin.execute(statement)

    def connected(self, name: str) -> Any:
        """A plain connection beside the program."""
        import psycopg

        return psycopg.connect(
            dbname=name,
            host=str(self.folder),
            port=self.port or None,
            user=ACCOUNT,
            autocommit=True,
            connect_timeout=5,
        )

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """As ``how`` says: SIGINT ends every session, SIGQUIT is a crash."""
        if self._admin is not None:
            self._admin.close()
            self._admin = None
        self.process.send_signal(how)
        self.process.wait(PATIENCE_S)

    def start(self) -> None:
        """Again, where it was stopped."""
        self.process = _served(self.folder, self.port)


@contextmanager
def running_cluster(port: int = 0) -> Iterator[Cluster]:
    """A server of its own, gone with everything in it at the end. ``port``: see ``Cluster``."""
    folder = Path(tempfile.mkdtemp(prefix="yt-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, ACCOUNT, ACCOUNT)
        subprocess.run(
            _as_account(
                *(str(_program("initdb")), "-D", str(folder / "data"), "-U", ACCOUNT),
                *("-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            ),
            check=True,
            capture_output=True,
            timeout=PATIENCE_S,
            cwd=folder,
        )
        cluster = Cluster(folder, _served(folder, port), port)
        try:
            yield cluster
        finally:
            cluster.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _program(name: str) -> Path:
    place = programs()
    assert place is not None
    return place / name


def _as_account(*command: str) -> tuple[str, ...]:
    if os.geteuid() != 0:
        return command
    account = pwd.getpwnam(ACCOUNT)
    ids = (f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups")
    return ("setpriv", *ids, *command)


def _served(folder: Path, port: int) -> "subprocess.Popen[bytes]":
    by_port = {"listen_addresses": "localhost", "port": str(port)} if port else {}
    settings = (SETTINGS | by_port).items()
    said = [part for key, value in settings for part in ("-c", f"{key}={value}")]
    process = subprocess.Popen(
        _as_account(
            *(str(_program("postgres")), "-D", str(folder / "data"), "-k", str(folder), *said)
        ),
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_until_it_serves(folder, process)
    return process


def _wait_until_it_serves(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    """Its own file says when, in the last line."""
    told, pause = folder / "data" / "postmaster.pid", threading.Event()
    for _ in range(int(PATIENCE_S / 0.02)):
        assert process.poll() is None, "the server did not start"
        with suppress(OSError):
            lines = told.read_text(encoding="utf-8").split("\n")
            if len(lines) > 7 and lines[0] == str(process.pid) and "ready" in lines[7]:
                return
        pause.wait(0.02)
    raise AssertionError("the server did not start in time")
