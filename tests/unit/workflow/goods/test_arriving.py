"""GS1 symbols and cases at goods receipt, and what boxes teach there of their drugs."""

import pytest

from app.domain.errors import Code, OperatorInput
from app.domain.goods.codes import DrugTraceCode
from app.domain.goods.receipt import Receipt
from app.workflow.goods import learning
from app.workflow.goods.receiving import TypedLine, keep
from app.workflow.scans import gs1
from tests.support.back_room import BackRoom, new_codes
from tests.support.small_counter import CLERK, PIN

GS = "\x1d"
LINE = TypedLine("SP0001", "N0001", "2026-09-01", "2028-08-31", "3", "12.5")
KEY = (1, "N0001", False)
BARCODE = "690000000001"


def gtin(indicator: str) -> str:
    """A product number over the demo item's barcode, with its check digit."""
    body = indicator + BARCODE
    weighted = sum(int(c) * (3 if at % 2 == 0 else 1) for at, c in enumerate(body))
    return f"{body}{-weighted % 10}"


UNIT, CASE = gtin("0"), gtin("1")
SSCC = "069000000000000012"


def pack(serial: str, lot: str = "N0001", expiry: str = "280831", made: str = "") -> str:
    printed = f"11{made}" if made else ""
    return f"]d201{UNIT}{printed}17{expiry}10{lot}{GS}21{serial}"


def begun(room: BackRoom) -> None:
    room.small.surface.name_receipt("示例医药公司", "D1", "INV1")
    room.small.surface.put_line(LINE)


def refusal(room: BackRoom, text: str) -> OperatorInput:
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.scan_in(text, KEY)
    return refused.value


def test_a_gs1_pack_goes_to_the_line_of_its_printed_lot(room: BackRoom) -> None:
    begun(room)
    receipt = room.small.surface.scan_in(pack("S1"), None)
    (line,) = receipt.lines
    code = DrugTraceCode(f"(01){UNIT}(21)S1")
    assert line.codes == (code,)
    assert receipt.told_codes(line.codes) == (f"01{UNIT}1728083110N0001{GS}21S1",)
    assert refusal(room, pack("S1")).code is Code.SCAN_REPEATED
    room.small.surface.book_receipt()
    with room.small.store.reading() as unit:
        assert unit.goods.pack_facts(code, 0).lot is not None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (pack("S1", lot="N0002"), Code.SCAN_WRONG_LOT),
        (pack("S1", expiry="290831"), Code.LINE_WRONG),
        (f"]d201{UNIT}10N0001{GS}17280831", Code.SCAN_NO_SERIAL),
        (f"]C1{SSCC}", Code.SCAN_GS1_UNREADABLE),
        (f"]C100{SSCC}", Code.ITEM_UNMAPPED),
        (f"]C101{CASE}21K1", Code.SCAN_CASE_CODE),
        ("6900000000014", Code.SCAN_NOT_TRACE_CODE),
    ],
)
def test_what_does_not_fit_the_note_says_why(room: BackRoom, text: str, code: Code) -> None:
    begun(room)
    assert refusal(room, text).code is code


def test_a_pack_that_prints_everything_begins_its_own_line(room: BackRoom) -> None:
    room.small.surface.name_receipt("示例医药公司", "D1", "INV1")
    receipt = room.small.surface.scan_in(pack("S1", lot="N7", made="260901"), None)
    (line,) = receipt.lines
    assert (line.lot_no, line.packs, line.made_on.isoformat()) == ("N7", 1, "2026-09-01")
    assert line.expires_on.isoformat() == "2028-08-31"
    short = refusal(room, pack("S2", lot="N8"))
    assert (short.code, short.params["lot"]) == (Code.BOX_WITHOUT_LINE, "N8")
    assert short.params["expiry"] == "2028-08-31"


def test_a_case_label_counts_what_is_inside_once(room: BackRoom) -> None:
    begun(room)
    label = f"]C100{SSCC}02{UNIT}1728083110N0001{GS}3720"
    receipt = room.small.surface.scan_in(label, None)
    assert (receipt.lines[0].packs, receipt.lines[0].without_code) == (23, 23)
    assert refusal(room, label).code is Code.SCAN_REPEATED
    bracketed = f"(00){SSCC}(02){UNIT}(37)20"
    assert refusal(room, bracketed).code is Code.SCAN_REPEATED


def test_a_case_of_the_note_is_checked_by_its_boxes(room: BackRoom) -> None:
    begun(room)
    boxes = new_codes(2)
    receipt = room.small.surface.scan_in(boxes[0], KEY)
    keep(room.small.till, _with_case(receipt, SSCC, boxes))
    assert refusal(room, f"]C100{SSCC}").code is Code.SCAN_CASE_CODE
    room.small.surface.scan_in(boxes[1], KEY)
    listed = room.small.surface.scan_in(f"]C100{SSCC}", None)
    assert listed.lines[0].codes == boxes


