"""Few analyses, for tests that are about the flow of videos and not about what is measured."""

from pathlib import Path

import pytest

from dancer_pipeline.analyses import Analysis, discover

_FEW = {"camera_view", "joint_angles", "range_of_motion", "recording_quality"}


def discover_few(extra: Path | None = None) -> dict[str, Analysis]:
    """Find four of the package's analyses, and all in a folder of one's own with what they read."""
    found, own = discover(extra), set(discover())
    wanted = _FEW | (set(found) - own)
    for name in reversed(list(found)):
        if name in wanted:
            wanted.update(found[name].inputs)
    return {name: analysis for name, analysis in found.items() if name in wanted}


def use_few_analyses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let code locations that are built in this process have few analyses."""
    for module in ("dancer_pipeline.definitions", "dancer_pipeline.defs.reanalysis"):
        monkeypatch.setattr(f"{module}.discover", discover_few)
