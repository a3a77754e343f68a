"""The log file: JSON lines from every process, without secrets, and never in the way."""

import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dancer_pipeline.logfile import LogFile

ROOT = Path(__file__).parents[1]
SIGNED = "https://b.s3.amazonaws.com/a.mp4?X-Amz-Signature=c4nary&X-Amz-Expires=60"
LIMIT_S = 400


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "logs" / "dancer.jsonl"
    monkeypatch.setenv("DANCER_LOG_FILE", str(path))
    return path


@pytest.fixture
def log() -> Iterator[logging.Logger]:
    """Log to the file alone."""
    log, handler = logging.Logger("a test"), LogFile()
    log.addHandler(handler)
    yield log
    handler.close()


def lines(file: Path, *, is_growing: bool = False) -> list[dict[str, Any]]:
    """Read a log; of one that others still write to, the last line may not be whole."""
    text = file.read_text()
    whole = text[: text.rfind("\n") + 1] if is_growing else text
    return [json.loads(line) for line in whole.splitlines()]


# The file ----------------------------------------------------------------------------------------

WRITER = """
import logging, sys
from dancer_pipeline.logfile import LogFile
log = logging.Logger("w")
log.addHandler(LogFile())
for number in range(100):
    log.info("%s %s %s", sys.argv[1], number, sys.argv[1] * 30_000)
"""


def test_stdout_is_written_to_whatever_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCER_LOG_FILE", "/dev/stdout")
    ours, theirs = socket.socketpair()  # cannot be opened by its name, as a root's pipe cannot
    with ours, theirs:
        said = subprocess.run(
            [sys.executable, "-c", WRITER.replace("30_000", "1"), "a"],
            stdout=theirs, stderr=subprocess.PIPE, check=True,
        )  # fmt: skip
        theirs.close()
        with ours.makefile() as written:
            assert [json.loads(line)["message"] for line in written][99] == "a 99 a"
    assert said.stderr == b""


def test_processes_that_write_at_once_break_no_line(file: Path):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, name]) for name in "abcdef"]
    assert [writer.wait(LIMIT_S) for writer in writers] == [0] * 6

    written = [tuple(line["message"].split()) for line in lines(file)]
    assert sorted(written) == sorted(
        (name, str(number), name * 30_000) for name in "abcdef" for number in range(100)
    )


def test_whatever_is_logged_is_one_line(file: Path, log: logging.Logger):
    hostile = 'a\nb\r\u2028\x00 {"level": "ERROR"} \ud800 %s 👩'
    log.warning(hostile)
    log.warning("%d frames of %s", 3, "a")

    first, second = lines(file)
    assert first["message"] == hostile
    assert {name: second[name] for name in ("message", "level", "logger", "process")} == {
        "message": "3 frames of a", "level": "WARNING", "logger": "a test", "process": os.getpid(),
    }  # fmt: skip
    assert second["time"].endswith("+00:00")


def test_an_error_carries_its_traceback_and_no_secret(file: Path, log: logging.Logger):
    try:
        int(SIGNED)
    except ValueError:
        log.exception("reading %s", SIGNED)

    [line] = lines(file)
    assert line["message"].endswith("a.mp4?X-Amz-Signature=***&X-Amz-Expires=60")
    assert "Traceback" in line["error"]
    assert "ValueError: invalid literal for int() with base 10: 'https://b.s3" in line["error"]
    assert "c4nary" not in file.read_text()


def test_a_secret_of_the_environment_is_kept_out(
    file: Path, log: logging.Logger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "c4naryc4nary")
    log.info("the server said c4naryc4nary is wrong")

    assert lines(file)[0]["message"] == "the server said *** is wrong"


def test_a_file_that_is_moved_away_is_begun_anew(file: Path, log: logging.Logger):
    log.info("one")
    file.rename(file.with_suffix(".1"))
    log.info("two")

    assert [line["message"] for line in lines(file)] == ["two"]
    assert [line["message"] for line in lines(file.with_suffix(".1"))] == ["one"]


def test_what_is_not_severe_enough_is_left_out(file: Path, monkeypatch: pytest.MonkeyPatch):
    for level in ("ERROR", "WARNING", "INFO", "DEBUG"):
        monkeypatch.setenv("DANCER_LOG_LEVEL", level)
        log = logging.Logger("a test")
        log.addHandler(LogFile())
        for severity in ("debug", "info", "warning", "error"):
            getattr(log, severity)(level)

    counts = Counter(line["message"] for line in lines(file))
    assert counts == {"ERROR": 1, "WARNING": 2, "INFO": 3, "DEBUG": 4}


def test_a_file_that_cannot_be_written_stops_nothing(
    file: Path, log: logging.Logger, capsys: pytest.CaptureFixture[str]
):
    file.parent.write_text("a file where the folder should be")
    log.error("c4nary")
    log.error("c4nary")

    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith(f"DANCER_LOG_FILE={file}: NotADirectoryError(")
    assert "c4nary" not in said


