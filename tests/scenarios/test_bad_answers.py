"""Answers that are broken, forged or about a spoiled file: refused in words, and on it goes."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput
from app.domain.prescription import RxState
from app.sandbox.server import RunningSandbox, running_sandbox
from app.workflow.views.case import CaseView, SelectView
from tests.support.counter import Bench, KeptPapers, a_counter_at
from tests.support.detour import Detour, Spoil, a_detour, envelope_with, resealed
from tests.support.outcome import ends_well, nothing_outside, pass_time_there
from tests.support.sentence import banner_says, trouble_says
from tests.support.visit import Visit, a_visit


@pytest.fixture
def detour() -> Iterator[Detour]:
    with a_detour() as standing:
        yield standing


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=1) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, sandbox: RunningSandbox, detour: Detour) -> Iterator[Bench]:
    """A counter that speaks to its platform through the detour."""
    with a_counter_at(detour.road(sandbox.ready), tmp_path, KeptPapers()) as opened:
        yield opened


def flip_a_byte(content: dict[str, Any]) -> None:
    """One bit in the middle of the prescription file."""
    document = bytearray(base64.b64decode(content["rxFile"]))
    document[len(document) // 2] ^= 1
    content["rxFile"] = base64.b64encode(document).decode()


def without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(envelope: dict[str, Any]) -> None:
        del envelope[name]

    return change


def another_application(envelope: dict[str, Any]) -> None:
    envelope["appId"] = "0" * len(envelope["appId"])


def half_a_cipher(envelope: dict[str, Any]) -> None:
    envelope["encData"] = envelope["encData"][: len(envelope["encData"]) // 2 - 3]


def no_hex(envelope: dict[str, Any]) -> None:
    envelope["encData"] = "ｚｚ" + envelope["encData"][2:]


def says_yes_twice(body: bytes) -> bytes:
    return body.replace(b'"code"', b'"code": 0, "code"', 1)


def cut(body: bytes) -> bytes:
    return body[: len(body) // 2]


def other_text(_body: bytes) -> bytes:
    return "<html>门户认证</html>".encode()


SPOILED: dict[str, tuple[Callable[[Bench], Spoil], Code]] = {
    "truncated": (lambda _: cut, Code.ANSWER_UNREADABLE),
    "a login page": (lambda _: other_text, Code.ANSWER_UNREADABLE),
    "a name twice": (lambda _: says_yes_twice, Code.ANSWER_UNREADABLE),
    "half a cipher": (lambda _: envelope_with(half_a_cipher), Code.ANSWER_UNREADABLE),
    "no hex": (lambda _: envelope_with(no_hex), Code.ANSWER_UNREADABLE),
    "another application": (lambda _: envelope_with(another_application), Code.ANSWER_FORGED),
    "unsigned": (lambda _: envelope_with(without("signData")), Code.ANSWER_FORGED),
    "one bit of the file": (lambda b: resealed(b.ready, flip_a_byte), Code.ANSWER_FORGED),
}


@pytest.mark.parametrize(("spoil", "code"), SPOILED.values(), ids=SPOILED)
def test_a_spoiled_download_is_not_believed_and_can_be_repeated(
    bench: Bench, detour: Detour, spoil: Callable[[Bench], Spoil], code: Code
) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.DOWNLOAD)
    detour.spoil(bench.ready["endpoints"]["download"], spoil(bench))
    refused = visit.choose(case)
    assert banner_says(refused) == code
    assert (refused.step, refused.phase) == (Step.DOWNLOAD, Phase.READY)
    assert refused.strip is None
    with bench.store.reading() as unit:
        assert unit.cases.document(case.case_id) is None
    nothing_outside(bench)
    ends_well(visit)


def file_at_the_centre(sandbox: RunningSandbox, spoil: Callable[[bytes], bytes]) -> None:
    """The centre itself keeps, and honestly signs, a spoiled file."""
    with sandbox.site.state.writing() as db:
        for number, document in db.execute("SELECT hi_rxno, document FROM rx").fetchall():
            if document is not None:
                db.execute(
                    "UPDATE rx SET document=? WHERE hi_rxno=?", (spoil(bytes(document)), number)
                )


def flipped(document: bytes) -> bytes:
    place = len(document) // 10
    return document[:place] + bytes([document[place] ^ 1]) + document[place + 1 :]


def next_one(bench: Bench, case: CaseView) -> Visit:
    """The customer goes home; the next one has a whole prescription."""
    bench.surface.next_customer(case.case_id)
    return a_visit(bench)


def test_a_file_changed_before_it_was_signed_for_is_never_dispensed(
    bench: Bench, sandbox: RunningSandbox
) -> None:
    visit = a_visit(bench)
    kept = kept_files(sandbox)
    file_at_the_centre(sandbox, flipped)
    case = visit.choose(visit.until(Step.DOWNLOAD))
    assert case.step is Step.CLOSED
    assert banner_says(case) == Code.DOCUMENT_CHANGED
    nothing_outside(bench)
    put_back(sandbox, kept)
    ends_well(next_one(bench, case))


def kept_files(sandbox: RunningSandbox) -> list[tuple[str, bytes]]:
    with sandbox.site.state.reading() as db:
        rows = db.execute("SELECT hi_rxno, document FROM rx WHERE document IS NOT NULL").fetchall()
    return [(str(row[0]), bytes(row[1])) for row in rows]


def put_back(sandbox: RunningSandbox, kept: list[tuple[str, bytes]]) -> None:
    with sandbox.site.state.writing() as db:
        db.executemany("UPDATE rx SET document=? WHERE hi_rxno=?", [(d, n) for n, d in kept])


@pytest.mark.parametrize(
    "document",
    [b"no pdf at all", b"%PDF-1.7\nnothing behind it", b"PK\x03\x04" + b"\0" * 64, b"%PDF-"],
    ids=["words", "a head alone", "an archive", "a mark alone"],
)
def test_a_file_that_is_no_pdf_is_never_dispensed(
    bench: Bench, sandbox: RunningSandbox, document: bytes
) -> None:
    visit = a_visit(bench)
    kept = kept_files(sandbox)
    file_at_the_centre(sandbox, lambda _: document)
    case = visit.choose(visit.until(Step.DOWNLOAD))
    assert banner_says(case) in (
        Code.DOCUMENT_UNREADABLE,
        Code.DOCUMENT_CHANGED,
        Code.SIGNATURE_INVALID,
    )
    assert case.review is None
    nothing_outside(bench)
    put_back(sandbox, kept)
    if case.step is not Step.CLOSED:
        case = bench.surface.abandon(case.case_id)
    ends_well(next_one(bench, case))


def test_a_stored_file_changed_behind_our_back_is_found_before_it_is_shown(bench: Bench) -> None:
    visit = a_visit(bench)
    bench.fault("verify", "drop_before")
    case = visit.choose(visit.until(Step.DOWNLOAD))
    assert banner_says(case) == Code.ANSWER_MISSING
    assert (case.step, case.phase) == (Step.VERIFY, Phase.READY)
    with bench.store.reading() as unit:
        document = unit.cases.document(case.case_id)
    assert document is not None
    with bench.store.unit() as unit:
        digest = unit.cases.get(case.case_id).facts.document
        assert digest is not None
        unit.cases.keep_document(case.case_id, digest.digest, flipped(document))
    closed = bench.surface.retry(case.case_id)
    assert closed.step is Step.CLOSED
    assert banner_says(closed) in (Code.DOCUMENT_CHANGED, Code.SIGNATURE_INVALID)
    nothing_outside(bench)
    ends_well(next_one(bench, closed))


def test_the_centre_denying_the_signature_ends_the_case(
    bench: Bench, sandbox: RunningSandbox
) -> None:
    visit = a_visit(bench)
    case = visit.until(Step.DOWNLOAD)
    with sandbox.site.state.writing() as db:
        db.execute("UPDATE rx SET digest=?", ("0" * 64,))
    closed = visit.choose(case)
    assert banner_says(closed) in (Code.DOCUMENT_CHANGED, Code.SIGNATURE_INVALID)
    assert closed.step is Step.CLOSED
    nothing_outside(bench)


@pytest.mark.usefixtures("its_day_is_moved")
def test_a_prescription_that_ended_since_it_was_listed_is_not_taken(bench: Bench) -> None:
    soon = next(rx for rx in bench.demo.prescriptions if rx.state == "soon_expiring")
    person = next(p for p in bench.demo.persons if p.key == soon.person)
    visit = Visit(bench, person)
    early = visit.takeable(visit.until(Step.DOWNLOAD))[0]
    pass_time_there(bench, early.valid_until.timestamp() - bench.clock.now().timestamp() - 20)
    case = visit.identify(visit.start())
    first = visit.takeable(case)[0]
    left = first.valid_until.timestamp() - bench.clock.now().timestamp()
    bench.clock.pass_time(left + 1)
    with pytest.raises(OperatorInput) as refused:
        bench.surface.choose(case.case_id, first.rx_number)
    assert trouble_says(refused.value) == Code.CHOICE_UNAVAILABLE
    gone = next(
        card
        for card in selected(bench.surface.view(case.case_id)).cards
        if card.rx_number == first.rx_number
    )
    assert (gone.state, gone.choice) == (RxState.EXPIRED, None)
    bench.clock.pass_time(-left - 1)
    pass_time_there(bench, 40)
    told = bench.surface.choose(case.case_id, first.rx_number)
    assert banner_says(told) == Code.PRESCRIPTION_EXPIRED
    assert told.strip is None
    nothing_outside(bench)
    bench.surface.abandon(case.case_id)
    ends_well(a_visit(bench))


def selected(case: CaseView) -> SelectView:
    assert case.select is not None
    return case.select
