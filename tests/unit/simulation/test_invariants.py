"""Each rule over two books that break it, and over two that do not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.domain.case import Phase, Position, Step
from app.domain.money import Amounts, Fen
from app.domain.settlement import Attempt, AttemptState, Leg, SettledFacts
from app.ports.store import OutboxState
from app.sandbox.ledger import PlatformLedger, SettlementLine
from app.simulation.invariants import Books, broken, broken_at_rest
from localdb.ledger import AttemptLine, CaseLine, CashLine, ClaimLine, OutboxLine, StoreLedger

S = AttemptState
ID = "P35010000001202611230900000100"
BOX = "81234560000000000001"
AMOUNTS = Amounts(Fen(1000), Fen(700), Fen(200), Fen(100))
FACTS = SettledFacts("400000001", "300000001", AMOUNTS, "", 0, "", "")
THEIRS = SettlementLine(
    ID, "400000001", "active", 1000, 700, 200, 100, None, frozenset({"RX"}), frozenset({BOX})
)
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


def ours(state: AttemptState = S.SETTLED, at: Position | None = None) -> StoreLedger:
    attempt = Attempt(ID, state, AMOUNTS, settled=FACTS, next_at=None)
    return StoreLedger(
        attempts=(AttemptLine(1, "RX", attempt),),
        cases={1: CaseLine(1, at or Position(Step.DONE))},
        claims=(ClaimLine(BOX, 1, True, ID),),
        receipts=(ID,),
        unprinted=0,
        goods=(ID,),
        uneven=(),
        sending={},
        outbox={},
        messages=5,
        message_ids=5,
    )


def cash(at: Step, *, goods: bool = True, receipts: int = 1, slips: int = 0) -> StoreLedger:
    """The insured visit, and beside it one for cash."""
    books = ours()
    claims = (*books.claims, ClaimLine("cash", 2, True, None)) if goods else books.claims
    cases = {**books.cases, 2: CaseLine(1, Position(at))}
    return replace(books, cases=cases, claims=claims, cash={2: CashLine(receipts, slips)})


def theirs(*lines: SettlementLine, sold: int = 1) -> PlatformLedger:
    return PlatformLedger({x.message_id: x for x in lines or (THEIRS,)}, {BOX: sold}, frozenset())


def found(books: Books) -> set[str]:
    return {invariant for invariant, _ in broken(books)}


def test_books_that_agree_break_nothing() -> None:
    assert list(broken_at_rest(Books(ours(), theirs(), ours()))) == []


@pytest.mark.parametrize(
    "books",
    [
        cash(Step.DONE),
        cash(Step.TAKE_BACK),
        cash(Step.REVOKE),
        cash(Step.SCAN, goods=False, receipts=0),
        cash(Step.CLOSED, goods=False, receipts=0),
        cash(Step.CLOSED, goods=False, slips=1),
    ],
)
def test_cash_that_stands_and_cash_that_went_back_break_nothing(books: StoreLedger) -> None:
    assert found(Books(books, theirs())) == set()


DEAD = Position(Step.SETTLE)
GONE = replace(ours(S.REJECTED, DEAD), claims=(), receipts=(), goods=())


@pytest.mark.parametrize(
    ("books", "invariant"),
    [
        (Books(GONE, theirs()), "I4"),
        (Books(replace(GONE, attempts=(), cases={}), theirs()), "I4"),
        (Books(ours(), theirs(replace(THEIRS, state="revoked"))), "I4"),
        (Books(ours(S.REFUNDED, Position(Step.CLOSED)), theirs()), "I4"),
        (Books(ours(), theirs(replace(THEIRS, cash=99))), "I11"),
        (Books(ours(), theirs(replace(THEIRS, codes=frozenset({"other"})))), "I9"),
        (Books(ours(), theirs(sold=2)), "I9"),
        (Books(ours(), PlatformLedger({ID: THEIRS}, {}, frozenset())), "I9"),
        (Books(replace(ours(), attempts=ours().attempts * 2), theirs()), "I1"),
        (Books(ours(), theirs(THEIRS, replace(THEIRS, message_id="other"))), "I1"),
        (Books(replace(ours(), receipts=("other",)), theirs()), "I3"),
        (Books(replace(ours(), goods=(None,)), theirs()), "I3"),
        (Books(replace(ours(), claims=()), theirs()), "I3"),
        (Books(replace(ours(), uneven=(4,)), theirs()), "I5"),
        (Books(replace(ours(), messages=4), theirs(), ours()), "I6"),
        (Books(replace(ours(), message_ids=4), theirs()), "I7"),
        (Books(ours(S.UNKNOWN, Position(Step.SETTLE, Phase.UNKNOWN)), theirs()), "I10"),
        (Books(ours(at=Position(Step.SETTLE)), theirs()), "mirror"),
        (Books(ours(S.REVERSED, Position(Step.HAND_OVER)), theirs()), "I3"),
        (Books(cash(Step.DONE, goods=False), theirs()), "I3"),
        (Books(cash(Step.CLOSED, slips=1), theirs()), "I3"),
        (Books(cash(Step.CLOSED, goods=False), theirs()), "I3"),
        (Books(cash(Step.DONE, receipts=0), theirs()), "I3"),
        (Books(cash(Step.DONE, receipts=2), theirs()), "I3"),
        (Books(cash(Step.REVOKE, slips=1), theirs()), "I3"),
        (Books(cash(Step.CLOSED, goods=False, slips=2), theirs()), "I3"),
        (Books(cash(Step.CLOSED, goods=False, receipts=0, slips=1), theirs()), "I3"),
    ],
)
def test_books_that_differ_break_their_rule(books: Books, invariant: str) -> None:
    assert invariant in found(books)


def test_what_was_delivered_stays_delivered() -> None:
    done = replace(ours(), outbox={1: OutboxLine(OutboxState.DELIVERED, 1, True)})
    back = replace(ours(), outbox={1: OutboxLine(OutboxState.WAITING, 1, True)})
    assert found(Books(back, theirs(), done)) == {"I8"}
    assert found(Books(done, theirs(), back)) == set()


def test_a_refund_in_doubt_keeps_its_receipt() -> None:
    attempt = replace(ours().attempts[0].attempt, state=S.MANUAL, leg=Leg.REFUND, next_at=NOW)
    books = replace(
        ours(at=Position(Step.REVOKE, Phase.UNKNOWN)), attempts=(AttemptLine(1, "RX", attempt),)
    )
    assert found(Books(books, theirs())) == set()


@pytest.mark.parametrize(
    "left",
    [
        replace(ours(), sending={"m": "settle"}),
        replace(ours(), cases={1: CaseLine(1, Position(Step.DONE)), 2: CaseLine(1, DEAD)}),
        replace(ours(), outbox={1: OutboxLine(OutboxState.UNKNOWN, 1, True)}),
        replace(ours(), claims=(*ours().claims, ClaimLine("held", 2, False, None))),
    ],
)
def test_at_rest_nothing_is_left_over(left: StoreLedger) -> None:
    books = Books(left, theirs())
    assert list(broken(books)) == []
    assert {invariant for invariant, _ in broken_at_rest(books)} <= {"I9", "I10"}
    assert list(broken_at_rest(books))
