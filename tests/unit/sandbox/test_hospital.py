"""The prescriptions that wait when training starts: minted over the wire, aged, kept."""

import base64
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from app.crypto.signed_pdf import inspect
from app.profile.operations import Operation
from app.sandbox.hospital.partner import Partner, PartnerRefused
from app.sandbox.router import Registry
from app.sandbox.rx import install as rx
from app.sandbox.rx.books.records import APPROVED, REFUSED, Rx, Stage, document, find
from app.sandbox.rx.wire.parties import Side, known_parties
from app.sandbox.server import RunningSandbox, running_sandbox
from tests.support.core_bill import demo
from tests.support.rx_visit import scenario_number


def stored(sandbox: RunningSandbox, key: str) -> Rx:
    with sandbox.site.state.reading() as db:
        found = find(db, scenario_number(sandbox.ready, key)["hiRxno"])
    assert found is not None
    return found


def operations(sandbox: RunningSandbox) -> dict[str, int]:
    """Accepted calls of the hospital by operation."""
    with sandbox.site.state.reading() as db:
        rx = db.execute(
            "SELECT operation, COUNT(*) FROM rx_call WHERE code=0 GROUP BY operation"
        ).fetchall()
        core = db.execute(
            "SELECT operation, COUNT(*) FROM message WHERE infcode=0 GROUP BY operation"
        ).fetchall()
    return {row[0]: row[1] for row in (*rx, *core)}


def test_every_prescription_came_over_the_wire(sandbox: RunningSandbox) -> None:
    seen = operations(sandbox)
    steps = ("register_visit", "upload_visit", "preaudit", "precheck_rx", "sign_rx", "upload_rx")
    assert {step: seen[step] for step in steps} == dict.fromkeys(steps, 20)
    assert seen["undo_rx"] == 1


def test_the_ready_line_names_each_once(sandbox: RunningSandbox) -> None:
    rows: Any = sandbox.ready["prescriptions"]
    assert len({row["hiRxno"] for row in rows}) == len(demo().prescriptions)
    assert {frozenset(row) for row in rows} == {
        frozenset({"hiRxno", "id_no", "mdtrtId", "rxTraceCode"})
    }
    assert all(len(row["hiRxno"]) == 30 and len(row["rxTraceCode"]) == 20 for row in rows)


@pytest.mark.parametrize(
    ("key", "stage", "verdict", "settled"),
    [
        ("rx01", Stage.UPLOADED, None, False),
        ("rx03", Stage.UPLOADED, None, False),
        ("rx05", Stage.UPLOADED, APPROVED, True),
        ("rx07", Stage.UNDONE, None, False),
        ("rx11", Stage.UPLOADED, None, False),
        ("rx13", Stage.UPLOADED, REFUSED, False),
        ("rx16", Stage.UPLOADED, APPROVED, False),
    ],
)
def test_time_has_passed_as_the_scenario_says(
    sandbox: RunningSandbox, key: str, stage: Stage, verdict: str | None, settled: bool
) -> None:
    found = stored(sandbox, key)
    assert found.stage is stage
    assert (found.audit.verdict if found.audit else None) == verdict
    assert bool(found.settlement) is settled


def test_each_is_as_old_as_the_scenario_says(sandbox: RunningSandbox) -> None:
    now = sandbox.site.clock.now()
    for wanted in demo().prescriptions:
        found = stored(sandbox, wanted.key)
        late = now - found.issued_at - timedelta(hours=wanted.issued_hours_ago)
        # furnished once for all tests, some of which take their minutes; ages are told in hours
        assert timedelta() <= late < timedelta(hours=1)
        assert found.valid_until == found.issued_at + timedelta(days=wanted.valid_days)
        assert found.signed_at[:10] == f"{found.issued_at:%Y-%m-%d}"


def test_the_clock_stands_where_it_stood(sandbox: RunningSandbox) -> None:
    real = datetime.now(UTC) + timedelta(hours=8)
    assert abs(sandbox.site.clock.now() - real.replace(tzinfo=None)) < timedelta(seconds=5)


def test_every_file_carries_a_seal_that_holds(sandbox: RunningSandbox) -> None:
    shown: Any = sandbox.ready["pharmacy"]
    roots = [base64.b64decode(root) for root in shown["sealRoots"]]
    for wanted in demo().prescriptions[:4]:
        found = stored(sandbox, wanted.key)
        with sandbox.site.state.reading() as db:
            holder = inspect(document(db, found.hi_rxno), roots)
        assert holder.certificate_serial == found.cert_sn


def test_a_restart_mints_nothing_and_keeps_keys_roots_and_numbers(
    minted: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(minted, tmp_path / "state.db"))
    with running_sandbox(seed=7, db=file) as first:
        before, calls = dict(first.ready), operations(first)
    with running_sandbox(seed=7, db=file) as second:
        assert operations(second) == calls
        for part in ("pharmacy", "hospital", "prescriptions"):
            assert second.ready[part] == before[part]


def test_a_kept_memory_gets_fresh_prescriptions_on_another_day(
    minted: Path, tmp_path: Path
) -> None:
    file = Path(shutil.copy(minted, tmp_path / "state.db"))
    with running_sandbox(seed=7, db=file) as first:
        before = {rx["hiRxno"] for rx in list_of(first)}
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(days=9), tick=True),
        running_sandbox(seed=7, db=file) as later,
    ):
        fresh = list_of(later)
        assert len(fresh) == len(before)
        assert before.isdisjoint(rx["hiRxno"] for rx in fresh)
        now = later.site.clock.now()
        waiting = [stored(later, rx.key) for rx in demo().prescriptions if rx.state == "valid"]
        assert all(rx.valid_until > now for rx in waiting)


def list_of(sandbox: RunningSandbox) -> list[Any]:
    listed = sandbox.ready["prescriptions"]
    assert isinstance(listed, list)
    return listed


def test_a_refused_partner_says_why(sandbox: RunningSandbox) -> None:
    site = sandbox.site
    registry = Registry()
    rx.install(registry, site)
    hospital = site.demo.hospital
    parties = known_parties(site.seed, (Side.HOSPITAL, hospital.code, hospital.name))
    partner = Partner(site, registry, parties.of(hospital.code), "D1")
    with pytest.raises(PartnerRefused, match="-9001"):
        partner.rx(Operation.UNDO_RX, {"hiRxno": "1"})
