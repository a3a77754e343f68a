"""One asset per discovered analysis; nothing about a particular analysis is written here."""

import time
from collections.abc import Mapping
from typing import Any

import dagster as dg
import pandas as pd

from dancer_pipeline.analyses import Analysis, run
from dancer_pipeline.defs.io_manager import column_schema
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.pictures import as_picture
from dancer_pipeline.defs.pixel_assets import TRANSIENT
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import work


def build_analysis_asset(analysis: Analysis) -> dg.AssetsDefinition:
    """Build the asset that runs one analysis on the stored tables of a video."""

    @dg.asset(
        name=analysis.name,
        description=analysis.description,
        partitions_def=videos,
        group_name="analyses",
        kinds={"pandas", "parquet"},
        ins={name: dg.AssetIn() for name in analysis.inputs},
        io_manager_key="tables",
        retry_policy=TRANSIENT,
        code_version=analysis.method_version,
        metadata={"dagster/column_schema": column_schema(analysis.table)},
    )
    def analyse(
        context: dg.AssetExecutionContext, stores: dg.ResourceParam[Stores], **tables: pd.DataFrame
    ) -> dg.MaterializeResult:  # type: ignore[type-arg]
        started = time.monotonic()
        with work(context, stores):
            result = run(analysis, tables)
        seconds = time.monotonic() - started
        return dg.MaterializeResult(
            value=result,
            metadata={"seconds_taken": round(seconds, 3), **_shown(analysis, result)},
        )

    return analyse


def _shown(analysis: Analysis, result: pd.DataFrame) -> Mapping[str, Any]:
    """Return what an operator wants to see of a result."""
    if analysis.is_metrics:
        counts = result["status"].value_counts()
        return {"metrics": metrics_markdown(result)} | {
            str(status): int(count) for status, count in counts.items()
        }
    if {"joint", "side", "image_deg", "time_s"} <= set(result.columns):
        from dancer_pipeline.report.plots import angle_plot_png

        return {"angles": as_picture(angle_plot_png(result))}
    return {"first_rows": dg.MetadataValue.md(result.head(5).to_markdown(index=False))}


def metrics_markdown(metrics: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """Return metric rows as a table for the UI."""
    shown = metrics[["metric", "side", "value", "unit", "n", "status", "advice"]]
    return dg.MetadataValue.md(shown.astype(object).fillna("").to_markdown(index=False))
