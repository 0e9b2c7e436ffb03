"""A counter works with the role that docs/installation.md gives it, which builds nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.repositories.goods import SqlGoods
from localdb.store import open_store, scope_of
from tests.support import store_builders as a
from tests.support.postgres import ACCOUNT, NOT_RUN, Cluster

pytest.importorskip("psycopg", reason=NOT_RUN)
from localdb.postgres.probing import look
from localdb.schema.parts import part_claim

DOCS = Path(__file__).parents[3] / "docs" / "installation.md"
ROLE = "counter03"


@pytest.fixture
def narrow(at_server: StoreLocation, cluster: Cluster) -> Iterator[StoreLocation]:
    """The base of a store, entered by a role made as the page says."""
    found = re.search(r"```\n(CREATE ROLE .*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found is not None
    name = at_server.url.partition("///")[2].partition("?")[0]
    with cluster.connected(name) as owner:
        for line in found[1].splitlines():
            owner.execute(line.partition("--")[0].strip())
    yield replace(at_server, url=at_server.url.replace(f"user={ACCOUNT}", f"user={ROLE}"))
    with cluster.connected(name) as owner:
        owner.execute(f"DROP OWNED BY {ROLE}")
        owner.execute(f"DROP ROLE {ROLE}")


def test_the_role_of_the_page_is_enough_and_no_more(
    narrow: StoreLocation, tmp_path: Path, clock: a.PlayedClock
) -> None:
    store = open_store(narrow, FileKeyStore(tmp_path / "keys"), clock)
    try:
        with store.unit() as unit:
            case = unit.cases.open(a.a_case(), 1)
            unit.messages.stamp("P35010000001", 3, a.NOON)
            goods = SqlGoods(scope_of(unit))
            item = goods.stock_item(a.an_item())
            lot = goods.receive(a.a_lot(item.item_id), a.codes(5), "GR1", a.NOON)
            unit.goods.reserve(a.codes(1)[0], lot.lot_id, case.case_id, a.NOON)
            unit.goods.release_all(case.case_id)
            unit.settings.next_number("receipt")
            unit.leases.take("counter.03", 3, "one/1", None, a.NOON)
            scope_of(unit).connection.execute(part_claim.delete())
        with store.reading() as unit:
            assert unit.stock.prove().holds
    finally:
        store.close()
    seen = look(narrow.url)
    assert (seen.role, seen.may_build, seen.known) == (ROLE, False, True)
