"""What `dancer quarantine` prints."""

from dataclasses import replace
from datetime import UTC, datetime

from rich.console import Console

from dancer_pipeline.commands.quarantine import show_quarantine
from dancer_pipeline.quarantine import Kept

SEEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEPT = Kept('{"Records": 1}', "Records is no list", "message-1", SEEN, SEEN, 1)


def printed(*rows: Kept) -> str:
    console = Console(width=100)
    with console.capture() as capture:
        show_quarantine(console, rows)
    return capture.get()


def test_a_message_is_told_by_when_how_often_why_and_its_beginning() -> None:
    assert printed(replace(KEPT, times=3)).splitlines() == [
        "2026-01-02T03:04:05Z  3 times  message-1",
        "  Records is no list",
        '  {"Records": 1}',
    ]


def test_a9_no_text_of_a_message_can_forge_a_line_or_steer_the_terminal() -> None:
    hostile = "[red]a[/red]\n2026-01-02T03:04:05Z  once\r\x1b[2J\x9b\u202e\u2028é👟"

    lines = printed(replace(KEPT, body=hostile, reason=hostile, message_id=hostile)).split("\n")

    assert len(lines) == 4  # the last one is empty
    shown = r"[red]a[/red]\n2026-01-02T03:04:05Z  once\r\x1b[2J\x9b\u202e\u2028é👟"
    assert lines[1] == lines[2] == f"  {shown}"
    assert lines[0].endswith(f"once  {shown}")


def test_a_long_body_is_shortened_and_its_length_told() -> None:
    last = printed(replace(KEPT, body="x" * 1_000_000)).splitlines()[-1]

    assert last == f"  {'x' * 300} ... and 999700 characters more"


def test_an_empty_quarantine_prints_nothing() -> None:
    assert printed() == ""
