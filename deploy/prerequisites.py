"""What this machine must have before anything is installed: Python, platform, libraries, a browser.

Whatever is missing is installed where this is root on Debian or Ubuntu; elsewhere it is named with
the command that installs it. Standard library only, in the syntax of any Python 3.7.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import platform
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterable

PYTHON_FROM, PYTHON_TO = (3, 11), (3, 13)
GLIBC_FROM, MACOS_FROM = (2, 28), (14,)  # what the newest wheels in the lock were built for
NEXT = "then run the same command again"

# shared library: its package on Debian and Ubuntu, on Fedora
LIBRARIES = {
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libGLESv2.so.2": ("libgles2", "libglvnd-gles"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libxcb.so.1": ("libxcb1", "libxcb"),
    "libgthread-2.0.so.0": ("libglib2.0-0", "glib2"),
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MACOS_BROWSERS = ("Google Chrome.app", "Chromium.app")
BROWSER_PACKAGES = ("chromium", "fonts-dejavu-core")


def require_python() -> None:
    """Stop, saying what to do, unless packages exist for this Python and this machine."""
    for reason in (python_refusal(sys.version_info[:3]), platform_refusal()):
        if reason:
            raise SystemExit(reason)


def python_refusal(version: tuple[int, ...]) -> str | None:
    """Say why this Python cannot be used, and what to do; None when it can."""
    if PYTHON_FROM <= version[:2] <= PYTHON_TO:
        return None
    age = "too old" if version[:2] < PYTHON_FROM else "too new: not all packages exist for it yet"
    return (
        f"Python {'.'.join(map(str, version))} ({sys.executable}) is {age}.\n"
        f"Python 3.11, 3.12 or 3.13 is needed: install one, {NEXT},\n"
        "or say where one is: make demo PYTHON=/path/to/python3.11"
    )


def platform_refusal() -> str | None:
    """Say why there are no ready-made packages for this machine; None when there are."""
    system, machine = platform.system(), platform.machine()
    library, version = platform.libc_ver() if system == "Linux" else ("", platform.mac_ver()[0])
    linux = machine in ("x86_64", "aarch64") and library == "glibc"
    if system == "Linux" and linux and numbers(version) >= GLIBC_FROM:
        return None
    if system == "Darwin" and machine == "arm64" and numbers(version) >= MACOS_FROM:
        return None
    found = " ".join(filter(None, [system, machine, library, version]))
    return (
        f"No ready-made packages exist for this system ({found}).\n"
        "Needed: Linux with glibc 2.28 or newer on x86_64 or aarch64,\n"
        "or macOS 14 or newer on Apple silicon, with a Python built for it (arm64)."
    )


def numbers(version: str) -> tuple[int, ...]:
    """Return `2.36` as (2, 36)."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def require_libraries() -> None:
    """Have what the video and pose packages load, and the means to make an environment."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python3.{sys.version_info[1]}-venv"
        if not install([package]):
            raise SystemExit(f"This Python cannot make environments.\n{advice([package])}")
    missing = missing_libraries() if platform.system() == "Linux" else []
    if missing and install([LIBRARIES[name][0] for name in missing]):
        missing = missing_libraries(missing)
    if missing:
        raise SystemExit(library_refusal(missing))


def missing_libraries(names: Iterable[str] = LIBRARIES) -> list[str]:
    """List those of these shared libraries that the system cannot load."""
    return [name for name in names if not loads(name)]


def loads(name: str) -> bool:
    """Tell whether the system has this shared library."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def library_refusal(missing: list[str]) -> str:
    """Name the libraries that are missing and the commands that install them."""
    debian, fedora = ([LIBRARIES[name][column] for name in missing] for column in (0, 1))
    return f"Missing system libraries: {', '.join(missing)}.\n{advice(debian, fedora)}"


def advice(debian: list[str], fedora: list[str] | None = None) -> str:
    """Give the command that installs these packages, for the systems that have one."""
    lines = [f"Install them, {NEXT}:"]
    lines.append(f"  Debian, Ubuntu:  sudo apt-get install {' '.join(debian)}")
    if fedora:
        lines.append(f"  Fedora:          sudo dnf install {' '.join(fedora)}")
    return "\n".join(lines)


def provide_browser() -> None:
    """Have Chromium or Chrome for the tests that look at pages; without it they skip, saying so."""
    found = any(map(shutil.which, BROWSERS))
    found = found or any((Path("/Applications") / name).exists() for name in MACOS_BROWSERS)
    if not found and not install(list(BROWSER_PACKAGES)):
        print("No Chromium or Chrome here: tests that need a browser will say so.", flush=True)


def install(packages: list[str]) -> bool:
    """Install packages where this is root on Debian or Ubuntu; tell whether that worked."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing {' '.join(packages)} with apt-get ...", flush=True)
    apt("update")
    return apt("install", "-y", "--no-install-recommends", *packages)


def apt(*arguments: str) -> bool:
    """Run apt-get; show its words only when it fails."""
    command = ["apt-get", "-qq", *arguments]
    done = subprocess.run(
        command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, check=False, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        print(f"{shlex.join(command)} failed:\n{done.stdout.strip()[-1500:]}", flush=True)
    return done.returncode == 0
