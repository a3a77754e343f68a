"""How much memory a run takes: its children by the size of the picture, itself by the frames.

What `dancer_pipeline/sizing.py` rests on. Both are peaks of resident memory: of the processes that
decode a video of so many pixels, and of the process that runs every analysis on so many frames.

    python -m benchmarks.task_memory
"""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import psutil
from rich.console import Console

PICTURES = ((640, 360), (1920, 1080), (3840, 2160), (7680, 4320))
FRAMES = 24
DURATIONS_S = (10, 120, 480)


def clip(path: Path, width_px: int, height_px: int) -> None:
    """Write a short clip of moving noise, as H.264 with frames that refer to later ones."""
    noise = np.random.default_rng(0).integers(0, 255, (height_px // 8, width_px // 8), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=30, options={"preset": "ultrafast", "bf": "2"}
        )
        stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
        for shift in range(FRAMES):
            grey = np.kron(np.roll(noise, shift, 1), np.ones((8, 8), np.uint8))
            picture = np.repeat(grey[:, :, None], 3, axis=2)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def peak_of_children_mib(work: Callable[[], object]) -> tuple[float, float]:
    """Return the most resident memory and data segment that any child process had."""
    resident = data = 0.0
    is_over = threading.Event()

    def watch() -> None:
        nonlocal resident, data
        while not is_over.is_set():
            for child in psutil.Process().children():
                found = _peak_mib(child.pid)
                resident = max(resident, found.get("VmHWM", 0))
                data = max(data, found.get("VmData", 0))
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        work()
    finally:
        is_over.set()
        watcher.join()
    return resident, data


def _peak_mib(process: int | str) -> dict[str, float]:
    """Read a process's memory; nothing where it has just ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return {}
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[name].split()[0]) / 1024 for name in fields if name.startswith("Vm")}


def measure_pictures(console: Console) -> None:
    """Print the peak of each kind of child for each size of picture."""
    for width_px, height_px in PICTURES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "clip.mp4"
            clip(path, width_px, height_px)
            for name, work in jobs(path).items():
                resident, data = peak_of_children_mib(work)
                shown = f"{resident:.0f} MiB resident, {data:.0f} MiB of data"
                console.print(f"{width_px}x{height_px} {name}: {shown}")


def jobs(path: Path) -> dict[str, Callable[[], object]]:
    """Return what children are started for."""
    from benchmarks.accuracy.material import BOUNDS
    from dancer_pipeline.pose.extraction import extract_pose
    from dancer_pipeline.pose.model import model_file
    from dancer_pipeline.video.confined import video_extracts, write_preview

    model, small = model_file(), path.with_name("small.mp4")
    found = extract_pose(path, model=model, expected_frames=FRAMES, bounds=BOUNDS)
    return {
        "poses": lambda: extract_pose(path, model=model, expected_frames=FRAMES, bounds=BOUNDS),
        "extracts": lambda: video_extracts(path, bounds=BOUNDS),
        "preview": lambda: write_preview(
            path, found.keypoints, small, blur_faces=True, bounds=BOUNDS
        ),
    }


def measure_frames(duration_s: float, console: Console) -> None:
    """Print this process's peak after all analyses of a walk of this length at 30 Hz."""
    from benchmarks.accuracy.material import analysed, synthetic_tables
    from dancer_pipeline.synthetic.performance import View, perform

    view = View(yaw_deg=90, width_px=640, height_px=720, frame_rate_hz=30)
    tables = synthetic_tables(perform("walk", seed=3, duration_s=duration_s, view=view))
    before = _peak_mib("self")["VmHWM"]
    frames = tables["pose_keypoints"]["frame"].nunique()
    analysed(tables)
    peak = _peak_mib("self")["VmHWM"]
    console.print(f"{frames} frames: {before:.0f} MiB, {peak:.0f} MiB after the analyses")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure_frames(float(sys.argv[1]), Console())
    else:
        measure_pictures(Console())
        for duration_s in DURATIONS_S:
            command = [sys.executable, "-m", "benchmarks.task_memory", str(duration_s)]
            subprocess.run(command, check=True)  # noqa: S603 - this module
