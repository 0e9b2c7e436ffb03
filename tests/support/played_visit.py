"""A workflow that walks one visit: each intention leads to the next sample page."""

from dataclasses import replace
from io import BytesIO

import pypdfium2

from app.domain.case import Step
from app.domain.goods.codes import ScanKind
from app.jobs.progress import Report
from app.ports.devices import ScannedText
from app.workflow.views.case import CaseView, DrugLineView, Say, ScanOutcome, SlotState, Spoken
from tests.support.counter_fakes import PreparedWorkflow
from tests.support.rx_views import review_case, select_case
from tests.support.sale_views import hand_over_case, scan_case, settle_case
from tests.support.views import NOW, identify_case

CODES = {
    index: tuple(f"839061600000000{index:02}{box:03}" for box in range(9)) for index in range(9)
}


def one_page() -> bytes:
    """A readable document of one empty page."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    kept = BytesIO()
    document.save(kept)
    document.close()
    return kept.getvalue()


def _empty(line: DrugLineView) -> DrugLineView:
    return replace(line, scanned=0, codes=(), state=SlotState.WAITING, message=None)


def _nothing_scanned() -> CaseView:
    case = scan_case()
    assert case.scan is not None
    lines = tuple(_empty(line) for line in case.scan.lines)
    return replace(case, scan=replace(case.scan, lines=lines, scanned=0, log=()))


class PlayedVisit(PreparedWorkflow):
    """Any scan means what the page waits for."""

    def __init__(self) -> None:
        super().__init__(identify_case())
        self.pdf = one_page()
        self.answers = {
            "choose": review_case(proved=False),
            "decide": _nothing_scanned(),
            "finish": replace(settle_case(), version=20),
            "settle": replace(hand_over_case(), version=21),
            "hand_over": replace(hand_over_case(handed_over=True), version=22),
        }

    def print_waiting(self, report: Report) -> None:
        """Every paper comes out."""
        super().print_waiting(report)
        view = self.case.hand_over
        if view is not None:
            papers = tuple(replace(paper, waiting=False, printed_at=NOW) for paper in view.papers)
            self.case = replace(self.case, hand_over=replace(view, papers=papers))

    def accept(self, case_id: int, scanned: ScannedText) -> ScanOutcome:
        self.asked.append(("accept", (case_id, scanned.text)))
        if self.case.step is Step.IDENTIFY:
            self.case = select_case()
        elif self.case.step is Step.AUDIT:
            self.case = replace(review_case(), version=4)
        else:
            self.case = self._with_box(scanned.text)
        spoken = Spoken(ScanKind.DRUG_TRACE, scanned.text, Say("scan.mended.spaces"), "good")
        return ScanOutcome(spoken, self.case)

    def _with_box(self, code: str) -> CaseView:
        view = self.case.scan
        assert view is not None
        index = int(code[15:17])
        lines = tuple(
            replace(line, scanned=line.scanned + 1, codes=(*line.codes, code))
            if line.index == index
            else line
            for line in view.lines
        )
        scanned = sum(line.scanned for line in lines)
        scan = replace(view, lines=lines, scanned=scanned)
        return replace(self.case, scan=scan, version=self.case.version + 1)
