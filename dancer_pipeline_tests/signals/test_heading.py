"""Which way a body faces over time."""

import numpy as np
import pytest

from dancer_pipeline.analyses.body_motion import body_motion
from dancer_pipeline.signals.heading import folded_deg, moving_mean, view_of, yaw_deg
from dancer_pipeline.signals.motion import motion
from dancer_pipeline_tests.analyses import performer


@pytest.mark.parametrize(
    ("yaw", "view", "folded"),
    [
        (0, "frontal", 0),
        (30, "frontal", 30),
        (-45, "oblique", 45),
        (-90, "sagittal", 90),
        (120, "sagittal", 60),
        (135, "oblique", 45),
        (-170, "back", 10),
        (540, "back", 0),
    ],
)
def test_a_yaw_has_a_view(yaw: float, view: str, folded: float) -> None:
    assert view_of(yaw) == view
    assert folded_deg(yaw) == pytest.approx(folded)


def test_the_yaw_of_a_figure_is_that_of_its_camera() -> None:
    table = performer.from_yaw(-65.0)
    found = motion(body_motion(table, performer.source_video(), performer.upload_options()))
    assert yaw_deg(found) == pytest.approx(-65.0, abs=0.1)


def test_a_mean_leaves_out_what_is_not_known_and_does_not_invent_it() -> None:
    values = np.array([1.0, 3.0, np.nan, 5.0, 5.0])
    found = moving_mean(values, 3)
    assert found[[0, 1, 3, 4]] == pytest.approx([2.0, 2.0, 5.0, 5.0])
    assert np.isnan(found[2])
