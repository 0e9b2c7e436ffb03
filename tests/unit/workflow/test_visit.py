"""One visit from code to receipt on the small counter, and what is written on the way."""

from app.domain.case import Step
from app.ports.paper import PaperKind
from app.profile.operations import Operation
from tests.support.small_counter import SmallCounter, with_rules


def test_a_visit_reaches_its_end_with_one_message_per_thing(small: SmallCounter) -> None:
    view = small.until(Step.DONE)
    assert view.step is Step.DONE
    once = (Operation.AUTHORISE, Operation.DOWNLOAD, Operation.VERIFY, Operation.SETTLE)
    assert [small.fake.times(operation) for operation in once] == [1, 1, 1, 1]
    assert small.fake.times(Operation.UPLOAD_SALE) == 2
    assert len(small.fake.books.settlements) == 1
    assert {paper.kind for paper in small.tray.papers} == {PaperKind.RECEIPT_80, PaperKind.A4}


def test_where_nobody_signs_by_hand_no_prescription_is_printed(small: SmallCounter) -> None:
    small.with_profile(with_rules(small.profile, print_and_hand_sign=False))
    assert small.until(Step.DONE).step is Step.DONE
    assert {paper.kind for paper in small.tray.papers} == {PaperKind.RECEIPT_80}
