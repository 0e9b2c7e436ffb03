"""电子处方下载: exactly one per identity read (S1 (6))."""

from dataclasses import replace

from app.domain.case import Phase, Signal, Step
from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.credential import RxToken
from app.domain.errors import Bug, Code, OperatorInput, PlatformRejected
from app.domain.prescription import (
    DocumentKind,
    DocumentRef,
    RxState,
    RxSummary,
    document_kind,
)
from app.ports import requests as q
from app.ports.replies import Downloaded
from app.ports.store import Unit
from app.workflow import exchange as wire
from app.workflow.cases.required import required
from app.workflow.moves import move
from app.workflow.people.credentials import insured_area
from app.workflow.till import Till

TAKEABLE = frozenset({RxState.AVAILABLE, RxState.OURS})
_WHY_NOT = {
    RxState.EXPIRED: Code.PRESCRIPTION_EXPIRED,
    RxState.USED: Code.PRESCRIPTION_USED,
    RxState.WITHDRAWN: Code.PRESCRIPTION_WITHDRAWN,
    RxState.HELD_ELSEWHERE: Code.PRESCRIPTION_HELD,
}


def choose(till: Till, case: CounterCase, rx_number: str) -> CounterCase:
    """The patient's choice. Raises ``OperatorInput`` for one that cannot be taken now."""
    if case.position.step is not Step.DOWNLOAD or case.position.phase is Phase.SENT:
        raise OperatorInput(Code.STEP_MOVED_ON)
    summary = summary_of(case, rx_number)
    if summary.state_at(till.clock.now()) not in TAKEABLE:
        why = _WHY_NOT.get(summary.state_at(till.clock.now()), Code.PRESCRIPTION_UNKNOWN)
        raise OperatorInput(Code.CHOICE_UNAVAILABLE, because=int(why), state=summary.state_text)
    facts = replace(case.facts, chosen=summary.rx_number, refusal=None)
    with till.store.unit() as unit:
        if case.position.phase is Phase.REJECTED:
            return move(till, unit, case, Signal.FIXED, facts=facts)
        return unit.cases.save(replace(case, facts=facts))


def token_of(case: CounterCase) -> RxToken | None:
    """The permission for the chosen prescription: its own where it has one, else the list's."""
    chosen = case.facts.chosen
    own = dict(case.facts.own_tokens)
    return own.get(chosen, case.facts.rx_token) if chosen is not None else case.facts.rx_token


def summary_of(case: CounterCase, rx_number: str) -> RxSummary:
    """Raises ``OperatorInput`` where the list does not contain it."""
    for summary in case.facts.listed:
        if summary.rx_number == rx_number:
            return summary
    raise OperatorInput(Code.CHOICE_UNAVAILABLE, because=0, state="")


def download(till: Till, case: CounterCase) -> CounterCase:
    """Fetch the chosen prescription and keep the file exactly as it came."""
    chosen, token = case.facts.chosen, token_of(case)
    if chosen is None or token is None:
        raise Bug(what="download before choice")
    summary = summary_of(case, chosen)
    if summary.state_at(till.clock.now()) is RxState.EXPIRED:
        return _expired_in_hand(till, case)
    request = q.Download(chosen, summary.key, token, insured_area(case))

    def learn(sent: CounterCase, answer: Downloaded) -> CaseFacts:
        kind = document_kind(answer.document)
        if kind is DocumentKind.UNKNOWN:
            raise PlatformRejected(Code.DOCUMENT_UNREADABLE, size=len(answer.document))
        if answer.prescription.rx_number != chosen:
            raise PlatformRejected(Code.DOCUMENT_CHANGED)
        digest = till.platform.seal.digest(answer.document)
        return replace(
            sent.facts,
            prescription=answer.prescription,
            document=DocumentRef(kind, len(answer.document), digest),
            rx_token=answer.rx_token or token,
            downloaded_at=till.clock.now(),
            download_unclear=False,
        )

    def keep(unit: Unit, facts: CaseFacts, answer: Downloaded) -> None:
        document = required(facts.document, "downloaded without a document")
        unit.cases.keep_document(case.case_id, document.digest, answer.document)

    door = till.platform.rxcentre
    return wire.exchange(till, case, door, request, door.download, learn, keep=keep)


def _expired_in_hand(till: Till, case: CounterCase) -> CounterCase:
    """It was valid when listed and is not any more: choose again, nothing was asked."""
    with till.store.unit() as unit:
        unit.cases.save(replace(case, facts=replace(case.facts, chosen=None)))
    raise OperatorInput(Code.CHOICE_UNAVAILABLE, because=int(Code.PRESCRIPTION_EXPIRED), state="")
