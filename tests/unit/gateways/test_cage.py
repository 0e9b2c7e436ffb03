"""The keeper of the library's child, with a real library: crash, hang, rest, end."""

import ast
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from app.gateways.transport import caged
from app.gateways.transport.cage import FALLS_IN_A_ROW, REST_S, Cage, Called, Opening, own_cage
from app.gateways.transport.cage_words import CageWord
from app.jobs.child import CAGE
from app.profile.loader import load
from tests.support.vendor_library import VendorLibrary
from tests.support.waiting import until

MESSAGE = '{"infno":"any","姓名":"测试"}'.encode("gb18030")
ROOM = 4096
PATIENT = 20.0
Make = Callable[..., Cage]


@pytest.fixture
def vendor(tmp_path: Path) -> VendorLibrary:
    profile = load("fujian+library", "training").profile
    return VendorLibrary.installed(tmp_path / "vendor", profile, "http://127.0.0.1:9")


@pytest.fixture
def opening(vendor: VendorLibrary) -> Opening:
    return Opening(
        path=vendor.folder / vendor.profile.library.file,
        convention="cdecl",
        signature="sized",
        start="authorization",
        call="business_handle",
        decode="ec_decode",
        arguments=(b"P35020300001", b"secret"),
        error_bytes=1024,
        start_s=PATIENT,
    )


@pytest.fixture
def make(opening: Opening) -> Iterator[Make]:
    with ExitStack() as stack:

        def made(**other: object) -> Cage:
            clock = other.pop("monotonic", None)
            command = other.pop("command", ())
            changed = replace(opening, **other)  # type: ignore[arg-type] # names of its fields
            timed = {"monotonic": clock} if clock else {}
            cage = Cage(changed, command, **timed)  # type: ignore[arg-type] # as above
            stack.callback(cage.close)
            return cage

        yield made


def test_a_library_without_a_line_returns_its_own_error(make: Make) -> None:
    called = make().call(MESSAGE, ROOM, PATIENT)
    assert (called.entered, called.trouble, called.value) == (True, None, -1)
    assert called.error.decode("gb18030") == "网络不通"


def test_one_child_serves_many_calls(make: Make, vendor: VendorLibrary) -> None:
    cage = make()
    pids = set()
    for _ in range(3):
        cage.call(MESSAGE, ROOM, PATIENT)
        pids.add(cage.pid)
    assert len(pids) == 1
    assert vendor.trace() == ["opened", "entered", "entered", "entered"]


@pytest.mark.parametrize(
    ("fault", "word"), [("crash_before", CageWord.CRASHED), ("hang_before", CageWord.HUNG)]
)
def test_after_a_fall_another_child_answers(
    make: Make, vendor: VendorLibrary, fault: str, word: CageWord
) -> None:
    cage = make()
    cage.call(MESSAGE, ROOM, PATIENT)
    first = cage.pid
    vendor.fault(fault)
    called = cage.call(MESSAGE, ROOM, 1.0)
    assert called == Called(True, word)
    assert cage.pid is None
    assert cage.call(MESSAGE, ROOM, PATIENT).value == -1
    assert cage.pid not in (None, first)


@pytest.mark.parametrize("fault", ["crash", "hang"])
def test_a_fall_while_opening_never_had_the_message(
    make: Make, vendor: VendorLibrary, fault: str
) -> None:
    cage = make(start_s=2.0)
    vendor.fault_at_start(fault)
    assert cage.call(MESSAGE, ROOM, PATIENT) == Called(False, CageWord.FELL)
    assert "entered" not in vendor.trace()
    assert cage.call(MESSAGE, ROOM, PATIENT).entered


def test_three_falls_in_a_row_are_followed_by_a_rest(make: Make, vendor: VendorLibrary) -> None:
    now = [0.0]
    cage = make(monotonic=lambda: now[0])
    for _ in range(FALLS_IN_A_ROW):
        vendor.fault("crash_before")
        assert cage.call(MESSAGE, ROOM, PATIENT).trouble is CageWord.CRASHED
    assert cage.call(MESSAGE, ROOM, PATIENT) == Called(False, CageWord.RESTING)
    now[0] += REST_S
    assert cage.call(MESSAGE, ROOM, PATIENT).entered


