"""What is filed of a compared day: every cause in words, partial in the title, people masked."""

from dataclasses import dataclass, field, replace

import pytest

from app.domain.books.money import Cause, Fact, Repair
from app.domain.errors import Code, OperatorInput
from app.domain.money import Fen
from app.ports.paper import PaperKind
from app.ports.workbook import Workbook
from app.workflow.reconciling import documents, errand
from app.workflow.reconciling.views import MoneyView
from tests.support.money_views import a_row, money_day, signed_day, sums
from tests.support.small_counter import SmallCounter


@dataclass
class KeptBooks:
    """A place for tables that keeps them in memory."""

    books: list[Workbook] = field(default_factory=list)

    def keep(self, book: Workbook) -> str:
        self.books.append(book)
        return f"{book.filename}.xlsx"


def said(paper: object) -> str:
    return str(paper)


def test_the_table_says_every_cause_and_keeps_the_amounts(small: SmallCounter) -> None:
    view = money_day(causes=tuple(Cause))
    lines, groups = documents.money_book(small.till, view).sheets
    assert [row[0] for row in lines.rows] == [documents.word(f"money_cause.{c}") for c in Cause]
    assert len({row[0] for row in lines.rows}) == len(Cause), "no two causes read alike"
    differences = [row[7] for row in lines.rows]
    assert differences == [row.difference for row in view.rows]
    assert [row[3] for row in groups.rows] == [61, 12, 0]
    assert all(len(row) == len(lines.columns) for row in lines.rows)


def test_the_codes_of_a_group_are_said_in_words(small: SmallCounter) -> None:
    view = money_day()
    other = replace(view.groups[0], clearing="77")
    view = replace(view, groups=(*view.groups, other))
    groups = documents.money_book(small.till, view).sheets[1]
    kinds = [row[1] for row in groups.rows]
    assert kinds == ["药店购药 41", "药店购药 41", "药店购药 41", "77"], "no word is made up"
    paper = said(documents.money_paper(small.till, view).blocks)
    assert "职工医保 药店购药 41 经办机构 350199" in paper


def test_partial_stands_in_the_title_of_both(small: SmallCounter) -> None:
    partial, whole = money_day(complete=False), money_day()
    for view, there in ((partial, True), (whole, False)):
        book, paper = (
            documents.money_book(small.till, view),
            documents.money_paper(small.till, view),
        )
        assert ("部分" in str(book.sheets[0].notes)) is there
        assert ("部分" in said(paper.blocks)) is there
    assert "没有对" in said(documents.money_paper(small.till, partial).blocks)


def test_training_marks_file_and_paper(small: SmallCounter) -> None:
    book = documents.money_book(small.till, money_day())
    paper = documents.money_paper(small.till, money_day())
    assert book.filename.startswith("训练")
    assert paper.filename.startswith("训练")
    assert (paper.kind, bool(paper.watermark)) == (PaperKind.A4, True)
    small.till.shop = replace(small.till.shop, training=False)
    live = documents.money_paper(small.till, money_day())
    assert not live.filename.startswith("训练")
    assert not live.watermark


def test_the_signature_stands_on_both(small: SmallCounter) -> None:
    view = signed_day()
    assert "周文静" in said(documents.money_paper(small.till, view).blocks[-1])
    assert "三条已报经办机构" in str(documents.money_book(small.till, view).sheets[0].notes)


def test_a_day_without_differences_says_so(small: SmallCounter) -> None:
    paper = documents.money_paper(small.till, money_day(causes=()))
    assert "没有要处理的差异" in said(paper.blocks)


@pytest.mark.parametrize("kind", list(Fact))
def test_every_fact_has_words(kind: Fact) -> None:
    said = {Fact.OUR_STATE: "settled", Fact.FOUND_AMOUNTS: "122.40 80.00 20.00 22.40"}
    value = said.get(kind, "2026-11-22T04:00:00+00:00")
    text = documents.fact_text(kind, value)
    assert text
    assert "{" not in text
    row = a_row(Cause.ABSENT_HERE, evidence=((kind, value),))
    assert documents.evidence_text(row) == text


def test_a_till_without_a_place_for_tables_says_so(small: SmallCounter) -> None:
    with pytest.raises(OperatorInput) as refused:
        documents.export(small.till, money_day())
    assert refused.value.code is Code.NOT_ALLOWED


def test_keeping_and_printing_name_their_files(small: SmallCounter) -> None:
    kept = KeptBooks()
    small.till.printers = replace(small.till.printers, books=kept)
    view: MoneyView = money_day()
    assert documents.export(small.till, view).files == (f"{kept.books[0].filename}.xlsx",)
    assert documents.print_out(small.till, view).files == (small.tray.papers[-1].filename,)


def test_a_split_that_differs_is_said_where_the_totals_agree(small: SmallCounter) -> None:
    """The fund is charged otherwise than our books have it, of the same bill."""
    apart = replace(sums(5_260), fund=Fen(3_000), account=Fen(682))
    row = a_row(Cause.AMOUNTS_DIFFER, ours=sums(5_260), theirs=apart, difference=Fen(0))
    view = replace(money_day(), rows=(row,))
    paper = said(documents.money_paper(small.till, view).blocks)
    for part in ("本店基金 31.56", "平台基金 30.00", "本店账户 5.26", "平台账户 6.82"):
        assert part in paper
    (line,) = errand.document_of(view, ())["lines"]  # type: ignore[misc]
    assert line["parts"] == [
        {"part": "fund", "local": 3156, "platform": 3000},
        {"part": "account", "local": 526, "platform": 682},
    ]


def test_a_split_that_agrees_is_not_repeated(small: SmallCounter) -> None:
    view = money_day(causes=(Cause.ABSENT_HERE,))
    assert "平台基金" not in said(documents.money_paper(small.till, view).blocks)


def test_no_key_is_promised_for_a_refund_that_is_only_marked(small: SmallCounter) -> None:
    """Without a line of the refund nothing names it: it can be neither reversed nor adopted."""
    marked = a_row(Cause.REFUND_ABSENT_HERE, repair=Repair.ASK, theirs=sums(5_260))
    shown = a_row(Cause.REFUND_ABSENT_HERE, theirs=sums(-5_260), adoptable=True)
    view = replace(money_day(), rows=(marked, shown))
    lines, _ = documents.money_book(small.till, view).sheets
    remedies = [str(row[12]) for row in lines.rows]
    assert ["Alt 6" in text for text in remedies] == [False, True]
    assert ["5203" in text for text in remedies] == [True, False]
    for text in remedies:
        assert text in said(documents.money_paper(small.till, view).blocks)


def test_what_kept_a_group_from_being_compared_is_filed_as_the_page_shows_it(
    small: SmallCounter,
) -> None:
    view = money_day(complete=False)
    (code,) = {group.code for group in view.groups} - {None}
    assert f"没有对 {code}" in said(documents.money_paper(small.till, view).blocks)
    assert documents.money_book(small.till, view).sheets[1].rows[-1][-1] == f"没有对 {code}"
