"""What is filed of a compared day of stock: every cause in words, partial in the title, drafts."""

from dataclasses import replace

import pytest

from app.domain.books.stock import Acceptance, Remedy, StockCause, StockFact
from app.domain.errors import Code, OperatorInput
from app.domain.money import packs, quantity
from app.ports.paper import PaperKind
from app.workflow.papers.words import word
from app.workflow.stock_reconciling import documents
from app.workflow.stock_reconciling.words import draft_text, fact_text
from tests.support.small_counter import SmallCounter
from tests.support.stock_day_views import (
    a_day,
    a_draft,
    a_finding,
    findings_of,
    not_compared,
    signed_day,
)
from tests.support.views import NOW


def said(paper: object) -> str:
    return str(paper)


def test_the_table_says_every_cause_in_its_own_words(small: SmallCounter) -> None:
    findings = findings_of(tuple(StockCause))
    view = a_day(tuple(StockCause))
    lines, reasons = documents.stock_book(small.till, view, findings).sheets
    assert len({row[12] for row in lines.rows}) == len(StockCause), "no two causes read alike"
    assert [row[6:10] for row in lines.rows] == [(38, 41, -3, 5_820)] * len(findings)
    assert len(reasons.rows) == len(findings)
    for sheet in (lines, reasons):
        assert all(len(row) == len(sheet.columns) for row in sheet.rows)


def test_the_replayed_sum_and_who_let_it_stand_are_filed(small: SmallCounter) -> None:
    found = a_finding(StockCause.SALE_LOST)
    line = (found.store_code, found.upload_lot, found.figures)
    word_given = Acceptance(*line, NOW, 3, "周文静", "盘点后再看")
    findings = (replace(found, accepted=word_given),)
    view = a_day((StockCause.SALE_LOST,))
    row = documents.stock_book(small.till, view, findings).sheets[0].rows[0]
    assert row[13] == "按收下的报文重算：上次盘点 60，采购 1 笔 2，销售 8 笔 -21，应为 41"
    assert "周文静" in row[14]
    assert row[14].endswith("接受差异：盘点后再看")
    paper = said(documents.stock_paper(small.till, view, findings))
    assert row[13] in paper
    assert row[14] in paper


def test_a_missing_side_is_empty_and_a_part_of_a_pack_is_exact(small: SmallCounter) -> None:
    found = a_finding(StockCause.UNKNOWN_LOT_THERE, ours=None, theirs=quantity("2.5"))
    lines, _ = documents.stock_book(small.till, a_day(), (found,)).sheets
    assert lines.rows[0][6:9] == (None, "2.5", "-2.5")


def test_a_second_cause_is_counted_and_told_beside(small: SmallCounter) -> None:
    one = a_finding(StockCause.SALE_LOST)
    two = a_finding(StockCause.RETURN_NOT_TOLD)
    found = replace(one, reasons=(*one.reasons, *two.reasons))
    lines, reasons = documents.stock_book(small.till, a_day(), (found,)).sheets
    assert "另有 1 个原因" in str(lines.rows[0][12])
    assert len(reasons.rows) == 2


def test_partial_stands_in_the_title_of_both(small: SmallCounter) -> None:
    for complete in (False, True):
        view = a_day(complete=complete)
        book = documents.stock_book(small.till, view, findings_of())
        paper = documents.stock_paper(small.till, view, findings_of())
        assert ("部分：1 页" in str(book.sheets[0].notes)) is not complete
        assert ("部分：1 页" in said(paper.blocks)) is not complete


def test_training_marks_file_and_paper(small: SmallCounter) -> None:
    paper = documents.stock_paper(small.till, a_day(), findings_of())
    assert paper.filename.startswith("训练")
    assert (paper.kind, bool(paper.watermark)) == (PaperKind.A4, True)
    small.till.shop = replace(small.till.shop, training=False)
    live = documents.stock_paper(small.till, a_day(), findings_of())
    assert not live.filename.startswith("训练")
    assert not live.watermark


def test_the_signature_and_what_was_sent_stand_on_both(small: SmallCounter) -> None:
    view = signed_day()
    assert view.signed
    one = a_finding(StockCause.SALE_LOST)
    draft = replace(a_draft(StockCause.SALE_LOST), applied_at=view.signed[0].at, applied_by="钱")
    found = replace(one, reasons=(replace(one.reasons[0], draft=draft),))
    paper = said(documents.stock_paper(small.till, view, (found,)).blocks)
    assert "三条已补发" in paper
    assert "已发出更正" in paper
    assert "三条已补发" in str(documents.stock_book(small.till, view, (found,)).sheets[0].notes)


def test_a_day_without_differences_says_so(small: SmallCounter) -> None:
    assert "没有要处理的差异" in said(documents.stock_paper(small.till, a_day(()), ()).blocks)
    assert documents.stock_book(small.till, not_compared(), ()).filename.endswith("第0次")


@pytest.mark.parametrize("kind", list(StockFact))
def test_every_fact_has_words(kind: StockFact) -> None:
    text = fact_text(word, kind, "2026-11-22T04:00:00+00:00")
    assert text
    assert "{" not in text
    assert "T04" not in text or kind not in (StockFact.HAPPENED_AT, StockFact.ON_FILE_AT)


@pytest.mark.parametrize("remedy", list(Remedy))
def test_every_remedy_has_words(remedy: Remedy) -> None:
    draft = replace(a_draft(StockCause.SALE_LOST), remedy=remedy, quantity=packs(3))
    text = draft_text(word, draft)
    assert text
    assert "{" not in text


def test_a_till_without_a_place_for_tables_says_so(small: SmallCounter) -> None:
    with pytest.raises(OperatorInput) as refused:
        documents.export(small.till, a_day(), findings_of())
    assert refused.value.code is Code.NOT_ALLOWED


def test_printing_names_its_file(small: SmallCounter) -> None:
    filed = documents.print_out(small.till, a_day(), findings_of()).files
    assert filed == (small.tray.papers[-1].filename,)
