"""What a row of 资金对账 tells of both sides: our receipt, and the amounts of the answer.

The office is called with both; without them there is a settlement number and four digits.
"""

from app.domain.books.money import Cause, Fact
from app.domain.case import Step
from app.domain.money import fen_text
from app.workflow.calendar import today
from app.workflow.reconciling.documents import evidence_text
from app.workflow.reconciling.views import DifferenceRow
from tests.support.counter import Bench
from tests.support.visit import a_visit


def differing(bench: Bench, plant: str = "amount") -> tuple[str, DifferenceRow]:
    """The receipt of a visit, and its row in the comparison."""
    done = a_visit(bench).until(Step.DONE)
    assert done.hand_over is not None
    bench.post("books", {"plant": plant})
    (row,) = bench.surface.compare_money(today(bench.till), True).rows
    return done.hand_over.receipt_no, row


def told(row: DifferenceRow, kind: Fact) -> list[str]:
    return [value for one, value in row.evidence if one is kind]


def test_a_row_of_a_visit_of_ours_names_its_receipt(bench: Bench) -> None:
    receipt, row = differing(bench)
    ((number, name),) = (value.split(" ") for value in told(row, Fact.OUR_RECEIPT))
    assert number == receipt
    assert "*" in name, "and nobody's whole name"
    assert receipt in evidence_text(row), "on table and paper as well"


def test_a_line_of_nobody_names_none(bench: Bench) -> None:
    _, row = differing(bench, "neighbour")
    assert told(row, Fact.OUR_RECEIPT) == []


def test_the_amounts_of_an_answer_are_kept(bench: Bench) -> None:
    _, row = differing(bench)
    day = today(bench.till)
    assert row.cause is Cause.AMOUNTS_DIFFER
    # the planted fault is in the statement alone: asked by number, the platform says what we have
    ours = row.ours
    assert ours is not None
    for _ in range(2):
        (asked,) = bench.surface.ask_money(day, row.message_id).rows
        ((total, fund, account, cash),) = (
            value.split() for value in told(asked, Fact.FOUND_AMOUNTS)
        )
        assert total == fen_text(ours.total)
        assert (fund, account) == (fen_text(ours.fund), fen_text(ours.account))
        assert cash
    assert "平台回的总额" in evidence_text(asked)
    (again,) = bench.surface.compare_money(day, True).rows
    assert told(again, Fact.FOUND_AMOUNTS) == told(asked, Fact.FOUND_AMOUNTS)


def test_an_answer_that_knows_nothing_has_no_amounts(bench: Bench) -> None:
    _, row = differing(bench, "missing")
    (asked,) = bench.surface.ask_money(today(bench.till), row.message_id).rows
    assert len(told(asked, Fact.FOUND_NOTHING)) == 1
    assert told(asked, Fact.FOUND_AMOUNTS) == []
