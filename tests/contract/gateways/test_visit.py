"""Every operation of a visit, through our codecs and theirs, which share nothing but the text."""

from datetime import UTC, datetime

import pytest

from app.domain.credential import VoucherCode
from app.domain.errors import Code, OutcomeUnknown, PlatformRejected
from app.domain.prescription import DocumentKind, RxState, document_kind
from app.gateways.fields import PLATFORM_ZONE
from app.ports import requests as q
from app.ports.messages import Committed
from app.profile.operations import Operation


def test_a_prescription_is_listed_fetched_checked_and_audited(shop):
    for person in shop.demo.persons:
        credential, insured = shop.identify(person.id_no)
        listed = shop.authorise(credential, insured)
        takeable = [rx for rx in listed.prescriptions if rx.state is RxState.AVAILABLE]
        if takeable:
            break
    assert takeable
    chosen = takeable[0]
    assert chosen.drugs
    assert chosen.valid_until > datetime.now(UTC)
    fetched = shop.download(chosen.rx_number, listed, shop.area(insured))
    rx = fetched.prescription
    assert rx.rx_number == chosen.rx_number
    assert rx.patient_name == insured.name
    assert tuple(line.generic_name for line in rx.lines) == chosen.drugs
    assert document_kind(fetched.document) is DocumentKind.PDF
    seal = shop.platform.seal
    facts = seal.inspect(fetched.document)
    assert facts.signer
    token = fetched.rx_token or listed.rx_token
    asked = q.Verify(
        chosen.rx_number, token, seal.digest(fetched.document), facts.certificate_serial
    )
    verified = shop.platform.rxcentre.verify(shop.centre(asked)).value
    assert verified.verify_serial
    assert shop.audit(asked, verified).audit_serial


def test_a_changed_file_is_not_vouched_for(shop):
    for person in reversed(shop.demo.persons):
        credential, insured = shop.identify(person.id_no)
        listed = shop.authorise(credential, insured)
        takeable = [rx for rx in listed.prescriptions if rx.state is RxState.AVAILABLE]
        if takeable:
            break
    fetched = shop.download(takeable[-1].rx_number, listed, shop.area(insured))
    changed = fetched.document + b"\n% one more line\n"
    with pytest.raises(PlatformRejected):
        shop.platform.seal.inspect(changed)
    token = fetched.rx_token or listed.rx_token
    digest = shop.platform.seal.digest(changed)
    with pytest.raises(PlatformRejected) as raised:
        shop.platform.rxcentre.verify(
            shop.centre(q.Verify(takeable[-1].rx_number, token, digest, ""))
        )
    assert raised.value.code in (Code.DOCUMENT_CHANGED, Code.SIGNATURE_INVALID)


def test_a_voucher_is_decoded_once(shop, buyer):
    code = VoucherCode(shop.control("issue_evoucher", id_no=buyer)["evoucher"])
    asked = q.DecodeVoucher(code, False, "1001", "收银一", "01")

    def decode():
        draft = shop.platform.voucher.compose(asked, shop.sender, shop.stamp())
        return shop.platform.voucher.decode(Committed(1, draft))

    assert decode().value.id_number.reveal() == buyer
    with pytest.raises(PlatformRejected) as raised:
        decode()
    assert raised.value.code is Code.VOUCHER_USED
    assert raised.value.platform_text


def test_a_purchase_is_uploaded_settled_found_and_given_back(shop, buyer):
    credential, person = shop.identify(buyer)
    line = shop.line()
    bill = shop.bill(credential, person, line)
    assert shop.upload(bill, line).text
    agreed = shop.presettle(bill)
    assert agreed.estimate.amounts.total == bill.total
    assert [share.index for share in agreed.estimate.shares] == [line.index]
    settled = shop.settle(bill, agreed)
    assert settled.message_id_echo == shop.last_id
    assert settled.facts.amounts == agreed.estimate.amounts
    query = q.QuerySettlement(
        person, bill.insured_area, settled.facts.settlement_id, settled.facts.visit_id
    )
    found = shop.platform.core.query_settlement(shop.core(query)).value
    assert (found.facts.amounts, found.refunded) == (settled.facts.amounts, False)
    revoked = shop.revoke(bill, settled)
    assert revoked.facts.amounts == settled.facts.amounts.negated()
    assert shop.take_back(bill, line).text


