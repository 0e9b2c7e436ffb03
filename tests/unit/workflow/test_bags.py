"""The label on the bag of a drug sold in parts: what has to stand on it does, on a real PDF too."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.ports.paper import Pair, Paper, Text
from app.workflow.papers.bag import bag_label, bags_of
from app.workflow.views.case import CaseView
from tests.support.duty import shows_up
from tests.support.small_counter import SmallCounter
from tests.support.split_shop import BOXES, furnish_bottles
from tests.support.store_builders import a_prescription


@pytest.fixture
def shop(small: SmallCounter) -> SmallCounter:
    furnish_bottles(small)
    return small


def sell_part(shop: SmallCounter, code: str, pieces: int) -> CaseView:
    view = shop.surface.sell_for_cash(shop.surface.current().case_id)
    view = shop.surface.split_box(shop.scan(view, code).case.case_id, 1, pieces)
    view = shop.finish(view)
    return shop.surface.pay(view.case_id, Fen(100_000))


def texts(paper: Paper) -> str:
    parts: list[str] = []
    for block in paper.blocks:
        if isinstance(block, Text):
            parts.append(block.text)
        elif isinstance(block, Pair):
            parts += [block.left, block.right]
    return "\n".join(parts)


def test_what_the_law_wants_stands_on_the_bag(shop: SmallCounter) -> None:
    done = sell_part(shop, BOXES[0], 3)
    assert done.hand_over is not None
    assert done.hand_over.bags == 1
    shop.tray.papers.clear()
    shop.surface.print_bags(done.case_id)
    (paper,) = shop.tray.papers
    said = texts(paper)
    with shop.store.reading() as unit:
        lot = unit.goods.lot(bags_of(unit.cases.get(done.case_id))[0][1].lot_id)
    assert paper.title == "示例大药房"
    for wanted in ("示例片", "3 片", "用法用量 ____", lot.lot_no, "有效期至"):
        assert wanted in said
    assert lot.expires_on.isoformat() in said
    assert done.hand_over.receipt_no in said


def test_the_usage_is_the_prescriptions(shop: SmallCounter) -> None:
    done = sell_part(shop, BOXES[0], 3)
    with shop.store.reading() as unit:
        case = unit.cases.get(done.case_id)
        ((line, part),) = bags_of(case)
        rx = a_prescription()
        drug = replace(rx.lines[0], single_dose="1片", frequency="每日三次", route="口服")
        rx = replace(rx, lines=(drug,))
        prescribed = replace(case, facts=replace(case.facts, prescription=rx))
        paper = bag_label(shop.till, unit, prescribed, replace(line, rx_line=drug.index), part)
    assert "用法用量 口服 每日三次 1片" in texts(paper)


def test_an_opened_box_prints_the_bag_that_was_filled_last(shop: SmallCounter) -> None:
    sell_part(shop, BOXES[0], 3)
    sell_part(shop, BOXES[0], 2)
    shop.tray.papers.clear()
    shop.surface.print_bag(BOXES[0])
    assert "2 片" in texts(shop.tray.papers[0])
    with pytest.raises(OperatorInput) as sealed:
        shop.surface.print_bag(BOXES[1])
    assert sealed.value.code is Code.STEP_MOVED_ON


def test_the_label_is_of_the_bag_filled_last_and_not_of_the_last_to_claim(
    shop: SmallCounter,
) -> None:
    surface = shop.surface
    early = surface.sell_for_cash(surface.current().case_id)
    early = surface.split_box(shop.scan(early, BOXES[0]).case.case_id, 1, 4)
    shop.till.counter_no = 2
    shows_up(shop.till)
    sell_part(shop, BOXES[0], 3)
    shop.clock.at += timedelta(minutes=1)
    shop.till.counter_no = 1
    surface.pay(shop.finish(early).case_id, Fen(100_000))
    shop.tray.papers.clear()
    surface.print_bag(BOXES[0])
    (paper,) = shop.tray.papers
    assert "4 片" in texts(paper)
