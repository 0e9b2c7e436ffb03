"""裁判: a message and a question in, a verdict in words and colour out; nothing stale beside it."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.cli.dispatch import dispatch
from app.jobs.lane import Lanes
from app.profile.loader import load
from app.sandbox.referee.room import Referee
from tests.support import integrator as one
from tests.support.counter_fakes import PreparedWorkflow, StillClock, recognise
from tests.support.fake_doors import FakeDoors
from tests.support.looking import clipped, holds_cursor, nameless, small_targets, words
from tests.support.views import identify_case
from tests.support.wrongs import WRONGS
from ui.bridge import Bridge
from ui.keys import Key
from ui.pages.parts import PageKit
from ui.pages.referee import RefereePage
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel
from ui.viewmodels.referee import Question

PERSON = {"patnName": "钱测试", "certno": "350100199001010013", "hiRxno": "1"}
MESSAGE = json.dumps(one.message(PERSON), ensure_ascii=False)


@pytest.fixture
def page(qtbot: QtBot, bridge: Bridge, lanes: Lanes) -> RefereePage:
    counter = CounterModel(PreparedWorkflow(identify_case()), bridge, StillClock())
    judge = Referee(load("national").profile)
    made = RefereePage(PageKit(counter, DevicesModel(bridge), recognise, referee=judge), judge)
    counter.setParent(made)
    qtbot.addWidget(made)
    made.resize(1190, 624)
    made.show()
    qtbot.waitUntil(lambda: bool(made.model.operations), timeout=5000)
    return made


@pytest.fixture
def keys(tmp_path: Path) -> str:
    path = tmp_path / "keys.json"
    path.write_bytes(one.keys_file())
    return str(path)


def ask(qtbot: QtBot, page: RefereePage) -> str:
    act = next(act for act in page.acts() if act.key is Key.ASK_AGAIN)
    assert act.on
    act.run()
    qtbot.waitUntil(lambda: not page.model.asking, timeout=20000)
    for _ in range(3):
        QApplication.processEvents()
    return words(page)


def drop(page: RefereePage, path: Path) -> None:
    content = QMimeData()
    content.setUrls([QUrl.fromLocalFile(str(path))])
    assert page.message.canInsertFromMimeData(content)
    page.message.insertFromMimeData(content)


def test_nothing_can_be_asked_before_message_and_keys_are_there(
    page: RefereePage, keys: str
) -> None:
    assert not page.model.may_ask
    assert "还差报文" in words(page)
    page.message.setPlainText(MESSAGE)
    assert not page.model.may_ask
    assert "还差KEYS文件" in words(page)
    off = next(act for act in page.acts() if act.key is Key.ASK_AGAIN)
    assert "Alt 6" in off.why
    next(act for act in page.acts() if act.key is Key.OFFER_6).run()
    assert holds_cursor(page.keys)
    page.keys.setText(keys)
    assert page.model.may_ask
    assert page.ask.isEnabled()
    assert "还差" not in words(page)


def test_a_right_message_passes_and_people_are_masked(
    qtbot: QtBot, page: RefereePage, keys: str
) -> None:
    page.message.setPlainText(MESSAGE)
    page.keys.setText(keys)
    said = ask(qtbot, page)
    assert "通过" in said
    assert "签名有效" in said
    shown = page.content.toPlainText()
    assert "hiRxno" in shown
    assert "350100199001010013" not in shown
    assert one.SECRET not in said + shown


def test_a_wrong_way_is_named_and_a_changed_message_clears_it(
    qtbot: QtBot, page: RefereePage, keys: str
) -> None:
    page.keys.setText(keys)
    page.message.setPlainText(json.dumps(WRONGS["user_id_secret"](PERSON)))
    said = ask(qtbot, page)
    assert "不通过" in said
    assert "用户标识" in said
    page.message.setPlainText(MESSAGE)
    assert page.model.ruling is None
    assert "用户标识" not in words(page)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("user_id_secret", "用户标识错了"),
        ("key_slice_last", "密钥取了后16个字符"),
        ("numbers_bare", "数字没有加引号"),
        ("unsorted_at", "data.diseinfo[0]里的键"),
    ],
)
def test_what_goes_wrong_most_is_one_sentence_in_the_window_and_in_the_terminal(
    qtbot: QtBot,
    page: RefereePage,
    keys: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    wrong: str,
    said: str,
) -> None:
    content = {"hiRxno": "1", "rxDrugCnt": 3, "flag": True, "diseinfo": [{"b": "1", "a": "2"}]}
    text = json.dumps(WRONGS[wrong](content) if wrong in WRONGS else _unsorted_inside(content))
    page.keys.setText(keys)
    page.message.setPlainText(text)
    assert said in ask(qtbot, page)
    file = tmp_path / "message.json"
    file.write_text(text, encoding="utf-8")
    assert dispatch(["referee", "verify", "--keys", keys, str(file)], FakeDoors) == 1
    told = capsys.readouterr().err
    assert (said in told, told.count("\n")) == (True, 1)


def _unsorted_inside(content: dict[str, object]) -> dict[str, object]:
    """Right but for one object in a list, whose keys stand as they were sent."""
    text = one.ordered(one.dropped(one.texts(content)))
    text["diseinfo"] = one.texts(content)["diseinfo"]
    return one.message(content, text=one.dump(text))


def test_fields_are_checked_without_keys(qtbot: QtBot, page: RefereePage) -> None:
    page.message.setPlainText(json.dumps(one.head() | {"data": {"rxChkStasCodg": "7"}}))
    page.model.ask_about(Question.CHECK_REQUEST)
    page.model.choose("audit")
    assert page.operation.isVisible()
    said = ask(qtbot, page)
    assert "rxChkStasCodg" in said
    assert "代码表" in said
    assert nameless(page) == []
    assert clipped(page) == []


def test_a_dropped_file_keeps_its_bytes(
    qtbot: QtBot, page: RefereePage, keys: str, tmp_path: Path
) -> None:
    path = tmp_path / "gbk.json"
    path.write_bytes(json.dumps({"message": "成功"}, ensure_ascii=False).encode("gbk"))
    drop(page, path)
    qtbot.waitUntil(lambda: page.model.file == "gbk.json", timeout=5000)
    page.keys.setText(keys)
    assert "GBK" in ask(qtbot, page)
    page.model.clear()
    assert (page.model.message, page.message.toPlainText()) == (b"", "")


def test_keys_nobody_can_read_are_told(qtbot: QtBot, page: RefereePage, tmp_path: Path) -> None:
    page.message.setPlainText(MESSAGE)
    page.keys.setText(str(tmp_path / "absent.json"))
    troubles: list[object] = []
    page.model.counter.troubled.connect(troubles.append)
    ask(qtbot, page)
    assert len(troubles) == 1
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(one.keys_file(publicKey="AA=="))
    page.keys.setText(str(wrong))
    assert "无法判断" in ask(qtbot, page)


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1190, 560)),
        (Shade.DARK, Density.COMFORTABLE, (1640, 860)),
    ],
    ids=["light", "dark"],
)
def test_the_page_stands(
    qapp: QApplication,
    qtbot: QtBot,
    page: RefereePage,
    keys: str,
    shade: Shade,
    density: Density,
    size: tuple[int, int],
) -> None:
    apply_theme(qapp, shade, density)
    page.resize(*size)
    page.keys.setText(keys)
    page.message.setPlainText(json.dumps(WRONGS["unsorted_nested"]({"b": {"z": 1, "a": 2}})))
    ask(qtbot, page)
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])
    page.focus_first()
    assert page.holds_focus()


def test_the_window_opens_it_by_its_key(qtbot: QtBot, bridge: Bridge, lanes: Lanes) -> None:
    from ui.counter_window import BenchInputs, CounterWindow, Doors
    from ui.shell import WindowOptions

    judge = Referee(load("national").profile)
    doors = Doors(PreparedWorkflow(identify_case()), StillClock(), recognise, referee=judge)
    opened = CounterWindow(doors, bridge, BenchInputs(), WindowOptions())
    qtbot.addWidget(opened.window)
    opened.window.show()
    opened.start()
    qtbot.waitUntil(lambda: opened.counter.case is not None, timeout=20000)
    assert opened.window.press(Key.REFEREE)
    page = opened.window.current_page()
    assert isinstance(page, RefereePage)
    assert page.holds_focus()
    qtbot.waitUntil(lambda: bool(page.model.operations), timeout=5000)
    assert opened.window.press(Key.REFEREE)
    assert opened.window.current_page() is not page
    opened.stop()
