"""The way back: goods, money, and the sale of a finished visit."""

import pytest

from app.domain.access import Act
from app.domain.case import Step
from app.domain.errors import Code, OperatorInput
from app.domain.prescription import RxState
from app.domain.settlement import AttemptState
from app.workflow import day
from app.workflow.upkeep import startup
from tests.support.counter import CLERK, PHARMACIST, Bench
from tests.support.ledgers import our_side
from tests.support.visit import a_visit
from tests.support.way_back import MANAGER, at_rest, attempt_of, given_back, stand_together
from ui.formats import money_text


def test_a_whole_sale_goes_back_and_the_prescription_is_free(bench: Bench) -> None:
    visit = a_visit(bench)
    returning = given_back(bench, visit)
    assert returning.step is Step.REVOKE
    closed = bench.surface.revoke(returning.case_id, *MANAGER)
    assert closed.step is Step.CLOSED
    assert closed.refunded is not None
    assert returning.returning is not None
    cash = returning.returning.amounts.cash
    assert dict(closed.refunded.params) == ({"amount": money_text(cash)} if cash else {})
    assert attempt_of(bench, closed) is AttemptState.REFUNDED
    stand_together(bench, closed)
    assert bench.platform_state()["sold_codes"] == []
    told = visit.hospital_is_told("query_dispensing", closed)
    assert told["rxUsedStasCodg"] != "2"
    again = visit.identify(bench.surface.start())
    assert again.select is not None
    assert closed.strip is not None
    found = next(c for c in again.select.cards if c.rx_number == closed.strip.number)
    assert found.state in (RxState.AVAILABLE, RxState.OURS, RxState.WITHDRAWN), found.state


