"""The table over a virtual bench: right boxes, wrong ones, and what the phone is asked for."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.ports.devices import ScanSource
from app.ports.training import TrainingFault, TrainingStockFault, WantedBox, WrongBox
from devices.bench import VirtualBench, virtual_bench
from devices.training import CHINA, BenchTable
from tests.support.recorder import Recorder

CUSTOMER = "350100196803120114"
STAFF = "350100198001012218"
VOUCHER = "4240123456789012345678530000"


def day(offset: int) -> str:
    return (datetime.now(CHINA).date() + timedelta(days=offset)).isoformat()


def lot(name: str, number: str, expires: int, *codes: str) -> dict[str, object]:
    return {
        "name": name,
        "manu_lotnum": number,
        "expy_end": day(expires),
        "trace_codes": list(codes),
    }


READY = {
    "persons": [
        {"name": "甄示例", "id_no": CUSTOMER, "card_no": "A00000134", "card_serial": "35" * 16}
    ],
    "pharmacists": [{"name": "苏审方", "id_no": STAFF}],
    "prescriptions": [{"id_no": CUSTOMER}],
    "stock": [
        lot("二甲双胍片（糖简）", "A1", 300, "89900110000000100001", "89900110000000100002"),
        lot("二甲双胍片（糖简）", "A0", -3, "89900110000000000001"),
        lot("阿司匹林肠溶片", "B1", 300, "89900210000000200001"),
    ],
}
WANTED = WantedBox("二甲双胍片", "A1", ())


class Phone:
    """The training platform's side, remembering."""

    def __init__(self) -> None:
        self.staged: list[TrainingFault] = []
        self.issued: list[str] = []
        self.planted: list[TrainingStockFault] = []

    def issue(self, id_no: str) -> str:
        self.issued.append(id_no)
        return VOUCHER

    def stage(self, fault: TrainingFault) -> int:
        self.staged.append(fault)
        return len(self.staged)

    def calm(self) -> None:
        self.staged.clear()

    def plant(self, fault: TrainingStockFault) -> None:
        self.planted.append(fault)


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def told() -> Recorder:
    return Recorder()


@pytest.fixture
def bench(tmp_path: Path, told: Recorder) -> Iterator[VirtualBench]:
    bench = virtual_bench(tmp_path)
    for source in bench.bench.code_sources():
        source.start(told.deliver, told.state)
    yield bench
    bench.stop()


@pytest.fixture
def table(bench: VirtualBench, phone: Phone) -> BenchTable:
    return BenchTable(bench, READY, phone, {CUSTOMER: "两张处方"})


def texts(told: Recorder) -> list[str]:
    return [scan.text for scan in told.scans if scan.source is ScanSource.SERIAL]


def test_people_come_with_what_can_be_practised(table: BenchTable) -> None:
    customer, staff = table.people()
    assert (customer.name, customer.id_tail, customer.pharmacist) == ("甄示例", "0114", False)
    assert customer.about == "两张处方"
    assert (staff.name, staff.pharmacist, staff.about) == ("苏审方", True, "")


def test_a_fresh_voucher_is_asked_for_and_read_by_the_camera(
    table: BenchTable, phone: Phone, told: Recorder
) -> None:
    table.show_voucher(STAFF)
    assert phone.issued == [STAFF]
    assert told.wait_text(VOUCHER)


def test_a_card_and_an_id_card_are_read_as_they_are(table: BenchTable, bench: VirtualBench) -> None:
    table.insert_card(CUSTOMER)
    assert bench.card_reader.read().id_number.reveal() == CUSTOMER
    table.place_id_card(CUSTOMER)
    assert bench.id_reader.read().name.reveal() == "甄示例"


def test_boxes_come_in_shelf_order_and_none_twice(table: BenchTable, told: Recorder) -> None:
    assert table.scan_box(WANTED)
    first = texts(told)[0]
    assert table.scan_boxes(WantedBox("二甲双胍片", "A1", (first,)), 5) == 1
    assert texts(told) == ["89900110000000100001", "89900110000000100002"]
    assert not table.scan_box(WantedBox("二甲双胍片", "A1", tuple(texts(told))))
    assert table.scan_boxes(WantedBox("没有的药", "A1", ()), 1) == 0


