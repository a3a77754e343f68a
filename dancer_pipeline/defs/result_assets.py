"""What is made of the analyses: metrics, findings, the report, and the manifest, written last.

These assets read whatever is stored, so that a video of which one analysis failed for good still
gets a report that says what is missing.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

import dagster as dg
import pandas as pd

from dancer_pipeline import __version__
from dancer_pipeline.analyses import Analysis
from dancer_pipeline.defs.analysis_assets import metrics_markdown
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.pixel_assets import (
    PIXEL_ASSETS,
    TRANSIENT,
    Result,
    StoresParam,
    software,
)
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import Work, work
from dancer_pipeline.gate import Manifest
from dancer_pipeline.lifecycle import OPEN_STATES, WHOLE, State
from dancer_pipeline.metrics import collect
from dancer_pipeline.outcome import decoded_share, outcome_of

PIXEL_TABLES = ("source_video", "pose_keypoints", "video_extracts")

RESULT: dict[str, Any] = {
    "partitions_def": videos,
    "group_name": "results",
    "retry_policy": TRANSIENT,
    "code_version": __version__,
}
TABLE = RESULT | {"io_manager_key": "tables", "kinds": {"pandas", "parquet"}}


def required_results(analyses: Iterable[str]) -> tuple[str, ...]:
    """Return the names of everything that a version must store before its source may go."""
    pixels = [asset.key.path[-1] for asset in PIXEL_ASSETS]
    return (*pixels, *analyses, "pose_metrics", "findings", "report", "report_json")


def build_pose_metrics(analyses: Mapping[str, Analysis]) -> dg.AssetsDefinition:
    """Build the asset that collects every metric of every analysis."""
    names = [*PIXEL_TABLES, *analyses]
    expected = {name: one.method_version for name, one in analyses.items() if one.is_metrics}

    @dg.asset(deps=names, description="Every metric of every analysis.", **TABLE)
    def pose_metrics(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
        with work(context, stores) as job:
            metrics = collect(_stored(stores, job, expected), expected)
        counts = {str(status): int(n) for status, n in metrics["status"].value_counts().items()}
        return dg.MaterializeResult(
            value=metrics, metadata={"metrics": metrics_markdown(metrics), **counts}
        )

    return cast(dg.AssetsDefinition, pose_metrics)


@dg.asset(
    deps=["pose_metrics"],
    description="What stands out: severity, words, cue and the frames that show it.",
    **TABLE,
)
def findings(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Apply the versioned rules to the metrics."""
    from dancer_pipeline.findings.assessment import findings as find

    with work(context, stores) as job:
        tables = _stored(stores, job, ["pose_metrics", "camera_view"])
        found = find(tables["pose_metrics"], tables.get("camera_view"))
    shown = found[["severity", "headline"]].to_markdown(index=False) if len(found) else "none"
    return dg.MaterializeResult(
        value=found, metadata={"findings": len(found), "list": dg.MetadataValue.md(shown)}
    )


@dg.asset(
    deps=["findings", "pose_metrics", "preview"],
    kinds={"html"},
    description="The report: one self-contained page, and one JSON document.",
    **RESULT,
)
def report(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Make the page and the document from stored tables and the preview."""
    with work(context, stores) as job:
        page, document = _make_report(stores, job)
        html = _write(stores, job, "report", page.encode(), suffix="html")
        _write(stores, job, "report", document, suffix="json", entry="report_json")
    return dg.MaterializeResult(
        metadata={"page": dg.MetadataValue.path(html), "size_bytes": len(page.encode())}
    )


@dg.asset(
    deps=["report"],  # which follows everything else
    kinds={"json"},
    description="What is stored about this version and how its analysis ended. Written last.",
    **RESULT,
)
def manifest(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Close the version: what is stored, what is missing, how much was decoded."""
    with work(context, stores) as job:
        final = _conclude(stores, job)
    return dg.MaterializeResult(
        metadata={
            "outcome": str(final.outcome),
            "decoded_share": final.coverage if final.coverage is not None else "unknown",
            "reason": final.reason or "",
            "stored": len(final.results),
            "missing": ", ".join(final.missing) or "nothing",
        }
    )


def _stored(stores: Stores, job: Work, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    return stores.results.read_stored_tables(names, job.row.video_id, job.row.version)


def _write(stores: Stores, job: Work, name: str, content: bytes, **options: Any) -> str:
    written = stores.results.write_bytes(
        name, content, job.upload, code_version=__version__, run_id=job.run_id, **options
    )
    return written.uri


def _make_report(stores: Stores, job: Work) -> tuple[str, bytes]:
    from dancer_pipeline.report.making import make_report

    tables = stores.results.read_all_tables(job.row.video_id, job.row.version)
    absent = [name for name in _absent(stores, job) if not name.startswith("report")]
    outcome, reason = outcome_of(tables, missing=absent, failure=_failure(job))
    made = make_report(
        tables,
        preview=_preview(stores, job),
        title=job.upload.file_name,
        outcome=outcome,
        reason=reason,
        missing={name: _failure(job) or "it was not run" for name in absent},
        versions=software(),
        include_frames=stores.settings.include_frames,
    )
    document = json.dumps(made.document, allow_nan=False, separators=(",", ":"))
    return made.html, document.encode()


def _absent(stores: Stores, job: Work) -> tuple[str, ...]:
    found = stores.results.manifest(job.row.video_id, job.row.version)
    return found.missing if found else stores.required


def _failure(job: Work) -> str | None:
    return job.row.reason if job.row.state is State.FAILED else None


def _preview(stores: Stores, job: Work) -> bytes | None:
    try:
        return stores.results.read_bytes("preview", job.row.video_id, job.row.version, "mp4")
    except FileNotFoundError:
        return None


def _conclude(stores: Stores, job: Work) -> Manifest:
    """Write the manifest, then tell the ledger: a kill in between is mended by the dispatcher."""
    row, results = job.row, stores.results
    begun = results.manifest(row.video_id, row.version) or results.begin(
        job.upload, stores.required, software()
    )
    tables = _stored(stores, job, ["source_video", "pose_keypoints", "pose_metrics"])
    outcome, reason = outcome_of(tables, missing=begun.missing, failure=_failure(job))
    final = results.conclude(begun, outcome, coverage=decoded_share(tables), reason=reason)
    if outcome in WHOLE and row.state in (*OPEN_STATES, State.FAILED):
        stores.ledger.note(
            row.video_id,
            row.version,
            state=State.ANALYSED,
            problem=None,
            reason=reason,
            not_before=None,
            report_pending=False,
            run_id=job.run_id,
        )
    return final
