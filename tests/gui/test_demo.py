"""The played visit drives the real window by keys and scans, and says how it went."""

from dataclasses import replace
from pathlib import Path

from app.domain.audit import Weight
from app.domain.case import Phase, Step
from app.domain.errors import Code, PlatformRejected
from app.domain.prescription import RxState
from app.ports.devices import ScannedText, ScanSource
from app.workflow.views.case import BannerKind, BannerView, CaseView, DrugLineView, ScanOutcome
from tests.support.played_visit import CODES, PlayedVisit
from tests.support.rx_views import review_case, select_case
from tests.support.views import identify_case
from ui.counter_window import CounterWindow
from ui.demo import Hands, Limits, play_visit


def hands(opened: CounterWindow) -> Hands:
    def scan(text: str) -> None:
        opened.devices.scanned.emit(ScannedText(text, ScanSource.SERIAL, 0.0))

    def boxes(line: DrugLineView) -> tuple[str, ...]:
        return CODES[line.index][: line.needed]

    return Hands(
        identify=lambda: scan("4" * 28),
        clear_away=lambda: None,
        prove_pharmacist=lambda: scan("5" * 28),
        scan=scan,
        codes_for=boxes,
    )


def test_a_visit_is_played_to_the_end(open_window, tmp_path: Path) -> None:
    workflow = PlayedVisit()
    opened = open_window(identify_case(), workflow=workflow)
    report = play_visit(opened, hands(opened), tmp_path, limits=Limits(step_s=10))
    assert report.finished, report.steps
    assert [step.step for step in report.steps] == [
        "identify",
        "download",
        "audit",
        "scan",
        "settle",
        "hand_over",
    ]
    assert {step.outcome for step in report.steps} == {"done"}
    assert len(report.codes) == 7
    names = [name for name in workflow.names() if name not in ("view", "accept", "print_waiting")]
    assert names == ["current", "choose", "decide", "finish", "settle", "hand_over"]
    for name in report.screenshots:
        assert (tmp_path / name).stat().st_size > 0
    assert report.gui_stall_ms.max >= report.gui_stall_ms.p50 >= 0
    assert not report.resumed


def test_a_refusal_ends_the_visit_and_is_reported(open_window, tmp_path: Path) -> None:
    workflow = PlayedVisit()
    workflow.answers["choose"] = PlatformRejected(Code.PRESCRIPTION_HELD)
    opened = open_window(identify_case(), workflow=workflow)
    report = play_visit(opened, hands(opened), tmp_path, limits=Limits(step_s=10))
    assert not report.finished
    assert report.steps[-1].outcome == "refused"
    assert report.code == Code.PRESCRIPTION_HELD


def hanging(case: CaseView) -> CaseView:
    banner = BannerView(BannerKind.UNKNOWN, int(Code.AUDIT_UNKNOWN))
    return replace(case, phase=Phase.UNKNOWN, banner=banner, version=case.version + 1)


def test_an_audit_without_an_answer_is_asked_for_again(open_window, tmp_path: Path) -> None:
    workflow = PlayedVisit()
    decided = workflow.answers["decide"]
    assert isinstance(decided, CaseView)
    workflow.answers["decide"] = hanging(replace(review_case(), version=5))
    workflow.answers["retry"] = replace(decided, version=7)
    opened = open_window(identify_case(), workflow=workflow)
    report = play_visit(opened, hands(opened), tmp_path, limits=Limits(step_s=10))
    assert report.finished, report.steps
    assert workflow.names().count("retry") == 1
    assert workflow.names().count("decide") == 1


def test_a_download_without_an_answer_is_tried_again(open_window, tmp_path: Path) -> None:
    workflow = PlayedVisit()
    review = workflow.answers["choose"]
    assert isinstance(review, CaseView)
    silent = BannerView(BannerKind.ATTENTION, int(Code.ANSWER_MISSING))
    workflow.answers["choose"] = replace(select_case(), banner=silent, version=4)

    def then_review() -> None:
        workflow.answers["choose"] = replace(review, version=4)

    opened = open_window(identify_case(), workflow=workflow)
    opened.counter.case_changed.connect(
        lambda case: then_review() if case.banner is not None else None
    )
    report = play_visit(opened, hands(opened), tmp_path, limits=Limits(step_s=10))
    assert report.finished, report.steps
    assert workflow.names().count("choose") == 2


def test_the_same_silence_twice_ends_the_visit(open_window, tmp_path: Path) -> None:
    workflow = PlayedVisit()
    workflow.answers["decide"] = hanging(replace(review_case(), version=5))
    opened = open_window(identify_case(), workflow=workflow)
    report = play_visit(opened, hands(opened), tmp_path, limits=Limits(step_s=10))
    assert not report.finished
    assert report.steps[-1].outcome == "refused"
    assert report.code == Code.AUDIT_UNKNOWN


def test_silence_ends_at_the_deadline(open_window, tmp_path: Path) -> None:
    opened = open_window(identify_case(), workflow=PlayedVisit())
    nobody = Hands(lambda: None, lambda: None, lambda: None, lambda _text: None, lambda _line: ())
    report = play_visit(opened, nobody, tmp_path, limits=Limits(step_s=0.2))
    assert not report.finished
    assert report.steps[-1].outcome == "late"
    assert report.code == Code.VISIT_STALLED
    assert report.ended_by[0].params["step"] == "identify"


