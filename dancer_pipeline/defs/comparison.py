"""Two videos of one movement compared, as a job over a pair. It reads stored tables only.

There are as many pairs as there are questions, so a pair is config and no partition.
"""

from typing import Any

import dagster as dg
from pydantic import Field

from dancer_pipeline import __version__
from dancer_pipeline.comparison.recording import TABLES_READ, Recording
from dancer_pipeline.comparison.tables import VIDEO_COMPARISON, VIDEO_COMPARISON_CURVES
from dancer_pipeline.comparison.videos import VideoComparison, compare_videos
from dancer_pipeline.defs.in_process import run_here
from dancer_pipeline.defs.retries import retried
from dancer_pipeline.defs.runs import BUSY, is_busy
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.identity import pair
from dancer_pipeline.look_up import known
from dancer_pipeline.results import Written
from dancer_pipeline.states import Outcome, Row, State

COMPARE_JOB, COMPARE_OP = "compare_videos", "compare"

COMPARISON_LIMIT_S = 600
"""Dagster ends a run that takes longer; half an hour of each video is compared within a second."""


class CompareConfig(dg.Config):
    """Which two videos to compare."""

    video_a: str = Field(description="Id of the first video, as `dancer status` lists it.")
    video_b: str = Field(description="Id of the second; differences are second less first.")
    version_a: str | None = Field(None, description="One of its versions; the newest if not given.")
    version_b: str | None = Field(None, description="One of its versions; the newest if not given.")


@dg.op(
    name=COMPARE_OP,
    description="Compare two videos of one movement, or say why not.",
)
def compare(
    context: dg.OpExecutionContext, config: CompareConfig, stores: dg.ResourceParam[Stores]
) -> None:
    """Compare the stored tables of both, and store what differs and a page about it."""
    with retried(context.retry_number):
        _compare(context, config, stores)


def _compare(context: dg.OpExecutionContext, config: CompareConfig, stores: Stores) -> None:
    try:
        first = analysed(stores, config.video_a, config.version_a)
        second = analysed(stores, config.video_b, config.version_b)
        refuse_same(first, second)
        _refuse_busy(context.instance, first, second)
    except ValueError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    found = compare_videos(recording(stores, first), recording(stores, second))
    page = store(stores, first, second, found, context.run.run_id)
    for words in found.refusals:
        context.log.warning("not compared: %s", words)
    shown = {
        "refused": "; ".join(found.refusals) or "no",
        "differences_beyond_error": int(sum(one is True for one in found.differences["is_beyond"])),
        "page": dg.MetadataValue.path(page.uri),
        "table": dg.MetadataValue.path(
            stores.results.uri(VIDEO_COMPARISON.name, pair(first, second))
        ),
    }
    context.add_output_metadata(shown)


@dg.job(
    name=COMPARE_JOB,
    description="Compare two videos of one movement from stored tables; needs no source.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": str(COMPARISON_LIMIT_S)},
)
def compare_videos_job() -> None:
    """Run the comparison of one pair."""
    compare()


def run_comparison(
    definitions: dg.Definitions, instance: dg.DagsterInstance, first: Row, second: Row
) -> str | None:
    """Run the job for a pair in this process; return why it failed, None where it did not."""
    pair_config = CompareConfig(
        video_a=first.video_id,
        version_a=first.version,
        video_b=second.video_id,
        version_b=second.version,
    )
    asked = {"ops": {COMPARE_OP: {"config": pair_config.model_dump()}}}
    return run_here(definitions, COMPARE_JOB, instance, config=asked)


def analysed(stores: Stores, video_id: str, version: str | None = None) -> Row:
    """Return the version whose stored tables can be compared.

    Raises
    ------
    ValueError
        The video is not known (with those of similar names), or is not analysed.
    """
    row = known(stores.ledger, video_id, version)
    manifest = stores.results.manifest(row.video_id, row.version)
    if manifest is None or manifest.outcome is Outcome.UNFINISHED:
        why = f": {row.reason}" if row.reason and row.state is State.FAILED else ""
        raise ValueError(f"{video_id} is {row.state}{why}: there is nothing to compare yet")
    return row


def refuse_same(first: Row, second: Row) -> None:
    """Raise ValueError for a video against itself."""
    if (first.video_id, first.version) == (second.video_id, second.version):
        raise ValueError("name two videos: a video does not differ from itself")


def _refuse_busy(instance: dg.DagsterInstance, first: Row, second: Row) -> None:
    """Raise ValueError for tables that a run may be writing."""
    for row in (first, second):
        if is_busy(instance, row.video_id):
            raise ValueError(f"{row.video_id}: {BUSY}")


def recording(stores: Stores, row: Row) -> Recording:
    """Read what a comparison needs of a version, and what it was made with."""
    manifest = stores.results.manifest(row.video_id, row.version)
    results = manifest.results if manifest else {}
    made_by = {name: result.code_version for name, result in results.items()}
    tables = stores.results.read_stored_tables(TABLES_READ, row.video_id, row.version)
    software = manifest.software if manifest else {}
    return Recording(row.video_id, row.version, tables, {**software, **made_by})


def store(stores: Stores, first: Row, second: Row, found: VideoComparison, run_id: str) -> Written:
    """Store both tables and the page; return where the page is.

    A pair is complete where it has the table `video_comparison`: an earlier one is withdrawn
    before anything is written, and the new one is written last.
    """
    from dancer_pipeline.report.comparison_page import comparison_page

    of_pair, results = pair(first, second), stores.results
    made: dict[str, Any] = {"code_version": __version__, "run_id": run_id}
    titles = (first.file_name, second.file_name)
    page = comparison_page(found.differences, found.curves, titles=titles).encode()
    results.withdraw(VIDEO_COMPARISON.name, of_pair)
    results.write_table(VIDEO_COMPARISON_CURVES, found.curves, of_pair, **made)
    written = results.write_bytes(VIDEO_COMPARISON.name, page, of_pair, suffix="html", **made)
    results.write_table(VIDEO_COMPARISON, found.differences, of_pair, **made)
    return written