def test_a_box_is_sold_once(shop, buyer):
    credential, person = shop.identify(buyer)
    line = shop.line()
    first, second = (shop.bill(credential, person, line) for _ in range(2))
    shop.upload(first, line)
    with pytest.raises(PlatformRejected) as raised:
        shop.upload(second, line)
    assert raised.value.code is Code.CODE_SOLD_ELSEWHERE
    assert line.trace_codes[0] in raised.value.platform_text


@pytest.mark.parametrize("fault", ["drop_after", "half_answer", "garbage", "http_502_after"])
def test_an_unknown_settlement_is_reversed_by_its_message(shop, buyer, fault):
    credential, person = shop.identify(buyer)
    line = shop.line()
    bill = shop.bill(credential, person, line)
    shop.upload(bill, line)
    agreed = shop.presettle(bill)
    shop.fault("settle", fault)
    with pytest.raises(OutcomeUnknown) as raised:
        shop.settle(bill, agreed)
    assert raised.value.evidence.first_byte_left
    lost = shop.last_id
    reverse = q.Reverse(person, bill.insured_area, lost, Operation.SETTLE)
    assert shop.platform.core.reverse(shop.core(reverse)).value is None
    again = shop.settle(bill, shop.presettle(bill))
    assert again.facts.amounts == agreed.estimate.amounts


def test_the_day_compares_equal_and_its_file_is_read(shop, buyer):
    credential, person = shop.identify(buyer)
    line = shop.line()
    bill = shop.bill(credential, person, line)
    shop.upload(bill, line)
    settled = shop.settle(bill, shop.presettle(bill))
    facts = settled.facts
    packed = shop.platform.core.statement_file(
        [
            q.StatementLine(
                facts.settlement_id, facts.visit_id, settled.person_no, facts.amounts, False
            )
        ]
    )
    stored = shop.platform.core.upload_file(shop.core(q.UploadFile("day.zip", packed))).value
    today = datetime.now(UTC).astimezone(PLATFORM_ZONE).date()
    asked = q.ReconcileLines(
        facts.clearing_kind,
        facts.clearing_office,
        today,
        today,
        facts.amounts,
        1,
        stored.file_query_no,
    )
    result = shop.platform.core.reconcile_lines(shop.core(asked)).value
    fetched = shop.platform.core.download_file(
        shop.core(q.DownloadFile(result.file_query_no, result.filename))
    ).value
    named = {row.settlement_id for row in shop.platform.core.read_statement(fetched.content)}
    assert facts.settlement_id not in named


def test_a_reversal_of_nothing_is_answered_like_one_of_something(shop, buyer):
    _, person = shop.identify(buyer)
    shop.stamp()
    never_sent = q.Reverse(person, shop.area(person), shop.last_id, Operation.SETTLE)
    assert shop.platform.core.reverse(shop.core(never_sent)).value is None


@pytest.mark.parametrize("operation", ["authorise", "download", "verify", "audit"])
def test_a_wrongly_signed_answer_of_the_centre_is_forged(shop, operation):
    credential, insured, chosen = _choose(shop)
    if operation == "authorise":
        shop.fault(operation, "wrong_signature")
        with pytest.raises(OutcomeUnknown) as raised:
            shop.authorise(credential, insured)
    else:
        raised = _forged_later(shop, operation, credential, insured, chosen)
    assert raised.value.code is Code.ANSWER_FORGED


def _choose(shop):
    """A person with a prescription that can be taken here, and that prescription."""
    for someone in shop.demo.persons:
        credential, insured = shop.identify(someone.id_no)
        listed = shop.authorise(credential, insured).prescriptions
        mine = [rx for rx in listed if rx.state in (RxState.AVAILABLE, RxState.OURS)]
        if mine:
            return credential, insured, mine[0]
    raise AssertionError("nobody has a prescription left")


