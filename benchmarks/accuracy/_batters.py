"""Batters whose head, hips, knees and arms are known, and those truths by their skeleton."""

from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy.material import Tables, synthetic_tables
from dancer_pipeline.synthetic.angles import joint_angles_deg
from dancer_pipeline.synthetic.batting import Batting
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.skeleton import Skeleton, assemble

BATTING = {"exercise": "batting"}
_LIFTED_S = 0.6
"""So long before contact these batters begin to lift the hands."""


def seen_from(
    yaw_deg: float,
    rate_hz: float = 30.0,
    distance_m: float = 4.0,
    size_px: tuple[int, int] = (640, 720),
) -> View:
    """Look from a side; 0 is where the bowler stands."""
    return View(
        yaw_deg=yaw_deg, frame_rate_hz=rate_hz, distance_m=distance_m,
        width_px=size_px[0], height_px=size_px[1],
    )  # fmt: skip


def batter(seed: int, yaw_deg: float, lag_s: float | None = None) -> Performance:
    """Bat several times; with a lag, as a right-hander."""
    draw = np.random.default_rng([seed, 7])
    plan = Batting(
        side=str(draw.choice(["left", "right"]))
        if lag_s is None and abs(yaw_deg) > 90
        else "right",
        lag_s=lag_s,
        front_knee_deg=(float(draw.uniform(15, 50)), float(draw.uniform(10, 45))),
        head_travel_m=float(draw.uniform(0, 0.2)),
    )
    return perform("bat_swing", seed=seed, duration_s=16.0, view=seen_from(yaw_deg), plan=plan)


def batting_tables(performance: Performance, seed: int) -> Tables:
    """Give noisy keypoints, uploaded as batting."""
    return synthetic_tables(performance, noise_seed=seed, metadata=BATTING)


def filmed(seed: int) -> Performance:
    """Film one swing from near the bowler's end."""
    draw = np.random.default_rng([seed, 5])
    plan = Batting(contacts_s=(1.6,), front_knee_deg=(30.0, float(draw.uniform(12, 40))))
    view = seen_from(float(draw.uniform(-20, 10)), size_px=(400, 480))
    return perform("bat_swing", seed=seed, duration_s=2.6, view=view, plan=plan)


def knee_deg(performance: Performance) -> dict[str, float]:
    """Flexion of the front knee by the skeleton, at the foot's contact and the ball's."""
    swings = performance.motion.swings
    found = {}
    for when, name in (("landing", "front_foot_contact_s"), ("contact", "contact_s")):
        times_s = np.array([getattr(it, name) for it in swings], float)
        posture = performance.motion.posture(times_s)
        angles = joint_angles_deg(assemble(performance.body, posture))["knee_flexion"]
        found[when] = float(np.median(angles[:, 0 if swings[0].side == "right" else 1]))
    return found


def drops(performance: Performance) -> dict[str, dict[str, float]]:
    """How far the elbows are below the shoulders, in upper arms, by the skeleton."""
    swings = performance.motion.swings
    moments = {
        "stance": [it.contact_s - _LIFTED_S for it in swings],
        "backlift": [it.backlift_s or np.nan for it in swings],
        "contact": [it.contact_s for it in swings],
    }
    found = {}
    for when, times_s in moments.items():
        skeleton = assemble(performance.body, performance.motion.posture(np.array(times_s)))
        arms = skeleton.pair("shoulder") - skeleton.pair("elbow")
        drops = np.median(arms[..., 2] / np.linalg.norm(arms, axis=-1), axis=0)
        found[when] = dict(zip(("left", "right"), map(float, drops), strict=True))
    return found


def offset(performance: Performance) -> float:
    """Hips from the middle of the feet, 1 over a foot, in the plane across the picture."""
    found = []
    for skeleton in _before_contact(performance):
        soles = (skeleton.pair("heel")[..., 0] + skeleton.pair("foot_index")[..., 0]) / 2
        hips = skeleton.pair("hip")[..., 0].mean(axis=1)
        width = np.abs(soles[:, 0] - soles[:, 1])
        found.append(np.median(2 * np.abs(hips - soles.mean(axis=1)) / width))
    return float(np.median(found))


def excursion(performance: Performance) -> float:
    """Root mean square way of the head from its middle place, in % of the trunk."""
    found = []
    for skeleton in _before_contact(performance):
        head = np.mean([skeleton.joint(it) for it in ("nose", "left_ear", "right_ear")], axis=0)
        trunk = skeleton.pair("shoulder").mean(axis=1) - skeleton.pair("hip").mean(axis=1)
        way = (head - head.mean(axis=0))[:, [0, 2]]
        length = np.linalg.norm(trunk, axis=1).mean()
        found.append(100 * np.sqrt((way**2).sum(axis=1).mean()) / length)
    return float(np.median(found))


def _before_contact(performance: Performance) -> Iterator[Skeleton]:
    """Give the skeletons from half a second before the hands lift until contact."""
    for swing in performance.motion.swings:
        times_s = np.arange(swing.contact_s - _LIFTED_S - 0.5, swing.contact_s, 1 / 60)
        yield assemble(performance.body, performance.motion.posture(times_s))
