"""The assets that need the source: options, facts, keypoints, extracts and the preview.

Each opens the pinned version itself, because a retry may start on another machine. Decoders and
the pose model are imported inside the functions, so that definitions load fast.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pandas as pd

from dancer_pipeline import __version__
from dancer_pipeline.defs.display import (
    analysis_shown,
    extracts_shown,
    facts_shown,
    options_shown,
    people_shown,
    pose_shown,
    schema_of,
)
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.pictures import middle_picture
from dancer_pipeline.defs.reading import (
    bounds,
    expected_frames_of,
    limits,
    progress_of,
    software,
)
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import work
from dancer_pipeline.options import UPLOAD_OPTIONS, chosen
from dancer_pipeline.options import upload_options as read_options
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.pose.tables import MIRROR_ERROR, PEOPLE
from dancer_pipeline.tables import Table
from dancer_pipeline.video.tables import SOURCE_VIDEO, VIDEO_EXTRACTS

PIXELS: dict[str, Any] = {
    "partitions_def": videos,
    "group_name": "video",
    "code_version": __version__,
}
TABLE_OF_PIXELS = PIXELS | {"io_manager_key": "tables"}

StoresParam = dg.ResourceParam[Stores]
Result = dg.MaterializeResult[Any]


@dg.asset(
    deps=["uploaded_video"],
    kinds={"parquet"},
    description="What the uploader said about the video, and what of it could not be used.",
    metadata=schema_of(UPLOAD_OPTIONS),
    **TABLE_OF_PIXELS,
)
def upload_options(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Freeze what this version must store, then read what was written beside the video."""
    from dancer_pipeline.pose.model import model_file
    from dancer_pipeline.pose.provenance import provenance
    from dancer_pipeline.video.facts import check_size

    with work(context, stores) as job:
        model = model_file(stores.settings.model)  # a wrong one ends it before a video is touched
        said = stores.source.metadata(job.row)  # without a source its manifest stays as it is
        stores.results.begin(job.row, stores.required, software() | provenance(model))
        check_size(job.row.size_bytes, limits(stores.settings))  # before anything is downloaded
        options = read_options(said)
    return dg.MaterializeResult(value=options, metadata=job.shown(options_shown(options)))


@dg.asset(
    kinds={"pyav", "parquet"},
    description="What the file is: format, size, duration, frame rate, rotation, light.",
    metadata=schema_of(SOURCE_VIDEO),
    **TABLE_OF_PIXELS,
)
def source_video(
    context: dg.AssetExecutionContext, stores: StoresParam, upload_options: pd.DataFrame
) -> Result:
    """Check the file against the limits."""
    from dancer_pipeline.video.confined import source_video as describe

    settings = stores.settings
    with work(context, stores) as job, stores.source.open(job.row) as path:
        facts = describe(
            path,
            file_name=job.row.file_name,
            sample_hz=chosen(upload_options, "sample_hz", settings.sample_hz),
            limits=limits(settings),
            bounds=bounds(settings, context.run),
        )
    return dg.MaterializeResult(value=facts, metadata=job.shown(facts_shown(facts)))


def _of_poses(table: Table, description: str) -> dg.AssetOut:
    return dg.AssetOut(
        description=description,
        kinds={"mediapipe", "parquet"},
        code_version=__version__,
        io_manager_key="tables",
        metadata=schema_of(table),
        is_required=False,
    )


@dg.multi_asset(
    name=POSE_KEYPOINTS.name,
    outs={
        POSE_KEYPOINTS.name: _of_poses(
            POSE_KEYPOINTS,
            "33 keypoints of the person in every frame, in the picture and in metres.",
        ),
        PEOPLE.name: _of_poses(PEOPLE, "How many people are in the picture, about once a second."),
        MIRROR_ERROR.name: _of_poses(
            MIRROR_ERROR,
            "How the model differs from itself on the mirrored video, where asked for.",
        ),
    },
    can_subset=True,
    partitions_def=videos,
    group_name="video",
)
def poses(
    context: dg.AssetExecutionContext,
    stores: StoresParam,
    source_video: pd.DataFrame,
    upload_options: pd.DataFrame,
) -> Iterator[Result]:
    """Find people in every frame, in a process of its own, with progress in the log.

    All three tables come from one decoding, so that one of them alone takes as long as all.
    """
    from dancer_pipeline.pose.extraction import extract_pose
    from dancer_pipeline.pose.model import model_file

    settings = stores.settings
    twice = bool(chosen(upload_options, "mirror_check", settings.mirror_check))
    with work(context, stores) as job, stores.source.open(job.row) as path:
        found = extract_pose(
            path,
            model=model_file(settings.model),
            sample_hz=chosen(upload_options, "sample_hz", settings.sample_hz),
            mirror_check=twice,
            mirrored=chosen(upload_options, "mirrored", otherwise=False),
            expected_frames=expected_frames_of(source_video),
            progress=progress_of(context),
            bounds=bounds(settings, context.run, looks=2 if twice else 1),
        )
    made = {
        POSE_KEYPOINTS.name: (
            found.keypoints,
            pose_shown(found, source_video, job.seconds_taken),
        ),
        PEOPLE.name: (found.people, people_shown(found.people)),
        MIRROR_ERROR.name: (found.mirror_error, analysis_shown(MIRROR_ERROR, found.mirror_error)),
    }
    for name in context.op_execution_context.selected_output_names:
        table, shown = made[name]
        yield dg.MaterializeResult(asset_key=name, value=table, metadata=job.shown(shown))


@dg.asset(
    deps=["source_video"],  # an unreadable file never gets this far
    kinds={"pyav", "parquet"},
    description="Light, sharpness, camera motion and the sound's envelope and onsets.",
    metadata=schema_of(VIDEO_EXTRACTS),
    **TABLE_OF_PIXELS,
)
def video_extracts(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Keep what a later analysis may need of picture and sound when the source is gone."""
    from dancer_pipeline.video.confined import video_extracts as extract

    with work(context, stores) as job, stores.source.open(job.row) as path:
        extracts = extract(path, bounds=bounds(stores.settings, context.run))
    return dg.MaterializeResult(value=extracts, metadata=job.shown(extracts_shown(extracts)))


@dg.asset(
    kinds={"pyav", "mp4"},
    ins={"pose_keypoints": dg.AssetIn(input_manager_key="tables")},
    description="A small proxy of the video, faces blurred, from which key frames are cut.",
    **(PIXELS | {"group_name": "results"}),
)
def preview(
    context: dg.AssetExecutionContext, stores: StoresParam, pose_keypoints: pd.DataFrame
) -> Result:
    """Write the proxy video; it has a retention of its own."""
    from dancer_pipeline.video.confined import write_preview

    blur = stores.settings.blur_faces
    with work(context, stores) as job, tempfile.TemporaryDirectory() as folder:
        small = Path(folder) / "preview.mp4"
        with stores.source.open(job.row) as path:
            limited = bounds(stores.settings, context.run)
            write_preview(path, pose_keypoints, small, blur_faces=blur, bounds=limited)
        written = stores.results.write_bytes(
            "preview",
            small.read_bytes(),
            job.row,
            suffix="mp4",
            code_version=__version__,
            run_id=context.run.run_id,
        )
        picture = middle_picture(small)
    shown = {
        "thumbnail": picture.thumbnail(),
        "picture": picture.large(),
        "faces_blurred": blur,
        "stored_in": dg.MetadataValue.path(written.uri),
        "size_bytes": written.result.size_bytes,
    }
    return dg.MaterializeResult(metadata=job.shown(shown))


PIXEL_ASSETS = (upload_options, source_video, poses, video_extracts, preview)
