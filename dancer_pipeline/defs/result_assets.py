"""What is made of the analyses: metrics, findings, the report, and the manifest, written last.

These assets read whatever is stored, so that a video of which one analysis failed for good still
gets a report that says what is missing.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
import pandas as pd

from dancer_pipeline import __version__
from dancer_pipeline.analyses import Analysis
from dancer_pipeline.defs.display import (
    findings_shown,
    manifest_shown,
    metrics_shown,
    schema_of,
)
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.pixel_assets import PIXEL_ASSETS, Result, StoresParam
from dancer_pipeline.defs.reading import software
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import Work, work
from dancer_pipeline.findings import FINDINGS
from dancer_pipeline.gate import Manifest
from dancer_pipeline.manifests import MANIFESTS
from dancer_pipeline.metrics import POSE_METRICS, collect
from dancer_pipeline.options import chosen
from dancer_pipeline.outcome import decoded_share, outcome_of
from dancer_pipeline.results import Written
from dancer_pipeline.states import OPEN_STATES, WHOLE, Outcome, State

if TYPE_CHECKING:
    from dancer_pipeline.report.page import Report

PIXEL_TABLES = ("source_video", "pose_keypoints", "people", "mirror_error", "video_extracts")

_JUDGED_BESIDE = ("camera_view", "repetition_form", "repetitions")
"""What findings rest on beside the metrics, in the order of its parameters."""

RESULT: dict[str, Any] = {
    "partitions_def": videos,
    "group_name": "results",
    "code_version": __version__,
}
TABLE = RESULT | {"io_manager_key": "tables", "kinds": {"pandas", "parquet"}}


def required_results(analyses: Iterable[str]) -> tuple[str, ...]:
    """Return the names of everything that a version must store before its source may go."""
    pixels = [spec.key.path[-1] for asset in PIXEL_ASSETS for spec in asset.specs]
    return (*pixels, *analyses, "pose_metrics", "findings", "report", "report_json")


def build_pose_metrics(analyses: Mapping[str, Analysis]) -> dg.AssetsDefinition:
    """Build the asset that collects every metric of every analysis."""
    expected = {name: one.method_version for name, one in analyses.items() if one.is_metrics}

    @dg.asset(
        deps=_ends(analyses),
        description="Every metric of every analysis: value, unit, how sure, and why not.",
        metadata=schema_of(POSE_METRICS),
        **TABLE,
    )
    def pose_metrics(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
        with work(context, stores) as job:
            metrics = collect(_stored(stores, job, expected), expected)
        return dg.MaterializeResult(value=metrics, metadata=job.shown(metrics_shown(metrics)))

    return cast(dg.AssetsDefinition, pose_metrics)


@dg.asset(
    deps=["pose_metrics"],
    description="What stands out: severity, words, cue and the frames that show it.",
    metadata=schema_of(FINDINGS),
    **TABLE,
)
def findings(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Apply the versioned rules to the metrics."""
    from dancer_pipeline.findings.assessment import findings as find

    with work(context, stores) as job:
        tables = _stored(stores, job, ["pose_metrics", *_JUDGED_BESIDE])
        found = find(tables["pose_metrics"], *(tables.get(name) for name in _JUDGED_BESIDE))
    return dg.MaterializeResult(value=found, metadata=job.shown(findings_shown(found)))


@dg.asset(
    deps=["findings", "preview"],  # which follow everything else
    kinds={"report", "html", "json"},
    description="The report: one self-contained page, and one JSON document.",
    **RESULT,
)
def report(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Make the page and the document from stored tables and the preview."""
    with work(context, stores) as job:
        made, outcome = _make_report(stores, job)
        document = json.dumps(made.document, allow_nan=False, separators=(",", ":"))
        page = _write(stores, job, "report", made.html.encode(), suffix="html")
        data = _write(stores, job, "report", document.encode(), suffix="json", entry="report_json")
    shown = {
        "outcome": str(outcome),
        "page": dg.MetadataValue.path(page.uri),
        "page_size_bytes": page.result.size_bytes,
        "document": dg.MetadataValue.path(data.uri),
        "document_size_bytes": data.result.size_bytes,
    }
    return dg.MaterializeResult(metadata=job.shown(shown))


@dg.asset(
    deps=["report"],
    kinds={"json"},
    description="What is stored about this version and how its analysis ended. Written last.",
    **RESULT,
)
def manifest(context: dg.AssetExecutionContext, stores: StoresParam) -> Result:
    """Close the version: what is stored, what is missing, how much was decoded."""
    with work(context, stores) as job:
        final = _conclude(stores, job)
    stored_in = dg.MetadataValue.path(stores.results.uri(MANIFESTS, job.row, "json"))
    shown = {**manifest_shown(final), "stored_in": stored_in}
    return dg.MaterializeResult(metadata=job.shown(shown))


def _ends(analyses: Mapping[str, Analysis]) -> list[str]:
    """Return the tables that nothing else is made from: all others come before one of these."""
    read = {name for analysis in analyses.values() for name in analysis.inputs}
    return [name for name in (*PIXEL_TABLES, *analyses) if name not in read]


def _stored(stores: Stores, job: Work, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    return stores.results.read_stored_tables(names, job.row.video_id, job.row.version)


def _write(stores: Stores, job: Work, name: str, content: bytes, **options: Any) -> Written:
    return stores.results.write_bytes(
        name, content, job.row, code_version=__version__, run_id=job.run_id, **options
    )


def _make_report(stores: Stores, job: Work) -> tuple["Report", Outcome]:
    from dancer_pipeline.report.key_frames import cut_key_frames
    from dancer_pipeline.report.page import report as report_of

    tables = stores.results.read_all_tables(job.row.video_id, job.row.version)
    absent = [name for name in _absent(stores, job) if not name.startswith("report")]
    outcome, reason = outcome_of(tables, missing=absent, failure=_failure(job))
    made = report_of(
        tables,
        title=job.row.file_name,
        outcome=outcome,
        reason=reason,
        key_frames=cut_key_frames(tables, _preview(stores, job)),
        missing={name: _failure(job) or "it was not run" for name in absent},
        versions=_made_with(stores, job),
        include_frames=chosen(
            tables.get("upload_options"), "include_frames", stores.settings.include_frames
        ),
    )
    return made, outcome


def _absent(stores: Stores, job: Work) -> tuple[str, ...]:
    found = stores.results.manifest(job.row.video_id, job.row.version)
    return found.missing if found else stores.required


def _made_with(stores: Stores, job: Work) -> Mapping[str, str]:
    """Return what the pixels were analysed with, which may be older than what runs now."""
    found = stores.results.manifest(job.row.video_id, job.row.version)
    return found.software if found and found.software else software()


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
        job.row, stores.required, software()
    )
    begun = begun.known_to(stores.required)
    tables = _stored(stores, job, ["source_video", "pose_keypoints", "pose_metrics"])
    outcome, reason = outcome_of(tables, missing=begun.missing, failure=_failure(job))
    final = results.conclude(begun, outcome, coverage=decoded_share(tables), reason=reason)
    if outcome in WHOLE and row.state in (*OPEN_STATES, State.FAILED):
        stores.ledger.note(
            row.video_id,
            row.version,
            state=State.ANALYSED,
            analysed_at=datetime.now(UTC),
            problem=None,
            reason=reason,
            not_before=None,
            report_pending=False,
            run_id=job.run_id,
        )
    return final
