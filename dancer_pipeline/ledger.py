"""The upload ledger: one row per version of a video, and an audit of everything destructive.

It lives in the database server beside Dagster's own storage (a SQLite file locally). The
dispatcher's changes are compare-and-set, so that two processes never overwrite each other's
decision.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dancer_pipeline.announcements import Announcements
from dancer_pipeline.identity import Upload
from dancer_pipeline.ledger_database import open_database
from dancer_pipeline.ledger_tables import AUDIT, UPLOADS, insert_into
from dancer_pipeline.quarantine import Quarantine
from dancer_pipeline.standing import Standing, standing
from dancer_pipeline.states import AWAY, OPEN_STATES, WAITING, FoundBy, Problem, Row, State

ROWS_PER_INSERT = 500

ROW_FIELDS = tuple(field.name for field in fields(Row))


class Ledger:
    """The ledger of one deployment.

    Parameters
    ----------
    url
        SQLAlchemy URL of the database; a SQLite file is made, the tables are brought up to date.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_database(url)
        self.quarantine = Quarantine(self._engine)
        self.announcements = Announcements(self._engine)

    def record(
        self,
        uploads: Iterable[Upload],
        *,
        state: State = State.RECEIVED,
        reason: str | None = None,
        found_by: FoundBy | None = None,
    ) -> list[Upload]:
        """Insert what is not known yet and return that; a known version changes nothing."""
        unknown = {(found.video_id, found.version): found for found in self.unknown(uploads)}
        if not unknown:
            return []
        # Sorted: two that insert the same rows in different orders would wait for each other.
        rows = [_new_row(upload, state, reason, found_by) for _, upload in sorted(unknown.items())]
        insert = insert_into(UPLOADS, self._engine).on_conflict_do_nothing()
        with self._engine.begin() as connection:
            inserted = connection.execute(insert.returning(*UPLOADS.primary_key), rows)
            return [unknown[video_id, version] for video_id, version in inserted]

    def unknown(self, uploads: Iterable[Upload]) -> list[Upload]:
        """Those of the uploads that have no row."""
        wanted = list(uploads)
        known: set[tuple[str, str]] = set()
        with self._engine.connect() as connection:
            for start in range(0, len(wanted), ROWS_PER_INSERT):
                ids = [upload.video_id for upload in wanted[start : start + ROWS_PER_INSERT]]
                query = sa.select(UPLOADS.c.video_id, UPLOADS.c.version)
                found = connection.execute(query.where(UPLOADS.c.video_id.in_(ids)))
                known.update((video_id, version) for video_id, version in found)
        return [upload for upload in wanted if (upload.video_id, upload.version) not in known]

    def away(self, uploads: Iterable[Upload]) -> list[Row]:
        """Rows of these very versions that ended because their source was no longer there."""
        wanted = {(upload.video_id, upload.version) for upload in uploads}
        ids = sorted({video_id for video_id, _ in wanted})
        is_away = sa.or_(UPLOADS.c.state.in_(AWAY), UPLOADS.c.deleted_at.is_not(None))
        query = sa.select(UPLOADS).where(is_away, UPLOADS.c.state.not_in(OPEN_STATES))
        found: list[Row] = []
        for start in range(0, len(ids), ROWS_PER_INSERT):
            some = ids[start : start + ROWS_PER_INSERT]
            found += self._rows(query.where(UPLOADS.c.video_id.in_(some)))
        return [row for row in found if (row.video_id, row.version) in wanted]

    def unfinished(self, limit: int, now: datetime) -> list[Row]:
        """Rows that something may have to be done about, the longest untouched first.

        Those that only wait for their run come last: there may be more of them than the limit.
        """
        due = sa.or_(UPLOADS.c.not_before.is_(None), UPLOADS.c.not_before <= now)
        is_open = sa.or_(UPLOADS.c.state.in_(OPEN_STATES), UPLOADS.c.report_pending)
        query = sa.select(UPLOADS).where(is_open, due)
        only_waits = UPLOADS.c.state.in_(WAITING)
        return self._rows(query.order_by(only_waits, UPLOADS.c.changed_at).limit(limit))

    def in_trouble(self, since: datetime) -> list[Row]:
        """Rows that failed since then, and those whose source may go and has not yet."""
        has_failed = (UPLOADS.c.state == State.FAILED) & (UPLOADS.c.changed_at > since)
        is_pending = (UPLOADS.c.state == State.ANALYSED) & UPLOADS.c.cleanup_pending
        return self._rows(sa.select(UPLOADS).where(has_failed | is_pending))

    def row(self, video_id: str, version: str) -> Row | None:
        """Return one row; None where the version is unknown."""
        rows = self._rows(
            sa.select(UPLOADS).where(UPLOADS.c.video_id == video_id, UPLOADS.c.version == version)
        )
        return rows[0] if rows else None

    def current(self, video_id: str) -> Row | None:
        """Return the newest version of a video."""
        rows = self._rows(_newest_first(video_id).limit(1))
        return rows[0] if rows else None

    def of_video(self, video_id: str) -> list[Row]:
        """Return every version of a video, the newest first."""
        return self._rows(_newest_first(video_id))

    def rows(self, states: Sequence[State] = ()) -> list[Row]:
        """Return every row, or those in the given states, oldest first."""
        query = sa.select(UPLOADS).order_by(UPLOADS.c.received_at)
        return self._rows(query.where(UPLOADS.c.state.in_(states)) if states else query)

    def counts(self) -> dict[State, int]:
        """Return how many rows are in each state."""
        query = sa.select(UPLOADS.c.state, sa.func.count()).group_by(UPLOADS.c.state)
        with self._engine.connect() as connection:
            return {State(state): count for state, count in connection.execute(query)}

    def standing(self, now: datetime) -> Standing:
        """Count what is there and what came lately."""
        return standing(self._engine, now)

    def change(self, row: Row, **changes: Any) -> bool:
        """Change a row if it is still as it was read; False if somebody else was quicker."""
        still = [
            UPLOADS.c.state == row.state,
            UPLOADS.c.attempt == row.attempt,
            UPLOADS.c.cleanup_attempt == row.cleanup_attempt,
        ]
        return self._update(row.video_id, row.version, changes, still)

    def note(self, video_id: str, version: str, **changes: Any) -> bool:
        """Write down what a run found out, whatever the row says meanwhile."""
        return self._update(video_id, version, changes, [])

    def note_problem(
        self, video_id: str, version: str, problem: Problem, reason: str, run_id: str
    ) -> None:
        """Write down why a run is about to fail."""
        self.note(video_id, version, problem=problem, reason=reason, run_id=run_id)

    def audit(
        self,
        video_id: str,
        version: str,
        action: str,
        outcome: str,
        *,
        is_dry_run: bool,
        run_id: str | None = None,
    ) -> None:
        """Leave a trace of something destructive."""
        values = {
            "at": datetime.now(UTC),
            "video_id": video_id,
            "version": version,
            "action": action,
            "outcome": outcome,
            "is_dry_run": is_dry_run,
            "run_id": run_id,
        }
        with self._engine.begin() as connection:
            connection.execute(sa.insert(AUDIT).values(values))

    def audits(self, video_id: str | None = None) -> list[dict[str, Any]]:
        """Return the audit rows, oldest first."""
        query = sa.select(AUDIT).order_by(AUDIT.c.id)
        if video_id:
            query = query.where(AUDIT.c.video_id == video_id)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _update(
        self, video_id: str, version: str, changes: dict[str, Any], still: list[Any]
    ) -> bool:
        statement = (
            sa.update(UPLOADS)
            .where(UPLOADS.c.video_id == video_id, UPLOADS.c.version == version, *still)
            .values(**changes, changed_at=datetime.now(UTC))
        )
        with self._engine.begin() as connection:
            return connection.execute(statement).rowcount == 1

    def _rows(self, query: sa.Select[Any]) -> list[Row]:
        with self._engine.connect() as connection:
            return [_row(found) for found in connection.execute(query).mappings()]


def _newest_first(video_id: str) -> sa.Select[Any]:
    # S3 tells upload times to the second only; within it, the notification's sequencer decides.
    sequencer = UPLOADS.c.sequencer.desc().nulls_last()
    order = (UPLOADS.c.uploaded_at.desc(), sequencer, UPLOADS.c.received_at.desc())
    return sa.select(UPLOADS).where(UPLOADS.c.video_id == video_id).order_by(*order)


def _new_row(
    upload: Upload, state: State, reason: str | None, found_by: FoundBy | None
) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "video_id": upload.video_id,
        "version": upload.version,
        "bucket": upload.bucket,
        "key": upload.key,
        "owner": upload.owner,
        "size_bytes": upload.size_bytes,
        "uploaded_at": upload.uploaded_at,
        "received_at": now,
        "changed_at": now,
        "state": state,
        "reason": reason,
        "sequencer": upload.sequencer,
        "found_by": found_by,
    }


def _row(found: sa.RowMapping) -> Row:
    values = {name: found[name] for name in ROW_FIELDS}
    values["state"] = State(values["state"])
    values["problem"] = Problem(values["problem"]) if values["problem"] else None
    return Row(**values)
