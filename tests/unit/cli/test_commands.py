"""Every command through ``dispatch``: options, statuses, JSON keys, masking, one plain sentence."""

import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.cli.doors import DemoWish, SandboxWish, SeenCode
from app.cli.output import sentence, sentence_of
from app.domain.errors import FAMILIES, Bug, Code, DeviceTrouble, LocalTrouble, OperatorInput
from app.ports.devices import RealParts
from app.ports.store import OutboxItem
from app.workflow.cases.report import Effort, demo_report
from app.workflow.upkeep.doctor import CheckRow
from tests.support.fake_doors import (
    CARD_NO,
    CARD_SERIAL,
    ID_NO,
    NAME,
    READY,
    FakeDoors,
    a_card,
    a_waiting_item,
    ran,
)
from tests.support.store_builders import a_case, full_facts

VISIT = {
    "finished": True,
    "steps": [{"step": "identify", "outcome": "done", "ms": 12}],
    "screenshots": ["01.png"],
    "gui_stall_ms": {"p50": 1, "p99": 2, "max": 3},
    "gui_busy_ms": {"p50": 1, "p99": 2, "max": 3},
    "code": None,
    "ended_by": (),
}
DEMO_KEYS = {
    "ok",
    "profile",
    "identity",
    "steps",
    "settlement",
    "trace_codes",
    "documents",
    "screenshots",
    "gui_stall_ms",
    "own_ms",
    "code",
    "sentence",
}
GOOD_READY: dict[str, Any] = {
    "url": "http://127.0.0.1:1",
    "profile": "fujian",
    "pid": 1,
    "endpoints": {},
    "pharmacy": {"code": "P1", "name": "", "keys": {}},
    "hospital": {},
    "gateway": {"paasid": "p", "secret": "s"},
    "persons": [],
    "pharmacists": [],
    "prescriptions": [],
    "stock": [],
}


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    names = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(name) for name in names]
    yield
    for name, handler in zip(names, before, strict=True):
        signal.signal(name, handler)


def a_report(*, settled: bool = True) -> dict[str, object]:
    case = a_case(facts=full_facts()) if settled else None
    return demo_report("fujian", "qr", [VISIT], case, ["receipt.pdf"], Effort(40, 30), sentence_of)


@pytest.mark.parametrize("settled", [True, False])
def test_demo_reports_once_with_all_keys(capsys: pytest.CaptureFixture[str], settled: bool) -> None:
    doors = FakeDoors(report=a_report(settled=settled))
    status, documents, told = ran(doors, capsys, "demo", "--json")
    assert status == (0 if settled else 1)
    (report,) = documents
    assert report.keys() >= DEMO_KEYS
    assert report["settlement"].keys() == {
        "state",
        "setl_id",
        "total_fen",
        "fund_fen",
        "account_fen",
        "cash_fen",
    }
    assert (report["code"] is None) is settled
    assert (report["sentence"] == "") is settled
    assert report["sentence"] in told
    assert settled or f"（{report['code']}）" in told
    assert report["steps"][0].keys() >= {"step", "outcome", "ms"}
    assert report["gui_stall_ms"].keys() >= {"p50", "p99", "max"}


def test_demo_for_people_leaves_standard_output_alone(capsys: pytest.CaptureFixture[str]) -> None:
    status, documents, told = ran(FakeDoors(report=a_report()), capsys, "demo")
    assert (status, documents) == (0, [])
    assert "identify" in told


