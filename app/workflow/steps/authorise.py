"""线下流转授权: which prescriptions may this person have filled here."""

from dataclasses import replace

from app.domain.counter_case import CaseFacts, CounterCase
from app.domain.errors import Code, OperatorInput, PlatformRejected
from app.ports import requests as q
from app.ports.replies import Authorised
from app.workflow import exchange as wire
from app.workflow.people.credentials import (
    credential_of,
    for_the_list,
    insured_area,
    person_of,
)
from app.workflow.steps import sent_here
from app.workflow.till import Till


def authorise(till: Till, case: CounterCase) -> CounterCase:
    """Fetch the list; where it is empty, what was sent here.

    Raises ``OperatorInput`` where a code or a password is wanted first.
    """
    if for_the_list(till, case):
        raise OperatorInput(Code.PASSWORD_NEEDED)
    request = q.Authorise(
        credential=credential_of(till, case),
        person=person_of(case),
        insured_area=insured_area(case),
        operator_no=till.operator.login,
        operator_name=till.operator.name,
    )

    def learn(sent: CounterCase, answer: Authorised) -> CaseFacts:
        if not answer.prescriptions:
            raise PlatformRejected(Code.NO_PRESCRIPTION)
        return replace(
            sent.facts,
            listed=answer.prescriptions,
            listed_at=till.clock.now(),
            rx_token=answer.rx_token,
            own_tokens=answer.own_tokens,
            chosen=None,
        )

    door = till.platform.rxcentre
    return sent_here.look(till, wire.exchange(till, case, door, request, door.authorise, learn))
