"""A real PostgreSQL server of the tests' own: a wheel's where there is one, else the system's."""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dancer_pipeline_tests.ports import free_port

# What was committed outlives the server's processes, though not a loss of power.
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=200")

PROGRAMS = Path("pgserver", "pginstall", "bin")
"""In the wheel."""


class NoServerError(Exception):
    """There is no PostgreSQL server on this machine; the message says what to do."""


@dataclass
class Postgres:
    """A server; it may be stopped and started again, its databases stay."""

    programs: Path
    folder: Path
    port: int
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    _process: subprocess.Popen[bytes] | None = None

    def database(self) -> str:
        """Make an empty database of the test's own and return its URL."""
        name = f"test_{secrets.token_hex(6)}"
        with self._connection() as connection:
            connection.execute(sa.text(f"create database {name}"))
        return self._url(name)

    def initialise(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        command = [self.programs / "initdb", "-D", self.folder / "data", "-U", "postgres", "-N"]
        # Dagster connects anew for each query; scram takes longer over that than over the query.
        command += ["-A", "md5", f"--pwfile={secret}", "-E", "UTF8", "--no-locale"]
        subprocess.run(command, check=True, capture_output=True, **as_nobody())

    def start(self) -> None:
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", *QUICK)
        command = [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port)]
        command += [part for setting in settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, **as_nobody())
        end = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL did not start in 60 s"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop at once; connections break."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(60)
            self._process = None

    def _answers(self) -> bool:
        try:
            with self._connection():
                return True
        except sa.exc.OperationalError:
            return False

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(
            self._url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            yield connection

    def _url(self, database: str) -> str:
        return f"postgresql://postgres:{self.password}@127.0.0.1:{self.port}/{database}"


@contextmanager
def postgres_running() -> Iterator[Postgres]:
    """Start a server on a free port, and remove it with everything in it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="dancer-postgres-"))
    try:
        if user := as_nobody():
            os.chown(folder, user["user"], user["group"])
        server = Postgres(_programs(folder), folder, free_port())
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def as_nobody() -> dict[str, Any]:
    """How to start a program without root's rights: PostgreSQL refuses to run with them."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}


def _programs(folder: Path) -> Path:
    """Find a server's programs that an unprivileged user can run."""
    wheel = importlib.util.find_spec("pgserver")
    wheels = [Path(wheel.origin).parents[1]] if wheel and wheel.origin else []
    candidates = [*(packages / PROGRAMS for packages in wheels), *_of_the_system()]
    for programs in filter(_can_run, candidates):
        return programs
    for packages in wheels:  # below a folder that is root's alone
        for part in packages.glob("pgserver*"):
            shutil.copytree(part, folder / part.name)
        if _can_run(folder / PROGRAMS):
            return folder / PROGRAMS
    raise NoServerError(
        "no PostgreSQL server here: install the system's package (Debian: postgresql), or on"
        " Python before 3.13 the wheel pgserver"
    )


def _can_run(programs: Path) -> bool:
    command = [programs / "initdb", "--version"]
    try:
        return subprocess.run(command, capture_output=True, **as_nobody()).returncode == 0
    except OSError:
        return False


def _of_the_system() -> Iterator[Path]:
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent
    # Debian keeps them off the path, one folder for each version.
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: float(folder.parent.name), reverse=True)
