"""Papers as documents: what stands on them, read line by line, and when they come out."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.case import Step
from app.domain.errors import Bug, Code, DeviceTrouble, OperatorInput, OutcomeUnknown
from app.domain.goods.parts import OpenBox, Splitting, piece_price
from app.domain.money import Price
from app.domain.prescription import Prescription
from app.jobs.progress import Progress
from app.ports.paper import (
    Block,
    Corner,
    FieldRow,
    Framed,
    Pair,
    Paper,
    PaperKind,
    Qr,
    Text,
    TraceCodes,
)
from app.profile.operations import Operation
from app.workflow import papers
from app.workflow.papers.prescription import prescription
from app.workflow.papers.receipt import count_words, receipt
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter
from tests.support.store_builders import a_return

RECEIPT = (
    "销售凭证",
    "小票 261122-010001|柜台 01",
    "2026-11-22 12:00:00|收银 收银员小榕",
    "审方药师 苏审方|发药 收银员小榕",
    "顾客 钱**    职工医保",
    "处方 350000000000000000000000000001",
    "示例片",
    "10mg*7  示例药厂",
    "批号 A1138    效期 2027-10-31",
    "2 盒 × 21.40|42.80",
    "8123456 0000000000001",
    "8123456 0000000000002",
    "样例胶囊",
    "5mg*10  示例药厂",
    "批号 C1    效期 2027-10-31",
    "1 盒 × 5.00|5.00",
    "8765432 0000000000001",
    "合计 2 种 3 盒",
    "总额|¥ 47.80",
    "统筹基金|33.46",
    "个人账户|9.56",
    "现金|4.78",
    "收 4.78|找 0.00",
    "账户余额 90.44",
)
"""Read against the template of the receipt, box by box."""


def lines_of(blocks: tuple[Block | Framed, ...]) -> list[str]:
    """What a reader reads, from top to bottom."""
    found: list[str] = []
    for block in blocks:
        match block:
            case Text():
                found.append(block.text)
            case Pair():
                found.append(f"{block.left}|{block.right}")
            case TraceCodes():
                found += block.codes
            case FieldRow():
                found.append("|".join(f"{field.label}={field.value}" for field in block.fields))
            case Framed():
                found += lines_of(block.left) + lines_of(block.right)
            case _:
                continue
    return found


def of_kind(small: SmallCounter, kind: PaperKind) -> Paper:
    return next(paper for paper in small.tray.papers if paper.kind is kind)


def test_the_receipt_reads_as_its_template(small: SmallCounter) -> None:
    view = small.until(Step.DONE)
    paper = of_kind(small, PaperKind.RECEIPT_80)
    settled = small.case(view).facts.settled
    assert settled is not None
    assert lines_of(paper.blocks) == [
        *RECEIPT,
        f"结算号 {settled.settlement_id}",
        "电话 000-0000",
        "请妥善保管，凭本票查询",
    ]
    assert (paper.copy_no, paper.foot_left, paper.watermark) == (1, "", "训练作废")
    assert [block.text for block in paper.blocks if isinstance(block, Qr)] == ["训练"]


def test_a_live_receipt_carries_its_codes_and_no_mark(small: SmallCounter) -> None:
    view = small.until(Step.DONE)
    small.till.shop = replace(small.till.shop, training=False, phone="")
    small.surface.reprint(view.case_id, "receipt")
    paper = small.tray.papers[-1]
    assert (paper.watermark, paper.banner, paper.copy_no) == ("", "", 2)
    assert paper.foot_left == "副本 第 2 次打印  2026-11-22 12:00  收银员小榕"
    (code,) = [block.text for block in paper.blocks if isinstance(block, Qr)]
    assert code.split() == [
        line.replace(" ", "") for line in RECEIPT if line.startswith(("8123456", "8765432"))
    ]
    small.surface.reprint(view.case_id, "prescription")
    assert [half.text for half in _codes_in_foot(small.tray.papers[-1])] == [
        "350000000000000000000000000001"
    ]


def _codes_in_foot(paper: Paper) -> list[Qr]:
    (foot,) = [block for block in paper.blocks if isinstance(block, Framed)]
    return [block for block in foot.right if isinstance(block, Qr)]


def test_the_prescription_names_patient_drugs_and_audit(small: SmallCounter) -> None:
    small.until(Step.DONE)
    read = lines_of(of_kind(small, PaperKind.A4).blocks)
    for wanted in (
        "姓名=钱测试|性别=男|年龄=36 岁|体重=70 kg",
        "1.  示例片  10mg*7|2 盒",
        "2.  样例胶囊  10mg*7|1 盒",
        "用法用量：口服 qd 10mg",
        "审方：苏审方 2026-11-22 12:00:00    结论：通过",
        "意见：用法用量适宜",
        "医保电子签章：验签通过，12:00:00",
    ):
        assert wanted in read, read


def test_a_prescription_before_audit_and_person_is_still_drawn(small: SmallCounter) -> None:
    case = small.case(small.until(Step.AUDIT))
    rx = case.facts.prescription
    assert isinstance(rx, Prescription)
    facts = replace(
        case.facts,
        person=None,
        verification=None,
        prescription=replace(rx, weight_kg="", age="3 月", gender="9"),
    )
    paper = prescription(small.till, replace(case, facts=facts), 1)
    read = lines_of(paper.blocks)
    assert not any(line.startswith(("审方", "医保电子签章")) for line in read)
    assert "姓名=钱测试|性别=未说明|年龄=3 月|体重=" in read
    with pytest.raises(Bug):
        prescription(small.till, replace(case, facts=replace(facts, prescription=None)), 1)


@pytest.mark.parametrize("kind", ["西药（成药）", ""])
def test_the_corner_holds_what_the_centre_told_or_is_not_there(
    small: SmallCounter, kind: str
) -> None:
    case = small.case(small.until(Step.AUDIT))
    rx = case.facts.prescription
    assert isinstance(rx, Prescription)
    facts = replace(case.facts, prescription=replace(rx, kind_name=kind))
    paper = prescription(small.till, replace(case, facts=facts), 1)
    corners = [block.text for block in paper.blocks if isinstance(block, Corner)]
    assert corners == ([kind] if kind else [])


def test_a_receipt_before_settlement_is_a_bug(small: SmallCounter) -> None:
    case = small.case(small.until(Step.SETTLE))
    with small.store.reading() as unit, pytest.raises(Bug):
        receipt(small.till, unit, case, 1)


def test_what_did_not_come_out_keeps_waiting(small: SmallCounter) -> None:
    view = small.until(Step.HAND_OVER)
    small.tray.broken = DeviceTrouble(Code.PRINTER_OUT_OF_PAPER)
    with pytest.raises(DeviceTrouble):
        small.surface.print_waiting(lambda _progress: None)
    small.tray.broken = None
    seen: list[Progress] = []
    assert papers.print_waiting(small.till, seen.append) == 2
    assert [(step.done, step.total) for step in seen] == [(1, 2), (2, 2)]
    assert papers.print_waiting(small.till) == 0
    assert papers.print_case(small.till, small.case(view)) == 0
    assert {paper.copy_no for paper in small.tray.papers} == {1}


def test_paper_opens_no_visit(small: SmallCounter) -> None:
    """It comes out beside the counter: a visit it opened took the place of the next customer's,
    which the same moment had begun."""
    view = small.until(Step.HAND_OVER)
    small.surface.hand_over(view.case_id)
    small.surface.print_waiting(lambda _progress: None)
    with small.store.reading() as unit:
        assert unit.cases.unfinished(small.till.counter_no) == ()
    assert len(small.tray.papers) == 2


def test_nothing_is_printed_again_that_never_was(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    with pytest.raises(OperatorInput) as never:
        small.surface.reprint(view.case_id, "receipt")
    assert never.value.code is Code.STEP_MOVED_ON


def test_a_waiting_slip_says_no_full_name_and_no_amount(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING))
    view = small.settle(view)
    small.surface.waiting_slip(view.case_id)
    read = lines_of(small.tray.papers[-1].blocks)
    assert "顾客 钱**" in read
    assert "提交时间 2026-11-22 12:00" in read
    assert not any("钱测试" in line or "47.80" in line for line in read)


def slip_of(small: SmallCounter, view: CaseView) -> str:
    small.surface.waiting_slip(view.case_id)
    return "".join(lines_of(small.tray.papers[-1].blocks))


def test_a_waiting_slip_says_of_the_cash_what_the_counter_noted(small: SmallCounter) -> None:
    view = small.until(Step.SETTLE)
    small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING))
    taken = small.settle(view)
    assert small.case(taken).facts.cash_received
    said = slip_of(small, taken)
    assert "结果不明" in said
    assert "收下的现金已经记下" in said
    assert "没有收现金" not in said
    case = small.case(taken)
    with small.store.unit() as unit:
        unit.cases.save(replace(case, facts=replace(case.facts, cash_received=None)))
    said = slip_of(small, taken)
    assert "结果不明" in said
    assert "没有收现金" in said


def test_a_waiting_slip_of_a_refund_speaks_of_the_refund(small: SmallCounter) -> None:
    paying = small.surface.begin_return(small.until(Step.HAND_OVER).case_id)
    small.fake.script(Operation.REVOKE_SETTLEMENT, OutcomeUnknown(Code.ANSWER_MISSING))
    unclear = small.surface.revoke(paying.case_id, BOSS, PIN)
    said = slip_of(small, unclear)
    assert "退款结果不明" in said
    assert "现金还没有退" in said
    assert "再收一次" not in said


def test_a_slip_before_any_attempt_has_no_time(small: SmallCounter) -> None:
    view = small.surface.current()
    small.surface.waiting_slip(view.case_id)
    read = lines_of(small.tray.papers[-1].blocks)
    assert "顾客 " in read
    assert not any(line.startswith("提交时间") for line in read)


def test_papers_of_one_case_come_out_by_themselves(small: SmallCounter) -> None:
    case = small.case(small.until(Step.HAND_OVER))
    assert papers.print_case(small.till, case) == 2
    assert papers.print_case(small.till, case) == 0


@given(
    pack=st.integers(1, 99_999).map(lambda fen: Price(fen * 10_000)),
    size=st.integers(2, 1_000),
    taken=st.lists(st.integers(1, 400), min_size=1, max_size=5),
    by_piece=st.booleans(),
)
def test_count_times_price_of_a_part_is_the_amount_beside_it(
    pack: Price, size: int, taken: list[int], by_piece: bool
) -> None:
    """As a customer reckons it from the paper, with whatever was taken of the box before."""
    box = OpenBox("C", 1, size)
    splitting = Splitting(size, "片", by_piece=by_piece)
    for case_id, wanted in enumerate(taken, 1):
        if not box.free:
            break
        part = box.take(case_id, wanted)
        box = box.with_part(part)
        fee = splitting.fee(pack, part.pieces, part.share)
        sold = replace(
            a_return().line,
            split=True,
            price=pack,
            quantity=part.share,
            amount=fee,
            pieces=part.pieces,
            piece_price=piece_price(pack, size),
        )
        words = count_words(sold, "盒", "片")
        shown, each = words.split("×")
        count = shown.split("（")[1].split()[0] if "（" in shown else shown.split()[1]
        exact = Decimal(count) * Decimal(each.strip())
        assert exact.quantize(Decimal("0.01"), ROUND_HALF_UP) == Decimal(fee) / 100
        assert f"{part.pieces} 片" in words
