"""What a box is and how strong it is can be read whole on every page, at every size."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from app.workflow.views.case import CaseView
from tests.support.doubt_views import return_case
from tests.support.looking import clipped, cut_sideways, shown
from tests.support.rx_views import review_case
from tests.support.sale_views import scan_case, settle_case
from tests.support.training_fakes import LOGINS, RememberingTable
from ui.keys import Key
from ui.page import Page
from ui.shell import WindowOptions
from ui.training.room import TrainingRoom

NAME = "精蛋白人胰岛素混合注射液(预混 30R)"
STRENGTHS = ("160μg/4.5μg*60吸", "3ml:300单位*1支", "80mg/5mg*28片", "100μg*200揿")
SIZES = [(1366, 768), (1366, 697), (1093, 614), (683, 384), (1920, 1080)]
"""The smallest full screen, less its bars, at 125 % and at 200 % scaling; a large one."""


def review() -> CaseView:
    case = review_case(proved=False)
    assert case.review is not None
    lines = tuple(
        replace(line, name=NAME, specification=strength)
        for line, strength in zip(case.review.lines, STRENGTHS, strict=True)
    )
    return replace(case, review=replace(case.review, lines=lines))


def scanning() -> CaseView:
    case = scan_case()
    assert case.scan is not None
    lines = tuple(
        replace(line, name=NAME, specification=strength)
        for line, strength in zip(case.scan.lines, STRENGTHS, strict=True)
    )
    return replace(case, scan=replace(case.scan, lines=lines))


def settling() -> CaseView:
    case = settle_case()
    assert case.settle is not None
    lines = tuple(
        replace(line, name=NAME, specification=strength)
        for line, strength in zip(case.settle.lines, STRENGTHS, strict=True)
    )
    return replace(case, settle=replace(case.settle, lines=lines))


def returning() -> CaseView:
    case = return_case()
    assert case.returning is not None
    lines = tuple(
        replace(line, name=NAME, specification=strength)
        for line, strength in zip(case.returning.lines, STRENGTHS, strict=False)
    )
    return replace(case, returning=replace(case.returning, lines=lines))


def read(page: Page) -> str:
    """What stands on the page as it is drawn: what is elided is not there."""
    return "\n".join(label.text() for label in shown(page, QLabel) if isinstance(label, QLabel))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("make", [review, scanning, settling, returning])
def test_name_and_strength_are_whole_beside_the_open_table(open_window, qtbot, make, size) -> None:
    case = make()
    room = TrainingRoom(RememberingTable(), LOGINS)
    options = WindowOptions(training=True)
    opened = open_window(case, size=size, options=options, training=room)
    page = opened.window.current_page()
    assert page is not None
    beside = opened._table.drawer  # the table of this window
    if not beside.isVisible():
        opened.window.press(Key.TABLE)
    qtbot.waitUntil(lambda: (opened.window.width(), opened.window.height()) == size)
    for _ in range(4):
        QApplication.processEvents()
    if not page.isVisible():
        # too narrow for both: the table has the place until it is folded
        assert size[0] < 900
        opened.window.press(Key.TABLE)
        for _ in range(4):
            QApplication.processEvents()
    said = read(page)
    shown_lines = 2 if case.returning is not None else 4
    for strength in STRENGTHS[:shown_lines]:
        assert strength in said
    assert said.count(NAME) >= shown_lines
    assert cut_sideways(page) == []
    assert clipped(page) == []
