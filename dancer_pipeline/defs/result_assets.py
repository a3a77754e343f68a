"""What is made of the analyses: metrics, findings, the report, and the manifest, written last.

These assets read whatever is stored, so that a video of which one analysis failed for good still
gets a report that says what is missing.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg
import pandas as pd

from dancer_pipeline import __version__
from dancer_pipeline.analyses import Analysis
from dancer_pipeline.defs.analysis_assets import metrics_markdown
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.pixel_assets import PIXEL_ASSETS, TRANSIENT, Result, StoresParam
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import Work, work
from dancer_pipeline.gate import Manifest
from dancer_pipeline.lifecycle import OPEN_STATES, Outcome, State

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

    @dg.asset(deps=names, description="Every metric of every analysis.", **TABLE)
    def pose_metrics(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
        from dancer_pipeline.summary import collect

        with work(context, stores) as job:
            metrics = collect(_stored(stores, job, names), analyses)
        counts = {str(status): int(n) for status, n in metrics["status"].value_counts().items()}
        return dg.MaterializeResult(
            value=metrics, metadata={"metrics": metrics_markdown(metrics), **counts}
        )

    return pose_metrics


@dg.asset(
    deps=["pose_metrics"],
    description="What stands out: severity, words, cue and the frames that show it.",
    **TABLE,
)
def findings(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Apply the versioned rules to the metrics."""
    from dancer_pipeline.findings import findings as find

    with work(context, stores) as job:
        found = find(_stored(stores, job, ["pose_metrics"])["pose_metrics"])
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
    from dancer_pipeline.report import make_report

    result = make_report(
        stores.results.read_all_tables(job.row.video_id, job.row.version),
        preview=_preview(stores, job),
        title=job.upload.file_name,
        failure=job.row.reason if job.row.state is State.FAILED else None,
        include_frames=stores.settings.include_frames,
    )
    document = json.dumps(result.document, allow_nan=False, separators=(",", ":"))
    return result.html, document.encode()


def _preview(stores: Stores, job: Work) -> bytes | None:
    try:
        return stores.results.read_bytes("preview", job.row.video_id, job.row.version, "mp4")
    except FileNotFoundError:
        return None


def _conclude(stores: Stores, job: Work) -> Manifest:
    """Write the manifest, then tell the ledger: a kill in between is mended by the dispatcher."""
    from dancer_pipeline.summary import decoded_share, nothing_measured

    row, results = job.row, stores.results
    begun = results.manifest(row.video_id, row.version) or results.begin(job.upload, (), {})
    tables = _stored(stores, job, ["source_video", "pose_keypoints", "pose_metrics"])
    outcome, reason = _outcome(begun, job, nothing_measured(tables))
    final = results.conclude(begun, outcome, coverage=decoded_share(tables), reason=reason)
    is_whole = outcome in (Outcome.COMPLETE, Outcome.NOTHING_MEASURED)
    if is_whole and row.state in (*OPEN_STATES, State.FAILED):
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


def _outcome(manifest: Manifest, job: Work, unmeasured: str | None) -> tuple[Outcome, str | None]:
    if manifest.required and not manifest.missing:
        return (Outcome.NOTHING_MEASURED, unmeasured) if unmeasured else (Outcome.COMPLETE, None)
    if "source_video" not in manifest.results:
        return Outcome.FAILED, job.row.reason or "the video could not be read"
    why = f": {job.row.reason}" if job.row.state is State.FAILED else ""
    return Outcome.PARTIAL, f"without {', '.join(manifest.missing)}{why}"
