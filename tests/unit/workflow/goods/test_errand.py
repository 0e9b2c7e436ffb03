"""``yaotai stock receive``: all rows or the good ones, never a half that nobody asked for."""

from pathlib import Path

import pytest

from app.domain.errors import Code, OperatorInput
from app.workflow import day
from app.workflow.goods.errand import receive_delivery
from tests.support.back_room import BackRoom, a_row, new_codes

FILE = Path("note.xlsx")


@pytest.fixture
def with_a_bad_row(room: BackRoom) -> BackRoom:
    day.open_day(room.small.till)
    room.small.till.signed_in = None
    room.sheets.found = (a_row(2, *new_codes(2)), a_row(3, 数量="x", 批号="N2"))
    return room


@pytest.mark.parametrize(
    ("good_rows", "check", "packs"), [(True, False, 2), (False, False, 0), (True, True, 0)]
)
def test_what_is_booked_is_what_was_asked_for(
    with_a_bad_row: BackRoom, good_rows: bool, check: bool, packs: int
) -> None:
    room = with_a_bad_row
    told = receive_delivery(room.small.till, FILE, good_rows=good_rows, check=check)
    assert (told["rows"], told["good_rows"], told["bad_rows"]) == (2, 1, 1)
    assert (told["packs"], bool(told["note_no"])) == (packs, packs > 0)
    assert [(one["row"], one["fault"]) for one in told["faults"]] == [(3, "not_a_count")]  # type: ignore[attr-defined]
    assert (
        told["files"]
        == ["训练-导入报告-note.xlsx"]
        == [f"{b.filename}.xlsx" for b in room.books.kept]
    )
    assert room.holds()


def test_without_an_open_day_nobody_answers_for_it(room: BackRoom) -> None:
    room.small.till.signed_in = None
    with room.small.store.reading() as unit:
        assert unit.days.current(1, room.small.clock.now().date()) is not None
    close(room)
    with pytest.raises(OperatorInput) as refused:
        receive_delivery(room.small.till, FILE, good_rows=True, check=False)
    assert refused.value.code is Code.DAY_NOT_OPEN


def close(room: BackRoom) -> None:
    with room.small.store.unit() as unit:
        unit.days.close(1, room.small.clock.now().date(), room.small.clock.now())
