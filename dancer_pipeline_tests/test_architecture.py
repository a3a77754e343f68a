"""What loading a part of the project loads with it, seen in a fresh interpreter."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {"av", "cv2", "matplotlib", "mediapipe", "scipy"}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
(DOMAIN,) = (it for it in CONTRACTS if it["name"] == "The domain knows no framework")
LOAD = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    for part in pkgutil.walk_packages(getattr(module, "__path__", ()), name + "."):
        importlib.import_module(part.name)
print(*{name.partition(".")[0] for name in sys.modules})
"""


def loaded_with(code: str, *arguments: str) -> set[str]:
    """Top-level modules in a process that has run some code, with nothing in its environment."""
    command = [sys.executable, "-c", code, *arguments]
    process = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return set(process.stdout.split())


def test_definitions_load_without_decoders_plots_or_the_pose_model() -> None:
    code = "import dancer_pipeline.definitions as it, sys; it.defs(); print(*sys.modules)"
    loaded = loaded_with(code)
    assert "dagster" in loaded
    assert not loaded & HEAVY


@pytest.mark.parametrize("name", DOMAIN["source_modules"])
def test_a_part_of_the_domain_loads_no_framework(name: str) -> None:
    loaded = loaded_with(LOAD, name)
    assert "dancer_pipeline" in loaded
    assert loaded.isdisjoint(DOMAIN["forbidden_modules"])
