"""拆零 by keyboard: what may be taken stands beside the field, and a wrong number stays in it."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.errors import Code, OperatorInput
from tests.support.looking import press, words
from tests.support.sale_views import scan_case, split_case
from ui.keys import Key


def open_form(qtbot: QtBot, opened, page):
    page.model.chosen = 3
    press(opened.window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.split.isVisible)
    return page.split.form.inputs["pieces"]


def test_a_wrong_number_stays_in_the_form_with_one_sentence(
    qtbot: QtBot, open_window, rest
) -> None:
    opened = open_window(split_case())
    page = rest(opened)
    field = open_form(qtbot, opened, page)
    assert "可拿 1 到 9 片" in words(page.split)
    assert "每片约 1.00 元" in words(page.split)
    for typed in ("", "0", "10", "三"):
        field.setText(typed)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert page.split.wrong.text() == "请填 1 到 9 的整数（片）。", typed
        assert (page.split.isVisible(), field.text()) == (True, typed)
        assert opened.window.focusWidget() is field
    assert all(name != "split_box" for name, _ in opened.counter.workflow.asked)
    field.setText("4")
    assert page.split.wrong.isHidden()
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("split_box", (41, 3, 4)) in opened.counter.workflow.asked)
    qtbot.waitUntil(page.split.isHidden)
    assert opened.window.focusWidget() is page.field.input


def test_a_refused_number_leaves_the_form_open(qtbot: QtBot, open_window, rest) -> None:
    opened = open_window(split_case())
    page = rest(opened)
    field = open_form(qtbot, opened, page)
    opened.counter.workflow.answers["split_box"] = OperatorInput(
        Code.PIECES_WRONG, most=2, unit="片"
    )
    field.setText("4")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "最多拿 2片" in words(opened.window))
    assert page.split.isVisible()


def test_nothing_binds_while_it_is_asked(qtbot: QtBot, open_window, rest) -> None:
    case = split_case()
    opened = open_window(case)
    page = rest(opened)
    open_form(qtbot, opened, page)
    bind = next(act for act in page.acts() if act.key is Key.BIND)
    assert not bind.on
    assert "Ctrl /" in bind.why
    press(opened.window, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.split.isHidden)


def test_the_key_is_named_where_it_works(open_window, rest) -> None:
    assert rest(open_window(split_case())).split_hint.isVisible()


def test_the_key_is_not_named_with_a_prescription(open_window, rest) -> None:
    assert rest(open_window(scan_case())).split_hint.isHidden()
