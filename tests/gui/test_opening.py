"""A counter that cannot be opened says why on a whole page, and can be closed at once."""

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.cli.doors import LiveWish
from app.domain.access import Operator
from app.domain.errors import Code, LocalTrouble, OperatorInput
from app.jobs.clock import SystemClock
from app.jobs.progress import Progress
from app.jobs.training_platform import Wanted
from app.live.store import LiveStore
from app.opening import STAGES, Opener, counter_window, open_counter, shown
from app.ports.devices import RealParts
from app.sandbox.server import running_sandbox
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from tests.support.furnished import furnish
from tests.support.views import identify_case
from ui.counter_doors import told_at_sign_in
from ui.errors import sentences
from ui.text import tr
from ui.widgets import Text

REGION = "fujian"


class Nobody:
    """Nobody signs in here."""

    def sign_in(self, login: str, pin: str) -> Operator:
        raise OperatorInput(Code.SIGN_IN_WRONG)

    def lock(self) -> None: ...


def a_store(folder: Path) -> SqlStore:
    location = StoreLocation(folder, REGION, training=True)
    return open_store(location, FileKeyStore(folder / "keys"), SystemClock())


@pytest.fixture
def opened_to_trouble(qtbot: QtBot, tmp_path: Path) -> Callable[..., list[str]]:
    """What the page says once opening failed; the window is closed again."""

    def open_one(ready_file: Path | None, opens: Opener | None = None) -> list[str]:
        wanted = Wanted(tmp_path, REGION, tmp_path / "papers", ready_file)
        training = opens is None
        opener = opens or partial(open_counter, wanted)
        with counter_window(opener, table=training, training=training) as (counter, opening):
            assert counter.window.options.training is training
            qtbot.addWidget(counter.window)
            counter.window.resize(1366, 768)
            counter.window.show()
            counter.start()
            qtbot.waitUntil(lambda: counter.window.page("local_trouble") is not None, timeout=20000)
            page = counter.window.page("local_trouble")
            assert page is not None
            qtbot.waitUntil(page.isVisible, timeout=20000)
            assert opening.exception() is not None
            return [label.text() for label in page.findChildren(Text)]

    return open_one


@pytest.fixture
def ready_file(tmp_path: Path):
    """The ready line of a training platform that runs."""
    with running_sandbox(seed=1) as running:
        file = tmp_path / "ready.json"
        file.write_text(json.dumps(running.ready), encoding="utf-8")
        yield file


@pytest.mark.parametrize("person", [True, False])
def test_a_persons_counter_fills_its_screen(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, person: bool
) -> None:
    """Letters are chosen by the screen, so that the window has to be as large; the pictures of a
    demo are of the size that was asked for."""
    monkeypatch.setattr("ui.loading.load_application", lambda *_asked, **_named: qapp)
    wanted = Wanted(tmp_path, REGION, tmp_path / "papers", tmp_path / "absent.json")
    opener = partial(open_counter, wanted)
    with shown(opener, person=person) as (_application, counter, opening):
        assert counter.window.isMaximized() is person
        qtbot.waitUntil(opening.done, timeout=20000)
        if not person:
            assert (counter.window.width(), counter.window.height()) == (1366, 768)
        qtbot.addWidget(counter.window)


def test_no_platform(opened_to_trouble, tmp_path: Path) -> None:
    said = opened_to_trouble(tmp_path / "absent.json")
    expected = sentences(Code.PLATFORM_NOT_STARTED, {})
    assert expected.happened in said
    assert expected.remedy in said
    assert tr("shell.opening.stopped", what=tr("shell.opening.platform")) in said


def test_a_platform_that_plays_another_region(opened_to_trouble, ready_file: Path) -> None:
    line = json.loads(ready_file.read_text("utf-8"))
    ready_file.write_text(json.dumps({**line, "profile": "yunnan"}), encoding="utf-8")
    said = opened_to_trouble(ready_file)
    wanted = sentences(Code.PLATFORM_OTHER_REGION, {"what": "yunnan", "profile": REGION})
    assert wanted.happened in said


