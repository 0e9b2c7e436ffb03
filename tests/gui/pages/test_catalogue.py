"""目录: every key searches, lists say how fresh they are, a refresh can be stopped."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, NotSent, Trouble
from app.jobs.lane import Lanes
from tests.support.counter_fakes import PreparedWorkflow, StillClock, recognise
from tests.support.looking import clipped, nameless, small_targets, words
from tests.support.prepared_catalogue import PreparedCatalogue
from tests.support.views import identify_case
from ui.bridge import Bridge
from ui.keys import Key
from ui.pages.catalogue import CataloguePage
from ui.pages.parts import PageKit
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel


@pytest.fixture
def work():
    made = PreparedCatalogue()
    yield made
    made.may_end.set()


@pytest.fixture
def page(qtbot: QtBot, bridge: Bridge, lanes: Lanes, work: PreparedCatalogue) -> CataloguePage:
    counter = CounterModel(PreparedWorkflow(identify_case()), bridge, StillClock())
    made = CataloguePage(PageKit(counter, DevicesModel(bridge), recognise), work)
    counter.setParent(made)
    qtbot.addWidget(made)
    made.resize(1190, 624)
    made.show()
    qtbot.waitUntil(lambda: made.model.view is not None)
    return made


def press(page: CataloguePage, key: Key) -> None:
    act = next(act for act in page.acts() if act.key is key)
    assert act.on
    act.run()


def test_every_key_searches_and_the_last_one_counts(
    qtbot: QtBot, page: CataloguePage, work: PreparedCatalogue
) -> None:
    qtbot.keyClicks(page.field, "amxl")
    qtbot.waitUntil(lambda: work.typed[-1:] == ["amxl"] and bool(page.model.hits))
    told = page.list.rows.data(page.list.rows.index(0, 1), Qt.ItemDataRole.AccessibleTextRole)
    assert told == "阿莫西林胶囊（阿莫仙） 0.25g*24  胶囊剂"
    marks = [
        page.list.rows.data(page.list.rows.index(row, 0), Qt.ItemDataRole.AccessibleTextRole)
        for row in range(2)
    ]
    assert marks == ["本店有", "已停用"]


def test_nothing_found_says_so(qtbot: QtBot, page: CataloguePage) -> None:
    assert "输入就查" in words(page)
    qtbot.keyClicks(page.field, "zz")
    qtbot.waitUntil(lambda: "目录里没有" in words(page))


def test_lists_say_how_fresh_they_are(page: CataloguePage) -> None:
    said = words(page)
    assert "203,114 条" in said
    assert "下载到 120,000 / 300,000，没有下完" in said
    assert "还没有下载" in said


def test_a_refresh_shows_how_far_it_is_and_stops_at_esc(
    qtbot: QtBot, page: CataloguePage, work: PreparedCatalogue
) -> None:
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: "150,000 / 300,000" in words(page))
    assert "医保目录" in words(page)
    assert not next(act for act in page.acts() if act.key is Key.BIND).on
    qtbot.keyClicks(page.field, "am")
    qtbot.waitUntil(lambda: bool(page.model.hits))
    press(page, Key.BACK)
    qtbot.waitUntil(lambda: not page.model.busy)
    assert work.stopped
    assert not page.progress.isVisible()


def test_what_kept_it_from_its_end_is_told(
    qtbot: QtBot, page: CataloguePage, work: PreparedCatalogue
) -> None:
    told: list[Trouble] = []
    page.model.counter.troubled.connect(told.append)
    work.trouble = NotSent(Code.DID_NOT_LEAVE)
    work.may_end.set()
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: bool(told))
    assert not page.model.busy


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1190, 624)),
        (Shade.DARK, Density.COMFORTABLE, (1700, 900)),
        (Shade.LIGHT, Density.COMPACT, (640, 480)),
    ],
    ids=["light", "dark", "small"],
)
def test_the_page_stands(
    qapp: QApplication, qtbot: QtBot, page: CataloguePage, shade: Shade, density: Density, size
) -> None:
    apply_theme(qapp, shade, density)
    page.resize(*size)
    qtbot.keyClicks(page.field, "am")
    qtbot.waitUntil(lambda: bool(page.model.hits))
    qtbot.waitUntil(lambda: clipped(page) == [])
    assert (nameless(page), small_targets(page)) == ([], [])


def test_longer_texts_do_not_clip(longer: None, qtbot: QtBot, page: CataloguePage) -> None:
    qtbot.waitUntil(lambda: clipped(page) == [])
