"""Every table's declaration by name, and what each result is made from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import dagster as dg

from dancer_pipeline.analyses import Analysis
from dancer_pipeline.comparison.tables import VIDEO_COMPARISON, VIDEO_COMPARISON_CURVES
from dancer_pipeline.findings import FINDINGS
from dancer_pipeline.metrics import POSE_METRICS
from dancer_pipeline.options import UPLOAD_OPTIONS
from dancer_pipeline.pose.keypoints import POSE_KEYPOINTS
from dancer_pipeline.pose.tables import MIRROR_ERROR, PEOPLE
from dancer_pipeline.tables import Table
from dancer_pipeline.video.tables import SOURCE_VIDEO, VIDEO_EXTRACTS


def table_catalogue(analyses: Mapping[str, Analysis]) -> dict[str, Table]:
    """Return every stored table: the pipeline's own and one per analysis."""
    pixels = (SOURCE_VIDEO, UPLOAD_OPTIONS, POSE_KEYPOINTS, PEOPLE, MIRROR_ERROR, VIDEO_EXTRACTS)
    of_pairs = (VIDEO_COMPARISON, VIDEO_COMPARISON_CURVES)
    return {table.name: table for table in (*pixels, POSE_METRICS, FINDINGS, *of_pairs)} | {
        name: analysis.table for name, analysis in analyses.items()
    }


@dataclass(frozen=True)
class Recipe:
    """What a result is made from, and the version of the code that makes it."""

    made_from: frozenset[str]
    code_version: str | None


def asset_graph(assets: Iterable[dg.AssetsDefinition]) -> dict[str, Recipe]:
    """Return each asset's recipe, in an order in which they can be made."""
    return {
        spec.key.path[-1]: Recipe(
            frozenset(dep.asset_key.path[-1] for dep in spec.deps), spec.code_version
        )
        for asset in assets
        for spec in asset.specs
    }
