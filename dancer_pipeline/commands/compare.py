"""Comparing two videos, shown on the command line."""

from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dancer_pipeline.commands.dagster_dev import dagster_home
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.wording import visible
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Row


def compare_two(first_id: str, second_id: str, console: Console) -> bool:
    """Compare two videos by the job `compare_videos` and show what differs.

    Returns
    -------
    Whether they could be compared.

    Raises
    ------
    CommandError
        One of them is not known or not analysed, or the job failed.
    """
    from dancer_pipeline.comparison.tables import VIDEO_COMPARISON
    from dancer_pipeline.defs.comparison import analysed
    from dancer_pipeline.defs.stores import Stores
    from dancer_pipeline.identity import pair

    settings = Settings.load()
    stores = Stores(settings)
    if first_id == second_id:
        raise CommandError("name two videos: a video does not differ from itself")
    first, second = analysed(stores, first_id), analysed(stores, second_id)
    _run(settings, first, second)
    of_pair = pair(first, second)
    rows = stores.results.read_table(VIDEO_COMPARISON.name, of_pair.video_id, of_pair.version)
    is_compared = _show(rows, console)
    page = stores.results.uri(VIDEO_COMPARISON.name, of_pair, "html")
    console.print(f"page: {page}", soft_wrap=True, markup=False)
    return is_compared


def _run(settings: Settings, first: Row, second: Row) -> None:
    import dagster as dg

    from dancer_pipeline.definitions import build_defs
    from dancer_pipeline.defs.comparison import COMPARE_JOB, COMPARE_OP
    from dancer_pipeline.defs.reanalysis import QUIET, why_failed

    config = {
        "video_a": first.video_id, "version_a": first.version,
        "video_b": second.video_id, "version_b": second.version,
    }  # fmt: skip
    with dg.DagsterInstance.from_config(str(dagster_home())) as instance:
        done = (
            build_defs(settings)
            .resolve_job_def(COMPARE_JOB)
            .execute_in_process(
                instance=instance,
                run_config={"ops": {COMPARE_OP: {"config": config}}, **QUIET},
                raise_on_error=False,
            )
        )
    if not done.success:
        raise CommandError(why_failed(done))


def _show(rows: Any, console: Console) -> bool:
    """Print the reasons of a refusal, or what is beyond error and chance."""
    from dancer_pipeline.comparison.videos import WHOLE
    from dancer_pipeline.report.comparison_page import line
    from dancer_pipeline.report.reading import records

    found = records(rows)
    refusals = [one["advice"] for one in found if one["quantity"] == WHOLE]
    if refusals:
        console.print("these two videos cannot be compared:")
        for words in refusals:
            console.print(f"- {visible(words)}", soft_wrap=True, markup=False)
        return False
    compared = [line(one) for one in found if one["mdc"] is not None]
    beyond = [one for one in compared if one["is_beyond"]]
    console.print(
        f"{len(beyond)} of {len(compared)} quantities differ by more than error and chance explain"
    )
    if beyond:
        console.print(_table(beyond))
    return True


def _table(beyond: list[dict[str, Any]]) -> Table:
    table = Table("what", box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("first", "second", "difference", "counts from"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in beyond:
        table.add_row(
            *(escape(one[name]) for name in ("label", "first", "second", "difference", "mdc"))
        )
    return table
