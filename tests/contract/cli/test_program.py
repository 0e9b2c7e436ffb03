"""``python -m app`` as IT staff and automatic checks run it: real doors, real streams."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import pytest

from app.domain.goods.codes import DrugTraceCode
from app.jobs.clock import SystemClock
from app.ports.store import BusinessDay
from app.profile.operations import Operation
from app.workflow.calendar import CHINA
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.seeding import seed_demo
from localdb.store import open_store
from resources.scenarios import load_demo_store
from tests.support.noon import hour_of_the_machine
from tests.support.pictures import qr_symbol
from tests.support.store_builders import NOON, PlayedClock, a_return
from tests.support.waiting_sales import queue_sale

WAIT_S = 60
READY_KEYS = {
    "url": None,
    "profile": None,
    "pid": None,
    "endpoints": None,
    "pharmacy": {"code", "name", "keys"},
    "hospital": {"code", "name", "keys"},
    "gateway": {"paasid", "secret"},
    "persons": {"name", "id_no", "psn_no", "evoucher", "card_no", "card_serial"},
    "pharmacists": {"name", "id_no", "code", "evoucher"},
    "prescriptions": {"hiRxno", "id_no", "mdtrtId", "rxTraceCode"},
    "stock": {
        "fixmedins_hilist_id",
        "med_list_codg",
        "name",
        "manu_lotnum",
        "fixmedins_bchno",
        "expy_end",
        "quantity",
        "price",
        "trace_codes",
    },
}


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=WAIT_S,
        env=environment,
        check=False,
    )


def only_document(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.stdout.count("\n") == 1, done.stderr
    return json.loads(done.stdout)


def test_the_sandbox_says_all_a_foreign_client_needs() -> None:
    command = [sys.executable, "-m", "app", "sandbox", "--port", "0", "--with-parent"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        ready = json.loads(child.stdout.readline())
    finally:
        child.stdin.close()
    rest = child.stdout.read()
    child.stdout.close()
    assert (child.wait(WAIT_S), rest) == (0, b"")
    for key, nested in READY_KEYS.items():
        shown = ready[key]
        rows = shown if isinstance(shown, list) else [shown]
        assert rows
        for row in rows:
            assert nested is None or row.keys() >= nested
    assert "issue_evoucher" in ready["endpoints"]
    keys = {"appId", "appSecret", "publicKey", "privateKey", "platformPublicKey"}
    assert ready["pharmacy"]["keys"].keys() >= keys
    assert ready["hospital"]["keys"].keys() >= keys
    assert ready["pid"] == child.pid


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A training base with one record that waits."""
    location = StoreLocation(tmp_path, "fujian", training=True)
    store = open_store(location, FileKeyStore(tmp_path / "keys"), PlayedClock())
    with store.unit() as unit:
        unit.outbox.add(Operation.RETURN_SALE, "S1-1", "PC1", a_return(), None, "示例片", NOON)
        unit.journal.write(NOON, 1, "sign_in", "counter 1")
    store.close()
    return tmp_path


def test_queue_and_journal_read_beside_the_counter(kept: Path) -> None:
    listed = program("queue", "list", "--json", "--data-dir", str(kept))
    assert listed.returncode == 0
    (item,) = only_document(listed)["items"]
    assert item.keys() == {"id", "operation", "state", "age_s", "attempts", "next_at", "error"}
    verified = program("journal", "verify", "--data-dir", str(kept), "--json")
    assert verified.returncode == 0
    document = only_document(verified)
    assert document.keys() == {"ok", "rows", "head", "broken_at"}
    assert (document["ok"], document["rows"], document["broken_at"]) == (True, 1, None)


def test_a_backup_is_put_back_and_what_to_compare_is_named(kept: Path) -> None:
    made = program("backup", "--json", "--data-dir", str(kept))
    assert made.returncode == 0
    copy = only_document(made)
    assert (copy["ok"], copy["rows"], copy["dropped"]) == (True, 1, 0)
    assert Path(copy["file"]).parent == kept / "backups"
    restored = program("restore", "--json", "--data-dir", str(kept), copy["file"])
    assert restored.returncode == 0
    document = only_document(restored)
    assert document.keys() >= {"ok", "detail"}
    # this counter never spoke to the platform: there is nothing to compare
    assert (document["cause"], document["days"]) == ("", [])


