"""New methods for old videos: the sources are gone, what later releases store was never made."""

from pathlib import Path

import dagster as dg
import pandas as pd
import pytest

from dancer_pipeline.defs.jobs import RESULTS
from dancer_pipeline.defs.reanalysis import Reanalysis, Work
from dancer_pipeline.identity import Upload
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.states import State
from dancer_pipeline.video.tables import SOURCE_VIDEO, VIDEO_EXTRACTS
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.defs.conftest import Deployment

FIRST_METHOD = '''
"""How long somebody is seen."""

import pandas as pd

from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "1"


def seen(pose_keypoints: pd.DataFrame) -> pd.DataFrame:
    """Last time in seconds."""
    last_s = float(pose_keypoints["time_s"].max())
    return metric_table("seen", [Metric("seen", "s", last_s, 1)], method_version=METHOD_VERSION)
'''

SECOND_METHOD = '''
"""How much is known of a video."""

import pandas as pd

from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "2"


def seen(
    earlier: pd.DataFrame, pose_keypoints: pd.DataFrame, upload_options: pd.DataFrame
) -> pd.DataFrame:
    """Rows of the tables that came later, behind those of pose_keypoints."""
    known = [Metric("poses", "1", float(len(pose_keypoints)), 1)]
    known.append(Metric("options", "1", float(len(upload_options["stature_m"])), 1))
    known.append(Metric("earlier", "1", float(len(earlier)), 1))
    return metric_table("seen", known, method_version=METHOD_VERSION)
'''

NEW_TABLE = '''
"""Every moment."""

import pandas as pd
import pyarrow as pa

from dancer_pipeline.tables import Column, Table

METHOD_VERSION = "1"
TABLE = Table("earlier", "One row per moment.", (Column("time_s", pa.float64(), "when"),))


def earlier(pose_keypoints: pd.DataFrame) -> pd.DataFrame:
    """Moments of the video."""
    return pose_keypoints[["time_s"]].drop_duplicates()
'''


@pytest.fixture
def older(deployment: Deployment, tmp_path: Path) -> Deployment:
    """Make a deployment that has one analysis of its own."""
    folder = tmp_path / "analyses"
    folder.mkdir()
    (folder / "seen.py").write_text(FIRST_METHOD)
    settings = deployment.settings.model_copy(update={"analyses": folder})
    return Deployment(deployment.instance, settings)


def analysed_by_an_earlier_release(older: Deployment, tmp_path: Path) -> Upload:
    """Store what an earlier release took from a video's pixels, and analyse it."""
    (tmp_path / "walk.mp4").write_bytes(b"a video")
    upload = older.put(tmp_path / "walk.mp4")
    tables = {
        SOURCE_VIDEO: performer.source_video(duration_s=2.0),
        POSE_KEYPOINTS: performer.squat(2.0),
        VIDEO_EXTRACTS: performer.video_extracts(2.0),
    }
    required = [*(table.name for table in tables), "seen", "pose_metrics"]
    older.stores.results.begin(upload, required, {})
    for table, frame in tables.items():
        older.stores.results.write_table(table, frame, upload, code_version="0", run_id="r")
    own = [path.stem for path in (tmp_path / "analyses").glob("*.py")]
    made = [*own, *RESULTS]
    assert older.run("reanalyse", upload, asset_selection=list(map(dg.AssetKey, made))).success
    return upload


def planned(deployment: Deployment, *analyses: str) -> tuple[Reanalysis, Work]:
    reanalysis = Reanalysis(deployment.settings, deployment.defs, analyses)
    [work] = reanalysis.plan(reanalysis.every_video(), deployment.instance)
    return reanalysis, work


def metrics(deployment: Deployment, upload: Upload) -> pd.DataFrame:
    made = deployment.stores.results.read_table("pose_metrics", upload.video_id, upload.version)
    return made[made["analysis"] == "seen"].set_index("metric")


def test_a_new_method_is_applied_to_a_video_whose_source_is_gone_and_whose_tables_are_older(
    older: Deployment, tmp_path: Path
):
    upload = analysed_by_an_earlier_release(older, tmp_path)
    assert list(metrics(older, upload).index) == ["seen"]
    assert older.run("cleanup", upload).success
    assert older.row(upload).state is State.COMPLETED
    assert not (Path(older.settings.source) / upload.key).exists()

    (tmp_path / "analyses" / "seen.py").write_text(SECOND_METHOD)
    (tmp_path / "analyses" / "earlier.py").write_text(NEW_TABLE)
    reanalysis, work = planned(older, "seen")
    assert work.obstacle is None
    assert {"earlier", "seen", "pose_metrics", "report"} <= set(work.makes)
    assert "recording_quality" not in work.makes
    assert reanalysis.run(work, older.instance) is None

    made = metrics(older, upload)
    assert made["value"].to_dict() == {"poses": 61 * 33, "options": 0, "earlier": 61}
    assert set(made["method_version"]) == {"2"}, "the older method's row is replaced"
    assert older.row(upload).state is State.COMPLETED


def test_what_stands_behind_an_analysis_is_made_again_only_where_it_is_outdated(
    older: Deployment, tmp_path: Path
):
    (tmp_path / "analyses" / "earlier.py").write_text(NEW_TABLE)
    analysed_by_an_earlier_release(older, tmp_path)
    (tmp_path / "analyses" / "seen.py").write_text(SECOND_METHOD)
    assert "earlier" not in planned(older, "seen")[1].makes

    newer = NEW_TABLE.replace('METHOD_VERSION = "1"', 'METHOD_VERSION = "2"')
    (tmp_path / "analyses" / "earlier.py").write_text(newer)
    makes = planned(older, "seen")[1].makes
    assert makes.index("earlier") < makes.index("seen")


@pytest.mark.parametrize("absent", ["pose_keypoints", "source_video", "video_extracts"])
def test_a_table_that_every_release_stored_must_be_there(
    older: Deployment, tmp_path: Path, absent: str
):
    upload = analysed_by_an_earlier_release(older, tmp_path)
    manifest = older.stores.results.manifest(upload.video_id, upload.version)
    assert manifest
    older.stores.results.remove(manifest, absent)

    assert planned(older)[1].obstacle == f"nothing to analyse: {absent} not stored"


def test_only_an_analysis_is_given_an_empty_table_for_one_that_is_missing(
    older: Deployment, tmp_path: Path
):
    upload = analysed_by_an_earlier_release(older, tmp_path)
    done = older.run("analyze_video", upload, asset_selection=[dg.AssetKey("source_video")])

    [failure] = done.get_step_failure_events()
    assert "upload_options is not stored" in str(failure.step_failure_data.error)
