"""The assets that need the video's pictures: facts, keypoints, extracts and the preview.

Each opens the pinned version itself, because a retry may start on another machine. Decoders and the pose model
are imported inside the functions, so that definitions load fast.
"""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import dagster as dg
import pandas as pd

from dancer_pipeline import __version__
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.pictures import thumbnail
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import work
from dancer_pipeline.settings import Settings

TRANSIENT = dg.RetryPolicy(
    max_retries=2, delay=3, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.FULL
)
"""For passing trouble inside a run; permanent failures forbid retries themselves."""

PROGRESS_EVERY_S = 5.0


def build_pixel_assets(required: tuple[str, ...]) -> list[dg.AssetsDefinition]:
    """Build the four assets; `required` is what a version must store before its source may go."""

    @_pixel_asset(
        deps=["uploaded_video"],
        description="What the file is: format, size, duration, frame rate, rotation, light.",
    )
    def source_video(
        context: dg.AssetExecutionContext, stores: dg.ResourceParam[Stores]
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from dancer_pipeline.pose.model import model_file
        from dancer_pipeline.video.facts import source_video as describe

        with work(context, stores) as job:
            model_file(stores.settings.model)  # a wrong model is an error before any video is touched
            stores.results.begin(job.upload, required, software())
            with stores.source.open(job.upload) as path:
                facts = describe(
                    path, file_name=job.upload.file_name, sample_hz=stores.settings.sample_hz,
                    limits=limits(stores.settings),
                )  # fmt: skip
        return dg.MaterializeResult(value=facts, metadata=_facts_metadata(facts))

    @_pixel_asset(
        ins=["source_video"],
        description="33 keypoints of the person in every frame, in the picture and in metres.",
        pool="pose",
    )
    def pose_keypoints(
        context: dg.AssetExecutionContext,
        stores: dg.ResourceParam[Stores],
        source_video: pd.DataFrame,
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from dancer_pipeline.pose.extraction import extract_pose
        from dancer_pipeline.pose.model import model_file

        started, settings = time.monotonic(), stores.settings
        with work(context, stores) as job, stores.source.open(job.upload) as path:
            poses = extract_pose(
                path, model=model_file(settings.model), sample_hz=settings.sample_hz,
                expected_frames=int(source_video["sampled_frames"].iloc[0]),
                progress=_progress(context), timeout_s=settings.pose_timeout_s,
                memory_mib=settings.pose_memory_mib,
            )  # fmt: skip
        seconds = time.monotonic() - started
        return dg.MaterializeResult(value=poses, metadata=_pose_metadata(poses, seconds))

    @_pixel_asset(
        ins=["source_video"],
        description="Light, sharpness, camera motion and the sound's envelope and onsets.",
    )
    def video_extracts(
        context: dg.AssetExecutionContext,
        stores: dg.ResourceParam[Stores],
        source_video: pd.DataFrame,  # noqa: ARG001 - an unreadable file never gets this far
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from dancer_pipeline.video.extracts import video_extracts as extract

        with work(context, stores) as job, stores.source.open(job.upload) as path:
            extracts = extract(path)
        counts = extracts["measure"].value_counts()
        return dg.MaterializeResult(
            value=extracts, metadata={f"{name}_values": int(n) for name, n in counts.items()}
        )

    @dg.asset(
        partitions_def=videos,
        group_name="video",
        kinds={"pyav", "mp4"},
        ins={"pose_keypoints": dg.AssetIn()},
        retry_policy=TRANSIENT,
        code_version=__version__,
        description="A small proxy of the video, faces blurred, from which key frames are cut.",
    )
    def preview(
        context: dg.AssetExecutionContext,
        stores: dg.ResourceParam[Stores],
        pose_keypoints: pd.DataFrame,
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        from dancer_pipeline.video.preview import write_preview

        with (
            work(context, stores) as job,
            tempfile.TemporaryDirectory(prefix="dancer-preview-") as folder,
        ):
            small = Path(folder) / "preview.mp4"
            with stores.source.open(job.upload) as path:
                write_preview(
                    path, pose_keypoints, small, blur_faces=stores.settings.blur_faces
                )  # fmt: skip
            written = stores.results.write_bytes(
                "preview", small.read_bytes(), job.upload, suffix="mp4",
                code_version=__version__, run_id=context.run_id,
            )  # fmt: skip
            picture = thumbnail(small)
        return dg.MaterializeResult(
            metadata={
                "thumbnail": picture,
                "dagster/uri": written.uri,
                "size_bytes": written.result.size_bytes,
                "faces_blurred": stores.settings.blur_faces,
            }
        )

    return [source_video, pose_keypoints, video_extracts, preview]


def limits(settings: Settings) -> "Limits":  # noqa: F821 - imported with the decoder, see below
    """Return what the operator allows a video to be."""
    from dancer_pipeline.video.facts import Limits

    return Limits(
        max_size_bytes=int(settings.max_size_mib * 2**20),
        max_duration_s=settings.max_duration_s,
        max_pixels=int(settings.max_megapixels * 1e6),
    )


def software() -> dict[str, str]:
    """Return the versions that results depend on."""
    from importlib.metadata import version

    names = ("mediapipe", "av", "opencv-contrib-python", "numpy", "scipy")
    return {"dancer_pipeline": __version__, **{name: version(name) for name in names}}


def _pixel_asset(
    *, description: str, ins: list[str] | None = None, deps: list[str] | None = None,
    pool: str | None = None,
) -> Callable[[Callable[..., object]], dg.AssetsDefinition]:  # fmt: skip
    return dg.asset(
        partitions_def=videos,
        group_name="video",
        kinds={"pyav", "parquet"},
        ins={name: dg.AssetIn() for name in ins or ()},
        deps=deps,
        io_manager_key="tables",
        retry_policy=TRANSIENT,
        code_version=__version__,
        description=description,
        pool=pool,
    )


def _progress(context: dg.AssetExecutionContext) -> Callable[[int, int], None]:
    """Log how far the extraction is, every few seconds."""
    started = last = time.monotonic()

    def report(done: int, expected: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < PROGRESS_EVERY_S:
            return
        last = now
        context.log.info(
            "pose: %d of %d frames (%.0f %%), %.1f frames/s",
            done, expected, 100 * done / max(expected, 1), done / (now - started),
        )  # fmt: skip

    return report


def _facts_metadata(facts: pd.DataFrame) -> Mapping[str, dg.MetadataValue]:
    row = facts.iloc[0].dropna()
    table = "\n".join(f"| {name} | {value} |" for name, value in row.items())
    return {"facts": dg.MetadataValue.md(f"| fact | value |\n|---|---|\n{table}")}


def _pose_metadata(poses: pd.DataFrame, seconds: float) -> Mapping[str, object]:
    from dancer_pipeline.defs.pictures import as_picture
    from dancer_pipeline.report.plots import presence_plot_png

    noses = poses[poses["keypoint"] == "nose"]
    frames = len(noses)
    return {
        "frames": frames,
        "detection_rate": round(float(noses["x_px"].notna().mean()), 4) if frames else 0.0,
        "seconds_taken": round(seconds, 2),
        "frames_per_second": round(frames / seconds, 1),
        "presence": as_picture(presence_plot_png(poses)),
    }
