"""One partition per video, and the tags that tell a run which version it is about."""

import dagster as dg

VIDEOS = "videos"
videos = dg.DynamicPartitionsDefinition(name=VIDEOS)

VERSION_TAG = "dancer/version"
KIND_TAG = "dancer/kind"
ATTEMPT_TAG = "dancer/attempt"
PARTITION_TAG = "dagster/partition"
