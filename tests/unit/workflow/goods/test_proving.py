"""The nightly proof: once a night, whoever is signed in, and what it finds stays readable."""

from datetime import UTC, datetime, timedelta

import pytest

from app.domain.goods.movements import NoteKind, StockMove
from app.ports.stock_books import Booking, Doubt, Note
from app.workflow.goods.proving import last_proof, prove_ledger, prove_nightly
from localdb.store import scope_of
from tests.support.small_counter import BOSS, SmallCounter

MIDNIGHT = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
"""In China."""


def set_clock(small: SmallCounter, moment: datetime) -> None:
    small.clock.move(moment - small.clock.now())


@pytest.mark.parametrize(
    ("hours", "due"),
    [(22, False), (23, True), (24, True), (29, True), (30, True), (34, True)],
    ids=["evening", "night begins", "midnight", "before six", "six", "opened at ten"],
)
def test_each_night_is_proven_once_whenever_the_pc_is_on(
    small: SmallCounter, hours: int, due: bool
) -> None:
    """Proven in the night before; hours of the day, those from 24 on of the next."""
    set_clock(small, MIDNIGHT - timedelta(hours=24))
    assert prove_nightly(small.till) is not None
    set_clock(small, MIDNIGHT + timedelta(hours=hours - 24))
    assert (prove_nightly(small.till) is not None) is due
    assert prove_nightly(small.till) is None


def test_one_night_is_one_proof(small: SmallCounter) -> None:
    set_clock(small, MIDNIGHT - timedelta(minutes=30))
    proof = prove_nightly(small.till)
    small.clock.move(timedelta(hours=3))
    assert proof is not None
    assert proof.holds
    assert prove_nightly(small.till) is None
    kept = last_proof(small.till)
    assert kept is not None
    assert (kept.night, kept.proof) == ("2026-11-23", proof)
    small.clock.move(timedelta(days=1))
    assert prove_nightly(small.till) is not None


def test_the_round_of_the_delivery_lane_runs_it(small: SmallCounter) -> None:
    set_clock(small, MIDNIGHT)
    small.surface.deliver()
    assert last_proof(small.till) is not None


def test_what_does_not_follow_is_said_in_the_journal(small: SmallCounter) -> None:
    with small.store.unit() as unit:
        connection = scope_of(unit).connection
        connection.exec_driver_sql("DROP TRIGGER stock_from_events")
        connection.exec_driver_sql("UPDATE lot SET on_hand = on_hand + 1 WHERE lot_id = 1")
    proof = prove_ledger(small.till)
    assert [(flaw.doubt, flaw.subject) for flaw in proof.flaws] == [(Doubt.LOT_COUNT, "1")]
    with small.store.reading() as unit:
        rows = scope_of(unit).connection.exec_driver_sql(
            "SELECT reason FROM journal WHERE act = 'ledger_differs'"
        )
        assert [row[0] for row in rows] == ["lot_count 1"]


def booked(small: SmallCounter, move: StockMove, packs: int) -> None:
    """A row without boxes, as an earlier version could write it."""
    with small.store.unit() as unit:
        who = unit.people.by_login(BOSS)
        assert who is not None
        note = Note(0, NoteKind.CHANGE, f"C{packs}", MIDNIGHT, MIDNIGHT, who.staff_id)
        kind = "105" if move is StockMove.CHANGED else None
        unit.stock.book(unit.stock.write_note(note), 1, Booking(move, packs, (), kind))


def test_boxes_that_could_be_sold_from_nothing_are_named(small: SmallCounter) -> None:
    """Four boxes with codes, of which two went unnamed; a count that found two fewer is no flaw."""
    booked(small, StockMove.COUNTED, -2)
    assert prove_ledger(small.till).holds
    booked(small, StockMove.CHANGED, -1)
    (flaw,) = prove_ledger(small.till).flaws
    assert (flaw.doubt, flaw.subject, flaw.kept, flaw.derived) == (Doubt.MORE_CODES, "1", 1, 2)


def test_less_than_nothing_on_hand_is_named(small: SmallCounter) -> None:
    booked(small, StockMove.COUNTED, -5)
    (flaw,) = prove_ledger(small.till).flaws
    assert (flaw.doubt, flaw.subject, flaw.kept) == (Doubt.BELOW_NOUGHT, "1", -1)
