"""Other people in the picture, and where the followed body may have become somebody else's."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.signals.people import identity_jumps, several_people
from dancer_pipeline.signals.tracks import Floats

TORSO_PX = 100.0


@dataclass(frozen=True)
class Body:
    """A body whose trunk moves along a line, upright."""

    time_s: Floats
    image_px: dict[str, Floats]


def body(x_px: Floats, *, rate_hz: float = 30.0) -> Body:
    hips = np.column_stack([x_px, np.full(len(x_px), 400.0)])
    shoulders = hips - [0.0, TORSO_PX]
    sides = ("left", "right")
    points = {f"{side}_hip": hips for side in sides} | {
        f"{side}_shoulder": shoulders for side in sides
    }
    return Body(np.arange(len(x_px)) / rate_hz, points)


def looks(*people: int, second_share: float = 0.9) -> pd.DataFrame:
    shares = [second_share if count > 1 else None for count in people]
    times = np.arange(float(len(people)))
    return pd.DataFrame({"time_s": times, "people": people, "second_share": shares}).astype(
        {"second_share": float}
    )


def jumping(by_torsos: float, *, rate_hz: float = 30.0) -> Body:
    """Stands, and after two seconds stands elsewhere."""
    count = round(4 * rate_hz)
    is_after = np.arange(count) >= count // 2
    return body(300.0 + by_torsos * TORSO_PX * is_after, rate_hz=rate_hz)


def test_the_share_of_the_looks_with_a_second_person_is_told():
    assert several_people(looks(1, 2, 3, 1)) == pytest.approx(0.5)


def test_a_share_is_told_of_a_stretch_alone():
    people = looks(1, 1, 2, 2)
    assert several_people(people, start_s=2.0) == 1.0
    assert several_people(people, end_s=1.5) == 0.0


def test_a_small_figure_in_the_background_is_no_second_person():
    assert several_people(looks(2, 2, second_share=0.2)) == 0.0


def test_without_looks_nothing_is_known():
    assert several_people(looks()) is None
    assert several_people(looks(1, 2), start_s=10.0) is None


def test_a_body_that_jumps_while_another_is_there_may_be_another():
    assert identity_jumps(jumping(3.0), looks(2, 2, 2, 2)) == pytest.approx([2.0])


@pytest.mark.parametrize("people", [looks(1, 1, 1, 1), looks(), looks(2, 2, second_share=0.1)])
def test_a_jump_with_nobody_else_there_is_no_change_of_person(people):
    assert len(identity_jumps(jumping(3.0), people)) == 0


def test_a_jump_long_before_a_second_person_comes_is_no_change_of_person():
    assert len(identity_jumps(jumping(3.0), looks(1, 1, 1, 1, 2))) == 0
    assert len(identity_jumps(jumping(3.0), looks(1, 1, 1, 2, 1))) == 1


def test_looks_may_come_in_any_order():
    shuffled = looks(1, 1, 1, 1, 2).iloc[::-1]
    assert len(identity_jumps(jumping(3.0), shuffled)) == 0


def test_a_jump_over_a_filled_gap_is_one_jump():
    x_px = np.interp(np.arange(120), [0, 60, 64, 119], [300.0, 300.0, 900.0, 900.0])
    assert identity_jumps(body(x_px), looks(2, 2, 2, 2)) == pytest.approx([64 / 30])


@pytest.mark.parametrize("rate_hz", [8.0, 15.0, 30.0, 60.0])
def test_a_sprinter_beside_another_person_stays_the_same(rate_hz):
    time_s = np.arange(0.0, 3.0, 1 / rate_hz)
    sprinter = body(15.0 * TORSO_PX * time_s, rate_hz=rate_hz)
    assert len(identity_jumps(sprinter, looks(2, 2, 2))) == 0


def test_a_jump_is_seen_over_frames_without_a_body():
    followed = jumping(6.0)
    hidden = slice(55, 63)
    points = {name: values.copy() for name, values in followed.image_px.items()}
    for values in points.values():
        values[hidden] = np.nan
    times = identity_jumps(Body(followed.time_s, points), looks(2, 2, 2, 2))
    assert times == pytest.approx([63 / 30])


def test_who_was_out_of_sight_for_long_may_have_walked_there():
    followed = jumping(4.0, rate_hz=1.0)
    sparse = Body(followed.time_s * 2, followed.image_px)
    assert len(identity_jumps(sparse, looks(2, 2, 2, 2))) == 0


def test_a_body_that_is_never_seen_jumps_nowhere():
    nobody = body(np.full(30, np.nan))
    assert len(identity_jumps(nobody, looks(2, 2))) == 0


def test_distance_from_the_camera_changes_nothing():
    near = jumping(3.0)
    far = Body(near.time_s, {name: values / 7 for name, values in near.image_px.items()})
    assert identity_jumps(far, looks(2, 2, 2, 2)) == pytest.approx([2.0])


@pytest.mark.parametrize("rate_hz", [24.0, 30.0, 60.0])
def test_a_neighbour_who_stands_close_is_another(rate_hz):
    times = identity_jumps(jumping(0.6, rate_hz=rate_hz), looks(2, 2, 2, 2))
    assert times == pytest.approx([2.0])


@pytest.mark.parametrize("rate_hz", [15.0, 24.0, 30.0, 60.0])
def test_who_leaps_and_lands_beside_another_person_stays_the_same(rate_hz):
    time_s = np.arange(0.0, 3.0, 1 / rate_hz)
    leaps = body(0.0 * time_s, rate_hz=rate_hz)
    height = 80.0 * np.abs(np.sin(2 * np.pi * time_s))
    points = {name: values - np.outer(height, [0, 1]) for name, values in leaps.image_px.items()}
    assert len(identity_jumps(Body(leaps.time_s, points), looks(2, 2, 2))) == 0
