"""Part of a bill paid from a relative's account: the parts on the receipt come to its total."""

import pytest

from app.domain.case import Step
from app.domain.money import Amounts, Fen, fen_text
from app.ports.paper import Pair
from tests.support import fake_platform
from tests.support.small_counter import SmallCounter
from tests.unit.workflow.test_receipt_of_refund import receipts


def shared(total: Fen) -> Amounts:
    fund, account, aid = Fen(total * 5 // 10), Fen(total * 1 // 10), Fen(total * 3 // 10)
    return Amounts(total, fund, account, Fen(total - fund - account - aid), mutual_aid=aid)


def test_what_a_relative_paid_stands_on_the_receipt(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_platform, "split", shared)
    done = small.until(Step.DONE)
    settled = small.case(done).facts.settled
    assert settled is not None
    (paper,) = receipts(small)
    said = [block.right for block in paper.blocks if isinstance(block, Pair)]
    assert fen_text(settled.amounts.fund) in said
    assert fen_text(settled.amounts.mutual_aid) in said, (
        "fund, account and cash on the paper come to less than its total"
    )
