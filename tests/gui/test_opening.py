"""A counter that cannot be opened says why on a whole page, and can be closed at once."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.domain.errors import Code
from app.jobs.clock import SystemClock
from app.jobs.training_platform import Wanted
from app.opening import counter_window
from app.sandbox.server import running_sandbox
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.store import SqlStore, open_store
from ui.errors import sentences
from ui.widgets import Text

REGION = "fujian"


def a_store(folder: Path) -> SqlStore:
    location = StoreLocation(folder, REGION, training=True)
    return open_store(location, FileKeyStore(folder / "keys"), SystemClock())


@pytest.fixture
def opened_to_trouble(qtbot: QtBot, tmp_path: Path) -> Callable[[Path], list[str]]:
    """What the page says once opening failed; the window is closed again."""

    def open_one(ready_file: Path) -> list[str]:
        wanted = Wanted(tmp_path, REGION, tmp_path / "papers", ready_file)
        with counter_window(wanted, table=True) as (counter, opening):
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


def test_no_platform(opened_to_trouble, tmp_path: Path) -> None:
    said = opened_to_trouble(tmp_path / "absent.json")
    expected = sentences(Code.PLATFORM_NOT_STARTED, {})
    assert expected.happened in said
    assert expected.remedy in said


def test_another_window_is_open_already(opened_to_trouble, ready_file, tmp_path: Path) -> None:
    other = a_store(tmp_path)
    try:
        said = opened_to_trouble(ready_file)
    finally:
        other.close()
    assert sentences(Code.ALREADY_RUNNING, {}).happened in said


def test_the_key_is_gone(opened_to_trouble, ready_file, tmp_path: Path) -> None:
    a_store(tmp_path).close()
    shutil.rmtree(tmp_path / "keys")
    said = opened_to_trouble(ready_file)
    expected = sentences(Code.KEY_MISSING, {})
    assert expected.happened in said
    assert expected.remedy in said
