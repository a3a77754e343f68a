"""Cycles of a course: where they begin, turn and end, and what does not belong to them."""

import numpy as np
import pytest

from dancer_pipeline.analyses._cycles import cycles
from dancer_pipeline.analyses._exercise_body import Body
from dancer_pipeline.signals.motion import motion
from dancer_pipeline_tests.analyses import performer
from dancer_pipeline_tests.analyses.exercisers import Told

RATE_HZ = 30.0


def humps(count: int, hold_s: float = 0.0, way_s: float = 1.0) -> np.ndarray:
    """Go up to 100 and back within two ways, with a hold on top and half a second of rest."""
    up = 50 * (1 - np.cos(np.pi * np.arange(0, way_s, 1 / RATE_HZ) / way_s))
    one = np.concatenate([up, np.full(round(hold_s * RATE_HZ), 100.0), up[::-1], np.zeros(15)])
    return np.concatenate([np.zeros(15), np.tile(one, count)])


def found(course: np.ndarray, gate: float = 40.0) -> list:
    return cycles(course, np.ones(len(course), dtype=bool), RATE_HZ, gate)[0]


def test_a_cycle_has_its_phases() -> None:
    first, second = found(humps(2, hold_s=1.0))
    assert first.turn / RATE_HZ == pytest.approx(2.0, abs=0.1)
    assert (first.turn_ends - first.turn_begins) / RATE_HZ == pytest.approx(1.0, abs=0.2)
    assert (second.start - first.end) / RATE_HZ == pytest.approx(0.5, abs=0.2)


def test_a_dip_on_top_does_not_make_two_of_one() -> None:
    course = humps(4, hold_s=1.5)
    middle = round(found(course)[1].turn)
    course[middle - 8 : middle + 8] -= 45 * np.hanning(16)
    assert len(found(course)) == 4


def test_what_falls_below_the_start_is_cut_off() -> None:
    course = humps(3)
    getting_up = np.linspace(0, -150, 60)
    last = found(np.concatenate([course, getting_up]))[-1]
    assert last.end == pytest.approx(found(course)[-1].end, abs=4)
    assert last.low == pytest.approx(0.0, abs=16.0)


def test_gaps_are_bridged_and_long_ones_are_not() -> None:
    course = humps(3)
    short, long = course.copy(), course.copy()
    middle = round(found(course)[1].turn)
    short[middle - 6 : middle + 6] = np.nan
    long[middle - 20 : middle + 20] = np.nan
    assert (len(found(short)), len(found(long))) == (3, 2)


def test_too_small_a_movement_is_told_with_its_size() -> None:
    some, largest = cycles(0.3 * humps(3), np.ones(len(humps(3)), dtype=bool), RATE_HZ, 40.0)
    assert (some, largest) == ([], pytest.approx(30.0, abs=0.5))


def test_who_stays_half_way_down_has_not_come_back() -> None:
    course = humps(3)
    stays = 100 - 20 * (1 - np.cos(np.pi * np.arange(30) / 30))
    knee = np.concatenate([course, course[15:45], stays, np.full(60, 60.0)])
    time_s = np.arange(len(knee)) / RATE_HZ
    poses = performer.pose_table(time_s, performer.Motion(knee_deg=knee, thigh_deg=knee / 2))
    assert len(Told(poses, exercise="squat").rows) == 3


def test_a_lifted_foot_does_not_lower_the_hips() -> None:
    time_s = performer.times(4.0, RATE_HZ)
    lifts = 35 * (1 - np.cos(np.pi * time_s))
    poses = performer.pose_table(time_s, performer.Motion(right_knee_deg=lifts))
    body = Body(motion(Told(poses).motion))
    assert np.ptp(body.hips_over_lower_foot) < 0.06 < np.ptp(body.hips_over_feet)
