"""Where words stand on paper: nothing leaves the page, nothing is lost, nothing overlaps."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ports.paper import (
    Loudness,
    Pair,
    Paper,
    PaperKind,
    SignatureLine,
    SignatureRow,
    Text,
    TraceCodes,
)
from devices.printer.blocks import STYLES
from devices.printer.ink import Face, Modules, Page, Shade, Stroke, Word
from devices.printer.layout import lay_out
from devices.printer.wrap import wrap
from tests.support.papers import CODES, a_receipt, a_sheet, training


def measure(text: str, face: Face) -> float:
    """Ideographs are square, everything else half of that."""
    return sum(face.size if ord(c) > 0x2E80 else face.size / 2 for c in text)


def _words(page: Page) -> list[Word]:
    return [mark for mark in page.marks if isinstance(mark, Word)]


@given(st.text("处方药品，。（）ABCabc0123456789 .-/", max_size=120), st.floats(3, 60))
def test_wrapping_loses_nothing_but_spaces(text: str, width: float) -> None:
    face = Face(2.0)
    lines = wrap(text, face, width, measure)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert measure(line, face) <= width or len(line) == 1


def test_numbers_stay_whole_and_commas_do_not_lead() -> None:
    face = Face(2.0)
    assert wrap("结算编号 350100G0000482137705", face, 24, measure) == (
        "结算编号",
        "350100G0000482137705",
    )
    assert wrap("一二三四五，六", face, 10, measure) == ("一二三四", "五，六")
    assert wrap("", face, 10, measure) == ("",)


@pytest.mark.parametrize("kind", [PaperKind.RECEIPT_80, PaperKind.RECEIPT_58])
def test_a_receipt_stays_inside_its_strip(kind: PaperKind) -> None:
    (page,) = lay_out(a_receipt(kind, drugs=5), measure)
    margin = STYLES[kind].margin
    assert page.wide == {PaperKind.RECEIPT_80: 80, PaperKind.RECEIPT_58: 58}[kind]
    for word in _words(page):
        assert word.x >= margin - 0.01
        assert word.x + measure(word.text, word.face) <= page.wide - margin + 0.01
        assert 0 < word.y < page.high
        assert word.shade is Shade.BLACK


def test_words_on_one_line_do_not_overlap() -> None:
    (page,) = lay_out(a_receipt(drugs=3), measure)
    lines: dict[float, list[Word]] = {}
    for word in _words(page):
        lines.setdefault(round(word.y, 2), []).append(word)
    for words in lines.values():
        words.sort(key=lambda w: w.x)
        for left, right in pairwise(words):
            assert left.x + measure(left.text, left.face) <= right.x + 0.01


def test_the_total_is_the_loudest() -> None:
    (page,) = lay_out(a_receipt(), measure)
    total = next(word for word in _words(page) if "164.04" in word.text)
    assert total.face.size == max(word.face.size for word in _words(page))
    assert total.face.size == 2 * STYLES[PaperKind.RECEIPT_80].sizes[Loudness.BODY]


def test_codes_stand_as_seven_and_thirteen() -> None:
    (wide,) = lay_out(a_receipt(PaperKind.RECEIPT_80), measure)
    (narrow,) = lay_out(a_receipt(PaperKind.RECEIPT_58), measure)
    assert "码 8341290 0512873640915" in wide.text()
    assert "码 8341290\n  0512873640915" in narrow.text()


def test_codes_go_two_abreast() -> None:
    paper = Paper(PaperKind.RECEIPT_80, "", "r", (TraceCodes(CODES, columns=2),))
    (page,) = lay_out(paper, lambda text, face: measure(text, face) * 0.8)
    heights = [round(word.y, 2) for word in _words(page) if "码" in word.text]
    assert len(heights) == 3
    assert heights[0] == heights[1] < heights[2]


def test_a_code_of_another_form_is_printed_as_it_is() -> None:
    paper = Paper(PaperKind.RECEIPT_80, "", "r", (TraceCodes(("010690123456789210L7",)),))
    strange = Paper(PaperKind.RECEIPT_80, "", "r", (TraceCodes(("SELF-00042",)),))
    assert "0106901 23456789210L7" in lay_out(paper, measure)[0].text()
    assert "SELF-00042" in lay_out(strange, measure)[0].text()


def test_a_long_left_side_gives_way_to_the_amount() -> None:
    paper = Paper(PaperKind.RECEIPT_58, "", "r", (Pair("很长的药品名称" * 6, "64.20"),))
    words = _words(lay_out(paper, measure)[0])
    assert words[-1].text == "64.20" or words[-2].text == "64.20"
    assert len({round(w.y, 2) for w in words}) > 1


def test_a_long_prescription_flows_to_further_pages() -> None:
    pages = lay_out(a_sheet(drugs=30), measure)
    assert len(pages) == 3 or len(pages) == 2
    texts = "\n".join(page.text() for page in pages)
    for number in range(1, 31):
        assert texts.count(f"{number}. 瑞格列奈片") >= 1
    for number, page in enumerate(pages, 1):
        assert f"第 {number} / {len(pages)} 页" in page.text()
        assert all(word.y < page.high for word in _words(page))
        assert all(mark.y2 < page.high for mark in page.marks if isinstance(mark, Stroke))
    assert "药店留存" in pages[-1].text()


def test_the_foot_of_the_pharmacy_stands_at_the_foot() -> None:
    (page,) = lay_out(a_sheet(drugs=1), measure)
    code = next(mark for mark in page.marks if isinstance(mark, Modules))
    assert code.y > page.high * 0.75


def test_a_reprint_says_so_once_and_a_first_print_does_not() -> None:
    for paper in (a_sheet(), a_receipt(), a_receipt(PaperKind.RECEIPT_58)):
        assert "副本" not in lay_out(paper, measure)[0].text()
        again = lay_out(replace(paper, copy_no=3), measure)[0].text()
        assert again.count("副本　第 3 次打印") == 1


def test_the_title_is_the_first_word_of_the_first_page_only() -> None:
    pages = lay_out(a_sheet(drugs=30), measure)
    assert pages[0].text().startswith("示范医院\n")
    assert all("示范医院" not in page.text() for page in pages[1:])
    assert lay_out(a_receipt(), measure)[0].text().startswith("示范大药房\n")


def test_the_corner_stands_beside_the_title() -> None:
    (page,) = lay_out(a_sheet(), measure)
    corner = next(word for word in _words(page) if word.text == "普通")
    title = next(word for word in _words(page) if word.text == "示范医院")
    assert abs(corner.y - title.y) < title.face.size
    assert corner.x > title.x + measure(title.text, title.face)


def test_four_signatures_stand_two_by_two_with_room_for_a_hand() -> None:
    lines = tuple(
        SignatureLine(label) for label in ("开方医师", "审核药师", "调配药师", "发药药师")
    )
    (page,) = lay_out(Paper(PaperKind.A4, "", "s", (SignatureRow(lines),)), measure)
    strokes = [mark for mark in page.marks if isinstance(mark, Stroke)]
    assert len({round(s.y, 1) for s in strokes}) == 2
    assert all(s.x2 - s.x > 40 for s in strokes)


def test_a_code_may_come_spoken() -> None:
    bare, spoken = (
        lay_out(Paper(PaperKind.RECEIPT_58, "", "r", (TraceCodes((code,)),)), measure)[0]
        for code in ("83412900512873640915", "8341290 0512873640915")
    )
    assert bare == spoken


def test_training_is_written_across_every_page() -> None:
    for page in lay_out(training(a_sheet(drugs=30)), measure):
        across = [word for word in _words(page) if word.angle]
        assert [word.text for word in across] == ["训练作废"]
        assert page.text().count("训练打印，不得作为凭据") == 2


def test_training_is_written_every_twelve_centimetres_of_a_receipt() -> None:
    (page,) = lay_out(training(a_receipt(drugs=20)), measure)
    across = sorted(word.y for word in _words(page) if word.angle)
    assert len(across) == -(-int(page.high) // 120)
    assert all(b - a <= 120.01 for a, b in pairwise(across))
    assert all(w.shade is Shade.OUTLINE for w in _words(page) if w.angle)


def test_a_paper_without_blocks_is_still_a_page() -> None:
    for kind in PaperKind:
        assert len(lay_out(Paper(kind, "", "x", ()), measure)) == 1
    (page,) = lay_out(Paper(PaperKind.A4, "", "x", (Text(""),)), measure)
    assert page.high == 297
