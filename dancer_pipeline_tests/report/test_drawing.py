"""Pictures and plots: that what they show is where it should be."""

import base64
import io

import cv2
import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses._form_measures import MEASURES
from dancer_pipeline.report.marked_lines import lines_of
from dancer_pipeline.report.plots import (
    angle_plot_png,
    angle_plots,
    presence_plot,
    presence_plot_png,
)
from dancer_pipeline.report.reading import shown_angles
from dancer_pipeline.report.skeleton import (
    LEFT_RGB,
    MARK_RGB,
    RIGHT_RGB,
    annotated,
    closer,
    jpeg_uri,
)
from dancer_pipeline_tests.report import example


def test_the_skeleton_is_drawn_where_the_keypoints_are_each_side_in_its_colour() -> None:
    picture, frame = example.picture(scale=0.5), example.pose_keypoints().query("frame == 0").copy()
    frame[["x_px", "y_px"]] *= 0.5
    places = frame.set_index("keypoint")[["x_px", "y_px"]]

    drawn = annotated(picture, frame)

    for name, colour in (("left_knee", LEFT_RGB), ("right_knee", RIGHT_RGB)):
        x, y = places.loc[name].round().astype(int)
        assert tuple(drawn[y, x]) == colour
    assert np.array_equal(picture, example.picture(scale=0.5))


def test_what_a_finding_is_about_is_set_off() -> None:
    picture, frame = example.picture(scale=0.5), example.pose_keypoints().query("frame == 0").copy()
    frame[["x_px", "y_px"]] *= 0.5
    places = frame.set_index("keypoint")[["x_px", "y_px"]]
    x, y = places.loc[["left_hip", "right_hip", "left_shoulder", "right_shoulder"]].mean().round()

    drawn = annotated(picture, frame, lines_of("trunk_lean"))

    assert tuple(drawn[int(y), int(x)]) == MARK_RGB
    assert MARK_RGB not in set(map(tuple, annotated(picture, frame).reshape(-1, 3)))


def test_every_measure_of_form_has_its_lines() -> None:
    for measures in MEASURES.values():
        for measure in measures:
            assert lines_of(measure.name), measure.name


def test_a_frame_without_a_person_stays_as_it_is() -> None:
    frame = example.pose_keypoints(slice(0, 0)).query("frame == 3")

    assert np.array_equal(annotated(example.picture(), frame), example.picture())


def test_keypoints_far_outside_the_picture_do_no_harm() -> None:
    frame = example.pose_keypoints().query("frame == 0").assign(x_px=np.float32(1e30))

    assert annotated(example.picture(), frame).shape == example.picture().shape


def test_a_small_person_is_shown_closer_and_all_pictures_have_one_size() -> None:
    wide = np.zeros((480, 1600, 3), np.uint8)
    bodies = [pd.DataFrame({"x_px": [x, x + 80.0], "y_px": [100.0, 400.0]}) for x in (10.0, 900.0)]
    wide[250, 940] = 255

    cut = closer([wide, wide, wide], [*bodies, None])

    assert [image.shape for image in cut] == [(405, 405, 3), (405, 405, 3), (480, 1600, 3)]
    assert cut[0].max() == 0
    assert cut[1][200:206, 200:206].max() == 255


def test_a_person_who_fills_the_picture_is_shown_whole() -> None:
    image = example.picture()
    body = pd.DataFrame({"x_px": [20.0, 200.0], "y_px": [10.0, 470.0]})

    assert closer([image], [body])[0].shape == image.shape


def test_a_picture_becomes_a_jpeg_no_larger_than_asked() -> None:
    kind, _, data = jpeg_uri(example.picture(scale=1.0), height_px=300).partition(",")

    image = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert kind == "data:image/jpeg;base64"
    assert image.shape[:2] == (300, 169)


def test_there_is_a_plot_of_each_joint_that_was_not_refused_with_its_ranges_in_words() -> None:
    angles = shown_angles(example.tables())
    assert angles is not None

    plots = angle_plots(angles, [1.0, 2.0])

    assert [plot.title for plot in plots] == ["Knee", "Hip", "Shoulder, lift", "Elbow"]
    assert plots[0].description == (
        "Knee angle over time: left from 5° to 106°, right from 4° to 76°."
    )
    assert "var(--left)" in plots[0].svg
    assert "#010a0" not in plots[0].svg
    assert "<style" not in plots[0].svg


def test_a_joint_that_was_never_seen_gets_no_plot() -> None:
    angles = shown_angles(example.tables())
    assert angles is not None

    assert angle_plots(angles.assign(angle_deg=np.nan)) == []


def test_a_long_video_does_not_make_a_heavy_plot() -> None:
    few = example.joint_angles().query("joint == 'knee'").assign(angle_deg=1.0)
    many = few.loc[few.index.repeat(40)].assign(
        time_s=np.tile(np.arange(len(few) // 2 * 40) / 30, 2)
    )

    (plot,) = angle_plots(many)

    assert len(many) == 19_200
    assert len(plot.svg) < 150_000


def test_presence_says_how_many_frames_show_a_person() -> None:
    plot = presence_plot(example.pose_keypoints(slice(0, 120)))

    assert "a person was found in 50 % of frames" in plot.description


@pytest.mark.parametrize(
    "data",
    [
        angle_plot_png(example.joint_angles()),
        angle_plot_png(example.joint_angles().iloc[:0]),
        presence_plot_png(example.pose_keypoints(slice(0, 100))),
        presence_plot_png(example.pose_keypoints().iloc[:0]),
    ],
    ids=["angles", "no angles", "presence", "no frames"],
)
def test_the_pictures_for_the_user_interface_are_png(data: bytes) -> None:
    image = cv2.imdecode(np.frombuffer(io.BytesIO(data).read(), np.uint8), cv2.IMREAD_COLOR)

    assert image.shape[1] == 880
