"""What every page is shown: at each reachable position, with whatever was learned by then."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.attempt import Attempt, AttemptState
from app.domain.audit import Verdict
from app.domain.case import IllegalMove, Phase, Position, Route, Signal, Step, advance, start
from app.domain.counter_case import CaseFacts, CounterCase, Refusal
from app.domain.credential import IdNumber, Medium
from app.domain.errors import Bug, Code
from app.domain.goods.selling import Pack
from app.domain.settlement import SettledFacts
from app.profile.routes import route_of
from app.workflow import counter
from app.workflow.show import case as shown_case
from app.workflow.show import lights, money
from app.workflow.views.case import BannerKind, CaseView, Say, StopState, Whereabouts
from tests.support.small_counter import EARLY, SmallCounter, region
from tests.support.store_builders import NOON, an_attempt, full_facts

ROOT = Path(__file__).parents[3]
SAYS = ROOT / "resources" / "i18n" / "zh_CN" / "says.toml"
LEARNED = (
    (Step.IDENTIFY, ("identity", "person", "insurance")),
    (Step.AUTHORISE, ("listed", "listed_at", "rx_token")),
    (Step.DOWNLOAD, ("chosen", "prescription", "document", "downloaded_at")),
    (Step.VERIFY, ("verification",)),
    (Step.AUDIT, ("pharmacist_proof", "audit", "lines")),
    (Step.SCAN, ()),
    (Step.UPLOAD_SALE, ("sale",)),
    (Step.PRESETTLE, ("estimate",)),
    (Step.SETTLE, ("cash_received", "settled", "settled_at")),
    (Step.HAND_OVER, ()),
)
REGION = region()
ROUTES = {name: route_of(REGION, name) for name in REGION.routes}


def reachable(route: Route) -> set[Position]:
    """Every position a case of this route can ever have."""
    found, waiting = {start(route)}, [start(route)]
    while waiting:
        position = waiting.pop()
        for signal in Signal:
            try:
                after = advance(position, signal, route)
            except IllegalMove:
                continue
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


PLACES = sorted(
    ((name, position) for name, route in ROUTES.items() for position in reachable(route)),
    key=str,
)


def learned(steps: int) -> CaseFacts:
    """What is known once the first ``steps`` steps are done."""
    whole, names = full_facts(), [n for _, part in LEARNED[:steps] for n in part]
    return CaseFacts(**{name: getattr(whole, name) for name in names})


def says_in(value: object) -> Iterator[Say]:
    if isinstance(value, Say):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from says_in(part)
    elif is_dataclass(value):
        for part in fields(value):
            yield from says_in(getattr(value, part.name))


def table() -> dict[str, str]:
    def leaves(tree: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
        for key, value in tree.items():
            if isinstance(value, dict):
                yield from leaves(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", value

    return dict(leaves(tomllib.loads(SAYS.read_text(encoding="utf-8")), ""))


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def assert_sayable(view: object) -> None:
    texts = table()
    for say in says_in(view):
        if not say.key.startswith("error."):
            assert placeholders(texts[say.key]) == dict(say.params).keys(), say.key


def put(small: SmallCounter, case: CounterCase, **changes: Any) -> CounterCase:
    with small.store.unit() as unit:
        return unit.cases.save(replace(unit.cases.get(case.case_id), **changes))


def known_at(route: Route, step: Step) -> list[int]:
    """How many steps may be done when a case stands at ``step``."""
    if step in (Step.CLOSED, Step.RETURN_SALE):
        return list(range(len(LEARNED) + 1))
    order = [at for at, _ in LEARNED]
    return [order.index(step)] if step in order else [len(LEARNED)]


BACK = (Step.TAKE_BACK, Step.REVOKE, Step.RETURN_SALE)
AT = set(StopState) - {StopState.DONE, StopState.LATER}


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(place=st.sampled_from(PLACES), data=st.data())
def test_no_reachable_position_is_without_a_view(
    small: SmallCounter, place: tuple[str, Position], data: st.DataObject
) -> None:
    name, position = place
    steps = data.draw(st.sampled_from(known_at(ROUTES[name], position.step)))
    code = data.draw(st.sampled_from([None, *Code]))
    refusal = Refusal(int(code), "", NOON) if code else None
    facts = replace(learned(steps), refusal=refusal)
    case = counter.current(small.till)
    case = put(small, case, route=name, position=position, facts=facts)
    state = data.draw(st.sampled_from([None, *AttemptState]))
    attempt = None
    if state is not None and facts.person is not None:
        attempt = replace(an_attempt(), state=state, sent_at=NOON, next_at=NOON)
    view = drawn(small, case, attempt)
    assert_sayable(view)
    assert (view.step, view.phase) == (position.step, position.phase)
    if position.step in BACK:
        assert position.step in {stop.step for stop in view.stops if stop.state in AT}
        assert view.stops[-1].step is Step.RETURN_SALE
    else:
        assert [stop.step for stop in view.stops] == list(ROUTES[name].steps)
    assert [row.topic for row in view.where] == ["money", "prescription", "codes", "goods"]
    assert view.where[-1].where in (Whereabouts.OURS, Whereabouts.THEIRS)
    marks = [stop.state for stop in view.stops]
    here = sum(mark is StopState.DONE for mark in marks)
    assert set(marks[:here]) <= {StopState.DONE}
    assert set(marks[here + 1 :]) <= {StopState.LATER}
    with small.store.unit() as unit:
        kept = unit.cases.get(case.case_id)
        unit.cases.save(replace(kept, position=Position(Step.CLOSED)))


def drawn(small: SmallCounter, case: CounterCase, attempt: Attempt | None) -> CaseView:
    """The view as it would be with ``attempt`` as the newest of the case."""

    class WithAttempt:
        def of_case(self, _case_id: int) -> Attempt | None:
            return attempt

        def open_everywhere(self) -> tuple[tuple[int, Attempt], ...]:
            return ((case.case_id, attempt),) if attempt is not None and attempt.open else ()

    with small.store.reading() as unit:
        unit.attempts = WithAttempt()  # type: ignore[assignment] only what a view reads
        return shown_case._view(small.till, unit, case)


LEGS = ("proves", "refund")
MONEY = {
    None: (Whereabouts.OURS, "light.money.none"),
    AttemptState.PREPARED: (Whereabouts.OURS, "light.money.none"),
    AttemptState.SENDING: (Whereabouts.SENDING, "light.money.sending"),
    AttemptState.UNKNOWN: (Whereabouts.UNKNOWN, "light.money.unknown"),
    AttemptState.REVERSING: (Whereabouts.UNKNOWN, "light.money.unknown"),
    AttemptState.REVERSED_UNCONFIRMED: (Whereabouts.UNKNOWN, "light.money.unknown"),
    AttemptState.REVERSED: (Whereabouts.OURS, "light.money.none"),
    AttemptState.REJECTED: (Whereabouts.OURS, "light.money.none"),
    AttemptState.SETTLED: (Whereabouts.THEIRS, "light.money.settled"),
    AttemptState.MANUAL: (Whereabouts.UNKNOWN, "light.money.unknown"),
    AttemptState.REFUND_PREPARED: (Whereabouts.THEIRS, "light.money.settled"),
    AttemptState.REFUND_SENDING: (Whereabouts.SENDING, "light.money.sending"),
    AttemptState.REFUND_UNKNOWN: (Whereabouts.UNKNOWN, "light.money.unknown"),
    AttemptState.REFUND_REVERSING: (Whereabouts.UNKNOWN, "light.money.unknown"),
    AttemptState.REFUNDED: (Whereabouts.THEIRS, "light.money.refunded"),
}


@pytest.mark.parametrize("state", [None, *AttemptState])
def test_the_light_of_the_money(small: SmallCounter, state: AttemptState | None) -> None:
    case = counter.current(small.till)
    attempt = replace(an_attempt(), state=state, sent_at=NOON) if state else None
    light = lights.money(case, attempt)
    assert (light.where, light.detail.key) == MONEY[state]
    at_counter = replace(case, facts=replace(full_facts(), handed_over_at=None))
    held = light.where is Whereabouts.UNKNOWN
    key = "light.goods.held" if held else "light.goods.at_counter"
    key = "light.goods.quarantined" if state is AttemptState.REFUNDED else key
    assert lights.goods(at_counter, attempt).detail.key == key


@pytest.mark.parametrize("state", list(AttemptState))
def test_every_doubt_has_its_timeline(small: SmallCounter, state: AttemptState) -> None:
    case = replace(counter.current(small.till), facts=learned(4))
    attempt = replace(an_attempt(), state=state, sent_at=NOON)
    view = money.unknown_view(small.till, case, attempt)
    assert_sayable(view)
    assert sum(row.state == "now" for row in view.timeline) == 1


def test_a_doubt_names_no_time_but_of_what_was_done_and_may_be_tried(small: SmallCounter) -> None:
    case = replace(counter.current(small.till), facts=learned(4))
    quiet = NOON + timedelta(seconds=small.till.profile.settle.quiescence_s)
    attempt = replace(an_attempt(), state=AttemptState.UNKNOWN, sent_at=NOON, next_at=quiet)
    rows = money.unknown_view(small.till, case, attempt).timeline
    assert [(row.state, row.at) for row in rows] == [
        ("done", NOON),
        ("now", None),
        ("next", quiet),
        ("next", None),
        ("next", None),
    ]


def test_every_key_named_in_the_source_is_in_the_table() -> None:
    texts = table()
    for path in sorted((ROOT / "app" / "workflow").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if _named(node) and isinstance(node, ast.Call):
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    assert key.value in texts, (path.name, key.value)


def _named(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Say"


def test_every_key_that_is_put_together_is_in_the_table() -> None:
    texts = table()
    put_together = {f"rail.identify.{medium}" for medium in Medium}
    put_together |= {f"parked.{step}" for step in Step}
    put_together |= {f"light.rx.{step}" for step in lights._RX_STEPS}
    put_together |= {f"timeline.{state}" for state in money._ORDER}
    put_together |= {f"timeline.{leg}.{state}" for state in money._ORDER for leg in LEGS}
    put_together |= {f"step.{step}" for step in counter.BY_ITSELF}
    assert put_together <= texts.keys()


def test_the_rail_of_a_visit(small: SmallCounter) -> None:
    view = small.until(Step.DONE)
    assert {stop.state for stop in view.stops} == {StopState.DONE}
    said = {stop.step: stop.result for stop in view.stops}
    assert all(result is not None for result in said.values())
    assert [stop.number for stop in view.stops if stop.number] == [1, 2, 3, 4, 5, 6]
    assert_sayable(view)


def closed_with(
    small: SmallCounter, facts: CaseFacts, attempt: Attempt | None = None, route: str = ""
) -> CaseView:
    case = counter.current(small.till)
    route = route or case.route
    case = put(small, case, route=route, position=Position(Step.CLOSED), facts=facts)
    return drawn(small, case, attempt)


def test_a_prescription_that_was_refused_does_not_look_approved(small: SmallCounter) -> None:
    facts = replace(learned(5), lines=())
    assert facts.audit is not None
    against = replace(facts.audit.decision, verdict=Verdict.REFUSED)
    facts = replace(facts, audit=replace(facts.audit, decision=against))
    view = closed_with(small, facts)
    marks = {stop.step: stop for stop in view.stops}
    assert marks[Step.VERIFY].state is StopState.DONE
    assert marks[Step.AUDIT].state is StopState.REFUSED
    assert marks[Step.AUDIT].result == Say("rail.audit_refused")
    assert marks[Step.SCAN].state is StopState.LATER
    said = Say("light.rx.audit_refused")
    assert (view.prescription.where, view.prescription.detail) == (Whereabouts.THEIRS, said)
    assert [row.detail for row in view.where if row.topic == "prescription"] == [said]
    assert_sayable(view)


def test_a_refunded_visit_is_returned_and_refused_by_nobody(small: SmallCounter) -> None:
    facts = replace(full_facts(), handed_over_at=None, refusal=None)
    view = closed_with(small, facts, replace(an_attempt(), state=AttemptState.REFUNDED))
    marks = {stop.step: stop for stop in view.stops}
    assert StopState.REFUSED not in {stop.state for stop in view.stops}
    assert marks[Step.SETTLE].state is StopState.DONE
    assert marks[Step.SETTLE].result == Say("rail.refunded")
    assert marks[Step.HAND_OVER].state is StopState.SKIPPED
    assert marks[Step.HAND_OVER].result == Say("rail.returned")
    assert view.where[-1].detail == Say("light.goods.quarantined")


@pytest.mark.parametrize("route", sorted(ROUTES))
def test_a_visit_that_was_abandoned_says_so(small: SmallCounter, route: str) -> None:
    view = closed_with(small, CaseFacts(), route=route)
    first = view.stops[0]
    assert (first.state, first.result) == (StopState.SKIPPED, Say("rail.abandoned"))


def test_a_seal_that_does_not_hold_keeps_its_refusal(small: SmallCounter) -> None:
    refusal = Refusal(int(Code.DOCUMENT_CHANGED), "", NOON)
    view = closed_with(small, replace(learned(3), refusal=refusal))
    marks = {stop.step: stop for stop in view.stops}
    assert (marks[Step.VERIFY].state, marks[Step.VERIFY].result) == (StopState.REFUSED, None)


@pytest.mark.parametrize(
    ("phase", "state"),
    [
        (Phase.READY, StopState.CURRENT),
        (Phase.SENT, StopState.SENDING),
        (Phase.REJECTED, StopState.REFUSED),
        (Phase.UNKNOWN, StopState.UNKNOWN),
    ],
)
def test_the_stop_at_hand_follows_the_phase(
    small: SmallCounter, phase: Phase, state: StopState
) -> None:
    case = replace(counter.current(small.till), facts=learned(6))
    case = put(small, case, position=Position(Step.UPLOAD_SALE, phase), facts=learned(6))
    view = drawn(small, case, None)
    assert [s.state for s in view.stops if s.step is Step.UPLOAD_SALE] == [state]
    assert view.can_abandon is (phase in (Phase.READY, Phase.REJECTED))
    assert view.can_park is (phase is not Phase.SENT)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code.SCAN_NEAR_EXPIRY, BannerKind.ATTENTION),
        (Code.SCAN_EXPIRES_SOON, BannerKind.STOP),
    ],
)
def test_boxes_in_amber_are_said_on_their_line(
    small: SmallCounter, code: Code, kind: BannerKind
) -> None:
    facts = learned(5)
    line = facts.lines[0]
    pack = Pack(EARLY[0], 1, NOON, "wedge", int(code), (("days", 30),))
    line = replace(line, packs=(pack,))
    case = counter.current(small.till)
    case = put(small, case, position=Position(Step.SCAN), facts=replace(facts, lines=(line,)))
    view = small.view(case)
    assert view.scan is not None
    message = view.scan.lines[0].message
    assert message is not None
    assert (message.code, message.kind) == (code, kind)
    assert dict(message.params) == {"drug": line.name, "days": 30}
    assert message.offers == ("acknowledge",)
    assert [row.mark for row in view.scan.log] == ["attention"]
    assert isinstance(full_facts().settled, SettledFacts)


def test_doubt_and_hand_over_need_what_they_show(small: SmallCounter) -> None:
    case = counter.current(small.till)
    with pytest.raises(Bug):
        money.unknown_view(small.till, case, an_attempt())
    with small.store.reading() as unit, pytest.raises(Bug):
        money.hand_over_view(unit, case)


def test_a_sale_without_a_prescription_waits_for_no_audit(small: SmallCounter) -> None:
    case = counter.current(small.till)
    facts = replace(learned(8), prescription=None, audit=None)
    case = put(small, case, route="insured_counter", position=Position(Step.SETTLE), facts=facts)
    view = small.view(case)
    assert view.settle is not None
    assert "audit" not in [row.key for row in view.settle.conditions]


def test_a_birth_date_unknown_leaves_the_age_as_it_was_told(small: SmallCounter) -> None:
    facts = learned(1)
    assert facts.person is not None
    person = replace(facts.person, birth_date=None, id_number=IdNumber("A1"), age="36")
    case = put(small, counter.current(small.till), facts=replace(facts, person=person))
    view = small.view(case)
    assert view.patient is not None
    assert view.patient.age == "36"
