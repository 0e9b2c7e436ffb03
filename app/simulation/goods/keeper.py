"""A store whose manager receives, changes, counts and sells all day, through the real workflow.

Every act is told at once unless the caller wants it otherwise. Time is played.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

import msgspec

from app.domain.case import Step
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.parts import BoxState, OpenBox
from app.domain.goods.receipt import Receipt, ReceiptLine
from app.domain.goods.stock import Item, Lot
from app.domain.money import Fen, Price
from app.gateways.access import access_from_ready
from app.gateways.assemble import open_platform
from app.gateways.transport.in_process import InProcessTransport, Letter, Seen
from app.ports.devices import ScannedText, ScanSource
from app.profile.model import Profile
from app.profile.operations import Operation
from app.sandbox.in_process import InProcessSandbox, in_process_sandbox
from app.sandbox.router import Fault
from app.simulation.clock import PlatformTime, PlayedClock
from app.simulation.fate import Fate
from app.simulation.links import FrailPrinter
from app.simulation.shop import assistance
from app.simulation.templates import PLATFORM_SEED, Templates, space
from app.workflow import delivery
from app.workflow.cases.lines import claims_of
from app.workflow.goods import changing, counting, kinds, receiving
from app.workflow.goods.changing import Change
from app.workflow.surface import Surface
from app.workflow.till import Printers, Shop, Till
from app.workflow.views.case import CaseView
from localdb.keystore import FileKeyStore
from localdb.store import SqlStore, open_store

_WANTED = (
    Operation.RECEIVE,
    Operation.RETURN_TO_SUPPLIER,
    Operation.QUERY_STOCK_TRAIL,
)
_PACKS = 12


def whole_region(profile: Profile) -> Profile:
    """The same region once it takes every record and shows every trail."""
    operations = {
        operation: msgspec.structs.replace(part, enabled=True) if operation in _WANTED else part
        for operation, part in profile.operations.items()
    }
    rules = msgspec.structs.replace(profile.rules, store_mode="full")
    return msgspec.structs.replace(profile, operations=operations, rules=rules)


@dataclass
class Road:
    """Bytes to the platform and back. ``meets`` says what one message meets, None for nothing."""

    sandbox: InProcessSandbox
    meets: dict[str, list[str]] = field(default_factory=dict)

    def carry(self, letter: Letter) -> Seen:
        operation = self.sandbox.operation(letter.url, letter.body)
        planned = self.meets.get(operation)
        met = planned.pop(0) if planned else ""
        if met == "away":
            return Seen(None, None, left=False, failure="refused")
        if met == "unheard":
            return Seen(None, None, failure="read_timeout")
        if met == "broken":
            return Seen(b"<html>502</html>", 502)
        fault = Fault.REJECT if met == "refused" else None
        reply = self.sandbox.answer(letter.url, letter.body, letter.headers, fault)
        return Seen(reply.body, reply.status)


@dataclass
class Keeper:
    """The manager of one store, signed in."""

    store: SqlStore
    till: Till
    surface: Surface
    sandbox: InProcessSandbox
    road: Road
    clock: PlayedClock
    chance: Random
    items: tuple[Item, ...]
    serial: int = 0

    def wait(self, minutes: float) -> None:
        self.clock.pass_time(minutes * 60)

    def tell(self) -> int:
        """Everything that waits, as far as it goes."""
        self.clock.pass_time(1)
        return delivery.drain(self.till)

    def lots(self, item: Item) -> list[Lot]:
        """Lots of an item on sale with boxes in them, the one that leaves first in front."""
        today = self.clock.now().date()
        with self.store.reading() as unit:
            found = unit.goods.lots(item.item_id)
            mine = [
                lot
                for lot in found
                if lot.sellable(today) and lot.on_hand > 0 and unit.stock.boxes_in(lot.lot_id)
            ]
        return sorted(mine, key=lambda lot: (lot.expires_on, lot.lot_id))

    def first_lot(self, item: Item) -> Lot:
        return self.lots(item)[0]

    def fresh(self, lot: Lot) -> Lot:
        with self.store.reading() as unit:
            return unit.goods.lot(lot.lot_id)

    def receive(
        self, item: Item, packs: int = _PACKS, *, priced: bool = True, gift: bool = False
    ) -> Lot:
        """A delivery of one lot with all its boxes; nobody has to say what they cost."""
        self.serial += 1
        today = self.clock.now().date()
        prefix = min(item.prefixes)
        codes = tuple(
            DrugTraceCode(f"{prefix}77{self.serial:06d}{number:05d}")
            for number in range(1, packs + 1)
        )
        line = ReceiptLine(
            item.item_id,
            item.store_code,
            item.name,
            f"N{self.serial:05d}",
            today - timedelta(days=90),
            today + timedelta(days=600 + self.serial),
            packs,
            Price(item.retail_price // 2) if priced else None,
            codes=codes,
            gift=gift,
        )
        number = f"D{self.serial:06d}"
        receiving.book(self.till, Receipt("示例医药公司", number, f"INV{number}", (line,)))
        with self.store.reading() as unit:
            return max(unit.goods.lots(item.item_id), key=lambda lot: lot.lot_id)

    def change(self, lot: Lot, kind: str, packs: int) -> None:
        codes = () if kinds.change_kinds(self.till)[kind][1] else self.boxes(lot)[:packs]
        changing.change(self.till, kind, Change(lot.lot_id, packs, "按单据", codes))

    def send_back(self, lot: Lot, packs: int) -> None:
        wanted = Change(lot.lot_id, packs, "近效期", self.boxes(lot)[:packs])
        changing.send_back(self.till, wanted)

    def boxes(self, lot: Lot) -> tuple[DrugTraceCode, ...]:
        with self.store.reading() as unit:
            return unit.stock.boxes_in(lot.lot_id)

    def count(self, lots: Sequence[Lot], off: int = 0) -> None:
        """A count of some lots; the first one differs by ``off``."""
        counting.begin(self.till, counting.EVERYTHING)
        for lot in lots:
            now = self.fresh(lot).on_hand
            counting.count(self.till, lot.lot_id, max(0, now + off))
            off = 0
        counting.book(self.till, partly=True, in_flight_seen=True, drain=self.tell)

    def sell(self, lot: Lot, packs: int = 1, pieces: int = 0) -> int:
        """A sale for cash of so many boxes of one lot, and of ``pieces`` of one more; the visit."""
        boxes = self.boxes(lot)[: packs + (pieces > 0)]
        view = self.surface.sell_for_cash(self.surface.current().case_id)
        for code in boxes:
            view = self._accepted(self._scan(view, str(code)))
        if pieces:
            view = self._accepted(self.surface.split_box(view.case_id, 1, pieces))
        return self._paid(view)

    def sell_opened(self, code: str, pieces: int) -> int:
        """A sale for cash of so many pieces of a box opened before; the visit it was."""
        view = self.surface.sell_for_cash(self.surface.current().case_id)
        view = self._accepted(self._scan(view, code))
        return self._paid(self._accepted(self.surface.split_box(view.case_id, 1, pieces)))

    def opened(self, item: Item) -> list[OpenBox]:
        """Boxes of an item with pieces in them, for sale or in quarantine."""
        with self.store.reading() as unit:
            found = unit.goods.open_boxes(item.item_id)
        return [box for box in found if box.state is BoxState.OPEN]

    def _paid(self, view: CaseView) -> int:
        view = self.surface.finish(view.case_id)
        done = self.surface.pay(view.case_id, Fen(10_000_000))
        if done.step is not Step.DONE:
            raise RuntimeError(f"the sale stands at {done.step.value}")
        self.clock.pass_time(1)
        return done.case_id

    def _scan(self, view: CaseView, text: str) -> CaseView:
        scanned = ScannedText(text, ScanSource.WEDGE, self.till.clock.monotonic())
        return self.surface.accept(view.case_id, scanned).case

    def _accepted(self, view: CaseView) -> CaseView:
        for line in view.scan.lines if view.scan is not None else ():
            if line.message is not None and line.reasons:
                view = self.surface.acknowledge(view.case_id, line.index, line.reasons[0])
        return view

    def take_back(self, case_id: int) -> None:
        """The boxes of a sale come back: into quarantine, and the return onto its way."""
        with self.store.unit() as unit:
            case = unit.cases.get(case_id)
            unit.goods.take_back(case_id, claims_of(case), self.clock.now())
            delivery.queue_returns(self.till, unit, case)


@contextmanager
def a_keeper(made: Templates, profile: Profile, seed: str) -> Iterator[Keeper]:
    """Copies of both furnished memories under ``profile``, with the manager signed in."""
    clock, chance = PlayedClock(), Random(seed)  # noqa: S311 - repeatable on purpose
    time = PlatformTime(clock)
    with (
        space() as folder,
        in_process_sandbox(profile, made.demo, PLATFORM_SEED, time, chance, made.image) as sandbox,
    ):
        shutil.copytree(made.folder, folder, dirs_exist_ok=True)
        yield from _opened(made, profile, folder, clock, chance, sandbox)


def _opened(
    made: Templates,
    profile: Profile,
    folder: Path,
    clock: PlayedClock,
    chance: Random,
    sandbox: InProcessSandbox,
) -> Iterator[Keeper]:
    keys = FileKeyStore(folder / "keys")
    store = open_store(made.location(folder), keys, clock, made.engines)
    try:
        road = Road(sandbox)
        carrier = InProcessTransport(road.carry, clock)
        platform = open_platform(profile, access_from_ready(sandbox.ready), clock, carrier)
        where = made.demo.store
        printer = FrailPrinter(Fate(chance, 0.0), lambda _paper: None)
        till = Till(
            store,
            platform,
            profile,
            clock,
            Shop(where.code, where.name, where.area, training=True),
            1,
            Printers(printer, printer),
            assistance(),
            chance=lambda: 1.0,
        )
        surface = Surface(till, _knows)
        # the pharmacist on duty, then whoever keeps the stock
        for role in ("pharmacist", "manager"):
            member = next(one for one in made.demo.operators if role in one.roles)
            surface.sign_in(member.login, member.pin)
        surface.open_day()
        yield Keeper(
            store, till, surface, sandbox, road, clock, chance, _sellable(store, clock.now().date())
        )
    finally:
        store.close()


def _knows(_kept: str, _pin: str) -> bool:
    return True


def _sellable(store: SqlStore, today: date) -> tuple[Item, ...]:
    """What anybody may buy without a prescription or a document, with boxes on the shelf."""
    with store.reading() as unit:
        lots = {
            line.item.item_id
            for line in unit.stock.shelf()
            if line.lot.sellable(today) and line.lot.on_hand > _PACKS
        }
        registered = unit.goods.registered([item.item_id for item in unit.goods.items()])
        return tuple(
            item
            for item in unit.goods.items()
            if item.item_id in lots
            and item.prefixes
            and not item.needs_prescription
            and not item.ephedrine
            and item.item_id not in registered
        )
