"""线上流转: what a person sent here from a phone is found without the code of the phone."""

from dataclasses import replace

import msgspec
import pytest

from app.domain.case import Phase, Step
from app.domain.credential import PersonName, RxToken
from app.domain.errors import Code, NotSent, OperatorInput
from app.ports import circulation as c
from app.profile.operations import Operation
from app.workflow.views.case import CaseView
from tests.support.small_counter import OTHER_ID, PATIENT_ID, RX, SmallCounter, region

SENT = RxToken("S" * 64)
UNSENT = NotSent(Code.DID_NOT_LEAVE)


@pytest.fixture
def online(small: SmallCounter) -> SmallCounter:
    """A region that has such lists; the one prescription of the house was sent here."""
    profile = region()
    asked = msgspec.structs.replace(profile.operations[Operation.QUERY_ONLINE_RX], enabled=True)
    operations = {**profile.operations, Operation.QUERY_ONLINE_RX: asked}
    small.with_profile(msgspec.structs.replace(profile, operations=operations))
    summary = small.fake.minted[PATIENT_ID][0].summary
    small.fake.circulation.online = [
        c.OnlineRx(summary, PersonName("钱测试"), SENT),
        c.OnlineRx(replace(summary, rx_number=RX[:-1] + "9"), PersonName("别人"), SENT),
    ]
    return small


def nothing_listed(small: SmallCounter) -> None:
    small.fake.script(Operation.AUTHORISE, change=lambda answer: replace(answer, prescriptions=()))


def asked(small: SmallCounter) -> int:
    return sum(operation is Operation.QUERY_ONLINE_RX for operation, _ in small.fake.asked)


def listed(view: CaseView) -> list[tuple[str, bool]]:
    assert view.select is not None, view.banner
    return [(card.rx_number, card.sent_here) for card in view.select.cards]


def test_after_an_empty_list_it_is_asked_by_itself(online: SmallCounter) -> None:
    nothing_listed(online)
    view = online.identify(online.surface.current())
    assert (view.step, view.phase, view.banner) == (Step.DOWNLOAD, Phase.READY, None)
    assert listed(view) == [(RX, True)], "nobody else's prescription is shown"
    view = online.choose(view)
    assert view.step is Step.AUDIT
    download = next(r for op, r in online.fake.asked if op is Operation.DOWNLOAD)
    assert download.rx_token == SENT


def test_a_list_with_something_in_it_is_enough(online: SmallCounter) -> None:
    view = online.identify(online.surface.current())
    assert asked(online) == 0
    assert listed(view) == [(RX, False)]
    assert view.select is not None
    assert view.select.may_ask_sent


def test_somebody_asks_and_the_own_permission_goes_first(online: SmallCounter) -> None:
    view = online.identify(online.surface.current())
    view = online.surface.ask_sent_here(view.case_id)
    assert listed(view) == [(RX, True)]
    online.choose(view)
    download = next(r for op, r in online.fake.asked if op is Operation.DOWNLOAD)
    assert download.rx_token == SENT


def test_nothing_sent_leaves_the_refusal_as_it_was(online: SmallCounter) -> None:
    nothing_listed(online)
    online.fake.circulation.online = []
    view = online.identify(online.surface.current())
    assert (view.step, view.phase) == (Step.AUTHORISE, Phase.REJECTED)
    assert view.banner is not None
    assert view.banner.code == Code.NO_PRESCRIPTION
    assert asked(online) == 1


def test_an_answer_that_does_not_come_leaves_the_refusal_too(online: SmallCounter) -> None:
    nothing_listed(online)
    online.fake.script(Operation.QUERY_ONLINE_RX, UNSENT)
    view = online.identify(online.surface.current())
    assert view.banner is not None
    assert view.banner.code == Code.NO_PRESCRIPTION


def test_asked_by_hand_the_trouble_is_told_and_the_list_stays(online: SmallCounter) -> None:
    view = online.identify(online.surface.current())
    online.fake.script(Operation.QUERY_ONLINE_RX, UNSENT)
    with pytest.raises(NotSent):
        online.surface.ask_sent_here(view.case_id)
    assert listed(online.surface.view(view.case_id)) == [(RX, False)]


def test_every_page_of_the_list_is_read(online: SmallCounter) -> None:
    rows = tuple(online.fake.circulation.online)
    for page in (c.OnlineRxPage(rows[1:], last=False), c.OnlineRxPage(rows[:1], last=True)):
        online.fake.script(Operation.QUERY_ONLINE_RX, change=lambda _answer, page=page: page)
    view = online.identify(online.surface.current())
    view = online.surface.ask_sent_here(view.case_id)
    assert asked(online) == 2
    assert listed(view) == [(RX, True)]


def test_a_namesakes_prescription_is_not_filled(online: SmallCounter) -> None:
    """The list tells names only; the prescription itself says whose it is."""
    minted = online.fake.minted[PATIENT_ID][0]
    foreign = replace(
        minted.prescription, patient_id=type(minted.prescription.patient_id)(OTHER_ID)
    )
    nothing_listed(online)
    online.fake.script(
        Operation.DOWNLOAD, change=lambda answer: replace(answer, prescription=foreign)
    )
    view = online.choose(online.identify(online.surface.current()))
    assert view.step is Step.CLOSED


def test_elsewhere_nobody_is_asked(small: SmallCounter) -> None:
    nothing_listed(small)
    view = small.identify(small.surface.current())
    assert view.phase is Phase.REJECTED
    assert asked(small) == 0
    with pytest.raises(OperatorInput):
        small.surface.ask_sent_here(view.case_id)
