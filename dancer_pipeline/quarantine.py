"""The quarantine: messages that could not be understood, kept as they came, and counts of others.

Whatever the queue delivers is recorded before it is acknowledged, also what cannot become work.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dancer_pipeline.ledger_tables import INTAKE_COUNTS, QUARANTINE, insert_into

MAX_BODY_CHARACTERS = 64 * 1024
"""What is kept of a body; S3's own messages are never longer."""

MAX_ROWS = 10_000
"""The latest that are kept: whoever may send messages may send them for ever."""


@dataclass(frozen=True)
class Quarantined:
    """A message, or one record of it, that could not be understood."""

    body: str
    reason: str
    message_id: str | None

    @property
    def digest(self) -> str:
        """What the same message with the same reason is known by."""
        told = f"{len(self.reason)}:{self.reason}{self.body}"
        return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Kept(Quarantined):
    """A quarantined message and how often it has come."""

    first_seen_at: datetime
    last_seen_at: datetime
    times: int


class Quarantine:
    """The part of the ledger for what never became an upload."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def add(self, items: Iterable[Quarantined]) -> None:
        """Keep messages; of one that is there already, count how often it came."""
        rows: dict[str, dict[str, Any]] = {}
        for item in items:
            row = rows.setdefault(item.digest, _new_row(item))
            row["message_id"] = item.message_id
            row["times"] += 1
        self._add_up(QUARANTINE, rows, fixed=("body", "reason", "first_seen_at"))
        if rows:
            self._forget_oldest()

    def rows(self, limit: int) -> list[Kept]:
        """Return what is quarantined, the latest first."""
        columns = [column for column in QUARANTINE.c if column.name != "digest"]
        query = sa.select(*columns).order_by(QUARANTINE.c.last_seen_at.desc(), QUARANTINE.c.digest)
        with self._engine.connect() as connection:
            return [Kept(**found) for found in connection.execute(query.limit(limit)).mappings()]

    def count(self, kinds: Mapping[str, int]) -> None:
        """Count messages that never become work, by kind."""
        now = datetime.now(UTC)
        rows = {it: {"kind": it, "times": times, "last_at": now} for it, times in kinds.items()}
        self._add_up(INTAKE_COUNTS, rows)

    def counted(self) -> dict[str, int]:
        """Return how many messages of each kind have come."""
        query = sa.select(INTAKE_COUNTS.c.kind, INTAKE_COUNTS.c.times)
        with self._engine.connect() as connection:
            return dict(connection.execute(query).tuples().all())

    def total(self) -> int:
        """Return how many messages have been quarantined, each time one came."""
        with self._engine.connect() as connection:
            return connection.execute(sa.select(sa.func.sum(QUARANTINE.c.times))).scalar() or 0

    def _forget_oldest(self) -> None:
        newest = sa.select(QUARANTINE.c.digest).order_by(QUARANTINE.c.last_seen_at.desc())
        too_old = newest.offset(MAX_ROWS).limit(MAX_ROWS)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(QUARANTINE).where(QUARANTINE.c.digest.in_(too_old)))

    def _add_up(
        self, table: sa.Table, rows: Mapping[str, dict[str, Any]], fixed: Collection[str] = ()
    ) -> None:
        """Insert rows by their keys; where one is there, add to its times, keep what is fixed."""
        if not rows:
            return
        insert = insert_into(table, self._engine)
        (key,) = table.primary_key
        new: dict[str, Any] = dict(insert.excluded)
        new["times"] = table.c.times + insert.excluded.times
        changed = {name: new[name] for name in new.keys() - {key.name, *fixed}}
        statement = insert.on_conflict_do_update(index_elements=[key], set_=changed)
        with self._engine.begin() as connection:
            # Sorted: two that insert the same rows in different orders wait for each other.
            connection.execute(statement, [rows[name] for name in sorted(rows)])


def _new_row(item: Quarantined) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "digest": item.digest,
        "body": _cut(item.body),
        "reason": item.reason,
        "first_seen_at": now,
        "last_seen_at": now,
        "times": 0,
    }


def _cut(body: str) -> str:
    rest = len(body) - MAX_BODY_CHARACTERS
    return f"{body[:MAX_BODY_CHARACTERS]} ... and {rest} characters more" if rest > 0 else body
