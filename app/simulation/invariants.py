"""I1 to I11 over two independent ledgers: ours, and the platform's own (reliability 3).

I2, I7 and I12 are judged where a letter leaves. After a restore our base knows less than was done:
what the lost time did may stand there alone, and nothing else.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.domain.attempt import AttemptState, Leg
from app.domain.case import Phase, Position, Step
from app.sandbox import ledger as platform
from app.sandbox.ledger import PlatformLedger, SettlementLine
from localdb.ledger import AttemptLine, StoreLedger

S = AttemptState
SHOWS: Mapping[AttemptState, frozenset[Position]] = {
    S.PREPARED: frozenset({Position(Step.SETTLE)}),
    S.SENDING: frozenset({Position(Step.SETTLE, Phase.SENT)}),
    S.UNKNOWN: frozenset({Position(Step.SETTLE, Phase.UNKNOWN)}),
    S.REVERSING: frozenset({Position(Step.SETTLE, Phase.UNKNOWN)}),
    S.REVERSED_UNCONFIRMED: frozenset({Position(Step.SETTLE, Phase.UNKNOWN)}),
    S.REFUND_PREPARED: frozenset({Position(Step.REVOKE)}),
    S.REFUND_SENDING: frozenset({Position(Step.REVOKE, Phase.SENT)}),
    S.REFUND_UNKNOWN: frozenset({Position(Step.REVOKE, Phase.UNKNOWN)}),
    S.REFUND_REVERSING: frozenset({Position(Step.REVOKE, Phase.UNKNOWN)}),
    S.MANUAL: frozenset(
        {Position(Step.SETTLE, Phase.UNKNOWN), Position(Step.REVOKE, Phase.UNKNOWN)}
    ),
    S.SETTLED: frozenset(
        {
            Position(Step.HAND_OVER),
            Position(Step.DONE),
            Position(Step.TAKE_BACK),
            Position(Step.REVOKE),
            Position(Step.REVOKE, Phase.REJECTED),
        }
    ),
    S.REFUNDED: frozenset(Position(Step.RETURN_SALE, phase) for phase in Phase)
    | {Position(Step.CLOSED)},
}
"""Where a case may stand beside its newest attempt (architecture 7)."""
_NEVER_FREE = frozenset({Step.HAND_OVER, Step.DONE, Step.TAKE_BACK, Step.REVOKE})
_PAID = frozenset({Step.DONE, Step.TAKE_BACK, Step.REVOKE})
"""Where a sale for cash stands as sold."""
_RECEIVED = frozenset(
    {
        S.SETTLED,
        S.REFUND_PREPARED,
        S.REFUND_SENDING,
        S.REFUND_UNKNOWN,
        S.REFUND_REVERSING,
        S.REFUNDED,
    }
)


@dataclass(frozen=True, slots=True)
class Lost:
    """What happened after a copy that was put back: message ids, and boxes that moved."""

    messages: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Books:
    """Both sides at one moment. ``before`` is ours as it stood at the last look, ``lost`` what our
    base cannot know."""

    ours: StoreLedger
    theirs: PlatformLedger
    before: StoreLedger | None = None
    lost: Lost = Lost()

    def refunded_in_lost_time(self, theirs: SettlementLine) -> bool:
        """Whether a refund our base cannot know took this settlement back."""
        return any(
            line.message_id in self.lost.messages and line.refunds == theirs.settlement_id
            for line in self.theirs.settlements.values()
        )


Broken = tuple[str, str]
"""Which invariant, and in which words."""


def broken(books: Books) -> Iterator[Broken]:
    """Everything that does not hold right now, whatever is on its way."""
    for check in _ALWAYS:
        yield from check(books)


def broken_at_rest(books: Books) -> Iterator[Broken]:
    """Everything that does not hold once all is said and done: the day is closed."""
    yield from broken(books)
    for check in _AT_REST:
        yield from check(books)


def _one_live(books: Books) -> Iterator[Broken]:
    live = Counter(line.claim for line in books.ours.attempts if line.attempt.live)
    for claim, count in live.items():
        if count > 1:
            yield "I1", f"{count} live attempts for {claim}"
    active = Counter(
        number
        for line in books.theirs.settlements.values()
        if line.state == platform.ACTIVE
        for number in line.prescriptions
    )
    for number, count in active.items():
        if count > 1:
            yield "I1", f"{count} active settlements of {number}"


def _from_settled(books: Books) -> Iterator[Broken]:
    received = {line.attempt.message_id for line in books.ours.attempts if _settled_once(line)}
    for attempt in (*books.ours.receipts, *books.ours.goods):
        if attempt not in received:
            yield "I3", f"receipt or goods hang on {attempt}, which never settled"


def _settled_once(line: AttemptLine) -> bool:
    attempt = line.attempt
    return attempt.state in _RECEIVED or (attempt.state is S.MANUAL and attempt.leg is Leg.REFUND)


def _same_money(books: Books) -> Iterator[Broken]:
    """I4 and I11: what is final here stands there just so, to the fen."""
    ours = {line.attempt.message_id: line for line in books.ours.attempts}
    for message_id, line in ours.items():
        theirs = books.theirs.settlements.get(message_id)
        state = theirs.state if theirs is not None else "absent"
        mine = line.attempt.state
        if mine is S.SETTLED:
            if state != platform.ACTIVE:
                if theirs is not None and books.refunded_in_lost_time(theirs):
                    continue
                yield "I4", f"{message_id} is settled here and {state} there"
            elif theirs is not None:
                yield from _same_amounts(line, theirs)
        elif mine is S.REFUNDED and state != platform.REVOKED:
            yield "I4", f"{message_id} is refunded here and {state} there"
        elif mine in (S.REJECTED, S.REVERSED) and state == platform.ACTIVE:
            yield "I4", f"ghost: {message_id} is {mine.value} here and active there"
    for message_id, theirs in books.theirs.settlements.items():
        known = message_id in ours or message_id in books.lost.messages
        if theirs.state == platform.ACTIVE and not known:
            yield "I4", f"ghost: {message_id} is active there and unknown here"
    for message_id in books.ours.adopted:
        if message_id in ours or message_id not in books.theirs.settlements:
            yield "I4", f"{message_id} was adopted and is in two books here, or in none there"


def _same_amounts(line: AttemptLine, theirs: SettlementLine) -> Iterator[Broken]:
    settled = line.attempt.settled
    if settled is None:
        yield "I11", f"{line.attempt.message_id} is settled without amounts"
        return
    amounts = settled.amounts
    ours = (amounts.total, amounts.fund, amounts.account, amounts.cash)
    if ours != (theirs.total, theirs.fund, theirs.account, theirs.cash):
        yield "I11", f"{line.attempt.message_id}: {ours} here, {theirs} there"
    if not amounts.adds_up():
        yield "I11", f"{line.attempt.message_id}: parts do not sum"


def _stock_from_ledger(books: Books) -> Iterator[Broken]:
    for lot in books.ours.uneven:
        yield "I5", f"lot {lot} counts other than its events"


def _nothing_unsaid(books: Books) -> Iterator[Broken]:
    """I6 and I8: rows only grow, and what was delivered stays delivered."""
    if books.before is None:
        return
    if books.ours.messages < books.before.messages:
        yield "I6", "messages were deleted"
    if len(books.ours.attempts) < len(books.before.attempts):
        yield "I6", "attempts were deleted"
    for item, line in books.before.outbox.items():
        now = books.ours.outbox.get(item)
        if now is None or (not line.open and now.state is not line.state):
            yield "I8", f"outbox item {item} was {line.state.value}"


def _ids_once(books: Books) -> Iterator[Broken]:
    if books.ours.messages != books.ours.message_ids:
        yield "I7", "a message id stands twice"


def _boxes_once(books: Books) -> Iterator[Broken]:
    """I9: held once here, on one bill there, and on record there where sold here."""
    held = _held_once(
        (claim.code for claim in books.ours.claims if not claim.part),
        (claim.code for claim in books.ours.claims if claim.part),
    )
    for code in books.ours.oversold:
        yield "I9", f"more of {code} is held than it holds"
    for code, count in held.items():
        if count > 1:
            yield "I9", f"{code} is held {count} times"
    active = [x for x in books.theirs.settlements.values() if x.state == platform.ACTIVE]
    billed = _held_once(
        (code for line in active for code in line.codes - line.parts),
        (code for line in active for code in line.parts),
    )
    for code, count in billed.items():
        if count > 1:
            yield "I9", f"{code} stands on {count} active bills"
    for code, times in books.theirs.sold.items():
        if times > 1:
            yield "I9", f"{code} is on record as sold {times} times"


def _held_once(whole: Iterable[str], parts: Iterable[str]) -> Counter[str]:
    """How often each box is taken; all its parts together take it once."""
    return Counter(whole) + Counter(set(parts))


def _same_boxes(books: Books) -> Iterator[Broken]:
    """The boxes of a settled sale are the boxes of its bill, and on record as sold."""
    sold = books.ours.sold_with()
    for line in books.ours.attempts:
        if line.attempt.state is not S.SETTLED:
            continue
        message_id = line.attempt.message_id
        codes = sold.get(message_id, frozenset())
        theirs = books.theirs.settlements.get(message_id)
        if not codes:
            yield "I3", f"{message_id} settled without goods"
        if message_id in books.lost.messages:
            # adopted onto the visit of the copy, whose boxes are those of the copy
            continue
        if theirs is not None and theirs.codes != codes:
            yield "I9", f"{message_id}: other boxes here than on the bill"
        for code in codes - books.theirs.sold.keys() - books.lost.codes:
            yield "I9", f"{code} was sold here and is not on record there"


def _scheduled(books: Books) -> Iterator[Broken]:
    for line in books.ours.attempts:
        if line.attempt.open and line.attempt.next_at is None:
            yield "I10", f"{line.attempt.message_id} has no next time"
    for item, record in books.ours.outbox.items():
        if record.open and not record.scheduled:
            yield "I10", f"outbox item {item} has no next time"


def _mirror(books: Books) -> Iterator[Broken]:
    """The case stands where its newest attempt puts it (architecture 7)."""
    newest = {line.case_id: line.attempt.state for line in books.ours.attempts}
    for case_id, case in books.ours.cases.items():
        if case_id in books.ours.cash:
            continue
        state = newest.get(case_id)
        if state is None or state in (S.REJECTED, S.REVERSED):
            if case.position.step in _NEVER_FREE:
                yield "I3", f"case {case_id} at {case.position.step.value} without a settlement"
            if state is not None and case.position == Position(Step.SETTLE, Phase.UNKNOWN):
                yield "mirror", f"case {case_id} waits for an attempt that is {state.value}"
        elif case.position not in SHOWS[state]:
            yield "mirror", f"case {case_id} at {case.position} beside {state.value}"


def _cash_once(books: Books) -> Iterator[Broken]:
    """I3 where nobody settles: a receipt with its goods, cash back once and for goods that came."""
    sold = {claim.case_id for claim in books.ours.claims if claim.sold}
    for case_id, papers in books.ours.cash.items():
        stands = books.ours.cases[case_id].position.step in _PAID
        if stands != (case_id in sold):
            yield "I3", f"case {case_id} is paid for without its goods, or the other way round"
        if bool(papers.receipts) != (stands or bool(papers.slips)):
            yield "I3", f"case {case_id} was paid for, and neither goods nor cash are anywhere"
        if papers.receipts > 1 or papers.slips > 1 or (stands and papers.slips):
            yield "I3", f"cash of case {case_id} went over the counter twice"


def _nothing_open(books: Books) -> Iterator[Broken]:
    for line in books.ours.attempts:
        if line.attempt.open:
            yield "I10", f"{line.attempt.message_id} is still {line.attempt.state.value}"
    for message_id, operation in books.ours.sending.items():
        yield "I10", f"{message_id} ({operation}) is still on its way"
    for case_id, case in books.ours.cases.items():
        if case.position.step not in (Step.DONE, Step.CLOSED):
            yield "I10", f"case {case_id} never came to an end: {case.position}"
    for item, record in books.ours.outbox.items():
        if record.open:
            yield "I10", f"outbox item {item} is still {record.state.value}"


def _nothing_left_over(books: Books) -> Iterator[Broken]:
    """Sold there is sold here, and the other way round; nothing is reserved any more."""
    ours = {claim.code for claim in books.ours.claims if claim.sold}
    for code in books.theirs.sold.keys() - ours - books.lost.codes:
        yield "I9", f"{code} is on record as sold there and not sold here"
    for claim in books.ours.claims:
        if not claim.sold:
            yield "I9", f"{claim.code} is still held by case {claim.case_id}"


_ALWAYS: tuple[Callable[[Books], Iterator[Broken]], ...] = (
    _one_live,
    _from_settled,
    _same_money,
    _stock_from_ledger,
    _nothing_unsaid,
    _ids_once,
    _boxes_once,
    _same_boxes,
    _scheduled,
    _mirror,
    _cash_once,
)
_AT_REST = (_nothing_open, _nothing_left_over)
