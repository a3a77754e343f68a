"""What has arrived, and the sensors that record it: `uploads` from the queue, `listing`."""

from collections.abc import Iterable, Sequence

import dagster as dg

from dancer_pipeline import failpoints
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.identity import Upload
from dancer_pipeline.lifecycle import come_back
from dancer_pipeline.logfile import logged
from dancer_pipeline.places import bucket_place
from dancer_pipeline.settings import Settings
from dancer_pipeline.sources import Ignored
from dancer_pipeline.states import State

ARRIVALS_PER_TICK = 200
"""What a tick records at the most, so that it stays short; the next one takes more."""

ARRIVALS = (
    dg.AssetSpec(
        "uploaded_video",
        partitions_def=videos,
        group_name="intake",
        kinds={"file"},
        description="A version of a video that has arrived, as the ledger recorded it.",
    ),
    dg.AssetSpec(
        "ledger_summary",
        group_name="intake",
        kinds={"sql"},
        description="How many uploads are in each state, and what is unfinished.",
    ),
)
"""What nothing here makes: the sensors say of both how they stand."""


def build_uploads(settings: Settings) -> dg.SensorDefinition:
    """Build the sensor that is told of uploads by the queue."""

    @dg.sensor(
        minimum_interval_seconds=settings.tick_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Records the uploads that the queue tells of, then acknowledges the messages.",
    )
    @logged
    def uploads(
        context: dg.SensorEvaluationContext, stores: dg.ResourceParam[Stores]
    ) -> dg.SensorResult | dg.SkipReason:
        taken = stores.intake.take_in()
        for message_id, why in taken.left.items():
            context.log.warning("message %s stays in the queue: %s", message_id, why)
        for note in taken.notes:
            context.log.info("%s", note)
        if not taken.uploads:
            return dg.SkipReason(_words(taken.received, len(taken.left)))
        return _arrived(taken.uploads)

    return uploads


def build_listing(settings: Settings) -> dg.SensorDefinition:
    """Build the sensor that finds what nobody told of; of a folder it is the only one."""
    is_bucket = bucket_place(settings.source) is not None

    @dg.sensor(
        minimum_interval_seconds=settings.listing_s if is_bucket else settings.tick_s,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Records every settled video of the source that the ledger does not know.",
    )
    @logged
    def listing(
        context: dg.SensorEvaluationContext, stores: dg.ResourceParam[Stores]
    ) -> dg.SensorResult:
        page = stores.source.page(context.cursor or None)
        _record_ignored(stores, page.ignored)
        unknown = stores.ledger.unknown(page.uploads)
        new = stores.ledger.record(unknown[:ARRIVALS_PER_TICK], found_by="listing")
        failpoints.reach("after_ledger_commit")
        _take_back(stores, page.uploads)
        is_done = len(unknown) <= ARRIVALS_PER_TICK
        cursor = (page.next_cursor or "") if is_done else context.cursor
        if not new:
            return dg.SensorResult(skip_reason="nothing new", cursor=cursor)
        return _arrived(new, cursor)

    return listing


def _words(received: int, left: int) -> str:
    if not received:
        return "the queue is empty"
    return f"{received} messages, nothing new in them; {left} of them stay in the queue"


def _arrived(uploads: Sequence[Upload], cursor: str | None = None) -> dg.SensorResult:
    """Tell Dagster of new videos: a partition each, and an event that starts their lineage."""
    return dg.SensorResult(
        dynamic_partitions_requests=[add_partitions({upload.video_id for upload in uploads})],
        asset_events=[_event(upload) for upload in uploads],
        cursor=cursor,
    )


def add_partitions(video_ids: Iterable[str]) -> dg.AddDynamicPartitionsRequest:
    """Ask for partitions; those that are there already stay as they are."""
    return videos.build_add_request(sorted(video_ids))


def _record_ignored(stores: Stores, ignored: Sequence[Ignored]) -> None:
    for reason in {found.reason for found in ignored}:
        uploads = [found.upload for found in ignored if found.reason == reason]
        stores.ledger.record(uploads, state=State.IGNORED, reason=reason, found_by="listing")


def _take_back(stores: Stores, uploads: Sequence[Upload]) -> None:
    """Open the rows of versions that were gone and are there again."""
    for row in stores.ledger.away(uploads):
        # The page may be older than the row's end, so only a look at the source itself counts.
        if stores.source.exists(row):
            stores.ledger.change(row, **come_back(row))


def _event(upload: Upload) -> dg.AssetMaterialization:
    return dg.AssetMaterialization(
        "uploaded_video",
        partition=upload.video_id,
        description=upload.key,
        metadata={
            "key": upload.key,
            "bucket": upload.bucket,
            "version": upload.version,
            "size_bytes": upload.size_bytes,
            "uploaded_at": dg.MetadataValue.timestamp(upload.uploaded_at),
        },
        tags={"dagster/data_version": upload.version},
    )
