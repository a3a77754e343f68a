"""A second person is where they are put, hides what is behind them, and changes no truth."""

import numpy as np
import pytest

from dancer_pipeline.synthetic.appearance import MATERIALS
from dancer_pipeline.synthetic.clip import pictures
from dancer_pipeline.synthetic.companion import Companion, accompanied
from dancer_pipeline.synthetic.court import Court
from dancer_pipeline.synthetic.gait import Gait
from dancer_pipeline.synthetic.happening_tables import companion_table, happening_tables
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.racket import Play
from dancer_pipeline.synthetic.rotations import unit
from dancer_pipeline.synthetic.scene import painter

VIEW = View(width_px=160, height_px=120, frame_rate_hz=5)


def alone(**options):
    return perform("standing", seed=2, duration_s=1, view=VIEW, **options)


def first(performance):
    return next(iter(pictures(performance)))


def test_somebody_beside_the_performer_is_drawn_there_and_nowhere_else():
    plain = first(alone())
    both = first(accompanied(alone(), Companion(offset_m=(-0.5, 1.2))))
    changed = np.abs(both.image.astype(int) - plain.image).max(axis=2) > 40
    assert changed[:, 90:].sum() > 200
    assert changed[:, :70].sum() == 0
    np.testing.assert_array_equal(both.in_view, plain.in_view)


def test_somebody_else_wears_their_own_clothes():
    both = accompanied(alone(), Companion(offset_m=(0.0, 1.2), seed=1003))
    trunk = both.companion.skeleton.pair("shoulder").mean(axis=1) - (0, 0, 0.2)
    x, y = both.camera.project(trunk)[0].astype(int)
    worn = unit(first(both).image[y, x].astype(float))
    top = MATERIALS.index("top")
    own, other = (unit(look.colours[top]) for look in (both.look, both.companion.look))
    assert np.linalg.norm(own - other) > 0.3
    assert np.linalg.norm(worn - other) < 0.1


def test_somebody_in_front_hides_the_performer():
    hidden = first(accompanied(alone(), Companion(offset_m=(1.5, 0.0))))
    assert hidden.in_view.mean() < 0.5 * first(alone()).in_view.mean()


def test_somebody_farther_away_is_smaller_by_the_distance():
    performance = accompanied(alone(stature_m=1.8), Companion(offset_m=(-4, 1), stature_m=1.8))
    table = companion_table(performance).to_pandas()
    assert table["size_share"].iloc[0] == pytest.approx(0.5, abs=0.02)
    assert (table["in_picture_share"] == 1).all()
    assert len(happening_tables(alone())["companion"]) == 0


def test_somebody_walks_by_from_one_edge_to_the_other():
    performance = perform("squat", seed=3, duration_s=8, repetitions=2, view=VIEW)
    passing = Companion("walk", (-2.0, 4.0), turn_deg=-90, plan=Gait(treadmill=False))
    share = companion_table(accompanied(performance, passing)).to_pandas()["in_picture_share"]
    assert share.iloc[0] == 0
    assert share.max() == 1
    assert share.iloc[-1] == 0


def test_the_lines_of_a_court_are_in_the_picture():
    view = View(
        yaw_deg=180, distance_m=8, camera_height_m=3.5, field_of_view_deg=50,
        width_px=160, height_px=100, frame_rate_hz=5,
    )  # fmt: skip
    shots = {"rallies": 1, "shots_per_rally": 1}
    performance = perform("racket", view=view, plan=Play(court=Court(), **shots))
    image = first(performance).image
    for start, end in Court().lines_m()[[0, 1, 3]]:
        x, y = performance.camera.project(start + 0.3 * (end - start))
        around = image[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2]
        assert around.min(axis=2).max() > 190


def test_the_wall_is_behind_somebody_who_comes_from_far_away():
    plan = Gait(treadmill=False, start_m=(-5, 0))
    view = View(width_px=160, height_px=120, frame_rate_hz=5, follows=False, distance_m=5)
    painting = painter(perform("walk", duration_s=1, plan=plan, view=view))
    assert painting.room.wall_behind_m > 5.5


def test_a_shadow_lies_beside_somebody_far_from_the_middle_of_the_room():
    plan = Gait(treadmill=False, start_m=(-3, 0))
    view = View(width_px=320, height_px=240, frame_rate_hz=5, follows=False, distance_m=5)
    performance = perform("walk", duration_s=1, plan=plan, view=view)
    painting = painter(performance)
    light = performance.look.light
    chest = performance.skeleton.pair("shoulder")[0].mean(axis=0)
    x, y = performance.camera.project(chest - chest[2] * light / light[2]).astype(int)
    lit = painting.room.picture(0.0, 0.0, [])[y, x].astype(float)
    assert painting.paint(0, 0.0, 0.0)[y, x].mean() < 0.85 * lit.mean()
