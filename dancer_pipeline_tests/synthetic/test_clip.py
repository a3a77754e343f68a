"""A clip opens in any player, and its truth belongs to it frame by frame."""

import json
import struct
from fractions import Fraction

import av
import numpy as np
import pyarrow.parquet as pq
import pytest

from dancer_pipeline.synthetic.clip import make_clip, render
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.skeleton import JOINTS

SMALL = View(yaw_deg=90, width_px=128, height_px=144, frame_rate_hz=12)


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    path = tmp_path_factory.mktemp("walk") / "a walk.mp4"
    return make_clip(path, movement="walk", seed=3, duration_s=3, view=SMALL)


@pytest.fixture(scope="module")
def squats(tmp_path_factory):
    folder = tmp_path_factory.mktemp("squats")
    seen = []
    performance = perform("squat", seed=3, repetitions=2, view=SMALL)
    clip = render(
        performance,
        folder / "video" / "squats.mp4",
        truth_folder=folder / "truth",
        progress=lambda done, of: seen.append((done, of)),
    )
    return performance, clip, seen


def boxes(path):
    """Names of the top-level boxes of an MP4, in order."""
    content, at, names = path.read_bytes(), 0, []
    while at < len(content):
        size, name = struct.unpack(">I4s", content[at : at + 8])
        names.append(name.decode())
        at += size
    return names


def table(clip, name):
    return pq.read_table(clip.truth[name]).to_pandas()


def test_any_player_can_open_it(walk):
    with av.open(str(walk.video)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.width, stream.height) == (128, 144)
        assert stream.average_rate == 12
        times = [frame.time for frame in container.decode(stream)]
    np.testing.assert_allclose(times, np.arange(36) / 12, atol=1e-4)
    names = boxes(walk.video)
    assert names.index("moov") < names.index("mdat")


def test_the_truth_has_the_frames_of_the_video(walk):
    joints, angles = table(walk, "joints"), table(walk, "angles")
    assert walk.frame_count == 36
    assert walk.duration_s == 3
    assert len(joints) == 36 * len(JOINTS)
    for frames in (joints, angles):
        times = frames.groupby("frame")["time_s"].first()
        np.testing.assert_allclose(times, np.arange(36) / 12)
    assert set(joints["joint"]) == set(JOINTS)


def test_a_walk_has_gait_events_and_no_repetitions(walk):
    events = table(walk, "gait_events")
    assert list(events.columns) == ["time_s", "side", "event"]
    assert events["time_s"].is_monotonic_increasing
    assert set(events["event"]) == {"heel_strike", "toe_off"}
    assert len(table(walk, "repetitions")) == 0


def test_squats_have_repetitions_and_no_gait_events(squats):
    performance, clip, _ = squats
    repetitions = table(clip, "repetitions")
    assert list(repetitions["repetition"]) == [1, 2]
    assert (repetitions["start_s"] < repetitions["bottom_s"]).all()
    assert (repetitions["bottom_s"] < repetitions["end_s"]).all()
    assert set(repetitions["angle"]) == {"knee_flexion"}
    assert repetitions["bottom_angle_deg"].between(95, 101).all()
    assert len(table(clip, "gait_events")) == 0
    knee = table(clip, "angles").query("angle == 'knee_flexion' and side == 'left'")
    assert knee["angle_deg"].max() == pytest.approx(repetitions["bottom_angle_deg"].max(), abs=3)
    assert len(knee) == performance.frame_count


def test_the_truth_says_who_what_and_from_where(squats):
    performance, clip, _ = squats
    row = table(clip, "clip").iloc[0]
    assert row["movement"] == "squat"
    assert row["seed"] == 3
    assert row["yaw_deg"] == 90
    assert row["frame_rate_hz"] == 12
    assert row["stature_m"] == performance.body.stature_m
    facts = pq.read_schema(clip.truth["joints"]).metadata
    assert json.loads(facts[b"stature_m"]) == performance.body.stature_m


def test_pixels_and_world_positions_agree(squats):
    performance, clip, _ = squats
    joints = table(clip, "joints")
    world = joints[["x_m", "y_m", "z_m"]].to_numpy()
    pixels = performance.camera.project(world)
    np.testing.assert_allclose(joints[["x_px", "y_px"]], pixels, atol=1e-9)
    standing = joints[joints["frame"] == 0].set_index("joint")
    height = standing.loc["left_heel", "y_px"] - standing.loc["nose", "y_px"]
    assert height == pytest.approx(0.93 * standing.loc["nose", "stature_px"], rel=0.05)


def test_progress_is_heard_and_nothing_lies_beside_the_clip(squats):
    performance, clip, seen = squats
    count = performance.frame_count
    assert seen == [(done, count) for done in range(1, count + 1)]
    assert [path.name for path in clip.video.parent.iterdir()] == ["squats.mp4"]
    assert {path.parent.name for path in clip.truth.values()} == {"truth"}


def test_the_same_seed_gives_the_same_bytes(walk, tmp_path):
    again = make_clip(tmp_path / "a walk.mp4", movement="walk", seed=3, duration_s=3, view=SMALL)
    assert again.video.read_bytes() == walk.video.read_bytes()
    for name, path in again.truth.items():
        assert path.read_bytes() == walk.truth[name].read_bytes()


def test_an_interrupted_rendering_leaves_no_clip(tmp_path):
    def stop(done, _):
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_clip(tmp_path / "clip.mp4", movement="standing", view=SMALL, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_broadcast_rates_are_kept_exactly(tmp_path):
    view = View(width_px=64, height_px=96, frame_rate_hz=30000 / 1001)
    clip = make_clip(tmp_path / "clip.mp4", movement="standing", duration_s=1, view=view)
    with av.open(str(clip.video)) as container:
        assert container.streams.video[0].average_rate == Fraction(30000, 1001)
