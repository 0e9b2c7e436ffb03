"""The developer's words: run, test, check, bench, build. Standard library only, Python 3.10 up.

Each word first makes sure of the system packages (Debian and Ubuntu), of ``.venv`` with exactly
the locked packages, and of the project in it. Exit status: 0 done, 1 what was checked does not
hold, 2 wrong usage or a missing environment.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent
WORDS = ("run", "test", "check", "bench", "build")
OLDEST, BEYOND = (3, 11), (3, 14)
APT_WAIT_SECONDS = 300
TEST_WORKERS = 3  # one more than CI has cores: a test that waits leaves its own idle
SHARED_BY_FILE = ("--dist", "loadfile", "--no-loadscope-reorder")


class Missing(Exception):
    """Something this machine lacks, as one plain sentence that says what to do."""


@dataclass(frozen=True)
class Package:
    """A Debian package. ``file`` elsewhere serves as well; ``optional`` ones may stay away."""

    name: str
    file: str = ""
    optional: bool = False


# What the wheels load, found with ldd in a bare Debian 12: Qt and its X plugin, ZBar; and a font
_LIBRARIES = """libglib2.0-0 libgl1 libegl1 libfontconfig1 libdbus-1-3 libxkbcommon0
    libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-randr0
    libzbar0 fonts-wqy-microhei"""
RUN_PACKAGES = (
    *map(Package, _LIBRARIES.split()),
    # pyscard has no Linux wheel; the reader service is asked for only when a card is read
    Package("gcc", file="gcc"),
    Package("libc6-dev", file="/usr/include/stdio.h"),
    Package("libpcsclite-dev"),
    Package("pcscd", optional=True),
)
# a virtual card reader, a virtual screen, who kills victims at system calls, and a server
_TEST_TOOLS = ("vsmartcard-vpcd", "xvfb", "xauth", "strace", "postgresql")
TEST_PACKAGES = tuple(Package(name, optional=True) for name in _TEST_TOOLS)
# other people's SM2 and SM4; the long proof fails by name where one is missing
_OTHER = {"libbcprov-java": "", "default-jdk-headless": "javac", "npm": "npm", "openssl": "openssl"}
DEEP_PACKAGES = tuple(Package(name, file, optional=True) for name, file in _OTHER.items())
# PyInstaller looks into libraries with objdump
BUILD_PACKAGES = (Package("binutils", file="objdump"),)


def packages_for(word: str, *, deep: bool = False) -> tuple[Package, ...]:
    """System packages that ``word`` needs on Debian and Ubuntu."""
    more = {"run": (), "build": BUILD_PACKAGES}.get(word, TEST_PACKAGES)
    return RUN_PACKAGES + more + (DEEP_PACKAGES if deep else ())


def missing_of(wanted: Sequence[Package], installed: Callable[[Package], bool]) -> list[Package]:
    """Those of ``wanted`` that are not there, in order."""
    return [package for package in wanted if not installed(package)]


def is_debian(os_release: str) -> bool:
    """Whether the text of /etc/os-release names Debian, Ubuntu or a child of them."""
    pairs = (line.partition("=") for line in os_release.splitlines())
    fields = {name: value.strip().strip('"') for name, _, value in pairs}
    family = {fields.get("ID", ""), *fields.get("ID_LIKE", "").split()}
    return not family.isdisjoint({"debian", "ubuntu"})


def apt_prefix(*, is_root: bool, may_sudo: bool) -> list[str] | None:
    """How to call apt-get, or None where nobody may."""
    if is_root:
        return []
    return ["sudo", "-n"] if may_sudo else None


def fits(version: tuple[int, ...]) -> bool:
    """Whether a Python of ``version`` can run the product."""
    return OLDEST <= version[:2] < BEYOND


def choose_python(candidates: Sequence[tuple[str, tuple[int, ...]]]) -> str | None:
    """The first candidate that fits."""
    return next((path for path, version in candidates if fits(version)), None)


def stamp_of(root: Path, python: str, lock: bytes, project: bytes) -> dict[str, str]:
    """What an environment was made from: ``place`` must be equal, ``content`` may be renewed."""
    return {
        "place": f"{root} {python}",
        "content": hashlib.sha256(lock + b"\0" + project).hexdigest(),
    }


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether a window can open; only Linux lacks a screen as a matter of course."""
    if not platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def pytest_arguments(*, deep: bool, extra: Sequence[str]) -> list[str]:
    """Arguments of one pytest run; devices are never touched unless asked for by name.

    Files go to the workers whole, long ones first (``tests/conftest.py``).
    """
    marker = "not hardware" if deep else "not hardware and not deep"
    marked = [] if "-m" in extra else ["-m", marker]
    alone = any(word.startswith(("-n", "--pdb")) for word in extra)
    shared = [] if alone else ["-n", str(TEST_WORKERS), *SHARED_BY_FILE]
    return ["-m", "pytest", *marked, *shared, *extra]


