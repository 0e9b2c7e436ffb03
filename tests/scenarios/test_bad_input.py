"""Whatever is shown, inserted or typed wrong ends in a sentence; nothing is lost, on it goes."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from app.domain.audit import Check, Verdict
from app.domain.case import Phase, Step
from app.domain.credential import CardNumber, CardSerial
from app.domain.errors import Code, DeviceTrouble, OperatorInput
from app.ports.devices import ScanSource
from devices.card.virtual import CardFaults, VirtualCard, VirtualCardReader, social_card
from devices.code.pictures import decode_file
from resources.scenarios import DemoPerson
from tests.support import pictures
from tests.support.counter import Bench, a_counter
from tests.support.outcome import ends_well, nothing_outside, pass_time_there
from tests.support.sentence import banner_says, scan_says, trouble_says
from tests.support.visit import a_visit, card_of

INCOMPLETE = (Verdict.APPROVED, "用法用量适宜", (Check.NAME,), ())


# Texts that are nobody's credential


@pytest.fixture(scope="module")
def idle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A counter where nobody has been identified; no test here may change that."""
    with a_counter(tmp_path_factory.mktemp("idle")) as bench:
        yield bench


FOREIGN = {
    "web address": ("https://example.invalid/evoucher?x=1", Code.SCAN_FOREIGN_QR),
    "udi": ("MA.156.M0.100001.12345", Code.SCAN_DEVICE_CODE),
    "payment": ("281234567890123456", Code.SCAN_PAYMENT_CODE),
    "ean": ("6900000000175", Code.SCAN_NOT_TRACE_CODE),
    "words": ("你好，世界", Code.SCAN_UNKNOWN),
    "empty": ("", Code.SCAN_UNKNOWN),
    "endless": ("9" * 4000, Code.SCAN_UNKNOWN),
    "id number with a wrong check digit": ("350100197604152560", Code.SCAN_UNKNOWN),
    "control characters": ("89900110000000\x0000001", Code.SCAN_CONTROL_CHARACTERS),
    "hidden characters": ("424\u200b" + "1" * 25, Code.SCAN_CONTROL_CHARACTERS),
    "half a surrogate": ("\ud800", Code.SCAN_CONTROL_CHARACTERS),
    "trace code": ("89900110000000000001", Code.SCAN_NOT_NOW),
    "receipt": ("0112-010317", Code.SCAN_NOT_NOW),
}


