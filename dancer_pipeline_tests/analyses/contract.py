"""What every analysis owes, whoever wrote it: run by the tests over all that are discovered.

`CHECKS` are plain functions of an analysis's name and all analyses by name; each raises
AssertionError. An analysis in a folder of your own goes through them with

    DANCER_ANALYSES=folder pytest dancer_pipeline_tests/analyses/test_contract.py
"""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import pandas as pd

from dancer_pipeline.analyses import CORE_TABLES, LATER_TABLES, Analysis, run
from dancer_pipeline_tests.analyses import performer

Analyses = Mapping[str, Analysis]
Tables = dict[str, pd.DataFrame]


class Stored(Tables):
    """Tables of a video that remember what was made of them, so that each analysis runs once."""

    def __init__(self, tables: Tables) -> None:
        super().__init__(tables)
        self.made: dict[Callable[..., pd.DataFrame], pd.DataFrame] = {}

    def __setitem__(self, name: str, table: pd.DataFrame) -> None:
        self.made.clear()
        super().__setitem__(name, table)


def core(pose_keypoints: pd.DataFrame, **more: pd.DataFrame) -> Stored:
    """Build the stored tables of an ordinary video with this person in it."""
    tables = {
        "pose_keypoints": pose_keypoints,
        "source_video": performer.source_video(),
        "upload_options": performer.upload_options(),
        "video_extracts": performer.video_extracts(),
    }
    later = {name: table.frame() for name, table in LATER_TABLES.items()}
    return Stored(later | tables | more)


def result(name: str, analyses: Analyses, tables: Tables) -> pd.DataFrame:
    """Run an analysis after everything that it reads, once for the same set of tables."""
    stored = tables if isinstance(tables, Stored) else Stored(tables)
    analysis = analyses[name]
    if analysis.function not in stored.made:
        stored.made[analysis.function] = run(analysis, inputs(name, analyses, stored))
    return stored.made[analysis.function].copy(deep=True)


def inputs(name: str, analyses: Analyses, tables: Tables) -> Tables:
    """Gather copies of the tables that an analysis reads; run the analyses behind them."""
    stored = tables if isinstance(tables, Stored) else Stored(tables)
    return {
        table: stored[table].copy(deep=True)
        if table in CORE_TABLES
        else result(table, analyses, stored)
        for table in analyses[name].inputs
    }


@cache
def _squatting() -> Stored:
    """Give the tables of an ordinary video, the same ones for every check and analysis."""
    return core(performer.squat())


@cache
def _changed(how: str) -> Stored:
    """Give the tables of a video that is not ordinary, the same ones for every analysis."""
    return _UNUSUAL[how]()


def _of_little_known() -> Stored:
    unknown = performer.source_video().assign(
        frame_rate_hz=np.nan, sample_rate_hz=np.nan, brightness=np.nan, sharpness=np.nan
    )
    extracts = performer.video_extracts().assign(value=np.nan)
    return core(performer.squat(), source_video=unknown, video_extracts=extracts)


def _at(time_s: Callable[[pd.DataFrame], pd.Series]) -> Stored:
    """Change the times of what was seen in each frame."""
    poses = performer.squat()
    return core(poses.assign(time_s=time_s(poses)))


def _later() -> Stored:
    tables = _squatting()
    return Stored(
        tables
        | {
            table: tables[table].assign(time_s=tables[table]["time_s"] + 1000.0)
            for table in ("pose_keypoints", "video_extracts")
        }
    )


_UNUSUAL: Mapping[str, Callable[[], Stored]] = {
    "no frames": lambda: core(
        performer.squat()[:0], video_extracts=performer.video_extracts()[:0]
    ),
    "nobody": lambda: core(performer.nobody()),
    "one frame": lambda: core(performer.squat(duration_s=0.0)),
    "little known": _of_little_known,
    "squat": lambda: core(
        performer.squat(),
        upload_options=performer.upload_options(exercise="squat", view="side", mirrored="true"),
    ),
    "view up": lambda: core(
        performer.squat(), upload_options=performer.upload_options(view="up")
    ),
    "one time": lambda: _at(lambda poses: poses["time_s"] * 0),
    "few times": lambda: _at(lambda poses: poses["time_s"].where(poses["frame"] % 3 != 0)),
    "no times": lambda: _at(lambda poses: poses["time_s"] * np.nan),
    "a jump": lambda: _at(lambda poses: poses["time_s"] + 3600.0 * (poses["frame"] > 90)),
    "later": _later,
}  # fmt: skip


def gives_the_declared_columns_and_types(name: str, analyses: Analyses) -> None:
    table = analyses[name].table
    made = result(name, analyses, _squatting())
    assert list(made.columns) == [column.name for column in table.columns]
    assert table.arrow(made).schema.equals(table.schema)


def bears_a_video_without_frames(name: str, analyses: Analyses) -> None:
    _measures_no_body(result(name, analyses, _changed("no frames")), analyses[name])


def measures_nothing_where_nobody_is(name: str, analyses: Analyses) -> None:
    _measures_no_body(result(name, analyses, _changed("nobody")), analyses[name])


def bears_a_single_frame(name: str, analyses: Analyses) -> None:
    result(name, analyses, _changed("one frame"))


def bears_a_file_of_which_little_is_known(name: str, analyses: Analyses) -> None:
    result(name, analyses, _changed("little known"))


def bears_whatever_the_uploader_says(name: str, analyses: Analyses) -> None:
    for said in ("squat", "view up"):
        result(name, analyses, _changed(said))


def bears_times_that_stand_still_or_are_not_known(name: str, analyses: Analyses) -> None:
    for clock in ("one time", "few times", "no times"):
        made = result(name, analyses, _changed(clock))
        assert analyses[name].table.arrow(made).num_rows == len(made)


def bears_a_clock_that_jumps(name: str, analyses: Analyses) -> None:
    """Expect no rows for the hour in between: an hour of moments would be a hundred thousand."""
    assert len(result(name, analyses, _changed("a jump"))) < 10_000


def leaves_its_input_alone(name: str, analyses: Analyses) -> None:
    tables = inputs(name, analyses, _squatting())
    before = {table: frame.copy(deep=True) for table, frame in tables.items()}
    run(analyses[name], tables)
    for table, frame in tables.items():
        pd.testing.assert_frame_equal(frame, before[table])


def says_the_same_twice(name: str, analyses: Analyses) -> None:
    again = run(analyses[name], inputs(name, analyses, _squatting()))
    pd.testing.assert_frame_equal(result(name, analyses, _squatting()), again)


def does_not_depend_on_the_order_of_rows(name: str, analyses: Analyses) -> None:
    tables = inputs(name, analyses, _squatting())
    shuffled = {
        table: frame.sample(frac=1, random_state=1).reset_index(drop=True)
        for table, frame in tables.items()
    }
    pd.testing.assert_frame_equal(
        result(name, analyses, _squatting()), run(analyses[name], shuffled)
    )


def does_not_depend_on_when_the_video_begins(name: str, analyses: Analyses) -> None:
    _agree(result(name, analyses, _squatting()), result(name, analyses, _changed("later")))


CHECKS: tuple[Callable[[str, Analyses], None], ...] = (
    gives_the_declared_columns_and_types,
    bears_a_video_without_frames,
    measures_nothing_where_nobody_is,
    bears_a_single_frame,
    bears_a_file_of_which_little_is_known,
    bears_whatever_the_uploader_says,
    bears_times_that_stand_still_or_are_not_known,
    bears_a_clock_that_jumps,
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
