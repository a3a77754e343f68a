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


def compare_two(first_id: str, second_id: str, console: Console) -> bool:
    """Compare two videos by the job `compare_videos` and show what differs.

    Returns
    -------
    Whether they could be compared.

    Raises
    ------
    ValueError, CommandError
        One of them is not known or not analysed, or the job failed.
    """
    from dancer_pipeline.comparison.tables import VIDEO_COMPARISON
    from dancer_pipeline.definitions import build_defs
    from dancer_pipeline.defs.comparison import analysed, refuse_same, run_comparison
    from dancer_pipeline.defs.in_process import opened
    from dancer_pipeline.defs.stores import Stores
    from dancer_pipeline.identity import pair

    settings = Settings.load()
    stores = Stores(settings)
    first, second = analysed(stores, first_id), analysed(stores, second_id)
    refuse_same(first, second)
    with opened(dagster_home()) as instance:
        if why := run_comparison(build_defs(settings), instance, first, second):
            raise CommandError(why)
    of_pair = pair(first, second)
    rows = stores.results.read_table(VIDEO_COMPARISON.name, of_pair.video_id, of_pair.version)
    is_compared = _show(rows, console)
    page = stores.results.uri(VIDEO_COMPARISON.name, of_pair, "html")
    console.print(f"page: {page}", soft_wrap=True, markup=False)
    return is_compared


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