def _forged_later(shop, operation, credential, insured, chosen):
    listed = shop.authorise(credential, insured)
    if operation == "download":
        shop.fault(operation, "wrong_signature")
        with pytest.raises(OutcomeUnknown) as raised:
            shop.download(chosen.rx_number, listed, shop.area(insured))
        return raised
    fetched = shop.download(chosen.rx_number, listed, shop.area(insured))
    digest = shop.platform.seal.digest(fetched.document)
    asked = q.Verify(chosen.rx_number, fetched.rx_token or listed.rx_token, digest, "")
    if operation == "verify":
        shop.fault(operation, "wrong_signature")
        with pytest.raises(OutcomeUnknown) as raised:
            shop.platform.rxcentre.verify(shop.centre(asked))
        return raised
    verified = shop.platform.rxcentre.verify(shop.centre(asked)).value
    shop.fault(operation, "wrong_signature")
    with pytest.raises(OutcomeUnknown) as raised:
        shop.audit(asked, verified)
    return raised


def test_an_earlier_answer_played_again_is_forged(shop, buyer):
    credential, person = shop.identify(buyer)
    shop.fault("query_person", "duplicate_answer")
    with pytest.raises(OutcomeUnknown) as raised:
        shop.platform.core.query_person(shop.core(q.QueryPerson(credential)))
    assert raised.value.code is Code.ANSWER_FORGED
    again = shop.platform.core.query_person(shop.core(q.QueryPerson(credential))).value
    assert again == person


def test_numbers_as_text_say_the_same(shop, buyer):
    credential, person = shop.identify(buyer)
    shop.fault("query_person", "string_numbers")
    shop.fault("presettle", "string_numbers")
    asked = shop.core(q.QueryPerson(credential))
    assert shop.platform.core.query_person(asked).value == person
    bill = shop.bill(credential, person, shop.line())
    amounts = shop.presettle(bill).estimate.amounts
    assert amounts == shop.presettle(bill).estimate.amounts


@pytest.mark.parametrize(
    ("fault", "code"), [("day_not_open", Code.SIGN_IN_REQUIRED), ("reject", Code.REFUSED)]
)
def test_a_refusal_comes_with_its_words(shop, buyer, fault, code):
    credential, _ = shop.identify(buyer)
    shop.fault("query_person", fault)
    with pytest.raises(PlatformRejected) as raised:
        shop.platform.core.query_person(shop.core(q.QueryPerson(credential)))
    assert raised.value.code is code
    assert raised.value.platform_text


@pytest.mark.parametrize("operation", ["settle", "upload_sale", "audit"])
@pytest.mark.parametrize("fault", ["drop_before", "http_500"])
def test_what_never_had_an_effect_is_unknown_all_the_same(shop, operation, fault):
    if operation == "audit":
        credential, insured, chosen = _choose(shop)
        listed = shop.authorise(credential, insured)
        fetched = shop.download(chosen.rx_number, listed, shop.area(insured))
        digest = shop.platform.seal.digest(fetched.document)
        asked = q.Verify(chosen.rx_number, fetched.rx_token or listed.rx_token, digest, "")
        verified = shop.platform.rxcentre.verify(shop.centre(asked)).value
        shop.fault(operation, fault)
        with pytest.raises(OutcomeUnknown) as raised:
            shop.audit(asked, verified)
        assert raised.value.code is Code.AUDIT_UNKNOWN
        assert shop.audit(asked, verified).audit_serial
        return
    credential, person = shop.identify(shop.demo.persons[0].id_no)
    line = shop.line()
    bill = shop.bill(credential, person, line)
    if operation == "upload_sale":
        shop.fault(operation, fault)
        with pytest.raises(OutcomeUnknown) as raised:
            shop.upload(bill, line)
        assert raised.value.code is Code.UPLOAD_UNKNOWN
        return
    shop.upload(bill, line)
    agreed = shop.presettle(bill)
    shop.fault(operation, fault)
    with pytest.raises(OutcomeUnknown) as raised:
        shop.settle(bill, agreed)
    assert raised.value.code is Code.SETTLEMENT_UNKNOWN


def test_a_day_is_closed(shop):
    closing = q.CloseDay("1001", shop.sign_no)
    assert shop.platform.core.close_day(shop.core(closing)).value is None
    opening = q.OpenDay("1001", "00-00-00-00-00-01", "192.0.2.10")
    assert shop.platform.core.open_day(shop.core(opening)).value.sign_no
