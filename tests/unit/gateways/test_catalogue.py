"""Catalogues and dictionaries: reviewed messages, streamed files, archives that lie."""

import io
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OutcomeUnknown, PlatformRejected
from app.gateways.goods.listing import rows
from app.ports import catalogue as k
from app.ports.stock import PagePlace
from app.profile.loader import load
from tests.support import platform_parts as parts
from tests.support.platform_parts import with_part
from tests.support.scripted_server import whole

_GOLDEN = Path(__file__).parents[2] / "golden" / "training"
CODE = "XA00AAA000A001010100001"
DAY = date(2025, 5, 31)
PAGED = {
    "query_insured_items": k.Listing.INSURED,
    "query_item_links": k.Listing.ITEM_LINKS,
    "query_store_links": k.Listing.STORE_LINKS,
    "query_price_ceilings": k.Listing.CEILINGS,
    "query_self_pay_shares": k.Listing.SHARES,
}
ASKED = {
    "fetch_drugs": k.FetchList(k.Listing.DRUGS, "202601010001"),
    "fetch_herbs": k.FetchList(k.Listing.HERBS, "202601010001"),
    "download_file": k.DownloadList(k.Listing.DRUGS, "fsi/plc/0001", "1301.zip"),
    "query_dictionary": k.QueryDictionary("insutype", "350200", date(2025, 6, 1)),
    **{name: k.QueryList(listing, DAY, 2, 100) for name, listing in PAGED.items()},
}


def exact(text):
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def golden(operation, kind):
    return exact((_GOLDEN / operation / f"{kind}.json").read_text("utf-8"))


def answered(counter, operation):
    answer = json.loads((_GOLDEN / operation / "response.json").read_text("utf-8"))
    counter.server.then(whole(parts.core_answer(answer)))
    return counter.catalogue(ASKED[operation])


@pytest.mark.parametrize("operation", sorted(ASKED))
def test_requests(counter, operation):
    draft = counter.catalogue(ASKED[operation]).draft
    sent, wanted = exact(draft.wire), golden(operation, "request")
    assert {name: sent[name] for name in wanted} == wanted
    assert draft.operation.value == operation


def test_a_region_that_puts_the_constant_into_the_name(open_counter):
    other = open_counter(with_part(parts.training(), "catalogue", plc_in="filename"))
    sent = json.loads(other.catalogue(ASKED["download_file"]).draft.wire)["input"]["fsDownloadIn"]
    assert (sent["filename"], sent["fixmedins_code"]) == ("plc", "P35020300001")


@pytest.mark.parametrize("operation", ["fetch_drugs", "fetch_herbs"])
def test_where_the_newer_rows_lie(counter, operation):
    found = counter.platform.catalogue.fetch_list(answered(counter, operation)).value
    assert (found.file_query_no, found.count) == ("fsi/plc/0001", 2)


@pytest.mark.parametrize("answer", [{"data_cnt": 0}, {"data_cnt": "0"}, {}])
def test_nothing_newer(counter, answer):
    counter.server.then(whole(parts.core_answer(answer)))
    message = counter.catalogue(ASKED["fetch_drugs"])
    assert counter.platform.catalogue.fetch_list(message).value.count == 0


@pytest.mark.parametrize("answer", [{"data_cnt": 3}, {"data_cnt": "many", "file_qury_no": "1"}])
def test_a_count_without_a_file_proves_nothing(counter, answer):
    counter.server.then(whole(parts.core_answer(answer)))
    with pytest.raises(OutcomeUnknown):
        counter.platform.catalogue.fetch_list(counter.catalogue(ASKED["fetch_drugs"]))


TERMS = {
    "query_item_links": (CODE, f"{CODE}01", "101", ""),
    "query_store_links": ("SKU0001", CODE, "101", ""),
    "query_price_ceilings": (f"{CODE}01", "02", "01", "30.75"),
    "query_self_pay_shares": (f"{CODE}01", "0", "1", "0.1"),
}


