"""资金对账 in words: from when it may be signed, and what its bare numbers are."""

from dataclasses import replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.domain.books.money import Cause, Fact
from app.domain.money import Fen
from tests.support.day_end_fakes import PreparedDayEnd
from tests.support.looking import press, words
from tests.support.money_views import a_row, money_day, sums
from tests.support.views import NOW, after, identify_case
from ui.counter_window import CounterWindow
from ui.formats import time_text
from ui.keys import Key
from ui.pages.money import MoneyPage
from ui.pages.money_table import item_of


def show(made: CounterWindow, qtbot: QtBot) -> MoneyPage:
    """Ctrl 3 from the page of the case."""
    press(made.window, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    page = made.window.current_page()
    assert isinstance(page, MoneyPage)
    qtbot.waitUntil(lambda: page.model.view is not None)
    return page


def test_a_signature_that_would_be_refused_is_not_offered_and_says_from_when(
    open_window, qtbot: QtBot
) -> None:
    clean = money_day(causes=())
    work = PreparedDayEnd(replace(clean, signable_from=after(minutes=3)))
    made = open_window(identify_case(), day_end=work)
    page = show(made, qtbot)
    qtbot.waitUntil(lambda: time_text(after(minutes=3), NOW) in page.signed.said.text())
    assert "可以签收" not in page.signed.said.text()
    assert "F5" in page.signed.said.text()
    sign = next(act for act in page.acts() if act.key is Key.SIGN_OFF)
    assert (sign.on, page.model.may_sign) == (False, False)
    assert sign.why == page.signed.said.text()
    work.view = clean
    page.model.load()
    qtbot.waitUntil(lambda: "可以签收" in page.signed.said.text())
    assert page.model.may_sign


def test_the_office_is_named_as_one(open_window, qtbot: QtBot) -> None:
    page = show(open_window(identify_case(), day_end=PreparedDayEnd()), qtbot)
    qtbot.waitUntil(lambda: "职工医保 经办机构 350199" in words(page.groups))


def test_a_difference_of_a_whole_group_names_its_office() -> None:
    whole = a_row(Cause.ABSENT_HERE, settlement_id="", message_id="")
    assert item_of(whole) == "经办机构 350199"


def test_what_the_office_is_called_with_stands_in_the_card(open_window, qtbot: QtBot) -> None:
    """Our receipt, and each part of what the platform answered."""
    told = (
        (Fact.OUR_RECEIPT, "261123-010003 钱**"),
        (Fact.FOUND_AMOUNTS, "122.40 80.00 20.00 22.40"),
    )
    rows = (a_row(Cause.AMOUNTS_DIFFER, evidence=told),)
    made = open_window(identify_case(), day_end=PreparedDayEnd(replace(money_day(), rows=rows)))
    page = show(made, qtbot)
    qtbot.waitUntil(lambda: "本店小票 261123-010003 钱**" in words(page))
    assert "总额 122.40，基金 80.00，账户 20.00，现金 22.40" in words(page)


def test_a_split_that_differs_stands_beside_equal_totals(open_window, qtbot: QtBot) -> None:
    apart = replace(sums(5_260), fund=Fen(3_000), account=Fen(682))
    row = a_row(Cause.AMOUNTS_DIFFER, ours=sums(5_260), theirs=apart, difference=Fen(0))
    made = open_window(identify_case(), day_end=PreparedDayEnd(replace(money_day(), rows=(row,))))
    page = show(made, qtbot)
    qtbot.waitUntil(lambda: "本店基金 31.56，平台基金 30.00" in words(page))
    assert "本店账户 5.26，平台账户 6.82" in words(page)


def test_a_day_that_was_compared_in_part_is_not_called_clean(open_window, qtbot: QtBot) -> None:
    partial = money_day(complete=False, causes=())
    page = show(open_window(identify_case(), day_end=PreparedDayEnd(partial)), qtbot)
    qtbot.waitUntil(lambda: "有没对上的组" in page.signed.said.text())
    assert "没有要处理的，可以签收" not in page.signed.said.text()
    assert page.model.may_sign, "somebody may take note of what there is"
