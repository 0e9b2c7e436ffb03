"""The one banner: what happened, what to do, and which keys help."""

from app.domain.case import Phase, Step
from app.domain.counter_case import CounterCase, Refusal
from app.domain.errors import Code, OperatorInput, PlatformRejected, Trouble
from app.domain.settlement import Attempt, AttemptState
from app.workflow.cases.counter_rules import waits_for_sign_in
from app.workflow.people.credentials import needs_code_again, needs_password, used_up
from app.workflow.till import Till
from app.workflow.views.case import BannerKind, BannerView

_FAMILY = {
    1: BannerKind.ATTENTION,
    2: BannerKind.ATTENTION,
    3: BannerKind.STOP,
    4: BannerKind.CALM,
    5: BannerKind.UNKNOWN,
    6: BannerKind.STOP,
    9: BannerKind.CALM,
}
_BY_PASSWORD = frozenset({Code.PASSWORD_NEEDED, Code.PASSWORD_WRONG})
_HEALED = frozenset({Code.FOUND_SETTLED, Code.FOUND_ABSENT, Code.FOUND_NOT_REFUNDED})


def banner_of(till: Till, case: CounterCase, attempt: Attempt | None) -> BannerView | None:
    """The loudest thing to say about this case."""
    refusal = case.facts.refusal
    if refusal is None and _waits_for_code(till, case):
        return BannerView(
            BannerKind.ATTENTION, int(Code.IDENTITY_NEEDED_AGAIN), offers=("abandon",)
        )
    if refusal is None:
        return None
    if refusal.code in _BY_PASSWORD and needs_password(till, case):
        # asking the list again would change nothing: the page has a field for the password
        return BannerView(
            _FAMILY[refusal.code // 1000], refusal.code, refusal.params, offers=("abandon",)
        )
    return BannerView(
        _kind(refusal, case),
        refusal.code,
        refusal.params,
        refusal.platform_text,
        _offers(case, attempt),
    )


def recovery_banner(refused: OperatorInput) -> BannerView:
    """The base is not believed: nothing that moves money is offered."""
    return BannerView(BannerKind.STOP, int(refused.code), tuple(refused.params.items()))


def trouble_banner(trouble: Trouble) -> BannerView:
    """Why nothing can be decided just now; nothing about a case has changed.

    What did not leave, or was not answered, was a question: sentences about money do not fit.
    """
    params = tuple(trouble.params.items())
    if isinstance(trouble, OperatorInput):
        return BannerView(BannerKind.ATTENTION, int(trouble.code), params)
    if not isinstance(trouble, PlatformRejected):
        return BannerView(BannerKind.ATTENTION, int(Code.EVIDENCE_MISSING))
    return BannerView(_FAMILY[trouble.thousands], int(trouble.code), params, trouble.platform_text)


def _waits_for_code(till: Till, case: CounterCase) -> bool:
    return case.position.step in (Step.PRESETTLE, Step.SETTLE) and needs_code_again(till, case)


def _kind(refusal: Refusal, case: CounterCase) -> BannerKind:
    if refusal.code in _HEALED:
        return BannerKind.HEALED
    kind = _FAMILY.get(refusal.code // 1000, BannerKind.CALM)
    stays = case.position.phase is Phase.UNKNOWN or case.facts.download_unclear
    if kind is BannerKind.UNKNOWN and not stays:
        # An unanswered question leaves nothing outside: it may simply be asked again.
        return BannerKind.ATTENTION
    return kind


def _offers(case: CounterCase, attempt: Attempt | None) -> tuple[str, ...]:
    step, phase = case.position.step, case.position.phase
    if step in (Step.CLOSED, Step.DONE):
        return ("next_customer",)
    if attempt is not None and attempt.open:
        decides = ("decide",) if attempt.state is AttemptState.MANUAL else ()
        return ("next_customer", "print_waiting_slip", *decides)
    if phase is Phase.UNKNOWN:
        return ("retry", "next_customer", "decide")
    if phase is Phase.SENT:
        return ()
    if step is Step.RETURN_SALE and phase is Phase.REJECTED and not waits_for_sign_in(case):
        return ("retry", "next_customer", "decide")
    if step is Step.IDENTIFY:
        # nothing is repeated here by itself: the customer shows something again
        return ("scan_field", "abandon")
    if step is Step.REVOKE or (step is Step.HAND_OVER and case.facts.settled is not None):
        # the money stands: nothing goes on by itself, and what may be done stands on the page
        return ()
    if step is Step.SETTLE:
        old = case.facts.refusal is not None and case.facts.refusal.code == Code.ESTIMATE_OLD
        # F12 is off behind a no until the split is asked for anew
        anew = old or phase is Phase.REJECTED
        return ("retry" if anew else "settle", "abandon")
    if step is Step.DOWNLOAD and used_up(case.facts.refusal):
        return ("identify_again", "abandon")
    if step is Step.RETURN_SALE:
        return ("retry", "next_customer")
    return ("retry", "abandon")
