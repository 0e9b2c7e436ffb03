"""A counter on a real encrypted base with a platform in memory: two drugs, three people, one visit.

The base is made once per session and copied; time stands until a test moves it.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec

from app.domain.access import Role
from app.domain.audit import Check, Pharmacist, Verdict
from app.domain.case import Step
from app.domain.counter_case import CounterCase
from app.domain.credential import IdNumber, Person, PersonName, PersonNumber
from app.domain.errors import DeviceTrouble
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.stock import LotHold
from app.domain.money import Fen, Price, packs
from app.domain.prescription import RxNumber
from app.jobs.progress import no_report
from app.ports.devices import DeviceState, DeviceStatus, Printed, ScannedText, ScanSource
from app.ports.paper import Paper
from app.ports.store import StaffMember
from app.profile.loader import load
from app.profile.model import Profile
from app.profile.operations import Operation
from app.workflow import counter, day
from app.workflow.cases.assistance import Assistance
from app.workflow.surface import Surface
from app.workflow.till import Printers, Shop, Till
from app.workflow.views.case import CaseView, ScanOutcome
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from localdb.repositories.goods import SqlGoods
from localdb.repositories.people import SqlPeople
from localdb.store import SqlStore, open_store, scope_of
from tests.support.fake_platform import FakePlatform
from tests.support.store_builders import (
    NOON,
    PlayedClock,
    a_lot,
    a_person,
    a_prescription,
    a_summary,
    an_item,
)

CLERK, PHARMACIST, BOSS, AUDITOR = "1001", "2001", "3001", "5001"
PIN = "246810"
PATIENT_ID = "350100199001010013"
PHARMACIST_ID = "350100198505050022"
OTHER_ID = "35010019780808003X"
PATIENT_CODE = "4240000000000000000100350000"
PHARMACIST_CODE = "4240000000000000000200350000"
OTHER_CODE = "4240000000000000000300350000"
RX = "350000000000000000000000000001"
EARLY = tuple(DrugTraceCode(f"81234560000000000{n:03d}") for n in range(1, 5))
LATE = tuple(DrugTraceCode(f"81234560000000001{n:03d}") for n in range(1, 5))
CAPSULES = tuple(DrugTraceCode(f"87654320000000000{n:03d}") for n in range(1, 4))
RECALLED = tuple(DrugTraceCode(f"87654320000000001{n:03d}") for n in range(1, 3))
FOREIGN = DrugTraceCode("89999990000000000001")
CHINA_DAY = date(2026, 11, 22)


def kept_pin(pin: str) -> str:
    """As a fake keeps it: hashing is slow on purpose."""
    return f"plain:{pin}"


def pin_matches(kept: str, pin: str) -> bool:
    """A plain comparison; the real one costs a tenth of a second on purpose."""
    return kept == f"plain:{pin}"


@dataclass
class PaperTray:
    """A printer that keeps what it printed; ``broken`` is raised instead."""

    papers: list[Paper] = field(default_factory=list)
    broken: DeviceTrouble | None = None

    def print(self, paper: Paper) -> Printed:
        if self.broken is not None:
            raise self.broken
        self.papers.append(paper)
        return Printed(paper.filename, 1, 0)

    def state(self) -> DeviceState:
        return DeviceState(DeviceStatus.VIRTUAL, "tray")


def region(**settle: Any) -> Profile:
    """The training region, with other values under [settle] where given."""
    profile = load("fujian", "training").profile
    return msgspec.structs.replace(
        profile, settle=msgspec.structs.replace(profile.settle, **settle)
    )


def with_rules(profile: Profile, **rules: Any) -> Profile:
    return msgspec.structs.replace(profile, rules=msgspec.structs.replace(profile.rules, **rules))


def on_unknown(profile: Profile, operation: Operation, says: str) -> Profile:
    """The same region with another rule for a record whose fate is unknown."""
    part = msgspec.structs.replace(profile.operations[operation], on_unknown=says)
    return msgspec.structs.replace(profile, operations={**profile.operations, operation: part})


def a_patient(number: str = PATIENT_ID, name: str = "钱测试", person_no: str = "9001") -> Person:
    return replace(
        a_person(),
        person_no=PersonNumber(f"3501000000000000{person_no}"),
        name=PersonName(name),
        id_number=IdNumber(number),
    )


def _staff() -> Iterator[StaffMember]:
    papers = Pharmacist(0, PersonName("苏审方"), "01", IdNumber(PHARMACIST_ID), "HY01", "ZY000001")
    for login, name, role, pharmacist in (
        (CLERK, "收银员小榕", Role.CLERK, None),
        (PHARMACIST, "苏审方", Role.PHARMACIST, papers),
        (BOSS, "店长阿荫", Role.MANAGER, None),
        (AUDITOR, "稽核员小练", Role.AUDITOR, None),
    ):
        pin = f"plain:{PIN}"
        yield StaffMember(0, login, name, pin, frozenset({role}), pharmacist, 0, None)


def _stock(goods: SqlGoods) -> None:
    tablets = goods.stock_item(replace(an_item(), national_code="XA01"))
    late = date(2028, 6, 30)
    goods.receive(replace(a_lot(tablets.item_id, "PC1", 4)), EARLY, "R1", NOON)
    goods.receive(
        replace(a_lot(tablets.item_id, "PC2", 4), lot_no="B2207", expires_on=late), LATE, "R2", NOON
    )
    capsules = goods.stock_item(
        replace(
            an_item("SP0002", "8765432"),
            national_code="XB01",
            generic_name="样例胶囊",
            specification="5mg*10",
            retail_price=Price(5_000_000),
            product_barcode="6900000000021",
        )
    )
    goods.receive(replace(a_lot(capsules.item_id, "PC3", 3), lot_no="C1"), CAPSULES, "R3", NOON)
    recalled = replace(a_lot(capsules.item_id, "PC4", 2), lot_no="C2", hold=LotHold.RECALL)
    goods.receive(recalled, RECALLED, "R4", NOON)


def make_template(folder: Path) -> None:
    """A base with staff and goods, and its key."""
    location = StoreLocation(folder, "fujian", training=True)
    store = open_store(location, FileKeyStore(folder / "keys"), PlayedClock())
    with store.unit() as unit:
        people, goods = SqlPeople(scope_of(unit)), SqlGoods(scope_of(unit))
        for member in _staff():
            people.enrol(member)
        _stock(goods)
    store.close()


@dataclass
class SmallCounter:
    """One counter, its platform, its papers, and the hands of a person at it."""

    folder: Path
    clock: PlayedClock
    fake: FakePlatform
    tray: PaperTray
    profile: Profile
    store: SqlStore
    till: Till
    surface: Surface

    def with_profile(self, profile: Profile) -> None:
        """Other regional rules from now on."""
        self.profile = self.till.profile = profile

    def restart(self) -> None:
        """As after a power cut: same folder, nothing of the memory."""
        self.store.close()
        fresh = _opened(self.folder, self.clock, self.fake, self.tray, self.profile)
        self.store, self.till, self.surface = fresh
        self.surface.sign_in(CLERK, PIN)
        counter.recover(self.till)
        day.ensure_open(self.till)

    def case(self, view: CaseView) -> CounterCase:
        return counter.get(self.till, view.case_id)

    def view(self, case: CounterCase | CaseView) -> CaseView:
        return self.surface.view(case.case_id)

    def scan(self, view: CaseView, text: str) -> ScanOutcome:
        return self.surface.accept(view.case_id, ScannedText(text, ScanSource.WEDGE, 0.0))

    def identify(self, view: CaseView) -> CaseView:
        return self.scan(view, PATIENT_CODE).case

    def choose(self, view: CaseView) -> CaseView:
        return self.surface.choose(view.case_id, RX)

    def prove(self, view: CaseView) -> CaseView:
        return self.scan(view, PHARMACIST_CODE).case

    def audit(self, view: CaseView, verdict: Verdict = Verdict.APPROVED) -> CaseView:
        return self.surface.decide(view.case_id, verdict, "用法用量适宜", list(Check), ())

    def boxes(self, view: CaseView) -> CaseView:
        for code in (EARLY[0], EARLY[1], CAPSULES[0]):
            view = self.scan(view, code).case
        return view

    def finish(self, view: CaseView) -> CaseView:
        return self.surface.finish(view.case_id)

    def settle(self, view: CaseView) -> CaseView:
        assert view.settle is not None
        assert view.settle.amounts is not None, view.banner
        return self.surface.settle(view.case_id, Fen(view.settle.amounts.cash))

    def hand_over(self, view: CaseView) -> CaseView:
        self.surface.print_waiting(no_report)
        return self.surface.hand_over(view.case_id)

    def until(self, step: Step) -> CaseView:
        """Everything before ``step`` on a fresh case; fails where the way was blocked."""
        view = self.surface.current()
        doings = (
            (Step.IDENTIFY, self.identify),
            (Step.DOWNLOAD, self.choose),
            (Step.AUDIT, lambda v: self.audit(self.prove(v))),
            (Step.SCAN, lambda v: self.finish(self.boxes(v))),
            (Step.SETTLE, self.settle),
            (Step.HAND_OVER, self.hand_over),
        )
        for at, do in doings:
            if step is at:
                break
            assert view.step is at, (view.step, view.phase, view.banner)
            view = do(view)
        return view


def _opened(
    folder: Path, clock: PlayedClock, fake: FakePlatform, tray: PaperTray, profile: Profile
) -> tuple[SqlStore, Till, Surface]:
    location = StoreLocation(folder, "fujian", training=True)
    store = open_store(location, FileKeyStore(folder / "keys"), clock)
    shop = Shop("P35010000001", "示例大药房", "350100", training=True, phone="000-0000")
    printers, hints = Printers(tray, tray), Assistance((), ())
    till = Till(store, fake.platform(), profile, clock, shop, 1, printers, hints)
    till.chance = lambda: 1.0

    def nothing_open() -> None:
        assert not store.in_unit, "a unit is open while a message is on the wire"

    fake.watch = nothing_open
    return store, till, Surface(till, pin_matches, kept_pin)


def _furnish(fake: FakePlatform) -> None:
    people = (
        (PATIENT_CODE, a_patient()),
        (PHARMACIST_CODE, a_patient(PHARMACIST_ID, "苏审方", "9002")),
        (OTHER_CODE, a_patient(OTHER_ID, "孙别人", "9003")),
    )
    for code, person in people:
        fake.people[person.id_number.reveal()] = person
        fake.vouchers[code] = person.id_number.reveal()
    patient, whole = people[0][1], a_prescription()
    tablets = whole.lines[0]
    capsules = replace(
        tablets, index=2, national_code="XB01", generic_name="样例胶囊", amount=packs(1)
    )
    until = NOON + timedelta(days=3)
    summary = replace(a_summary(), rx_number=RxNumber(RX), valid_until=until)
    prescription = replace(
        whole,
        rx_number=RxNumber(RX),
        patient_name=patient.name,
        patient_id=patient.id_number,
        lines=(tablets, capsules),
        valid_until=until,
    )
    fake.mint(patient, summary, prescription)


@contextmanager
def a_small_counter(folder: Path, template: Path) -> Iterator[SmallCounter]:
    """Open, sign the clerk in, open the day; close in the end."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    clock, tray, profile = PlayedClock(), PaperTray(), region()
    fake = FakePlatform(clock)
    _furnish(fake)
    store, till, surface = _opened(folder, clock, fake, tray, profile)
    small = SmallCounter(folder, clock, fake, tray, profile, store, till, surface)
    try:
        surface.sign_in(CLERK, PIN)
        day.ensure_open(till)
        yield small
    finally:
        small.store.close()
