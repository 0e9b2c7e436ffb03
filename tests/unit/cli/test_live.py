"""``--live``: the settings say region and folder; what plays with invented people refuses it."""

from pathlib import Path

import pytest

from app.cli.doors import LiveWish, ProvisionWish
from app.domain.errors import Code, LocalTrouble
from app.jobs.training_platform import default_folder
from tests.support.fake_doors import FakeDoors, a_waiting_item, ran


def test_the_region_comes_from_the_settings(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    doors, file = FakeDoors(items=(a_waiting_item(),)), tmp_path / "live.toml"
    asked = ("queue", "list", "--json", "--live", "--settings", str(file), "--counter", "gulou/3")
    assert ran(doors, capsys, *asked)[0] == 0
    assert doors.wishes == [LiveWish(file, "gulou/3", default_folder()), None, "shanghai"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--live", "--profile", "fujian"),
        ("--live", "--data-dir", "somewhere"),
        ("demo", "--live"),
        ("sandbox", "--live"),
        ("simulate", "--live"),
        ("reconcile", "rehearse", "--live"),
        ("profile", "check", "fujian", "--live"),
        ("provision", "--file", "people.toml"),
        ("provision", "--live"),
        ("migrate-store", "--to", "postgresql+psycopg://u@h/b"),
        ("migrate-store", "--live"),
    ],
)
def test_what_does_not_go_together_opens_nothing(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    doors = FakeDoors()
    status, documents, told = ran(doors, capsys, *arguments)
    assert (status, documents) == (2, [])
    assert told.count("\n") == 1
    assert not any(isinstance(wish, ProvisionWish) for wish in doors.wishes)


def test_a_live_window_is_opened_before_anything_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    doors = FakeDoors()
    assert ran(doors, capsys, "--live", "--reader", "R1")[0] == 0
    (wish, folder, region, real) = doors.wishes
    assert isinstance(wish, LiveWish)
    assert (folder, region) == (None, "")
    assert real.reader == "R1"  # type: ignore[attr-defined]  # parts of the counter


def test_provisioning_tells_what_was_entered(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    listed = tmp_path / "people.toml"
    listed.write_text("", encoding="utf-8")
    doors = FakeDoors(report={"staff": 2, "items": 300, "keys": 4, "pin": ""})
    asked = ("provision", "--live", "--json", "--file", str(listed), "--keys", str(tmp_path))
    status, (document,), _told = ran(doors, capsys, *asked)
    assert (status, document["ok"], document["items"]) == (0, True, 300)
    assert doors.wishes[-1] == ProvisionWish(listed, tmp_path)
    doors = FakeDoors(report={"staff": 0, "items": 0, "keys": 0, "pin": "48291735"})
    assert "48291735" in ran(doors, capsys, "provision", "--live", "--reset", "9001")[2]


def test_moving_says_where_the_base_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    doors = FakeDoors(report={"to": "store/yaotai", "tables": 44, "rows": 9, "total_fen": 1})
    asked = ("migrate-store", "--live", "--to", "postgresql+psycopg://u@store/yaotai", "--json")
    status, (document,), _told = ran(doors, capsys, *asked)
    assert (status, document["ok"], document["rows"]) == (0, True, 9)
    assert "store/yaotai" in document["detail"]
    assert doors.wishes[-1] == "postgresql+psycopg://u@store/yaotai"


@pytest.mark.parametrize(
    ("trouble", "status"),
    [
        (LocalTrouble(Code.MOVE_MONEY_OPEN, count=2), 1),
        (LocalTrouble(Code.MOVE_DIFFERS, table="journal"), 1),
        (LocalTrouble(Code.ALREADY_RUNNING), 2),
    ],
)
def test_a_move_that_may_not_be_is_one_sentence(
    capsys: pytest.CaptureFixture[str], trouble: LocalTrouble, status: int
) -> None:
    class Refusing(FakeDoors):
        def move_store(self, to: str) -> dict[str, object]:
            self.wishes.append(to)
            raise trouble

    asked = ("migrate-store", "--live", "--to", "postgresql+psycopg://u@store/yaotai")
    found, _documents, told = ran(Refusing(), capsys, *asked)
    assert (found, told.count("\n")) == (status, 1)
    assert f"（{int(trouble.code)}）" in told


def test_settings_that_do_not_hold_are_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    doors = FakeDoors(trouble=LocalTrouble(Code.SETTINGS_LACK, what="storage.folder"))
    status, _documents, told = ran(doors, capsys, "backup", "--live")
    assert (status, "storage.folder" in told, told.count("\n")) == (2, True, 1)
