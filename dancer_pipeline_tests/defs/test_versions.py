"""Which version a run is about: the one in its tags, or the newest when a person started it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dancer_pipeline.identity import Upload
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.states import Outcome, State
from dancer_pipeline.video.tables import SOURCE_VIDEO, VIDEO_EXTRACTS
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.defs.conftest import Deployment

NOW = datetime.now(UTC)
OLDER = Upload("walk-0", "v1", "inbox", "walk.mp4", 1, NOW)
NEWER = replace(OLDER, version="v2", uploaded_at=NOW + timedelta(seconds=1))
INTERRUPTED = '''
"""An analysis during which the video is uploaded once more."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from dancer_pipeline.identity import Upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "1"


def interrupted(pose_keypoints: pd.DataFrame) -> pd.DataFrame:
    """Number of rows."""
    later = datetime.now(UTC) + timedelta(hours=1)
    newer = Upload("walk-0", "v2", "inbox", "walk.mp4", 1, later)
    Ledger("sqlite:///ledger.sqlite").record([newer])
    metric = Metric("rows", "count", float(len(pose_keypoints)), len(pose_keypoints))
    return metric_table("interrupted", [metric], method_version=METHOD_VERSION)
'''


def test_a_run_by_hand_stays_with_its_version_when_a_newer_one_arrives(
    deployment: Deployment, tmp_path: Path
):
    (tmp_path / "analyses").mkdir()
    (tmp_path / "analyses" / "interrupted.py").write_text(INTERRUPTED)
    settings = deployment.settings.model_copy(update={"analyses": tmp_path / "analyses"})
    stores = deployment.stores
    stores.ledger.record([OLDER], state=State.COMPLETED)
    deployment.instance.add_dynamic_partitions("videos", ["walk-0"])
    stores.results.begin(OLDER, ["pose_keypoints", "source_video", "video_extracts"], {})
    tables = {
        SOURCE_VIDEO: performer.source_video(duration_s=2.0),
        POSE_KEYPOINTS: performer.squat(2.0),
        VIDEO_EXTRACTS: performer.video_extracts(2.0),
    }
    for table, frame in tables.items():
        stores.results.write_table(table, frame, OLDER, code_version="1", run_id="r")

    job = Deployment(deployment.instance, settings).defs.resolve_job_def("reanalyse")
    assert job.execute_in_process(instance=deployment.instance, partition_key="walk-0").success

    newest = stores.ledger.current("walk-0")
    assert newest is not None
    assert newest.version == NEWER.version
    manifest = stores.results.manifest("walk-0", "v1")
    assert manifest is not None
    assert manifest.outcome is Outcome.COMPLETE
    assert {"interrupted", "pose_metrics", "report"} <= set(manifest.results)
    assert stores.results.manifest("walk-0", "v2") is None
    assert not list(Path(settings.results).rglob("v2.*"))
