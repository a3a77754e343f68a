"""What is true of a performer's form, and lines that hold what was measured against it."""

import numpy as np

from benchmarks.accuracy import Line
from dancer_pipeline.synthetic.angles import joint_angles_deg, trunk_lean_deg
from dancer_pipeline.synthetic.performance import Performance, perform
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import Skeleton, assemble


def _at_turns(done: Performance) -> tuple[Skeleton, Array]:
    times = np.array([one.bottom_s for one in done.motion.repetitions])
    skeleton = assemble(done.body, done.motion.posture(times))
    return skeleton, trunk_lean_deg(skeleton)


def true_separation(done: Performance) -> float:
    """Take the ratio in the picture from straight ahead: knees nearer to the camera look larger."""
    skeleton, _ = _at_turns(done)
    ahead = perform("standing", seed=done.seed, duration_s=0.1).camera
    knees, ankles = (
        np.ptp(ahead.project(skeleton.pair(part))[..., 0], axis=1) for part in ("knee", "ankle")
    )
    return float(np.median(knees / ankles))


def true_knee_flexion(done: Performance) -> float:
    """Take the peak of the side towards the camera; both bend alike."""
    skeleton, _ = _at_turns(done)
    return float(np.median(joint_angles_deg(skeleton)["knee_flexion"]))


def true_shift(done: Performance) -> float:
    """Take how far the hips are to the left of the middle of the feet, in % of the stance."""
    skeleton, _ = _at_turns(done)
    hips, ankles = skeleton.pair("hip")[..., 1].mean(axis=1), skeleton.pair("ankle")[..., 1]
    return float(100 * np.median((hips - ankles.mean(axis=1)) / np.ptp(ankles, axis=1)))


def true_thigh(done: Performance) -> float:
    skeleton, _ = _at_turns(done)
    thigh = skeleton.pair("hip") - skeleton.pair("knee")
    return float(np.degrees(np.median(np.arcsin(thigh[..., 2] / np.linalg.norm(thigh, axis=-1)))))


def true_elbow(done: Performance) -> float:
    skeleton, _ = _at_turns(done)
    return float(np.median(joint_angles_deg(skeleton)["elbow_flexion"]))


def true_lean(done: Performance) -> float:
    return float(np.median(_at_turns(done)[1]))


def bias_line(case: str, errors: list[float], count: int, bar: float, unit: str) -> Line:
    bias = float(np.mean(errors)) if errors else float("nan")
    answered = len(errors) / count
    passed = abs(bias) <= bar and answered >= 0.95
    return Line(
        case, f"{count} squats", f"{answered:.0%} answered",
        f"bias {bias:+.3g}{unit}, SD {np.std(errors):.2g}", f"|bias| <= {bar:g}{unit}, 95 % ok",
        passed,
    )  # fmt: skip


def within_line(case: str, errors: list[float], bar: float, unit: str) -> Line:
    """Hold the size that 95 % of the errors stay below against the bar."""
    most = float(np.percentile(np.abs(errors), 95)) if errors else float("inf")
    return Line(
        case, f"{len(errors)} sets", f"bias {np.mean(errors):+.1f}{unit}",
        f"95 % within {most:.1f}{unit}", f"<= {bar:g}{unit}", passed=most <= bar,
    )  # fmt: skip
