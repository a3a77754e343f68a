"""What uploaders say about a video: read with suspicion, refused in words, never a failure."""

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dancer_pipeline.options import EXERCISES, OPTIONS, UPLOAD_OPTIONS, chosen, upload_options

COURT = "0.1,0.9 0.9,0.9 0.7,0.3 0.3,0.3"


def said(**metadata: str) -> dict[str, Any]:
    """Read metadata and return what is known, and the problems."""
    [row] = UPLOAD_OPTIONS.arrow(upload_options(metadata)).to_pylist()
    return {name: value for name, value in row.items() if value is not None}


def test_everything_that_can_be_said_is_read():
    assert said(
        sample_fps="15", include_frames="yes", exercise="squat", view="side", mirrored="False",
        stature_m="1.78", court=COURT,
    ) == {
        "sample_hz": 15.0, "include_frames": True, "exercise": "squat", "view": "sagittal",
        "mirrored": False, "stature_m": 1.78,
        "court": [0.1, 0.9, 0.9, 0.9, 0.7, 0.3, 0.3, 0.3], "problems": [],
    }  # fmt: skip


def test_the_example_of_every_option_is_accepted():
    assert said(**{option.name: option.example for option in OPTIONS})["problems"] == []
    assert set(said(**{option.name: option.example for option in OPTIONS})) == {
        column.name for column in UPLOAD_OPTIONS.columns
    }


def test_nothing_said_is_nothing_known_and_no_problem():
    assert said() == {"problems": []}
    assert said(exercise="", view="  ") == {"problems": []}


@pytest.mark.parametrize("name", ["Sample-FPS", "sample-fps", "SAMPLE_FPS", " sample fps "])
def test_names_may_be_written_as_headers_write_them(name: str):
    assert said(**{name: " 12.5 "})["sample_hz"] == 12.5


def test_words_may_be_written_as_people_write_them():
    assert said(exercise="Push up")["exercise"] == "push_up"
    assert said(exercise="biceps-curl", view="FRONT") == {
        "exercise": "biceps_curl",
        "view": "frontal",
        "problems": [],
    }
    assert said(view="sagittal")["view"] == "sagittal"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("stature_m", "180", "stature_m=180 was not used. Did you mean 1.80? Accepted: metres"),
        ("stature_m", "1,80", "metres with a point, between 0.5 and 2.6"),
        ("stature_m", "0.4", "between 0.5 and 2.6"),
        ("stature_m", "2.7", "between 0.5 and 2.6"),
        ("stature_m", "nan", "stature_m=nan was not used."),
        ("sample_fps", "0", "frames per second, from 1 to 60"),
        ("sample_fps", "0.999", "from 1 to 60"),
        ("sample_fps", "60.001", "from 1 to 60"),
        ("sample_fps", "inf", "from 1 to 60"),
        ("sample_fps", "-15", "from 1 to 60"),
        ("sample_fps", "1_5", "from 1 to 60"),
        ("sample_fps", "\u0661\u0665", "from 1 to 60"),
        ("sample_fps", "1e1", "from 1 to 60"),
        ("sample_fps", "9" * 5000, "from 1 to 60"),
        ("include_frames", "maybe", "true or false"),
        ("mirrored", "2", "true or false"),
        ("exercise", "squats", "Did you mean squat? Accepted: one of walk, run, squat"),
        ("exercise", "=?UTF-8?B?S25pZWJldWdl?=", "Accepted: one of"),
        ("view", "fornt", "Did you mean front?"),
        ("view", "above", "one of side, front, back, oblique"),
        ("court", "0.1,0.9 0.9,0.9 0.7,0.3", "It has 6 numbers instead of 8."),
        ("court", "192,900 1700,900 1300,300 600,300", "each from 0 (left, top)"),
    ],
)
def test_what_cannot_be_used_is_null_and_said_with_what_is_accepted(
    name: str, value: str, words: str
):
    known = said(**{name: value})

    assert list(known) == ["problems"]
    [problem] = known["problems"]
    assert words in problem
    assert problem.startswith(f"{name}=")
    assert len(problem) < 400


