"""The rehearsal leaves nothing behind and never keeps a counter from opening."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.engine.interfaces import CacheStats

from app.domain.case import Step
from app.workflow.upkeep.rehearsal import rehearse
from localdb.lines import Line
from localdb.statements import NOTHING, Found, Known, Values
from localdb.store import SqlStore, scope_of
from tests.support.failing_disk import full_disk
from tests.support.small_counter import SmallCounter


def _rows(store: SqlStore) -> dict[str, int]:
    with store.reading() as unit:
        connection = scope_of(unit).connection
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {
            name: connection.execute(
                sa.select(sa.func.count()).select_from(sa.table(name))
            ).scalar_one()
            for name in names.scalars()
        }


def test_nothing_stays_of_a_rehearsal(small: SmallCounter) -> None:
    before = _rows(small.store)
    assert before["operator"] > 0
    rehearse(small.till)
    assert _rows(small.store) == before
    assert small.store.journal_report().whole


def test_every_statement_of_the_rehearsal_is_run(
    small: SmallCounter, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    ask = Line.ask

    def noted(line: Line, known: Known, values: Values = NOTHING) -> Found:
        found = ask(line, known, values)
        seen.append(str(known.statement))
        return found

    monkeypatch.setattr(Line, "ask", noted)
    rehearse(small.till)
    # the last of them: had one before been refused, it would not have come so far
    assert seen[-1].startswith("SELECT part_claim")
    assert any(statement.startswith("INSERT INTO stock_event") for statement in seen)


def test_a_full_disk_does_not_keep_the_counter_closed(small: SmallCounter) -> None:
    before = _rows(small.store)
    with full_disk(small.store):
        rehearse(small.till)
    assert _rows(small.store) == before


def test_a_visit_after_it_builds_no_statement_anew(small: SmallCounter) -> None:
    built: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *rest: object) -> None:
        context = rest[1]
        assert isinstance(context, DefaultExecutionContext)
        if context.cache_hit in (CacheStats.CACHE_MISS, CacheStats.NO_CACHE_KEY):
            built.append(statement)

    sa.event.listen(sa.Engine, "after_cursor_execute", note)
    try:
        rehearse(small.till)
        assert built, "the rehearsal itself builds them"
        built.clear()
        small.surface.desk()
        assert small.until(Step.DONE).step is Step.DONE
        small.surface.desk()
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", note)
    assert built == []
