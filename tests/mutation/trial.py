"""Runs a module's own tests against one wrong version of it, in a fork that has loaded the rest."""

import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType

from tests.mutation.mutants import Mutant

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
_KILLED = 1


class Verdict(StrEnum):
    KILLED = "killed"
    SURVIVED = "survived"
    ENDLESS = "endless"
    """Stopped after the time limit: noticed all the same."""


@dataclass(frozen=True)
class Target:
    """A module, where of it lines count (all where empty), and the tests that are its own."""

    module: str
    tests: tuple[str, ...]
    functions: tuple[str, ...] = ()

    @property
    def file(self) -> Path:
        return ROOT / (self.module.replace(".", "/") + ".py")


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant's source wherever the module is asked for."""

    def __init__(self, target: Target, source: str) -> None:
        self._target, self._source = target, source

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname != self._target.module:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self._target.file))

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        del spec

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._source, str(self._target.file), "exec")
        exec(code, module.__dict__)  # noqa: S102 our own module, one word of it changed


def tried(target: Target, mutant: Mutant) -> Verdict:
    """Whether the target's own tests notice the mutant. Nothing of the target may be loaded."""
    assert target.module not in sys.modules, f"{target.module} is loaded already"
    child = os.fork()
    if child == 0:
        _try(target, mutant)
    _, how = os.waitpid(child, 0)
    if os.WIFSIGNALED(how):
        return Verdict.ENDLESS if os.WTERMSIG(how) == signal.SIGALRM else Verdict.KILLED
    return Verdict.SURVIVED if os.WEXITSTATUS(how) == 0 else Verdict.KILLED


def _try(target: Target, mutant: Mutant) -> None:
    status = _KILLED
    try:
        signal.alarm(PATIENCE_S)
        sys.meta_path.insert(0, _Instead(target, mutant.source))
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            status = _tests(target.tests)
    finally:
        os._exit(status)


def _tests(files: Sequence[str]) -> int:
    import hypothesis
    import pytest

    # the same examples for every mutant, and no haste on a busy machine
    calm = hypothesis.settings(deadline=None, derandomize=True, database=None)
    hypothesis.settings.register_profile("trial", calm)
    hypothesis.settings.load_profile("trial")
    # plugins that nothing here needs cost more than the tests; the usual settings name them
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    bare = ("-c", os.devnull, "--rootdir", str(ROOT), "-p", "no:cacheprovider")
    options = ("-x", "-q", "--tb=no", "--assert=plain", "--import-mode=importlib")
    return int(pytest.main([*bare, *options, *(str(ROOT / file) for file in files)]))
