"""One furnished base, copied for every death; one undisturbed visit that names the moments."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from app.sandbox.server import running_sandbox
from tests.support.furnished import furnish
from tests.support.fuse import DIED
from tests.support.kill_legs import CALLS, LEGS, Counted
from tests.support.morgue import Morgue
from tests.support.scenes import Scenery
from tests.support.strace import counted
from tests.support.victim import MOMENTS
from tests.support.zygote import Zygote

ROOT = Path(__file__).parents[3]
PATIENCE_S = 100


@dataclass(frozen=True)
class Deathbed:
    """What a dead counter left: its folder, and the platform that knows nothing of it."""

    folder: Path
    ready: dict[str, object]
    moments: tuple[str, ...]


class Mortuary:
    """Starts victims from copies of one furnished folder."""

    def __init__(self, furnished: Path, space: Path) -> None:
        self._furnished = furnished
        self._space = space

    @contextmanager
    def victim(self, burns_at: int) -> Iterator[Deathbed]:
        """A visit that died at moment ``burns_at``, or ran to its end where that is 0."""
        with running_sandbox(seed=1) as sandbox:
            folder = self._space / f"death-{burns_at}"
            shutil.copytree(self._furnished, folder)
            ready_file = folder / "ready.json"
            ready_file.write_text(json.dumps(sandbox.ready), encoding="utf-8")
            ended = subprocess.run(
                [
                    *(sys.executable, "-m", "tests.support.victim"),
                    *(str(folder), str(ready_file), str(burns_at)),
                ],
                cwd=ROOT,
                timeout=PATIENCE_S,
                capture_output=True,
                check=False,
            )
            assert ended.returncode == (DIED if burns_at else 0), ended.stderr.decode()[-2000:]
            moments = (folder / MOMENTS).read_text(encoding="utf-8").splitlines()
            yield Deathbed(folder, dict(sandbox.ready), tuple(moments))
            shutil.rmtree(folder)


@pytest.fixture(scope="session")
def mortuary(tmp_path_factory: pytest.TempPathFactory) -> Mortuary:
    furnished = tmp_path_factory.mktemp("furnished")
    furnish(furnished)
    return Mortuary(furnished, tmp_path_factory.mktemp("deaths"))


@pytest.fixture(scope="session")
def moments(mortuary: Mortuary) -> tuple[str, ...]:
    """Every moment of an undisturbed visit, in order."""
    with mortuary.victim(0) as lived:
        return lived.moments


@pytest.fixture(scope="module")
def morgue(scenery: Scenery, zygote: Zygote) -> Morgue:
    return Morgue(scenery, zygote)


@pytest.fixture(scope="module")
def calls(morgue: Morgue, tmp_path_factory: pytest.TempPathFactory) -> Counted:
    """How often an undisturbed victim of a leg makes each call; it must come to its end."""
    log = tmp_path_factory.mktemp("trace") / "log"

    @cache
    def of(name: str) -> Mapping[str, int]:
        leg = LEGS[name]
        with morgue.laid_out(leg.scene) as remains:
            found = counted(morgue.zygote, leg.flow, CALLS, log, **remains.order, calm=False)
            remains.lives_on(leg.finish)
        return found

    return of
