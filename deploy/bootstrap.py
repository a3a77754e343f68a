"""Makes this clone runnable with nothing but Python and a package registry: checks, then `.venv`.

    python3 deploy/bootstrap.py [--develop] [--browser]

Standard library only, in the syntax of any Python 3.7: an old Python must be refused by name, not
by a traceback. The environment counts as made when its stamp says so, and the stamp is written
last: what an interrupted set-up leaves behind is thrown away and made again.
"""

from __future__ import annotations

import argparse
import collections
import fcntl
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import Any

import prerequisites

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "dancer-ready.json"
REDIRECTIONS = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")  # would install somewhere else
RETRY = "If that was the network, run the same command again: what was fetched is kept."


def main(arguments: list[str] | None = None) -> None:
    """Bring everything up to date; what is there already is left as it is."""
    parser = argparse.ArgumentParser(description="Prepare this clone: checks, then .venv.")
    parser.add_argument("--develop", action="store_true", help="with the tools of make test")
    parser.add_argument("--browser", action="store_true", help="with a browser where root can")
    wanted = parser.parse_args(arguments)
    prerequisites.require_python()
    wait_for_others()
    prerequisites.require_libraries()
    if wanted.browser:
        prerequisites.provide_browser()
    prepare_environment("requirements-dev.lock" if wanted.develop else "requirements.lock")


def wait_for_others() -> None:
    """Let set-ups of one clone run one after the other; the lock ends with this process."""
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up of this clone is running; waiting for it ...")
        fcntl.flock(folder, fcntl.LOCK_EX)


def prepare_environment(lock: str) -> None:
    """Make `.venv` what the lock says, this project installed in it; nothing when it already is."""
    stamp = read_stamp()
    stamped = stamp.get("locks", {})
    wanted = {name: digest(name) for name in ("requirements.lock", lock)}
    project = digest("pyproject.toml", "setup.py")
    if wanted.items() <= stamped.items() and stamp["project"] == project:
        return
    began = time.monotonic()
    if not stamped or any(stamped.get(name, value) != value for name, value in wanted.items()):
        make_environment()
        stamped = {}
    STAMP.unlink() if STAMP.exists() else None
    if lock not in stamped:
        install_packages(lock)
    pip("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    locks = {**stamped, **wanted}  # the development lock contains the other one
    STAMP.write_text(json.dumps({"root": str(ROOT), "locks": locks, "project": project}))
    say(f"Ready after {time.monotonic() - began:.0f} s.")


def read_stamp() -> dict[str, Any]:
    """Read what the environment was made from: {} if absent, half made, or another folder's."""
    try:
        stamp: dict[str, Any] = json.loads(STAMP.read_text())
        subprocess.run([str(PYTHON), "-c", ""], check=True, stderr=subprocess.DEVNULL)
    except (OSError, ValueError, subprocess.CalledProcessError):
        return {}
    return stamp if stamp.get("root") == str(ROOT) else {}


def digest(*names: str) -> str:
    """Return the SHA-256 of files of this clone, joined."""
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def make_environment() -> None:
    """Make an empty `.venv`; whatever was there is thrown away."""
    say(f"Making .venv with Python {platform.python_version()} ...")
    STAMP.unlink() if STAMP.exists() else None
    venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(str(ENVIRONMENT))


def install_packages(lock: str) -> None:
    """Install what the lock names: ready-made packages, each with the hash written there."""
    total = sum(line[0].isalnum() for line in (ROOT / lock).read_text().splitlines())
    say(f"Installing {total} packages of {lock}; the first time takes a few minutes ...")
    pip(
        "install", "--no-deps", "--require-hashes", "--only-binary", ":all:",
        "--requirement", str(ROOT / lock), total=total,
    )  # fmt: skip


def pip(*arguments: str, total: int = 0) -> None:
    """Run the environment's pip, telling how far it is; show its words only when it fails."""
    ours = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_USER": "0"}
    theirs = {key: value for key, value in os.environ.items() if key not in REDIRECTIONS}
    last: collections.deque[str] = collections.deque(maxlen=15)
    with subprocess.Popen(
        [str(PYTHON), "-I", "-m", "pip", *arguments], env={**theirs, **ours}, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as process:  # fmt: skip
        seen = 0
        for line in process.stdout or ():
            last.append(line.rstrip())
            if total and line.startswith(("Collecting ", "Ignoring ", "Requirement already")):
                seen += 1
                tell_progress(seen, total)
            elif total and line.startswith("Installing collected"):
                say("  all fetched; unpacking ...")
    if process.returncode:
        raise SystemExit("pip failed; its last words:\n  " + "\n  ".join(last) + f"\n{RETRY}")


def tell_progress(seen: int, total: int) -> None:
    """Show one line that moves on a terminal, a line now and then in a log."""
    if sys.stdout.isatty():
        say(f"\r  {seen} of {total}", end="\n" if seen == total else "")
    elif seen % 25 == 0 or seen == total:
        say(f"  {seen} of {total}")


def say(message: str, end: str = "\n") -> None:
    """Tell the person who is waiting."""
    print(message, end=end, flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next run makes .venv anew.")