def test_a_sale_of_another_day_is_found_and_given_back(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    codes = our_side(bench.store, done.case_id).codes()
    assert done.hand_over is not None
    bench.pass_time(2 * 86400)
    day.ensure_open(bench.till)
    bench.surface.next_customer(done.case_id)
    for asked in (done.hand_over.receipt_no, codes[0], f" {codes[-1]} "):
        found = bench.surface.find_sale(asked)
        assert (found.case_id, found.step) == (done.case_id, Step.DONE)
    assert found.hand_over is not None
    assert found.hand_over.may_give_back
    bench.surface.begin_return(found.case_id)
    paying = bench.surface.take_back(found.case_id, codes)
    assert bench.surface.revoke(paying.case_id, *MANAGER).step is Step.CLOSED
    for gone in (done.hand_over.receipt_no, codes[0], "1" * 20, ""):
        with pytest.raises(OperatorInput) as nothing:
            bench.surface.find_sale(gone)
        assert nothing.value.code is Code.SALE_NOT_FOUND


def test_boxes_come_back_one_scan_at_a_time_and_survive_a_restart(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    case = bench.surface.begin_return(done.case_id)
    codes = our_side(bench.store, done.case_id).codes()
    for code in codes[:-1]:
        spoken = bench.scan(case, code)
        assert spoken.spoken.tone == "good"
    assert bench.scan(case, codes[0]).spoken.verdict.key == f"error.{int(Code.SCAN_REPEATED)}"
    foreign = bench.scan(case, "8" * 20)
    assert foreign.spoken.verdict.key == f"error.{int(Code.SCAN_NOT_OF_SALE)}"
    bench.restart()
    held = bench.surface.current()
    assert held.returning is not None
    assert (held.returning.back, held.returning.ready) == (len(codes) - 1, False)
    whole = bench.scan(held, codes[-1]).case
    assert whole.returning is not None
    assert (whole.returning.back, whole.returning.ready) == (len(codes), True)
    paying = bench.surface.take_back(whole.case_id, codes)
    assert paying.returning is not None
    assert (paying.step, paying.returning.collecting) == (Step.REVOKE, False)
    assert paying.returning.amounts.adds_up()


def test_returned_boxes_lie_in_quarantine(bench: Bench) -> None:
    returning = given_back(bench, a_visit(bench))
    closed = bench.surface.revoke(returning.case_id, *MANAGER)
    with bench.store.reading() as unit:
        lines = unit.cases.get(closed.case_id).facts.lines
        for line in lines:
            held = [lot for lot in unit.goods.lots(line.item_id) if lot.hold.value == "quarantine"]
            assert sum(lot.on_hand for lot in held) == len(line.packs)


def test_only_exactly_what_was_sold_is_taken_back(bench: Bench) -> None:
    done = a_visit(bench).until(Step.DONE)
    bench.surface.begin_return(done.case_id)
    sold = our_side(bench.store, done.case_id).codes()
    for back in (sold[1:], [*sold, "1" * 20], []):
        with pytest.raises(OperatorInput) as refused:
            bench.surface.take_back(done.case_id, back)
        assert refused.value.code is Code.RETURN_CODES_DIFFER
    assert bench.surface.view(done.case_id).step is Step.TAKE_BACK
    assert bench.surface.abandon(done.case_id).step is Step.DONE
    stand_together(bench, done)


@pytest.mark.parametrize(
    ("second", "code"),
    [
        (CLERK, Code.SECOND_IS_FIRST),
        (PHARMACIST, Code.SECOND_NOT_ALLOWED),
        (("2003", "975310"), Code.SECOND_NOT_ALLOWED),
    ],
)
def test_a_refund_needs_another_person_who_may_refund(
    bench: Bench, second: tuple[str, str], code: Code
) -> None:
    returning = given_back(bench, a_visit(bench))
    with pytest.raises(OperatorInput) as refused:
        bench.surface.revoke(returning.case_id, *second)
    assert refused.value.code is code
    assert refused.value.params["act"] == Act.REFUND.value
    stand_together(bench, returning)


def test_a_manager_alone_does_not_refund(bench: Bench) -> None:
    returning = given_back(bench, a_visit(bench))
    bench.surface.sign_in(*MANAGER)
    with pytest.raises(OperatorInput) as refused:
        bench.surface.revoke(returning.case_id, *MANAGER)
    assert refused.value.code is Code.SECOND_IS_FIRST


def test_goods_not_handed_out_are_refunded_at_once(bench: Bench) -> None:
    settled = a_visit(bench).until(Step.HAND_OVER)
    begun = bench.surface.begin_return(settled.case_id)
    assert begun.step is Step.REVOKE
    assert bench.surface.revoke(begun.case_id, *MANAGER).step is Step.CLOSED
    stand_together(bench, begun)


@pytest.mark.parametrize(
    "fault",
    [
        *("drop_before", "drop_after", "reject"),
        *(pytest.param(x, marks=pytest.mark.deep) for x in ("half_answer", "garbage", "http_500")),
    ],
)
def test_a_broken_refund_comes_to_rest_by_evidence(bench: Bench, fault: str) -> None:
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", fault)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)
    if case.step is Step.REVOKE:
        case = bench.surface.revoke(case.case_id, *MANAGER)
    assert bench.surface.view(case.case_id).step is Step.CLOSED
    stand_together(bench, case)
    assert bench.platform_state()["sold_codes"] == []


@pytest.mark.parametrize("query", ["reject", "drop_before"])
def test_a_refund_nobody_can_ask_about_is_reversed_and_confirmed(bench: Bench, query: str) -> None:
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", "drop_after")
    bench.fault("query_settlement", query, times=9)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)


def test_a_reversal_that_does_nothing_is_not_believed(bench: Bench) -> None:
    """2601 is lost on the way back and forth; the statement shows that the refund stands."""
    returning = given_back(bench, a_visit(bench))
    bench.fault("revoke_settlement", "drop_after")
    bench.fault("query_settlement", "reject", times=9)
    bench.fault("reverse", "drop_before", times=2)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_refund_days_later_is_compared_from_the_day_of_its_settlement(
    bench: Bench, fault: str
) -> None:
    done = a_visit(bench).until(Step.DONE)
    bench.pass_time(3 * 86400)
    day.ensure_open(bench.till)
    bench.surface.begin_return(done.case_id)
    codes = our_side(bench.store, done.case_id).codes()
    returning = bench.surface.take_back(done.case_id, codes)
    bench.fault("revoke_settlement", fault)
    bench.fault("query_settlement", "reject", times=9)
    case = at_rest(bench, bench.surface.revoke(returning.case_id, *MANAGER))
    stand_together(bench, case)


def test_a_sale_that_never_settled_is_taken_back_before_the_day_ends(bench: Bench) -> None:
    left = a_visit(bench).until(Step.SETTLE)
    assert bench.platform_state()["sold_codes"]
    bench.surface.deliver()
    assert bench.surface.view(left.case_id).step is Step.SETTLE, "today it may still be settled"
    startup.end_day(bench.till)
    assert bench.surface.view(left.case_id).step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []


def test_a_return_that_got_lost_is_told_again_by_itself(bench: Bench) -> None:
    left = a_visit(bench).until(Step.SETTLE)
    bench.fault("return_sale", "drop_after")
    assert bench.surface.abandon(left.case_id).step is Step.RETURN_SALE
    bench.surface.next_customer(left.case_id)
    for _ in range(4):
        bench.pass_time(90)
        bench.surface.deliver()
    assert bench.surface.view(left.case_id).step is Step.CLOSED
    assert bench.platform_state()["sold_codes"] == []


def test_a_return_begins_in_one_commit(bench: Bench) -> None:
    """Between two, a power cut would leave two cases at one counter, and one of them unseen."""
    done = a_visit(bench).until(Step.DONE)
    bench.surface.next_customer(done.case_id)
    commits: list[int] = []
    bench.store.on_commit(lambda: commits.append(1))
    begun = bench.surface.begin_return(done.case_id)
    assert len(commits) == 1
    assert bench.surface.current().case_id == begun.case_id
    assert [row.case_id for row in bench.surface.desk().parked] != [begun.case_id]
