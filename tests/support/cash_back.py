"""A sale for cash on its way back at a small counter."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain.access import Operator
from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import LotHold
from app.jobs.progress import no_report
from app.ports.paper import Paper, Text
from app.ports.store import OutboxItem, OutboxState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.papers.words import word
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter


def boxes_back(shop: SmallCounter, done: CaseView, *boxes: DrugTraceCode) -> CaseView:
    """Every box of the sale lies on the counter again; the cash has not gone back."""
    view = shop.surface.begin_return(done.case_id)
    for code in boxes:
        view = shop.scan(view, code).case
    return shop.surface.take_back(view.case_id, boxes)


def paid_back(shop: SmallCounter, view: CaseView) -> CaseView:
    return shop.surface.pay_back(view.case_id, BOSS, PIN)


def records(shop: SmallCounter, view: CaseView) -> dict[Operation, OutboxItem]:
    """The last record of each operation of a visit."""
    with shop.store.reading() as unit:
        return {one.operation: one for one in unit.outbox.of_case(view.case_id)}


def states(shop: SmallCounter, view: CaseView) -> tuple[OutboxState, ...]:
    with shop.store.reading() as unit:
        return tuple(one.state for one in unit.outbox.of_case(view.case_id))


def told_round(shop: SmallCounter, times: int = 6) -> None:
    for _ in range(times):
        shop.clock.move(timedelta(minutes=20))
        delivery.drain(shop.till)


def held(shop: SmallCounter, view: CaseView) -> int:
    """Packs of the sale's drug in quarantine."""
    case = shop.case(view)
    with shop.store.reading() as unit:
        lots = unit.goods.lots(case.facts.lines[0].item_id)
    return sum(lot.on_hand for lot in lots if lot.hold is LotHold.QUARANTINE)


def slips(shop: SmallCounter) -> list[Paper]:
    shop.surface.print_waiting(no_report)
    title = word("given_back.title")
    return [
        paper
        for paper in shop.tray.papers
        if any(isinstance(block, Text) and block.text == title for block in paper.blocks)
    ]


def boss_of(shop: SmallCounter) -> Operator:
    with shop.store.reading() as unit:
        member = unit.people.by_login(BOSS)
    assert member is not None
    return member.operator()


def refused(act: Callable[[], object]) -> Code:
    with pytest.raises(OperatorInput) as told:
        act()
    return told.value.code
