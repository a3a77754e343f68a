"""The ledger's database when it is down, comes back, or is none at all."""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from dancer_pipeline import ledger_database
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.ledger_database import LedgerUnavailableError, without_password
from dancer_pipeline_tests.postgres import Postgres, postgres_running
from dancer_pipeline_tests.test_ledger import WALK
from dancer_pipeline_tests.threads import in_threads


@pytest.fixture
def own_server(postgres_server: Postgres) -> Iterator[Postgres]:
    """Start a server that a test may stop."""
    del postgres_server  # skips or fails where there is none
    with postgres_running() as server:
        yield server


def test_c44_a_server_that_was_started_again_is_found_again(own_server: Postgres) -> None:
    """What was recorded is there, and the ledger goes on without being opened anew."""
    ledger = Ledger(own_server.database())
    ledger.quarantine.count({"test_event": 1})

    own_server.stop()
    with pytest.raises(LedgerUnavailableError):
        ledger.counts()
    own_server.start()

    assert ledger.quarantine.counted() == {"test_event": 1}


def test_c44_a_server_that_restarted_between_two_uses_is_not_noticed(own_server: Postgres) -> None:
    ledger = Ledger(own_server.database())
    ledger.counts()

    own_server.stop()
    own_server.start()

    assert ledger.counts() == {}


def test_a_server_that_is_down_is_named_without_the_password(own_server: Postgres) -> None:
    url = own_server.database()
    ledger = Ledger(url)
    own_server.stop()

    for fails in (ledger.counts, lambda: Ledger(url)):
        with pytest.raises(LedgerUnavailableError, match=r"^DANCER_LEDGER \(.*refused") as raised:
            fails()
        assert f"127.0.0.1:{own_server.port}" in str(raised.value)
        assert own_server.password not in everything_said(raised.value)


def everything_said(error: BaseException | None) -> str:
    """Join an error's words with those of all that it was raised from."""
    return f"{error!r} {error} {everything_said(error.__context__)}" if error else ""


def test_a_wrong_password_is_not_repeated(postgres: Callable[[], str]) -> None:
    url = re.sub(":[^:]*@", ":canary-password@", postgres())

    with pytest.raises(LedgerUnavailableError, match="password authentication failed") as raised:
        Ledger(url)

    assert "canary" not in everything_said(raised.value)


def test_a_user_who_may_not_make_tables_is_told_so(postgres: Callable[[], str]) -> None:
    url = sa.make_url(postgres())
    with sa.create_engine(url).begin() as connection:
        user = f"reader_{url.database}"
        connection.execute(sa.text(f"create user {user} password 'reader'"))
        connection.execute(sa.text("revoke create on schema public from public"))

    reader = url.set(username=user, password="reader")  # noqa: S106 - of this test alone
    with pytest.raises(LedgerUnavailableError, match=r"DANCER_LEDGER .*permission denied"):
        Ledger(reader.render_as_string(hide_password=False))


@pytest.mark.parametrize(
    "url",
    [
        "here",
        "",
        "postgres://anna:canary@server/ledger",
        "mysql://anna:canary@server/ledger",
        "postgresql+asyncpg://anna:canary@server/ledger",
        "postgresql://anna:can@ary@server/ledger",
        "postgresql://anna:canary@server:port/ledger",
    ],
)
def test_what_is_no_database_is_refused_with_what_is_accepted(url: str) -> None:
    for refuses in (Ledger, without_password):
        with pytest.raises(ValueError, match=r"^DANCER_LEDGER: .*postgresql://user:") as raised:
            refuses(url)
        assert not re.search("canary|ary@", everything_said(raised.value))


def test_a_url_is_shown_without_any_password_in_it() -> None:
    url = "postgresql://anna:canary@server/ledger?password=canary&sslmode=require"
    assert without_password(url) == "postgresql://anna:***@server/ledger?sslmode=require"


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    file.write_text("no database" * 100)

    with pytest.raises(LedgerUnavailableError, match=r"DANCER_LEDGER .*ledger.sqlite.*not a dat"):
        Ledger(f"sqlite:///{file}")


def test_a_new_file_that_another_process_has_just_begun_to_write_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself does not wait here: it refuses to switch to write-ahead logging at once."""
    file = tmp_path / "ledger.sqlite"
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("create table another (x)")
    other.execute("begin immediate")
    monkeypatch.setattr(time, "sleep", lambda _s: other.in_transaction and other.execute("commit"))

    assert Ledger(f"sqlite:///{file}").counts() == {}


def test_c45_a_full_disk_is_named_and_nothing_is_recorded_by_halves(tmp_path: Path) -> None:
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite")
    with ledger._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    many = [replace(WALK, video_id=f"walk-{number}") for number in range(1000)]
    with pytest.raises(LedgerUnavailableError, match=r"DANCER_LEDGER .*disk is full"):
        ledger.record(many)

    assert ledger.rows() == []


def test_c45_a_ledger_that_stays_locked_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_database, "PATIENCE_S", 0)
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite")
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(LedgerUnavailableError, match=r"DANCER_LEDGER .*locked"):
            ledger.record([WALK])

    assert ledger.record([WALK]) == [WALK]


def test_a_password_with_special_characters_works_escaped(own_server: Postgres) -> None:
    url = sa.make_url(own_server.database())
    with sa.create_engine(url).begin() as connection:
        connection.execute(sa.text(r"alter user postgres password 'a@b\:c/d%e'"))

    escaped = url.render_as_string(hide_password=True).replace("***", "a%40b%3Ac%2Fd%25e")

    assert Ledger(escaped).counts() == {}


def test_an_idle_process_keeps_one_connection(postgres: Callable[[], str]) -> None:
    url = postgres()
    ledger = Ledger(url)

    assert not in_threads(lambda: [ledger.counts() for _ in range(20)], count=5)

    named = "select count(*) from pg_stat_activity where application_name = 'dancer_pipeline'"
    here = " and datname = current_database()"
    with sa.create_engine(url).connect() as connection:
        end = time.monotonic() + 60  # the server takes a moment to see that the others are closed
        while (there := connection.scalar(sa.text(named + here))) != 1 and time.monotonic() < end:
            time.sleep(0.1)
    assert there == 1


def test_what_the_url_says_of_connecting_is_kept(postgres: Callable[[], str]) -> None:
    ledger = Ledger(postgres() + "?application_name=mine&connect_timeout=3")

    with ledger._engine.connect() as connection:
        assert connection.scalar(sa.text("show application_name")) == "mine"
