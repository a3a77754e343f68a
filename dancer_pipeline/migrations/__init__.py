"""The ledger's migrations: each file in `versions` leads from the tables before it to its own.

What is written there stays as it was: no file imports the tables of today.
"""

from pathlib import Path

import sqlalchemy as sa

NEWEST = "0003"
"""Repeated here so that opening a ledger that is up to date need not load alembic."""

VERSION_TABLE = "ledger_version"
"""Not alembic's own name for it: Dagster's tables may be in the same database."""


def migrate(connection: sa.Connection) -> None:
    """Bring the tables up to date, in the transaction of this connection."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    script = ScriptDirectory(str(Path(__file__).parent))
    missing = script.iterate_revisions(NEWEST, context.get_current_revision() or "base")
    for revision in reversed(list(missing)):
        # Not alembic's global `op`: Dagster uses alembic in other threads of this process.
        revision.module.upgrade(Operations(context))
    context.stamp(script, NEWEST)