def _with_case(receipt: Receipt, case: str, boxes: tuple[DrugTraceCode, ...]) -> Receipt:
    from dataclasses import replace

    return replace(receipt, cases=((case, boxes),))


@pytest.mark.parametrize("text", ["", "]C1", "(00)", f"(01){UNIT}(21)S1", "8" * 20, f"00{SSCC}x"])
def test_what_is_no_case_is_no_load(text: str) -> None:
    assert gs1.read_load(text) is None


def test_a_prefix_is_learned_at_receipt_and_waits_for_a_manager(room: BackRoom) -> None:
    begun(room)
    (stranger,) = new_codes(1, prefix="8777777")
    room.small.surface.scan_in(stranger, KEY)
    room.small.surface.book_receipt()
    (row,) = room.small.surface.learned_prefixes()
    assert (row.learned.prefix, row.item.item_id, row.learned.seen) == ("8777777", 1, 1)
    with room.small.store.reading() as unit:
        assert unit.prefixes.known("8777777") is None
        (unseen,) = new_codes(1, first=9, prefix="8777777")
        facts = unit.goods.pack_facts(unseen, 0)
    assert (facts.learned_prefix, facts.lot) == ("8777777", None)
    assert room.small.surface.judge_prefix("8777777", 1, right=True) == ()
    with room.small.store.reading() as unit:
        assert unit.prefixes.known("8777777") == 1
        assert unit.goods.pack_facts(unseen, 0).learned_prefix == ""


def test_a_second_meaning_is_refused_and_never_overrides(room: BackRoom) -> None:
    begun(room)
    till = room.small.till
    with room.small.store.unit() as unit:
        other = next(item for item in unit.goods.items() if item.item_id != 1)
        learning.learn(
            till, unit, other, new_codes(1, prefix="8777777"), learning.PrefixOrigin.SALE
        )
    (stranger,) = new_codes(1, first=2, prefix="8777777")
    assert refusal(room, stranger).code is Code.PREFIX_DIFFERS
    with room.small.store.unit() as unit:
        mine = unit.goods.item(1)
        learning.learn(till, unit, mine, (stranger,), learning.PrefixOrigin.RECEIPT)
        assert unit.goods.pack_facts(stranger, 0).item is None
    for row in room.small.surface.learned_prefixes():
        assert len(row.others) == 1
    with pytest.raises(OperatorInput) as clash:
        room.small.surface.judge_prefix("8777777", 1, right=True)
    assert clash.value.code is Code.PREFIX_DIFFERS
    room.small.surface.judge_prefix("8777777", other.item_id, right=False)
    assert room.small.surface.judge_prefix("8777777", 1, right=True) == ()


def test_only_a_manager_confirms(room: BackRoom) -> None:
    begun(room)
    (stranger,) = new_codes(1, prefix="8777777")
    room.small.surface.scan_in(stranger, KEY)
    room.small.surface.book_receipt()
    room.small.surface.sign_in(CLERK, PIN)
    with pytest.raises(OperatorInput) as refused:
        room.small.surface.judge_prefix("8777777", 1, right=True)
    assert refused.value.code is Code.NOT_ALLOWED


def test_an_ma_code_with_a_serial_is_a_box_and_teaches_its_product(room: BackRoom) -> None:
    begun(room)
    boxes = [f"MA.156.M0.100221.05AA0001.LN0001.S{serial}.E280831.C1" for serial in (1, 2)]
    for text in boxes:
        receipt = room.small.surface.scan_in(text, KEY)
    (line,) = receipt.lines
    assert line.codes == tuple(map(DrugTraceCode, boxes))
    other = boxes[0].replace("LN0001", "LN0002").replace("S1", "S3")
    assert refusal(room, other).code is Code.SCAN_WRONG_LOT
    room.small.surface.book_receipt()
    with room.small.store.reading() as unit:
        (learned,) = unit.prefixes.open()
        facts = unit.goods.pack_facts(DrugTraceCode(boxes[1]), 0)
        assert learned.prefix == "MA.156.M0.100221.05AA0001"
        assert facts.lot is not None
        assert facts.lot.lot_no == "N0001"


def test_an_ma_code_of_a_product_alone_names_no_box(room: BackRoom) -> None:
    begun(room)
    assert refusal(room, "MA.156.M0.100221.05AA0001").code is Code.SCAN_NOT_TRACE_CODE