# -- making sure of the machine ----------------------------------------------------------------


def say(text: str) -> None:
    """For people, on standard error; standard output belongs to the programs called."""
    print(f"dev: {text}", file=sys.stderr, flush=True)


def call(*command: str, environment: Mapping[str, str] | None = None) -> int:
    """Run ``command`` in the project folder and hand back its status."""
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def prepare(*command: str, environment: Mapping[str, str] | None = None) -> int:
    """As :func:`call`, for what comes before the word: what it says goes to standard error."""
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=2, check=False).returncode


def _answers(*command: str) -> str | None:
    """Standard output of ``command``, or None where it fails or does not exist."""
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def _installed(package: Package) -> bool:
    if package.file and shutil.which(package.file) is not None:
        return True
    if Path(package.file).is_absolute() and Path(package.file).is_file():
        return True
    # the 64-bit time change renamed libraries on newer releases
    for name in (package.name, f"{package.name}t64"):
        status = _answers("dpkg-query", "-W", "-f", "${db:Status-Status}", name)
        if status == "installed":
            return True
    return False


def ensure_system(word: str, *, deep: bool = False) -> None:
    """Install what is missing, or raise ``Missing`` with the exact command to type."""
    release = Path("/etc/os-release")
    if not sys.platform.startswith("linux"):
        return
    if not release.is_file() or not is_debian(release.read_text(encoding="utf-8")):
        names = " ".join(package.name for package in packages_for(word, deep=deep))
        say(f"not a Debian or Ubuntu; make sure of what these packages hold there: {names}")
        return
    lacking = missing_of(packages_for(word, deep=deep), _installed)
    if lacking:
        _install(
            [package.name for package in lacking if not package.optional],
            [package.name for package in lacking if package.optional],
        )


