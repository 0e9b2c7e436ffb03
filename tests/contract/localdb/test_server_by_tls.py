"""The line to the store's server, on a real server: checked against its authority and its name, and
what cannot be checked gets no password.
"""

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import Code, LocalTrouble
from app.live.database import url_of, with_password
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import open_store
from tests.support import store_builders as a
from tests.support.live_parts import WHOLE, installed
from tests.support.postgres import ACCOUNT, NOT_RUN, Cluster, programs, running_cluster
from tests.support.province import Authority

pytest.importorskip("psycopg", reason=NOT_RUN)
from localdb.postgres.probing import look

HOST, ROLE = "localhost", "counter03"
PASSWORD = "synthetic/of:this@test"
"""With signs that mean something in an address."""
ENTRIES = f"local all {ACCOUNT} trust\nhostssl all {ROLE} all scram-sha-256\n"


@pytest.fixture(scope="module")
def listening() -> Iterator[Cluster]:
    """A server at a port, which lets ``ROLE`` in by TLS and password alone."""
    if programs() is None:
        pytest.skip(NOT_RUN)
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    with running_cluster(port) as cluster:
        cluster.run(f"CREATE ROLE {ROLE} LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
        (cluster.folder / "data" / "pg_hba.conf").write_text(ENTRIES, encoding="ascii")
        yield cluster


def serves(cluster: Cluster, authority: Authority | None, name: str = HOST) -> None:
    """From now on, with a certificate of ``authority``; without one it knows no TLS."""
    cluster.run(f"ALTER SYSTEM SET ssl = {'on' if authority else 'off'}")
    if authority is not None:
        for file, content in zip(("server.key", "server.crt"), authority.issued(name), strict=True):
            held = cluster.folder / "data" / file
            held.write_bytes(content)
            held.chmod(0o600)
            if os.geteuid() == 0:
                shutil.chown(held, ACCOUNT, ACCOUNT)
    cluster.stop()
    cluster.start()


def address(folder: Path, cluster: Cluster, trusted: Authority) -> str:
    """As the settings of a counter give it."""
    base = f"postgresql+psycopg://{ROLE}@{HOST}:{cluster.port}/{cluster.make()}"
    (folder / "store-server.pem").write_text(trusted.pem, encoding="ascii")
    text = f'{WHOLE}\n[database]\nurl = "{base}"\nca = "store-server.pem"\n'
    return with_password(url_of(installed(folder, text)), PASSWORD)


def test_a_checked_line_carries_the_store(listening: Cluster, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    serves(listening, authority)
    url = address(tmp_path, listening, authority)
    location = StoreLocation(tmp_path / "base", "training", training=True, url=url)
    store = open_store(location, FileKeyStore(tmp_path / "keys"), a.PlayedClock())
    try:
        with store.unit() as unit:
            assert unit.cases.open(a.a_case(), 1).case_id == 1
    finally:
        store.close()
    seen = look(url)
    assert (seen.tls, seen.role) == (True, ROLE)


@pytest.mark.parametrize("wrong", ["authority", "name", "plain"])
def test_a_line_that_cannot_be_checked_is_none(
    listening: Cluster, tmp_path: Path, wrong: str
) -> None:
    authority, other = Authority(tmp_path), Authority(tmp_path, "Another CA")
    name = "store-server" if wrong == "name" else HOST
    serves(listening, None if wrong == "plain" else authority, name)
    url = address(tmp_path, listening, other if wrong == "authority" else authority)
    with pytest.raises(LocalTrouble) as refused:
        look(url)
    assert refused.value.code is Code.STORE_UNREACHABLE
    assert PASSWORD not in str(refused.value)


def test_a_wrong_password_is_no_entry(listening: Cluster, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    serves(listening, authority)
    url = address(tmp_path, listening, authority).replace("synthetic", "another")
    with pytest.raises(LocalTrouble) as refused:
        look(url)
    assert refused.value.code is Code.STORE_UNREACHABLE
