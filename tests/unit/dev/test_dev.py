"""The parts of dev.py that decide; what they decide about is played by a clean clone."""

import importlib.util
import multiprocessing
import os
import sys
import venv
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event
from pathlib import Path
from types import ModuleType

import pytest

PLACE = Path(__file__).parents[3] / "dev.py"


@pytest.fixture(scope="module")
def dev() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("dev", PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["dev"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["dev"]


def test_only_the_standard_library_is_imported() -> None:
    names = {
        line.split()[1].partition(".")[0]
        for line in PLACE.read_text("utf-8").splitlines()
        if line.strip().startswith(("import ", "from "))
    }
    assert names <= set(sys.stdlib_module_names) | {"__future__"}


def test_running_needs_less_than_testing(dev: ModuleType) -> None:
    run, test = set(dev.packages_for("run")), set(dev.packages_for("test"))
    assert run < test
    tools = {"vsmartcard-vpcd", "xvfb", "xauth", "strace", "postgresql"}
    assert {package.name for package in test - run} == tools
    assert {p.name for p in dev.packages_for("build")} - {p.name for p in run} == {"binutils"}
    others = {"libbcprov-java", "default-jdk-headless", "npm", "openssl"}
    assert {p.name for p in dev.packages_for("test", deep=True)} - {p.name for p in test} == others
    assert dev.packages_for("check") == dev.packages_for("bench") == dev.packages_for("test")


def test_only_missing_packages_are_named_in_order(dev: ModuleType) -> None:
    wanted = [dev.Package("b"), dev.Package("a"), dev.Package("c", optional=True)]
    lacking = dev.missing_of(wanted, lambda package: package.name == "a")
    assert [package.name for package in lacking] == ["b", "c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"\n', True),
        ("NAME=Ubuntu\nID=ubuntu\nID_LIKE=debian\n", True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ('ID="fedora"\nID_LIKE="rhel"\n', False),
        ("", False),
    ],
)
def test_debian_is_told_by_its_release_file(dev: ModuleType, text: str, expected: bool) -> None:
    assert dev.is_debian(text) is expected


@pytest.mark.parametrize(
    ("is_root", "may_sudo", "expected"),
    [
        (True, True, []),
        (True, False, []),
        (False, True, ["sudo", "-n"]),
        (False, False, None),
    ],
)
def test_who_may_install(
    dev: ModuleType, is_root: bool, may_sudo: bool, expected: list[str] | None
) -> None:
    assert dev.apt_prefix(is_root=is_root, may_sudo=may_sudo) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [((3, 10), False), ((3, 11), True), ((3, 12, 4), True), ((3, 13), True), ((3, 14), False)],
)
def test_pythons_that_fit(dev: ModuleType, version: tuple[int, ...], expected: bool) -> None:
    assert dev.fits(version) is expected


def test_the_first_python_that_fits_is_chosen(dev: ModuleType) -> None:
    candidates = [("old", (3, 10)), ("good", (3, 12)), ("other", (3, 11))]
    assert dev.choose_python(candidates) == "good"
    assert dev.choose_python(candidates[:1]) is None


def test_an_environment_is_never_made_with_its_own_python(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Making it begins with emptying it: the python inside would be gone before it is asked."""
    venv.create(tmp_path / "inside", symlinks=os.name != "nt")
    program = tmp_path / "inside" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    assert tmp_path not in Path(dev.find_python()).parents


def test_the_range_is_the_one_of_the_project(dev: ModuleType) -> None:
    project = PLACE.with_name("pyproject.toml").read_text("utf-8")
    low, high = (".".join(map(str, edge)) for edge in (dev.OLDEST, dev.BEYOND))
    assert f'requires-python = ">={low},<{high}"' in project


def test_a_stamp_tells_place_from_content(dev: ModuleType) -> None:
    first = dev.stamp_of(Path("/a"), "python3", b"lock", b"project")
    assert first == dev.stamp_of(Path("/a"), "python3", b"lock", b"project")
    moved = dev.stamp_of(Path("/b"), "python3", b"lock", b"project")
    assert moved["place"] != first["place"]
    assert moved["content"] == first["content"]
    for lock, project in ((b"other", b"project"), (b"lock", b"other"), (b"lockp", b"roject")):
        changed = dev.stamp_of(Path("/a"), "python3", lock, project)
        assert changed["place"] == first["place"]
        assert changed["content"] != first["content"]


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_where_a_window_can_open(
    dev: ModuleType, platform: str, environment: dict[str, str], expected: bool
) -> None:
    assert dev.has_display(platform, environment) is expected


def test_deep_tests_only_when_asked(dev: ModuleType) -> None:
    plain = dev.pytest_arguments(deep=False, extra=["-n0", "-x"])
    assert plain == ["-m", "pytest", "-m", "not hardware and not deep", "-n0", "-x"]
    assert dev.pytest_arguments(deep=True, extra=[])[3] == "not hardware"
    chosen = dev.pytest_arguments(deep=False, extra=["-n0", "-m", "deep"])
    assert chosen == ["-m", "pytest", "-n0", "-m", "deep"]


def test_files_go_whole_to_three_workers_unless_told_otherwise(dev: ModuleType) -> None:
    shared = ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]
    assert dev.pytest_arguments(deep=False, extra=["tests/unit"])[4:] == [*shared, "tests/unit"]
    for told in (["-n", "4"], ["-n0"], ["--pdb"]):
        assert dev.pytest_arguments(deep=False, extra=told)[4:] == told


def test_deep_belongs_to_test(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        dev.main(["run", "--deep"])
    assert left.value.code == 2
    assert "--deep" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["walk"]])
def test_other_words_are_wrong_usage(dev: ModuleType, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        dev.main(arguments)
    assert left.value.code == 2


def test_every_step_runs_and_failures_are_named(
    dev: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mark = tmp_path / "ran"
    steps = {
        "first": (sys.executable, "-c", "raise SystemExit(3)"),
        "second": (sys.executable, "-c", f"open({str(mark)!r}, 'w').close()"),
    }
    assert dev._all_of(steps, {}) == 1
    assert mark.exists()
    assert "first: does not hold" in capsys.readouterr().err
    assert dev._all_of({"second": steps["second"]}, {}) == 0


def test_a_second_run_waits_for_the_first(dev: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "new" / "dev.lock"
    context = multiprocessing.get_context("spawn")
    asked, taken = context.Event(), context.Event()
    with dev.one_at_a_time(lock):
        other = context.Process(target=_take, args=(lock, asked, taken))
        other.start()
        assert asked.wait(20)
        assert not taken.wait(0.3)
    assert taken.wait(20)
    other.join(20)
    assert other.exitcode == 0
    other.close()


def _take(lock: Path, asked: Event, taken: Event) -> None:
    sys.path.insert(0, str(PLACE.parent))
    module = importlib.import_module("dev")
    asked.set()
    with module.one_at_a_time(lock):
        taken.set()


APT = """#!/bin/sh
echo "$@" >> {log}
case "$*" in *update*) exit 0;; *{bad}*) exit 100;; esac
"""


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """An apt-get that writes down what it is asked, and fails for one package."""
    log = tmp_path / "asked"

    def make(bad: str) -> Path:
        program = tmp_path / "apt-get"
        program.write_text(APT.format(log=log, bad=bad or "nothing-fails"))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return log

    return make


posix_only = pytest.mark.skipif(os.name == "nt", reason="apt-get is a program of Debian")


@posix_only
def test_root_installs_what_is_missing(
    dev: ModuleType, apt: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    log = apt("")
    dev._install(["libzbar0", "gcc"], ["xvfb"])
    asked = log.read_text().splitlines()
    assert asked == [
        "update -qq -o DPkg::Lock::Timeout=300",
        "install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends libzbar0 gcc",
        "install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends xvfb",
    ]


@posix_only
def test_a_needed_package_that_fails_is_named(
    dev: ModuleType, apt: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt("libzbar0")
    with pytest.raises(dev.Missing, match=r"type: sudo apt-get install .* libzbar0"):
        dev._install(["libzbar0"], [])


@posix_only
def test_an_optional_package_that_fails_is_said(
    dev: ModuleType,
    apt: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    apt("vsmartcard-vpcd")
    dev._install([], ["vsmartcard-vpcd"])
    assert "going on without it" in capsys.readouterr().err


@posix_only
def test_without_rights_the_command_is_told(
    dev: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(dev.Missing, match="libzbar0 xvfb"):
        dev._install(["libzbar0"], ["xvfb"])
    dev._install([], ["xvfb"])
    assert "xvfb" in capsys.readouterr().err


def test_an_environment_is_made_anew_but_its_lock_stays(dev: ModuleType, tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    (venv / "lib" / "old").mkdir(parents=True)
    (venv / "dev.lock").write_bytes(b"")
    (venv / "stale").write_text("x")
    with pytest.raises(dev.Missing, match="venv package"):
        dev._make_venv("false" if os.name != "nt" else "cmd", venv)
    assert [entry.name for entry in venv.iterdir()] == ["dev.lock"]
