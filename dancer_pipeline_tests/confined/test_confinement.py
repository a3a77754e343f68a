"""What a confined process can no longer do; each is confined for good, so each is a child."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONFINED = (
    "from dancer_pipeline.confined.confinement import confine; confine({limit}); import socket; "
)

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in ("x86_64", "aarch64"),
    reason="only Linux on these machines offers it",
)


def confined(code: str, limit: int | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", CONFINED.format(limit=limit) + code]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_a_confined_process_cannot_open_an_internet_socket(family: str) -> None:
    assert "PermissionError" in confined(f"socket.socket(socket.{family})").stderr


def test_a_confined_process_can_still_talk_to_its_parent() -> None:
    assert confined("socket.socketpair()").returncode == 0


def test_a_confined_process_cannot_allocate_more_than_its_limit() -> None:
    assert "MemoryError" in confined("bytearray(400 * 2**20)", limit=200 * 2**20).stderr
    assert confined("bytearray(400 * 2**20)").returncode == 0
