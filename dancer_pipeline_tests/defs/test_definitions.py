"""The code location: its graph, its jobs, and how it loads."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import dagster as dg
import pytest

from dancer_pipeline.analyses import discover
from dancer_pipeline.definitions import build_defs
from dancer_pipeline.settings import Settings

ROOT = Path(__file__).parents[2]

ANALYSES = {name: set(analysis.inputs) for name, analysis in discover().items()}
"""A new analysis is one file, so it is not listed here: its parameters are its edges."""

GRAPH = {
    "intake": {"ledger_summary": set(), "uploaded_video": set()},
    "video": {
        "upload_options": {"uploaded_video"},
        "source_video": {"upload_options"},
        "pose_keypoints": {"source_video", "upload_options"},
        "people": {"source_video", "upload_options"},
        "mirror_error": {"source_video", "upload_options"},
        "video_extracts": {"source_video"},
    },
    "analyses": ANALYSES,
    "results": {
        "preview": {"pose_keypoints"},
        "pose_metrics": set(ANALYSES) - set().union(*ANALYSES.values()),
        "findings": {"pose_metrics"},
        "report": {"findings", "preview"},
        "manifest": {"report"},
    },
    "cleanup": {"source_object_deleted": {"manifest"}},
}
"""By group: each asset and what it is made from."""

RESULTS = {"pose_metrics", "findings", "report", "manifest"}
JOBS = {
    "analyze_video": {*GRAPH["video"], *GRAPH["analyses"], *GRAPH["results"]},
    "report_video": {*RESULTS, "manifest:analysis_complete"},
    "cleanup": {"source_object_deleted", "manifest:analysis_complete"},
    "reanalyse": {*GRAPH["analyses"], *RESULTS},
}


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs(Settings())


def test_the_asset_graph_is_what_the_documentation_shows(defs: dg.Definitions):
    found: dict[str, dict[str, set[str]]] = {}
    graph = defs.resolve_asset_graph()
    for node in graph.asset_nodes:
        parents = {key.to_user_string() for key in node.parent_keys}
        found.setdefault(str(node.group_name), {})[node.key.to_user_string()] = parents

    assert found == GRAPH


@pytest.mark.parametrize(
    ("made_from", "made"),
    list(
        pairwise(
            ["uploaded_video", "upload_options", "source_video", "pose_keypoints", "body_motion",
             "gait_events", "gait", "pose_metrics", "findings", "report", "manifest",
             "source_object_deleted"]
        )
    ),
)  # fmt: skip
def test_the_way_of_a_walk_from_upload_to_delete_has_these_edges(
    defs: dg.Definitions, made_from: str, made: str
):
    """By hand: what is discovered says nothing about an edge that has gone."""
    assert dg.AssetKey(made_from) in defs.resolve_asset_graph().get(dg.AssetKey(made)).parent_keys


def test_the_gate_is_a_check_of_the_manifest(defs: dg.Definitions):
    checks = defs.resolve_asset_graph().get_check_keys_for_assets({dg.AssetKey("manifest")})
    assert {check.name for check in checks} == {"analysis_complete"}


def test_no_edge_repeats_what_longer_paths_say_already():
    made_from = {name: parents for group in GRAPH.values() for name, parents in group.items()}

    def ancestors(name: str) -> set[str]:
        return made_from[name].union(*map(ancestors, made_from[name]))

    for name in GRAPH["results"]:
        parents = made_from[name]
        assert not parents & set().union(*map(ancestors, parents)), name


def test_everything_is_upstream_of_the_manifest(defs: dg.Definitions):
    graph = defs.resolve_asset_graph()
    above = graph.get_ancestor_asset_keys(dg.AssetKey("manifest"))

    assert {key.to_user_string() for key in above} == JOBS["analyze_video"] - {"manifest"} | {
        "uploaded_video"
    }


def test_every_asset_says_what_it_is_and_of_which_kind(defs: dg.Definitions):
    for spec in defs.resolve_all_asset_specs():
        assert spec.description, spec.key
        assert spec.kinds, spec.key


def test_every_stored_table_shows_its_columns(defs: dg.Definitions):
    own = {*GRAPH["video"], "pose_metrics", "findings"}
    shown = {
        spec.key.to_user_string(): spec.metadata["dagster/column_schema"].columns
        for spec in defs.resolve_all_asset_specs()
        if "dagster/column_schema" in spec.metadata
    }

    assert set(shown) == own | set(GRAPH["analyses"])
    for name, columns in shown.items():
        assert [column.name for column in columns][:2] == ["video_id", "version"], name
        assert all(column.description for column in columns), name


@pytest.mark.parametrize("name", JOBS)
def test_a_job_does_exactly_its_part(defs: dg.Definitions, name: str):
    graph = defs.resolve_job_def(name).asset_layer.asset_graph
    assets = {key.to_user_string() for key in graph.executable_asset_keys}
    checks = {f"{it.asset_key.to_user_string()}:{it.name}" for it in graph.asset_check_keys}

    assert assets | checks == JOBS[name]


def test_every_job_and_sensor_is_described(defs: dg.Definitions):
    repository = defs.get_repository_def()
    jobs = [job for job in repository.get_all_jobs() if not job.name.startswith("__")]

    assert {job.name for job in jobs} > set(JOBS)
    assert [it.name for it in (*jobs, *repository.sensor_defs) if not it.description] == []


def test_the_code_location_loads_with_an_empty_environment(tmp_path: Path):
    count = "len(defs().resolve_all_asset_specs())"
    program = f"from dancer_pipeline.definitions import defs; print({count})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], env={}, cwd=tmp_path, capture_output=True, text=True,
        check=False,
    )  # fmt: skip

    assert loaded.returncode == 0, loaded.stderr
    assert int(loaded.stdout) == sum(map(len, GRAPH.values()))
    assert list(tmp_path.iterdir()) == [], "loading touches no disk"


def test_a_variable_of_an_older_set_up_is_answered_where_the_code_location_loads(tmp_path: Path):
    program = "from dancer_pipeline.definitions import defs; defs()"
    loaded = subprocess.run(
        [sys.executable, "-c", program], env={"S3_BUCKET": "c4nary"}, cwd=tmp_path,
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert "S3_BUCKET is set, but nothing reads it: set DANCER_SOURCE=s3://" in loaded.stderr
    assert "c4nary" not in loaded.stderr


@pytest.mark.parametrize(
    ("variable", "value", "accepted"),
    [("DANCER_TICK_S", "soon", "valid integer"), ("DANCER_CLEANUPS", "on", "DANCER_CLEANUP?")],
)
def test_validation_names_a_variable_that_is_wrong(
    tmp_path: Path, variable: str, value: str, accepted: str
):
    environment = {name: it for name, it in os.environ.items() if not name.startswith("DANCER_")}
    program = Path(sys.executable).with_name("dagster")
    validated = subprocess.run(
        [program, "definitions", "validate", "-m", "dancer_pipeline.definitions"],
        env=environment | {variable: value, "DAGSTER_HOME": str(tmp_path)}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    said = validated.stdout + validated.stderr
    assert validated.returncode != 0
    assert variable in said
    assert accepted in said
