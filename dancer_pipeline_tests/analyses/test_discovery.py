"""Finding analyses: by file name, in order, and with a sentence for every file that is none."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from dancer_pipeline.analyses import ContractError, discover, run
from dancer_pipeline.metrics import METRIC_COLUMNS
from dancer_pipeline.tables import SchemaError
from dancer_pipeline_tests.analyses import performer

STEADINESS = '''
"""How long the clip is."""
from dancer_pipeline.metrics import Metric, metric_table

METHOD_VERSION = "3"


def steadiness(pose_keypoints, *, factor=1.0):
    """Length of the clip. Not more than that."""
    metric = Metric("length", "s", float(pose_keypoints["time_s"].max()) * factor, n=1)
    return metric_table("steadiness", [metric], method_version=METHOD_VERSION)
'''


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.py").write_text(text)
    return tmp_path


def test_the_package_has_its_analyses_each_after_those_that_it_reads() -> None:
    names = list(discover())
    assert {"camera_view", "joint_angles", "range_of_motion", "recording_quality"} <= set(names)
    for name, analysis in discover().items():
        for table in set(analysis.inputs) & set(names):
            assert names.index(table) < names.index(name)


def test_a_file_in_a_folder_becomes_an_analysis(tmp_path: Path) -> None:
    found = discover(folder(tmp_path, steadiness=STEADINESS))
    analysis = found["steadiness"]
    assert analysis.inputs == ("pose_keypoints",)
    assert analysis.method_version == "3"
    assert analysis.description == "Length of the clip."
    assert analysis.is_metrics
    assert analysis.table.columns == METRIC_COLUMNS
    made = run(analysis, {"pose_keypoints": performer.squat()})
    assert made["value"].tolist() == [6.0]


def test_an_analysis_of_the_folder_may_read_one_of_the_package(tmp_path: Path) -> None:
    text = STEADINESS.replace("pose_keypoints", "joint_angles")
    names = list(discover(folder(tmp_path, steadiness=text)))
    assert names.index("joint_angles") < names.index("steadiness")


def test_shared_files_and_other_files_are_no_analyses(tmp_path: Path) -> None:
    folder(tmp_path, _shared="x = 1")
    (tmp_path / "notes.txt").write_text("nothing")
    assert list(discover(tmp_path)) == list(discover())


BROKEN = {
    "no function": ('METHOD_VERSION = "1"', "defines no function steadiness"),
    "no version": (STEADINESS.replace("METHOD_VERSION = ", "VERSION = "), "no METHOD_VERSION"),
    "no docstring": (STEADINESS.replace('"""Length of the clip. Not more than that."""', ""),
                     "no docstring"),
    "unknown input": (STEADINESS.replace("pose_keypoints", "poses"), "reads poses"),
    "a result as input": (STEADINESS.replace("pose_keypoints", "findings"), "reads findings"),
    "itself as input": (STEADINESS.replace("pose_keypoints", "steadiness"), "circle"),
    "no input": (STEADINESS.replace("pose_keypoints, *", "*"), "reads no table"),
    "a positional tunable": (STEADINESS.replace("*, ", ""), "parameter factor"),
    "a tunable without default": (STEADINESS.replace("=1.0", ""), "parameter factor"),
    "any inputs": (STEADINESS.replace("*, factor=1.0", "*args"), "parameter args"),
    "another table": (STEADINESS + "TABLE = 3", 'TABLE must be a Table("steadiness"'),
    "a syntax error": (STEADINESS + "\n)", "cannot be imported"),
    "an import that fails": ("import no_such_module_anywhere", "no_such_module_anywhere"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_breaks_the_contract_is_named_with_what_is_wrong(
    case: str, tmp_path: Path
) -> None:
    text, problem = BROKEN[case]
    with pytest.raises(ContractError) as caught:
        discover(folder(tmp_path, steadiness=text))
    assert str(tmp_path / "steadiness.py") in str(caught.value)
    assert problem in str(caught.value)


@pytest.mark.parametrize("name", ["findings", "pose_keypoints", "manifest", "range_of_motion"])
def test_a_name_that_is_taken_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=f"{name}.*rename"):
        discover(folder(tmp_path, **{name: STEADINESS.replace("steadiness", name)}))


def test_two_files_that_read_each_other_are_both_named(tmp_path: Path) -> None:
    here = STEADINESS.replace("steadiness", "here").replace("pose_keypoints", "there")
    there = STEADINESS.replace("steadiness", "there").replace("pose_keypoints", "here")
    with pytest.raises(ContractError, match=r"here\.py.*there\.py.*circle|there\.py.*here\.py"):
        discover(folder(tmp_path, here=here, there=there))


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="is not a folder"):
        discover(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"value": None}, "null exactly when refused"),
        ({"status": "fine"}, "status fine is none of"),
        ({"status": "low_confidence"}, "needs a reason"),
        ({"analysis": "another"}, "must carry analysis steadiness"),
    ],
)
def test_metric_rows_that_contradict_themselves_are_refused(
    change: dict[str, object], problem: str, tmp_path: Path
) -> None:
    analysis = discover(folder(tmp_path, steadiness=STEADINESS))["steadiness"]
    good = analysis.function(performer.squat())

    def contradicting(pose_keypoints: pd.DataFrame) -> pd.DataFrame:  # noqa: ARG001 - its input
        return good.astype(object).assign(**change)

    broken = type(analysis)(**{**vars(analysis), "function": contradicting})
    with pytest.raises(SchemaError, match=problem):
        run(broken, {"pose_keypoints": performer.squat()})


def test_finding_analyses_loads_nothing_heavy() -> None:
    heavy = "{'scipy', 'cv2', 'av', 'mediapipe', 'matplotlib', 'dagster'}"
    code = (
        "import sys; from dancer_pipeline.analyses import discover; discover(); "
        f"print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
