"""What every analysis owes, whoever wrote it: run by the tests over all that are discovered.

`CHECKS` are plain functions of an analysis's name and all analyses by name; each raises
AssertionError. An analysis in a folder of your own goes through them with

    DANCER_ANALYSES=folder pytest dancer_pipeline_tests/analyses/test_contract.py
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from dancer_pipeline.analyses import CORE_TABLES, LATER_TABLES, Analysis, run
from dancer_pipeline_tests.analyses import performer

Analyses = Mapping[str, Analysis]
Tables = dict[str, pd.DataFrame]


def core(pose_keypoints: pd.DataFrame, **more: pd.DataFrame) -> Tables:
    """Build the stored tables of an ordinary video with this person in it."""
    tables = {
        "pose_keypoints": pose_keypoints,
        "source_video": performer.source_video(),
        "upload_options": performer.upload_options(),
        "video_extracts": performer.video_extracts(),
    }
    later = {name: table.frame() for name, table in LATER_TABLES.items()}
    return later | tables | more


def result(name: str, analyses: Analyses, tables: Tables) -> pd.DataFrame:
    """Run an analysis after everything that it reads."""
    return run(analyses[name], inputs(name, analyses, tables))


def inputs(name: str, analyses: Analyses, tables: Tables) -> Tables:
    """Gather the tables that an analysis reads; run the analyses behind them."""
    return {
        table: tables[table] if table in CORE_TABLES else result(table, analyses, tables)
        for table in analyses[name].inputs
    }


def gives_the_declared_columns_and_types(name: str, analyses: Analyses) -> None:
    table = analyses[name].table
    made = result(name, analyses, core(performer.squat()))
    assert list(made.columns) == [column.name for column in table.columns]
    assert table.arrow(made).schema.equals(table.schema)


def bears_a_video_without_frames(name: str, analyses: Analyses) -> None:
    empty = core(performer.squat()[:0], video_extracts=performer.video_extracts()[:0])
    _measures_no_body(result(name, analyses, empty), analyses[name])


def measures_nothing_where_nobody_is(name: str, analyses: Analyses) -> None:
    _measures_no_body(result(name, analyses, core(performer.nobody())), analyses[name])


def bears_a_single_frame(name: str, analyses: Analyses) -> None:
    result(name, analyses, core(performer.squat(duration_s=0.0)))


def bears_a_file_of_which_little_is_known(name: str, analyses: Analyses) -> None:
    unknown = performer.source_video().assign(
        frame_rate_hz=np.nan, sample_rate_hz=np.nan, brightness=np.nan, sharpness=np.nan
    )
    tables = core(performer.squat(), source_video=unknown)
    tables["video_extracts"] = tables["video_extracts"].assign(value=np.nan)
    result(name, analyses, tables)


def bears_whatever_the_uploader_says(name: str, analyses: Analyses) -> None:
    for metadata in ({"exercise": "squat", "view": "side", "mirrored": "true"}, {"view": "up"}):
        told = core(performer.squat(), upload_options=performer.upload_options(**metadata))
        result(name, analyses, told)


def leaves_its_input_alone(name: str, analyses: Analyses) -> None:
    tables = inputs(name, analyses, core(performer.squat()))
    before = {table: frame.copy(deep=True) for table, frame in tables.items()}
    run(analyses[name], tables)
    for table, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[table])


def says_the_same_twice(name: str, analyses: Analyses) -> None:
    tables = core(performer.squat())
    pd.testing.assert_frame_equal(result(name, analyses, tables), result(name, analyses, tables))


def does_not_depend_on_the_order_of_rows(name: str, analyses: Analyses) -> None:
    tables = inputs(name, analyses, core(performer.squat()))
    shuffled = {
        table: frame.sample(frac=1, random_state=1).reset_index(drop=True)
        for table, frame in tables.items()
    }
    pd.testing.assert_frame_equal(run(analyses[name], tables), run(analyses[name], shuffled))


def does_not_depend_on_when_the_video_begins(name: str, analyses: Analyses) -> None:
    tables = core(performer.squat())
    later = tables | {
        table: tables[table].assign(time_s=tables[table]["time_s"] + 1000.0)
        for table in ("pose_keypoints", "video_extracts")
    }
    _agree(result(name, analyses, tables), result(name, analyses, later))


CHECKS: tuple[Callable[[str, Analyses], None], ...] = (
    gives_the_declared_columns_and_types,
    bears_a_video_without_frames,
    measures_nothing_where_nobody_is,
    bears_a_single_frame,
    bears_a_file_of_which_little_is_known,
    bears_whatever_the_uploader_says,
    leaves_its_input_alone,
    says_the_same_twice,
    does_not_depend_on_the_order_of_rows,
    does_not_depend_on_when_the_video_begins,
)


def _measures_no_body(made: pd.DataFrame, analysis: Analysis) -> None:
    """Expect every metric refused; only an analysis that reads `source_video` may speak of that."""
    if analysis.is_metrics:
        refused = made["status"] == "refused"
        assert refused.all() or "source_video" in analysis.inputs
        assert made.loc[refused, "advice"].notna().all()


def _agree(first: pd.DataFrame, second: pd.DataFrame) -> None:
    """Expect the same values, apart from the time itself and from what only rounding decides."""
    of_time = [name for name in first if name in _TIMES or name.endswith("_time_s")]
    left_out = [*of_time, *_DECIDED_BY_ROUNDING.intersection(first)]
    pd.testing.assert_frame_equal(
        first.drop(columns=left_out), second.drop(columns=left_out), check_exact=False, atol=1e-4
    )


_TIMES = {"time_s", "start_s", "turn_s", "end_s"}

_DECIDED_BY_ROUNDING = {"evidence_frames"}