@pytest.mark.parametrize(("text", "code"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_text_is_named_and_changes_nothing(idle: Bench, text: str, code: Code) -> None:
    before, sent = idle.surface.current(), idle.platform_state()
    outcome = idle.scan(before, text, ScanSource.CAMERA)
    assert scan_says(outcome) == code
    assert outcome.case == before
    assert idle.platform_state() == sent


def test_a_typed_number_that_cannot_be_is_refused_before_it_is_asked(idle: Bench) -> None:
    before, sent = idle.surface.current(), idle.platform_state()
    with pytest.raises(OperatorInput) as refused:
        idle.surface.by_id_number(before.case_id, "350100197604152560", "某人", typed=True)
    assert trouble_says(refused.value) == Code.IDENTITY_INVALID
    assert idle.surface.current() == before
    assert idle.platform_state() == sent


def test_a_picture_without_a_readable_code_gives_nothing_to_scan(tmp_path: Path) -> None:
    blurred = tmp_path / "blurred.png"
    symbol = pictures.qr_symbol("424" + "1" * 21 + "0000")
    cv2.imwrite(str(blurred), pictures.defocused(symbol, 14.0))
    assert list(decode_file(blurred)) == []
    text = tmp_path / "字.png"
    text.write_text("no picture", "utf-8")
    with pytest.raises(OperatorInput) as refused:
        list(decode_file(text))
    assert trouble_says(refused.value) == Code.FILE_UNREADABLE


# E-vouchers


def photographed(folder: Path, text: str) -> str:
    """A photograph of the code, read by the real decoder."""
    picture = folder / "phone.png"
    cv2.imwrite(str(picture), pictures.qr_symbol(text))
    (found,) = decode_file(picture)
    return found.text


def test_old_and_foreign_vouchers_are_refused_and_a_fresh_one_serves(
    bench: Bench, tmp_path: Path
) -> None:
    visit = a_visit(bench)
    case = visit.start()
    used = bench.voucher(bench.demo.persons[4].id_no)
    bench.scan(case, used)
    bench.surface.abandon(case.case_id)
    case = visit.start()
    expired = bench.voucher(visit.person.id_no)
    pass_time_there(bench, 90)
    for text, code in (
        (expired, Code.VOUCHER_EXPIRED),
        (used, Code.VOUCHER_USED),
        ("424" + "7" * 21 + "0000", Code.VOUCHER_UNKNOWN),
    ):
        outcome = bench.scan(case, photographed(tmp_path, text), ScanSource.CAMERA)
        assert scan_says(outcome) == banner_says(outcome.case) == code
        assert (outcome.case.step, outcome.case.phase) == (Step.IDENTIFY, Phase.REJECTED)
        assert outcome.case.patient is None
    nothing_outside(bench)
    ends_well(visit)


def test_a_wrong_voucher_at_settle_is_spoken_and_the_right_one_settles(bench: Bench) -> None:
    visit = a_visit(bench)
    visit.until(Step.SETTLE)
    bench.restart()
    case = bench.surface.current()
    assert banner_says(case) == Code.IDENTITY_NEEDED_AGAIN
    used = bench.voucher(bench.demo.persons[5].id_no)
    somebody = bench.scan(case, used)
    assert scan_says(somebody) == Code.PATIENT_DIFFERS
    again = bench.scan(case, used)
    assert scan_says(again) == Code.VOUCHER_USED
    assert again.case.settle is not None
    assert again.case.settle.needs_credential
    assert bench.platform_state()["settlements"] == {}
    ends_well(visit)


def test_a_wrong_pharmacist_is_spoken_and_the_right_one_audits(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.AUDIT)
    own = bench.voucher(visit.person.id_no)
    for text, code in (
        (own, Code.PHARMACIST_UNKNOWN),
        (own, Code.VOUCHER_USED),
        ("424" + "7" * 21 + "0000", Code.VOUCHER_UNKNOWN),
    ):
        outcome = bench.scan(case, text)
        assert scan_says(outcome) == code
        assert outcome.case.step is Step.AUDIT
        assert outcome.case.review is not None
        assert outcome.case.review.needs_proof
    nothing_outside(bench)
    with pytest.raises(OperatorInput) as refused:
        visit.audit(case)
    assert trouble_says(refused.value) == Code.PHARMACIST_NEEDED
    proved = visit.prove(case)
    with pytest.raises(OperatorInput) as open_checks:
        bench.surface.decide(case.case_id, *INCOMPLETE)
    assert trouble_says(open_checks.value) == Code.CHECKS_OPEN
    assert bench.surface.view(proved.case_id) == proved
    ends_well(visit)


# Cards


def chip_of(person: DemoPerson, faults: CardFaults | None = None, **changed: str) -> VirtualCard:
    contents = social_card(
        name=person.name,
        id_number=person.id_no,
        card_no=changed.get("card_no", person.card_no),
        card_serial=changed.get("card_serial", person.card_serial),
    )
    return VirtualCard(contents, faults or CardFaults())


def test_a_card_pulled_out_while_read_can_be_put_in_again(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.start()
    reader = VirtualCardReader("virtual")
    for last in range(1, 5):
        reader.insert(chip_of(visit.person, CardFaults(pulled_after=last)))
        with pytest.raises(DeviceTrouble) as pulled:
            reader.read()
        assert trouble_says(pulled.value) == Code.CARD_PULLED
    assert bench.surface.current() == case
    reader.insert(chip_of(visit.person))
    read = bench.surface.by_card(case.case_id, reader.read())
    assert read.patient is not None
    assert read.select is not None
    ends_well(visit)


def test_a_card_the_platform_does_not_know_ends_in_words(bench: Bench) -> None:
    visit = a_visit(bench)
    case = visit.start()
    reader = VirtualCardReader("virtual")
    reader.insert(chip_of(visit.person, card_serial="0" * 32))
    refused = bench.surface.by_card(case.case_id, reader.read())
    assert banner_says(refused) in (Code.REFUSED, Code.PERSON_UNKNOWN)
    assert refused.banner is not None
    assert refused.banner.platform_text
    assert (refused.phase, refused.patient) == (Phase.REJECTED, None)
    card = card_of(visit.person, serial=CardSerial("0" * 32), number=CardNumber("Z00000001"))
    unknown = bench.surface.by_card(case.case_id, card)
    assert banner_says(unknown) == Code.PERSON_UNKNOWN
    nothing_outside(bench)
    ends_well(visit)
