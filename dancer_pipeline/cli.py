"""The command line: `dancer`. Each command says what it does; an error says what to do next."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from dancer_pipeline import demo as demonstration
from dancer_pipeline.identity import Upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.lifecycle import PUBLIC_STATES, WHOLE, Row, State
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings, SettingsError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Turns movement videos into keypoints, metrics, findings and a report.",
)
console = Console()

MOVEMENTS = "squat, walk, jumping_jack, biceps_curl or standing"


@app.command()
def demo(
    files: Annotated[list[Path] | None, typer.Argument(help="Your own videos.")] = None,
    exit_when_done: Annotated[
        bool, typer.Option("--exit", help="End when the videos are done; fail if one failed.")
    ] = False,
) -> None:
    """Start Dagster here, analyse two rendered samples and FILES, and show what came out."""
    with explained():
        settings = Settings.load()
        with demonstration.dagster_running() as dagster:
            console.print(
                f"Dagster UI: [link]{dagster.url}[/link] (log: {demonstration.log_file()})"
            )
            rows = _analyse(settings, files or [], dagster)
            _show_results(rows, settings)
            if not exit_when_done:
                _wait_for_interrupt(dagster)
    if exit_when_done and any(PUBLIC_STATES.get(row.state) != "completed" for row in rows):
        raise typer.Exit(1)


@app.command()
def model() -> None:
    """Fetch and check the pose model, once; later runs find it in the cache."""
    from dancer_pipeline.pose.model import model_file

    with explained():
        path = model_file(Settings.load().model, progress=console.print)
        console.print(f"Pose model: {path}", soft_wrap=True)


@app.command()
def synth(
    path: Annotated[Path, typer.Argument(help="The MP4 to write; truth is written beside it.")],
    movement: Annotated[str, typer.Option(help=MOVEMENTS)] = "squat",
    seed: Annotated[int, typer.Option(help="Body, clothes, light and background.")] = 0,
    yaw_deg: Annotated[float, typer.Option(help="0: seen from the front, 90: from the side.")] = 0,
    distance_m: Annotated[float, typer.Option(help="From the camera to the figure.")] = 4,
    frame_rate_hz: Annotated[float, typer.Option(help="Frames per second.")] = 30,
    duration_s: Annotated[float | None, typer.Option(help="Length.")] = None,
) -> None:
    """Render a figure whose every joint is known: a video, and the truth as Parquet beside it."""
    from dancer_pipeline.synthetic.clip import make_clip
    from dancer_pipeline.synthetic.performance import View

    with explained(), Progress(console=console) as progress:
        task = progress.add_task("rendering")
        view = View(yaw_deg=yaw_deg, distance_m=distance_m, frame_rate_hz=frame_rate_hz)
        clip = make_clip(
            path,
            movement=movement,
            seed=seed,
            duration_s=duration_s,
            view=view,
            progress=lambda done, all_: progress.update(task, completed=done, total=all_),
        )
    console.print(
        f"{clip.video}: {clip.frame_count} frames, {clip.duration_s:.2f} s; truth beside it"
    )


@app.command()
def status(
    state: Annotated[State | None, typer.Option(help="Only uploads in this state.")] = None,
) -> None:
    """List uploads: where each stands, and why."""
    with explained():
        rows = _ledger().rows([state] if state else [])
    table = Table("video", "state", "outside", "attempt", "received", "reason", title="Uploads")
    for row in rows:
        table.add_row(
            row.key,
            row.state,
            PUBLIC_STATES.get(row.state, "failed"),
            str(row.attempt),
            f"{row.received_at:%Y-%m-%d %H:%M}",
            row.reason or ("cleanup pending" if row.cleanup_pending else ""),
        )
    console.print(table)


@app.command()
def retry(
    videos: Annotated[list[str], typer.Argument(help="Video ids, as `dancer status` lists them.")],
) -> None:
    """Give failed videos another attempt."""
    with explained():
        ledger = _ledger()
        for video_id in videos:
            row = ledger.current(video_id)
            if row is None or row.state is not State.FAILED:
                raise demonstration.DemoError(f"{video_id} is not a failed video")
            ledger.change(
                row, state=State.QUEUED, attempt=row.attempt + 1, problem=None, not_before=None
            )
            console.print(f"{row.key}: attempt {row.attempt + 1} is queued")


@app.command("rebuild-ledger")
def rebuild_ledger() -> None:
    """Make lost ledger rows again, from the manifests; the listing finds whatever has none."""
    with explained():
        settings = Settings.load()
        ledger, count = Ledger(settings.ledger), 0
        for manifest in ResultStore(settings.results).manifests():
            upload = manifest.upload
            state = State.ANALYSED if manifest.outcome in WHOLE else State.RECEIVED
            count += len(ledger.record([upload], state=state))
    console.print(f"{count} rows were made again")


@app.command()
def settings() -> None:
    """List every environment variable, its value and what it means."""
    with explained():
        chosen = Settings.load()
    table = Table("variable", "value", "meaning")
    for name, field in Settings.model_fields.items():
        table.add_row(f"DANCER_{name.upper()}", str(getattr(chosen, name)), field.description)
    console.print(table)


@contextmanager
def explained() -> Iterator[None]:
    """Turn an expected error into its message and a failing exit status."""
    from dancer_pipeline.pose.model import ModelError

    try:
        yield
    except (demonstration.DemoError, SettingsError, ModelError, ValueError) as error:
        console.print(f"[red]{type(error).__name__}[/red]: {error}", soft_wrap=True)
        raise typer.Exit(2) from error


def _ledger() -> Ledger:
    return Ledger(Settings.load().ledger)


def _analyse(settings: Settings, files: list[Path], dagster: demonstration.Dagster) -> list[Row]:
    """Put samples and files into the inbox and show how far each is until all are done."""
    for file in files:
        if not file.is_file():
            raise demonstration.DemoError(f"{file} is not a file")
    with console.status("rendering the samples (once)"):
        samples = demonstration.samples()
    uploads = [demonstration.put_into_inbox(file, settings) for file in (*samples, *files)]
    ledger, shown = Ledger(settings.ledger), ""
    rows: dict[str, Row | None] = {}
    with Live(console=console, auto_refresh=False, transient=True) as live:
        for rows in demonstration.follow(uploads, ledger, settings, dagster):
            table, words = _progress(uploads, rows, settings)
            if console.is_terminal:
                live.update(table, refresh=True)
            elif words != shown:
                console.print(words)
            shown = words
    return [row for row in rows.values() if row]


def _progress(
    uploads: list[Upload], rows: dict[str, Row | None], settings: Settings
) -> tuple[Table, str]:
    """Return each video's state and how many of its results are stored, as a table and as text."""
    results = ResultStore(settings.results)
    table, words = Table("video", "state", "results", "reason"), []
    for upload in uploads:
        row = rows[upload.video_id]
        manifest = results.manifest(upload.video_id, upload.version)
        stored = f"{len(manifest.results)}/{len(manifest.required)}" if manifest else "-"
        state = "cleaning up" if row and row.cleanup_pending else row.state if row else "waiting"
        table.add_row(upload.file_name, state, stored, (row and row.reason) or "")
        words.append(f"{upload.file_name}: {state}, results {stored}")
    return table, "; ".join(words)


