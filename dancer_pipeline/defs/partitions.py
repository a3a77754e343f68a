"""One partition per video, and the tags that say what a run is about and how it ended."""

import dagster as dg

VIDEOS = "videos"
videos = dg.DynamicPartitionsDefinition(name=VIDEOS)

VERSION_TAG = "dancer/version"
KIND_TAG = "dancer/kind"
ATTEMPT_TAG = "dancer/attempt"
PARTITION_TAG = "dagster/partition"
MEMORY_TAG = "ecs/memory"
NOT_LAUNCHED_TAG = "dancer/not_launched"
OUT_OF_MEMORY_TAG = "dancer/out_of_memory"
LOST_TAG = "dancer/lost_because"
