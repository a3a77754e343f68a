"""The tables `people` and `mirror_error`: what poses tell beside the keypoints of one person.

They are declared here, apart from the code that fills them, so that whoever only reads them loads
no decoder.
"""

import pyarrow as pa

from dancer_pipeline.tables import LABEL, Column, Table

PEOPLE = Table(
    "people",
    "One row per look at everybody in the picture: one every 45 frames, at most one a second.",
    (
        Column("frame", pa.int32(), "number of the frame in the file, from 0"),
        Column("time_s", pa.float64(), "when the frame is shown, from the first frame"),
        Column("people", pa.int16(), "how many are seen, the one of pose_keypoints among them"),
        Column(
            "second_share",
            pa.float32(),
            "size of the second body over that of the first; null without a second",
            nullable=True,
        ),
        Column(
            "centre_x_px",
            pa.list_(pa.float32()),
            "middle of each trunk, to the right; the body of pose_keypoints first, then by size",
        ),
        Column("centre_y_px", pa.list_(pa.float32()), "the same, downwards"),
        Column("body_size_px", pa.list_(pa.float32()), "diagonal of the box around each body"),
    ),
)

MIRROR_ERROR = Table(
    "mirror_error",
    "One row per keypoint and side: how the model differs from itself on the mirrored video. Empty "
    "unless `DANCER_MIRROR_CHECK` or the upload's `mirror_check` asks for it.",
    (
        Column("joint", LABEL, "which keypoint, without its side"),
        Column("side", LABEL, "the person's left or right"),
        Column(
            "median_percent",
            pa.float64(),
            "median distance of the two in the picture, in % of stature (torso / 0.3)",
        ),
        Column("p90_percent", pa.float64(), "90th percentile of the same"),
        Column(
            "image_angle_mae_deg",
            pa.float64(),
            "mean difference of the joint's angle in the picture; null where it is no joint",
            nullable=True,
        ),
        Column(
            "world_angle_mae_deg",
            pa.float64(),
            "the same of the angle from estimated depth",
            nullable=True,
        ),
        Column("n", pa.int32(), "frames in which both see the keypoint"),
    ),
)
