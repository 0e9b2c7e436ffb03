"""A code at 审方 that the platform does not know: every line of its refusal can be read."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from app.domain.errors import Code
from app.domain.goods.codes import ScanKind
from app.workflow.views.case import Say, Spoken
from tests.support.looking import clipped, shown, words
from tests.support.rx_views import review_case
from ui.errors import sentences

UNKNOWN = Spoken(
    ScanKind.VOUCHER, "424•••07（28 位）", Say(f"error.{int(Code.VOUCHER_UNKNOWN)}"), "stop"
)


@pytest.mark.parametrize("size", [(1366, 768), (1366, 697), (683, 384), (1920, 1080)])
def test_a_refusal_in_the_narrow_column_overprints_nothing(open_window, rest, size) -> None:
    opened = open_window(review_case(proved=False), size=size)
    page = rest(opened)
    opened.counter.spoken.emit(UNKNOWN)
    for _ in range(5):
        QApplication.processEvents()
    field = page.pharmacist.field
    said = sentences(int(Code.VOUCHER_UNKNOWN), {})
    assert said.happened in words(field)
    assert said.remedy in words(field)
    assert UNKNOWN.shown in words(field)
    assert clipped(field) == []
    lines = [label for label in shown(field.refusal, QLabel) if label.text()]  # type: ignore[attr-defined]
    for label in lines:
        others = [other for other in lines if other is not label]
        assert not any(
            label.rect()
            .translated(label.mapTo(field, label.rect().topLeft()))
            .intersects(other.rect().translated(other.mapTo(field, other.rect().topLeft())))
            for other in others
        ), label.text()  # type: ignore[attr-defined]
