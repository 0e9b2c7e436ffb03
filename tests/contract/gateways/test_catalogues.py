"""Every list of the platform, through our codecs and theirs."""

from datetime import date

import pytest

from app.ports import catalogue as k

FIRST = date(2000, 1, 1)


def whole(shop, listing, size=50):
    found, page = [], 1
    while True:
        message = shop.catalogue(k.QueryList(listing, FIRST, page, size))
        answer = shop.platform.catalogue.query_list(message).value
        found += answer.rows
        if answer.place.last:
            assert answer.place.total == len(found)
            return found
        page += 1


def fetched(shop, listing, version="0"):
    asked = shop.catalogue(k.FetchList(listing, version))
    file = shop.platform.catalogue.fetch_list(asked).value
    if file.count == 0:
        return []
    wanted = k.DownloadList(listing, file.file_query_no, file.filename)
    archive = shop.platform.catalogue.download_list(shop.catalogue(wanted)).value
    rows = list(shop.platform.catalogue.rows_of(listing, archive))
    assert len(rows) == file.count
    return rows


def test_drugs_and_herbs_come_as_files(shop):
    drugs, herbs = fetched(shop, k.Listing.DRUGS), fetched(shop, k.Listing.HERBS)
    assert {row.code for row in (*drugs, *herbs)} == {
        drug.national_code for drug in shop.demo.drugs.values()
    }
    known = {drug.national_code: drug for drug in shop.demo.drugs.values()}
    for row in drugs:
        drug = known[row.code]
        assert (row.name, row.brand, row.maker) == (
            drug.generic_name,
            drug.product_name,
            drug.maker,
        )
        assert (row.approval_no, row.unit, row.valid) == (drug.approval_no, drug.pack_unit, True)
    newest = max(row.version for row in drugs)
    assert fetched(shop, k.Listing.DRUGS, newest) == []


def test_a_store_s_code_leads_to_its_price_ceiling(shop):
    """Own code → national code → insurance code → class, ceiling and share (7.5, the chain)."""
    item = shop.demo.items[0]
    own = {row.code: row.other for row in whole(shop, k.Listing.STORE_LINKS)}
    national = own[item.code]
    assert national == item.national_code
    insured = {row.code: row.other for row in whole(shop, k.Listing.ITEM_LINKS)}[national]
    listed = {row.code: row for row in whole(shop, k.Listing.INSURED)}[insured]
    assert (listed.name, listed.pay_class.strip("0")) == (item.generic_name, item.pay_class)
    ceiling = {row.code: row.value for row in whole(shop, k.Listing.CEILINGS)}[insured]
    assert float(ceiling) > float(item.price)
    share = {row.code: row.value for row in whole(shop, k.Listing.SHARES)}[insured]
    assert float(share) * 100 == pytest.approx(item.self_pay_percent)


def test_nothing_changed_since_tomorrow(shop):
    message = shop.catalogue(k.QueryList(k.Listing.INSURED, date(2099, 1, 1), 1, 50))
    answer = shop.platform.catalogue.query_list(message).value
    assert (answer.rows, answer.place.last) == ((), True)


def test_a_dictionary_names_its_codes(shop):
    asked = shop.catalogue(k.QueryDictionary("gend", "350100", date(2026, 1, 1)))
    words = shop.platform.catalogue.query_dictionary(asked).value
    assert [word.code for word in words] == ["0", "1", "2", "9"]