def nothing_left(case: CaseView) -> CaseView:
    assert case.select is not None
    used = tuple(replace(card, choice=None, state=RxState.USED) for card in case.select.cards)
    return replace(case, select=replace(case.select, cards=used))


class FirstWasServed(PlayedVisit):
    """Whoever shows the first code has nothing left to take; the others have."""

    def __init__(self) -> None:
        super().__init__()
        self.case = replace(identify_case(), case_id=identify_case().case_id + 1)

    def accept(self, case_id: int, scanned: ScannedText) -> ScanOutcome:
        outcome = super().accept(case_id, scanned)
        if self.case.step is Step.DOWNLOAD and scanned.text == "1" * 28:
            self.case = nothing_left(replace(self.case, case_id=case_id))
            outcome = replace(outcome, case=self.case)
        return outcome

    def abandon(self, case_id: int) -> CaseView:
        self.asked.append(("abandon", (case_id,)))
        self.case = replace(self.case, step=Step.CLOSED, version=self.case.version + 1)
        return self.case

    def next_customer(self, case_id: int) -> CaseView:
        self.asked.append(("next_customer", (case_id,)))
        self.case = identify_case()
        return self.case


def queue_of(opened: CounterWindow, *codes: str) -> Hands:
    """People who stand in line with their codes."""
    line = list(codes)
    plain = hands(opened)
    return replace(
        plain,
        identify=lambda: plain.scan(line[0]),
        anybody=lambda: bool(line),
        pass_over=lambda: line.pop(0),
    )


def test_whom_nothing_is_left_for_is_passed_over(open_window, tmp_path: Path) -> None:
    workflow = FirstWasServed()
    opened = open_window(workflow.case, workflow=workflow)
    line = queue_of(opened, "1" * 28, "4" * 28)
    report = play_visit(opened, line, tmp_path, limits=Limits(step_s=5))
    assert report.finished, report.steps
    begun = [step.step for step in report.steps][:4]
    assert begun == ["identify", "download", "identify", "download"]
    assert report.code is None
    assert [name for name in workflow.names() if name in ("abandon", "next_customer")] == [
        "abandon",
        "next_customer",
    ]


class FirstMayNotTake(FirstWasServed):
    """Whoever shows the first code has a prescription that no pharmacist may let pass."""

    first = False

    def accept(self, case_id: int, scanned: ScannedText) -> ScanOutcome:
        outcome = PlayedVisit.accept(self, case_id, scanned)
        self.first = (self.first or scanned.text == "1" * 28) and scanned.text != "4" * 28
        return replace(outcome, case=self._forbidden(case_id))

    def choose(self, case_id: int, rx_number: str) -> CaseView:
        prepared = self.answers["choose"]
        self.case = super().choose(case_id, rx_number)
        self.answers["choose"] = prepared
        return self._forbidden(case_id)

    def _forbidden(self, case_id: int) -> CaseView:
        if self.first:
            self.case = replace(self.case, case_id=case_id)
        review = self.case.review
        if self.first and review is not None:
            hint = review.hints[0]
            red = replace(hint, hint=replace(hint.hint, weight=Weight.RED), acknowledged=False)
            self.case = replace(self.case, review=replace(review, hints=(red,)))
        return self.case


def test_whom_no_pharmacist_lets_pass_is_passed_over(open_window, tmp_path: Path) -> None:
    workflow = FirstMayNotTake()
    opened = open_window(workflow.case, workflow=workflow)
    line = queue_of(opened, "1" * 28, "4" * 28)
    report = play_visit(opened, line, tmp_path, limits=Limits(step_s=5))
    assert report.finished, report.steps
    assert [step.step for step in report.steps][:4] == ["identify", "download", "audit", "identify"]
    assert workflow.names().count("decide") == 1
    assert report.code is None


def test_with_nobody_left_the_visit_ends_at_once(open_window, tmp_path: Path) -> None:
    workflow = FirstWasServed()
    opened = open_window(workflow.case, workflow=workflow)
    line = queue_of(opened, "1" * 28)
    report = play_visit(opened, line, tmp_path, limits=Limits(step_s=5))
    assert not report.finished
    assert report.steps[-1].outcome == "nobody_left"
    assert report.code == Code.CUSTOMERS_SERVED
    assert "abandon" in workflow.names()


def test_a_visit_left_half_way_is_resumed_where_it_stands(open_window, tmp_path: Path) -> None:
    workflow = PlayedVisit()
    opened = open_window(identify_case(), workflow=workflow)
    first = play_visit(opened, hands(opened), tmp_path, limits=Limits(step_s=10))
    # The same customer is still on screen: nobody else has come to the counter yet.
    again = play_visit(
        opened, hands(opened), tmp_path, limits=Limits(step_s=0.2), after=first.case_id
    )
    assert not again.finished
    assert [step.outcome for step in again.steps] == ["late"]
