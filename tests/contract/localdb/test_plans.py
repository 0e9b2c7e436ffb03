"""What every round and every message asks begins with an index, however old the shop is."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

import localdb
from localdb.repositories import attempts, days, messages
from localdb.statements import Known, Values
from localdb.store import SqlStore, scope_of

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, tzinfo=UTC)
BY: dict[str, tuple[Known, Values, str]] = {
    "open attempts": (attempts._OPEN, {"counter": 1}, "ix_settlement_attempt_open"),
    "settlements of a day": (
        attempts._SETTLED,
        {"first": NOW, "last": NOW},
        "ix_settlement_attempt_settled_on",
    ),
    "sign-in of today": (days._CURRENT, {"counter": 1, "wanted": TODAY}, "ix_business_day_day"),
    "days with business": (
        days._OPENED,
        {"counter": 1, "first": TODAY, "last": TODAY},
        "ix_business_day_day",
    ),
    "a serial seen before": (
        messages._SEEN,
        {"wanted": "1"},
        "ix_message_reply_platform_ref",
    ),
}


@pytest.mark.parametrize(("known", "values", "index"), BY.values(), ids=BY)
def test_it_begins_with_its_index(
    store: SqlStore, known: Known, values: Values, index: str
) -> None:
    with store.reading() as unit:
        line = scope_of(unit).line
        worded = known.worded(line.connection.dialect, tuple(values))
        text = f"EXPLAIN QUERY PLAN {worded.text}"
        plan = [row[3] for row in line.driver.execute(text, worded.arguments(values))]
    assert index in plan[0]
    assert not [step for step in plan[1:] if step.startswith("SCAN")]


def _known() -> Iterator[tuple[str, Known]]:
    """Every known statement of this room, by module and name."""
    for found in pkgutil.walk_packages(localdb.__path__, "localdb."):
        if ".migrations." in found.name:
            continue
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            if isinstance(value, Known):
                yield f"{found.name}.{name}", value


def test_no_known_statement_is_prepared_anew_with_every_run(store: SqlStore) -> None:
    """SQLite looks at a bound limit to plan by it, and forgets the plan with the next value."""
    with store.reading() as unit:
        line = scope_of(unit).line
        prepared = 0

        def look(*_asked: object) -> int:
            nonlocal prepared
            prepared += 1
            return 0

        line.driver.set_authorizer(look)
        asked = 0
        for name, known in _known():
            if known.writes:
                continue
            compiled = known.statement.compile(dialect=line.connection.dialect)
            if compiled.post_compile_params:
                continue
            arguments = [1] * len(compiled.positiontup)
            line.driver.execute(compiled.string, arguments).fetchall()
            before = prepared
            line.driver.execute(compiled.string, [2] * len(arguments)).fetchall()
            assert prepared == before, name
            asked += 1
        line.driver.set_authorizer(None)
    assert asked > 40
