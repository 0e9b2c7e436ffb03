"""配送: the line in front has the fields its next move needs; keys do everything."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.delivery import DeliveryState
from app.domain.errors import Code, OperatorInput, Trouble
from app.jobs.lane import Lanes
from app.ports.store import OutboxState
from app.workflow.parcels.views import Deliverable, DeliveryRow, ParcelsView
from tests.support.counter_fakes import PreparedWorkflow, StillClock, recognise
from tests.support.looking import clipped, nameless, small_targets, words
from tests.support.views import before, identify_case
from ui.bridge import Bridge
from ui.keys import Key
from ui.pages.parcels import ParcelsPage
from ui.pages.parts import PageKit
from ui.theme import Density, Shade, apply_theme
from ui.viewmodels.counter import CounterModel
from ui.viewmodels.devices import DevicesModel

S = DeliveryState
READY = Deliverable(7, "1122-010007", "3" * 30, "钱**", ("示例片", "样例胶囊"), before(minutes=12))
WAY = DeliveryRow(
    delivery_no="D2026112201000001",
    receipt_no="1122-010003",
    rx_number="3" * 30,
    receiver="甄**",
    phone="138****0001",
    address="训练市示例区***",
    company="示例配送",
    courier="骑**",
    courier_phone="138****0002",
    state=S.UNDER_WAY,
    moved_at=before(minutes=30),
    signed_by="",
    note="",
    waits=None,
    after=(S.ARRIVED, S.REFUSED, S.CALLED_OFF),
)
PREPARED = replace(
    WAY,
    delivery_no="D2",
    company="",
    courier="",
    state=S.PREPARED,
    after=(S.UNDER_WAY, S.CALLED_OFF),
)
STUCK = replace(WAY, delivery_no="D3", waits=OutboxState.STOPPED)
OVER = replace(WAY, delivery_no="D4", state=S.ARRIVED, signed_by="甄**", after=())


class PreparedParcels:
    """Lines of 配送; what was asked is remembered."""

    def __init__(self, *rows: DeliveryRow, told: bool = True) -> None:
        self.view = ParcelsView(told, (READY,) if told else (), rows)
        self.asked: list[tuple[object, ...]] = []
        self.trouble: Trouble | None = None

    def parcels(self) -> ParcelsView:
        return self.view

    def _answer(self, *asked: object) -> ParcelsView:
        self.asked.append(asked)
        if self.trouble is not None:
            raise self.trouble
        return self.view

    def prepare_parcel(self, case_id: int, name: str, phone: str, address: str) -> ParcelsView:
        self.view = ParcelsView(True, (), (*self.view.rows, PREPARED))
        return self._answer("prepare", case_id, name, phone, address)

    def send_parcel(self, delivery_no: str, company: str, name: str, phone: str) -> ParcelsView:
        return self._answer("send", delivery_no, company, name, phone)

    def end_parcel(
        self, delivery_no: str, state: DeliveryState, signed_by: str, note: str
    ) -> ParcelsView:
        return self._answer("end", delivery_no, state, signed_by, note)

    def print_parcel(self, delivery_no: str) -> ParcelsView:
        return self._answer("print", delivery_no)


@pytest.fixture
def open_page(qtbot: QtBot, bridge: Bridge, lanes: Lanes):
    def open_one(work: PreparedParcels, size: tuple[int, int] = (1190, 624)) -> ParcelsPage:
        counter = CounterModel(PreparedWorkflow(identify_case()), bridge, StillClock())
        made = ParcelsPage(PageKit(counter, DevicesModel(bridge), recognise), work)
        counter.setParent(made)
        qtbot.addWidget(made)
        made.resize(*size)
        made.show()
        qtbot.waitUntil(lambda: made.model.view is not None)
        return made

    return open_one


def act(page: ParcelsPage, key: Key):
    return next(act for act in page.acts() if act.key is key)


def press(page: ParcelsPage, key: Key) -> None:
    assert act(page, key).on
    act(page, key).run()


def type_in(qtbot: QtBot, page: ParcelsPage, **texts: str) -> None:
    for name, text in texts.items():
        field = page.parcel.inputs[name]
        assert field.isVisible()
        field.clear()
        field.setText(text)


def test_a_sale_is_prepared_and_its_delivery_comes_in_front(qtbot: QtBot, open_page) -> None:
    work = PreparedParcels()
    page = open_page(work)
    assert "钱**" in words(page)
    type_in(qtbot, page, phone="13800000001", address="训练市示例区示例路1号")
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: page.model.chosen == "D2")
    assert work.asked == [("prepare", 7, "", "13800000001", "训练市示例区示例路1号")]
    assert page.parcel.inputs["company"].isVisible()
    assert not page.parcel.inputs["address"].isVisible()


def test_the_courier_is_remembered_for_the_next_bag(qtbot: QtBot, open_page) -> None:
    work = PreparedParcels(PREPARED, replace(PREPARED, delivery_no="D9"))
    page = open_page(work)
    type_in(qtbot, page, company="示例配送", courier="示例骑手", courier_phone="13800000002")
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: bool(work.asked))
    assert work.asked == [("send", "D2", "示例配送", "示例骑手", "13800000002")]
    qtbot.keyClick(page.list, Qt.Key.Key_Down)
    assert page.model.chosen == "D9"
    assert page.parcel.inputs["courier"].text() == "示例骑手"


def test_f12_signs_and_alt_keys_give_up_with_a_reason(qtbot: QtBot, open_page) -> None:
    work = PreparedParcels(WAY)
    page = open_page(work)
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: not page.model.busy)
    type_in(qtbot, page, note="无人在家")
    press(page, Key.OFFER_1)
    qtbot.waitUntil(lambda: not page.model.busy)
    press(page, Key.OFFER_2)
    qtbot.waitUntil(lambda: len(work.asked) == 3)
    number = WAY.delivery_no
    assert work.asked == [
        ("end", number, S.ARRIVED, "", ""),
        ("end", number, S.REFUSED, "", "无人在家"),
        ("end", number, S.CALLED_OFF, "", "无人在家"),
    ]


def test_f9_prints_the_label(qtbot: QtBot, open_page) -> None:
    work = PreparedParcels(WAY)
    page = open_page(work)
    press(page, Key.PRINT)
    qtbot.waitUntil(lambda: bool(work.asked))
    assert work.asked == [("print", WAY.delivery_no)]


def test_what_is_over_offers_nothing_but_the_label(open_page) -> None:
    page = open_page(PreparedParcels(OVER))
    assert not act(page, Key.BIND).on
    assert not act(page, Key.OFFER_1).on
    assert act(page, Key.PRINT).on
    assert "签收人 甄**" in words(page)


def test_a_record_that_stopped_is_said(open_page) -> None:
    page = open_page(PreparedParcels(STUCK))
    told = page.list.rows.data(page.list.rows.index(0, 2), Qt.ItemDataRole.AccessibleTextRole)
    assert "上传停下，要人处理" in str(told)


def test_a_refusal_leaves_what_was_typed(qtbot: QtBot, open_page) -> None:
    work = PreparedParcels()
    work.trouble = OperatorInput(Code.DELIVERY_INCOMPLETE, field="phone")
    page = open_page(work)
    told: list[Trouble] = []
    page.model.counter.troubled.connect(told.append)
    type_in(qtbot, page, phone="1", address="训练市")
    press(page, Key.BIND)
    qtbot.waitUntil(lambda: bool(told))
    assert page.parcel.inputs["address"].text() == "训练市"
    assert not page.model.busy


def test_a_region_without_deliveries_says_so(open_page) -> None:
    page = open_page(PreparedParcels(told=False))
    assert "本地区不上传配送" in words(page)
    assert not act(page, Key.BIND).on


@pytest.mark.parametrize(
    ("shade", "density", "size"),
    [
        (Shade.LIGHT, Density.COMPACT, (1190, 624)),
        (Shade.DARK, Density.COMFORTABLE, (1700, 900)),
        (Shade.LIGHT, Density.COMPACT, (640, 480)),
    ],
    ids=["light", "dark", "small"],
)
@pytest.mark.parametrize("row", [None, WAY, PREPARED, OVER], ids=["sale", "way", "bag", "over"])
def test_the_page_stands(
    qapp: QApplication,
    qtbot: QtBot,
    open_page,
    shade: Shade,
    density: Density,
    size,
    row: DeliveryRow | None,
) -> None:
    apply_theme(qapp, shade, density)
    page = open_page(PreparedParcels(*([row] if row else [])), size)
    # a page that folds finds its height in a few turns of the event loop
    qtbot.waitUntil(lambda: clipped(page) == [])
    assert (nameless(page), small_targets(page)) == ([], [])


def test_longer_texts_do_not_clip(qtbot: QtBot, longer: None, open_page) -> None:
    page = open_page(PreparedParcels(WAY, PREPARED))
    qtbot.waitUntil(lambda: clipped(page) == [])