@pytest.fixture
def furnished(tmp_path: Path) -> Path:
    """A counter that opened its day, died, and left two sales behind."""
    now = hour_of_the_machine()
    location = StoreLocation(tmp_path, "fujian", training=True)
    store = open_store(location, FileKeyStore(tmp_path / "keys"), SystemClock())
    seed_demo(store, load_demo_store(now.date()), now)
    today = now.astimezone(CHINA).date()
    with store.unit() as unit:
        unit.days.open(1, BusinessDay(today, "000001", "1001", now, None))
    for number in (1, 2):
        queue_sale(store, number, f"LOT{number}", now)
    store.close()
    return tmp_path


def test_queue_retry_and_drain_bring_records_to_the_platform(furnished: Path) -> None:
    """The platform is a fresh one and wants a sign-in first; that is met on the way."""
    where = ("--json", "--data-dir", str(furnished))
    once = program("queue", "retry", "1", *where)
    assert (once.returncode, [row["id"] for row in only_document(once)["items"]]) == (0, [2])
    whole = program("queue", "drain", *where)
    assert (whole.returncode, only_document(whole)["items"]) == (0, [])


def test_a_queue_is_not_worked_on_while_a_counter_holds_it(furnished: Path) -> None:
    location = StoreLocation(furnished, "fujian", training=True)
    store = open_store(location, FileKeyStore(furnished / "keys"), SystemClock())
    try:
        held = program("queue", "drain", "--data-dir", str(furnished))
    finally:
        store.close()
    assert (held.returncode, held.stdout, held.stderr.count("\n")) == (2, "", 1)


def test_a_played_visit_leaves_nothing_on_standard_error(tmp_path: Path) -> None:
    done = program("demo", "--json", "--data-dir", str(tmp_path / "d"), "--out", str(tmp_path))
    assert done.returncode == 0
    assert only_document(done)["ok"]
    assert done.stderr == ""


def test_scan_reads_a_picture(tmp_path: Path) -> None:
    code = DrugTraceCode("81234560000000000001")
    picture = tmp_path / "box.png"
    cv2.imwrite(str(picture), qr_symbol(code))
    done = program("scan", "--json", str(picture))
    assert (done.returncode, only_document(done)["codes"][0]["text"]) == (0, code)


def test_doctor_tells_every_check_and_its_status(tmp_path: Path) -> None:
    done = program("doctor", "--json", "--data-dir", str(tmp_path))
    checks = only_document(done)["checks"]
    assert all(check.keys() == {"id", "status", "detail", "remedy"} for check in checks)
    papers = next(check for check in checks if check["id"] == "papers")
    assert papers["detail"] == str(tmp_path / "papers")
    assert {check["status"] for check in checks} <= {"ok", "warn", "fail"}
    assert done.returncode == int(any(check["status"] == "fail" for check in checks))


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo", "--size", "abc"),
        ("scan", "/nowhere/box.png"),
        ("scan", __file__),
        ("demo", "--profile", "nowhere"),
        ("demo", "--platform", __file__),
        ("sandbox", "--profile", "nowhere"),
        ("sandbox", "--fault", "nothing"),
        ("card", "read", "--reader", "no such reader"),
        ("queue", "list", "--data-dir", "/nowhere"),
        ("queue", "drain", "--data-dir", "/nowhere"),
        ("queue", "retry", "1", "--data-dir", "/nowhere"),
        ("journal", "verify", "--data-dir", "/nowhere"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_sentence(arguments: tuple[str, ...]) -> None:
    done = program(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert any("一" <= letter <= "鿿" for letter in done.stderr)


@pytest.mark.deep
@pytest.mark.parametrize(
    ("region", "code", "key"),
    [("fujian+library", 6021, "library.folder"), ("yunnan+terminal", 6023, "terminal.folder")],
)
def test_a_dress_of_a_library_says_what_to_do_where_none_is(
    tmp_path: Path, region: str, code: int, key: str
) -> None:
    done = program("demo", "--profile", region, "--data-dir", str(tmp_path), "--out", str(tmp_path))
    assert done.returncode == 2
    assert f"（{code}）" in done.stderr
    assert key in done.stderr
