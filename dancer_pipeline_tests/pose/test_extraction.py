"""Keypoints of real videos through the real child process, and every way in which that can end."""

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from dancer_pipeline.confined.errors import MemoryLimit, TimeLimit, WorkerDied
from dancer_pipeline.confined.parent import _environment
from dancer_pipeline.pose.bundle import DETECTOR, LANDMARKER
from dancer_pipeline.pose.extraction import Extraction, extract_pose
from dancer_pipeline.pose.keypoints import KEYPOINTS, POSE_KEYPOINTS
from dancer_pipeline.pose.model import ModelError
from dancer_pipeline.pose.tables import MIRROR_ERROR, PEOPLE
from dancer_pipeline.video.errors import BadVideo
from dancer_pipeline.video.frames import IncompleteVideo
from dancer_pipeline_tests.video.rendered import BOUNDS

ROOT = Path(__file__).parents[2]
Clips = Callable[[str], Path]

SCRIPT_WITHOUT_MAIN_GUARD = """
import sys
from pathlib import Path
from dancer_pipeline.confined.parent import Bounds
from dancer_pipeline.pose.extraction import extract_pose
video, model = map(Path, sys.argv[1:])
print("started", flush=True)
told = lambda done, expected: print(done, expected, flush=True)
bounds = Bounds(time_s=600, memory_bytes=2**32)
made = extract_pose(video, model=model, expected_frames=1, bounds=bounds, progress=told)
print(made.frames, "frames")
"""


@pytest.fixture(scope="session")
def walk_progress() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="session")
def walk(clips: Clips, model: Path, walk_progress: list[tuple[int, int]]) -> Extraction:
    """Analyse a woman who walks by, every frame of her, and of her in a mirror."""
    return extract_pose(
        clips("gait_single_side.mp4"),
        model=model,
        expected_frames=135,
        mirror_check=True,
        progress=lambda done, expected: walk_progress.append((done, expected)),
        bounds=BOUNDS,
    )


@pytest.fixture(scope="session")
def two_people(clips: Clips, model: Path) -> Extraction:
    """Analyse a woman who walks by below a man who jumps."""
    video = clips("rotation_meta_90.mp4")
    return extract_pose(video, model=model, expected_frames=38, sample_hz=5, bounds=BOUNDS)


