"""A refund that gives back something else than was taken: seen, and never taken for the whole.

The page of a decision shows the figures of the settlement, and the program ends the whole sale by
them.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from app.domain.case import Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.money import Amounts, Fen, fen_text
from app.domain.settlement import Attempt, AttemptState
from app.profile.operations import Operation
from app.workflow.cases.lines import codes_of
from app.workflow.doubts.views import Outcome
from app.workflow.views.case import CaseView
from tests.support.fake_platform import Booked
from tests.support.small_counter import BOSS, PIN, SmallCounter


def attempt_of(small: SmallCounter, view: CaseView) -> Attempt:
    with small.store.reading() as unit:
        found = unit.attempts.of_case(view.case_id)
    assert found is not None
    return found


def boxes_back(small: SmallCounter) -> CaseView:
    done = small.until(Step.DONE)
    small.surface.begin_return(done.case_id)
    return small.surface.take_back(done.case_id, codes_of(small.case(done)))


def in_cash(small: SmallCounter) -> list[Amounts]:
    """The account takes nothing back any more: its part goes over the counter. Answer and
    statement agree on that, the refund being a line of its own (8.2)."""
    told: list[Amounts] = []

    def change(answer: Any) -> Any:
        back = answer.facts.amounts
        other = replace(back, account=Fen(0), cash=Fen(back.cash + back.account))
        facts = replace(answer.facts, amounts=other, settlement_id="B-CASH")
        told.append(other)
        books = small.fake.books.settlements
        books.update({key: replace(one, refunded=False) for key, one in books.items()})
        books[answer.message_id_echo] = Booked(facts, answer.person_no)
        return replace(answer, facts=facts)

    small.fake.script(Operation.REVOKE_SETTLEMENT, change=change)
    return told


def other_amounts(small: SmallCounter) -> tuple[CaseView, Amounts]:
    view = boxes_back(small)
    told = in_cash(small)
    view = small.surface.revoke(view.case_id, BOSS, PIN)
    assert attempt_of(small, view).state is AttemptState.MANUAL
    return view, told[0]


def test_who_decides_sees_what_the_refund_gave_back(small: SmallCounter) -> None:
    view, back = other_amounts(small)
    shown = small.surface.examine(view.case_id)
    assert [choice.outcome for choice in shown.choices] == [Outcome.STANDS]
    figures = {row.theirs for row in shown.rows} | {row.ours for row in shown.rows}
    assert {back.cash, Fen(-back.cash)} & figures, "the figures in dispute are on no row"
    assert not all(row.agrees for row in shown.rows if row.key in ("account", "cash")), "一致"


def test_the_cash_that_goes_back_is_that_of_the_refund(small: SmallCounter) -> None:
    view, back = other_amounts(small)
    shown = small.surface.examine(view.case_id)
    ended = small.surface.decide_doubt(shown, Outcome.STANDS, "", "医保局退款单", BOSS, PIN)
    assert attempt_of(small, view).state is AttemptState.REFUNDED
    assert ended.refunded is not None
    assert dict(ended.refunded.params)["amount"] == fen_text(Fen(-back.cash)), (
        "the account got nothing back, and the customer is given the agreed cash alone"
    )


def test_a_refund_found_with_other_amounts_is_a_persons(small: SmallCounter) -> None:
    """Its answer was lost; the statement shows that the account got nothing back."""
    view = boxes_back(small)
    fake, lost = small.fake, OutcomeUnknown(Code.ANSWER_MISSING)
    (taken,) = fake.books.settlements.values()
    whole = taken.facts.amounts.negated()
    part = replace(whole, account=Fen(0), cash=Fen(whole.cash + whole.account))
    fake.script(Operation.REVOKE_SETTLEMENT, lost)
    fake._reverse = lambda message: None  # type: ignore[method-assign]
    small.surface.revoke(view.case_id, BOSS, PIN)
    message_id = attempt_of(small, view).refund_message_id
    assert message_id is not None
    facts = replace(taken.facts, settlement_id="B-CASH", amounts=part)
    fake.books.settlements[message_id] = Booked(facts, taken.person_no, kind=taken.kind)
    for _ in range(60):
        small.clock.move(timedelta(minutes=1))
        small.surface.deliver()
    found = attempt_of(small, view)
    assert (found.state, found.reason) == (AttemptState.MANUAL, "amounts_differ")
    shown = small.surface.examine(view.case_id)
    assert {row.key for row in shown.rows if row.agrees is False} >= {"account", "cash"}
    ended = small.surface.decide_doubt(shown, Outcome.STANDS, "", "医保局退款单", BOSS, PIN)
    assert ended.refunded is not None
    assert dict(ended.refunded.params)["amount"] == fen_text(Fen(-part.cash))


def test_a_whole_refund_is_shown_and_given_back_as_before(small: SmallCounter) -> None:
    """Answer says otherwise, the statement has the whole: what is booked is the statement's."""
    view, back = other_amounts(small)
    books = small.fake.books.settlements
    (refund,) = (key for key, one in books.items() if one.facts.amounts.total < 0)
    whole = next(one for one in books.values() if one.facts.amounts.total > 0).facts.amounts
    facts = replace(books[refund].facts, amounts=whole.negated())
    books[refund] = replace(books[refund], facts=facts)
    shown = small.surface.examine(view.case_id)
    assert all(row.agrees for row in shown.rows if row.key in ("account", "cash"))
    ended = small.surface.decide_doubt(shown, Outcome.STANDS, "", "医保局退款单", BOSS, PIN)
    assert back.cash != -whole.cash
    assert ended.refunded is not None
    assert dict(ended.refunded.params)["amount"] == fen_text(whole.cash)


def settled_otherwise(small: SmallCounter, *, cash: int = 0) -> tuple[CaseView, Amounts]:
    """Answered, and booked there, with other amounts than the split's: a manager's to end. The
    fund pays a yuan less, the customer's account that yuan but for ``cash`` fen of it."""
    moved: list[Amounts] = []

    def change(answer: Any) -> Any:
        told = answer.facts.amounts
        other = replace(
            told,
            fund=Fen(told.fund - 100),
            account=Fen(told.account + 100 - cash),
            cash=Fen(told.cash + cash),
        )
        moved.append(other)
        facts = replace(answer.facts, amounts=other)
        books = small.fake.books.settlements
        books.update({key: replace(one, facts=facts) for key, one in books.items()})
        return replace(answer, facts=facts)

    small.fake.script(Operation.SETTLE, change=change)
    view = small.settle(small.until(Step.SETTLE))
    assert attempt_of(small, view).reason == "amounts_differ"
    return view, moved[0]


def stands(small: SmallCounter, view: CaseView) -> None:
    shown = small.surface.examine(view.case_id)
    small.surface.decide_doubt(shown, Outcome.STANDS, "", "医保局电话核实", BOSS, PIN)


def test_a_refund_is_laid_beside_what_was_settled_not_what_was_agreed(small: SmallCounter) -> None:
    view, settled = settled_otherwise(small)
    stands(small, view)
    done = small.hand_over(small.surface.view(view.case_id))
    small.surface.begin_return(done.case_id)
    view = small.surface.take_back(done.case_id, codes_of(small.case(done)))
    in_cash(small)
    small.surface.revoke(view.case_id, BOSS, PIN)
    rows = {row.key: row.ours for row in small.surface.examine(view.case_id).rows}
    assert (rows["fund"], rows["account"]) == (Fen(-settled.fund), Fen(-settled.account))
