"""The local catalogue: rows with their mark, found by letters, numbers and words."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.ports.catalogue import Entry, Listing, ListMark, Term
from localdb.catalogue.store import SqlCatalogue
from localdb.catalogue.wording import asked_words, pairs
from tests.support.initials import initials

KEY = bytes(range(32))
MARK = ListMark(Listing.INSURED, date(2000, 1, 1), "", 3, 300, 900, date(2026, 1, 1), None)
TABLETS = Entry("1", "XA01AA0001", "阿莫西林胶囊", "阿莫仙", maker="示例药厂")
OTHER = Entry("2", "XB02BB0002", "苯磺酸氨氯地平片", initials="BHSALDPP")
GLUE = Entry("3", "T001", "阿胶", valid=False)
CREAM = Entry("4", "XC03", "999皮炎平", "三九")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqlCatalogue]:
    opened = SqlCatalogue.open(tmp_path, "shop", KEY, initials())
    opened.take(MARK, (TABLETS, OTHER, GLUE, CREAM))
    yield opened
    opened.close()


def names(catalogue: SqlCatalogue, typed: str) -> list[str]:
    return [hit.entry.name for hit in catalogue.search(typed)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("amx", ["阿莫西林胶囊"]),
        ("AMXLJN", ["阿莫西林胶囊"]),
        ("amxian", []),
        ("ej", ["阿胶"]),
        ("bhs", ["苯磺酸氨氯地平片"]),
        ("xa01", ["阿莫西林胶囊"]),
        ("XB02BB0002", ["苯磺酸氨氯地平片"]),
        ("阿", ["阿莫西林胶囊", "阿胶"]),
        ("西林", ["阿莫西林胶囊"]),
        ("阿莫仙", ["阿莫西林胶囊"]),
        ("氯地平 片", ["苯磺酸氨氯地平片"]),
        ("地平氯", []),
        ("999", ["999皮炎平"]),
        ("９９９皮", ["999皮炎平"]),
        ("sj", ["999皮炎平"]),
        ("", []),
        ("  ", []),
        ('" OR words : "', []),
        ("阿*", ["阿莫西林胶囊", "阿胶"]),
        ("%", []),
    ],
)
def test_what_is_typed_is_found(catalogue: SqlCatalogue, typed: str, found: list[str]) -> None:
    assert sorted(names(catalogue, typed)) == sorted(found)


def test_a_barcode_finds_the_items_of_the_store_first(catalogue: SqlCatalogue) -> None:
    catalogue.learn_barcodes([("6901234567892", OTHER.code), ("", "XA01AA0001")])
    (hit,) = catalogue.search("69012345")
    assert (hit.entry.name, hit.carried) == (OTHER.name, True)
    twin = Entry("9", "XA01AA0009", "阿莫西林片")
    catalogue.take(MARK, (twin,))
    catalogue.learn_barcodes([("6900000000014", twin.code)])
    assert names(catalogue, "amxl") == ["阿莫西林片", "阿莫西林胶囊"]
    assert catalogue.search("69012345") == ()


def test_a_row_that_comes_again_takes_the_place_of_the_old_one(catalogue: SqlCatalogue) -> None:
    renamed = Entry("1", "XA01AA0001", "头孢克肟分散片")
    catalogue.take(MARK, (renamed, renamed))
    assert names(catalogue, "amx") == names(catalogue, "阿莫") == names(catalogue, "阿莫仙") == []
    assert names(catalogue, "tbk") == names(catalogue, "克肟") == ["头孢克肟分散片"]
    assert catalogue.count(Listing.INSURED) == 4


def test_the_same_number_in_another_list_is_another_row(catalogue: SqlCatalogue) -> None:
    catalogue.take(
        ListMark(Listing.DRUGS, date(2000, 1, 1), "1", 1, 1, 1, date(2026, 1, 1), None),
        (Entry("1", "XA01AA0001", "阿莫西林胶囊"),),
    )
    assert {hit.listing for hit in catalogue.search("amx")} == {Listing.INSURED, Listing.DRUGS}


def test_the_mark_is_kept_with_its_rows(catalogue: SqlCatalogue, tmp_path: Path) -> None:
    assert catalogue.mark(Listing.INSURED) == MARK
    assert catalogue.mark(Listing.HERBS) is None
    ended = ListMark(
        Listing.INSURED,
        date(2000, 1, 1),
        "7",
        0,
        9,
        9,
        date(2026, 2, 1),
        datetime(2026, 2, 1, tzinfo=UTC),
    )
    catalogue.take(ended, ())
    catalogue.close()
    again = SqlCatalogue.open(tmp_path, "shop", KEY, initials())
    try:
        assert again.mark(Listing.INSURED) == ended
        assert names(again, "ej") == ["阿胶"]
    finally:
        again.close()


def test_terms_are_read_by_code(catalogue: SqlCatalogue) -> None:
    term = Term("1", "XA0101", "02", "01", "30.75", "350200", date(2024, 1, 1), None)
    mark = ListMark(Listing.CEILINGS, date(2000, 1, 1), "", 1, 1, 1, date(2026, 1, 1), None)
    catalogue.take(mark, (term,))
    assert catalogue.terms(Listing.CEILINGS, "XA0101") == (term,)
    assert catalogue.terms(Listing.SHARES, "XA0101") == ()
    assert catalogue.count(Listing.CEILINGS) == 1


def test_a_file_is_whole_or_not_there(catalogue: SqlCatalogue) -> None:
    assert catalogue.file(Listing.DRUGS) is None
    catalogue.keep_file(Listing.DRUGS, b"PK one")
    catalogue.keep_file(Listing.DRUGS, b"PK two")
    assert catalogue.file(Listing.DRUGS) == b"PK two"
    catalogue.drop_file(Listing.DRUGS)
    catalogue.drop_file(Listing.DRUGS)
    assert catalogue.file(Listing.DRUGS) is None


@pytest.mark.parametrize("spoil", ["key", "bytes", "shape"])
def test_what_cannot_be_read_is_fetched_again(tmp_path: Path, spoil: str) -> None:
    first = SqlCatalogue.open(tmp_path, "shop", KEY, initials())
    first.take(MARK, (TABLETS,))
    if spoil == "shape":
        with first._writing() as connection:
            connection.exec_driver_sql("PRAGMA user_version = 99")
    first.close()
    if spoil == "bytes":
        (tmp_path / "shop.catalogue").write_bytes(b"nothing" * 2000)
    key = bytes(32) if spoil == "key" else KEY
    again = SqlCatalogue.open(tmp_path, "shop", key, initials())
    try:
        assert again.mark(Listing.INSURED) is None
        assert again.search("amx") == ()
    finally:
        again.close()


def test_no_name_is_readable_on_disk(catalogue: SqlCatalogue, tmp_path: Path) -> None:
    catalogue.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "阿莫西林".encode() not in stored


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=12))
def test_nothing_typed_breaks_the_search(catalogue: SqlCatalogue, typed: str) -> None:
    assert len(catalogue.search(typed)) <= 50


@given(st.text(max_size=20))
def test_a_question_holds_no_grammar_of_what_was_typed(typed: str) -> None:
    asked = asked_words(typed)
    assert asked.count('"') % 2 == 0
    for part in asked.split('"')[1::2]:
        assert all(char.isalnum() or char == " " for char in part)


def test_pairs_are_neighbours_only() -> None:
    assert pairs("阿莫 西林") == "阿莫 西林"


def test_nobody_else_on_the_machine_reads_the_lists(
    catalogue: SqlCatalogue, tmp_path: Path
) -> None:
    assert names(catalogue, "amx")
    there = [file for file in tmp_path.iterdir() if file.name.startswith("shop.catalogue")]
    assert len(there) >= 1
    assert {file.stat().st_mode & 0o077 for file in there} == {0}
