"""From which side the camera looks, over performers of any build at any yaw."""

from collections.abc import Iterator

import numpy as np

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import analysed, synthetic_tables
from dancer_pipeline.synthetic.performance import View, perform

_FIRST_SEED = 50_000


def case_yaw_of_a_standing_person(scale: Scale) -> Iterator[Line]:
    """Yaw of noisy keypoints; the camera's yaw counts the other way round than the table's."""
    errors = []
    first = scale.first_seed(_FIRST_SEED)
    for seed in range(first, first + scale.count(100, 10)):
        yaw = float(np.random.default_rng([seed, 11]).uniform(-180, 180))
        performance = perform("standing", seed=seed, duration_s=4.0, view=View(yaw_deg=yaw))
        view = analysed(synthetic_tables(performance, noise_seed=seed), "camera_view")
        found = float(view["camera_view"]["yaw_deg"].iloc[0])
        errors.append(abs((found + yaw + 180) % 360 - 180))
    worst = float(np.percentile(errors, 95))
    yield Line(
        "camera_view", "yaw, standing", f"{len(errors)} random yaws", "",
        f"p95 {worst:.1f} deg", "<= 5 deg", passed=worst <= 5,
    )  # fmt: skip
