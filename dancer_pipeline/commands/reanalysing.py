"""Re-analysing shown on the command line: what is done to each video, and how it ended."""

from collections.abc import Sequence

from rich.console import Console

from dancer_pipeline.commands.dagster_dev import dagster_home
from dancer_pipeline.settings import Settings


def reanalyse_videos(
    videos: Sequence[str] | None, analyses: Sequence[str], *, is_dry_run: bool, console: Console
) -> int:
    """Re-analyse the videos, or all of them, one by one; return how many could not be.

    Of all videos, those of which nothing is stored are left out and do not count.
    """
    from dancer_pipeline.definitions import build_defs
    from dancer_pipeline.defs.in_process import opened
    from dancer_pipeline.defs.reanalysis import Reanalysis

    settings, failed = Settings.load(), 0
    reanalysis = Reanalysis(settings, build_defs(settings), analyses)
    with opened(dagster_home()) as instance:
        plan = reanalysis.plan(videos or reanalysis.every_video(), instance)
        if not plan:
            console.print("the ledger knows no video yet")
        for number, work in enumerate(plan, 1):
            head = f"{number}/{len(plan)} {work.row.video_id}"
            if work.obstacle or is_dry_run:
                words = work.obstacle or f"would make {', '.join(work.makes)}"
                failed += bool(work.obstacle and videos)
            else:
                console.print(f"{head}: making {', '.join(work.makes)}", soft_wrap=True)
                words = reanalysis.run(work, instance) or "done"
                failed += words != "done"
            console.print(f"{head}: {words}", soft_wrap=True, markup=False)
    return failed
