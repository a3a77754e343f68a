"""Opening the ledger's database: what it accepts, its connections, its tables brought up to date.

Many processes open it at the same moment. Usually its tables are up to date, which one query
tells; else one process migrates them under a lock while the others wait.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dancer_pipeline import migrations
from dancer_pipeline.ledger_tables import METADATA

ACCEPTED = "sqlite:///path/of/a/file or postgresql://user:password@server/database"
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg2")

MIGRATION_LOCK = 0x64616E636572
"""PostgreSQL's advisory locks have numbers; this one reads `dancer`."""

POOL: dict[str, Any] = {
    "pool_size": 1,  # of each process, when idle; there are many processes
    "max_overflow": 4,
    "pool_pre_ping": True,  # the server may have been started again meanwhile
}

PATIENCE_S = 30
"""How long a SQLite ledger is waited for while others write."""

CONNECTING = {
    "connect_timeout": 10,
    "keepalives_idle": 30,  # a server that vanished without a word is noticed within minutes
    "tcp_user_timeout": 60_000,
    "application_name": "dancer_pipeline",
}


class LedgerUnavailableError(Exception):
    """The ledger's database does not do its work; the message names the database and the cause."""


def open_database(url: str) -> sa.Engine:
    """Open a ledger's database and bring its tables up to date; a SQLite file is made.

    Raises
    ------
    ValueError
        It is no such database, or its tables are not this program's to bring up to date.
    LedgerUnavailableError
        It does not answer.
    """
    address = _address(url)
    engine = _sqlite(address) if address.get_backend_name() == "sqlite" else _postgresql(address)
    _name_it_in_errors(engine)
    with engine.connect() as connection:
        version = _version(connection)
    if version != migrations.NEWEST:
        _bring_up_to_date(engine)
    return engine


def tables_version(url: str) -> str | None:
    """Return how new a ledger's tables are; None where there are none. Changes nothing.

    Raises
    ------
    ValueError
        It is no such database.
    LedgerUnavailableError
        It does not answer.
    """
    address = _address(url)
    is_file = address.get_backend_name() == "sqlite"
    if is_file and not (address.database and Path(address.database).is_file()):
        return None
    engine = _sqlite(address) if is_file else _postgresql(address)
    _name_it_in_errors(engine)
    with engine.connect() as connection:
        return _version(connection)


def without_password(url: str) -> str:
    """Return a database's URL as people may see it.

    Raises
    ------
    ValueError
        It is no such URL.
    """
    address = _address(url)
    return address.difference_update_query(["password"]).render_as_string(hide_password=True)


def _address(url: str) -> sa.URL:
    # Neither the URL nor what SQLAlchemy says of it: both may hold a password.
    refusal = ValueError(
        f"DANCER_LEDGER: not the URL of a database, accepted: {ACCEPTED}; in a password, write"
        " @ : / % as %40 %3A %2F %25"
    )
    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise refusal from None
    if address.drivername not in DRIVERS or "@" in (address.host or ""):
        raise refusal
    return address


def _sqlite(address: sa.URL) -> sa.Engine:
    if address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(address)
    sa.event.listen(engine, "connect", _make_sqlite_patient)
    return engine


def _make_sqlite_patient(connection: sqlite3.Connection, _record: object) -> None:
    # Full sync survives power loss; write-ahead logging lets others read while a worker writes.
    for pragma in (f"busy_timeout={PATIENCE_S}000", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # Of those that switch a new file at once, SQLite refuses some without any patience.
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > end:
                raise
            time.sleep(0.01)
        else:
            return


def _postgresql(address: sa.URL) -> sa.Engine:
    chosen = {name: value for name, value in CONNECTING.items() if name not in address.query}
    return sa.create_engine(address, connect_args=chosen, **POOL)


def _name_it_in_errors(engine: sa.Engine) -> None:
    url = engine.url
    server = f"{url.host or 'the local socket'}:{url.port or 5432}"
    place = f"{url.database} at {server}" if engine.name == "postgresql" else url.database

    def explain(context: sa.engine.ExceptionContext) -> None:
        is_from_there = isinstance(context.sqlalchemy_exception, sa.exc.DBAPIError)
        if is_from_there and not context.is_pre_ping:
            cause = " ".join(str(context.original_exception).split())
            raise LedgerUnavailableError(f"DANCER_LEDGER ({place}): {cause}")

    sa.event.listen(engine, "handle_error", explain)


def _version(connection: sa.Connection) -> str | None:
    """Return how new the tables are; None where no migration was noted yet."""
    if not sa.inspect(connection).has_table(migrations.VERSION_TABLE):
        return None
    noted = sa.table(migrations.VERSION_TABLE, sa.column("version_num"))
    version: str | None = connection.scalar(sa.select(noted.c.version_num))
    return version


def _bring_up_to_date(engine: sa.Engine) -> None:
    with _locked(engine) as connection:
        version = _version(connection)
        if version and version > migrations.NEWEST:
            raise ValueError(
                f"DANCER_LEDGER was written by a newer version of this program (its tables are"
                f" {version}, known here is {migrations.NEWEST}): start that version again"
            )
        if version != migrations.NEWEST:  # nobody else was quicker
            migrations.migrate(connection)
            _check_columns(connection)


@contextmanager
def _locked(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Begin a transaction that nobody else may begin before it ends."""
    if engine.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
            yield connection
        return
    # By itself the driver would begin at the first change only, and not for a new table.
    with engine.execution_options(isolation_level="AUTOCOMMIT").begin() as connection:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")
        yield connection


def _check_columns(connection: sa.Connection) -> None:
    for table in METADATA.sorted_tables:
        there = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
        if absent := sorted(set(table.columns.keys()) - there):
            raise ValueError(
                f"DANCER_LEDGER was made by another program: {table.name} has no"
                f" {', '.join(absent)}. Move that database away, then run: dancer rebuild-ledger"
            )
