"""What the report says, and that its document is strict JSON."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.findings.rules import read_rules
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.options import upload_options
from dancer_pipeline.report.document import report_json
from dancer_pipeline.report.moments import key_moments
from dancer_pipeline.report.page import printable, report
from dancer_pipeline_tests.report import example


def test_the_page_says_what_was_found_what_to_do_and_what_could_not_be_measured() -> None:
    html = report(example.tables(), title="squats.mp4", outcome="complete").html

    for words in (
        "Solid, with details to polish",
        "2 things could be better in the recording",
        "Of the 17 numbers that this kind of movement has, 14 could be measured",
        "A week of practice",
        "The left knee moves through 30° more than the right one",
        "Slow squats to a box",
        "Your feet are out of view in 43 % of frames. Step back until they fit.",
        "Not measured: Ankle, left; Ankle, right.",
        "720 x 1280 pixels",
        "96° to 104°",
        "low confidence",
        f"version {read_rules().version}",
        "This is not a diagnosis.",
    ):
        assert words in html


def test_what_the_uploader_said_is_repeated_in_peoples_words_and_what_is_wrong_with_it() -> None:
    said = {
        "sample_fps": "15", "exercise": "push-up", "view": "side", "mirrored": "true",
        "court": "0.1,0.9 0.9,0.9 0.7,0.3 0.3,0.3", "stature_m": "180", "excercise": "<b>",
    }  # fmt: skip
    tables = example.tables() | {"upload_options": upload_options(said)}

    made = report(tables, title="a.mp4", outcome="complete")

    for name, value in (
        ("Frames to analyse per second", "15"),
        ("Movement", "push up"),
        ("Filmed from", "the side"),
        ("Picture is mirrored", "yes"),
        ("Court&#39;s corners", "marked"),
    ):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in made.html
    assert "stature_m=180 was not used. Did you mean 1.80?" in made.html
    assert "Body height" not in made.html
    told = made.document["video"]["upload_options"]
    json.dumps(told, allow_nan=False)
    assert told["sample_hz"] == 15.0
    assert told["stature_m"] is None
    assert told["court"] == [0.1, 0.9, 0.9, 0.9, 0.7, 0.3, 0.3, 0.3]
    assert len(told["problems"]) == 2


def test_a_failed_video_too_repeats_what_was_said() -> None:
    tables = {"upload_options": upload_options({"stature_m": "1.8"})}

    html = report(tables, title="a.mp4", outcome="failed", reason="it is empty").html

    assert "<dt>Body height</dt><dd>1.8 m</dd>" in html
    assert "Not all of it could be used" not in html


@pytest.mark.parametrize("tables", [{}, {"upload_options": upload_options({})}])
def test_where_nothing_was_said_nothing_is_repeated(tables: dict[str, pd.DataFrame]) -> None:
    html = report(example.tables() | tables, title="a.mp4", outcome="complete").html

    assert "What was said about this video" not in html


def test_what_an_uploader_writes_is_no_markup() -> None:
    said = {"exercise": "<script>alert(1)</script>", "view": "&lt;"}
    tables = example.tables() | {"upload_options": upload_options(said)}

    html = report(tables, title="a.mp4", outcome="complete").html

    assert "exercise=&lt;script&gt;alert(1)&lt;/script&gt; was not used." in html
    assert "<script" not in html


def test_the_page_is_the_same_every_time() -> None:
    tables = example.tables()
    frames = [(one.frame, one.time_s, example.picture()) for one in key_moments(tables)]

    pages = {
        report(tables, title="a.mp4", outcome="complete", key_frames=frames).html for _ in "ab"
    }

    assert len(pages) == 1


def test_a_finding_links_to_the_pictures_that_show_it() -> None:
    tables = example.tables()
    frames = [(one.frame, one.time_s, example.picture()) for one in key_moments(tables)]

    html = report(tables, title="a.mp4", outcome="complete", key_frames=frames).html

    assert 'href="#picture-1"' in html
    assert "Knee: left 106°, right 76°" in html


def test_a_failed_video_gets_a_page_with_its_reason_and_no_numbers() -> None:
    reason = "the file is incomplete: 3.4 s of 7.7 s could be read; upload it again"

    made = report({}, title="half.mp4", outcome="failed", reason=reason)

    assert "This video could not be analysed" in made.html
    assert "The file is incomplete: 3.4 s of 7.7 s could be read; upload it again." in made.html
    assert "Range of motion" not in made.html
    ending = made.document["report"]
    assert (ending["outcome"], ending["reason"], ending["missing_analyses"]) == (
        "failed", reason, [],
    )  # fmt: skip
    assert (ending["overview"]["level"], ending["overview"]["plan"]) == ("not_measured", [])


def test_a_video_of_nobody_says_so_without_numbers_or_findings() -> None:
    made = report(example.nobody(), title="kitchen.mp4", outcome="complete")

    assert "Nobody was found in this video" in made.html
    assert "How to film so that you are found" in made.html
    assert "Findings" not in made.html
    assert made.document["findings"] == []


def test_what_was_mistaken_for_a_person_now_and_then_is_not_shown_as_one() -> None:
    tables = example.tables() | {"pose_keypoints": example.pose_keypoints(slice(0, 60))}
    frames = [(one.frame, one.time_s, example.picture()) for one in key_moments(tables)]

    html = report(tables, title="hands.mp4", outcome="complete", key_frames=frames).html

    assert "Nobody was seen well enough" in html
    assert "in only 25 % of the frames" in html
    assert "<h2>Range of motion" not in html
    assert "Not measured" in html


def test_an_analysis_that_failed_is_named_and_the_rest_is_shown() -> None:
    failed = Metric(
        "gait", "1", status="refused", reasons=("analysis_failed",), advice="It failed. Run it."
    )
    tables = example.tables()
    tables["pose_metrics"] = pd.concat(
        [tables["pose_metrics"], metric_table("gait", [failed], method_version="1")]
    )

    made = report(
        tables, title="a.mp4", outcome="partial", missing={"balance": "It ran out of memory."}
    )

    assert [one["analysis"] for one in made.document["report"]["missing_analyses"]] == [
        "balance",
        "gait",
    ]
    assert "It ran out of memory." in made.html
    assert "this report is not complete" in made.html
    assert "Range of motion" in made.html


@pytest.mark.parametrize("gone", [*example.tables(), "all"])
def test_any_table_may_be_missing_or_empty(gone: str) -> None:
    full = example.tables()
    fewer = {} if gone == "all" else {name: full[name] for name in full if name != gone}
    emptied = {name: full[name].iloc[:0] if gone in {name, "all"} else full[name] for name in full}

    for tables in (fewer, emptied):
        made = report(tables, title="a.mp4", outcome="partial")

        assert "How this was measured" in made.html
        json.dumps(made.document, allow_nan=False)


def test_one_frame_is_enough_for_a_page() -> None:
    tables = example.tables()
    tables["pose_keypoints"] = tables["pose_keypoints"].query("frame == 0")
    tables["joint_angles"] = tables["joint_angles"].query("frame == 0")

    frames = [(one.frame, one.time_s, example.picture()) for one in key_moments(tables)]

    assert len(frames) == 1
    assert "Picture 1" in report(tables, title="a.mp4", outcome="complete", key_frames=frames).html


def test_the_document_is_strict_json_of_the_promised_shape() -> None:
    document = report_json(example.tables(), outcome="complete", title="a.mp4")

    again = json.loads(json.dumps(document, allow_nan=False))
    assert again == document
    assert list(document) == [
        "video", "pose", "metrics", "findings", "repetitions", "happenings", "report",
    ]  # fmt: skip
    assert list(document["pose"]) == ["pose_summary"]
    assert document["pose"]["pose_summary"]["frames_with_person"] == 240
    assert document["pose"]["pose_summary"]["frame_rate_hz"] == pytest.approx(30)
    assert document["pose"]["pose_summary"]["seen_share_by_keypoint"]["left_pinky"] == 0
    assert document["video"]["display_width_px"] == 720
    refused = next(row for row in document["metrics"] if row["status"] == "refused")
    assert refused["value"] is None
    finding = next(row for row in document["findings"] if row["metric"] == "knee_flexion_range")
    assert finding["evidence_times_s"] == pytest.approx([20 / 30, 100 / 30, 180 / 30])


def test_frames_are_in_the_document_on_request_and_null_without_a_person() -> None:
    tables = {"pose_keypoints": example.pose_keypoints(slice(0, 100))}

    document = report_json(tables, outcome="complete", title="a.mp4", include_frames=True)

    frames = document["pose"]["frames"]
    json.dumps(frames, allow_nan=False)
    assert len(frames) == 240
    assert frames[0]["keypoints"]["left_shoulder"] == pytest.approx([446.4, 320, 0.95])
    assert frames[100] == {"frame": 100, "time_s": pytest.approx(100 / 30), "keypoints": None}


def test_infinite_numbers_do_not_reach_the_document() -> None:
    tables = {"source_video": example.source_video(frame_rate_hz=float("inf"), width=np.nan)}

    document = report_json(tables, outcome="partial", title="a.mp4")

    assert document["video"]["frame_rate_hz"] is None
    assert document["video"]["width"] is None


def test_an_outcome_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'done' is not one of complete, nothing_measured"):
        report({}, title="a.mp4", outcome="done")


def test_a_name_cannot_hide_its_end_and_keeps_its_emoji() -> None:
    assert printable("a\u202e4pm.exe\n\x00") == "a\ufffd4pm.exe\ufffd\ufffd"
    family = "Übung 👩\u200d👧 ❤\ufe0f.mp4"
    assert printable(family) == family


def test_importing_the_report_loads_no_plotting_and_no_vision() -> None:
    code = (
        "import sys, dancer_pipeline.report.page, dancer_pipeline.report.plots;"
        "print([one for one in ('matplotlib', 'cv2', 'mediapipe', 'jinja2') if one in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