@pytest.mark.parametrize("operation", TERMS)
def test_pages_of_terms(counter, operation):
    page = counter.platform.catalogue.query_list(answered(counter, operation)).value
    assert page.place == PagePlace(2, 2, 101, last=True)
    (row,) = page.rows
    assert (row.code, row.other, row.kind, row.value) == TERMS[operation]
    assert (row.begins, row.ends, row.valid) == (date(2000, 1, 1), None, True)


def test_a_page_of_items_and_what_is_remembered_of_it(counter):
    answer = counter.platform.catalogue.query_list(answered(counter, "query_insured_items"))
    assert answer.value.rows == (
        k.Entry("0" * 18 + "42", f"{CODE}01", "示例片", pay_class="02", initials="SLP"),
    )
    assert "示例片" not in answer.facts.kept_reply


def test_a_dictionary(counter):
    words = counter.platform.catalogue.query_dictionary(answered(counter, "query_dictionary")).value
    assert [(word.code, word.valid) for word in words] == [("310", True), ("399", False)]


def test_a_file_comes_bare_and_a_refusal_in_its_envelope(counter):
    archive = packed("x")
    counter.server.then(whole(archive))
    message = counter.catalogue(ASKED["download_file"])
    assert counter.platform.catalogue.download_list(message).value == archive
    counter.server.then(whole(parts.core_answer(None, infcode=-1, err_msg="未查询到文件")))
    with pytest.raises(PlatformRejected):
        counter.platform.catalogue.download_list(counter.catalogue(ASKED["download_file"]))


def packed(text, names=("catalogue.txt",)):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, text.encode())
    return made.getvalue()


RULES = load("national").profile.catalogue


def line(columns=92, **cells):
    found = ["null"] * columns
    for name, text in {"code": CODE, "row_no": "1", "version": "9", **cells}.items():
        found[RULES.columns["drugs"][name] - 1] = text
    return "\t".join(found)


def read(text):
    return list(rows(RULES, k.Listing.DRUGS, packed(text)))


@pytest.mark.parametrize("columns", [83, 92, 97])
def test_columns_are_found_by_place_and_more_are_left_alone(columns):
    (row,) = read(line(columns, name="示例片", valid="0", maker="示例药厂") + "\n")
    assert (row.code, row.name, row.maker) == (CODE, "示例片", "示例药厂")
    assert (row.brand, row.valid, row.version) == ("", False, "9")


def test_a_mark_of_the_byte_order_and_empty_lines_are_no_rows():
    text = "\ufeff" + line(row_no="1") + "\r\n\r\n" + line(row_no="2") + "\r\n"
    assert [row.row_no for row in read(text)] == ["1", "2"]
    assert read(text)[0].code == CODE


@pytest.mark.parametrize(
    "text",
    [line(82 + 1)[:-2].rpartition("\t")[0], line(code="null"), line(row_no="null")],
    ids=["too_few_columns", "no_code", "no_number"],
)
def test_a_row_that_cannot_be_read_proves_nothing(text):
    with pytest.raises(OutcomeUnknown):
        read(text)


@pytest.mark.parametrize(
    "archive",
    [b"PK", b"PK\x03\x04 broken", packed("", names=("a", "b")), packed("x" * (1 << 21))],
    ids=["cut", "broken", "two_files", "endless_line"],
)
def test_an_archive_that_lies_is_refused(archive):
    with pytest.raises(OutcomeUnknown):
        list(rows(RULES, k.Listing.DRUGS, archive))


@given(st.binary(max_size=300))
def test_no_bytes_end_in_anything_but_rows_or_an_unknown(noise):
    small = msgspec.structs.replace(RULES, least_columns={"drugs": 1})
    try:
        list(rows(small, k.Listing.DRUGS, b"PK" + noise))
    except OutcomeUnknown:
        return
    pytest.fail("noise was read as a catalogue")
