"""单据 and 货的限值 by keyboard, on a real small store: erasing behind a second person; figures."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, Trouble
from app.domain.goods.movements import NoteKind, StockMove
from app.jobs.lane import Lanes
from app.ports.stock_books import Booking, Note
from app.workflow.goods.changing import Change
from localdb.repositories.people import SqlPeople
from localdb.seeding import OPENING
from localdb.store import scope_of
from tests.support.back_room import BackRoom
from tests.support.counter_fakes import PreparedWorkflow, StillClock, recognise
from tests.support.looking import clipped, nameless, small_targets, words
from tests.support.small_counter import BOSS, CLERK, EARLY, PIN, a_small_counter, make_template
from tests.support.views import identify_case
from ui.bridge import Bridge
from ui.keys import Key
from ui.page import Page
from ui.pages.parts import PageKit
from ui.pages.stock.limits import StockLimitsPage
from ui.pages.stock.records import RecordsPage
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel

OTHER_BOSS = "3002"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    make_template(folder)
    return folder


@pytest.fixture
def room(tmp_path: Path, template: Path) -> Iterator[BackRoom]:
    with a_small_counter(tmp_path / "base", template) as small:
        yield BackRoom(small)


@pytest.fixture
def open_page(qtbot: QtBot, bridge: Bridge, lanes: Lanes, room: BackRoom):
    def opened(kind: type[RecordsPage] | type[StockLimitsPage]):
        counter = CounterModel(PreparedWorkflow(identify_case()), bridge, StillClock())
        made = kind(PageKit(counter, DevicesModel(bridge), recognise), room.small.surface)
        counter.setParent(made)
        qtbot.addWidget(made)
        made.resize(1190, 624)
        made.show()
        rest(made, qtbot)
        return made

    return opened


def rest(page: RecordsPage | StockLimitsPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.model.busy, timeout=10_000)
    for _ in range(3):
        QApplication.processEvents()


def bind(page: Page, qtbot: QtBot) -> None:
    act = next(act for act in page.acts() if act.key is Key.BIND)
    assert act.on, act.why
    act.run()
    rest(page, qtbot)  # type: ignore[arg-type]  # one of the two


def second_boss(room: BackRoom) -> None:
    with room.small.store.unit() as unit:
        boss = unit.people.by_login(BOSS)
        assert boss is not None
        SqlPeople(scope_of(unit)).enrol(replace(boss, login=OTHER_BOSS))


def a_change(room: BackRoom) -> None:
    lot = room.lot("PC1")
    room.small.surface.change_stock("105", Change(lot.lot_id, 2, "破损", EARLY[:2]))


def test_a_record_is_erased_behind_another_manager(open_page, room: BackRoom, qtbot: QtBot) -> None:
    a_change(room)
    second_boss(room)
    page = open_page(RecordsPage)
    assert page.model.note.reason == "破损"
    assert page.model.step.movement.packs == -2
    act = next(act for act in page.acts() if act.key is Key.BIND)
    assert (act.on, act.why) == (False, "请写明原因")
    page.form.inputs["reason"].setText("录错了")
    page.second.login.setText(OTHER_BOSS)
    page.second.pin.setText(PIN)
    bind(page, qtbot)
    qtbot.waitUntil(lambda: page.model.notes[0].kind == "erasure", timeout=5000)
    assert room.lot("PC1").on_hand == 4
    assert page.second.pin.text() == ""
    assert page.model.last.note_no in page.said.text()
    assert room.holds()


def test_nobody_erases_alone(open_page, room: BackRoom, qtbot: QtBot) -> None:
    a_change(room)
    page = open_page(RecordsPage)
    told: list[Trouble] = []
    page.model.counter.troubled.connect(told.append)
    page.form.inputs["reason"].setText("录错了")
    page.second.login.setText(BOSS)
    page.second.pin.setText(PIN)
    bind(page, qtbot)
    assert told[-1].code is Code.SECOND_IS_FIRST
    assert room.lot("PC1").on_hand == 2
    assert page.second.pin.text() == ""


def test_the_opening_of_the_ledger_is_called_so_and_not_erased(open_page, room: BackRoom) -> None:
    clock, lot = room.small.till.clock, room.lot("PC1")
    with room.small.store.unit() as unit:
        now = clock.now()
        note = unit.stock.write_note(Note(0, NoteKind.OPENING, OPENING, now, now, None))
        unit.stock.book(note, lot.lot_id, Booking(StockMove.OPENING, 1))
    page = open_page(RecordsPage)
    assert page.model.note is not None
    assert page.model.step is not None
    assert "建账 里的药" in words(page)
    assert not page.model.erasable
    assert not next(act for act in page.acts() if act.key is Key.BIND).on


def test_a_store_sets_its_own_days(open_page, room: BackRoom, qtbot: QtBot) -> None:
    page = open_page(StockLimitsPage)
    region = room.small.profile.rules
    near = page.forms["expiry"].inputs["near"]
    assert near.text() == str(region.near_expiry_days)
    near.setText("120")
    page.forms["expiry"].inputs["red"].setText("45")
    page.forms["ephedrine"].inputs["days"].setText("30")
    bind(page, qtbot)
    held = room.small.surface.thresholds()
    assert (held.near, held.red) == (120, 45)
    assert room.small.surface.ephedrine_limit().window_days == 30
    assert page.said.isVisible()
    assert "120" in words(page)


@pytest.mark.parametrize(
    ("near", "red", "blamed"), [("30", "60", "near"), ("x", "30", "near"), ("90", "1.5", "red")]
)
def test_a_wrong_figure_is_marked_and_nothing_kept(
    open_page, room: BackRoom, qtbot: QtBot, near: str, red: str, blamed: str
) -> None:
    page = open_page(StockLimitsPage)
    before = room.small.surface.thresholds()
    page.forms["expiry"].inputs["near"].setText(near)
    page.forms["expiry"].inputs["red"].setText(red)
    bind(page, qtbot)
    assert page.forms["expiry"].inputs[blamed].property("state") == "stop"
    assert room.small.surface.thresholds() == before


def test_who_may_not_set_is_told(open_page, room: BackRoom, qtbot: QtBot) -> None:
    room.small.surface.sign_in(CLERK, PIN)
    page = open_page(StockLimitsPage)
    told: list[Trouble] = []
    page.model.counter.troubled.connect(told.append)
    bind(page, qtbot)
    assert told[-1].code is Code.NOT_ALLOWED


@pytest.mark.parametrize("kind", [RecordsPage, StockLimitsPage], ids=["records", "limits"])
@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1190, 624)),
        (Shade.DARK, Density.COMFORTABLE, (1709, 907)),
    ],
    ids=["light-1366", "dark-1920"],
)
def test_the_page_stands(
    qapp: QApplication, open_page, room: BackRoom, qtbot: QtBot, kind, shade, density, size
) -> None:
    apply_theme(qapp, shade, density)
    a_change(room)
    page = open_page(kind)
    page.resize(*size)
    rest(page, qtbot)
    assert (nameless(page), small_targets(page), clipped(page)) == ([], [], [])
