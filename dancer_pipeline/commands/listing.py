"""Uploads and settings as people read them on the command line, and as programs read them."""

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from dancer_pipeline.commands.screen import is_completed
from dancer_pipeline.commands.wording import visible
from dancer_pipeline.ledger_database import without_password
from dancer_pipeline.settings import Settings, variable
from dancer_pipeline.states import Row, State


def show_uploads(console: Console, rows: Iterable[Row]) -> None:
    """Print uploads as a table in a terminal; else as a line each, the words with spaces last."""
    if console.is_terminal:
        console.print(_table(rows))
        return
    head = ("STATE", "VIDEO", "ATTEMPT", "RECEIVED", "FILE", "REASON")
    lines = [head, *(_fields(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head) - 1)]
    for line in lines:
        padded = [text.ljust(width) for text, width in zip(line, widths, strict=False)]
        console.print("  ".join([*padded, line[-1]]).rstrip(), soft_wrap=True, markup=False)


def show_settings(console: Console, settings: Settings) -> None:
    """Print every variable, its value and what it means."""
    table = Table("variable", "value", "meaning")
    for name, field in Settings.model_fields.items():
        value = shown_value(name, getattr(settings, name))
        table.add_row(variable(name), escape(value), field.description)
    console.print(table)


def shown_value(name: str, value: object) -> str:
    """Return a setting's value without a password."""
    if name == "ledger":
        return without_password(str(value))
    return "" if value is None else str(value)


def _table(rows: Iterable[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    table.add_column("state", no_wrap=True)
    table.add_column("video", overflow="fold")
    table.add_column("try", justify="right", no_wrap=True)
    table.add_column("received (UTC)", no_wrap=True)
    for row in rows:
        state, video_id, attempt, received, key, reason = _fields(row)
        colour = "green" if is_completed(row) else "red" if row.state is State.FAILED else ""
        words = Text(key)
        words.append(f"\n{video_id}", "dim")
        if reason:
            words.append(f"\n{reason}", colour if colour == "red" else "")
        table.add_row(Text(state, colour), words, attempt, received.replace("T", " "))
    return table


def _fields(row: Row) -> tuple[str, ...]:
    reason = row.reason or ("cleanup pending" if row.cleanup_pending else "")
    received = f"{row.received_at:%Y-%m-%dT%H:%M}"
    return (
        str(row.state),
        row.video_id,
        str(row.attempt),
        received,
        visible(row.key),
        visible(reason),
    )