def test_demo_options_reach_the_door(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ready, picture = tmp_path / "ready.json", tmp_path / "code.png"
    ready.write_text(json.dumps(GOOD_READY), encoding="utf-8")
    picture.write_bytes(b"picture")
    doors = FakeDoors(report=a_report())
    arguments = ("demo", "--identity", "card", "--qr", str(picture), "--reader", "R1")
    arguments += ("--platform", str(ready), "--resume", "--fault", "settle:reject", "--seed", "9")
    arguments += ("--out", str(tmp_path / "out"), "--data-dir", str(tmp_path / "base"))
    arguments += ("--theme", "dark", "--size", "800x600", "--profile", "fujian", "--training")
    assert ran(doors, capsys, *arguments)[0] == 0
    (wish,) = doors.wishes
    assert wish == DemoWish(
        identity="card",
        picture=picture,
        reader="R1",
        platform=ready,
        resume=True,
        fault="settle:reject",
        seed=9,
        out=tmp_path / "out",
        data_dir=tmp_path / "base",
        profile="fujian",
        theme="dark",
        size=(800, 600),
    )


def _without(key: str) -> str:
    return json.dumps({name: value for name, value in GOOD_READY.items() if name != key})


@pytest.mark.parametrize(
    "text",
    ["", "not json", "[]", "null", "[" * 100_000, "\x00\xff"]
    + [json.dumps({**GOOD_READY, "gateway": {}})]
    + [_without(key) for key in sorted(GOOD_READY.keys() - {"pid"})],
)
def test_a_ready_file_with_garbage_is_told_before_anything_opens(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    ready = tmp_path / "ready.json"
    ready.write_text(text, encoding="latin-1")
    doors = FakeDoors(report=a_report())
    status, documents, told = ran(doors, capsys, "demo", "--json", "--platform", str(ready))
    assert (status, documents, doors.wishes) == (2, [], [])
    assert told.count("\n") == 1
    assert "就绪行" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("demo", "--size", "abc"),
        ("demo", "--size", "0x600"),
        ("demo", "--size", "800x600x1"),
        ("demo", "--size", "99999x1"),
        ("demo", "--seed", "one"),
        ("demo", "--identity", "face"),
        ("demo", "--theme", "pink"),
        ("demo", "--bogus"),
        ("demo", "--qr"),
        ("demo", "--qr", "/nowhere/code.png"),
        ("demo", "--platform", "/nowhere/ready.json"),
        ("demo", "--out", "/dev/null"),
        ("demo", "--data-dir", "/dev/null"),
        ("demo", "--profile", "nowhere"),
        ("--profile", "nowhere"),
        ("--data-dir", "/dev/null/x"),
        ("sandbox", "--port", "65536"),
        ("sandbox", "--port", "-1"),
        ("sandbox", "--port", "http"),
        ("sandbox", "--db", "/dev/null/base.db"),
        ("scan",),
        ("scan", "--profile", "nowhere", "x.png"),
        ("card",),
        ("card", "write"),
        ("queue",),
        ("journal", "forget"),
        ("demo", "--fault", "bad:fault"),
        ("sandbox", "--fault", "settle:reject", "--fault", "bad:fault"),
    ],
)
def test_wrong_usage_is_one_sentence_and_status_two(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    doors = FakeDoors(report=a_report())
    status, documents, told = ran(doors, capsys, *arguments)
    assert (status, documents, doors.wishes) == (2, [], [])
    assert told.count("\n") == 1
    assert any("一" <= letter <= "鿿" for letter in told)
    assert "Traceback" not in told


def test_without_a_command_the_window_opens(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    doors = FakeDoors(status=3)
    status, documents, _ = ran(
        doors, capsys, "--data-dir", str(tmp_path), "--camera", "0", "--gun", "COM3"
    )
    assert (status, documents) == (3, [])
    assert doors.wishes == [tmp_path, "fujian", RealParts(cameras=("0",), serial_gun="COM3")]


def test_sandbox_prints_its_ready_line_once(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    doors, db = FakeDoors(), tmp_path / "base.db"
    status, documents, _ = ran(
        doors, capsys, "sandbox", "--port", "0", "--db", str(db), "--seed", "3", "--fault", "a:b"
    )
    assert (status, documents) == (0, [READY])
    assert doors.wishes == [SandboxWish(0, db, 3, ("a:b",), "fujian")]


def test_scan_prints_a_line_per_file(capsys: pytest.CaptureFixture[str]) -> None:
    doors = FakeDoors(codes=(SeenCode("81234560000000000001", "CODE128"), SeenCode("4" * 28, "QR")))
    status, documents, _ = ran(doors, capsys, "scan", "--json", "a.png", "b.png")
    assert status == 0
    assert [document["file"] for document in documents] == ["a.png", "b.png"]
    for document in documents:
        assert document.keys() == {"file", "codes", "ms"}
        assert [code.keys() for code in document["codes"]] == [
            {"text", "symbology", "kind", "reason", "parts"}
        ] * 2
        assert [code["kind"] for code in document["codes"]] == ["drug_trace", "voucher"]


def test_scan_prints_a_line_per_file_of_a_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(b"")
    doors = FakeDoors(codes=(SeenCode("81234560000000000001", "CODE128"),))
    status, documents, _ = ran(doors, capsys, "scan", "--json", str(tmp_path))
    assert status == 0
    assert [Path(document["file"]).name for document in documents] == ["a.png", "b.png"]
    assert [len(document["codes"]) for document in documents] == [1, 1]
    # a file of a folder that cannot be read does not keep the others from being looked at
    doors = FakeDoors(trouble=OperatorInput(Code.FILE_UNREADABLE, file="a.png"))
    status, documents, told = ran(doors, capsys, "scan", "--json", str(tmp_path))
    assert (status, len(documents), told.count("a.png")) == (1, 2, 2)
    assert ran(doors, capsys, "scan", str(tmp_path / "a.png"))[0] == 2


def test_scan_gives_a_program_what_the_picture_says(capsys: pytest.CaptureFixture[str]) -> None:
    doors = FakeDoors(codes=(SeenCode(ID_NO, "CODE128"),))
    _, (shown,), told = ran(doors, capsys, "scan", "--json", "a.png")
    assert [code["text"] for code in shown["codes"]] == [ID_NO]
    assert ID_NO not in told


@pytest.mark.parametrize("protected", [True, False])
def test_card_read_masks_for_people(capsys: pytest.CaptureFixture[str], protected: bool) -> None:
    doors = FakeDoors(card=a_card(protected=protected))
    status, (shown,), told = ran(doors, capsys, "card", "read", "--json", "--reader", "R1")
    assert (status, doors.wishes, told) == (0, ["R1"], "")
    assert shown.keys() == {"medium", "card_no", "card_serial", "name", "id_no", "ms"}
    assert (shown["card_no"], shown["card_serial"]) == (CARD_NO, CARD_SERIAL)
    assert (shown["name"], shown["id_no"]) == ((None, None) if protected else (NAME, ID_NO))
    _, _, masked = ran(doors, capsys, "card", "read")
    for secret in (CARD_NO, CARD_SERIAL, NAME, ID_NO):
        assert secret not in masked
    _, _, open_to_all = ran(doors, capsys, "card", "read", "--reveal")
    assert CARD_NO in open_to_all


@pytest.mark.parametrize(("worst", "status"), [("ok", 0), ("warn", 0), ("fail", 1)])
def test_doctor_tells_each_check(
    capsys: pytest.CaptureFixture[str], worst: str, status: int
) -> None:
    doors = FakeDoors(rows=(CheckRow("ciphers", "ok", "SM2", ""), CheckRow("disk", worst, "", "x")))
    got, (document,), told = ran(doors, capsys, "doctor", "--json")
    assert (got, told) == (status, "")
    assert [check.keys() for check in document["checks"]] == [
        {"id", "status", "detail", "remedy"}
    ] * 2
    got, documents, told = ran(doors, capsys, "doctor")
    assert (got, documents, told.count("\n")) == (status, [], 2)


def test_queue_list_names_what_waits(capsys: pytest.CaptureFixture[str]) -> None:
    status, (document,), _ = ran(
        FakeDoors(items=(a_waiting_item(),)), capsys, "queue", "list", "--json"
    )
    (item,) = document["items"]
    assert status == 0
    assert item.keys() == {"id", "operation", "state", "age_s", "attempts", "next_at", "error"}
    assert (item["id"], item["attempts"], item["error"]) == (7, 2, 4002)
    assert 90 <= item["age_s"] < 600


@pytest.mark.parametrize("words", [("queue", "retry", "7"), ("queue", "drain")])
@pytest.mark.parametrize(("left", "status"), [((), 0), ((a_waiting_item(),), 1)])
def test_queue_is_told_now_and_says_whether_it_got_through(
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    left: tuple[OutboxItem, ...],
    status: int,
) -> None:
    doors = FakeDoors(items=(a_waiting_item(),), left=left)
    got, (document,), _ = ran(doors, capsys, *words, "--json")
    assert (got, [item["id"] for item in document["items"]]) == (status, [x.item_id for x in left])
    assert doors.wishes[-1] == (7 if "retry" in words else None)


def test_a_number_that_waits_nowhere_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    doors = FakeDoors(items=(a_waiting_item(),))
    assert ran(doors, capsys, "queue", "retry", "8")[:2] == (2, [])
    assert ran(doors, capsys, "queue", "retry", "x")[:2] == (2, [])


def test_another_record_that_stays_open_does_not_fail_a_retry(
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = replace(a_waiting_item(), item_id=8)
    doors = FakeDoors(items=(a_waiting_item(), other), left=(other,))
    assert ran(doors, capsys, "queue", "retry", "7")[0] == 0


@pytest.mark.parametrize(("whole", "status"), [(True, 0), (False, 1)])
def test_journal_verify_holds_or_not(
    capsys: pytest.CaptureFixture[str], whole: bool, status: int
) -> None:
    chain = {"ok": whole, "rows": 3, "head": "ab", "broken_at": None if whole else 2}
    got, documents, _ = ran(FakeDoors(chain=chain), capsys, "journal", "verify", "--json")
    assert (got, documents) == (status, [chain])


@pytest.mark.parametrize(
    "arguments",
    [
        ("demo",),
        ("sandbox",),
        ("scan", "a"),
        ("card", "read"),
        ("doctor",),
        ("queue", "list"),
        ("journal", "verify"),
        (),
    ],
)
@pytest.mark.parametrize(
    "trouble", [LocalTrouble(Code.STORE_FAILED, detail="x"), DeviceTrouble(Code.CARD_ABSENT)]
)
def test_a_trouble_is_its_sentence_and_status_two(
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    trouble: LocalTrouble | DeviceTrouble,
) -> None:
    status, documents, told = ran(FakeDoors(trouble=trouble), capsys, *arguments)
    assert (status, documents, told) == (2, [], sentence(trouble) + "\n")


def test_every_code_has_a_sentence_that_stands_alone() -> None:
    for code in Code:
        family = next(kind for kind in FAMILIES if kind.thousands == code // 1000)
        told = sentence(Bug() if family is Bug else family(code))
        assert told.endswith(f"（{int(code)}）")
        assert "{" not in told
        assert len(told) > len(f"（{int(code)}）")


def test_facts_are_told_where_they_are_known() -> None:
    assert "code.png" in sentence(OperatorInput(Code.FILE_UNREADABLE, file="code.png"))
    assert "{" not in sentence(OperatorInput(Code.FILE_UNREADABLE))
