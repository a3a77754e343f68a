"""The local AWS as somebody types it: started, used by what it wrote down, stopped, killed."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dancer_pipeline.aws import client
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.local_aws import ENVIRONMENT, GROUP, run_local_aws, set_up_at
from dancer_pipeline.commands.process_group import remembered
from dancer_pipeline.commands.screen import make_console
from dancer_pipeline_tests.conftest import ROOT
from dancer_pipeline_tests.ports import answers, free_port
from dancer_pipeline_tests.standin import Aws

RUN = """
import sys
from dancer_pipeline.commands.local_aws import run_local_aws
from dancer_pipeline.commands.screen import make_console
sys.exit(run_local_aws(port=int(sys.argv[1]), console=make_console()))
"""
COMPARE = "from dancer_pipeline.infrastructure import *; print(differences(Infrastructure()))"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    yield tmp_path
    client.cache_clear()  # nobody else shall speak with what was set up here


@contextmanager
def running(port: int) -> Iterator["subprocess.Popen[str]"]:
    command = [sys.executable, "-c", RUN, str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            end = time.monotonic() + 60
            while not ENVIRONMENT.exists():
                assert process.poll() is None, "it ended by itself"
                assert time.monotonic() < end, "it did not start in 60 s"
                time.sleep(0.05)
            yield process
        finally:
            process.kill()
            if group := remembered(GROUP):
                group.stop()


def test_it_is_as_production_has_it_for_whoever_reads_the_file_and_gone_after_ctrl_c():
    port = free_port()
    with running(port) as process:
        command = f'. {ENVIRONMENT} && {sys.executable} -c "{COMPARE}"'
        environment = {**os.environ, "AWS_PROFILE": "somebody", "AWS_REGION": "us-west-1"}
        compared = subprocess.run(
            ["sh", "-c", command], env=environment, capture_output=True, text=True, check=True
        )
        assert compared.stdout.strip() == "[]"
        process.send_signal(signal.SIGINT)
        words, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}" in words
    assert f". {ENVIRONMENT} && " in words
    assert "gone when it stops" in words
    assert not answers(port)
    assert not ENVIRONMENT.exists()


def test_a_port_in_use_is_named_and_nothing_is_left():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port} .*--port"):
            run_local_aws(port=port, console=make_console())
    assert not GROUP.exists()


def test_a_second_one_in_the_same_folder_is_refused_and_the_first_goes_on():
    port = free_port()
    with running(port):
        with pytest.raises(CommandError, match="running in this folder already"):
            run_local_aws(port=free_port(), console=make_console())
        assert answers(port)
        assert ENVIRONMENT.exists()


def test_what_a_killed_one_left_running_is_ended_by_the_next():
    port = free_port()
    with running(port) as process:
        process.kill()
        process.wait()
        assert answers(port), "the server outlives its parent"
        ENVIRONMENT.unlink()
        with running(port):
            assert answers(port)


def test_a_server_that_dies_is_an_error_that_names_its_log():
    with running(free_port()) as process:
        group = remembered(GROUP)
        assert group is not None
        for member in group.members():
            member.kill()
        assert process.wait(60) == 1


def test_what_runs_already_is_set_up_and_left_running(
    standin: Aws, monkeypatch: pytest.MonkeyPatch
):
    for name in standin.environment:
        monkeypatch.setenv(name, "kept by the test")  # it is put back as it was at the end

    assert set_up_at(standin.endpoint, make_console()) == 0

    assert f"export AWS_ENDPOINT_URL={standin.endpoint}" in ENVIRONMENT.read_text()
    assert standin.client("s3").get_bucket_versioning(Bucket="dancer-uploads")["Status"]


def test_where_nothing_answers_is_named(monkeypatch: pytest.MonkeyPatch):
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "kept by the test")
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(CommandError, match=url):
        set_up_at(url, make_console())
