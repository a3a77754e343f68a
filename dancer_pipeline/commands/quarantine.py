"""The quarantine as people read it on the command line."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from dancer_pipeline.commands.wording import visible
from dancer_pipeline.quarantine import Kept

SHOWN_CHARACTERS = 300
"""Of a body, which may be as long as a message can be."""


def show_quarantine(console: Console, rows: Iterable[Kept]) -> None:
    """Print each message: when it came last and how often, why it is here, how it begins."""
    for row in rows:
        times = "once" if row.times == 1 else f"{row.times} times"
        head = f"{row.last_seen_at:%Y-%m-%dT%H:%M:%S}Z  {times}  {row.message_id or '-'}"
        console.print(Text(visible(head), "bold"), soft_wrap=True)
        console.print(Text(f"  {visible(row.reason)}"), soft_wrap=True)
        console.print(Text(f"  {_shortened(row.body)}", "dim"), soft_wrap=True)


def _shortened(body: str) -> str:
    rest = len(body) - SHOWN_CHARACTERS
    more = f" ... and {rest} characters more" if rest > 0 else ""
    return visible(body[:SHOWN_CHARACTERS]) + more
