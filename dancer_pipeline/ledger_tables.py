"""The ledger's tables and the database that they are in, made where they are not there yet."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()


class _Moment(sa.TypeDecorator[datetime]):
    """A UTC time; SQLite would drop the zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give a stored time its zone back."""
        del dialect
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


UPLOADS = sa.Table(
    "uploads",
    METADATA,
    sa.Column("video_id", sa.String(80), primary_key=True),
    sa.Column("version", sa.String(200), primary_key=True),
    sa.Column("bucket", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, index=True),
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
    sa.Column("reason", sa.Text),
    sa.Column("run_id", sa.String(40)),
    sa.Column("analysed_at", _Moment),
    sa.Column("deleted_at", _Moment),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", _Moment, nullable=False),
    sa.Column("video_id", sa.String(80), nullable=False, index=True),
    sa.Column("version", sa.String(200), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("is_dry_run", sa.Boolean, nullable=False),
    sa.Column("run_id", sa.String(40)),
)


def open_database(url: str) -> sa.Engine:
    """Open a ledger's database; a SQLite file and the tables are made if they are not there.

    Raises
    ------
    ValueError
        The tables were made by another version of this program.
    """
    address = sa.make_url(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    if is_sqlite and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address)
    if is_sqlite:
        sa.event.listen(engine, "connect", _make_sqlite_patient)
    _make_tables(engine)
    return engine


def _make_tables(engine: sa.Engine) -> None:
    # Not create_all: of two processes that start at once, one would find a table half way.
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            _check_columns(connection, table)
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))


def _check_columns(connection: sa.Connection, table: sa.Table) -> None:
    there = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    if absent := sorted(set(table.columns.keys()) - there):
        raise ValueError(
            f"DANCER_LEDGER was made by another version of this program: {table.name} has no"
            f" {', '.join(absent)}. Move that database away, then run: dancer rebuild-ledger"
        )


def _make_sqlite_patient(connection: Any, _record: Any) -> None:
    # Write-ahead logging: others read while a worker writes. Full sync: survives power loss.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")
