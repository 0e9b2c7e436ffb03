"""From one schema to the next, in one transaction. Additive for one release (reliability 9)."""

from pathlib import Path

import sqlalchemy as sa

from app.domain.errors import Code, LocalTrouble

HEAD = "0023"
"""The schema this program speaks."""
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0010",
    "0011",
    "0014",
    "0015",
    "0016",
    "0019",
    "0020",
    "0021",
    "0022",
    HEAD,
)
"""Every schema this program can start from, oldest first."""


def upgrade(connection: sa.Connection) -> None:
    """Bring an open transaction's base to ``HEAD``.

    Driver errors pass through; a step that cannot be found is a ``LocalTrouble``.
    """
    # Only a first start and an update pay for loading the migration library.
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    script = ScriptDirectory(str(Path(__file__).parent))

    def steps(current: object, _context: object) -> object:
        return script._upgrade_revs(HEAD, current)  # type: ignore[arg-type]  # alembic's own shape

    context = MigrationContext.configure(connection, opts={"fn": steps, "transactional_ddl": False})
    try:
        with Operations.context(context):
            context.run_migrations()
    except CommandError as error:
        raise LocalTrouble(Code.MIGRATION_FAILED, wanted=HEAD) from error
