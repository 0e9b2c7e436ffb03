"""The stand-in as a server: ready line, many counters at once, restart, nothing left behind."""

import gc
import http.client
import json
import socket
import struct
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import LocalTrouble
from app.sandbox.faults import FaultSpecWrong
from app.sandbox.server import RunningSandbox, SandboxOptions, running_sandbox, serve
from resources.scenarios import DemoItem, trace_codes
from tests.support.core_bill import bill, demo, item, line, person
from tests.support.core_client import CoreClient

COUNTERS = 50


def fifty_packs() -> list[tuple[DemoItem, str, str]]:
    """Fifty packs of the store, each with its own trace code and serial."""
    packs = [
        (goods, f"T{goods.code}-{place}", code)
        for goods in demo().items
        for place, code in enumerate(trace_codes(goods.lots[-1]))
    ]
    assert len(packs) >= COUNTERS
    return packs[:COUNTERS]


def test_fifty_counters_settle_at_once() -> None:
    before = (threading.active_count(), open_files())
    with running_sandbox() as running:
        gate = threading.Barrier(COUNTERS, timeout=30)

        def visit(pack: tuple[DemoItem, str, str]) -> tuple[str, Decimal]:
            goods, serial, code = pack
            row = line(serial, goods) | {"drugtracinfo": [{"drug_trac_codg": code}]}
            with CoreClient(running.ready, operator=serial) as counter:
                gate.wait()
                counter.sign_in()
                counter.output("presettle", bill(person(), row))
                head = counter.output("settle", bill(person(), row))["setlinfo"]
                return head["setl_id"], head["acct_pay"]

        with ThreadPoolExecutor(COUNTERS) as pool:
            found = list(pool.map(visit, fifty_packs()))
        assert len({setl_id for setl_id, _ in found}) == COUNTERS
        with CoreClient(running.ready) as counter:
            counter.sign_in()
            shown = {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": person().id_no}}
            left = counter.output("query_person", shown)["insuinfo"][0]["balc"]
            opened = Decimal(person().insurances[0].balance)
            assert left == opened - sum(paid for _, paid in found)
            assert counter.control("state", {})["settlements"] == {"active": COUNTERS}
    gc.collect()
    assert (threading.active_count(), open_files()) == before


def open_files() -> int:
    """Descriptors of this process, where the system can tell."""
    listed = Path("/proc/self/fd")
    return len(list(listed.iterdir())) if listed.exists() else 0


def test_fifty_counters_racing_for_one_prescription_leave_one_settlement() -> None:
    with running_sandbox() as running:
        gate = threading.Barrier(COUNTERS, timeout=30)

        def race(number: int) -> int:
            with CoreClient(running.ready, operator=f"o{number}") as counter:
                counter.sign_in()
                gate.wait()
                code: int = counter.frame("settle", bill(person(), line("S1", item())))["infcode"]
                return code

        with ThreadPoolExecutor(COUNTERS) as pool:
            codes = list(pool.map(race, range(COUNTERS)))
        assert sorted(codes) == [-1] * (COUNTERS - 1) + [0]


def test_the_memory_survives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    content = bill(person(), line("S1", item()))
    with running_sandbox(seed=3, db=file) as running, CoreClient(running.ready) as counter:
        counter.sign_in()
        envelope = counter.envelope("settle", content)
        first = counter.send("settle", envelope)
        assert first["infcode"] == 0
        sign_no = counter.sign_no
        secret = running.ready["gateway"]
    with running_sandbox(seed=9, db=file) as running, CoreClient(running.ready) as counter:
        assert running.ready["gateway"] == secret
        counter.sign_no = sign_no
        assert counter.send("settle", envelope) == first
        assert counter.frame("settle", content)["infcode"] == -1
        head = first["output"]["setlinfo"]
        undo = {k: head[k] for k in ("psn_no", "setl_id", "mdtrt_id")}
        assert counter.frame("revoke_settlement", {"data": undo})["infcode"] == 0


SERVE = """
import json, os, sys, threading
from pathlib import Path
from tests.support.noon import follow
follow()
from app.sandbox.server import SandboxOptions, serve
stop = threading.Event()
threading.Thread(target=lambda: (os.read(0, 1), stop.set()), daemon=True).start()
serve(SandboxOptions(db=Path(sys.argv[1]), seed=3), lambda r: print(json.dumps(r), flush=True),
      stop)
"""


def test_a_settlement_survives_a_kill_right_after_its_answer(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.db"
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            with CoreClient(json.loads(process.stdout.readline())) as counter:
                counter.sign_in()
                envelope = counter.envelope("settle", bill(person(), line("S1", item())))
                first = counter.send("settle", envelope)
        finally:
            process.kill()
    with running_sandbox(db=file) as running, CoreClient(running.ready) as counter:
        assert counter.send("settle", envelope) == first
        assert counter.control("state", {})["settlements"] == {"active": 1}


def test_the_ready_line_has_what_a_foreign_client_needs(sandbox: RunningSandbox) -> None:
    ready: dict[str, Any] = json.loads(json.dumps(dict(sandbox.ready)))
    assert {"url", "profile", "pid", "endpoints", "gateway", "stock"} <= set(ready)
    assert set(ready["gateway"]) == {"paasid", "secret"}
    assert set(ready["stock"][0]) == {
        "fixmedins_hilist_id",
        "med_list_codg",
        "name",
        "manu_lotnum",
        "fixmedins_bchno",
        "expy_end",
        "quantity",
        "price",
        "trace_codes",
    }
    assert all(len(row["trace_codes"]) == row["quantity"] for row in ready["stock"])
    assert all(url.startswith(ready["url"]) for url in ready["endpoints"].values())


def test_serve_tells_when_ready_and_stops_when_told() -> None:
    ready, stop = threading.Event(), threading.Event()
    lines: list[dict[str, object]] = []

    def tell(shown: dict[str, object]) -> None:
        lines.append(shown)
        ready.set()

    thread = threading.Thread(target=serve, args=(SandboxOptions(), tell, stop))
    thread.start()
    try:
        assert ready.wait(20)
        with CoreClient(lines[0]) as counter:
            counter.sign_in()
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    with pytest.raises(ConnectionError):
        socket.create_connection(address(str(lines[0]["url"])), timeout=2)


def address(url: str) -> tuple[str, int]:
    parts = urllib.parse.urlsplit(url)
    return str(parts.hostname), int(parts.port or 0)


def test_stopping_does_not_wait_for_idle_counters_or_delays() -> None:
    failures: list[BaseException] = []

    def wait_for_ever(ready: Mapping[str, Any]) -> None:
        with CoreClient(ready) as counter:
            try:
                counter.sign_in()
            except (http.client.HTTPException, OSError) as cut:
                failures.append(cut)

    with running_sandbox(faults=("open_day:delay=600",)) as running:
        idle = socket.create_connection(address(running.url), timeout=5)
        idle.sendall(b"GET /sandbox/state HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(15) == b"HTTP/1.1 200 OK"
        waiting = threading.Thread(target=wait_for_ever, args=(running.ready,))
        waiting.start()
        while not running.switchboard.played():
            assert waiting.is_alive()
    waiting.join(10)
    idle.close()
    assert len(failures) == 1


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /core/9001 HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", 413),
        (b"POST /core/9001 HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /core/9001 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404),
    ],
)
def test_what_is_no_proper_request_is_refused(
    sandbox: RunningSandbox, head: bytes, status: int
) -> None:
    with socket.create_connection(address(sandbox.url), timeout=5) as wire:
        wire.sendall(head)
        assert wire.recv(1000).split(b" ")[1] == str(status).encode()


def test_a_request_cut_in_the_middle_has_no_effect(sandbox: RunningSandbox) -> None:
    with socket.create_connection(address(sandbox.url), timeout=5) as wire:
        wire.sendall(b"POST /core/9001 HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
        wire.shutdown(socket.SHUT_WR)
        assert wire.recv(1000) == b""


def test_wrong_options_are_refused_before_anything_listens() -> None:
    with pytest.raises(FaultSpecWrong), running_sandbox(faults=("nobody:reject",)):
        pass
    with pytest.raises(LocalTrouble), running_sandbox(profile="atlantis"):
        pass


def test_the_training_region_is_the_default(sandbox: RunningSandbox) -> None:
    assert sandbox.ready["profile"] == "fujian"


def test_a_counter_that_hangs_up_is_not_an_incident(
    sandbox: RunningSandbox, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_connection(address(sandbox.url), timeout=5) as wire:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.sendall(b"POST /core/9001 HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{")
    with CoreClient(sandbox.ready) as counter:
        counter.sign_in()
    assert capfd.readouterr().err == ""


def test_two_on_one_file_furnish_it_one_after_the_other(tmp_path: Path) -> None:
    db, numbers = tmp_path / "platform.db", []

    def furnish() -> None:
        with running_sandbox(seed=1, db=db) as sandbox:
            numbers.append([rx["hiRxno"] for rx in sandbox.ready["prescriptions"]])

    both = [threading.Thread(target=furnish) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(numbers) == 2
    assert numbers[0] == numbers[1]
