"""Keypoints, people and the mirror come from one step, and each can be made again alone."""

from pathlib import Path

import dagster as dg
import pytest
import yaml

from dancer_pipeline.pose import extraction
from dancer_pipeline.settings import Settings
from dancer_pipeline_tests.conftest import ROOT
from dancer_pipeline_tests.defs.conftest import Deployment


def test_one_table_of_the_poses_can_be_made_again_alone(deployment: Deployment, jumping: Path):
    upload = deployment.put(jumping)
    chosen = [dg.AssetKey(name) for name in ("upload_options", "source_video", "people")]

    assert deployment.run("analyze_video", upload, asset_selection=chosen).success

    manifest = deployment.stores.results.manifest(upload.video_id, upload.version)
    assert manifest
    assert set(manifest.results) == {"upload_options", "source_video", "people"}
    assert manifest.results["people"].rows == 1


@pytest.mark.parametrize(("mirror_check", "looks"), [(False, 1), (True, 2)])
def test_a_second_look_at_the_mirrored_video_has_time_of_its_own(
    deployment: Deployment, jumping: Path, monkeypatch: pytest.MonkeyPatch, *, mirror_check: bool,
    looks: int,
):  # fmt: skip
    given = []

    def extract(*_video: object, **options: object) -> None:
        given.append((options["mirror_check"], options["bounds"]))
        raise dg.Failure("seen enough", allow_retries=False)

    monkeypatch.setattr(extraction, "extract_pose", extract)
    changed = deployment.settings.model_copy(update={"mirror_check": mirror_check})
    changed = Deployment(deployment.instance, changed)
    upload = changed.put(jumping)
    chosen = [dg.AssetKey(name) for name in ("upload_options", "source_video", "pose_keypoints")]

    changed.run("analyze_video", upload, asset_selection=chosen)

    ((looked_twice, bounds),) = given
    assert looked_twice == mirror_check
    assert bounds.time_s == looks * changed.settings.step_timeout_s


@pytest.mark.parametrize("name", ["dagster.yaml", "deploy/machine/dagster.yaml"])
def test_dagster_lets_a_run_take_as_long_as_its_steps_may(name: str):
    looks = 1 + 2 + 1 + 1  # facts, poses and once more mirrored, extracts, preview
    limit_s = yaml.safe_load((ROOT / name).read_text())["run_monitoring"]["max_runtime_seconds"]
    assert limit_s > looks * Settings().step_timeout_s
