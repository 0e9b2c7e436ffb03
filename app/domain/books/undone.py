"""Which lines of a statement that no book of ours has undo each other: pure (reliability 4.1)."""

from collections.abc import Callable, Sequence

from app.domain.books.money import TheirLine, Verdict


def undoes(refund: TheirLine, settlement: TheirLine) -> bool:
    """Both unknown to us, and one gives back exactly what the other took."""
    return (
        refund.verdict is settlement.verdict is Verdict.MORE_THERE
        and refund.refund
        and not settlement.refund
        and bool(refund.visit_id)
        and refund.visit_id == settlement.visit_id
        and refund.sums == settlement.sums.negated()
    )


def no_preference(_settlement: TheirLine) -> tuple[bool, ...]:
    """Nothing tells which of two equal settlements a refund is of."""
    return ()


class Undone:
    """Refunds and settlements, one to one: of two settlements and one refund one still stands."""

    def __init__(
        self,
        rows: Sequence[TheirLine],
        likelier: Callable[[TheirLine], tuple[bool, ...]] = no_preference,
    ) -> None:
        """``likelier`` tells two settlements apart where neither number nor message does."""
        self._other: dict[int, TheirLine] = {}
        pairs = [
            (_bond(refund, settlement, likelier), refund, settlement)
            for refund in rows
            for settlement in rows
            if undoes(refund, settlement)
        ]
        for _, refund, settlement in sorted(pairs, key=lambda one: one[0], reverse=True):
            if id(refund) not in self._other and id(settlement) not in self._other:
                self._other |= {id(refund): settlement, id(settlement): refund}

    def by(self, row: TheirLine) -> TheirLine | None:
        """What undid this line, or what this line undid."""
        return self._other.get(id(row))


def _bond(
    refund: TheirLine, settlement: TheirLine, likelier: Callable[[TheirLine], tuple[bool, ...]]
) -> tuple[bool, ...]:
    """The stronger one goes first: what names it, then the mark of the platform, then our books."""
    named = bool(refund.message_id) and refund.message_id == settlement.message_id
    numbered = bool(refund.settlement_id) and refund.settlement_id == settlement.settlement_id
    return (named, numbered, settlement.flagged, *likelier(settlement))
