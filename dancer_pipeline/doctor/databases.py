"""The ledger and Dagster's own storage: reachable, and their tables up to date."""

from collections.abc import Iterator

from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, unseen, wrong

CONNECT_LIMIT_S = 10
DATABASE_FIX = (
    "See that the database runs, that its security group lets this machine in, and that the URL,"
    " user and password are right."
)


def ledger(at: Deployment) -> Iterator[Finding]:
    """Whether the ledger answers, with the tables that this program knows."""
    from dancer_pipeline.ledger_database import (
        LedgerUnavailableError,
        tables_version,
        without_password,
    )
    from dancer_pipeline.migrations import NEWEST

    shown = without_password(at.settings.ledger)
    try:
        version = tables_version(at.settings.ledger)
    except LedgerUnavailableError as error:
        yield wrong(str(error), DATABASE_FIX)
        return
    if version == NEWEST:
        yield good(f"{shown}: reachable, tables {version}")
    elif version is None and shown.startswith("sqlite"):
        yield unseen(f"{shown}: not there yet, it is made at the first start")
    elif version is None or version < NEWEST:
        yield wrong(
            f"{shown}: its tables are {version or 'not there'}, this program has {NEWEST}",
            "Run `dancer status` once: opening the ledger brings its tables up to date.",
        )
    else:
        yield wrong(
            f"{shown}: its tables are {version}, this program knows {NEWEST} at most",
            "Start the newer version of this program again: a newer one has used this ledger.",
        )


def dagster_storage(at: Deployment) -> Iterator[Finding]:
    """Whether Dagster's history answers, with the tables of the installed Dagster."""
    yield unready(at) or _migrated(at)


def unready(at: Deployment) -> Finding | None:
    """Say why Dagster's history cannot be opened; opening it without tables would make them."""
    if missing := list(at.unset(at.postgres)):
        return wrong(
            f"{missing[0]} is not set, which {at.home / 'dagster.yaml'} wants",
            f"Set {missing[0]}=postgresql://user:password@server/database for every container.",
        )
    if url := at.value(at.postgres):
        return _unready_postgres(url)
    if (at.home / "history" / "runs.db").is_file():
        return None
    return unseen(f"{at.home}: nothing there yet, Dagster makes it at the first start")


def _unready_postgres(url: str) -> Finding | None:
    import sqlalchemy as sa

    try:
        shown = sa.make_url(url).render_as_string(hide_password=True)
        engine = sa.create_engine(
            url, connect_args={"connect_timeout": CONNECT_LIMIT_S}, poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            has_tables = sa.inspect(connection).has_table("runs")
    except sa.exc.ArgumentError:
        return wrong("it is not the URL of a database", "Use postgresql://user:password@server/db.")
    except sa.exc.DBAPIError as error:
        return wrong(f"{shown}: {' '.join(str(error.orig).split())}", DATABASE_FIX)
    if has_tables:
        return None
    return wrong(
        f"{shown}: reachable, but without Dagster's tables",
        "Start the daemon or run `dagster instance migrate`: either makes them.",
    )


def _migrated(at: Deployment) -> Finding:
    from dancer_pipeline.defs.in_process import opened
    from dancer_pipeline.redaction import redacted

    url = at.value(at.postgres)
    shown = redacted(url) if url else f"SQLite in {at.home}"
    with opened(at.home) as instance:
        there, known = instance.run_storage.alembic_version() or (None, None)
    if there == known:
        return good(f"{shown}: reachable, tables {there}")
    return wrong(
        f"{shown}: its tables are {there}, the installed Dagster has {known}",
        "Stop the daemon, run `dagster instance migrate`, and start it again; if the tables"
        " are the newer ones, start the newer version again.",
    )
