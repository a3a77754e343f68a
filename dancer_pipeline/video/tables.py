"""The tables `source_video` and `video_extracts`: what is kept of a file after it is deleted.

They are declared here, apart from the code that fills them, so that whoever only reads them loads
no decoder.
"""

import pyarrow as pa

from dancer_pipeline.tables import LABEL, Column, Table

SOURCE_VIDEO = Table(
    "source_video",
    "One row: what the uploaded file was.",
    (
        Column("file_name", pa.string(), "name of the uploaded file"),
        Column("sha256", pa.string(), "SHA-256 of the file, in hex"),
        Column("container", pa.string(), "name of the demuxer that read it"),
        Column("codec", pa.string(), "video codec, for example h264"),
        Column("pixel_format", pa.string(), "as stored, for example yuv420p or yuv420p10le"),
        Column("duration_s", pa.float64(), "from the first frame to the end of the last"),
        Column(
            "promised_duration_s",
            pa.float64(),
            "length the header gives; null where the format has none to give",
            nullable=True,
        ),
        Column(
            "coverage",
            pa.float64(),
            "share of the promised length that is in the file, 0 to 1; null without a promise",
            nullable=True,
        ),
        Column("frame_count", pa.int64(), "frames in the file, counted without decoding"),
        Column("corrupt_packet_count", pa.int64(), "packets that the demuxer flags as corrupt"),
        Column(
            "frame_rate_hz", pa.float64(), "average frame rate; null for one frame", nullable=True
        ),
        Column(
            "is_variable_frame_rate",
            pa.bool_(),
            "more than 1 % of the frame intervals differ from the median by over 20 %",
        ),
        Column("min_frame_interval_s", pa.float64(), "shortest; null for one frame", nullable=True),
        Column("max_frame_interval_s", pa.float64(), "longest; null for one frame", nullable=True),
        Column("start_time_s", pa.float64(), "timestamp of the first frame in the file"),
        Column("rotation_deg", pa.int16(), "counter-clockwise turn from stored to upright"),
        Column("is_mirrored", pa.bool_(), "the file asks for a mirror image besides the turn"),
        Column("stored_width_px", pa.int32(), "width as coded"),
        Column("stored_height_px", pa.int32(), "height as coded"),
        Column("display_width_px", pa.int32(), "width upright, with square pixels"),
        Column("display_height_px", pa.int32(), "height upright, with square pixels"),
        Column("pixel_aspect", pa.float64(), "width of a stored pixel over its height"),
        Column("video_stream_count", pa.int32(), "picture streams in the file; the first is used"),
        Column("has_audio", pa.bool_(), "whether there is sound"),
        Column("audio_codec", pa.string(), "null without sound that can be read", nullable=True),
        Column("size_bytes", pa.int64(), "size of the file"),
        Column(
            "sample_rate_hz",
            pa.float64(),
            "rate at which poses are taken; null where the frame rate is",
            nullable=True,
        ),
        Column(
            "brightness",
            pa.float64(),
            "median over a few key frames of the mean luma, 0 (black) to 1 (white)",
            nullable=True,
        ),
        Column(
            "sharpness",
            pa.float64(),
            "median over a few key frames of the variance of the Laplacian at 240 px height; "
            "below about 50 looks blurred",
            nullable=True,
        ),
    ),
)

UNITS = {
    "luma": "share",
    "sharpness": "luma2",
    "frame_difference": "share",
    "local_change": "share",
    "camera_shift_x": "px/s",
    "camera_shift_y": "px/s",
    "audio_envelope": "rms",
    "audio_onset": "log_ratio",
}
"""Every measure with its unit."""

UNCHANGED_BELOW = 0.006
"""A `local_change` below this is a picture that stands still.

A picture repeated and coded at ordinary quality (H.264, CRF 18 to 28) reaches 0.005; what the
noise of a camera and the breath of a person do to a picture is more than 0.05.
"""

VIDEO_EXTRACTS = Table(
    "video_extracts",
    "One row per measure and moment: what the pixels and the sound were.",
    (
        Column(
            "measure",
            LABEL,
            "luma: mean, 0 to 1. sharpness: variance of the Laplacian of the luma (0 to 255) at "
            "120 px height. frame_difference: mean absolute change of luma since the previous "
            "look, 0 to 1. local_change: largest change since a second earlier of the mean luma of "
            "a block of 4 x 4 px at 120 px height, 0 to 1; below "
            f"{UNCHANGED_BELOW} the picture stands still. camera_shift_x, _y: speed of the "
            "background in display pixels, right and down positive. audio_envelope: RMS of 10 ms "
            "of sound, full scale 1. audio_onset: rise of the logarithm of the envelope",
        ),
        Column("time_s", pa.float64(), "seconds since the first frame of the video"),
        Column(
            "value",
            pa.float32(),
            "in `unit`; null for a camera shift where the background has too little detail",
            nullable=True,
        ),
        Column("unit", LABEL, "share, luma2, px/s, rms or log_ratio"),
    ),
)
