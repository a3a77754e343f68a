"""AWS on this machine, as production has it: started, set up, explained, and stopped."""

import fcntl
import os
import shlex
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from dancer_pipeline.commands.dagster_dev import CONFIGURATION, STATE_FOLDER, require_project
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.interruption import Interrupted, Interruption
from dancer_pipeline.commands.process_group import ProcessGroup, remembered, start

LOG = STATE_FOLDER / "local-aws.log"
LOCK = STATE_FOLDER / "local-aws.lock"
GROUP = STATE_FOLDER / "local-aws.group"
HOME = STATE_FOLDER / "local-aws"
ENVIRONMENT = STATE_FOLDER / "local-aws.env"

REGION = "eu-central-1"
START_LIMIT_S = 60.0
UNWANTED = ("AWS_PROFILE", "AWS_SESSION_TOKEN")
"""Variables that would lead the SDK to somebody's real account."""


def run_local_aws(*, port: int, console: Console) -> int:
    """Serve S3, SQS, SNS and EventBridge until somebody stops it.

    Returns
    -------
    int
        The exit status, 0: being stopped is how it ends.

    Raises
    ------
    CommandError
        The port is in use, it runs here already, or it ended by itself.
    """
    if find_spec("moto") is None:
        raise CommandError("moto is not installed, which serves the local AWS: run make local-aws")
    interruption = Interruption()
    try:
        with interruption.heard(), _alone(), _serving(port, interruption) as group:
            environment = _set_up(f"http://127.0.0.1:{port}")
            ENVIRONMENT.write_text(_as_shell(environment), encoding="utf-8")
            console.print(_explained(environment), soft_wrap=True, markup=False)
            console.print("All of it is gone when it stops; Ctrl-C stops it.")
            while not _has_ended(group):
                time.sleep(0.5)
            raise CommandError(f"the local AWS stopped by itself; see {LOG}")
    except Interrupted:
        console.print("stopped; what it held is gone")
    return 0


def set_up_at(url: str, console: Console) -> int:
    """Set up the same in a stand-in of AWS that runs already, and explain how to use it.

    Returns
    -------
    int
        The exit status, 0.

    Raises
    ------
    CommandError
        Nothing answers there, or it refuses.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        with _alone():
            environment = _set_up(url)
    except (BotoCoreError, ClientError) as error:
        raise CommandError(f"{url} could not be set up: {error}") from error
    ENVIRONMENT.write_text(_as_shell(environment), encoding="utf-8")
    console.print(_explained(environment), soft_wrap=True, markup=False)
    return 0


@contextmanager
def _alone() -> Iterator[None]:
    """Refuse a second one in this folder; end what a killed one left running."""
    STATE_FOLDER.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError("a local AWS is running in this folder already") from None
        if group := remembered(GROUP):
            group.stop()
        yield


@contextmanager
def _serving(port: int, interruption: Interruption) -> Iterator[ProcessGroup]:
    _require_free(port)
    command = [sys.executable, "-m", "dancer_pipeline.local_aws", "--port", str(port)]
    group = None
    try:
        try:
            with interruption.held():
                group = start(command, {"LOCAL_AWS_OF": str(Path.cwd())}, LOG)
                group.write(GROUP)
            _await(port, group)
            yield group
        finally:
            interruption.end()
    finally:
        if group:
            group.stop()
        for file in (GROUP, ENVIRONMENT):
            file.unlink(missing_ok=True)


def _require_free(port: int) -> None:
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"port {port} cannot be used ({error.strerror}): choose another with --port"
            ) from None


def _await(port: int, group: ProcessGroup) -> None:
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end and not _has_ended(group):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise CommandError(f"the local AWS did not start; see {LOG}")


def _has_ended(group: ProcessGroup) -> bool:
    return group.process is not None and group.process.poll() is not None


def _set_up(endpoint: str) -> dict[str, str]:
    """Set up what production has; return the environment of whoever is to work with it."""
    from dancer_pipeline.aws import client
    from dancer_pipeline.infrastructure import Infrastructure, set_up

    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
    }
    for name in UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(environment)
    client.cache_clear()  # what was made before speaks with somebody else
    _forget_earlier()
    wanted = Infrastructure()
    prefix = wanted.routes[0].prefix.rstrip("/")
    return environment | {
        "DAGSTER_HOME": str(HOME.resolve()),
        "DANCER_LEDGER": f"sqlite:///{HOME.resolve()}/ledger.sqlite",
        "DANCER_SOURCE": f"s3://{wanted.uploads}/{prefix}",
        "DANCER_RESULTS": f"s3://{wanted.results}",
        "DANCER_QUEUE": set_up(wanted).queue_url,
    }


def _forget_earlier() -> None:
    """Begin with an empty ledger and history: what an earlier stand-in held is gone."""
    require_project()
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    shutil.copyfile(CONFIGURATION, HOME / CONFIGURATION.name)


def _as_shell(environment: Mapping[str, str]) -> str:
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    return "\n".join([f"unset {' '.join(UNWANTED)}", *lines, ""])


def _explained(environment: Mapping[str, str]) -> str:
    programs = Path(sys.executable).parent
    with suppress(ValueError):
        programs = programs.relative_to(Path.cwd())
    dagster, dancer = (shlex.quote(str(programs / it)) for it in ("dagster", "dancer"))
    return f"""\
S3, SQS, SNS and EventBridge: {environment["AWS_ENDPOINT_URL"]}
  uploads under {environment["DANCER_SOURCE"]} are told to {environment["DANCER_QUEUE"]}

In a second terminal, the pipeline:
  . {ENVIRONMENT} && {dagster} dev
In a third, an upload that is followed to its end (a rendered sample, or your FILE):
  . {ENVIRONMENT} && {dancer} send-test
"""
