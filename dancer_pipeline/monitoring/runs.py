"""What a run that has ended says: what it took, and how good its video was. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dancer_pipeline.monitoring.embedded import Reading
from dancer_pipeline.states import WHOLE, Kind, Row


@dataclass(frozen=True)
class Made:
    """An asset of a run, made or not."""

    name: str
    seconds: float
    succeeded: bool


@dataclass(frozen=True)
class EndedRun:
    """What Dagster has on record about a run that has ended, however it ended."""

    run_id: str
    job: str
    ended_at: datetime
    succeeded: bool
    worker_lost: bool = False
    not_launched: bool = False
    out_of_memory: bool = False
    seconds: float = float("nan")
    """NaN for a run that never started."""
    assets: tuple[Made, ...] = ()
    shown: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What an operator sees of some assets that this run made."""
    video_id: str | None = None
    version: str | None = None
    kind: str | None = None
    """What the dispatcher asked for; None for a run that a person started."""

    @property
    def has_results(self) -> bool:
        """Whether this run stored the last of what was asked of its video."""
        outcome = self.shown.get("manifest", {}).get("outcome")
        return self.kind == Kind.ANALYZE and outcome in WHOLE

    @property
    def about(self) -> dict[str, str]:
        """What its lines can be searched by."""
        named = {"run_id": self.run_id, "video_id": self.video_id, "version": self.version}
        return {"job": self.job} | {name: value for name, value in named.items() if value}


def readings(run: EndedRun) -> Iterator[Reading]:
    """Give the run's own metrics, its assets' and its video's."""
    ended = {
        "RunTime": run.seconds,
        "RunFailed": not run.succeeded,
        "WorkerLost": run.worker_lost,
        "NotLaunched": run.not_launched,
        "OutOfMemory": run.out_of_memory,
    }
    how = "succeeded" if run.succeeded else "failed"
    yield Reading(f"{run.job} {how}", run.ended_at, _numbers(ended), {**run.about, "Job": run.job})
    for asset in run.assets:
        yield _of_asset(run, asset)
    # Another kind of run shows the same video once more, or one that failed.
    if quality := _quality(run.shown) if run.kind == Kind.ANALYZE else {}:
        yield Reading("how good the video is", run.ended_at, quality, run.about)


def success(run: EndedRun, received_at: datetime) -> Reading:
    """Tell of a video whose results are stored."""
    taken_s = (run.ended_at - received_at).total_seconds()
    values = {"VideoTime": taken_s, "VideoSucceeded": 1, "VideoFailed": 0}
    return Reading("a video is analysed", run.ended_at, _numbers(values), run.about)


def failure(row: Row) -> Reading:
    """Tell of a video that was given up."""
    about = {"video_id": row.video_id, "version": row.version, "run_id": row.run_id or "none"}
    values = {"VideoSucceeded": 0, "VideoFailed": 1}
    return Reading("a video was given up", row.changed_at, values, about)


def _of_asset(run: EndedRun, asset: Made) -> Reading:
    values = {
        "AssetTime": asset.seconds,
        "AssetFailed": not asset.succeeded,
    }
    how = "made" if asset.succeeded else "not made"
    about = {**run.about, "Asset": asset.name}
    return Reading(f"{asset.name} {how}", run.ended_at, _numbers(values), about)


def _numbers(values: Mapping[str, float | bool]) -> dict[str, float]:
    return {name: round(float(value), 3) for name, value in values.items()}


def _quality(shown: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    values: dict[str, float] = {}
    if poses := shown.get("pose_keypoints"):
        values["DetectionRate"] = 100 * float(poses["detection_rate"])
        if isinstance(poses.get("jitter"), float):
            values["Jitter"] = 100 * float(poses["jitter"])
    if metrics := shown.get("pose_metrics"):
        ok, unsure, refused = (int(metrics[it]) for it in ("ok", "low_confidence", "refused"))
        values |= _share("RefusedShare", refused, ok + unsure + refused)
        values |= _share("LowConfidenceShare", unsure, ok + unsure)
    return _numbers(values)


def _share(name: str, part: int, whole: int) -> dict[str, float]:
    return {name: 100 * part / whole} if whole else {}
