"""Ledgers of older, newer and other programs, in SQLite and in PostgreSQL.

`ledgers/` holds dumps of what older versions of this program wrote.
"""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from dancer_pipeline import migrations
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.ledger_tables import METADATA
from dancer_pipeline.states import Problem, State
from dancer_pipeline_tests.threads import in_threads

DUMPS = Path(__file__).parent / "ledgers"
OPEN_AT = """
import sys, time
from dancer_pipeline.ledger import Ledger
time.sleep(max(0, float(sys.argv[2]) - time.time()))
Ledger(sys.argv[1]).counts()
"""


@contextlib.contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    if url.startswith("sqlite"):
        Path(str(sa.make_url(url).database)).parent.mkdir(exist_ok=True)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def older_url(ledger_url: str) -> str:
    """Load what version 0001 wrote: an upload in each state, and an audit."""
    kind = ledger_url.partition(":")[0]
    dump = (DUMPS / f"0001.{kind}.sql").read_text()
    with connected(ledger_url) as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.executescript(dump) if kind == "sqlite" else driver.cursor().execute(dump)
    return ledger_url


def differences(url: str) -> list[object]:
    with connected(url) as connection:
        options = {"version_table": migrations.VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, METADATA))


def tables(url: str) -> set[str]:
    with connected(url) as connection:
        return set(sa.inspect(connection).get_table_names())


def test_a_new_ledger_has_the_declared_tables(ledger_url: str) -> None:
    Ledger(ledger_url)
    assert differences(ledger_url) == []


def test_an_older_ledger_gets_the_declared_tables(older_url: str) -> None:
    assert differences(older_url)
    Ledger(older_url)
    assert differences(older_url) == []


def test_a_ledger_whose_version_is_noted_is_migrated_from_there(older_url: str) -> None:
    with connected(older_url) as connection:
        connection.execute(sa.text("create table ledger_version (version_num varchar(32))"))
        connection.execute(sa.text("insert into ledger_version values ('0001')"))
    Ledger(older_url)
    assert differences(older_url) == []


def test_i130_uploads_in_every_state_outlive_the_migration(older_url: str) -> None:
    ledger = Ledger(older_url)

    assert ledger.counts() == dict.fromkeys(State, 1)
    failed, analysed = ledger.row("video-failed", "v1"), ledger.row("video-analysed", "v1")
    assert failed is not None
    assert analysed is not None
    assert (failed.problem, failed.attempt, failed.report_pending) == (Problem.BAD_VIDEO, 3, True)
    assert (failed.key, failed.owner, failed.size_bytes) == ("anna/failed.mp4", "anna", 15)
    assert (analysed.cleanup_attempt, analysed.cleanup_pending) == (2, True)
    assert (analysed.sequencer, analysed.found_by) == (None, None)
    assert analysed.uploaded_at.isoformat() == "2026-01-02T03:04:08.678901+00:00"
    outcomes = [entry["outcome"] for entry in ledger.audits("video-completed")]
    assert outcomes == ["about to be deleted", "deleted"]
    ledger.audit("video-failed", "v1", "cleanup", "deleted", is_dry_run=False)


def test_an_older_ledger_that_was_made_halfway_is_completed(older_url: str) -> None:
    with connected(older_url) as connection:
        connection.execute(sa.text("drop table audit"))
    Ledger(older_url)
    assert differences(older_url) == []


def test_a_ledger_of_a_newer_program_is_refused_and_left_alone(ledger_url: str) -> None:
    Ledger(ledger_url)
    with connected(ledger_url) as connection:
        connection.execute(sa.text("update ledger_version set version_num = '9999'"))

    with pytest.raises(ValueError, match=r"DANCER_LEDGER .* newer .*9999.*: start that version"):
        Ledger(ledger_url)

    with connected(ledger_url) as connection:
        noted = connection.scalar(sa.text("select version_num from ledger_version"))
    assert noted == "9999"


def test_tables_of_another_program_are_refused_and_left_alone(ledger_url: str) -> None:
    with connected(ledger_url) as connection:
        connection.execute(sa.text("create table audit (at integer, video_id integer)"))

    with pytest.raises(ValueError, match=r"audit has no action, .*dancer rebuild-ledger"):
        Ledger(ledger_url)

    assert tables(ledger_url) == {"audit"}


def test_one_of_many_migrates_while_the_others_wait(
    older_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[str] = []
    real = migrations.migrate

    def slow(connection: sa.Connection) -> None:
        events.append("begun")
        time.sleep(0.3)  # long enough for the others to get here, if nothing held them
        real(connection)
        events.append("done")

    monkeypatch.setattr(migrations, "migrate", slow)
    errors = in_threads(lambda: Ledger(older_url).counts(), count=6)

    assert not errors
    assert events == ["begun", "done"]
    assert differences(older_url) == []


def test_processes_that_start_at_once_migrate_an_older_ledger_once(older_url: str) -> None:
    start = [sys.executable, "-c", OPEN_AT, older_url, str(time.time() + 4)]
    processes = [subprocess.Popen(start) for _ in range(6)]

    assert [process.wait() for process in processes] == [0] * 6
    assert differences(older_url) == []
    assert Ledger(older_url).counts() == dict.fromkeys(State, 1)


def test_a_migration_that_fails_changes_nothing(
    older_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = migrations.migrate

    def fails_at_the_end(connection: sa.Connection) -> None:
        real(connection)
        raise RuntimeError("the power went")

    before = tables(older_url)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrate", fails_at_the_end)
        with pytest.raises(RuntimeError, match="the power went"):
            Ledger(older_url)

    assert tables(older_url) == before
    assert Ledger(older_url).counts() == dict.fromkeys(State, 1)


def test_the_newest_migration_is_the_one_that_opening_asks_for() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [migrations.NEWEST]


def test_a_ledger_that_is_up_to_date_is_opened_without_alembic(ledger_url: str) -> None:
    Ledger(ledger_url)
    code = "import sys; from dancer_pipeline.ledger import Ledger; Ledger(sys.argv[1]).counts()"
    code += "; print(*sys.modules)"
    command = [sys.executable, "-c", code, ledger_url]

    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    assert "sqlalchemy" in loaded
    assert "alembic" not in loaded
