"""Keys and certificates that end: read from what the store stands on, told sixty days ahead."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from app.cli.doors import LiveWish
from app.domain.ending import Ending, Ends, near
from app.gateways.endings import endings_of
from app.live.probes import probes
from app.live.store import LiveStore
from app.workflow.upkeep.doctor import Health
from tests.support.live_parts import WHOLE, installed
from tests.support.province import Authority

DATED = WHOLE.replace('app_id = "A"', 'app_id = "A"\nvalid_until = 2026-12-31')
LAST = date(2026, 12, 31)


def test_what_a_store_stands_on_says_when_it_ends(tmp_path: Path) -> None:
    found = endings_of(installed(tmp_path, DATED))
    assert found[0] == Ending(Ends.KEYS, "", LAST)
    (root,) = found[1:]
    assert (root.what, root.name) == (Ends.SEAL_ROOT, "示例签章根")
    assert root.on > LAST


def test_the_roots_of_https_say_it_too(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text(Authority(tmp_path).pem, encoding="ascii")
    named = DATED.replace("[trust]", '[trust]\nca = "ca.pem"')
    found = [one for one in endings_of(installed(tmp_path, named)) if one.what is Ends.TLS_ROOT]
    assert [one.name for one in found] == ["Example CA"]
    assert 28 <= found[0].days_left(datetime.now(UTC).date()) <= 31


def test_keys_without_a_day_say_nothing(tmp_path: Path) -> None:
    assert [one.what for one in endings_of(installed(tmp_path))] == [Ends.SEAL_ROOT]


@pytest.mark.parametrize(("days", "said"), [(61, False), (60, True), (0, True), (-3, True)])
def test_it_is_said_sixty_days_ahead_and_after_the_end(days: int, said: bool) -> None:
    today = LAST - timedelta(days=days)
    assert bool(near([Ending(Ends.KEYS, "", LAST)], today)) is said


@pytest.mark.parametrize(
    ("days", "health"), [(90, Health.OK), (60, Health.WARN), (8, Health.WARN), (7, Health.FAIL)]
)
def test_the_doctor_says_it_too(tmp_path: Path, days: int, health: Health) -> None:
    installed(tmp_path, DATED)
    store = LiveStore(LiveWish(tmp_path / "live.toml", "1", tmp_path / "practice"))
    noon = datetime(2026, 12, 31, 4, tzinfo=UTC) - timedelta(days=days)
    with time_machine.travel(noon, tick=False):
        rows = dict(probes(store, tmp_path / "practice", lambda trouble: str(int(trouble.code))))
        found = rows["endings"]()
    assert found.health is health
    assert ("2026-12-31" in found.detail) is (health is not Health.OK)