def _show_results(rows: list[Row], settings: Settings) -> None:
    results = ResultStore(settings.results)
    for row in rows:
        colour = "green" if PUBLIC_STATES.get(row.state) == "completed" else "red"
        console.print(
            f"[{colour}]{row.state}[/{colour}] {escape(row.key)}: {escape(row.reason or '')}"
        )
        manifest = results.manifest(row.video_id, row.version)
        page = manifest.results.get("report") if manifest else None
        if page:
            console.print(f"  report: {settings.results}/{page.file}", soft_wrap=True)
    console.print(_metrics_table(rows, results))
    console.print(
        f"tables: {settings.results}/<table>/<video_id>/<version>.parquet", soft_wrap=True
    )


def _metrics_table(rows: list[Row], results: ResultStore) -> Table:
    """Return what was measured, a line per metric and side."""
    table = Table("video", "metric", "side", "value", "unit", "status", title="Metrics")
    for row in rows:
        stored = results.read_stored_tables(["pose_metrics"], row.video_id, row.version)
        for metrics in stored.values():
            shown = metrics[metrics["value"].notna()].astype({"value": float})
            texts = (
                shown.assign(value=shown["value"].map("{:.3g}".format)).astype(object).fillna("")
            )
            for values in texts[["metric", "side", "value", "unit", "status"]].to_numpy():
                table.add_row(escape(row.key), *map(str, values))
    return table


def _wait_for_interrupt(dagster: demonstration.Dagster) -> None:
    console.print(f"Dagster UI: [link]{dagster.url}[/link]; Ctrl-C stops it")
    try:
        while True:
            dagster.check()
            time.sleep(1)
    except KeyboardInterrupt:
        console.print("stopping")
