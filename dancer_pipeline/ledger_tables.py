"""The ledger's tables, the same in SQLite and in PostgreSQL.

A change here needs a migration; a test compares both.
"""

import re
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

METADATA = sa.MetaData()


class _Moment(sa.TypeDecorator[datetime]):
    """A UTC time; SQLite would drop the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give a stored time its zone back."""
        del dialect
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class _AnyText(sa.TypeDecorator[str]):
    r"""Text as it comes from outside: NUL, which PostgreSQL refuses, becomes SUB and `0` there.

    Half a surrogate pair, which no database takes, stays readable only, as `\ud800`.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Write text so that the database takes it."""
        if value is None:
            return None
        text = value.encode(errors="backslashreplace").decode()
        return _without_nul(text) if dialect.name == "postgresql" else text

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Read text as it was."""
        return _with_nul(value) if value and dialect.name == "postgresql" else value


def _without_nul(text: str) -> str:
    return text.replace("\x1a", "\x1a1").replace("\0", "\x1a0")


def _with_nul(stored: str) -> str:
    return re.sub("\x1a([01])", lambda found: "\0" if found[1] == "0" else "\x1a", stored)


UPLOADS = sa.Table(
    "uploads",
    METADATA,
    sa.Column("video_id", sa.String(80), primary_key=True),
    sa.Column("version", sa.String(200), primary_key=True),
    sa.Column("bucket", _AnyText, nullable=False),
    sa.Column("key", _AnyText, nullable=False),
    sa.Column("owner", _AnyText, index=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("uploaded_at", _Moment, nullable=False),
    sa.Column("received_at", _Moment, nullable=False),
    sa.Column("changed_at", _Moment, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("attempt", sa.Integer, nullable=False, default=0),
    sa.Column("cleanup_attempt", sa.Integer, nullable=False, default=0),
    sa.Column("worker_losses", sa.Integer, nullable=False, default=0),
    sa.Column("not_before", _Moment),
    sa.Column("cleanup_pending", sa.Boolean, nullable=False, default=False),
    sa.Column("report_pending", sa.Boolean, nullable=False, default=False),
    sa.Column("problem", sa.String(20)),
    sa.Column("reason", _AnyText),
    sa.Column("run_id", sa.String(40)),
    sa.Column("analysed_at", _Moment),
    sa.Column("deleted_at", _Moment),
    sa.Column("sequencer", sa.String(64)),
    sa.Column("found_by", sa.String(20)),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", _Moment, nullable=False),
    sa.Column("video_id", sa.String(80), nullable=False, index=True),
    sa.Column("version", sa.String(200), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("outcome", _AnyText, nullable=False),
    sa.Column("is_dry_run", sa.Boolean, nullable=False),
    sa.Column("run_id", sa.String(40)),
)

QUARANTINE = sa.Table(
    "quarantine",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("body", _AnyText, nullable=False),
    sa.Column("reason", _AnyText, nullable=False),
    sa.Column("message_id", _AnyText),
    sa.Column("first_seen_at", _Moment, nullable=False),
    sa.Column("last_seen_at", _Moment, nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)

INTAKE_COUNTS = sa.Table(
    "intake_counts",
    METADATA,
    sa.Column("kind", _AnyText, primary_key=True),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("last_at", _Moment, nullable=False),
)

ANNOUNCEMENTS = sa.Table(
    "announcements",
    METADATA,
    sa.Column("name", sa.String(400), primary_key=True),
    sa.Column("at", _Moment, nullable=False, index=True),
)


def insert_into(table: sa.Table, engine: sa.Engine) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that can say what happens to a row that is there already."""
    return postgresql.insert(table) if engine.name == "postgresql" else sqlite.insert(table)
