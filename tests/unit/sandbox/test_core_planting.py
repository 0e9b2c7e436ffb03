"""Faults planted in the platform's books, seen by a plain foreign client."""

from typing import Any

import pytest

from app.sandbox.core.money.planting import Plant
from tests.support.core_bill import bill, item, line, person
from tests.support.core_client import CoreClient


def settle(counter: CoreClient, serial: str, code: int) -> dict[str, Any]:
    content = bill(person(), line(serial, item(), 1, code))
    found: dict[str, Any] = counter.output("settle", content)["setlinfo"]
    return found


def states(counter: CoreClient) -> dict[str, int]:
    found: dict[str, int] = counter.control("state", {})["settlements"]
    return found


def revoke(counter: CoreClient, head: dict[str, Any]) -> dict[str, Any]:
    keys = {key: head[key] for key in ("psn_no", "setl_id", "mdtrt_id")}
    found: dict[str, Any] = counter.output("revoke_settlement", {"data": keys})["setlinfo"]
    return found


def reverse(counter: CoreClient, planted: dict[str, Any], number: str) -> None:
    keys = {"psn_no": planted["psn_no"], "omsgid": planted["msgid"], "oinfno": number}
    counter.output("reverse", {"data": keys})


EFFECTS = {
    "ghost": {"active": 2},
    "neighbour": {"active": 2},
    "twice": {"active": 2},
    "missing": {"reversed": 1},
    "amount": {"active": 1},
    "refund": {"revoked": 1, "refund": 1},
}


@pytest.mark.parametrize("kind", EFFECTS)
def test_a_planted_fault_changes_the_books_and_nothing_else(counter: CoreClient, kind: str) -> None:
    head = settle(counter, "S1", 0)
    told = counter.control("state", {})["messages"]
    planted = counter.control("books", {"plant": kind})
    assert (planted["ok"], planted["on"]) == (True, head["setl_id"])
    assert states(counter) == EFFECTS[kind]
    assert counter.control("state", {})["messages"] == told


@pytest.mark.parametrize(("kind", "number"), [("ghost", "2102A"), ("refund", "2103")])
def test_a_planted_line_is_reversed_by_its_message_and_the_balance_is_back(
    counter: CoreClient, kind: str, number: str
) -> None:
    settle(counter, "S1", 0)
    planted = counter.control("books", {"plant": kind})
    assert planted["msgid"].startswith(counter.institution)
    assert len(planted["msgid"]) == 30
    reverse(counter, planted, number)
    assert states(counter)["active"] == 1
    again = settle(counter, "S2", 1)
    plain = settle(counter, "S3", 2)
    assert again["balc"] - plain["balc"] == again["acct_pay"]


def test_a_refund_that_is_lost_lets_its_settlement_stand_again(counter: CoreClient) -> None:
    back = revoke(counter, settle(counter, "S1", 0))
    planted = counter.control("books", {"plant": "refund_missing"})
    assert planted["setl_id"] == back["setl_id"]
    assert states(counter) == {"active": 1, "reversed": 1}


def test_what_was_reversed_can_stand_again(counter: CoreClient) -> None:
    head = settle(counter, "S1", 0)
    keys = {"psn_no": head["psn_no"], "msgid": head["medins_setl_id"]}
    reverse(counter, keys, "2102A")
    assert states(counter) == {"reversed": 1}
    planted = counter.control("books", {"plant": "revived", "setl_id": head["setl_id"]})
    assert planted["msgid"] == head["medins_setl_id"]
    assert states(counter) == {"active": 1}


@pytest.mark.parametrize("kind", [*Plant, "nonsense", ""])
def test_nothing_is_planted_on_nothing(counter: CoreClient, kind: str) -> None:
    assert counter.control("books", {"plant": kind})["ok"] is False
    assert counter.control("books", {"plant": "ghost", "setl_id": "1"})["ok"] is False
