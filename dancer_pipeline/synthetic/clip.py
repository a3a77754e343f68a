"""Makes clips: a performance as an H.264 MP4 that opens in any player, its truth as Parquet."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.rotations import Array
from dancer_pipeline.synthetic.scene import painter
from dancer_pipeline.synthetic.skeleton import JOINTS
from dancer_pipeline.synthetic.sound import RATE_HZ, Sound, samples
from dancer_pipeline.synthetic.truth import truth_tables, write_truth

_JOINT_COVER = {"shoulder": 0.085, "hip": 0.110, "knee": 0.060, "elbow": 0.050, "wrist": 0.045}
_OTHER_COVER = 0.045
"""How far below the skin a joint lies in its own limb at most, as a share of stature."""


@dataclass(frozen=True)
class Clip:
    """A rendered clip: the video and its truth tables by name."""

    video: Path
    truth: dict[str, Path]
    frame_count: int
    duration_s: float


@dataclass(frozen=True)
class Picture:
    """One rendered frame (RGB) and which joints can be seen in it, in the order of `JOINTS`."""

    index: int
    time_s: float
    image: NDArray[np.uint8]
    in_view: NDArray[np.bool_]


def pictures(performance: Performance) -> Iterator[Picture]:
    """Render frame by frame."""
    painting, skeleton = painter(performance), performance.skeleton
    cover = _cover_m(performance)
    for index, time_s in enumerate(performance.times_s):
        travel = float(performance.travel_m[index])
        image = painting.paint(index, float(time_s), travel)
        seen = painting.visible(skeleton.joints_m[index], cover, travel)
        yield Picture(index, float(time_s), image, seen)


def render(
    performance: Performance,
    path: Path,
    *,
    truth_folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
    sound: Sound | None = None,
) -> Clip:
    """Write the clip and its truth; `progress` hears of frames done and frames in all.

    The truth goes beside the clip, or into `truth_folder` where the clip's own folder must hold
    nothing else. A clip appears only when it is complete. It is silent unless a sound is given.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    half_done = path.with_name(f".{path.name}.part")
    in_view = []
    try:
        with _writer(half_done, performance.view, _track(performance, sound)) as write:
            for picture in pictures(performance):
                write(picture.image)
                in_view.append(picture.in_view)
                if progress:
                    progress(picture.index + 1, performance.frame_count)
        tables = truth_tables(performance, np.stack(in_view))
        truth = write_truth(tables, truth_folder or path.parent, path.stem)
        half_done.replace(path)
    finally:
        half_done.unlink(missing_ok=True)
    duration_s = performance.frame_count / float(performance.view.rate)
    return Clip(path, truth, performance.frame_count, duration_s)


def make_clip(
    path: Path,
    *,
    movement: str,
    seed: int = 0,
    duration_s: float | None = None,
    repetitions: int | None = None,
    view: View | None = None,
    truth_folder: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Clip:
    """Perform and render in one step; see `perform` and `render`."""
    performance = perform(
        movement, seed=seed, duration_s=duration_s, repetitions=repetitions, view=view
    )
    return render(performance, path, truth_folder=truth_folder, progress=progress)


@contextlib.contextmanager
def _writer(
    path: Path, view: View, track: NDArray[np.float32] | None
) -> Iterator[Callable[[NDArray[np.uint8]], None]]:
    options = {"movflags": "+faststart"}
    with av.open(str(path), "w", format="mp4", options=options) as container:
        stream = container.add_stream("libx264", rate=view.rate)
        stream.width, stream.height, stream.pix_fmt = view.width_px, view.height_px, "yuv420p"
        stream.options = {"crf": "20", "preset": "veryfast", "threads": "2"}

        def write(image: NDArray[np.uint8]) -> None:
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(stream.encode(frame))

        if track is not None:
            heard = container.add_stream("aac", rate=RATE_HZ, layout="mono")
        yield write
        container.mux(stream.encode())
        if track is not None:
            _sound_out(container, heard, track)


def _sound_out(
    container: av.container.OutputContainer,
    stream: av.AudioStream,
    track: NDArray[np.float32],
) -> None:
    """Encode the track behind the pictures; a player reads both by their times."""
    frame = av.AudioFrame.from_ndarray(track[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = RATE_HZ, 0
    container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _track(performance: Performance, sound: Sound | None) -> NDArray[np.float32] | None:
    if sound is None:
        return None
    beats_s = performance.motion.music_s if sound.beats_s is None else sound.beats_s
    return samples(sound, beats_s, performance.frame_count / float(performance.view.rate))


def _cover_m(performance: Performance) -> Array:
    share = [_JOINT_COVER.get(name.partition("_")[2], _OTHER_COVER) for name in JOINTS]
    return np.array(share) * performance.body.stature_m * performance.body.girth
