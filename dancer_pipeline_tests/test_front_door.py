"""What a stranger meets first: the set-up script, the lock files and the make targets."""

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")
ADDRESS = re.compile(r"[a-z][a-z0-9+.]*://|(?<![\w.])/(?:root|home|work|Users)/", re.IGNORECASE)


@pytest.fixture
def prerequisites(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "deploy"))
    import prerequisites

    return prerequisites


# The set-up script -------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 8, 18), (3, 10, 13), (3, 14, 0)])
def test_a_python_that_cannot_run_it_is_refused_by_name(
    prerequisites: ModuleType, version: tuple[int, ...]
) -> None:
    refusal = prerequisites.python_refusal(version)
    assert ".".join(map(str, version)) in refusal
    assert "3.11, 3.12 or 3.13" in refusal
    assert "PYTHON=" in refusal


def test_the_refused_versions_are_those_that_the_project_does_not_declare(
    prerequisites: ModuleType,
) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    (_, low), (_, high) = prerequisites.PYTHON_FROM, prerequisites.PYTHON_TO
    assert declared == f">=3.{low},<3.{high + 1}"
    assert not any(prerequisites.python_refusal((3, minor, 0)) for minor in range(low, high + 1))


@pytest.mark.parametrize("name", ["bootstrap.py", "prerequisites.py"])
def test_an_old_python_can_at_least_read_the_script_that_refuses_it(name: str) -> None:
    source = (ROOT / "deploy" / name).read_text()
    ast.parse(source, feature_version=(3, 7))
    imported = {
        module.split(".")[0]
        for node in ast.walk(ast.parse(source))
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names | {"prerequisites"}


def test_an_old_python_that_is_here_is_refused_without_a_traceback() -> None:
    for name in ("python3.10", "python3.9", "python3.8"):
        if (
            shutil.which(name)
            and subprocess.run([name, "-c", ""], capture_output=True).returncode == 0
        ):
            script = ROOT / "deploy" / "bootstrap.py"
            done = subprocess.run([name, script], capture_output=True, text=True)
            assert done.returncode == 1
            assert "is too old" in done.stderr
            assert "Traceback" not in done.stderr
            return
    pytest.skip("no Python older than 3.11 on this machine")


def test_a_missing_library_is_named_with_the_command_that_installs_it(
    prerequisites: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = {"libabsent.so.7": ("libabsent7", "absent-libs")}
    monkeypatch.setattr(prerequisites, "LIBRARIES", absent)
    missing = prerequisites.missing_libraries(absent)
    refusal = prerequisites.library_refusal(missing)
    assert missing == ["libabsent.so.7"]
    assert "Missing system libraries: libabsent.so.7" in refusal
    assert "sudo apt-get install libabsent7" in refusal
    assert "sudo dnf install absent-libs" in refusal


BACKEND = """
import zipfile
def wheel(folder, name, files):
    info = f"{name}-1.0.dist-info"
    files = {**files, f"{info}/METADATA": f"Metadata-Version: 2.1\\nName: {name}\\nVersion: 1.0\\n"}
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in files)
    with zipfile.ZipFile(f"{folder}/{name}-1.0-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return f"{name}-1.0-py3-none-any.whl"
def build_editable(folder, config_settings=None, metadata_directory=None):
    return wheel(folder, "ours", {"ours.py": ""})
"""


@pytest.fixture
def small_clone(tmp_path: Path) -> Path:
    """Make a project with the real set-up script, whose lock names one tiny package: no network."""
    clone = tmp_path / "a clone"
    shutil.copytree(ROOT / "deploy", clone / "deploy", ignore=shutil.ignore_patterns("__pycache__"))
    (clone / "backend.py").write_text(BACKEND)
    (clone / "setup.py").touch()
    (clone / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "ours"\nversion = "1.0"\n'
    )
    functions: dict[str, Any] = {}
    exec(BACKEND, functions)  # noqa: S102  the same few lines make the locked package
    name = functions["wheel"](tmp_path, "pebble", {"pebble.py": ""})
    digest = hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    for lock in LOCKS:
        (clone / lock).write_text(f"pebble==1.0 \\\n    --hash=sha256:{digest}\n")
    return clone


def set_up(clone: Path, *arguments: str) -> str:
    environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": clone.parent.as_uri()}
    done = subprocess.run(
        [sys.executable, clone / "deploy" / "bootstrap.py", *arguments],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_a_half_made_environment_is_thrown_away_and_a_whole_one_is_kept(small_clone: Path) -> None:
    assert "Ready" in set_up(small_clone)
    stamp, mark = small_clone / ".venv" / "dancer-ready.json", small_clone / ".venv" / "mark"
    mark.touch()
    assert set_up(small_clone) == ""
    assert "Ready" in set_up(small_clone, "--develop")
    assert set_up(small_clone, "--develop") == set_up(small_clone) == ""
    assert mark.exists()
    stamp.unlink()
    assert "Making .venv" in set_up(small_clone)
    assert not mark.exists()
    assert json.loads(stamp.read_text())["root"] == str(small_clone)


def test_a_package_other_than_the_locked_one_is_refused(small_clone: Path) -> None:
    lock = small_clone / "requirements.lock"
    lock.write_text(re.sub("sha256:....", "sha256:0000", lock.read_text()))
    output = set_up(small_clone)
    assert "pip failed" in output
    assert "DO NOT MATCH THE HASHES" in output
    assert not (small_clone / ".venv" / "dancer-ready.json").exists()


# The lock files ----------------------------------------------------------------------------------


def pins(lock: str) -> dict[str, set[str]]:
    """Version of each package, by name; a package may have one for each range of Pythons."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_hashes_and_nothing_else(lock: str) -> None:
    entries = (ROOT / lock).read_text().replace("\\\n", "").splitlines()
    entry = re.compile(r"[\w.-]+==[\w.!+]+( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+")
    assert len(entries) > 100
    assert [line for line in entries if not entry.fullmatch(line)] == []
    assert not ADDRESS.search("\n".join(entries))


@pytest.mark.parametrize(("lock", "extra"), [(LOCKS[0], None), (LOCKS[1], "dev")])
def test_the_lock_holds_what_the_project_declares(lock: str, extra: str | None) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = project["project"]["dependencies"] + project["build-system"]["requires"]
    declared += project["project"]["optional-dependencies"][extra] if extra else []
    locked = pins(lock)
    for requirement in map(Requirement, declared):
        versions = locked.get(requirement.name, {"not locked"})
        assert all(v in requirement.specifier for v in versions), f"{requirement}: {versions}"


def test_the_development_lock_contains_the_other_one() -> None:
    runtime, development = pins(LOCKS[0]), pins(LOCKS[1])
    assert runtime.items() <= development.items()


# The make targets and the files ------------------------------------------------------------------


@pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
def test_file_names_with_spaces_pass_through_make_as_they_were_quoted() -> None:
    done = subprocess.run(
        ["make", "-n", "demo", "ARGS=--exit 'my walk.mp4' b.mov"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert ".venv/bin/dancer demo --exit 'my walk.mp4' b.mov" in done.stdout


def test_tests_of_one_group_run_in_one_process_so_what_they_share_is_made_once(
    tmp_path: Path,
) -> None:
    (command,) = re.findall(r"/(pytest -n .*) \$\(ARGS\)", (ROOT / "Makefile").read_text())
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_shared.py").write_text(
        """
import os, pathlib, pytest

pytestmark = pytest.mark.xdist_group("shared")

@pytest.mark.parametrize("n", range(4))
def test_shared(n):
    pathlib.Path(f"process-{os.getpid()}").touch()
"""
    )

    clean = {name: it for name, it in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", *command.split()]
    subprocess.run(command, cwd=tmp_path, env=clean, check=True)

    assert len(list(tmp_path.glob("process-*"))) == 1


def test_no_file_names_a_registry_host_or_a_folder_of_one_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    hosts = "pypi" + r"\.org|python" + r"hosted\.org|registry\.npm" + r"js|deb\.debian" + r"\.org"
    done = subprocess.run(
        ["git", "grep", "-nIE", rf"{hosts}|(^|[^[:alnum:]_.])/(root|work|home/[a-z]+)/"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    ours = "dancer_pipeline_tests/test_front_door.py:"
    assert [line for line in done.stdout.splitlines() if not line.startswith(ours)] == []
