"""Two counters with sales whose next act is the money: furnished once, copied for each play.

The base is a real SQLCipher file, the platform's memory that of the same moment; messages travel
unsealed (the prescription centre's in frames of the core platform), so that a play costs little.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random

from app.domain.access import Operator
from app.domain.case import Step
from app.domain.errors import OperatorInput
from app.profile.loader import load
from app.sandbox.in_process import in_process_sandbox
from app.simulation.clerk import Clerk, Customer
from app.simulation.clock import PlatformTime, PlayedClock
from app.simulation.fate import Fate
from app.simulation.links import PlatformLink
from app.simulation.shop import COUNTERS, Counter, Shop
from app.simulation.templates import OVERLAY, PLATFORM_SEED, UNSEALED, Templates, space
from app.workflow.reconciling.comparing import OFFICES
from app.workflow.upkeep import startup
from localdb.engine import SameEngines
from localdb.keystore import FileKeyStore
from localdb.seeding import seed_demo
from localdb.store import open_store
from resources.scenarios import load_demo_store

REGION = f"fujian+{UNSEALED}"
CUSTOMERS = ("p01", "p02", "p03", "p06", "p08", "p11")
"""People with a prescription that no pharmacist would refuse."""
PATIENCE = 60


@dataclass(frozen=True, slots=True)
class ReadySales:
    """``sales`` names the counter of each case, ``cash`` what its customer owes in fen."""

    made: Templates
    sales: Mapping[int, int]
    cash: Mapping[int, int]
    at: datetime
    manager: Operator
    clerks: Mapping[int, Operator]

    def copy_to(self, folder: Path) -> None:
        shutil.copytree(self.made.folder, folder, dirs_exist_ok=True)


class _Calm:
    """Nobody looks, nothing happens meanwhile."""

    def leaving(self, operation: str, letter: object) -> None:
        """Everything may leave."""

    def meanwhile(self) -> None:
        """Nobody else works."""

    def note(self, line: str) -> None:
        """Nobody reads it."""


@contextmanager
def ready_sales() -> Iterator[ReadySales]:
    """Furnish both sides, and serve every customer up to the money. Gone afterwards."""
    clock, profile = PlayedClock(), load(REGION, OVERLAY).profile
    demo, engines = load_demo_store(clock.now().date()), SameEngines()
    fate = Fate(Random(0), 0.0)  # noqa: S311 nothing is left to chance here
    fate.rest()
    drawn = Random("ready")  # noqa: S311 repeatable on purpose
    with (
        space() as folder,
        in_process_sandbox(profile, demo, PLATFORM_SEED, PlatformTime(clock), drawn) as sandbox,
    ):
        bare = Templates(profile, demo, folder, b"", engines)
        store = open_store(bare.location(folder), FileKeyStore(folder / "keys"), clock, engines)
        seed_demo(store, demo, clock.now())
        with store.unit() as unit:
            offices = {row.area for person in demo.persons for row in person.insurances}
            unit.settings.put(OFFICES, " ".join(sorted(offices)))
        store.close()
        link = PlatformLink(sandbox, clock, fate, _Calm())
        shop = Shop(bare, folder, clock, fate, link, lambda _paper: None, drawn)
        shop.start()
        manager, clerks = _sign_in(shop)
        found = _served(shop)
        shop.stop()
        made = replace(bare, image=sandbox.site.state.image())
        sales = {case: number for case, (number, _) in found.items()}
        cash = {case: owed for case, (_, owed) in found.items()}
        yield ReadySales(made, sales, cash, clock.now(), manager, clerks)


def _sign_in(shop: Shop) -> tuple[Operator, dict[int, Operator]]:
    for counter in shop.counters.values():
        counter.surface.sign_in(counter.login, "")
        assert startup.begin_day(counter.till)
    boss = next(m.login for m in shop.templates.demo.operators if "manager" in m.roles)
    with shop.store.reading() as unit:
        member = unit.people.by_login(boss)
    assert member is not None
    return member.operator(), {n: c.till.operator for n, c in shop.counters.items()}


def _served(shop: Shop) -> dict[int, tuple[int, int]]:
    """Counter and cash by case."""
    people = {person.key: person for person in shop.templates.demo.persons}
    found: dict[int, tuple[int, int]] = {}
    for place, key in enumerate(CUSTOMERS):
        counter = shop.counters[COUNTERS[place % len(COUNTERS)]]
        case_id, owed = _one(shop, counter, Customer(people[key], "card", None), place)
        found[case_id] = counter.number, owed
    return found


def _one(shop: Shop, counter: Counter, customer: Customer, place: int) -> tuple[int, int]:
    """Serve ``customer`` until nothing but the money is left. Sets the case aside."""
    chance = Random(place)  # noqa: S311 repeatable on purpose
    clerk = Clerk(
        shop.templates.demo, chance, shop.link.sandbox.issue, lambda: None, lambda _case: False
    )
    view = counter.surface.current()
    clerk.customers[view.case_id] = customer
    for _ in range(PATIENCE):
        if view.step is Step.SETTLE and view.settle is not None and view.settle.amounts is not None:
            counter.surface.next_customer(view.case_id)
            return view.case_id, int(view.settle.amounts.cash)
        clerk.page = view
        try:
            clerk.act(counter)
            view = clerk.page or counter.surface.view(view.case_id)
        except OperatorInput:
            view = counter.surface.unpark(view.case_id)
    raise AssertionError(f"{customer.person.key} never came to the money: {view.step}")
