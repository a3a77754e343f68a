"""Places on a court that a figure takes, seen by a camera whose corners are known."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.analyses.court_positions import COURTS_M, TABLE, court_positions
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.signals.court import Court, court, foot_point_px, mapped, place_error_m
from dancer_pipeline.signals.motion import motion
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.striker import Figure, observed

Floats = performer.Floats
SIZE_PX = (1280.0, 720.0)
WIDTH_M, LENGTH_M = COURTS_M["badminton"]


def camera(
    height_m: float = 2.5,
    behind_m: float = 4.0,
    aside_m: float = 0.0,
    *,
    from_the_side: bool = False,
) -> Callable[[Floats], Floats]:
    """Project the floor (x to the right, y to the far base line) of a badminton court."""
    middle = np.array([WIDTH_M / 2, LENGTH_M / 2])
    if from_the_side:
        eye = np.array([WIDTH_M + behind_m + 4, middle[1] + aside_m, height_m])
    else:
        eye = np.array([middle[0] + aside_m, -behind_m, height_m])
    ahead = np.array([*middle, 0.0]) - eye
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(ahead, right), ahead])

    def project(floor_m: Floats) -> Floats:
        seen = (np.column_stack([floor_m, np.zeros(len(floor_m))]) - eye) @ axes.T
        return 900 * seen[:, :2] / seen[:, 2:] + np.array(SIZE_PX) / 2

    return project


CORNERS_M = np.array([[0, 0], [WIDTH_M, 0], [WIDTH_M, LENGTH_M], [0, LENGTH_M]])
FROM_THE_SIDE_M = np.roll(CORNERS_M, -1, axis=0)


def told(project: Callable[[Floats], Floats], corners_m: Floats = CORNERS_M) -> str:
    shares = project(corners_m) / np.array(SIZE_PX)
    assert (shares >= 0).all()
    assert (shares <= 1).all()
    return " ".join(f"{x:.12f},{y:.12f}" for x, y in shares)


def standing_at(
    place_m: Floats, project: Callable[[Floats], Floats], rate_hz: float = 30.0
) -> pd.DataFrame:
    """Put a figure so that its soles are seen where the camera sees these places, one per frame."""
    table = observed(Figure(), duration_s=(len(place_m) - 1) / rate_hz, rate_hz=rate_hz)
    feet = table["keypoint"].astype(str).str.contains("heel|foot_index")
    soles = table[feet & (table["frame"] == 0)][["x_px", "y_px"]].mean()
    target = project(place_m)[table["frame"]]
    table["x_px"] = (table["x_px"] - soles["x_px"]) * 0.3 + target[:, 0]
    table["y_px"] = (table["y_px"] - soles["y_px"]) * 0.3 + target[:, 1]
    for axis in "xy":
        table.loc[feet, f"{axis}_px"] = target[feet.to_numpy(), "xy".index(axis)]
    return performer.typed(table)


def mapped_out(
    poses: pd.DataFrame, *, extracts: pd.DataFrame | None = None, **said: str
) -> pd.DataFrame:
    facts, words = performer.source_video(), performer.upload_options(**said)
    steady = performer.video_extracts(10.0) if extracts is None else extracts
    made = court_positions(body_motion(poses, facts, words), facts, words, steady, PEOPLE.frame())
    return TABLE.arrow(made).to_pandas()


def refused_for(reason: str, made: pd.DataFrame) -> bool:
    first = made.iloc[0]
    return len(made) == 1 and list(first["reasons"]) == [reason] and first["status"] == "refused"


def still(x_m: float, y_m: float, frames: int = 181) -> Floats:
    return np.tile([x_m, y_m], (frames, 1))


@pytest.mark.parametrize("aside_m", [0.0, 1.5])
@pytest.mark.parametrize(("x_m", "y_m"), [(1.1, 0.6), (3.1, 6.1), (5.1, 11.1)])
def test_a_player_who_stands_is_where_he_stands(x_m: float, y_m: float, aside_m: float) -> None:
    project = camera(aside_m=aside_m, behind_m=5.5)
    made = mapped_out(
        standing_at(still(x_m, y_m), project), exercise="badminton", court=told(project)
    )
    assert np.average(made["x_m"], weights=made["duration_s"]) == pytest.approx(x_m, abs=0.13)
    assert np.average(made["y_m"], weights=made["duration_s"]) == pytest.approx(y_m, abs=0.13)


def test_seen_from_the_side_line_the_court_is_turned_and_not_mirrored() -> None:
    project = camera(from_the_side=True, behind_m=7.0)
    made = mapped_out(
        standing_at(still(2.1, 4.1), project),
        exercise="badminton",
        court=told(project, FROM_THE_SIDE_M),
    )
    assert np.average(made["x_m"], weights=made["duration_s"]) == pytest.approx(2.1, abs=0.15)
    assert np.average(made["y_m"], weights=made["duration_s"]) == pytest.approx(4.1, abs=0.15)


def test_the_seconds_are_the_time_on_the_court() -> None:
    project = camera(behind_m=5.5)
    way = np.column_stack([np.linspace(1, 5, 181), np.linspace(1, 8, 181)])
    made = mapped_out(standing_at(way, project), exercise="badminton", court=told(project))
    assert made["duration_s"].sum() == pytest.approx(181 / 30, abs=0.1)
    assert len(made) > 20


def test_who_steps_far_outside_for_a_second_is_left_out() -> None:
    project = camera(behind_m=5.5)
    way = still(3.0, 5.0, 301)
    way[100:130, 0] = 11.0
    made = mapped_out(standing_at(way, project), exercise="badminton", court=told(project))
    assert made["duration_s"].sum() == pytest.approx(271 / 30, abs=0.5)
    assert made["x_m"].max() <= WIDTH_M + 2


def test_a_jump_is_left_out_and_moves_nobody_to_the_back() -> None:
    project = camera(behind_m=5.5)
    table = standing_at(still(3.0, 5.0, 301), project)
    jump = table["frame"].between(140, 154)
    table.loc[jump, "y_px"] -= 25.0
    made = mapped_out(performer.typed(table), exercise="badminton", court=told(project))
    assert made["duration_s"].sum() == pytest.approx((301 - 15) / 30, abs=0.1)
    assert made["y_m"].max() < 5.5


def test_a_mirrored_recording_has_its_corners_mirrored_too() -> None:
    project = camera(aside_m=1.0, behind_m=5.5)
    plain = mapped_out(
        standing_at(still(1.6, 3.1), project), exercise="badminton", court=told(project)
    )
    corners = project(CORNERS_M) / np.array(SIZE_PX)
    flipped = np.column_stack([1 - corners[:, 0], corners[:, 1]])[[1, 0, 3, 2]]
    words = " ".join(f"{x:.12f},{y:.12f}" for x, y in flipped)
    made = mapped_out(
        performer.mirrored(standing_at(still(1.6, 3.1), project)),
        exercise="badminton", court=words, mirrored="true",
    )  # fmt: skip
    pd.testing.assert_frame_equal(made, plain, atol=1e-3)


def test_far_from_a_low_camera_the_confidence_is_low() -> None:
    low, high = camera(height_m=1.0, behind_m=5.5), camera(height_m=5.0, behind_m=6.5)
    for project, status in ((low, "low_confidence"), (high, "ok")):
        made = mapped_out(
            standing_at(still(3.0, 12.5), project), exercise="badminton", court=told(project)
        )
        assert set(made["status"]) == {status}


def test_without_corners_or_without_a_sport_it_is_refused_with_what_to_do() -> None:
    poses = standing_at(still(3, 5), camera(behind_m=5.5))
    made = mapped_out(poses, exercise="badminton")
    assert refused_for("court_unknown", made)
    assert "lower left, lower right" in made["advice"][0]
    for said in ({}, {"exercise": "squat"}):
        assert refused_for("not_applicable", mapped_out(poses, **said))


def test_a_camera_that_moves_is_refused() -> None:
    project = camera(behind_m=5.5)
    moving = performer.video_extracts(10.0, camera_shift_x=200.0)
    made = mapped_out(
        standing_at(still(3, 5), project), extracts=moving, exercise="badminton",
        court=told(project),
    )  # fmt: skip
    assert refused_for("camera_moves", made)


def test_someone_beside_the_court_is_not_on_it() -> None:
    project = camera(behind_m=5.5)
    made = mapped_out(
        standing_at(still(10.0, 6.0), project), exercise="badminton", court=told(project)
    )
    assert refused_for("not_on_court", made)
    assert "10.0, 6.0 m" in made["advice"][0]


def test_hidden_feet_are_refused() -> None:
    project = camera(behind_m=5.5)
    table = standing_at(still(3, 5), project)
    feet = table["keypoint"].astype(str).str.contains("heel|foot_index")
    table.loc[feet, "confidence"] = 0.1
    made = mapped_out(performer.typed(table), exercise="badminton", court=told(project))
    assert refused_for("lower_body_not_visible", made)


def test_a_player_who_is_seen_upside_down_is_nowhere() -> None:
    project = camera(behind_m=5.5)
    poses = standing_at(still(3.1, 4.1), project)
    middle = poses["y_px"].mean()
    made = mapped_out(
        poses.assign(y_px=2 * middle - poses["y_px"]), exercise="badminton", court=told(project)
    )
    assert refused_for("tracking_unstable", made)
    assert "In 100% of the frames the player was seen upside down" in made.iloc[0]["advice"]


def test_moments_in_which_a_player_is_seen_upside_down_are_left_out() -> None:
    project = camera(behind_m=5.5)
    poses = standing_at(still(3.1, 4.1), project)
    sole_px = project(np.array([[3.1, 4.1]]))[0, 1]
    over = poses["y_px"].where(~poses["frame"].between(60, 71), 2 * sole_px - poses["y_px"])
    upright, made = (
        mapped_out(it, exercise="badminton", court=told(project))
        for it in (poses, poses.assign(y_px=over))
    )
    lost_s = upright["duration_s"].sum() - made["duration_s"].sum()
    assert lost_s == pytest.approx(12 / 30, abs=0.1)


def test_a_player_who_is_hardly_ever_found_has_no_map() -> None:
    project = camera(behind_m=5.5)
    poses = standing_at(still(3.1, 4.1), project)
    seen = ["x_px", "y_px", "z_px", "x_m", "y_m", "z_m", "confidence", "presence"]
    poses.loc[poses["time_s"] > 3.0, seen] = np.nan
    made = mapped_out(poses, exercise="badminton", court=told(project))
    assert refused_for("no_person", made)
    assert "only 50% of the video" in made.iloc[0]["advice"]


def test_corners_of_half_a_court_are_doubted_where_perspective_shows_it() -> None:
    project = camera(height_m=4.0, behind_m=5.5, aside_m=2.0)
    part = CORNERS_M * np.array([1.0, 0.5])
    made = mapped_out(
        standing_at(still(3.0, 2.0), project), exercise="badminton", court=told(project, part)
    )
    assert "court_shape_uncertain" in set(made["reasons"].explode())


def laid(project: Callable[[Floats], Floats]) -> Court:
    return court(project(CORNERS_M), SIZE_PX, (WIDTH_M, LENGTH_M))


def test_the_place_is_that_of_the_lower_foot() -> None:
    lifted = Figure(right_foot_m=lambda time_s: np.tile([-0.15, 0.3, 0.0], (len(time_s), 1)))
    facts, words = performer.source_video(), performer.upload_options()
    body = motion(body_motion(observed(lifted, duration_s=1), facts, words))
    sole = (body.image_px["left_heel"] + body.image_px["left_foot_index"]) / 2
    assert foot_point_px(body) == pytest.approx(sole)


def test_there_and_back_again_is_the_same_place() -> None:
    ground = laid(camera(aside_m=1.0))
    places = np.random.default_rng(1).uniform([0, 0], [WIDTH_M, LENGTH_M], (200, 2))
    there = mapped(np.asarray(np.linalg.inv(ground.to_floor)), places)
    assert np.abs(mapped(ground.to_floor, there) - places).max() < 1e-6


@pytest.mark.parametrize("height_m", [1.5, 2.5, 5.0])
def test_the_error_that_is_stated_is_the_error_that_is_made(height_m: float) -> None:
    project = camera(height_m=height_m)
    ground, draw = laid(project), np.random.default_rng(1)
    places = np.array([[4.0, y] for y in (0.5, 3.3, 6.0, 10.0, 13.0)])
    corners_px, feet_px = project(CORNERS_M), project(places)
    errors = []
    for _ in range(300):
        clicked = corners_px + draw.normal(0, 2 * 720 / 1080, (4, 2))
        seen = feet_px + draw.normal(0, 3 * 720 / 1080, (5, 2))
        found = court(clicked, SIZE_PX, (WIDTH_M, LENGTH_M)).to_floor
        errors.append(np.linalg.norm(mapped(found, seen) - places, axis=1))
    stated = place_error_m(ground, places, SIZE_PX[1])
    assert stated == pytest.approx(np.percentile(errors, 95, axis=0), rel=0.25)