def test_without_the_variable_nothing_is_written(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("DANCER_LOG_FILE")
    log = logging.Logger("a test")
    log.addHandler(LogFile())
    log.critical("one")

    assert list(tmp_path.iterdir()) == []
    assert not file.exists()


# Dagster -----------------------------------------------------------------------------------------

CODE = f'''
import logging

import dagster as dg

from dancer_pipeline.logfile import logged

videos = dg.DynamicPartitionsDefinition(name="videos")
URL = "{SIGNED}"


@dg.asset(partitions_def=videos)
def fetched(context: dg.AssetExecutionContext) -> None:
    context.log.debug("a detail")
    logging.getLogger("dancer_pipeline.sources").warning("broke off")


@dg.asset(partitions_def=videos, deps=[fetched])
def looked_at(context: dg.AssetExecutionContext) -> None:
    context.log.warning("looking at %s", URL)
    raise dg.Failure(f"no frames in {{URL}}", allow_retries=False)


class Known(dg.ConfigurableResource):
    count: int = 1


job = dg.define_asset_job("look", [fetched, looked_at], executor_def=dg.in_process_executor)


@dg.sensor(job=job, minimum_interval_seconds=1, default_status=dg.DefaultSensorStatus.RUNNING)
@logged
def dispatcher(context: dg.SensorEvaluationContext, known: Known) -> dg.SensorResult:
    if context.cursor is None:
        return dg.SensorResult(cursor="seen")  # says nothing
    if context.cursor == "asked":
        raise OSError(f"the queue is gone: {{URL}}")
    context.log.info("%d new at %s", known.count, URL)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(partition_key="a", tags={{"dancer/version": "v1"}})],
        dynamic_partitions_requests=[videos.build_add_request(["a"])],
        cursor="asked",
    )


defs = dg.Definitions(
    assets=[fetched, looked_at], jobs=[job], sensors=[dispatcher], resources={{"known": Known()}}
)
'''


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make Dagster's home as people do, with the project's own configuration."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(ROOT / "dagster.yaml", home / "dagster.yaml")
    (tmp_path / "location.py").write_text(CODE)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    return home


@pytest.fixture
def daemon(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a daemon, which starts a code server, which starts run workers."""
    command = "from dagster._daemon.cli import main; main()"
    with (home.parent / "output").open("wb") as output:
        daemon = subprocess.Popen(
            [sys.executable, "-c", command, "run", "-f", "location.py"],
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    yield daemon
    os.killpg(daemon.pid, signal.SIGKILL)
    daemon.wait()


def awaited(file: Path, *wanted: dict[str, str]) -> list[dict[str, Any]]:
    """Wait until each of the wanted lines is there, and return the first of each."""
    end = time.monotonic() + LIMIT_S
    while time.monotonic() < end:
        found = lines(file, is_growing=True) if file.exists() else []
        each = [next((it for it in found if it.items() >= one.items()), None) for one in wanted]
        if None not in each:
            return [line for line in each if line]
        time.sleep(0.2)
    pytest.fail(f"not in the log: {wanted}\n{Path('output').read_text()[-3000:]}")


@pytest.mark.usefixtures("daemon")
def test_sensors_runs_and_the_engine_write_to_it_from_their_own_processes(file: Path):
    url = SIGNED.replace("c4nary", "***")
    run = {"job": "look", "step": "looked_at", "video_id": "a", "version": "v1"}
    began, fetched, broke, looked, failed, ended, asked, broken = awaited(
        file,
        {"event": "RUN_START", "level": "INFO", "job": "look", "video_id": "a"},
        {"event": "STEP_SUCCESS", "level": "INFO", **run, "step": "fetched"},
        {"message": "broke off", "level": "WARNING", **run, "step": "fetched"},
        {"message": f"looking at {url}", "level": "WARNING", **run},
        {"event": "STEP_FAILURE", "level": "ERROR", **run},
        {"event": "RUN_FAILURE", "level": "ERROR", "job": "look", "video_id": "a"},
        {"message": f"1 new at {url}", "level": "INFO", "sensor": "dispatcher"},
        {"message": "the tick failed", "level": "ERROR", "sensor": "dispatcher"},
    )

    assert len({one["run_id"] for one in (began, fetched, broke, looked, failed, ended)}) == 1
    assert {line["level"] for line in lines(file, is_growing=True)} == {"INFO", "WARNING", "ERROR"}
    assert f"no frames in {url}" in failed["error"]
    assert f"OSError: the queue is gone: {url}" in broken["error"]
    assert asked["process"] == broken["process"] != looked["process"]
    assert "c4nary" not in file.read_text()
    of_runs = [line for line in lines(file, is_growing=True) if "sensor" not in line]
    assert [line for line in of_runs if not {"run_id", "video_id", "version"} <= set(line)] == []


def test_a_tick_that_says_nothing_leaves_no_log_behind(home: Path):
    with dg.DagsterInstance.from_config(str(home)) as instance:
        names: dict[str, Any] = {}
        exec(CODE, names)  # noqa: S102 - our own
        with dg.build_sensor_context(instance, resources={"known": names["Known"]()}) as context:
            assert names["dispatcher"](context).cursor == "seen"
            assert context._logger is None
