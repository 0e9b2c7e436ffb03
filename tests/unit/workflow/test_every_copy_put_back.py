"""I12 at every commit of a visit: a copy of that moment is put back after the visit was paid.

Nothing moves money or tells anything, nothing is settled a second time and no id comes twice,
until the day is compared and signed; afterwards the visit of the copy is still not paid again.
"""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.case import Phase, Step
from app.domain.errors import Code, OperatorInput, OutcomeUnknown
from app.domain.settlement import AttemptState
from app.profile.operations import Operation
from app.workflow import delivery
from app.workflow.calendar import today
from app.workflow.upkeep.recovering import ON_ITS_WAY
from localdb.backups import put_back
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from tests.support.sampling import seed
from tests.support.small_counter import BOSS, PIN, SmallCounter

SAMPLE = 5
TOLD = (
    Operation.SETTLE,
    Operation.REVOKE_SETTLEMENT,
    Operation.REVERSE,
    Operation.UPLOAD_SALE,
    Operation.RETURN_SALE,
    Operation.AUDIT,
)


def copies_of_a_visit(small: SmallCounter, folder: Path, *, doubtful: bool) -> list[Path]:
    """One copy after each commit, the visit paid, handed over and told.

    ``doubtful``: the first settlement has no answer, and is reversed and proved absent.
    """
    folder.mkdir()
    copies: list[Path] = []

    def copy() -> None:
        copies.append(folder / f"{len(copies):03d}.db")
        small.store.copy_to(copies[-1])

    small.store.on_commit(copy)
    view = small.until(Step.SETTLE)
    if doubtful:
        small.fake.script(Operation.SETTLE, OutcomeUnknown(Code.ANSWER_MISSING), booked=True)
        view = small.settle(view)
        while small.view(view).phase is Phase.UNKNOWN:
            small.clock.move(timedelta(seconds=20))
            small.surface.deliver()
        view = small.view(view)
    small.hand_over(small.settle(view))
    delivery.drain(small.till)
    return copies


def ids_of(small: SmallCounter) -> list[str]:
    """Every message id drawn from now on."""
    drawn: list[str] = []
    honest = small.fake.compose

    def compose(request: object, sender: object, stamp: object) -> object:
        drawn.append(stamp.message_id)  # type: ignore[attr-defined] # a Stamp
        return honest(request, sender, stamp)  # type: ignore[arg-type] # handed on as it came

    small.fake.compose = compose  # type: ignore[method-assign,assignment] # it only listens
    return drawn


def told(small: SmallCounter) -> dict[Operation, int]:
    return {operation: small.fake.times(operation) for operation in TOLD}


def start_from(small: SmallCounter, copy: Path) -> None:
    small.store.close()
    location = StoreLocation(small.folder, "fujian", training=True)
    begun = put_back(location, FileKeyStore(small.folder / "keys"), small.clock, copy)
    assert begun is not None
    assert begun.open
    small.restart()


def nothing_moves(small: SmallCounter) -> None:
    """Whatever a person tries on this base is refused, and the lane tells nothing."""
    before = told(small)
    with small.store.reading() as unit:
        attempts = [attempt for _, attempt in unit.attempts.open_attempts(1)]
        waiting = unit.outbox.items()
    assert {attempt.state for attempt in attempts} <= {AttemptState.MANUAL}
    assert small.surface.deliver() == 0
    for item in waiting:
        with pytest.raises(OperatorInput):
            small.surface.retry_item(item.item_id)
    view = small.surface.current()
    assert view.banner is not None
    assert view.banner.code == Code.RECOVERY_OPEN
    if view.step is Step.SETTLE and view.settle is not None and view.settle.amounts is not None:
        with pytest.raises(OperatorInput):
            small.settle(view)
    assert told(small) == before


def signed(small: SmallCounter) -> None:
    small.clock.move(ON_ITS_WAY)
    day = today(small.till)
    compared = small.surface.compare_money(day)
    assert compared.complete
    assert (
        small.surface.sign_money(day, compared.run_no, BOSS, PIN, "备份以后办完的单").missing == ()
    )


def settles_nothing_twice(
    small: SmallCounter, folder: Path, most: int | None, *, doubtful: bool
) -> None:
    """``most`` of the copies, another choice at each commit; all of them where it is None."""
    ids = ids_of(small)
    copies = copies_of_a_visit(small, folder, doubtful=doubtful)
    assert len(copies) > 25
    booked = list(small.fake.books.settlements.values())
    assert sum(not one.refunded for one in booked) == 1
    asked = small.fake.times(Operation.SETTLE)
    if most is not None:
        copies = sorted(random.Random(seed()).sample(copies, most))  # noqa: S311 - repeatable
    for copy in copies:
        start_from(small, copy)
        nothing_moves(small)
        signed(small)
        view = small.surface.current()
        if view.step is Step.SETTLE and view.phase is Phase.READY:
            with pytest.raises(OperatorInput) as refused:
                small.settle(view)
            assert refused.value.code is Code.BEFORE_RECOVERY, copy.name
        assert list(small.fake.books.settlements.values()) == booked, copy.name
    assert small.fake.times(Operation.SETTLE) == asked
    assert len(set(ids)) == len(ids)


def test_copies_of_some_commits(small: SmallCounter, tmp_path: Path) -> None:
    settles_nothing_twice(small, tmp_path / "copies", SAMPLE, doubtful=True)


@pytest.mark.deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize("doubtful", [False, True])
def test_copies_of_every_commit(small: SmallCounter, tmp_path: Path, doubtful: bool) -> None:
    settles_nothing_twice(small, tmp_path / "copies", None, doubtful=doubtful)
