"""Motion: the cleaned keypoints of a video on an even time grid, as every analysis reads them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from dancer_pipeline.signals.body_parts import SIDES, TRUNK
from dancer_pipeline.signals.filters import low_pass
from dancer_pipeline.signals.geometry import torso_length
from dancer_pipeline.signals.tracks import Flags, Floats

_PARTS = (
    "ear", "shoulder", "elbow", "wrist", "index", "hip", "knee", "ankle", "heel", "foot_index"
)  # fmt: skip

MOTION_KEYPOINTS = ("nose", *(f"{side}_{part}" for part in _PARTS for side in SIDES))
"""The keypoints that analyses of movement need."""

IMAGE_AXES, WORLD_AXES = ("x_px", "y_px"), ("x_m", "y_m", "z_m")


@dataclass(frozen=True)
class Motion:
    """Keypoints at even times; NaN where a keypoint was not seen for more than 0.2 s."""

    frame: NDArray[np.int32]
    """The analysed frame nearest to each time: what evidence is told in."""
    time_s: Floats
    is_person: Flags
    legs_exchanged: Flags
    """Where left and right leg were confused and have been put right."""
    image_px: dict[str, Floats]
    """By keypoint: times x 2, to the right and downwards in the upright picture."""
    world_m: dict[str, Floats]
    """By keypoint: times x 3, right, down and away from the camera, from the middle of the hips."""
    was_seen: dict[str, Flags]
    """By keypoint, when a frame shows it; else its place is filled in, or NaN."""

    @property
    def rate_hz(self) -> float:
        """The rate of the grid, breaks in it left out; NaN for fewer than two times."""
        if len(self.time_s) < 2:
            return float("nan")
        steps_s = np.diff(self.time_s)
        breaks_s = steps_s[steps_s > 1.5 * np.median(steps_s)]
        return float((len(steps_s) - len(breaks_s)) / (np.ptp(self.time_s) - breaks_s.sum()))

    @property
    def duration_s(self) -> float:
        """From the first time to the last; 0 for none."""
        return float(np.ptp(self.time_s)) if len(self.time_s) else 0.0

    @cached_property
    def torso_px(self) -> float:
        """Median length of the torso in the picture, the unit of speeds and distances; or NaN."""
        lengths = torso_length(*(self.image_px[name] for name in TRUNK))
        known = lengths[np.isfinite(lengths)]
        return float(np.median(known)) if len(known) else float("nan")

    def middle_px(self, part: str) -> Floats:
        """Middle of the left and the right keypoint in the picture: times x 2."""
        return np.asarray((self.image_px[f"left_{part}"] + self.image_px[f"right_{part}"]) / 2)

    def seen(self, *keypoints: str) -> Flags:
        """At which times all of these keypoints are known."""
        known = [np.isfinite(self.image_px[name][:, 0]) for name in keypoints]
        return np.asarray(np.logical_and.reduce(known))

    def between(self, start_s: float, end_s: float) -> "Motion":
        """Cut out a stretch of time, both ends included.

        Nothing is copied, so that many short stretches of a long video cost little: the result
        shares its arrays with this motion.
        """
        first, last = np.searchsorted(self.time_s, [start_s - 1e-6, end_s + 1e-6])
        inside = slice(int(first), max(int(first), int(last)))
        return Motion(
            frame=self.frame[inside],
            time_s=self.time_s[inside],
            is_person=self.is_person[inside],
            legs_exchanged=self.legs_exchanged[inside],
            image_px={name: it[inside] for name, it in self.image_px.items()},
            world_m={name: it[inside] for name, it in self.world_m.items()},
            was_seen={name: it[inside] for name, it in self.was_seen.items()},
        )

    def smooth(self, cutoff_hz: float, keypoints: Iterable[str] = MOTION_KEYPOINTS) -> "Motion":
        """Low-pass these keypoints without a lag, each stretch between gaps for itself.

        The result has only these keypoints. Where the rate is too low for the cut-off the values
        come back as they are.
        """
        names = tuple(keypoints)
        image = {name: self.image_px[name].copy() for name in names}
        world = {name: self.world_m[name].copy() for name in names}
        for run, together in _runs(image):
            tables = [it[name] for name in together for it in (image, world)]
            columns = np.column_stack([table[run] for table in tables])
            columns = low_pass(columns, rate_hz=self.rate_hz, cutoff_hz=cutoff_hz)
            widths = np.cumsum([table.shape[1] for table in tables])[:-1]
            for table, filtered in zip(tables, np.split(columns, widths, axis=1), strict=True):
                table[run] = filtered
        return replace(self, image_px=image, world_m=world)


def motion(body_motion: pd.DataFrame) -> Motion:
    """Read the table `body_motion`, whatever the order of its rows; its arrays are read-only."""
    table = body_motion.sort_values("time_s", kind="stable")
    values = table[_columns()].to_numpy(float)
    values.setflags(write=False)
    places = {name: 5 * place for place, name in enumerate(MOTION_KEYPOINTS)}
    return Motion(
        frame=table["frame"].to_numpy(np.int32),
        time_s=table["time_s"].to_numpy(float),
        is_person=table["is_person"].to_numpy(bool),
        legs_exchanged=table["legs_exchanged"].to_numpy(bool),
        image_px={name: values[:, at : at + 2] for name, at in places.items()},
        world_m={name: values[:, at + 2 : at + 5] for name, at in places.items()},
        was_seen={name: table[f"{name}_seen"].to_numpy(bool) for name in MOTION_KEYPOINTS},
    )


def _columns() -> list[str]:
    return [f"{name}_{axis}" for name in MOTION_KEYPOINTS for axis in (*IMAGE_AXES, *WORLD_AXES)]


def _runs(image: dict[str, Floats]) -> Iterator[tuple[slice, list[str]]]:
    """Stretches without a gap, with the keypoints that have just this stretch: filtered at once."""
    runs: dict[tuple[int, int], list[str]] = {}
    for name, values in image.items():
        known = np.concatenate([[False], np.isfinite(values[:, 0]), [False]])
        edges = np.flatnonzero(np.diff(known.astype(np.int8)))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            runs.setdefault((int(start), int(end)), []).append(name)
    for (start, end), names in runs.items():
        yield slice(start, end), names
