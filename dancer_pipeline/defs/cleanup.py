"""The gate and what it guards: the check per video, the delete of exactly one version.

Everything that deletes calls the gate's own predicate right before it, has a dry run, and leaves
audit rows.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from dancer_pipeline import failpoints
from dancer_pipeline.defs.partitions import videos
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.defs.versions import row_of
from dancer_pipeline.gate import Verdict, judge
from dancer_pipeline.manifests import UnreadableManifestError
from dancer_pipeline.sources import Deletion
from dancer_pipeline.states import Problem, Row, State


def judge_row(stores: Stores, row: Row, run_id: str) -> Verdict:
    """Read back everything that is stored about a version, and judge it.

    A refusal is noted in the ledger, so that the dispatcher has the version analysed again.
    """
    try:
        manifest = stores.results.manifest(row.video_id, row.version)
    except UnreadableManifestError as error:
        verdict = Verdict((str(error),))
    else:
        stored = stores.results.fingerprints(manifest) if manifest else {}
        verdict = judge(row, manifest, stored)
    if not verdict.passed and row.state is State.ANALYSED:
        stores.ledger.note_problem(
            row.video_id, row.version, Problem.GATE_REFUSED, verdict.refusal, run_id
        )
    return verdict


# The UI shows the gate per video only through this preview parameter; dagster is pinned for it.
warnings.filterwarnings("ignore", "Specifying a partitions_def on an AssetCheckSpec")


@dg.asset_check(
    asset="manifest",
    partitions_def=videos,
    blocking=True,
    description="Is every analysis of exactly this version safely stored?",
)
def analysis_complete(
    context: dg.AssetCheckExecutionContext, stores: dg.ResourceParam[Stores]
) -> dg.AssetCheckResult:
    """Show the gate's verdict per video in the UI."""
    row = row_of(stores, context.partition_key, context.run)
    verdict = judge_row(stores, row, context.run.run_id)
    return dg.AssetCheckResult(
        passed=verdict.passed,
        description=_in_words(verdict, row),
        metadata={
            "video": row.key,
            "version": row.version,
            "results_read_back": verdict.checked,
            "decoded_share": verdict.coverage if verdict.coverage is not None else "unknown",
        },
    )


def _in_words(verdict: Verdict, row: Row) -> str:
    """Say what was found; where the source is gone already, nothing is refused by it."""
    if row.deleted_at is None:
        return verdict.refusal or "every analysis is stored and unchanged"
    gone = f"the source went on {row.deleted_at:%Y-%m-%d %H:%M} UTC; "
    if verdict.passed:
        return f"{gone}every analysis is stored and unchanged"
    return f"{gone}what is stored is no longer whole: {'; '.join(verdict.reasons)}"


@dg.asset(
    partitions_def=videos,
    deps=["manifest"],
    group_name="cleanup",
    kinds={"file"},
    description="The uploaded file of this version is deleted, through the gate.",
)
def source_object_deleted(
    context: dg.AssetExecutionContext, stores: dg.ResourceParam[Stores]
) -> dg.MaterializeResult[Any]:
    """Judge once more, delete the version, leave the audit, close the row."""
    row = row_of(stores, context.partition_key, context.run)
    verdict = judge_row(stores, row, context.run.run_id)
    if not verdict.passed:
        raise dg.Failure(verdict.refusal, allow_retries=False)
    failpoints.reach("after_gate")
    with _refusal_noted(stores, row, context.run.run_id):
        outcome = delete_source(stores, row, action="cleanup", run_id=context.run.run_id)
    if outcome is not None:
        close(stores, row, outcome, context.run.run_id)
    return dg.MaterializeResult(
        metadata={"video": row.key, "outcome": str(outcome or "dry run: nothing was deleted")}
    )


@contextmanager
def _refusal_noted(stores: Stores, row: Row, run_id: str) -> Iterator[None]:
    """Write down why a source could not be deleted; the dispatcher has it tried again."""
    try:
        yield
    except Exception as error:
        words = f"the source could not be deleted: {error}"
        stores.ledger.note(row.video_id, row.version, reason=words[:2000], run_id=run_id)
        stores.ledger.audit(
            row.video_id, row.version, "cleanup", words[:2000], is_dry_run=False, run_id=run_id
        )
        raise


def delete_source(
    stores: Stores, row: Row, *, action: str, run_id: str | None, is_dry_run: bool | None = None
) -> Deletion | None:
    """Delete one version of a source between two audit rows; None for a dry run."""
    if is_dry_run is None:
        is_dry_run = stores.settings.cleanup != "on"

    def audit(outcome: str) -> None:
        stores.ledger.audit(
            row.video_id, row.version, action, outcome, is_dry_run=is_dry_run, run_id=run_id
        )

    if is_dry_run:
        audit("would be deleted")
        return None
    audit("about to be deleted")
    outcome = stores.source.delete(row)
    failpoints.reach("before_audit")
    audit(str(outcome))
    return outcome


def close(stores: Stores, row: Row, outcome: Deletion, run_id: str) -> None:
    """Write into the ledger that the source of a version is no longer there."""
    if row.deleted_at and outcome is Deletion.ALREADY_GONE:
        return  # asked for by hand once more: when it went, and why, is on record
    words = None if outcome is Deletion.DELETED else f"the source was {outcome}"
    stores.ledger.note(
        row.video_id,
        row.version,
        state=State.COMPLETED,
        cleanup_pending=False,
        problem=None,
        reason=words,
        deleted_at=None if outcome is Deletion.REPLACED else datetime.now(UTC),
        not_before=None,
        run_id=run_id,
    )