@pytest.mark.parametrize(
    ("kind", "scanned"),
    [
        (WrongBox.WRONG_PRODUCT, "89900210000000200001"),
        (WrongBox.EXPIRED, "89900110000000000001"),
        (WrongBox.FULL_WIDTH, "８９９００１１０００００００１００００１"),
    ],
)
def test_wrong_boxes_are_what_they_say(
    table: BenchTable, told: Recorder, kind: WrongBox, scanned: str
) -> None:
    assert table.scan_wrong(kind, WANTED)
    assert texts(told) == [scanned]


def test_codes_that_are_no_trace_codes(table: BenchTable, told: Recorder) -> None:
    assert table.scan_wrong(WrongBox.BARCODE, WANTED)
    assert table.scan_wrong(WrongBox.PAYMENT, WANTED)
    barcode, payment = texts(told)
    assert (len(barcode), barcode[:2]) == (13, "69")
    assert (len(payment), payment[:2]) == (18, "28")


def test_what_the_table_does_not_have_is_not_scanned(table: BenchTable, told: Recorder) -> None:
    assert not table.scan_wrong(WrongBox.REPEATED, WANTED)
    assert not table.scan_wrong(WrongBox.EXPIRED, WantedBox("阿司匹林肠溶片", "B1", ()))
    assert texts(told) == []
    taken = WantedBox("二甲双胍片", "A1", ("89900110000000100001",))
    assert table.scan_wrong(WrongBox.REPEATED, taken)
    assert texts(told) == ["89900110000000100001"]


def test_faults_go_to_the_platform(table: BenchTable, phone: Phone) -> None:
    assert table.stage(TrainingFault.SLOW) == 1
    assert table.stage(TrainingFault.REFUSED) == 2
    assert phone.staged == [TrainingFault.SLOW, TrainingFault.REFUSED]
    table.calm()
    assert phone.staged == []


def test_who_was_served_comes_last(bench: VirtualBench, phone: Phone) -> None:
    others = {"prescriptions": [{"id_no": CUSTOMER}, {"id_no": "next"}]}
    served: set[str] = set()
    table = BenchTable(bench, READY | others, phone, served=lambda: served)
    assert table.customers() == [CUSTOMER, "next"]
    served.add(CUSTOMER)
    assert table.customers() == ["next", CUSTOMER]


LOOSE_STOCK = {
    "stock": [
        lot("处方片", "P1", 300, "89900310000000300001") | {"fixmedins_hilist_id": "P"},
        lot("板蓝根颗粒", "L0", -3, "89900410000000400001") | {"fixmedins_hilist_id": "L"},
        lot("板蓝根颗粒", "L1", 90, "89900410000000410001", "89900410000000410002")
        | {"fixmedins_hilist_id": "L"},
        lot("板蓝根颗粒", "L2", 300, "89900410000000420001") | {"fixmedins_hilist_id": "L"},
        lot("叶酸片", "Y1", 300, "89900510000000500001") | {"fixmedins_hilist_id": "Y"},
    ]
}


def test_what_needs_no_prescription_comes_from_the_lot_that_leaves_first(
    bench: VirtualBench, phone: Phone
) -> None:
    table = BenchTable(bench, READY | LOOSE_STOCK, phone, loose={"L", "Y"})
    assert [(box.name, box.lot_no) for box in table.loose()] == [
        ("板蓝根颗粒", "L1"),
        ("叶酸片", "Y1"),
    ]


def test_wrong_boxes_without_a_prescription(
    bench: VirtualBench, phone: Phone, told: Recorder
) -> None:
    table = BenchTable(bench, READY | LOOSE_STOCK, phone, loose={"L", "Y"})
    folic = WantedBox("叶酸片", "Y1", ())
    assert table.scan_wrong(WrongBox.WRONG_PRODUCT, folic)
    assert table.scan_wrong(WrongBox.EXPIRED, folic)
    assert texts(told) == ["89900310000000300001", "89900410000000400001"]


def test_a_box_that_left_the_shelf_is_not_scanned_again(
    bench: VirtualBench, phone: Phone, told: Recorder
) -> None:
    gone = {"89900410000000410001"}
    table = BenchTable(
        bench, READY | LOOSE_STOCK, phone, loose={"L", "Y"}, gone=lambda code: code in gone
    )
    wanted = WantedBox("板蓝根颗粒", "L1", ())
    assert table.scan_boxes(wanted, 2) == 1
    assert texts(told) == ["89900410000000410002"]
    gone.add("89900410000000410002")
    assert not table.scan_box(wanted)
