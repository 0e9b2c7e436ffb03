"""Known statements: worded once, run on the driver, and no different from the engine's own way."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.dialects import postgresql

from app.domain.errors import Bug
from localdb.failures import is_twice
from localdb.repositories.scope import Scope
from localdb.schema.people import journal
from localdb.schema.shop import setting
from localdb.statements import Known, Worded
from localdb.store import SqlStore, scope_of
from tests.support.bases import BOTH

BASES = BOTH

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
WRITE = Known(sa.insert(journal))
BY_NUMBER = sa.select(journal).where(journal.c.number == sa.bindparam("wanted"))
FROM = sa.select(journal).where(journal.c.number >= sa.bindparam("wanted"))
ACTS = Known(FROM.where(journal.c.act == "act").order_by(journal.c.number))
PUT = Known(sa.insert(setting))
COUNT = Known(sa.select(sa.func.count(), sa.func.max(journal.c.at)).select_from(journal))
GIVE = Known(sa.insert(setting).returning(setting.c.key, setting.c.value))


def row(number: int, at: datetime = NOON) -> dict[str, object]:
    said = {"staff_id": 1, "act": "act", "subject": "", "reason": "", "link": b"\x01"}
    return {"number": number, "at": at, **said}


def test_rows_are_those_of_the_engine(store: SqlStore) -> None:
    with store.unit() as unit:
        scope = scope_of(unit)
        scope.ask(WRITE, row(1))
        theirs = scope.connection.execute(BY_NUMBER, {"wanted": 1}).one()
        ours = scope.ask(Known(BY_NUMBER), {"wanted": 1}).one()
        assert tuple(ours) == tuple(theirs)
        assert (ours.number, ours.at, ours.link) == (1, NOON, b"\x01")


def test_values_of_the_statement_itself_go_with_it(store: SqlStore) -> None:
    with store.unit() as unit:
        scope = scope_of(unit)
        scope.ask_each(WRITE, [row(1), row(2)])
        assert [found.number for found in scope.ask(ACTS, {"wanted": 2})] == [2]
        assert scope.ask(COUNT).one() == (2, NOON)
        assert scope.ask(GIVE, {"key": "k", "value": b"v"}).one() == ("k", b"v")


def test_it_sees_and_shares_the_transaction_of_the_engine(store: SqlStore) -> None:
    with store.unit() as unit:
        scope = scope_of(unit)
        scope.connection.execute(sa.insert(setting).values(key="k", value=b"v"))
        scope.ask(PUT, {"key": "l", "value": b"w"})
        keys = scope.connection.execute(sa.select(setting.c.key)).scalars()
        assert {"k", "l"} <= set(keys)
    with pytest.raises(Bug), store.unit() as unit:
        _write_both_ways_and_fail(scope_of(unit))
    with store.reading() as unit:
        kept = scope_of(unit).ask(Known(sa.select(setting.c.key))).scalars()
    assert {"k", "l"} <= set(kept)
    assert {"m", "n"}.isdisjoint(kept)


def _write_both_ways_and_fail(scope: Scope) -> None:
    scope.connection.execute(sa.insert(setting).values(key="m", value=b"v"))
    scope.ask(PUT, {"key": "n", "value": b"w"})
    raise Bug(what="planted")


def test_a_broken_rule_is_worded_as_by_the_engine_without_values(store: SqlStore) -> None:
    twice = {"key": "secret", "value": b"v"}
    with store.unit() as unit:
        scope_of(unit).ask(PUT, twice)
        refused = pytest.raises(sqlalchemy.exc.IntegrityError)
        with refused as broken, scope_of(unit).line.refusable():
            scope_of(unit).ask(PUT, twice)
    assert is_twice(broken.value, "setting.key", "pk_setting")
    assert "secret" not in str(broken.value)
    with pytest.raises(Bug), store.unit() as unit:
        scope_of(unit).ask_each(PUT, [twice])


@pytest.mark.parametrize("at", [datetime(2026, 11, 22, 4, 0), "noon"])  # noqa: DTZ001 - refused
def test_a_value_that_does_not_fit_is_refused_before_the_base(
    store: SqlStore, at: datetime
) -> None:
    with pytest.raises(Bug) as bug, store.unit() as unit:
        scope_of(unit).ask(WRITE, row(1, at))
    assert isinstance(bug.value.__cause__, sqlalchemy.exc.SQLAlchemyError)


def test_a_missing_value_and_a_wrong_count_are_bugs(store: SqlStore) -> None:
    with store.reading() as unit:
        scope = scope_of(unit)
        with pytest.raises(Bug):
            scope.ask(ACTS, {"other": 1})
        none = scope.ask(ACTS, {"wanted": 99})
        assert (none.one_or_none(), none.first(), none.scalars()) == (None, None, [])
        with pytest.raises(Bug):
            none.one()
    with store.unit() as unit:
        scope_of(unit).ask_each(WRITE, [row(1), row(2)])
        with pytest.raises(Bug):
            scope_of(unit).ask(ACTS, {"wanted": 1}).one_or_none()


def test_it_counts_what_it_wrote(store: SqlStore) -> None:
    change = Known(sa.update(setting).where(setting.c.key == sa.bindparam("wanted")))
    with store.unit() as unit:
        scope = scope_of(unit)
        scope.ask(PUT, {"key": "k", "value": b"v"})
        assert scope.ask(change, {"wanted": "k", "value": b"w"}).rowcount == 1
        assert scope.ask(change, {"wanted": "l", "value": b"w"}).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(setting).where(setting.c.key.in_(sa.bindparam("wanted", expanding=True))),
        sa.select(setting).where(setting.c.key.in_(("a", "b"))),
    ],
)
def test_what_is_worded_anew_each_time_is_not_known(
    store: SqlStore, statement: "sa.Select[tuple[str, bytes]]"
) -> None:
    with store.reading() as unit, pytest.raises(Bug):
        scope_of(unit).ask(Known(statement), {"wanted": ["a"]})


def test_another_base_has_its_own_wording() -> None:
    worded = Worded(FROM.where(journal.c.act == "act"), postgresql.dialect(), ("wanted",))
    assert "%(wanted)s" in worded.text
    assert worded.arguments({"wanted": 2}) == {"wanted": 2, "act_1": "act"}
