"""What the page says about money is true where it says it, and the key it names leads on."""

from dataclasses import replace
from datetime import timedelta

from app.domain.case import Phase, Step
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.money import Fen
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.small_counter import BOSS, PIN, SmallCounter, region
from tests.unit.workflow.test_other_cash import dearer
from tests.unit.workflow.test_revoking import less, revoked
from ui.errors import sentences

LOST = OutcomeUnknown(Code.ANSWER_MISSING)


def said(view: CaseView) -> str:
    assert view.banner is not None
    told = sentences(view.banner.code, view.banner.params)
    return told.happened + told.remedy


def test_what_was_settled_by_other_amounts_is_not_called_unsettled(small: SmallCounter) -> None:
    """The settlement stands at the platform: whoever reads that nothing was settled sells it again
    for cash."""
    at_settle = small.until(Step.SETTLE)
    dearer(small)
    view = small.settle(at_settle)
    assert (view.phase, len(small.fake.books.settlements)) == (Phase.UNKNOWN, 1)
    words = said(view)
    assert "没有结算" not in words
    assert "重新预结算" not in words, "F5 asks for no split here"
    assert "Ctrl U" in words


def test_a_refund_of_other_amounts_is_not_called_a_settlement_that_failed(
    small: SmallCounter,
) -> None:
    small.fake.script(Operation.REVOKE_SETTLEMENT, change=less)
    words = said(revoked(small))
    assert "没有结算" not in words
    assert "Ctrl U" in words


def found_settled(small: SmallCounter, cash: Fen) -> CaseView:
    """The cash was taken, the answer was lost, a manager found it in the statement."""
    at_settle = small.until(Step.SETTLE)
    part = small.profile.settle
    small.with_profile(region(reversible=()))
    small.fake.script(Operation.SETTLE, LOST, booked=True)
    doubtful = small.surface.settle(at_settle.case_id, cash)
    small.clock.move(timedelta(seconds=part.quiescence_s + 1))
    small.surface.deliver()
    evidence = small.surface.gather_evidence(doubtful.case_id)
    return small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)


def test_cash_that_lies_in_the_drawer_is_not_collected_again(small: SmallCounter) -> None:
    view = found_settled(small, Fen(10_000))
    assert view.hand_over is not None
    assert (view.hand_over.cash_received, view.hand_over.still_to_pay) == (10_000, 0)
    assert view.banner is not None
    assert view.banner.code == Code.FOUND_SETTLED
    assert "收应收的现金" not in said(view)
    assert "不要再收" in said(view)


def test_a_refused_settlement_offers_the_key_that_leads_on(small: SmallCounter) -> None:
    """F12 is off until F5 has asked anew: an offer of F12 is no button, and only giving up is."""
    at_settle = small.until(Step.SETTLE)
    small.fake.script(
        Operation.SETTLE, PlatformRejected(Code.SETTLEMENT_REFUSED, platform_text="额")
    )
    view = small.settle(at_settle)
    assert (view.step, view.phase) == (Step.SETTLE, Phase.REJECTED)
    assert view.settle is not None
    assert not view.settle.ready
    assert view.banner is not None
    assert view.banner.offers == ("retry", "abandon")
    again = small.surface.retry(view.case_id)
    assert again.settle is not None
    assert again.settle.ready


def test_a_rest_nobody_paid_is_not_shown_as_cash_that_goes_back(small: SmallCounter) -> None:
    at_settle = small.until(Step.SETTLE)
    dearer(small)
    doubtful = small.settle(at_settle)
    small.clock.move(timedelta(minutes=5))
    evidence = small.surface.gather_evidence(doubtful.case_id)
    view = small.surface.decide_unknown(evidence, AttemptState.SETTLED, "对账有", BOSS, PIN)
    received = small.case(view).facts.cash_received
    back = small.surface.begin_return(view.case_id)
    assert back.returning is not None
    assert back.returning.cash == received, "what was never paid is not given back"


def test_a_refund_refused_behind_a_word_is_not_told_as_if_the_settlement_stood(
    small: SmallCounter,
) -> None:
    """A manager said that it stands; the platform will not give it back: perhaps it did already."""
    done = small.until(Step.DONE)
    with small.store.unit() as unit:
        attempt = unit.attempts.of_case(done.case_id)
        assert attempt is not None
        said_so = replace(attempt, reason="word:3")
        unit.attempts.save(said_so, attempt.state, "PersonDecides", small.clock.now())
    no = PlatformRejected(Code.REFUND_REFUSED, platform_text="不得撤销")
    small.fake.script(Operation.REVOKE_SETTLEMENT, no)
    small.surface.begin_return(done.case_id)
    codes = [str(pack.code) for line in small.case(done).facts.lines for pack in line.packs]
    back = small.surface.take_back(done.case_id, codes)
    view = small.surface.revoke(back.case_id, BOSS, PIN)
    assert view.phase is Phase.UNKNOWN
    assert view.banner is not None
    assert (view.banner.code, view.banner.platform_text) == (Code.MANAGER_NEEDED, "不得撤销")
    assert "原来的结算还在" not in said(view)
