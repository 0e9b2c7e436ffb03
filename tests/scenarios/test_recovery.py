"""I12: copy the base, sell, put the copy back, start. No money moves until the days are signed."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.case import Step
from app.domain.credential import PersonNumber
from app.domain.errors import Code, OperatorInput
from app.domain.settlement import AttemptState
from app.ports.recovery import Cause
from app.workflow.calendar import today
from app.workflow.upkeep.recovering import ON_ITS_WAY, require_nothing_stray
from app.workflow.views.case import BannerKind
from localdb.backups import place_of, put_back, take
from localdb.keystore import FileKeyStore
from localdb.opening import StoreLocation
from tests.support.counter import Bench
from tests.support.ledgers import our_side
from tests.support.visit import a_visit

MANAGER = ("3001", "112358")


def base_of(bench: Bench) -> Path:
    (base,) = bench.folder.glob("*.db")
    return base


def copy_aside(bench: Bench) -> Path:
    """A copy of the base as a nightly backup would hold it."""
    aside = bench.folder.parent / f"{bench.folder.name}-copy.db"
    bench.store.copy_to(aside)
    return aside


def start_from(bench: Bench, copy: Path) -> None:
    """The program ends, the old copy takes the base's place, the program starts."""
    bench.close()
    base = base_of(bench)
    for ending in ("-wal", "-shm"):
        Path(f"{base}{ending}").unlink(missing_ok=True)
    shutil.copy(copy, base)
    bench.restart()


def restore(bench: Bench, made: Path) -> None:
    """The program ends, ``yaotai restore`` puts the copy back, the program starts."""
    bench.close()
    location = StoreLocation(bench.folder, bench.till.profile.id, training=True)
    begun = put_back(location, FileKeyStore(bench.folder / "keys"), bench.clock, made)
    assert begun is not None
    assert begun.cause is Cause.RESTORED
    bench.restart()


def settled_there(bench: Bench) -> dict[str, object]:
    """Message ids of settlements that stand at the platform."""
    return {row["msgid"]: row for row in bench.platform_state()["active_settlements"]}


def refused(bench: Bench, case_id: int) -> Code:
    view = bench.surface.view(case_id)
    assert view.banner is not None
    return Code(view.banner.code)


def test_copy_sell_restore_start(bench: Bench) -> None:
    visit = a_visit(bench)
    at_settle = visit.until(Step.SETTLE)
    location = StoreLocation(bench.folder, bench.till.profile.id, training=True)
    copy = take(location, FileKeyStore(bench.folder / "keys"), bench.clock, place_of(location))
    visit.settle(at_settle)
    stands = settled_there(bench)
    assert len(stands) == 1

    restore(bench, copy.file)
    seen = bench.surface.current()
    assert seen.case_id == at_settle.case_id
    assert seen.step is Step.SETTLE, "the stale base believes that nothing was sent"
    assert seen.banner is not None
    assert (seen.banner.kind, seen.banner.code) == (BannerKind.STOP, Code.RECOVERY_OPEN)
    with pytest.raises(OperatorInput) as no:
        visit.settle(seen)
    assert no.value.code is Code.RECOVERY_OPEN
    with pytest.raises(OperatorInput):
        bench.surface.abandon(seen.case_id)
    assert bench.surface.deliver() == 0
    assert settled_there(bench) == stands

    day = today(bench.till)
    compared = bench.surface.compare_money(day)
    assert compared.complete
    assert compared.missing == (day,)
    (found,) = [row for row in compared.rows if row.open]
    assert found.message_id in stands
    with pytest.raises(OperatorInput) as early:
        bench.surface.sign_money(day, compared.run_no, *MANAGER, "恢复前已付款取药")
    assert early.value.code is Code.STILL_ON_ITS_WAY, "what was sent last may arrive now"
    bench.pass_time(ON_ITS_WAY.total_seconds())
    compared = bench.surface.compare_money(day)
    with pytest.raises(OperatorInput) as wordless:
        bench.surface.sign_money(day, compared.run_no, *MANAGER, "")
    assert wordless.value.code is Code.REASON_MISSING
    signed = bench.surface.sign_money(day, compared.run_no, *MANAGER, "恢复前已付款取药")
    assert signed.missing == ()

    with pytest.raises(OperatorInput) as before:
        visit.settle(bench.surface.view(seen.case_id))
    assert before.value.code is Code.BEFORE_RECOVERY
    with pytest.raises(OperatorInput):
        bench.surface.abandon(seen.case_id)
    assert settled_there(bench) == stands, "never a second settlement for one prescription"

    with bench.store.reading() as unit:
        case = unit.cases.get(seen.case_id)
        with pytest.raises(OperatorInput):
            require_nothing_stray(unit, case)
        assert case.facts.person is not None
        other = replace(case.facts.person, person_no=PersonNumber("SOMEBODY-ELSE"))
        # a line of one person holds back nobody else
        require_nothing_stray(unit, replace(case, facts=replace(case.facts, person=other)))

    bench.surface.reverse_stray(day, found.message_id, *MANAGER)
    assert settled_there(bench) == {}
    bench.surface.abandon(seen.case_id)
    bench.surface.deliver()
    again = bench.surface.current()
    assert again.case_id != seen.case_id
    assert again.banner is None


def test_what_was_on_its_way_in_the_copy_is_left_to_a_person(bench: Bench) -> None:
    """By itself it would be reversed, although it was settled and handed over meanwhile."""
    visit = a_visit(bench)
    at_settle = visit.until(Step.SETTLE)
    bench.fault("settle", "drop_after")
    doubtful = visit.settle(at_settle)
    copy = copy_aside(bench)
    attempt = our_side(bench.store, doubtful.case_id).attempts[doubtful.case_id]
    assert attempt is not None
    assert attempt.state is AttemptState.UNKNOWN
    with bench.store.unit() as unit:
        unit.settings.put("later", "than the copy")

    start_from(bench, copy)
    stands = settled_there(bench)
    bench.pass_time(3600)
    bench.surface.deliver()
    attempt = our_side(bench.store, doubtful.case_id).attempts[doubtful.case_id]
    assert attempt is not None
    assert attempt.state is AttemptState.MANUAL
    assert settled_there(bench) == stands
