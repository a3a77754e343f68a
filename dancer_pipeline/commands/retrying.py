"""Another attempt for failed videos."""

from collections.abc import Iterable

from rich.console import Console

from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.lifecycle import another_attempt
from dancer_pipeline.look_up import known
from dancer_pipeline.states import Row, State


def retry_videos(ledger: Ledger, videos: Iterable[str], console: Console) -> None:
    """Queue another attempt of each, or of none where one of them has not failed."""
    for row in [_failed(ledger, video_id) for video_id in videos]:
        ledger.change(row, **another_attempt(row))
        words = f"{row.key}: attempt {row.attempt + 1} is queued"
        console.print(words, soft_wrap=True, markup=False)


def _failed(ledger: Ledger, video_id: str) -> Row:
    row = known(ledger, video_id)
    if row.state is not State.FAILED:
        raise CommandError(f"{video_id} is {row.state}: only a failed video can be tried again")
    return row
