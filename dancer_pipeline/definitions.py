"""The code location: lists only."""

import os

import dagster as dg

from dancer_pipeline.analyses import discover
from dancer_pipeline.defs.analysis_assets import build_analysis_asset
from dancer_pipeline.defs.arrivals import ARRIVALS
from dancer_pipeline.defs.catalogue import asset_graph, table_catalogue
from dancer_pipeline.defs.cleanup import analysis_complete, source_object_deleted
from dancer_pipeline.defs.comparison import compare_videos_job
from dancer_pipeline.defs.io_manager import TableIOManager
from dancer_pipeline.defs.jobs import build_jobs
from dancer_pipeline.defs.monitoring import build_monitoring
from dancer_pipeline.defs.pixel_assets import PIXEL_ASSETS
from dancer_pipeline.defs.result_assets import (
    build_pose_metrics,
    findings,
    manifest,
    report,
    required_results,
)
from dancer_pipeline.defs.retention import (
    build_schedules,
    expire_previews,
    expire_sources,
    forget_runs,
)
from dancer_pipeline.defs.sensors import build_sensors
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.old_names import unread
from dancer_pipeline.settings import Settings


def build_defs(settings: Settings) -> dg.Definitions:
    """Build the code location for one deployment's settings."""
    analyses = discover(settings.analyses)
    stores = Stores(settings, required_results(analyses))
    assets = [
        *PIXEL_ASSETS,
        *(build_analysis_asset(analysis) for analysis in analyses.values()),
        build_pose_metrics(analyses),
        findings,
        report,
        manifest,
    ]
    jobs = build_jobs(analyses)
    return dg.Definitions(
        assets=[*ARRIVALS, *assets, source_object_deleted],
        asset_checks=[analysis_complete],
        jobs=[*jobs, compare_videos_job, expire_sources, expire_previews, forget_runs],
        sensors=[
            *build_sensors(settings, jobs, asset_graph(assets)),
            *build_monitoring(settings),
        ],
        schedules=build_schedules(settings),
        resources={"stores": stores, "tables": TableIOManager(stores, table_catalogue(analyses))},
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Load the code location from the environment."""
    for words in unread(os.environ):
        dg.get_dagster_logger().warning(words)
    return build_defs(Settings.load())
