"""Packs with a GS1 code at the counter: one identity, whatever the scanner makes of it."""

import pytest

from app.domain.case import Step
from app.domain.errors import Code
from app.domain.goods.codes import DrugTraceCode, ScanKind
from app.domain.goods.gs1 import GS
from app.workflow.cases.lines import sold_lines
from localdb.repositories.goods import SqlGoods
from tests.support.small_counter import CAPSULES, SmallCounter, with_rules
from tests.support.store_builders import NOON, a_lot

GTIN = "06900000000014"
"""The barcode of the tablets with a zero before it: one pack."""
IDENTITY = f"(01){GTIN}(21)SER9"


def printed(lot: str = "A1138", serial: str = "SER9", expiry: str = "271031") -> str:
    return f"01{GTIN}17{expiry}10{lot}{GS}21{serial}"


def test_a_pack_is_found_by_its_product_number_and_booked_on_its_printed_lot(
    small: SmallCounter,
) -> None:
    out = small.scan(small.until(Step.SCAN), printed("B2207", expiry="280630"))
    assert (out.spoken.kind, out.spoken.verdict.key) == (ScanKind.GS1, "error.1211")
    assert out.spoken.shown == f"{GTIN} SER9"
    assert out.case.scan is not None
    assert (out.case.scan.lines[0].lot_no, out.case.scan.lines[0].codes) == ("B2207", (IDENTITY,))


def test_two_scanners_show_the_same_pack_once(small: SmallCounter) -> None:
    view = small.scan(small.until(Step.SCAN), printed()).case
    bracketed = f"(01){GTIN}(17)271031(10)A1138(21)SER9"
    assert small.scan(view, bracketed).spoken.verdict.key == "error.1202"
    assert small.scan(view, f"01{GTIN}21SER9").spoken.verdict.key == "error.1202"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("raw", printed()),
        ("no_separator", printed().replace(GS, "")),
        ("bracketed", f"(01){GTIN}(17)271031(10)A1138(21)SER9"),
        ("serial", "SER9"),
    ],
)
def test_a_region_is_told_the_text_it_wants(small: SmallCounter, form: str, told: str) -> None:
    small.with_profile(with_rules(small.profile, gs1_string_form=form))
    view = small.scan(small.until(Step.SCAN), printed()).case
    with small.store.reading() as unit:
        assert sold_lines(unit, small.case(view))[0].trace_codes == (told,)


def test_a_lost_separator_is_put_back_where_only_one_lot_fits(small: SmallCounter) -> None:
    out = small.scan(small.until(Step.SCAN), printed().replace(GS, ""))
    assert out.spoken.mended is not None
    assert out.spoken.mended.key == "scan.mended.by_lot"
    assert out.case.scan is not None
    assert out.case.scan.lines[0].codes == (IDENTITY,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (printed("X9").replace(GS, ""), Code.SCAN_SEPARATOR_LOST),
        (printed(expiry="271030").replace(GS, ""), Code.SCAN_SEPARATOR_LOST),
        (f"01{GTIN}10A1138", Code.SCAN_NO_SERIAL),
        ("010690000000001521SER9", Code.SCAN_GS1_UNREADABLE),
        (f"01{GTIN}17271331{GS}21SER9", Code.SCAN_GS1_UNREADABLE),
        (printed(expiry="261121"), Code.SCAN_EXPIRED),
        ("16900000000011".join(("01", "21SER9")), Code.SCAN_CASE_CODE),
        ("010699999999999721SER9", Code.ITEM_UNMAPPED),
        ("MA.156.M0.100", Code.SCAN_DEVICE_CODE),
    ],
)
def test_what_cannot_be_sold_is_said_and_nothing_is_taken(
    small: SmallCounter, text: str, code: Code
) -> None:
    view = small.until(Step.SCAN)
    out = small.scan(view, text)
    assert (out.spoken.verdict.key, out.spoken.tone) == (f"error.{int(code)}", "stop")
    assert out.spoken.reason is not None
    assert out.case == view


def test_a_case_code_counts_as_one_pack_where_the_region_says_so(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, trace_levels_at_sale="any"))
    out = small.scan(small.until(Step.SCAN), "011690000000001121SER9")
    assert out.spoken.verdict.key == "error.1211"
    assert out.case.scan is not None
    assert out.case.scan.scanned == 1


def receive(small: SmallCounter, code: str) -> None:
    """The pack came with one more delivery of lot A1138."""
    with small.store.unit() as unit:
        item = unit.goods.item_by_national_code("XA01")
        assert item is not None
        assert isinstance(unit.goods, SqlGoods)
        unit.goods.receive(a_lot(item.item_id, "PC9", 1), [DrugTraceCode(code)], "R9", NOON)


def test_a_received_pack_is_simply_taken(small: SmallCounter) -> None:
    receive(small, IDENTITY)
    out = small.scan(small.until(Step.SCAN), printed())
    assert out.spoken.verdict.key == "scan.box.taken"


def test_another_lot_than_booked_is_amber_and_the_printed_one_counts(small: SmallCounter) -> None:
    receive(small, IDENTITY)
    out = small.scan(small.until(Step.SCAN), printed("B2207", expiry="280630"))
    assert out.spoken.verdict.key == "error.1213"
    assert out.spoken.verdict.params == (("lot", "A1138"), ("scanned", "B2207"))
    assert out.case.scan is not None
    assert out.case.scan.lines[0].lot_no == "B2207"


def test_a_printed_lot_this_store_never_had_is_refused(small: SmallCounter) -> None:
    receive(small, IDENTITY)
    view = small.until(Step.SCAN)
    out = small.scan(view, printed("X9"))
    assert out.spoken.verdict.key == "error.1226"
    assert out.case == view


def test_a_pack_comes_back_by_the_same_identity(small: SmallCounter) -> None:
    view = small.until(Step.SCAN)
    for text in (printed(serial="S1"), printed(serial="S2"), CAPSULES[0]):
        view = small.scan(view, text).case
    assert small.case(view).facts.lines[0].packs[0].code == f"(01){GTIN}(21)S1"
    view = small.surface.remove(view.case_id, 1, f"(01){GTIN}(21)S1")
    assert small.scan(view, f"01{GTIN}21S1").spoken.verdict.key == "error.1211"
