"""What the core platform asks of the voucher service and the prescription centre, and tells."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.server import RunningSandbox
from app.sandbox.state import State
from tests.support.core_bill import bill, item, line, person
from tests.support.core_client import CoreClient


@dataclass
class Centre:
    """A prescription centre that remembers what it was told and refuses what a test names."""

    refused: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)

    def refusal_to_settle(self, rx_number: str, person_id_no: str, institution: str) -> str:
        return self.refused.get(rx_number, "")

    def settled(self, rx_number: str, settlement: str) -> None:
        self.told.append((rx_number, "settled"))

    def unsettled(self, rx_number: str, settlement: str) -> None:
        self.told.append((rx_number, "unsettled"))


@dataclass
class Tokens:
    """A voucher service that knows one token."""

    token: str
    id_no: str

    def holder(self, voucher_token: str, institution: str = "") -> str | None:
        return self.id_no if voucher_token == self.token else None


@pytest.fixture
def centre(sandbox: RunningSandbox) -> Centre:
    sandbox.site.prescriptions = fake = Centre()
    return fake


def prescribed(serial: str, first_code: int = 0) -> dict[str, Any]:
    return bill(person(), line(serial, item(), 1, first_code, rxno="RX1", rx_circ_flag="1"))


def numbers(head: dict[str, Any]) -> dict[str, Any]:
    return {"data": {k: head[k] for k in ("psn_no", "setl_id", "mdtrt_id")}}


def test_a_prescription_is_told_of_settlement_and_revocation(
    counter: CoreClient, centre: Centre
) -> None:
    head = counter.output("settle", prescribed("S1"))["setlinfo"]
    back = counter.output("revoke_settlement", numbers(head))["setlinfo"]
    asked = {"psn_no": head["psn_no"], "omsgid": back["medins_setl_id"], "oinfno": "2103"}
    counter.output("reverse", {"data": asked})
    assert centre.told == [("RX1", "settled"), ("RX1", "unsettled"), ("RX1", "settled")]


def test_a_prescription_settles_once_whatever_the_msgid_and_the_boxes(
    counter: CoreClient, centre: Centre
) -> None:
    counter.output("settle", prescribed("S1"))
    refused = counter.frame("settle", prescribed("S2", 1))
    assert "处方RX1已结算" in refused["err_msg"]
    assert centre.told == [("RX1", "settled")]


def test_a_reversed_prescription_is_free_again(counter: CoreClient, centre: Centre) -> None:
    head = counter.output("settle", prescribed("S1"))["setlinfo"]
    asked = {"psn_no": head["psn_no"], "omsgid": head["medins_setl_id"], "oinfno": "2102A"}
    counter.output("reverse", {"data": asked})
    counter.output("settle", prescribed("S2", 1))
    assert [word for _, word in centre.told] == ["settled", "unsettled", "settled"]


def test_a_revocation_is_not_undone_over_a_new_settlement(
    counter: CoreClient, centre: Centre
) -> None:
    head = counter.output("settle", prescribed("S1"))["setlinfo"]
    back = counter.output("revoke_settlement", numbers(head))["setlinfo"]
    counter.output("settle", prescribed("S2", 1))
    asked = {"psn_no": head["psn_no"], "omsgid": back["medins_setl_id"], "oinfno": "2103"}
    assert counter.frame("reverse", {"data": asked})["infcode"] == -1
    assert counter.control("state", {})["settlements"]["active"] == 1


def test_what_the_centre_refuses_is_not_paid(counter: CoreClient, centre: Centre) -> None:
    centre.refused["RX1"] = "处方未审核"
    refused = counter.frame("settle", prescribed("S1"))
    assert "处方未审核" in refused["err_msg"]
    assert centre.told == []
    assert counter.control("state", {})["settlements"] == {}


def test_a_revoked_settlement_is_not_reversed(counter: CoreClient) -> None:
    head = counter.output("settle", bill(person(), line("S1", item())))["setlinfo"]
    counter.output("revoke_settlement", numbers(head))
    asked = {"psn_no": head["psn_no"], "omsgid": head["medins_setl_id"], "oinfno": "2102A"}
    assert "先冲正撤销" in counter.frame("reverse", {"data": asked})["err_msg"]
    mixed = asked | {"oinfno": "2103"}
    assert "原交易编号" in counter.frame("reverse", {"data": mixed})["err_msg"]


def test_a_live_token_names_its_holder_and_a_dead_one_is_refused(
    sandbox: RunningSandbox, counter: CoreClient
) -> None:
    sandbox.site.identities = Tokens("token-1", person().id_no)
    shown = {"mdtrt_cert_type": "01", "mdtrt_cert_no": "token-1"}
    assert counter.output("query_person", {"data": shown})["baseinfo"]["psn_no"] == (
        person().person_no
    )
    content = bill(person(), line("S1", item()), **shown)
    assert counter.output("settle", content)["setlinfo"]["mdtrt_cert_type"] == "01"
    dead = counter.frame("query_person", {"data": shown | {"mdtrt_cert_no": "token-2"}})
    assert "重新扫码" in dead["err_msg"]


def test_a_broken_transaction_leaves_nothing(tmp_path: Path) -> None:
    with State(tmp_path / "state.db") as state:
        state.next_number("kept")

        def broken() -> None:
            with state.writing():
                state.next_number("kept")
                state.next_number("lost")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            broken()
        assert (state.next_number("kept"), state.next_number("lost")) == (2, 1)
        assert {file.stat().st_mode & 0o077 for file in tmp_path.glob("state.db*")} == {0}