@pytest.mark.parametrize(
    ("region", "code", "key"),
    [
        ("fujian+library", Code.LIBRARY_NOT_NAMED, "library.folder"),
        ("fujian+terminal", Code.TERMINAL_NOT_NAMED, "terminal.folder"),
    ],
)
def test_a_dress_of_a_library_says_where_to_name_one(
    ready_file: Path, tmp_path: Path, region: str, code: Code, key: str
) -> None:
    line = json.loads(ready_file.read_text("utf-8"))
    ready_file.write_text(json.dumps({**line, "profile": region}), encoding="utf-8")
    furnish(tmp_path, region)
    wanted = Wanted(tmp_path, region, tmp_path / "papers", ready_file)
    with pytest.raises(LocalTrouble) as told, open_counter(wanted):
        pass
    assert told.value.code is code
    assert key in sentences(code, told.value.params).remedy


def test_a_live_counter_without_settings_says_where_they_belong(
    opened_to_trouble, tmp_path: Path
) -> None:
    file = tmp_path / "live.toml"
    live = LiveStore(LiveWish(file, "1", tmp_path / "practice"))
    said = opened_to_trouble(None, partial(live.open, live.wanted(None, "", RealParts())))
    expected = sentences(Code.SETTINGS_ABSENT, {"file": str(file)})
    assert expected.happened in said
    assert str(file) in expected.happened
    assert tr("shell.opening.stopped", what=tr("shell.opening.settings")) in said
    assert not any("训练" in words for words in said)


def test_another_window_is_open_already(opened_to_trouble, ready_file, tmp_path: Path) -> None:
    other = a_store(tmp_path)
    try:
        said = opened_to_trouble(ready_file)
    finally:
        other.close()
    assert sentences(Code.ALREADY_RUNNING, {}).happened in said
    assert tr("shell.opening.stopped", what=tr("shell.opening.base")) in said


def test_what_nobody_foresaw_is_said_with_the_stage_it_stopped_at(
    opened_to_trouble, ready_file, tmp_path: Path
) -> None:
    (tmp_path / "papers").write_bytes(b"a file where a folder has to be")
    said = opened_to_trouble(ready_file)
    assert sentences(Code.START_FAILED, {}).happened in said
    assert tr("shell.opening.stopped", what=tr("shell.opening.platform")) in said


def test_every_stage_of_a_start_is_told_before_it_begins(ready_file, tmp_path: Path) -> None:
    heard: list[Progress] = []
    wanted = Wanted(tmp_path, REGION, tmp_path / "papers", ready_file)
    with open_counter(wanted, heard.append):
        assert [told.stage for told in heard] == list(STAGES[:-1])
        assert [told.done for told in heard] == [1, 2, 3, 4]
        assert {told.total for told in heard} == {len(STAGES)}


def test_the_sign_in_page_says_what_is_being_prepared(qtbot: QtBot, open_window) -> None:
    opened = open_window(identify_case(), signing=Nobody())
    page = opened.window.page("sign_in")
    assert page is not None

    def said() -> str:
        return " ".join(label.text() for label in page.findChildren(Text))

    # the shop of the prepared desk comes over what was said before it
    shop = opened.counter.workflow.desk().store_name
    qtbot.waitUntil(lambda: shop in said(), timeout=5000)
    tell = told_at_sign_in(opened.window, opened.counter.bridge)
    for number, stage in enumerate(STAGES, 1):
        tell(Progress(stage, number, len(STAGES)))
        qtbot.waitUntil(lambda stage=stage: tr(f"shell.opening.{stage}") in said(), timeout=5000)


def test_the_key_is_gone(opened_to_trouble, ready_file, tmp_path: Path) -> None:
    a_store(tmp_path).close()
    shutil.rmtree(tmp_path / "keys")
    said = opened_to_trouble(ready_file)
    expected = sentences(Code.KEY_MISSING, {})
    assert expected.happened in said
    assert expected.remedy in said