@pytest.mark.parametrize(
    "corners",
    [
        "0.3,0.3 0.7,0.3 0.9,0.9 0.1,0.9",  # upper left first
        "0.9,0.9 0.1,0.9 0.3,0.3 0.7,0.3",  # the other way round
        "0.9,0.9 0.7,0.3 0.3,0.3 0.1,0.9",  # lower right first
        "0.7,0.3 0.3,0.3 0.1,0.9 0.9,0.9",  # upper right first
        "0.1,0.9 0.7,0.3 0.9,0.9 0.3,0.3",  # crossed
        "0.1,0.9 0.9,0.9 0.5,0.8 0.3,0.3",  # dented
        "0.1,0.9 0.9,0.9 0.5,0.9 0.3,0.9",  # flat
        "0.5,0.51 0.52,0.51 0.52,0.5 0.5,0.5",  # a dot
    ],
)
def test_corners_that_are_no_court_are_refused(corners: str):
    [problem] = said(court=corners)["problems"]

    assert "These are not the corners of a court in this order." in problem


def test_a_court_seen_from_its_corner_is_a_court():
    assert "court" in said(court="0.05,0.6 0.6,0.95 0.95,0.5 0.4,0.3")


def test_other_metadata_is_left_alone_and_a_near_miss_is_named():
    known = said(
        owner="me", count="3", review="ok", sample_fp="15", excercise="squat", mirror="true"
    )

    assert known == {
        "problems": [
            "excercise was not used. Did you mean exercise?",
            "mirror was not used. Did you mean mirrored?",
            "sample_fp was not used. Did you mean sample_fps?",
        ]
    }


def test_two_values_for_one_thing_are_none():
    assert said(**{"stature-m": "1.7", "stature_m": "1.8"}) == {
        "problems": ["stature_m was not used. It is given more than once."]
    }
    assert said(**{"stature-m": "1.7", "stature_m": "1.7"})["stature_m"] == 1.7


def test_what_somebody_wrote_is_shown_short_and_without_control_characters():
    [problem] = said(exercise="\x1b[31m\u202e\ud800" + "x" * 1000)["problems"]

    assert problem.startswith("exercise=\ufffd[31m\ufffd\ufffdxxxx")
    assert problem.isprintable()
    assert "x" * 40 not in problem


@given(
    st.dictionaries(
        st.one_of(st.sampled_from([option.name for option in OPTIONS]), st.text(max_size=20)),
        st.one_of(
            st.text(max_size=60),
            st.sampled_from([*EXERCISES, "side", "1.8", "true", COURT]),
            st.lists(st.floats(), min_size=8, max_size=8).map(lambda it: ",".join(map(str, it))),
        ),
        max_size=8,
    )
)
def test_whatever_is_written_there_the_row_keeps_to_its_declaration(metadata: dict[str, str]):
    [row] = UPLOAD_OPTIONS.arrow(upload_options(metadata)).to_pylist()

    assert row["sample_hz"] is None or 1 <= row["sample_hz"] <= 60
    assert row["stature_m"] is None or 0.5 <= row["stature_m"] <= 2.6
    assert row["exercise"] is None or row["exercise"] in EXERCISES
    assert row["court"] is None or len(row["court"]) == 8
    assert all(isinstance(problem, str) for problem in row["problems"])


def test_what_was_chosen_goes_before_what_else_would_be():
    options = upload_options({"sample_fps": "15", "mirrored": "false", "court": COURT})

    assert chosen(options, "sample_hz", 30.0) == 15.0
    assert not chosen(options, "mirrored", otherwise=True)
    assert len(chosen(options, "court")) == 8
    assert chosen(options, "stature_m", 1.7) == 1.7
    assert chosen(options, "exercise") is None
    assert chosen(None, "sample_hz", 30.0) == 30.0
    assert chosen(UPLOAD_OPTIONS.frame(), "sample_hz", 30.0) == 30.0
    assert isinstance(chosen(pd.concat([options]), "sample_hz"), float)
