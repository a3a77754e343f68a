"""What the outside was told already: each thing is claimed before it is said, and said once.

A claim that is never followed by a word (the process was killed in between) stays unsaid. The other
order would say things twice.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from dancer_pipeline.ledger_tables import ANNOUNCEMENTS, insert_into

REMEMBERED = timedelta(days=30)
"""Much longer than anybody looks back for something to say."""


class Announcements:
    """The part of the ledger for what was said."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def claim(self, names: Collection[str]) -> set[str]:
        """Return those that nobody has claimed so far: they are the caller's to say."""
        if not names:
            return set()
        now = datetime.now(UTC)
        # Sorted: two that insert the same rows in different orders wait for each other.
        rows = [{"name": name, "at": now} for name in sorted(set(names))]
        insert = insert_into(ANNOUNCEMENTS, self._engine).on_conflict_do_nothing()
        with self._engine.begin() as connection:
            claimed = connection.execute(insert.returning(ANNOUNCEMENTS.c.name), rows)
            return set(claimed.scalars())

    def give_back(self, name: str) -> None:
        """Let what could not be said be claimed again."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(ANNOUNCEMENTS).where(ANNOUNCEMENTS.c.name == name))

    def forget(self) -> None:
        """Delete claims that are too old to matter."""
        too_old = ANNOUNCEMENTS.c.at < datetime.now(UTC) - REMEMBERED
        with self._engine.begin() as connection:
            connection.execute(sa.delete(ANNOUNCEMENTS).where(too_old))
