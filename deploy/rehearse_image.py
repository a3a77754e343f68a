"""Runs the Dockerfile's steps in a fresh root file system, where there is no container engine.

    sudo .venv/bin/python deploy/rehearse_image.py FOLDER [--bind /etc/pip.conf] [--try COMMAND]

Needs root, mmdebstrap and dockerfile-parse. What is left in FOLDER/image is what the last stage
would hold; each COMMAND then runs there as a task does: as the image's user, on a read-only root,
with an empty /scratch. It proves the commands, the packages, the copies and what may be written;
not the engine: no layers, no cache, no registry.
"""

import argparse
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dockerfile_parse import DockerfileParser

ROOT = Path(__file__).resolve().parents[1]
BASES = {"debian:bookworm": "bookworm"}
"""Images that are nothing but a Debian release, and that release."""

NETWORK = ("/etc/resolv.conf", "/etc/hosts")
SEARCH = "/usr/sbin:/usr/bin:/sbin:/bin"
CACHES = shutil.ignore_patterns("__pycache__")
PACKAGE_INDEX = re.compile("PIP_|HTTPS?_PROXY|SSL_CERT_FILE", re.IGNORECASE)


@dataclass
class Stage:
    """A root file system, and what the instructions so far have said about it."""

    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"


def main() -> None:
    """Make every stage in order, and try commands in the last one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--bind", action="append", default=[], help="seen in every step")
    parser.add_argument("--try", action="append", default=[], dest="commands", metavar="COMMAND")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    image = _built(given.folder, given.bind)
    for command in given.commands:
        print(f"try: {command}", flush=True)
        _try_out(command, image, given.bind)
    print(f"The image is in {image.root}")


def _built(folder: Path, binds: Sequence[str]) -> Stage:
    arguments: dict[str, str] = {}
    stages: dict[str, Stage] = {}
    for step in DockerfileParser(path=str(ROOT / "deploy")).structure:
        kind, value = step["instruction"], step["value"]
        if kind == "COMMENT":
            continue
        print(f"{kind} {value}", flush=True)
        if kind == "ARG":
            name, _, arguments[name] = value.partition("=")
        elif kind == "FROM":
            stage = _begun(value, arguments, stages, folder)
        else:
            _carry_out(kind, value, stage, stages, binds)
    return stage


def _begun(value: str, arguments: dict[str, str], stages: dict[str, Stage], folder: Path) -> Stage:
    base, _, name = value.partition(" AS ")
    base = re.sub(r"\$\{(\w+)\}", lambda found: arguments[found[1]], base)
    root = folder / name
    shutil.rmtree(root, ignore_errors=True)
    if base in stages:
        subprocess.run(["cp", "--archive", "--reflink=auto", stages[base].root, root], check=True)
        stage = replace(stages[base], root=root, environment=dict(stages[base].environment))
    else:
        release = next(it for image, it in BASES.items() if base.startswith(image))
        subprocess.run(["mmdebstrap", "--quiet", "--variant=minbase", release, root], check=True)
        stage = Stage(root)
    stages[name] = stage
    return stage


def _carry_out(
    kind: str, value: str, stage: Stage, stages: dict[str, Stage], binds: Sequence[str]
) -> None:
    if kind == "RUN":
        _run(value, stage, _seen(stage, [*NETWORK, *binds]))
    elif kind == "COPY":
        _copy(value.split(), stage, stages)
    elif kind == "ENV":
        stage.environment |= dict(it.split("=", 1) for it in value.split())
    elif kind == "WORKDIR":
        stage.folder = value
        (stage.root / value.lstrip("/")).mkdir(parents=True, exist_ok=True)
    elif kind == "USER":
        stage.user = value
    elif kind not in ("VOLUME", "CMD"):
        raise SystemExit(f"{kind} is not rehearsed: teach {Path(__file__).name} what it does")


def _seen(stage: Stage, paths: Iterable[str]) -> list[str]:
    """Return the mounts that make paths of this machine seen inside."""
    mounts = []
    for path in (it for it in paths if Path(it).exists()):
        inside = stage.root / path.lstrip("/")
        inside.parent.mkdir(parents=True, exist_ok=True)
        inside.mkdir(exist_ok=True) if Path(path).is_dir() else inside.touch()
        mounts.append(f"mount --rbind {path} {inside}")
    return mounts


def _try_out(command: str, image: Stage, binds: Sequence[str]) -> None:
    root = image.root
    read_only = [
        *_seen(image, binds), f"mount --bind {root} {root}", f"mount -o remount,bind,ro {root}",
        f"mount -t tmpfs -o mode=1777 tmpfs {root}/scratch",
    ]  # fmt: skip
    _run(command, image, [*read_only[-3:], *read_only[:-3]])


def _run(command: str, stage: Stage, mounts: Sequence[str]) -> None:
    """Run in a mount namespace of its own, so that nothing that is bound stays behind."""
    system = [f"mount --rbind {it} {stage.root}{it}" for it in ("/dev", "/proc", "/sys")]
    inner = f'cd {stage.folder} && exec /bin/sh -c "$STEP"'
    chroot = f"exec chroot --userspec={stage.user} {stage.root} /bin/sh -c '{inner}'"
    passed = {name: it for name, it in os.environ.items() if PACKAGE_INDEX.match(name)}
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "--", "/bin/sh", "-c",
         " && ".join([*mounts, *system, chroot])],
        env={**passed, "PATH": SEARCH, **stage.environment, "STEP": command}, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"the step ended with {done.returncode}: {command}")


def _copy(words: list[str], stage: Stage, stages: dict[str, Stage]) -> None:
    origin = ROOT
    if words[0].startswith("--from="):
        origin = stages[words.pop(0).removeprefix("--from=")].root
    *sources, destination = words
    target = stage.root / str(Path(stage.folder) / destination).lstrip("/")
    is_folder = destination.endswith("/") or len(sources) > 1
    for source in sources:
        path = origin / source.lstrip("/")
        to = target / path.name if is_folder else target
        to.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, to, symlinks=True, dirs_exist_ok=True, ignore=CACHES)
        else:
            shutil.copy2(path, to)


if __name__ == "__main__":
    main()
