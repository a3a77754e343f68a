"""Two stored videos compared by the job: what it stores, and what it refuses."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from dancer_pipeline.analyses import body_motion, joint_angles, repetitions
from dancer_pipeline.identity import Upload, pair
from dancer_pipeline.results import ResultStore, Written
from dancer_pipeline.states import Outcome, State
from dancer_pipeline.tables import Table
from dancer_pipeline_tests.comparison import takes
from dancer_pipeline_tests.comparison.takes import Take
from dancer_pipeline_tests.conftest import ROOT
from dancer_pipeline_tests.defs.conftest import Deployment

MODULES = (joint_angles, body_motion, repetitions)
UPLOADED = datetime(2026, 1, 2, tzinfo=UTC)
BEFORE = Upload("before-0", "v1", "inbox", "before.mp4", 10, UPLOADED)
AFTER = Upload("after-0", "v1", "inbox", "after <six> & more weeks.mp4", 10, UPLOADED)


def store_take(results: ResultStore, upload: Upload, take: Take, model: str = "abc") -> None:
    """Store what the analyses of a take gave; there is no source."""
    begun = results.begin(upload, [], {"pose_model_sha256": model})
    for module, (name, table) in zip(MODULES, takes.tables(take).items(), strict=True):
        assert module.TABLE.name == name
        results.write_table(
            module.TABLE, table, upload, code_version=module.METHOD_VERSION, run_id="r"
        )
    stored = results.manifest(upload.video_id, upload.version) or begun
    results.conclude(stored, Outcome.COMPLETE, coverage=1.0, reason=None)


def files(deployment: Deployment) -> set[str]:
    """Name what is stored of pairs."""
    root = Path(deployment.settings.results)
    return {
        f"{path.parent.parent.name}{path.suffix}" for path in root.glob("video_comparison*/*/*")
    }


def run(deployment: Deployment, first: str, second: str) -> dg.ExecuteInProcessResult:
    config: dict[str, Any] = {"video_a": first, "video_b": second}
    return deployment.defs.resolve_job_def("compare_videos").execute_in_process(
        instance=deployment.instance,
        run_config={"ops": {"compare": {"config": config}}},
        raise_on_error=False,
    )


@pytest.fixture
def stored(deployment: Deployment) -> Deployment:
    deployment.stores.ledger.record([BEFORE, AFTER], state=State.COMPLETED)
    store_take(deployment.stores.results, BEFORE, Take())
    store_take(deployment.stores.results, AFTER, Take(depths_deg=(100.0,) * 4))
    return deployment


def test_the_job_stores_what_differs_and_a_page_under_the_pair_and_touches_nothing_else(
    stored: Deployment,
) -> None:
    results, of_pair = stored.stores.results, pair(BEFORE, AFTER)
    manifests = list(results.manifests())

    done = run(stored, "before-0", "after-0")

    assert done.success
    assert list(results.manifests()) == manifests
    rows = results.read_table("video_comparison", of_pair.video_id, of_pair.version)
    assert {*rows["video_a"]} == {"before-0"}
    assert {*rows["video_b"]} == {"after-0"}
    turn = rows[(rows["quantity"] == "knee_flexion") & (rows["landmark"] == "turn")].iloc[0]
    assert turn["difference"] == pytest.approx(-20, abs=1)
    assert turn["is_beyond"]
    curves = results.read_table("video_comparison_curves", of_pair.video_id, of_pair.version)
    assert {*curves["video"]} == {"a", "b"}
    page = results.read_bytes(
        "video_comparison", of_pair.video_id, of_pair.version, "html"
    ).decode()
    assert "Knee flexion, left, at the turning point" in page
    assert "after &lt;six&gt; &amp; more weeks.mp4" in page
    assert "<svg" in page


def test_a_refused_pair_is_a_result_with_its_reasons(stored: Deployment) -> None:
    store_take(stored.stores.results, AFTER, Take(exercise="lunge"), model="def")

    done = run(stored, "before-0", "after-0")

    assert done.success
    of_pair = pair(BEFORE, AFTER)
    rows = stored.stores.results.read_table("video_comparison", of_pair.video_id, of_pair.version)
    assert [code for codes in rows["reasons"] for code in codes] == [
        "different_exercise", "method_differs",
    ]  # fmt: skip
    page = stored.stores.results.read_bytes(
        "video_comparison", of_pair.video_id, of_pair.version, "html"
    ).decode()
    assert "cannot be compared" in page
    assert "shows squat, the second lunge" in page


@pytest.mark.parametrize("breaks_at", ["video_comparison_curves", "video_comparison"])
def test_a_pair_that_is_half_written_has_no_table_of_differences_not_even_an_earlier_one(
    stored: Deployment, monkeypatch: pytest.MonkeyPatch, breaks_at: str
) -> None:
    assert run(stored, "before-0", "after-0").success
    complete = files(stored)
    write = ResultStore.write_table

    def break_off(store: ResultStore, table: Table, *given: Any, **more: Any) -> Written:
        if table.name == breaks_at:
            raise dg.Failure("the power failed", allow_retries=False)
        return write(store, table, *given, **more)

    with monkeypatch.context() as patch:
        patch.setattr(ResultStore, "write_table", break_off)
        assert not run(stored, "before-0", "after-0").success
    assert files(stored) == complete - {"video_comparison.parquet"}

    assert run(stored, "before-0", "after-0").success
    assert files(stored) == complete


def test_passing_trouble_while_a_pair_is_stored_is_tried_again(
    stored: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, troubles = ResultStore.write_bytes, [OSError("the network is away")]

    def stumble(store: ResultStore, *given: Any, **more: Any) -> Written:
        if troubles:
            raise troubles.pop()
        return write(store, *given, **more)

    monkeypatch.setattr(ResultStore, "write_bytes", stumble)
    monkeypatch.setattr("dancer_pipeline.defs.retries.FIRST_WAIT_S", 0.0)
    done = run(stored, "before-0", "after-0")

    assert done.success
    assert done.retry_attempts_for_node("compare") == 1


def test_a_comparison_that_never_ends_is_ended_by_dagster(stored: Deployment) -> None:
    tags = stored.defs.resolve_job_def("compare_videos").tags
    configured = yaml.safe_load((ROOT / "dagster.yaml").read_text())["run_monitoring"]
    assert configured["enabled"]
    assert 0 < int(tags["dagster/max_runtime"]) < configured["max_runtime_seconds"]


def test_the_order_of_a_pair_is_part_of_its_name() -> None:
    there, back = pair(BEFORE, AFTER), pair(AFTER, BEFORE)
    assert there.video_id == "before-0--after-0"
    assert there.video_id != back.video_id
    newer = Upload("after-0", "v2", "inbox", "after.mp4", 10, UPLOADED)
    assert pair(BEFORE, newer).version != there.version


def test_a_run_for_an_unknown_video_fails_in_words_and_is_not_retried(stored: Deployment) -> None:
    done = run(stored, "before-0", "after-1")
    assert not done.success
    [event] = done.get_step_failure_events()
    error = event.step_failure_data.error
    assert error
    assert "knows no video 'after-1': did you mean after-0?" in error.message


def test_a_video_is_not_compared_with_itself(stored: Deployment) -> None:
    done = run(stored, "before-0", "before-0")
    assert not done.success
    (failure,) = done.get_step_failure_events()
    assert "does not differ from itself" in str(failure.step_failure_data.error)


def test_tables_that_a_run_may_be_writing_are_not_compared(stored: Deployment) -> None:
    stored.instance.create_run_for_job(
        stored.defs.resolve_job_def("reanalyse"),
        tags={"dagster/partition": "after-0"},
        status=dg.DagsterRunStatus.STARTED,
    )
    done = run(stored, "before-0", "after-0")
    assert not done.success
    (failure,) = done.get_step_failure_events()
    assert "after-0: a run of this video is going on" in str(failure.step_failure_data.error)