def test_an_answer_in_between_starts_the_count_again(make: Make, vendor: VendorLibrary) -> None:
    cage = make()
    for _ in range(FALLS_IN_A_ROW):
        vendor.fault("crash_before")
        assert cage.call(MESSAGE, ROOM, PATIENT).trouble is CageWord.CRASHED
        if _ == 1:
            assert cage.call(MESSAGE, ROOM, PATIENT).trouble is None
    assert cage.call(MESSAGE, ROOM, PATIENT).entered


def test_lanes_wait_for_each_other_and_no_longer_than_said(
    make: Make, vendor: VendorLibrary
) -> None:
    cage = make()
    vendor.fault("hang_before")
    seen: list[Called] = []
    lane = threading.Thread(target=lambda: seen.append(cage.call(MESSAGE, ROOM, 60.0)))
    lane.start()
    until(lambda: "entered" in vendor.trace())
    assert cage.call(MESSAGE, ROOM, 0.05) == Called(False, CageWord.BUSY)
    cage.close()
    lane.join(PATIENT)
    assert seen == [Called(True, CageWord.CRASHED)]
    assert cage.call(MESSAGE, ROOM, PATIENT) == Called(False, CageWord.RESTING)


def not_opened(cage: Cage) -> CageWord | None:
    called = cage.call(MESSAGE, ROOM, PATIENT)
    assert not called.entered
    return called.trouble


def test_a_library_that_is_not_there_may_come_later(make: Make, opening: Opening) -> None:
    away = opening.path.with_suffix(".away")
    opening.path.rename(away)
    cage = make()
    assert not_opened(cage) is CageWord.ABSENT
    away.rename(opening.path)
    assert cage.call(MESSAGE, ROOM, PATIENT).entered


def test_what_is_no_library_cannot_be_loaded(make: Make, opening: Opening) -> None:
    opening.path.write_bytes(b"no library at all" * 100)
    assert not_opened(make()) is CageWord.UNLOADABLE


def test_a_library_of_other_bits_is_named(make: Make, opening: Opening) -> None:
    image = bytearray(opening.path.read_bytes())
    image[4] = 1  # EI_CLASS: ELFCLASS32
    opening.path.write_bytes(bytes(image))
    assert not_opened(make()) is CageWord.BITS


def test_a_missing_function_is_named(make: Make) -> None:
    called = make(call="other_function").call(MESSAGE, ROOM, PATIENT)
    assert (called.trouble, called.error) == (CageWord.EXPORT, b"other_function")


@pytest.mark.parametrize(
    "program",
    ["print('{\"protocol\":99}')", "print('no json')", "print('[]')", "raise SystemExit(3)"],
)
def test_another_program_is_no_cage(make: Make, program: str) -> None:
    cage = make(command=[sys.executable, "-I", "-c", program])
    assert not_opened(cage) is CageWord.HOST


def test_the_program_is_its_own_cage(make: Make) -> None:
    cage = make(command=[sys.executable, "-m", "app", CAGE])
    assert cage.call(MESSAGE, ROOM, PATIENT).value == -1


def test_the_frozen_program_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert own_cage() == [sys.executable, "-I", caged.__file__]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert own_cage() == [sys.executable, CAGE]


def test_nothing_of_an_opening_is_shown_by_accident(opening: Opening) -> None:
    assert "secret" not in repr(opening)


def test_the_child_leaves_with_its_parent(vendor: VendorLibrary, opening: Opening) -> None:
    vendor.fault("hang_before")
    script = (
        "import sys, os, threading\n"
        "from pathlib import Path\n"
        "from app.gateways.transport.cage import Cage, Opening\n"
        f"cage = Cage(Opening(Path({str(opening.path)!r}), 'cdecl', 'sized', 'authorization',"
        " 'business_handle', '', (b'a', b'b'), 1024, 20.0))\n"
        "threading.Thread(target=cage.call, args=(b'infno', 4096, 60.0), daemon=True).start()\n"
        "sys.stdin.readline()\n"
        "print(cage.pid, flush=True)\n"
        "os._exit(9)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    until(lambda: "entered" in vendor.trace(), PATIENT)
    said, _ = parent.communicate("\n", timeout=PATIENT)
    child = Path(f"/proc/{int(said)}")
    until(lambda: not child.exists() or "\nState:\tZ" in (child / "status").read_text())


def test_the_child_needs_nothing_of_this_program() -> None:
    tree = ast.parse(Path(caged.__file__).read_text("utf-8"))
    names = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    names += [str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert names
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names
