"""Switches and faults in the books of stock: the sender hears a yes, the figure tells another."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.sandbox.control import install
from app.sandbox.core.goods.planting import NothingToPlantOn, plant
from app.sandbox.core.goods.switches import SwitchWrong
from app.sandbox.faults import Switchboard
from app.sandbox.router import Registry, Request
from app.simulation.goods.keeper import Keeper, a_keeper, whole_region
from app.simulation.run import quiet
from app.simulation.templates import Templates, templates
from app.workflow.stock_reconciling import asking


@pytest.fixture(scope="module")
def made() -> Iterator[Templates]:
    with quiet(), templates("fujian") as found:
        yield found


@pytest.fixture
def keeper(made: Templates) -> Iterator[Keeper]:
    with a_keeper(made, whole_region(made.profile), "switches") as found:
        yield found


def sold(keeper: Keeper, packs: int, spoils: str, hours: float = 1) -> tuple[int, int]:
    """Figures of the first lot before and after a sale that meets ``spoils``, in whole packs."""
    item = keeper.items[0]
    lot = keeper.first_lot(item)
    before = shown(keeper)
    asked = {"spoils": spoils, "kind": "sale", "lot": lot.upload_lot, "hours": hours}
    plant(keeper.sandbox.site, asked)
    keeper.sell(lot, packs)
    assert keeper.tell() == 1
    return before, shown(keeper)


def shown(keeper: Keeper) -> int:
    item = keeper.items[0]
    lot = keeper.first_lot(item)
    figures = asking.figures_of(keeper.till, item.store_code)
    return figures[lot.upload_lot].quantity // 10_000


@pytest.mark.parametrize(("spoils", "gone"), [("lose", 0), ("double", 4), ("reorder", 0)])
def test_what_becomes_of_an_accepted_sale(keeper: Keeper, spoils: str, gone: int) -> None:
    before, after = sold(keeper, 2, spoils)
    assert before - after == gone


def test_a_late_record_is_booked_when_its_time_comes(keeper: Keeper) -> None:
    before, after = sold(keeper, 2, "delay", hours=2)
    assert after == before
    keeper.clock.pass_time(timedelta(hours=2, minutes=1).total_seconds())
    assert shown(keeper) == before - 2


def test_an_overtaken_record_is_booked_behind_the_next_of_its_lot(keeper: Keeper) -> None:
    before, after = sold(keeper, 1, "reorder")
    assert after == before
    keeper.sell(keeper.first_lot(keeper.items[0]))
    keeper.tell()
    assert shown(keeper) == before - 2


def test_a_switch_meets_one_record_and_is_gone(keeper: Keeper) -> None:
    before, after = sold(keeper, 1, "lose")
    assert after == before
    keeper.sell(keeper.first_lot(keeper.items[0]))
    keeper.tell()
    assert shown(keeper) == before - 1


@pytest.mark.parametrize(
    "asked",
    [
        {"spoils": "nothing", "kind": "sale"},
        {"spoils": "lose"},
        {"spoils": "lose", "kind": "sale", "times": 0},
        {"spoils": "delay", "kind": "sale", "hours": "soon"},
    ],
)
def test_a_switch_that_does_not_exist_is_refused(keeper: Keeper, asked: dict[str, object]) -> None:
    with pytest.raises(SwitchWrong):
        plant(keeper.sandbox.site, asked)


@pytest.mark.parametrize(
    "asked", [{"plant": "nothing"}, {"plant": "turn", "kind": "change", "lot": "NOWHERE"}]
)
def test_a_fault_needs_a_record_to_be_planted_on(keeper: Keeper, asked: dict[str, object]) -> None:
    with pytest.raises(NothingToPlantOn):
        plant(keeper.sandbox.site, asked)


def test_the_control_address_sets_a_switch_and_says_no_to_nonsense(keeper: Keeper) -> None:
    registry = Registry()
    install(registry, keeper.sandbox.site, Switchboard(), lambda name: name)
    entry = registry.find("/sandbox/stock")
    assert entry is not None
    answers = [
        json.loads(entry.handler(Request("POST", "/", {}, body)).body)["ok"]
        for body in (b'{"spoils":"lose","kind":"sale"}', b'{"spoils":"x"}', b"no json")
    ]
    assert answers == [True, False, False]