def _install(required: list[str], optional: list[str]) -> None:
    typed = f"apt-get install -y --no-install-recommends {' '.join(required + optional)}"
    prefix = apt_prefix(
        is_root=hasattr(os, "geteuid") and os.geteuid() == 0,
        may_sudo=_answers("sudo", "-n", "true") is not None,
    )
    if prefix is None:
        if required:
            raise Missing(f"system packages are missing; type: sudo {typed}")
        say(f"for a part of the tests, type: sudo {typed}")
        return
    say(f"installing system packages: {' '.join(required + optional)}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = (*prefix, "apt-get")
    # another installer at work, as after the first boot, is waited for
    waiting = ("-o", f"DPkg::Lock::Timeout={APT_WAIT_SECONDS}")
    install = (*apt, "install", "-y", "-qq", *waiting, "--no-install-recommends")
    prepare(*apt, "update", "-qq", *waiting, environment=quiet)
    if required and prepare(*install, *required, environment=quiet) != 0:
        raise Missing(f"the system packages did not install; type: sudo {typed}")
    for name in optional:
        if prepare(*install, name, environment=quiet) != 0:
            say(f"{name} is not to be had here; going on without it")


# -- making sure of the environment ------------------------------------------------------------


def venv_program(name: str) -> Path:
    """A program inside ``.venv``."""
    if os.name == "nt":
        return ROOT / ".venv" / "Scripts" / f"{name}.exe"
    return ROOT / ".venv" / "bin" / name


@contextlib.contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold a lock file, so that two runs do not build one environment together."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("a+b") as held:
        _wait_for(held)
        yield


def _wait_for(held: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        while True:
            # it gives up after ten tries, one a second
            with contextlib.suppress(OSError):
                msvcrt.locking(held.fileno(), msvcrt.LK_LOCK, 1)
                return
    else:
        import fcntl

        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run prepares the environment; waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)


def find_python() -> str:
    """A Python, never one inside an environment, that can make ``.venv``; raises ``Missing``."""
    names = [sys.executable, *(f"python3.{minor}" for minor in (11, 12, 13)), "python3"]
    ask = "import sys, venv, ensurepip; print(*sys.version_info[:2], sys._base_executable)"
    versions = []
    for name in names:
        answer = _answers(name, "-c", ask)
        if answer:
            major, minor, base = answer.split(maxsplit=2)
            versions.append((base.strip(), (int(major), int(minor))))
    found = choose_python(versions)
    if found is None:
        raise Missing("no Python 3.11, 3.12 or 3.13 with venv was found; install one")
    return found


def ensure_python() -> str:
    """As :func:`find_python`; on Debian a missing Python, venv or header is installed first."""
    try:
        python = find_python()
    except Missing:
        if shutil.which("apt-get") is None:
            raise
        version = f"python3.{sys.version_info[1]}" if fits(sys.version_info[:2]) else "python3.11"
        plain = _answers("/usr/bin/python3", "-c", "import sys; print(sys.version_info[1])") or ""
        name = "python3" if plain.strip() == version.partition(".")[2] else version
        _install([name, f"{name}-venv", f"{name}-dev"], [])
        python = find_python()
    header = "import sysconfig; print(sysconfig.get_path('include'))"
    folder = (_answers(python, "-c", header) or "").strip()
    if sys.platform.startswith("linux") and not (Path(folder) / "Python.h").is_file():
        if shutil.which("apt-get") is None:
            raise Missing(f"the headers of {python} are missing; install its development package")
        _install([f"{Path(folder).name}-dev"], [])
    return python


def ensure_environment() -> None:
    """``.venv`` with exactly the locked packages and this project; a stamp makes it quick."""
    venv, stamp = ROOT / ".venv", ROOT / ".venv" / "dev.stamp"
    with one_at_a_time(venv / "dev.lock"):
        python = ensure_python()
        lock = (ROOT / "requirements.lock").read_bytes()
        wanted = stamp_of(ROOT, python, lock, (ROOT / "pyproject.toml").read_bytes())
        found = json.loads(stamp.read_text("utf-8")) if stamp.is_file() else {}
        if found == wanted and venv_program("yaotai").is_file():
            return
        stamp.unlink(missing_ok=True)
        if found.get("place") != wanted["place"]:
            _make_venv(python, venv)
        _fill_venv()
        stamp.write_text(json.dumps(wanted), encoding="utf-8")


def _make_venv(python: str, venv: Path) -> None:
    say(f"making .venv with {python}")
    for entry in venv.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != "dev.lock":
            entry.unlink()
    if prepare(python, "-m", "venv", str(venv)) != 0:
        raise Missing(f"{python} could not make an environment; install its venv package")


def _fill_venv() -> None:
    pip = (str(venv_program("python")), "-m", "pip", "--disable-pip-version-check", "--no-input")
    say("installing the locked packages into .venv")
    if prepare(*pip, "install", "-q", "--require-hashes", "-r", "requirements.lock") != 0:
        raise Missing("the locked packages did not install; is a package index within reach?")
    project = ("--no-deps", "--no-build-isolation", "-e", ".")
    if prepare(*pip, "install", "-q", *project) != 0:
        raise Missing("the project did not install into .venv")


# -- the words ---------------------------------------------------------------------------------


def word_run(extra: Sequence[str]) -> int:
    program = str(venv_program("yaotai"))
    if extra or has_display(sys.platform, os.environ):
        return call(program, *extra)
    folder = ROOT / "build" / "demo"
    # the papers of an earlier visit have other names and would stay beside the new ones
    shutil.rmtree(folder, ignore_errors=True)
    say(f"no display here: playing one visit offscreen, pictures and papers in {folder}")
    return call(program, "demo", "--out", str(folder))


def word_test(extra: Sequence[str], *, deep: bool = False) -> int:
    # every child program of a test would compile all of it again
    offscreen = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": ""}
    steps = {
        "import rules": (str(venv_program("lint-imports")), "--no-cache"),
        "tests": (str(venv_program("python")), *pytest_arguments(deep=deep, extra=extra)),
    }
    return _all_of(steps, offscreen)


def word_check(extra: Sequence[str]) -> int:
    ruff, mypy = str(venv_program("ruff")), str(venv_program("mypy"))
    steps: dict[str, tuple[str, ...]] = {
        "format": (ruff, "format", "--check", "."),
        "lint": (ruff, "check", "."),
        "types": (mypy,),
    }
    return _all_of(steps, os.environ) | word_test(extra)


def word_bench(extra: Sequence[str]) -> int:
    offscreen = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return call(str(venv_program("python")), "-m", "tests.bench", *extra, environment=offscreen)


def word_build(extra: Sequence[str]) -> int:
    status = call(str(venv_program("pyinstaller")), "--noconfirm", "build.spec", *extra)
    if status != 0:
        return 1
    program = ROOT / "dist" / "yaotai" / ("yaotai.exe" if os.name == "nt" else "yaotai")
    say(f"playing one visit with {program} from an empty folder")
    return call(str(venv_program("python")), "-m", "tests.frozen", str(program))


def _all_of(steps: Mapping[str, tuple[str, ...]], environment: Mapping[str, str]) -> int:
    """Run every step, also after a failed one, so that one run tells everything."""
    failed = [name for name, step in steps.items() if call(*step, environment=environment) != 0]
    for name in failed:
        say(f"{name}: does not hold")
    return 1 if failed else 0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__, allow_abbrev=False)
    parser.add_argument("word", choices=WORDS)
    parser.add_argument("--deep", action="store_true", help="test: with the long proof")
    chosen, extra = parser.parse_known_args(arguments)
    if chosen.deep and chosen.word != "test":
        parser.error("--deep belongs to test")
    extra = [argument for argument in extra if argument != "--"]
    try:
        ensure_system(chosen.word, deep=chosen.deep)
        ensure_environment()
    except Missing as lack:
        say(str(lack))
        return 2
    if chosen.word == "test":
        return word_test(extra, deep=chosen.deep)
    words = {"run": word_run, "check": word_check, "bench": word_bench, "build": word_build}
    return words[chosen.word](extra)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
