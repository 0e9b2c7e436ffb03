"""The trail of a sale as regions ask for it and answer it."""

import pytest

from app.gateways.envelopes.strict_json import Json, WireNumber
from app.gateways.fields import Fields
from app.gateways.wording.sale import query_trail, trail_found
from app.ports import requests as q
from app.ports.replies import TrailRow
from tests.support import platform_parts as parts

ROW: dict[str, Json] = {
    "drugTracCodg": "80000000000000000001",
    "fixmedinsBchno": "B20250101001",
    "rtalDocno": "S202506010001",
    "mdtrtId": "V1",
    "invDataType": "4",
    "cnt": WireNumber("-1.00"),
}


def asked() -> q.QueryTrail:
    sale, day = parts.upload_sale(), parts.line().made_on
    return q.QueryTrail(sale.line, "80000000000000000001", sale.buyer, sale.receipt_no, day, day)


def test_what_every_edition_demands_is_asked() -> None:
    sent = query_trail(asked(), "P35010000001")["data"]
    assert isinstance(sent, dict)
    assert sent["fixmedins_code"] == "P35010000001"
    assert sent["drug_trac_codg"] == "80000000000000000001"
    assert sent["fixmedins_bchno"] == "B20250101001"
    assert (sent["begndate"], sent["enddate"]) == ("2025-01-01", "2025-01-01")
    assert sent["psn_cert_type"]
    assert "certno" not in sent, "the number of the person is enough"


@pytest.mark.parametrize("snake", [True, False])
def test_a_sale_is_read_in_both_spellings(snake: bool) -> None:
    row: dict[str, Json] = dict(ROW)
    if snake:
        row |= {"drug_trac_codg": row.pop("drugTracCodg"), "rtal_docno": row.pop("rtalDocno")}
    found = trail_found(Fields({"data": [row]}))
    assert found.rows == (
        TrailRow("80000000000000000001", "B20250101001", "S202506010001", "V1", returned=False),
    )
    assert found.complete


def test_a_return_counts_upwards() -> None:
    (row,) = trail_found(Fields({"data": [{**ROW, "cnt": WireNumber("1")}]})).rows
    assert row.returned is True


def test_a_region_without_counts_says_no_direction() -> None:
    plain: dict[str, Json] = {name: value for name, value in ROW.items() if name != "cnt"}
    (row,) = trail_found(Fields({"data": plain})).rows
    assert row.returned is None


def test_counts_and_purchases_are_no_sale() -> None:
    others: list[Json] = [{**ROW, "invDataType": kind} for kind in ("1", "2", "3")]
    assert trail_found(Fields({"data": others})).rows == ()


@pytest.mark.parametrize(("last", "complete"), [("true", True), ("false", False), ("", True)])
def test_pages_that_were_not_read_are_told(last: str, complete: bool) -> None:
    assert trail_found(Fields({"data": [], "lastPage": last})).complete is complete
