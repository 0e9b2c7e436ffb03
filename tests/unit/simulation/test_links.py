"""Time, links and fate of a simulated day, each for itself."""

from datetime import timedelta
from random import Random

import pytest

from app.domain.errors import DeviceTrouble
from app.ports.paper import Paper, PaperKind
from app.profile.operations import Operation
from app.simulation.clock import MORNING, PlayedClock
from app.simulation.fate import LINKS, WIRE, Fate, Fault, PowerGone
from app.simulation.links import FrailPrinter, possible

SHEET = Paper(PaperKind.A4, "", "", ())


def a_fate(seed: int = 1, rate: float = 1.0) -> Fate:
    return Fate(Random(seed), rate)  # noqa: S311 - repeatable on purpose


def test_appointments_are_kept_at_their_own_moment_and_in_order() -> None:
    clock, seen = PlayedClock(), []
    for seconds in (9, 3, 6):
        moment = MORNING + timedelta(seconds=seconds)
        clock.appoint(moment, lambda: seen.append((clock.now() - MORNING).total_seconds()))
    clock.pass_time(7)
    assert seen == [3, 6]
    assert clock.now() == MORNING + timedelta(seconds=7)
    clock.pass_time(2)
    assert seen == [3, 6, 9]


def test_what_an_appointment_takes_is_not_lost() -> None:
    clock = PlayedClock()
    clock.appoint(MORNING + timedelta(seconds=1), lambda: clock.pass_time(30))
    clock.pass_time(5)
    assert clock.now() == MORNING + timedelta(seconds=31)


def test_only_a_reversal_may_say_yes_and_do_nothing() -> None:
    assert possible(Operation.REVERSE) == frozenset(WIRE)
    assert possible(Operation.SETTLE) == frozenset(WIRE) - {Fault.NO_EFFECT}


def test_the_same_stream_draws_the_same_day() -> None:
    faults = frozenset(WIRE)
    first, second = a_fate(3, 0.5), a_fate(3, 0.5)
    drawn = [first.on_wire(faults) for _ in range(200)]
    assert drawn == [second.on_wire(faults) for _ in range(200)]
    assert first.played == second.played
    assert sum(first.played.values()) == sum(kind is not None for kind in drawn) > 50


def test_a_quiet_day_has_no_trouble() -> None:
    fate = a_fate(rate=0.0)
    for _ in range(200):
        assert fate.on_wire(frozenset(WIRE)) is None
        assert fate.at_commit() is None
        assert not fate.at_printer()
        assert fate.turn_link() == ""
        fate.crash()
    assert (fate.crashes, dict(fate.played)) == (0, {})


def test_links_are_clogged_one_by_one_and_all_restored() -> None:
    fate = a_fate(5)
    said = [turned for _ in range(4000) if (turned := fate.turn_link())]
    orders = {tuple(word.split()[0] for word in said[n : n + 6]) for n in range(0, 60, 6)}
    assert {f"{link} clogged" for link in LINKS} <= set(said)
    assert {f"{link} restored" for link in LINKS} <= set(said)
    assert len(orders) > 1
    fate.rest()
    assert fate.clogged == set()
    assert fate.turn_link() == ""


def test_a_clogged_platform_never_answers_and_a_clogged_printer_never_prints() -> None:
    fate, sheets = a_fate(rate=0.0), []
    printer = FrailPrinter(fate, sheets.append)
    fate.clogged.update(("platform", "printer"))
    assert {fate.on_wire(frozenset(WIRE)) for _ in range(50)} == {Fault.REFUSED, Fault.DROP_BEFORE}
    with pytest.raises(DeviceTrouble):
        printer.print(SHEET)
    fate.clogged.clear()
    printer.print(SHEET)
    assert sheets == [SHEET]


def test_a_late_message_arrives_after_its_sender_gave_up_and_within_the_quiescence() -> None:
    fate = a_fate()
    late = [fate.late_by(10.0) for _ in range(500)]
    assert min(late) > 10.0
    assert max(late) < 20.0


def test_no_handler_of_the_program_sees_the_power_go() -> None:
    assert not issubclass(PowerGone, Exception)
    crashing = next(fate for seed in range(50) if (fate := a_fate(seed))._crashes)
    with pytest.raises(PowerGone):
        _until_it_goes(crashing)
    assert crashing.crashes == 1


def _until_it_goes(fate: Fate) -> None:
    for _ in range(500):
        fate.crash()
