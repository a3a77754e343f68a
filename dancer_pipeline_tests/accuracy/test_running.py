"""How the accuracy cases are run: without the real clips, with other seeds, from the cache."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy import Scale, material
from benchmarks.accuracy.__main__ import run_case
from dancer_pipeline.synthetic.companion import Companion, accompanied
from dancer_pipeline.synthetic.performance import View, perform

SMALL = View(width_px=64, height_px=64)


def test_a_case_without_its_clips_is_a_line_that_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(material, "REAL_CLIPS", tmp_path)
    (line,) = run_case("activity.clip_by_clip", Scale(quick=True))
    assert line.result.startswith("not run: no real clips")
    assert line.passed


def test_the_tests_run_other_seeds_than_the_table() -> None:
    assert Scale().first_seed(50_000) == 50_000
    assert Scale(quick=True).first_seed(50_000) == 550_000


def test_what_changes_the_pixels_changes_the_place_in_the_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = list[tuple[str | bytes, ...]]()

    def kept(key: list[str | bytes], _: object) -> material.Tables:
        keys.append(tuple(key))
        return {}

    monkeypatch.setattr(material, "_kept", kept)
    show = perform("squat", seed=1, repetitions=1, view=SMALL)
    shows = [
        show,
        perform("squat", seed=1, repetitions=1, view=replace(SMALL, yaw_deg=1.0)),
        accompanied(show, Companion()),
        accompanied(show, Companion(seed=1002)),
        replace(show, look=perform("squat", seed=2, repetitions=1).look),
        replace(show, travel_m=np.ones(show.frame_count)),
    ]
    for one in [*shows, perform("squat", seed=1, repetitions=1, view=SMALL)]:
        material.rendered_tables(one)
    assert len(set(keys)) == len(shows)
    assert keys[-1] == keys[0]
