"""A forgotten PIN: made anew by a manager, opens nothing but the question for one's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.access import Act, Role, weak_pin
from app.domain.errors import Code, OperatorInput
from app.workflow.people import signing
from tests.support.small_counter import (
    BOSS,
    CLERK,
    PIN,
    SmallCounter,
    a_small_counter,
    make_template,
    pin_matches,
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pins")
    make_template(folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, template: Path) -> Iterator[SmallCounter]:
    with a_small_counter(tmp_path / "base", template) as small:
        yield small


def refused(act: object, *arguments: object) -> Code:
    with pytest.raises(OperatorInput) as told:
        act(*arguments)  # type: ignore[operator]
    return told.value.code


def clerk_of(small: SmallCounter) -> int:
    small.surface.sign_in(BOSS, PIN)
    return next(row.staff_id for row in small.surface.staff() if row.login == CLERK)


def test_a_reset_pin_opens_only_the_way_to_ones_own(small: SmallCounter) -> None:
    surface, clerk = small.surface, clerk_of(small)
    handed = surface.reset_pin(clerk, "本人忘了")
    assert (len(handed), handed.isdigit(), weak_pin(handed, CLERK)) == (8, True, False)
    (row,) = [row for row in surface.staff() if row.login == CLERK]
    assert (row.pin_due, row.me, row.roles) == (True, False, (Role.CLERK,))
    assert refused(surface.sign_in, CLERK, PIN) is Code.SIGN_IN_WRONG, "the old one is gone"
    assert refused(surface.sign_in, CLERK, handed) is Code.PIN_DUE
    assert small.till.signed_in is not None
    assert small.till.signed_in.login == BOSS, "nobody came in by it"
    for weak in (handed, "111111", "123456", "987654", f"{CLERK}99", "12345", "x" * 65):
        assert refused(surface.renew_pin, CLERK, handed, weak) is Code.PIN_WEAK
    assert refused(surface.renew_pin, CLERK, PIN, "zhenshi-07") is Code.SIGN_IN_WRONG
    assert surface.renew_pin(CLERK, handed, "zhenshi-07").login == CLERK
    assert refused(surface.sign_in, CLERK, handed) is Code.SIGN_IN_WRONG
    assert surface.sign_in(CLERK, "zhenshi-07").login == CLERK


def test_both_acts_stand_in_the_audit_list_and_the_pin_does_not(small: SmallCounter) -> None:
    clerk = clerk_of(small)
    handed = small.surface.reset_pin(clerk, "本人忘了")
    small.surface.renew_pin(CLERK, handed, "zhenshi-07")
    with small.store.reading() as unit:
        rows = [(row.act, row.subject, row.reason) for row in unit.journal.rows()]  # type: ignore[attr-defined]  # the base's own
    assert ("pin_reset", CLERK, "本人忘了") in rows
    assert ("pin_renewed", CLERK, "") in rows
    assert handed not in repr(rows)


def test_it_also_ends_a_lock_after_too_many_tries(small: SmallCounter) -> None:
    for _ in range(4):
        assert refused(small.surface.sign_in, CLERK, "wrong") is Code.SIGN_IN_WRONG
    assert refused(small.surface.sign_in, CLERK, "wrong") is Code.SIGN_IN_LOCKED
    clerk = clerk_of(small)
    (row,) = [row for row in small.surface.staff() if row.login == CLERK]
    assert row.locked_until is not None
    handed = small.surface.reset_pin(clerk, "输错太多次")
    assert small.surface.renew_pin(CLERK, handed, "zhenshi-07").login == CLERK


def test_who_may_not_reset_and_whose_pin_is_not_reset_here(small: SmallCounter) -> None:
    clerk = clerk_of(small)
    boss = next(row.staff_id for row in small.surface.staff() if row.me)
    assert refused(small.surface.reset_pin, boss, "本人忘了") is Code.PIN_OWN
    assert refused(small.surface.reset_pin, clerk, "  ") is Code.REASON_MISSING
    small.surface.sign_in(CLERK, PIN)
    assert refused(small.surface.staff) is Code.NOT_ALLOWED
    assert refused(small.surface.reset_pin, boss, "本人忘了") is Code.NOT_ALLOWED


def test_a_handed_out_pin_agrees_to_nothing_as_second_person(small: SmallCounter) -> None:
    handed = small.surface.reset_pin(clerk_of(small), "本人忘了")
    asked = (small.till, CLERK, handed, Act.REFUND, pin_matches)
    assert refused(signing.second, *asked) is Code.PIN_DUE
