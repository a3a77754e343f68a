"""`dancer compare` on stored videos whose sources are gone."""

import shutil
from pathlib import Path

import dagster as dg
import pytest
from typer.testing import CliRunner, Result

from dancer_pipeline.cli import app
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.results import ResultStore
from dancer_pipeline.states import State
from dancer_pipeline_tests.comparison.takes import Take
from dancer_pipeline_tests.conftest import ROOT
from dancer_pipeline_tests.defs.test_comparison import AFTER, BEFORE, store_take


def compare(*videos: str) -> Result:
    return CliRunner().invoke(app, ["compare", *videos], env={"COLUMNS": "140"})


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ResultStore:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    shutil.copyfile(ROOT / "dagster.yaml", "dagster.yaml")
    ledger = Ledger(f"sqlite:///{tmp_path}/.dancer/ledger.sqlite")
    ledger.record([BEFORE], state=State.COMPLETED)
    ledger.record([AFTER], state=State.QUEUED)
    results = ResultStore(str(tmp_path / "results"))
    store_take(results, BEFORE, Take())
    return results


def test_what_differs_is_shown_with_the_page_and_the_run_is_recorded(store: ResultStore) -> None:
    store_take(store, AFTER, Take(depths_deg=(100.0,) * 4))

    done = compare("before-0", "after-0")

    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "quantities differ by more than error and chance explain" in lines[0]
    [knee] = [it for it in lines if "Knee flexion, left, at the turning point" in it]
    assert knee.split()[-4:] == ["119°", "99°", "−20°", "10°"]  # noqa: RUF001 - a minus
    page = Path(lines[-1].removeprefix("page: "))
    assert "differences beyond error and chance" in page.read_text()
    with dg.DagsterInstance.from_config(str(Path(".dancer/dagster").resolve())) as instance:
        assert [run.job_name for run in instance.get_runs()] == ["compare_videos"]


def test_videos_that_do_not_differ_are_said_not_to(store: ResultStore) -> None:
    store_take(store, AFTER, Take())
    done = compare("before-0", "after-0")
    assert done.exit_code == 0
    assert done.stdout.startswith("0 of ")


def test_a_refusal_lists_its_reasons_and_fails(store: ResultStore) -> None:
    store_take(store, AFTER, Take(exercise="lunge", yaw_deg=-45.0))
    done = compare("before-0", "after-0")
    assert done.exit_code == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "these two videos cannot be compared:"
    assert lines[1].startswith("- The first video shows squat, the second lunge.")
    assert lines[2].startswith("- The first video is filmed from the side, the second from an")
    assert Path(lines[3].removeprefix("page: ")).exists()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("videos", "words"),
    [
        (("before-0", "befor"), "knows no video 'befor': did you mean before-0?"),
        (("before.mp4", "after-0"), "knows no video 'before.mp4': did you mean before-0"),
        (("zzzzzz", "after-0"), "knows no video 'zzzzzz': see `dancer status`"),
        (("before-0", "after-0"), "after-0 is queued: there is nothing to compare yet"),
        (("before-0", "before-0"), "name two videos"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anything_runs(
    videos: tuple[str, str], words: str
) -> None:
    done = compare(*videos)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not Path(".dancer/dagster/history").exists()
