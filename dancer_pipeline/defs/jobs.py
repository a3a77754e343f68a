"""The jobs: analyse a video, report on one that failed, clean up, re-analyse from stored tables."""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from dancer_pipeline.analyses import Analysis
from dancer_pipeline.states import Kind

RESULTS = ("pose_metrics", "findings", "report", "manifest")

JOB_NAMES = {
    Kind.ANALYZE: "analyze_video",
    Kind.REPORT: "report_video",
    Kind.CLEANUP: "cleanup",
}


def build_jobs(analyses: Mapping[str, Analysis]) -> list[Any]:
    """Build every job over the videos; each runs in the one process of its run worker."""
    everything = dg.AssetSelection.all() - dg.AssetSelection.assets(
        "source_object_deleted", "uploaded_video", "ledger_summary"
    )
    results = dg.AssetSelection.assets(*RESULTS)
    check = dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("manifest"), "analysis_complete"))
    from_tables = dg.AssetSelection.assets(*analyses, *RESULTS)
    return [
        _job(
            JOB_NAMES[Kind.ANALYZE], everything.without_checks(), "Analyse one video, end to end."
        ),
        _job(
            JOB_NAMES[Kind.REPORT],
            results | check,
            "Report on a video whose analysis failed for good: what is there and what is missing.",
        ),
        _job(
            JOB_NAMES[Kind.CLEANUP],
            dg.AssetSelection.assets("source_object_deleted") | check,
            "Delete the source of a video, if the gate agrees.",
        ),
        _job(
            "reanalyse",
            from_tables.without_checks(),
            "Apply today's analyses to stored tables; needs no source.",
        ),
    ]


def _job(name: str, selection: dg.AssetSelection, description: str) -> Any:
    return dg.define_asset_job(
        name, selection, description=description, executor_def=dg.in_process_executor
    )
