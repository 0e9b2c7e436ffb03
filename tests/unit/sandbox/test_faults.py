"""The switchboard: every fault, what the counter sees, and what was committed behind it."""

import http.client
import json
from typing import Any

import pytest

from app.sandbox.faults import (
    FaultSpecWrong,
    Planned,
    Switchboard,
    first_wrong,
    known_in,
    offered,
    parse,
)
from app.sandbox.router import Fault
from app.sandbox.server import RunningSandbox, running_sandbox
from tests.support.core_bill import bill, item, line, person
from tests.support.core_client import CoreClient


def plan(counter: CoreClient, fault: str, **more: object) -> None:
    asked = {"operation": "settle", "fault": fault, "times": 1} | more
    assert counter.control("faults", asked)["ok"]


def content() -> dict[str, Any]:
    return bill(person(), line("S1", item()))


def settlements(counter: CoreClient) -> dict[str, int]:
    found: dict[str, int] = counter.control("state", {})["settlements"]
    return found


def test_a_fault_may_be_set_on_every_operation_that_is_answered(
    sandbox: RunningSandbox,
) -> None:
    known = known_in(sandbox.site.profile)
    answered = sandbox.ready["endpoints"]
    assert isinstance(answered, dict)
    operations = {str(operation) for operation in sandbox.site.profile.operations}
    assert operations < set(answered)
    assert {known(name) for name in operations} == operations
    assert not any(known(name) for name in set(answered) - operations)


def test_the_first_wrong_fault_is_found_before_anything_starts(sandbox: RunningSandbox) -> None:
    region = sandbox.site.profile
    assert first_wrong(("settle:drop_after", "*:delay=3:2"), region) == ""
    for spec in ("settle:dropafter", "settel:reject", "settle", "settle:reject:0"):
        assert first_wrong(("settle:reject", spec), region) == spec
    shown = offered(region)
    assert "settle" in shown["operations"]
    assert "drop_after" in shown["faults"]


def test_reject_refuses_without_effect(counter: CoreClient) -> None:
    plan(counter, "reject")
    assert counter.frame("settle", content())["infcode"] == -1
    assert settlements(counter) == {}
    assert counter.frame("settle", content())["infcode"] == 0


def test_day_not_open_speaks_of_signing_in(counter: CoreClient) -> None:
    plan(counter, "day_not_open")
    frame = counter.frame("settle", content())
    assert frame["infcode"] == -1
    assert "签到" in frame["err_msg"]
    assert settlements(counter) == {}


@pytest.mark.parametrize(("fault", "effect"), [("drop_before", {}), ("drop_after", {"active": 1})])
def test_a_cut_connection_says_nothing_of_the_effect(
    counter: CoreClient, fault: str, effect: dict[str, int]
) -> None:
    plan(counter, fault)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        counter.frame("settle", content())
    assert settlements(counter) == effect


@pytest.mark.parametrize(
    ("fault", "status", "effect"), [("http_500", 500, {}), ("http_502_after", 502, {"active": 1})]
)
def test_a_gateway_page_comes_with_or_without_effect(
    counter: CoreClient, fault: str, status: int, effect: dict[str, int]
) -> None:
    plan(counter, fault)
    body = json.dumps(counter.envelope("settle", content())).encode()
    found, answer = counter.post(counter.address("settle"), body)
    assert (found, answer[:6]) == (status, b"<html>")
    assert settlements(counter) == effect


def test_half_an_answer_promises_more_than_it_holds(counter: CoreClient) -> None:
    plan(counter, "half_answer")
    with pytest.raises(http.client.IncompleteRead) as cut:
        counter.frame("settle", content())
    assert cut.value.expected is not None
    assert cut.value.expected > 0
    assert settlements(counter) == {"active": 1}


def test_garbage_is_no_json(counter: CoreClient) -> None:
    plan(counter, "garbage")
    with pytest.raises(ValueError, match=r".*"):
        counter.frame("settle", content())
    assert settlements(counter) == {"active": 1}


def test_a_delay_commits_first_and_answers_late(counter: CoreClient) -> None:
    plan(counter, "delay", seconds=0.2)
    assert counter.frame("settle", content())["infcode"] == 0
    assert counter.control("state", {})["faults"] == {"settle:delay": 1}


def test_a_counter_that_gives_up_leaves_the_effect(sandbox: RunningSandbox) -> None:
    with CoreClient(sandbox.ready) as counter:
        counter.sign_in()
        plan(counter, "delay", seconds=600)
        counter.impatient(0.2)
        with pytest.raises(TimeoutError):
            counter.frame("settle", content())
    with CoreClient(sandbox.ready) as other:
        assert settlements(other) == {"active": 1}


