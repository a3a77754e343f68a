"""What people do in front of a camera when they do nothing: no repetitions anywhere."""

import numpy as np

from dancer_pipeline.synthetic.movements import Motion
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.skeleton import Posture, Proportions
from dancer_pipeline.synthetic.upright import ankles, over_feet, stand


def standing(body: Proportions, seed: int, duration_s: float | None) -> Motion:
    """Stand still, with the sway of a person who does."""
    phase = np.random.default_rng([seed, 2]).uniform(0, 2 * np.pi, 2)

    def posture(times_s: Array) -> Posture:
        ankle = ankles(body, len(times_s), 0.06 * body.stature_m)
        sway = np.sin(2 * np.pi * 0.31 * times_s + phase[0])
        pelvis = over_feet(body, ankle, 4 + 0.5 * sway, 2 + 0.3 * sway)
        return stand(
            pelvis,
            ankle,
            lean_deg=1 + 0.4 * np.sin(2 * np.pi * 0.23 * times_s + phase[1]),
            shoulder_flexion_deg=3 + 0.5 * sway,
            elbow_flexion_deg=12 + 0 * sway,
        )

    return Motion(posture, duration_s or 5.0)
