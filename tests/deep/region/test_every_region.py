"""Every region, also in what a store may wear, serves whole visits through the real windows."""

from pathlib import Path

import pytest

from app.cli.conformance import Visit, visits_of
from app.jobs.apart import played_apart
from app.profile.loader import load, shipped

REGIONS = (*shipped(), "fujian+settled_elsewhere", "fujian+holder_password")
VISITS = [(region, visit) for region in REGIONS for visit in visits_of(load(region))]


@pytest.mark.deep
@pytest.mark.timeout(700)
@pytest.mark.parametrize(
    ("region", "visit"), VISITS, ids=[f"{region}-{visit.name}" for region, visit in VISITS]
)
def test_a_visit_comes_to_its_end(region: str, visit: Visit, tmp_path: Path) -> None:
    options = ("--profile", region, *visit.options, "--out", str(tmp_path))
    report = played_apart(options)
    assert report.get("ok") is True, (report.get("steps"), report.get("code"))
