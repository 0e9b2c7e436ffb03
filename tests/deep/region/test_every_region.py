"""Every region, also in what a store may wear, is checked to its end by the program itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.conformance import visits_of
from app.profile.loader import load, shipped

REGIONS = (*shipped(), "fujian+settled_elsewhere", "fujian+holder_password")


@pytest.mark.deep
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("region", REGIONS)
def test_the_check_of_a_region_comes_to_its_end(region: str, tmp_path: Path) -> None:
    asked = ("profile", "check", region, "--out", str(tmp_path), "--json")
    done = subprocess.run(
        [sys.executable, "-m", "app", *asked],
        capture_output=True,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    told = json.loads(done.stdout)
    wanted = [visit.name for visit in visits_of(load(region))]
    assert [visit["visit"] for visit in told["visits"]] == wanted
    failed = [(v["visit"], v["code"], v["steps"]) for v in told["visits"] if not v["ok"]]
    assert (done.returncode, told["ok"], failed) == (0, True, [])
