"""Signals sent to a real process."""

import subprocess
import sys

PROGRAM = """
import os, signal, sys
from dancer_pipeline.commands.interruption import Interrupted, Interruption
interruption = Interruption()
try:
    with interruption.heard():
        {body}
except Interrupted as stop:
    print("stopped", stop.exit_status)
"""


def said_by(body: str, **options: object) -> str:
    program = PROGRAM.format(body="\n        ".join(body.strip().splitlines()))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, **options
    )
    return done.stdout


def test_a_signal_waits_until_what_is_half_started_is_whole() -> None:
    body = """
with interruption.held():
    os.kill(os.getpid(), signal.SIGTERM)
    print("whole")
print("never")
"""
    assert said_by(body) == "whole\nstopped 143\n"


def test_a_second_signal_does_not_disturb_the_stopping() -> None:
    body = """
try:
    os.kill(os.getpid(), signal.SIGINT)
finally:
    os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGTERM)
    print("cleaned up")
"""
    assert said_by(body) == "cleaned up\nstopped 130\n"


def test_once_it_is_over_no_signal_is_heard() -> None:
    body = """
interruption.end()
os.kill(os.getpid(), signal.SIGHUP)
print("done")
"""
    assert said_by(body) == "done\n"


def test_the_background_job_of_a_script_which_is_born_deaf_hears_ctrl_c() -> None:
    script = f"""
trap '' INT
exec {sys.executable} -c "$PROGRAM"
"""
    program = PROGRAM.format(body="os.kill(os.getpid(), signal.SIGINT)")
    done = subprocess.run(
        ["bash", "-c", script], env={"PROGRAM": program}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "stopped 130\n"


def test_what_was_started_with_nohup_outlives_its_terminal() -> None:
    body = "os.kill(os.getpid(), signal.SIGHUP); print('alive')"
    program = PROGRAM.format(body=body)
    script = f"trap '' HUP; exec {sys.executable} -c \"$PROGRAM\""
    done = subprocess.run(
        ["bash", "-c", script], env={"PROGRAM": program}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "alive\n"
