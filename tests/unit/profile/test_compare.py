"""A region laid open, and what two regions do differently."""

import pytest

from app.profile.compare import Grade, differences, rows_of
from app.profile.loader import load, shipped


@pytest.mark.parametrize("name", shipped())
def test_every_value_has_a_grade_and_a_setter(name: str) -> None:
    rows = rows_of(load(name))
    assert [row.key for row in rows] == sorted(row.key for row in rows)
    own = [row.key for row in rows if row.confidence is Grade.OWN and row.source == ""]
    assert own == []
    assert {row.set_by for row in rows} <= {*shipped()}


def test_the_weakest_mark_counts() -> None:
    rows = {row.key: row for row in rows_of(load("national"))}
    assert rows["core.infver"].confidence is Grade.CONFIRMED
    assert rows["rules.upload_deadline_h"].confidence is Grade.ASSUMED
    assert rows["rxcentre.epc_verify_mode"].confidence is Grade.SINGLE
    assert rows["scanning.scan_gap_ms"].confidence is Grade.PROPOSED
    assert rows["rules.store_mode"].confidence is Grade.SEED
    # S4 gives the number, nobody the shape: what the file says of an operation counts
    assert rows["operations.audit.address"].confidence is Grade.SINGLE


def test_a_region_differs_from_itself_in_nothing() -> None:
    assert differences(load("yunnan"), load("yunnan")) == ()


def test_two_regions_differ_in_what_they_do() -> None:
    found = {one.key: one for one in differences(load("fujian"), load("yunnan"))}
    password = found["voucher.password_mode"]
    assert password.first is not None
    assert password.second is not None
    assert (password.first.value, password.first.set_by) == ("none", "national")
    assert (password.second.value, password.second.set_by) == ("token_after_password", "yunnan")
    assert password.second.source.startswith("S2 4.13")
    assert not any(key.endswith((".source", ".confidence")) for key in found)
    assert not {"id", "name"} & found.keys()


def test_nothing_written_about_an_operation_is_its_default() -> None:
    found = {one.key: one for one in differences(load("fujian"), load("yunnan"))}
    receive = found["operations.receive.enabled"]
    assert receive.second is not None
    assert (receive.second.value, receive.second.set_by) == (True, "")
    assert "operations.sync_delivery.address" not in found
