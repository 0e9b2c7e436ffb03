"""Entitlement, lines as settled and the check ahead, through our codecs and theirs."""

from datetime import UTC, datetime

from app.ports import insurance as i


def test_who_is_insured_is_entitled_and_who_is_not_hears_why(shop):
    found = {}
    for person in shop.demo.persons:
        _, insured = shop.identify(person.id_no)
        kind = person.insurances[0].kind
        asked = i.CheckEntitlement(insured, shop.area(insured), kind, datetime.now(UTC))
        (row,) = shop.platform.insurance.check_entitlement(shop.insurance(asked)).value
        found[person.insurances[0].status] = row
        assert row.entitled is (person.insurances[0].status == "1")
    assert set(found) > {"1"}
    assert all(row.reason for status, row in found.items() if status != "1")


def test_lines_can_be_asked_for_after_the_settlement(shop, buyer):
    credential, person = shop.identify(buyer)
    bill = shop.bill(credential, person, shop.line(1), shop.line(2))
    for line in bill.lines:
        shop.upload(bill, line)
    agreed = shop.presettle(bill)
    settled = shop.settle(bill, agreed)
    asked = i.QueryFees(
        person, bill.insured_area, settled.facts.settlement_id, settled.facts.visit_id
    )
    rows = shop.platform.insurance.query_fees(shop.insurance(asked)).value
    assert [row.serial for row in rows] == [
        f"{bill.receipt_no}-{line.index}" for line in bill.lines
    ]
    assert sum(row.amount for row in rows) == bill.total
    assert [row.in_scope for row in rows] == [share.in_scope for share in agreed.estimate.shares]


def test_a_bill_is_checked_ahead_of_its_settlement(shop, buyer):
    credential, person = shop.identify(buyer)
    bill = shop.bill(credential, person, shop.line())
    asked = shop.insurance(i.CheckAhead(bill, ""))
    concerns = shop.platform.insurance.check_ahead(asked).value
    assert all(concern.text for concern in concerns)
