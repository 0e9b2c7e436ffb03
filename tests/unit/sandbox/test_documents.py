"""The sheet a hospital has sealed: one page, readable, marked as training."""

from dataclasses import replace

import pypdfium2
import pytest
import zxingcpp

from app.sandbox.documents import Sheet, SheetLine, prescription_pdf, words

SHEET = Sheet(
    hospital="训练市第一人民医院",
    rx_number="350100202611221534000000000001",
    rx_trace_code="20261122153400000001",
    visit_no="MZRX01",
    name="甄示例",
    gender="1",
    age="58.7",
    weight_kg="54.0",
    department="内分泌科",
    scheme="门诊统筹",
    diagnosis="2型糖尿病",
    allergies="",
    issued_at="2026-11-22 12:34:00",
    valid_until="2026-11-25 12:34:00",
    doctor="高医示",
    pharmacist="叶药审",
    lines=(SheetLine("盐酸二甲双胍片 0.5g*30片", "2盒", "口服，每次0.5g，每日3次，用药20天"),),
)


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    try:
        assert len(document) == 1
        page = document[0].get_textpage()
        text: str = page.get_text_range()
        page.close()
        return text
    finally:
        document.close()


def test_everything_on_the_sheet_can_be_read_back() -> None:
    text = text_of(prescription_pdf(SHEET))
    for wanted in (
        SHEET.hospital,
        SHEET.rx_number,
        SHEET.rx_trace_code,
        SHEET.name,
        SHEET.diagnosis,
        SHEET.doctor,
        SHEET.pharmacist,
        SHEET.valid_until,
        SHEET.lines[0].drug,
        SHEET.lines[0].usage,
        "男",
        "Rp",
    ):
        assert wanted in text


def test_training_paper_says_so() -> None:
    text = text_of(prescription_pdf(SHEET))
    assert words()["training"] in text
    assert words()["training_note"] in text


def test_the_symbol_on_the_sheet_is_the_trace_code_of_the_prescription() -> None:
    document = pypdfium2.PdfDocument(prescription_pdf(SHEET))
    picture = document[0].render(scale=3).to_numpy()
    document.close()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [SHEET.rx_trace_code]


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert prescription_pdf(SHEET) == prescription_pdf(SHEET)
    assert prescription_pdf(SHEET) != prescription_pdf(replace(SHEET, name="贾虚构"))


def test_four_drugs_fit_and_keep_clear_of_the_signatures() -> None:
    lines = tuple(SheetLine(f"药品{n}", "1盒", "口服") for n in range(4))
    text = text_of(prescription_pdf(replace(SHEET, lines=lines)))
    assert all(f"{n + 1}. 药品{n}" in text for n in range(4))


@pytest.mark.parametrize("count", [0, 5])
def test_more_than_a_sheet_holds_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="four"):
        prescription_pdf(replace(SHEET, lines=SHEET.lines * count))
