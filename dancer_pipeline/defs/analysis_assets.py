"""One asset per discovered analysis; nothing about a particular analysis is written here."""

from typing import Any

import dagster as dg
import pandas as pd

from dancer_pipeline.analyses import LATER_TABLES, Analysis, run
from dancer_pipeline.defs.display import analysis_shown, metrics_shown, schema_of
from dancer_pipeline.defs.io_manager import MAY_BE_ABSENT
from dancer_pipeline.defs.partitions import videos
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
        ins={name: _input(name) for name in analysis.inputs},
        io_manager_key="tables",
        code_version=analysis.method_version,
        metadata=schema_of(analysis.table),
    )
    def analyse(
        context: dg.AssetExecutionContext, stores: dg.ResourceParam[Stores], **tables: pd.DataFrame
    ) -> dg.MaterializeResult[Any]:
        with work(context, stores) as job:
            result = run(analysis, tables)
            is_metrics, table = analysis.is_metrics, analysis.table
            shown = metrics_shown(result) if is_metrics else analysis_shown(table, result)
        return dg.MaterializeResult(value=result, metadata=job.shown(shown))

    return analyse


def _input(name: str) -> dg.AssetIn:
    return dg.AssetIn(metadata={MAY_BE_ABSENT: name in LATER_TABLES})