def test_duplicate_answer_is_that_of_an_earlier_message(counter: CoreClient) -> None:
    first = counter.frame("settle", content())
    plan(counter, "duplicate_answer")
    second = counter.frame("settle", bill(person("p02"), line("S2", item(), 1, 1)))
    assert second == first
    assert settlements(counter) == {"active": 2}


def test_duplicate_answer_with_nothing_before_cuts_after_the_effect(counter: CoreClient) -> None:
    plan(counter, "duplicate_answer")
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        counter.frame("settle", content())
    assert settlements(counter) == {"active": 1}


def test_wrong_signature_marks_the_answer_and_a_repeat_is_clean(counter: CoreClient) -> None:
    plan(counter, "wrong_signature")
    envelope = counter.envelope("settle", content())
    assert counter.send("settle", envelope)["signtype"] == "SM2"
    assert counter.send("settle", envelope)["signtype"] is None
    assert settlements(counter) == {"active": 1}


def test_a_yes_without_effect(counter: CoreClient) -> None:
    plan(counter, "no_effect")
    assert counter.output("settle", content())["setlinfo"]["setl_id"]
    assert settlements(counter) == {}


def test_a_reversal_that_says_yes_and_does_nothing(counter: CoreClient) -> None:
    msgid = counter.output("settle", content())["setlinfo"]["medins_setl_id"]
    plan(counter, "no_effect", operation="2601")
    asked = {"psn_no": person().person_no, "omsgid": msgid, "oinfno": "2102A"}
    assert counter.frame("reverse", {"data": asked})["infcode"] == 0
    assert settlements(counter) == {"active": 1}


def test_numbers_as_text(counter: CoreClient) -> None:
    plan(counter, "string_numbers")
    frame = counter.frame("settle", content())
    assert frame["infcode"] == "0"
    assert frame["output"]["setlinfo"]["medfee_sumamt"] == "18.60"


def test_faults_given_at_start_count_down() -> None:
    with (
        running_sandbox(faults=("settle:reject:2",)) as running,
        CoreClient(running.ready) as counter,
    ):
        counter.sign_in()
        codes = [counter.frame("settle", content())["infcode"] for _ in range(3)]
        assert codes == [-1, -1, 0]


def test_a_fault_on_everything_spares_the_controls(counter: CoreClient) -> None:
    plan(counter, "http_500", operation="*")
    assert settlements(counter) == {}
    body = json.dumps(counter.envelope("presettle", content())).encode()
    assert counter.post(counter.address("presettle"), body)[0] == 500


def test_clearing_forgets_what_waits(counter: CoreClient) -> None:
    plan(counter, "reject", times=5)
    assert counter.control("faults", {"clear": True})["waiting"] == []
    assert counter.frame("settle", content())["infcode"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        {"operation": "nobody", "fault": "reject"},
        {"operation": "settle", "fault": "explode"},
        {"operation": "settle", "fault": "reject", "times": 0},
        {"operation": "settle", "fault": "reject", "times": "many"},
        {"operation": "settle", "fault": "delay", "seconds": -1},
        [1],
    ],
)
def test_a_fault_nobody_can_play_is_refused(counter: CoreClient, asked: object) -> None:
    assert counter.control("faults", asked)["ok"] is False


def known(name: str) -> str | None:
    return {"settle": "settle", "2102A": "settle"}.get(name)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("settle:reject", Planned("settle", Fault.REJECT, 1, 9.0)),
        ("2102A:drop_after:3", Planned("settle", Fault.DROP_AFTER, 3, 9.0)),
        ("*:delay=2.5:2", Planned("*", Fault.DELAY, 2, 2.5)),
    ],
)
def test_a_spec_is_read(spec: str, expected: Planned) -> None:
    assert parse(spec, 9.0, known) == expected


@pytest.mark.parametrize("spec", ["", "settle", "a:b:c:d", "x:reject", "settle:delay=soon"])
def test_a_wrong_spec_is_refused(spec: str) -> None:
    with pytest.raises(FaultSpecWrong):
        parse(spec, 9.0, known)


def test_each_message_uses_up_one_fault_in_order() -> None:
    board = Switchboard(
        Planned("settle", Fault.REJECT), Planned("*", Fault.GARBAGE), Planned("settle", Fault.DELAY)
    )
    played = [board.take("settle"), board.take("presettle"), board.take("settle")]
    assert [p.fault for p in played if p] == [Fault.REJECT, Fault.GARBAGE, Fault.DELAY]
    assert board.take("settle") is None
