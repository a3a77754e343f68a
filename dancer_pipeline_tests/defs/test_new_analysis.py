"""An analysis is one file: it is in the graph, the gate, the metrics and the contract tests."""

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from dancer_pipeline.analyses import discover
from dancer_pipeline.states import State
from dancer_pipeline_tests.analyses.contract import CHECKS
from dancer_pipeline_tests.defs.conftest import Deployment

HAND_HEIGHT = '''
"""How high the hands come."""

import pandas as pd

from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "1"


def hand_height(pose_keypoints: pd.DataFrame) -> pd.DataFrame:
    """Height of the wrists above the hips at their highest, in metres."""
    rows = []
    for side in ("left", "right"):
        wrist = pose_keypoints[pose_keypoints["keypoint"] == f"{side}_wrist"]
        heights = -wrist["y_m"].dropna()
        rows.append(
            Metric("highest_wrist", "m", float(heights.max()), len(heights), side)
            if len(heights) > 10
            else Metric(
                "highest_wrist", "m", side=side, status="refused", reasons=("too_short",),
                advice="Fewer than 10 frames show the wrist. Film for longer.",
            )
        )
    return metric_table("hand_height", rows, method_version=METHOD_VERSION)
'''


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    folder = tmp_path / "analyses"
    folder.mkdir()
    (folder / "hand_height.py").write_text(HAND_HEIGHT)
    return folder


def with_extra(deployment: Deployment, extra: Path) -> Deployment:
    settings = deployment.settings.model_copy(update={"analyses": extra})
    return Deployment(deployment.instance, settings)


def test_a_new_file_is_in_the_graph_with_its_inputs(deployment: Deployment, extra: Path):
    graph = with_extra(deployment, extra).defs.resolve_asset_graph()
    node = graph.get(dg.AssetKey("hand_height"))

    assert node.parent_keys == {dg.AssetKey("pose_keypoints")}
    assert dg.AssetKey("pose_metrics") in node.child_keys
    assert node.description == "Height of the wrists above the hips at their highest, in metres."
    assert not deployment.defs.resolve_asset_graph().has(dg.AssetKey("hand_height"))


def test_a_new_file_is_in_the_metrics_and_in_the_gate(
    deployment: Deployment, extra: Path, jumping: Path
):
    wider = with_extra(deployment, extra)
    upload = wider.put(jumping)

    assert wider.run("analyze_video", upload).success

    metrics = wider.stores.results.read_table("pose_metrics", upload.video_id, upload.version)
    heights = metrics[metrics["metric"] == "highest_wrist"].set_index("side")["value"]
    assert 0.3 < heights["left"] < 1.2, "arms go up in a jumping jack"

    stored = Path(wider.stores.results.uri("hand_height", upload))
    kept = stored.read_bytes()
    stored.unlink()
    assert not wider.run("cleanup", upload).success
    assert "hand_height is not what was written" in str(wider.row(upload).reason)
    assert Path(wider.settings.source, "jumping.mp4").exists()

    stored.write_bytes(kept)
    assert wider.run("cleanup", upload).success
    assert wider.row(upload).state is State.COMPLETED
    assert not Path(wider.settings.source, "jumping.mp4").exists()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_new_file_goes_through_the_contract_tests(extra: Path, check: Callable[..., None]):
    check("hand_height", discover(extra))


def test_the_contract_tests_catch_an_analysis_that_breaks_it(extra: Path):
    broken = HAND_HEIGHT.replace("if len(heights) > 10", "if True")
    (extra / "hand_height.py").write_text(broken)
    failed = []
    for check in CHECKS:
        try:
            check("hand_height", discover(extra))
        except Exception:  # noqa: BLE001 - whatever it raises, it was caught
            failed.append(check.__name__)

    assert "measures_nothing_where_nobody_is" in failed
