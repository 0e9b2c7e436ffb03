from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.money import quantity
from app.domain.prescription import (
    DocumentKind,
    ItemKind,
    RxLine,
    RxNumber,
    RxScheme,
    RxState,
    RxSummary,
    document_kind,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ROW = RxSummary(
    RxNumber("310"),
    "k",
    RxState.AVAILABLE,
    "",
    "医院",
    "内科",
    "李",
    "I10",
    RxScheme.DUAL_CHANNEL,
    NOW,
    NOW + timedelta(days=3),
    ("a",),
    None,
)


@pytest.mark.parametrize("text", ["310120021567976351808000000369", "A-1", "0"])
def test_prescription_numbers_stay_texts(text: str) -> None:
    assert RxNumber(text) == text


@pytest.mark.parametrize("text", ["", " 1", "1\n", "处方", "x" * 41, "1/2"])
def test_other_texts_are_no_prescription_number(text: str) -> None:
    with pytest.raises(ValueError, match="prescription number"):
        RxNumber(text)


@pytest.mark.parametrize("state", RxState)
def test_a_listed_prescription_expires_in_hand(state: RxState) -> None:
    row = replace(ROW, state=state)
    end = row.valid_until
    assert row.state_at(end - timedelta(seconds=1)) is state
    expires = state in (RxState.AVAILABLE, RxState.OURS)
    assert row.state_at(end) is (RxState.EXPIRED if expires else state)


def test_time_left_goes_below_nothing() -> None:
    assert ROW.left(NOW) == timedelta(days=3)
    assert ROW.left(NOW + timedelta(days=4)) == timedelta(days=-1)


@pytest.mark.parametrize(("amount", "boxes"), [("2", 2), ("0.5", None)])
def test_boxes_of_a_line(amount: str, boxes: int | None) -> None:
    line = RxLine(
        0,
        "X",
        ItemKind.WESTERN,
        "n",
        "",
        "",
        "",
        "",
        quantity(amount),
        "盒",
        "",
        "",
        "",
        "",
        "",
        False,
        None,
        False,
    )
    assert line.boxes == boxes


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", DocumentKind.PDF),
        (b"PK\x03\x04rest", DocumentKind.OFD),
        (b"<html>", DocumentKind.UNKNOWN),
        (b"", DocumentKind.UNKNOWN),
    ],
)
def test_documents_are_told_by_their_first_bytes(content: bytes, kind: DocumentKind) -> None:
    assert document_kind(content) is kind
