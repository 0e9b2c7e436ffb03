"""One person, two prescriptions: the second is not settled by a split from before the first."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown
from app.domain.money import Amounts, Fen
from app.domain.prescription import RxNumber
from app.profile.operations import Operation
from app.workflow import day
from app.workflow.surface import Surface
from app.workflow.till import Till
from app.workflow.views.case import CaseView
from tests.support import fake_platform
from tests.support.fake_platform import FakePlatform
from tests.support.small_counter import (
    BOSS,
    CAPSULES,
    CLERK,
    EARLY,
    OTHER_CODE,
    PIN,
    RX,
    SmallCounter,
    kept_pin,
    pin_matches,
)

SECOND = RxNumber(f"{RX[:-1]}2")
PURSE = Fen(1000)
"""What the account holds: enough for its part of one of both."""


def one_purse(monkeypatch: pytest.MonkeyPatch, fake: FakePlatform) -> None:
    """The platform divides by what the account holds at that moment, as every platform does."""

    def split(total: Fen) -> Amounts:
        standing = [one for one in fake.books.settlements.values() if not one.refunded]
        used = sum(one.facts.amounts.account for one in standing)
        fund = Fen(total * 7 // 10)
        account = Fen(min(PURSE - used, total * 2 // 10))
        return Amounts(total, fund, account, Fen(total - fund - account))

    monkeypatch.setattr(fake_platform, "split", split)


def second_prescription(fake: FakePlatform) -> None:
    (own,) = [minted for kept in fake.minted.values() for minted in kept]
    person = fake.people[own.prescription.patient_id.reveal()]
    summary = replace(own.summary, rx_number=SECOND)
    fake.mint(person, summary, replace(own.prescription, rx_number=SECOND))


def to_settle(small: SmallCounter, number: Any, codes: tuple[Any, ...]) -> CaseView:
    view = small.identify(small.surface.current())
    view = small.surface.choose(view.case_id, number)
    view = small.audit(small.prove(view))
    for code in codes:
        view = small.scan(view, code).case
    view = small.finish(view)
    assert view.step is Step.SETTLE, (view.step, view.banner)
    return view


def at_counter_two(small: SmallCounter) -> SmallCounter:
    """Another counter on the same base."""
    one = small.till
    till = Till(
        one.store, one.platform, one.profile, one.clock, one.shop, 2, one.printers, one.assistance
    )
    till.chance = lambda: 1.0
    other = replace(small, till=till, surface=Surface(till, pin_matches, kept_pin))
    other.surface.sign_in(CLERK, PIN)
    day.ensure_open(till)
    return other


def shown(view: CaseView) -> tuple[Amounts | None, int | None]:
    assert view.settle is not None
    return view.settle.amounts, view.banner.code if view.banner is not None else None


def told(small: SmallCounter) -> tuple[int, int]:
    """How often the platform was asked for a split, and for a settlement."""
    return small.fake.times(Operation.PRESETTLE), small.fake.times(Operation.SETTLE)


@pytest.fixture
def waiting(small: SmallCounter, monkeypatch: pytest.MonkeyPatch) -> CaseView:
    """The first of two prescriptions is ready for its money and set aside."""
    second_prescription(small.fake)
    one_purse(monkeypatch, small.fake)
    view = to_settle(small, RX, (EARLY[0], EARLY[1], CAPSULES[0]))
    small.surface.park(view.case_id, "还有一张")
    return view


def the_second(small: SmallCounter) -> CaseView:
    """The other prescription of this person is settled and handed over."""
    view = to_settle(small, SECOND, (EARLY[2], EARLY[3], CAPSULES[1]))
    done = small.hand_over(small.settle(view))
    assert done.step is Step.DONE
    return done


def test_the_split_of_the_second_is_asked_for_anew(small: SmallCounter, waiting: CaseView) -> None:
    """Both are ready; one is settled, then the other one is taken up again, two minutes later."""
    small.surface.next_customer(the_second(small).case_id)
    before = told(small)
    again = small.surface.unpark(waiting.case_id)
    old, why = shown(again)
    assert why == Code.ESTIMATE_OLD
    assert again.banner is not None
    assert again.banner.offers == ("retry", "abandon")
    asked = small.settle(again)
    new, why = shown(asked)
    assert (asked.step, asked.phase, why) == (Step.SETTLE, Phase.READY, Code.ESTIMATE_RENEWED)
    assert told(small) == (before[0] + 1, before[1]), "asked for, not settled"
    assert old is not None
    assert new is not None
    assert (new.account, new.total) == (PURSE - old.account, old.total)
    assert asked.banner is not None
    assert dict(asked.banner.params) == {"cash": int(new.cash)}
    assert small.settle(asked).step is Step.HAND_OVER


def test_an_old_split_is_no_condition_met(small: SmallCounter, waiting: CaseView) -> None:
    """Beside the banner that voids the amounts a green row had the old cash taken."""

    def split(view: CaseView) -> tuple[bool, bool, bool]:
        assert view.settle is not None
        row = next(row for row in view.settle.conditions if row.key == "estimate")
        return row.met, view.settle.old, view.settle.ready

    assert split(small.view(waiting)) == (True, False, True)
    small.surface.next_customer(the_second(small).case_id)
    again = small.surface.unpark(waiting.case_id)
    assert split(again) == (False, True, False)
    assert split(small.surface.retry(waiting.case_id)) == (True, False, True)


def test_it_is_asked_for_by_its_key_as_well(small: SmallCounter, waiting: CaseView) -> None:
    small.surface.next_customer(the_second(small).case_id)
    small.surface.unpark(waiting.case_id)
    asked = small.surface.retry(waiting.case_id)
    assert shown(asked)[1] == Code.ESTIMATE_RENEWED
    again = told(small)
    small.surface.retry(waiting.case_id)
    assert told(small) == again, "nothing to ask for while it is true"
    assert small.settle(small.view(asked)).step is Step.HAND_OVER


def test_a_refund_counts_as_well(small: SmallCounter, waiting: CaseView) -> None:
    done = the_second(small)
    small.surface.next_customer(done.case_id)
    split = small.surface.retry(small.surface.unpark(waiting.case_id).case_id)
    back = small.surface.begin_return(done.case_id)
    back = small.surface.take_back(back.case_id, [*EARLY[2:4], CAPSULES[1]])
    assert small.surface.revoke(back.case_id, BOSS, PIN).refunded is not None
    again = small.surface.unpark(waiting.case_id)
    assert shown(again)[1] == Code.ESTIMATE_OLD
    new, _ = shown(small.settle(again))
    assert new is not None
    assert new.account > 0
    assert shown(split)[0] != new


def test_what_another_counter_settled_counts_as_well(
    small: SmallCounter, waiting: CaseView
) -> None:
    the_second(at_counter_two(small))
    asked = small.settle(small.surface.unpark(waiting.case_id))
    assert shown(asked)[1] == Code.ESTIMATE_RENEWED
    assert small.settle(asked).step is Step.HAND_OVER


def test_a_split_of_yesterday_is_old(small: SmallCounter, waiting: CaseView) -> None:
    small.clock.move(timedelta(hours=23))
    day.ensure_open(small.till)
    again = small.surface.unpark(waiting.case_id)
    assert shown(again)[1] == Code.ESTIMATE_OLD
    assert shown(small.settle(again))[1] == Code.ESTIMATE_RENEWED


def test_somebody_elses_settlement_changes_nothing(small: SmallCounter, waiting: CaseView) -> None:
    other = small.scan(small.surface.current(), OTHER_CODE).case
    small.surface.next_customer(other.case_id)
    assert shown(small.surface.unpark(waiting.case_id))[1] is None
    assert small.settle(small.view(waiting)).step is Step.HAND_OVER


def test_without_an_answer_the_old_split_stays_and_is_not_settled_by(
    small: SmallCounter, waiting: CaseView
) -> None:
    small.surface.next_customer(the_second(small).case_id)
    again = small.surface.unpark(waiting.case_id)
    small.fake.script(Operation.PRESETTLE, OutcomeUnknown(Code.ANSWER_MISSING))
    asked = small.settle(again)
    assert shown(asked) == (shown(again)[0], Code.ANSWER_MISSING)
    assert (asked.step, asked.phase) == (Step.SETTLE, Phase.READY)
    renewed = small.settle(asked)
    assert shown(renewed)[1] == Code.ESTIMATE_RENEWED
    assert small.settle(renewed).step is Step.HAND_OVER
