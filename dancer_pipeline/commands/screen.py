"""What the demo shows while it works: a live table in a terminal, short lines anywhere else."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from dancer_pipeline.commands.inbox import is_finished
from dancer_pipeline.commands.wording import visible
from dancer_pipeline.identity import Upload
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import PUBLIC_STATES, Row, State

PIPED_WIDTH = 100
BAR_WIDTH = 24


def make_console(*, stderr: bool = False) -> Console:
    """Return a console that is as wide as the terminal, and never narrow where there is none."""
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = max(PIPED_WIDTH, console.width)
    return console


def is_completed(row: Row | None) -> bool:
    """Whether a video ended well: analysed, even if nothing could be measured in it."""
    return row is not None and PUBLIC_STATES.get(row.state) == "completed"


@dataclass
class _Video:
    """One line of the display."""

    upload: Upload
    state: str = "waiting"
    stored: int = 0
    required: int | None = None
    is_over: bool = False
    colour: str = ""
    seconds: float = 0.0

    @property
    def results(self) -> str:
        """How many results are stored of how many."""
        return "" if self.required is None else f"{self.stored}/{self.required}"

    @property
    def told(self) -> tuple[object, ...]:
        """What makes a new line worth printing."""
        return self.state, self.results


@dataclass
class Screen:
    """Shows how far each upload has come."""

    console: Console
    uploads: Sequence[Upload]
    settings: Settings
    _videos: list[_Video] = field(init=False)
    _spinner: Spinner = field(default_factory=lambda: Spinner("dots"))
    _started_s: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Begin with a line for each upload."""
        self._videos = [_Video(upload) for upload in self.uploads]

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the table where there is a terminal, for the length of the block."""
        if not self.console.is_terminal:
            yield
            return
        with Live(get_renderable=self._table, console=self.console, transient=True):
            yield

    def update(self, rows: Sequence[Row | None]) -> None:
        """Take over the newest rows of the uploads."""
        store = ResultStore(self.settings.results)
        for video, row in zip(self._videos, rows, strict=True):
            before = video.told
            self._look_at(video, row, store)
            if not self.console.is_terminal and video.told != before:
                self.console.print(_line(video), soft_wrap=True, markup=False)

    def _look_at(self, video: _Video, row: Row | None, store: ResultStore) -> None:
        if row is None or video.is_over:
            return
        manifest = store.manifest(row.video_id, row.version)
        if manifest:
            video.required = len(manifest.required)
            video.stored = video.required - len(manifest.missing)
        is_cleaning = row.state is State.ANALYSED and row.cleanup_pending
        video.state = "cleaning up" if is_cleaning else row.state
        video.is_over = is_finished(row, self.settings)
        video.colour = ("green" if is_completed(row) else "red") if video.is_over else ""
        video.seconds = time.monotonic() - self._started_s

    def _table(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        for video in self._videos:
            table.add_row(*self._cells(video))
        return Group(table)

    def _cells(self, video: _Video) -> tuple[RenderableType, ...]:
        seconds = video.seconds if video.is_over else time.monotonic() - self._started_s
        mark = {"green": "✓", "red": "✗"}.get(video.colour, " ")
        bar = ProgressBar(
            video.required, video.stored, BAR_WIDTH, pulse=video.state == State.PROCESSING
            and video.required is None, complete_style=video.colour or "cyan",
            finished_style=video.colour or "cyan",
        )  # fmt: skip
        return (
            Text(mark, video.colour) if video.is_over else self._spinner,
            Text(visible(video.upload.file_name), no_wrap=True, overflow="ellipsis"),
            Text(video.state, video.colour, no_wrap=True),
            bar,
            Text(video.results, no_wrap=True),
            Text(f"{seconds:.0f} s", "dim", no_wrap=True),
        )


def _line(video: _Video) -> str:
    results = f", {video.results} results" if video.results else ""
    return f"[{video.seconds:4.0f} s] {visible(video.upload.file_name)}: {video.state}{results}"
