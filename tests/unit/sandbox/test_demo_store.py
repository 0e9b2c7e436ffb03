"""The scenario file: real shapes, right check digits, nothing sold twice, nothing left dangling."""

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain

import pytest

from app.domain.access import Role
from app.domain.credential import id_number_valid
from app.domain.goods.codes import ean_valid
from app.profile.loader import load
from resources import scenarios
from resources.scenarios import DemoLot, DemoStore, load_demo_store, trace_codes

TODAY = date(2026, 11, 22)
STATES = {
    "valid",
    "soon_expiring",
    "expired",
    "undone",
    "used",
    "held",
    "refused",
    "unsettled",
}


@pytest.fixture(scope="module")
def demo() -> DemoStore:
    return load_demo_store(TODAY)


def card_check(card_no: str) -> str:
    """identity-and-devices 3.8."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(c, 36) * w for c, w in zip(card_no[:8], weights, strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def test_sizes_promised_to_the_other_rooms(demo: DemoStore) -> None:
    assert len(demo.items) >= 60
    assert len(demo.persons) == 12
    assert len(demo.pharmacists) == 3
    assert len(demo.prescriptions) == 20
    assert {p.state for p in demo.prescriptions} == STATES


def test_codes_have_their_shapes(demo: DemoStore) -> None:
    for drug in demo.drugs.values():
        assert re.fullmatch(r"X[A-Z0-9]{22}|Z[A-Z0-9]{19}", drug.national_code), drug.code
        assert re.fullmatch(r"国药准字[HZ][0-9]{8}", drug.approval_no), drug.code
    for item in demo.items:
        assert ean_valid(item.product_barcode), item.code
        assert item.product_barcode.startswith("69")
        assert all(re.fullmatch(r"8[0-9]{6}", p) for p in item.drug_prefixes + item.case_prefixes)


@pytest.mark.parametrize("field", ["code", "national_code", "product_barcode", "approval_no"])
def test_no_code_is_given_twice(demo: DemoStore, field: str) -> None:
    seen = Counter(getattr(item, field) for item in demo.items)
    assert {code: n for code, n in seen.items() if n > 1} == {}


def test_prefixes_belong_to_one_item_and_one_level(demo: DemoStore) -> None:
    prefixes = list(chain.from_iterable(i.drug_prefixes + i.case_prefixes for i in demo.items))
    assert len(prefixes) == len(set(prefixes))


def test_people_have_valid_identity_numbers_and_cards(demo: DemoStore) -> None:
    people = [*demo.persons, *demo.pharmacists, *demo.doctors]
    numbers = [p.id_no for p in people] + [demo.hospital.pharmacist_id_no]
    assert all(id_number_valid(n) and n.startswith("350100") for n in numbers)
    assert len(set(numbers)) == len(numbers)
    for person in demo.persons:
        assert person.id_no[6:14] == person.birth_date.strftime("%Y%m%d")
        assert int(person.id_no[16]) % 2 == int(person.gender) % 2
        assert person.card_no[8] == card_check(person.card_no)
        assert re.fullmatch(r"[0-9A-F]{32}", person.card_serial)


def test_the_persons_cover_the_insurance_cases(demo: DemoStore) -> None:
    rows = [row for p in demo.persons for row in p.insurances]
    assert any(Decimal(row.balance) == 0 and row.status == "1" for row in rows)
    assert sum(row.account_frozen for row in rows) == 1
    assert any(row.status != "1" for row in rows)
    assert any(row.area != rows[0].area for row in rows)


def test_every_table_key_is_known_to_the_region(demo: DemoStore) -> None:
    tables = load("fujian", "training").profile.tables
    assert {d.pay_class for d in demo.drugs.values()} <= tables["pay_class"].keys()
    assert {d.kind for d in demo.drugs.values()} <= tables["rx_item_kind"].keys()
    assert {p.scheme for p in demo.prescriptions} <= tables["rx_scheme"].keys()
    kinds = {row.kind for p in demo.persons for row in p.insurances}
    assert kinds <= tables["insurance_kind"].keys()


def test_operators_have_known_roles_and_nobody_holds_all(demo: DemoStore) -> None:
    codes = {p.code for p in demo.pharmacists}
    for operator in demo.operators:
        roles = {Role(name) for name in operator.roles}
        assert roles < set(Role)
        assert (Role.PHARMACIST in roles) == (operator.pharmacist in codes)
    assert len({o.login for o in demo.operators}) == len(demo.operators)
    assert {r for o in demo.operators for r in o.roles} == {r.value for r in Role}


def test_lots_include_expired_near_expiry_and_held_goods(demo: DemoStore) -> None:
    lots = [lot for item in demo.items for lot in item.lots]
    soon = TODAY + timedelta(days=90)
    assert any(lot.expires_on < TODAY for lot in lots)
    assert any(TODAY < lot.expires_on <= soon for lot in lots)
    assert any(lot.held for lot in lots)
    assert all(lot.made_on < TODAY and lot.made_on < lot.expires_on for lot in lots)
    assert len({lot.upload_lot for lot in lots}) == len(lots)


def test_no_pack_shares_its_trace_code(demo: DemoStore) -> None:
    codes = [c for item in demo.items for lot in item.lots for c in trace_codes(lot)]
    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"8[0-9]{19}", code) for code in codes)


def test_trace_codes_follow_the_documented_rule() -> None:
    lot = DemoLot("A1", "PC1", TODAY, TODAY, 2, "A01", item="SP1", prefix="8990011")
    # printf 'SP1/A1' | sha256sum, as a whole number modulo 100 000 000
    assert trace_codes(lot) == ("89900113218732500001", "89900113218732500002")


def test_more_packs_than_serials_is_refused() -> None:
    lot = DemoLot("A1", "PC1", TODAY, TODAY, 100_000, "A01", item="SP1", prefix="8990011")
    with pytest.raises(ValueError, match="serial"):
        trace_codes(lot)


def test_the_store_can_fill_a_valid_prescription(demo: DemoStore) -> None:
    stock = {
        item.code: sum(x.quantity for x in item.lots if x.expires_on > TODAY and not x.held)
        for item in demo.items
    }
    live = [p for p in demo.prescriptions if p.state == "valid"]
    fillable = [
        p
        for p in live
        if all(line.drug in stock and int(line.amount) <= stock[line.drug] for line in p.lines)
    ]
    assert len(fillable) >= 6
    assert any(line.drug not in stock for p in live for line in p.lines)


def test_prescriptions_name_known_people_and_drugs(demo: DemoStore) -> None:
    persons = {p.key for p in demo.persons}
    doctors = {d.key for d in demo.doctors}
    for rx in demo.prescriptions:
        assert rx.person in persons
        assert rx.doctor in doctors
        assert 1 <= len(rx.lines) <= 4
        for line in rx.lines:
            drug = demo.drugs[line.drug]
            assert line.unit in (drug.pack_unit, drug.split_unit)


def test_hours_and_validity_agree_with_the_state(demo: DemoStore) -> None:
    for rx in demo.prescriptions:
        left = rx.valid_days * 24 - rx.issued_hours_ago
        if rx.state == "expired":
            assert left < 0
        elif rx.state == "soon_expiring":
            assert 0 < left <= 4
        else:
            assert left > 4


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"split_factor": "30"}, "split_factor"),
        ({"lots": "none"}, "lots"),
        ({"lots": [{"made_on": "yesterday"}]}, "made_on"),
    ],
)
def test_a_wrong_file_is_refused_by_name(
    change: dict[str, object], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = dict(scenarios._read())
    tree["items"] = [{**tree["items"][0], **change}]
    monkeypatch.setattr(scenarios, "_own_lots", lambda item: item)
    monkeypatch.setattr(scenarios, "_read", lambda: tree)
    with pytest.raises(ValueError, match=named):
        load_demo_store(TODAY)
