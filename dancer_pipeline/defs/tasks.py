"""The ECS task of a requested run, as tags that the run launcher reads: its size and capacity."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.lifecycle import too_little_mib
from dancer_pipeline.manifests import UnreadableManifestError
from dancer_pipeline.sizing import TaskSize, analysis_size, cleanup_size
from dancer_pipeline.states import Kind, Row, Run
from dancer_pipeline.video.tables import SOURCE_VIDEO

SPOT, ON_DEMAND = "FARGATE_SPOT", "FARGATE"


def task_tags(
    stores: Stores, row: Row, kind: Kind, attempt: int, runs: Sequence[Run]
) -> dict[str, str]:
    """Return the tags of a run's task; none where runs are processes of this machine."""
    capacity = stores.settings.ecs_capacity
    if capacity is None:
        return {}
    size = _size(stores, row, kind, runs)
    # A report is asked for once, and a task that was lost to Spot may be so again.
    may_be_spot = capacity == "spot" and attempt == 1 and kind is not Kind.REPORT
    provider = SPOT if may_be_spot else ON_DEMAND
    strategy = [{"capacityProvider": provider, "weight": 1}]
    return {
        "ecs/cpu": str(size.cpu_units),
        "ecs/memory": str(size.memory_mib),
        "ecs/ephemeral_storage": str(size.ephemeral_gib),
        "ecs/run_task_kwargs": json.dumps({"capacityProviderStrategy": strategy}),
    }


def _size(stores: Stores, row: Row, kind: Kind, runs: Sequence[Run]) -> TaskSize:
    if kind is Kind.CLEANUP:
        return cleanup_size(too_little_mib((Kind.CLEANUP,), runs))
    more_than_mib = too_little_mib((Kind.ANALYZE, Kind.REPORT), runs)
    pixels, frames = _seen(stores, row)
    return analysis_size(row.size_bytes, pixels=pixels, frames=frames, more_than_mib=more_than_mib)


def _seen(stores: Stores, row: Row) -> tuple[int | None, int | None]:
    """Return pixels and frames as an attempt at this version, or at the one before, saw them."""
    others = [it.version for it in stores.ledger.of_video(row.video_id)]
    for version in list(dict.fromkeys([row.version, *others]))[:2]:
        facts = _facts(stores, row.video_id, version)
        if facts is not None:
            frames = facts["duration_s"] * facts["sample_rate_hz"]
            pixels = int(facts["stored_width_px"]) * int(facts["stored_height_px"])
            return pixels, 1 if pd.isna(frames) else round(float(frames))
    return None, None


def _facts(stores: Stores, video_id: str, version: str) -> "pd.Series[Any] | None":
    try:
        stored = stores.results.read_stored_tables([SOURCE_VIDEO.name], video_id, version)
    except UnreadableManifestError:
        return None
    return stored[SOURCE_VIDEO.name].iloc[0] if stored else None