def run_script(clips: Clips, model: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SCRIPT_WITHOUT_MAIN_GUARD]
    return subprocess.Popen(
        [*command, str(clips("gait_single_side.mp4")), str(model)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def worker_of(parent: psutil.Process) -> psutil.Process:
    (worker,) = (p for p in parent.children() if "dancer_pipeline.pose.worker" in p.cmdline())
    return worker


@pytest.mark.videos
def test_every_frame_has_33_rows_that_fit_the_table(walk: Extraction) -> None:
    POSE_KEYPOINTS.arrow(walk.keypoints)
    assert walk.frames == 135
    assert len(walk.keypoints) == 135 * 33
    assert (walk.keypoints.groupby("frame")["keypoint"].nunique() == 33).all()
    assert list(walk.keypoints["keypoint"][:33]) == list(KEYPOINTS)
    assert walk.keypoints["time_s"].is_monotonic_increasing
    assert walk.keypoints["time_s"].iloc[-1] == pytest.approx(134 / 30, abs=0.01)


@pytest.mark.videos
def test_the_walker_is_found_in_at_least_98_percent_of_frames(walk: Extraction) -> None:
    assert walk.frames_with_person >= 0.98 * walk.frames


@pytest.mark.videos
def test_the_walker_walks_upright_from_right_to_left(walk: Extraction) -> None:
    found = walk.keypoints.dropna(subset="x_px")
    points = found.pivot_table(
        index="frame", columns="keypoint", values=["x_px", "y_px"], observed=True
    )
    assert (points["y_px"]["nose"] < points["y_px"]["left_hip"]).all()
    assert (points["y_px"]["left_hip"] < points["y_px"]["left_ankle"]).all()
    hip = points["x_px"]["left_hip"]
    assert hip.iloc[0] > 1200
    assert hip.iloc[-1] < 500
    assert found["confidence"].between(0, 1).all()
    assert found["presence"].between(0, 1).all()
    assert found["z_m"].abs().max() < 2


@pytest.mark.videos
def test_progress_ends_with_all_frames(
    walk: Extraction, walk_progress: list[tuple[int, int]]
) -> None:
    assert walk_progress[-1] == (walk.frames, 135)
    assert walk_progress == sorted(walk_progress)


@pytest.mark.videos
def test_a_rotated_recording_is_analysed_upright(two_people: Extraction) -> None:
    seen = two_people.keypoints
    points = seen.pivot_table(index="frame", columns="keypoint", values="y_px", observed=True)
    assert len(points) >= 0.5 * seen["frame"].nunique()
    assert (points["nose"] < points["left_ankle"]).mean() > 0.9
    assert seen["x_px"].median() < 1280
    assert seen["y_px"].quantile(0.95) < 720


@pytest.mark.videos
def test_a_single_walker_is_one_person_in_every_look(walk: Extraction) -> None:
    PEOPLE.arrow(walk.people)
    assert list(walk.people["frame"]) == [0, 45, 90]
    assert list(walk.people["people"]) == [1, 1, 1]
    hips = walk.keypoints[walk.keypoints["keypoint"].isin(["left_hip", "right_hip"])]
    middle = hips.groupby("frame")["x_px"].mean()
    for look in walk.people[1:].itertuples():
        assert look.centre_x_px[0] == pytest.approx(middle[look.frame], abs=30)


@pytest.mark.videos
def test_a_second_person_is_seen_while_the_first_is_followed(two_people: Extraction) -> None:
    people = two_people.people
    looks = people[people["time_s"].between(1.5, 5.0)]
    assert len(looks) == 3
    assert (looks["people"] == 2).all()
    assert looks["second_share"].between(0.7, 1.4).all()
    walker_px = [look.centre_x_px[1] for look in looks.itertuples()]
    assert walker_px == sorted(walker_px, reverse=True), "she walks to the left"
    assert people["people"].iloc[0] == 1


@pytest.mark.videos
def test_the_model_differs_from_itself_in_a_mirror_by_as_much_as_is_known_of_it(
    walk: Extraction,
) -> None:
    error = MIRROR_ERROR.arrow(walk.mirror_error).to_pandas().set_index(["joint", "side"])
    body = error.drop(index=["heel", "foot_index"], level="joint")
    assert body["median_percent"].between(0.4, 1.2).all()
    assert error["median_percent"].between(0.4, 1.7).all()
    assert error["p90_percent"].between(0.9, 7.0).all()
    knee_deg = error.loc["knee", "image_angle_mae_deg"]
    assert knee_deg.between(3.5, 7.5).all()
    assert error.loc[("knee", "left"), "world_angle_mae_deg"] > knee_deg["left"]


@pytest.mark.videos
def test_bottles_and_hands_are_mostly_taken_for_nobody(clips: Clips, model: Path) -> None:
    video = clips("hands_only_bottles.mp4")
    seen = extract_pose(video, model=model, expected_frames=200, sample_hz=5, bounds=BOUNDS)
    assert seen.frames_with_person < 0.4 * seen.frames
    assert (seen.people["people"] == 0).mean() > 0.5
    assert (seen.people["people"] > 1).mean() < 0.1
    assert seen.mirror_error.empty, "nobody asked for it"
    nobody = seen.keypoints[seen.keypoints["x_px"].isna()]
    assert nobody[["y_px", "z_m", "confidence", "presence"]].isna().all(axis=None)


@pytest.mark.videos
def test_a_video_that_ends_early_stays_its_own_error_with_what_was_decoded(
    clips: Clips, model: Path
) -> None:
    video = clips("truncated_faststart_half.mp4")
    with pytest.raises(IncompleteVideo, match="incomplete") as failure:
        extract_pose(video, model=model, expected_frames=230, bounds=BOUNDS)
    assert 95 <= failure.value.decoded_frames <= 110


@pytest.mark.videos
def test_what_is_no_video_stays_a_bad_video_with_its_sentence(clips: Clips, model: Path) -> None:
    with pytest.raises(BadVideo, match="empty"):
        extract_pose(clips("zero_bytes.mp4"), model=model, expected_frames=0, bounds=BOUNDS)


def test_a_missing_video_is_no_bad_video_and_is_named(tmp_path: Path, model: Path) -> None:
    with pytest.raises(WorkerDied, match=r"FileNotFoundError.*gone\.mp4"):
        extract_pose(tmp_path / "gone.mp4", model=model, expected_frames=1, bounds=BOUNDS)


def test_a_wrong_model_is_refused_before_the_video_is_touched(tmp_path: Path) -> None:
    absent, broken = tmp_path / "absent.task", tmp_path / "broken.task"
    with zipfile.ZipFile(broken, "w") as archive:
        for name in (DETECTOR, LANDMARKER):
            archive.writestr(name, b"\x20\0\0\0TFL3 and nothing that MediaPipe can use")
    for model, why in ((absent, "does not exist"), (broken, "MediaPipe cannot use")):
        with pytest.raises(ModelError, match=why):
            extract_pose(
                tmp_path / "never_opened.mp4", model=model, expected_frames=1, bounds=BOUNDS
            )


@pytest.mark.videos
def test_a_killed_worker_is_reported_with_its_signal(clips: Clips, model: Path) -> None:
    def kill(_done: int, _expected: int) -> None:
        os.kill(worker_of(psutil.Process()).pid, signal.SIGKILL)

    with pytest.raises(WorkerDied, match=r"signal 9 SIGKILL \(out of memory\?\)") as death:
        extract_pose(
            clips("gait_single_side.mp4"),
            model=model,
            expected_frames=135,
            progress=kill,
            bounds=BOUNDS,
        )
    assert death.value.signal == signal.SIGKILL


@pytest.mark.videos
def test_a_worker_that_takes_too_long_is_ended(clips: Clips, model: Path) -> None:
    with pytest.raises(TimeLimit, match="longer than 0 s"):
        extract_pose(
            clips("gait_single_side.mp4"),
            model=model,
            expected_frames=135,
            bounds=replace(BOUNDS, time_s=0.3),
        )
    assert not [p for p in psutil.Process().children() if "pose.worker" in " ".join(p.cmdline())]


@pytest.mark.videos
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's memory")
def test_a_worker_that_needs_too_much_memory_is_stopped(clips: Clips, model: Path) -> None:
    with pytest.raises((MemoryLimit, WorkerDied)):
        extract_pose(
            clips("gait_single_side.mp4"),
            model=model,
            expected_frames=135,
            bounds=replace(BOUNDS, memory_bytes=150 * 2**20),
        )


@pytest.mark.videos
def test_an_error_in_progress_ends_the_worker_and_reaches_the_caller(
    clips: Clips, model: Path
) -> None:
    def stop(_done: int, _expected: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_pose(
            clips("gait_single_side.mp4"),
            model=model,
            expected_frames=135,
            progress=stop,
            bounds=BOUNDS,
        )
    assert not [p for p in psutil.Process().children() if "pose.worker" in " ".join(p.cmdline())]


@pytest.mark.videos
def test_a_script_without_a_main_guard_can_extract(clips: Clips, model: Path) -> None:
    with run_script(clips, model) as script:
        output, _ = script.communicate(timeout=300)
    assert output.count("started") == 1
    assert output.endswith("135 frames\n")


@pytest.mark.videos
def test_the_worker_ends_when_its_parent_is_killed(clips: Clips, model: Path) -> None:
    with run_script(clips, model) as script:
        assert script.stdout
        assert script.stdout.readline() == "started\n"
        assert script.stdout.readline().endswith(" 1\n")
        worker = worker_of(psutil.Process(script.pid))
        script.kill()
    worker.wait(timeout=120)
    assert not worker.is_running()


def test_the_worker_is_given_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("DANCER_DATABASE", "postgresql://user:hunter2@host/ledger")
    monkeypatch.setenv("HARMLESS", "kept")
    environment = _environment()
    assert environment["HARMLESS"] == "kept"
    assert not [value for value in environment.values() if "hunter2" in value]
