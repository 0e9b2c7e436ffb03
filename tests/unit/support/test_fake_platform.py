"""The platform in memory keeps books and follows its script; it would be no proof otherwise."""

from dataclasses import replace

import pytest

from app.domain.errors import Code, NotSent, OutcomeUnknown, PlatformRejected
from app.domain.prescription import RxState
from app.ports import requests as q
from app.ports.messages import Committed
from app.profile.operations import Operation
from tests.support import platform_parts as parts
from tests.support.fake_platform import FakePlatform
from tests.support.operation_of import OPERATION_OF
from tests.support.store_builders import PlayedClock, a_prescription, a_summary


@pytest.fixture
def fake() -> FakePlatform:
    return FakePlatform(PlayedClock())


def sent(fake: FakePlatform, request: object, number: str = parts.MESSAGE_ID) -> Committed[object]:
    return Committed(1, fake.compose(request, parts.sender(), parts.stamp(number)))


def test_every_request_has_its_operation(fake: FakePlatform) -> None:
    draft = fake.compose(parts.settle(), parts.sender(), parts.stamp())
    assert (draft.operation, draft.message_id) == (Operation.SETTLE, parts.MESSAGE_ID)
    assert fake.senders == [parts.sender()]
    assert len(set(OPERATION_OF.values())) == len(OPERATION_OF)


def test_a_sale_is_on_record_once_and_goes_back_once(fake: FakePlatform) -> None:
    fake.upload_sale(sent(fake, parts.upload_sale()))
    with pytest.raises(PlatformRejected) as twice:
        fake.upload_sale(sent(fake, parts.upload_sale()))
    assert twice.value.code is Code.CODE_SOLD_ELSEWHERE
    fake.return_sale(sent(fake, parts.return_sale()))
    with pytest.raises(PlatformRejected) as nothing:
        fake.return_sale(sent(fake, parts.return_sale()))
    assert nothing.value.code is Code.NOTHING_TO_RETURN


def test_a_settlement_stands_until_it_is_reversed(fake: FakePlatform) -> None:
    answer = fake.settle(sent(fake, parts.settle()))
    assert answer.value.facts.amounts.adds_up()
    assert answer.value.message_id_echo == parts.MESSAGE_ID
    found = fake.query_settlement(sent(fake, parts.query_settlement()))
    assert found.value.facts == answer.value.facts
    fake.reverse(sent(fake, parts.reverse()))
    for doing in (
        lambda: fake.reverse(sent(fake, parts.reverse())),
        lambda: fake.query_settlement(sent(fake, parts.query_settlement())),
    ):
        with pytest.raises(PlatformRejected):
            doing()


def test_a_refund_happens_once(fake: FakePlatform) -> None:
    settled = fake.settle(sent(fake, parts.settle())).value.facts
    request = replace(parts.revoke(), settlement_id=settled.settlement_id)
    back = fake.revoke_settlement(sent(fake, request))
    assert back.value.facts.amounts == settled.amounts.negated()
    with pytest.raises(PlatformRejected):
        fake.revoke_settlement(sent(fake, request))


def test_the_statement_names_what_the_other_side_lacks(fake: FakePlatform) -> None:
    settled = fake.settle(sent(fake, parts.settle())).value
    line = q.StatementLine(
        settled.facts.settlement_id, "1", settled.person_no, settled.facts.amounts, refunded=False
    )
    for told, missing in (((), [parts.MESSAGE_ID]), ((line,), [])):
        upload = q.UploadFile("a.zip", fake.statement_file(told))
        number = fake.upload_file(sent(fake, upload)).value.file_query_no
        day = parts.NOW.date()
        wanted = q.ReconcileLines("41", "350100", day, day, settled.facts.amounts, 1, number)
        result = fake.reconcile_lines(sent(fake, wanted)).value
        fetch = q.DownloadFile(result.file_query_no, result.filename)
        content = fake.download_file(sent(fake, fetch)).value.content
        assert [row.message_id for row in fake.read_statement(content)] == missing
    totals = q.ReconcileTotals("310", "41", "350100", day, day, settled.facts.amounts, 1)
    assert fake.reconcile_totals(sent(fake, totals)).value.equal
    assert not fake.reconcile_totals(sent(fake, replace(totals, count=2))).value.equal


def test_a_script_comes_before_the_honest_answer(fake: FakePlatform) -> None:
    fake.script(Operation.SETTLE, NotSent(Code.DID_NOT_LEAVE))
    fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
    fake.script(Operation.SETTLE, change=lambda v: replace(v, person_no="x"), platform_ref="9")
    with pytest.raises(NotSent):
        fake.settle(sent(fake, parts.settle()))
    assert fake.books.settlements == {}
    with pytest.raises(OutcomeUnknown):
        fake.settle(sent(fake, parts.settle()))
    assert list(fake.books.settlements) == [parts.MESSAGE_ID]
    answer = fake.settle(sent(fake, parts.settle()))
    assert (answer.value.person_no, answer.facts.platform_ref) == ("x", "9")
    refs = [fake.settle(sent(fake, parts.settle())).facts.platform_ref for _ in range(2)]
    assert len(set(refs)) == 2
    assert fake.times(Operation.SETTLE) == 5


def test_the_watch_looks_while_a_message_is_on_the_wire(fake: FakePlatform) -> None:
    seen: list[int] = []
    fake.watch = lambda: seen.append(fake.times(Operation.CLOSE_DAY))
    fake.close_day(sent(fake, q.CloseDay("1001", "000001")))
    assert seen == [1]


def test_nobody_is_known_before_they_are_told(fake: FakePlatform) -> None:
    for doing in (
        lambda: fake.decode(sent(fake, parts.decode_voucher())),
        lambda: fake.query_person(sent(fake, parts.query_person())),
        lambda: fake.download(sent(fake, parts.download())),
    ):
        with pytest.raises(PlatformRejected):
            doing()
    assert fake.authorise(sent(fake, parts.authorise())).value.prescriptions == ()
    minted = fake.mint(parts.person(), a_summary(), a_prescription())
    fake.relist(RxState.USED)
    (listed,) = fake.authorise(sent(fake, parts.authorise())).value.prescriptions
    assert (listed.rx_number, listed.state) == (minted.summary.rx_number, RxState.USED)


def test_days_are_numbered_and_seals_hold_until_broken(fake: FakePlatform) -> None:
    numbers = [fake.open_day(sent(fake, parts.open_day())).value.sign_no for _ in range(2)]
    assert numbers == ["000001", "000002"]
    assert fake.seal.digest(b"a") != fake.seal.digest(b"b")
    assert fake.seal.inspect(b"a").signer
    fake.seal.broken = PlatformRejected(Code.SIGNATURE_INVALID)
    with pytest.raises(PlatformRejected):
        fake.seal.inspect(b"a")
