"""The command line: `dancer`. Each command says what it does; an error says what to do next."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from dancer_pipeline.commands import listing
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.screen import make_console
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.ledger_database import LedgerUnavailableError
from dancer_pipeline.look_up import known
from dancer_pipeline.old_names import unread
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import State

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Turns movement videos into keypoints, metrics, findings and a report.",
)

MOVEMENTS = (
    "squat, lunge, biceps_curl, shoulder_press, lateral_raise, jumping_jack, push_up, plank, "
    "bridge, pull_up, sit_to_stand, standing, idle, walk, run, bat_swing, racket, dance or balance"
)
Videos = Annotated[list[str], typer.Argument(help="Video ids, as `dancer status` lists them.")]


@app.callback()
def answer_old_names() -> None:
    """Say of variables that older set-ups used what to set now."""
    for words in unread(os.environ):
        typer.echo(words, err=True)


@app.command()
def demo(
    files: Annotated[list[Path] | None, typer.Argument(help="Your own videos.")] = None,
    ends_when_done: Annotated[
        bool, typer.Option("--exit", help="End when the videos are done; fail if one failed.")
    ] = False,
) -> None:
    """Start Dagster here, analyse two rendered samples and FILES, and show what came out."""
    from dancer_pipeline.commands.demo import run_demo

    with explained():
        code = run_demo(files or [], ends_when_done=ends_when_done, console=make_console())
    raise typer.Exit(code)


@app.command()
def model() -> None:
    """Fetch and check the pose model, once; later runs find it in the cache."""
    from dancer_pipeline.pose.model import model_file

    console = make_console()
    with explained():
        path = model_file(Settings.load().model, progress=console.print)
        console.print(f"Pose model: {path}", soft_wrap=True)


@app.command()
def synth(
    path: Annotated[Path, typer.Argument(help="The MP4 to write; truth is written beside it.")],
    movement: Annotated[str, typer.Option(help=MOVEMENTS)] = "squat",
    seed: Annotated[int, typer.Option(min=0, help="Body, clothes, light and background.")] = 0,
    yaw_deg: Annotated[
        float, typer.Option(min=-360, max=360, help="0: seen from the front, 90: from the side.")
    ] = 0,
    distance_m: Annotated[
        float, typer.Option(min=1.5, max=50, help="From the camera to the figure.")
    ] = 4,
    frame_rate_hz: Annotated[float, typer.Option(min=1, max=240, help="Frames per second.")] = 30,
    duration_s: Annotated[float | None, typer.Option(min=0, max=3600, help="Length.")] = None,
) -> None:
    """Render a figure whose every joint is known: a video, and the truth as Parquet beside it."""
    from dancer_pipeline.commands.synth import render_clip
    from dancer_pipeline.synthetic.performance import View

    with explained():
        view = View(yaw_deg=yaw_deg, distance_m=distance_m, frame_rate_hz=frame_rate_hz)
        render_clip(path, movement, seed, duration_s, view, make_console())


@app.command()
def status(
    state: Annotated[State | None, typer.Option(help="Only uploads in this state.")] = None,
    overview: Annotated[
        bool, typer.Option("--overview", help="In a few lines: counts, queue, runs, failures.")
    ] = False,
) -> None:
    """List uploads: where each stands, and why."""
    with explained():
        if overview:
            from dancer_pipeline.commands.overview import show_overview

            show_overview(Settings.load(), make_console())
            return
        rows = _ledger().rows([state] if state else [])
        listing.show_uploads(make_console(), rows)


@app.command()
def retry(videos: Videos) -> None:
    """Give failed videos another attempt."""
    from dancer_pipeline.commands.retrying import retry_videos

    with explained():
        retry_videos(_ledger(), videos, make_console())


@app.command()
def reanalyse(
    videos: Annotated[
        list[str] | None, typer.Argument(help="Video ids, as `dancer status` lists them.")
    ] = None,
    analysis: Annotated[
        list[str] | None, typer.Option(help="This analysis and what follows; all by default.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every video of the ledger.")] = False,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
) -> None:
    """Apply today's analyses to stored tables; the sources are not needed."""
    from dancer_pipeline.commands.reanalysing import reanalyse_videos

    with explained():
        if bool(videos) == every:
            raise CommandError("name video ids, or --all for every video")
        failed = reanalyse_videos(
            videos or None, analysis or [], is_dry_run=dry_run, console=make_console()
        )
    raise typer.Exit(1 if failed else 0)


@app.command()
def compare(
    video_a: Annotated[str, typer.Argument(help="A video id, as `dancer status` lists it.")],
    video_b: Annotated[str, typer.Argument(help="Another: what it has more than the first is +.")],
) -> None:
    """Compare two videos of one movement from what is stored; the sources are not needed."""
    from dancer_pipeline.commands.compare import compare_two

    with explained():
        is_compared = compare_two(video_a, video_b, make_console())
    raise typer.Exit(0 if is_compared else 1)


@app.command()
def results(
    video: Annotated[str, typer.Argument(help="A video id, as `dancer status` lists it.")],
    frames: Annotated[bool, typer.Option(help="With the keypoints of every frame.")] = False,
) -> None:
    """Print what is stored about a video as one JSON document."""
    from dancer_pipeline.commands.document import results_document

    with explained():
        chosen = Settings.load()
        row = known(Ledger(chosen.ledger), video)
        document = results_document(row, chosen, with_frames=frames)
    json.dump(document, sys.stdout, allow_nan=False, ensure_ascii=False, indent=1)
    typer.echo()


@app.command()
def quarantine(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest first.")] = 20,
) -> None:
    """List the messages of the queue that could not be understood, and why."""
    from dancer_pipeline.commands.quarantine import show_quarantine

    with explained():
        show_quarantine(make_console(), _ledger().quarantine.rows(limit))


@app.command("local-aws")
def local_aws(
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Where it answers.")] = 5055,
    url: Annotated[
        str | None, typer.Option(help="Use what runs there, LocalStack for one; start nothing.")
    ] = None,
) -> None:
    """Serve S3, SQS, SNS and EventBridge on this machine, set up as production is."""
    from dancer_pipeline.commands.local_aws import run_local_aws, set_up_at

    with explained():
        console = make_console()
        code = set_up_at(url, console) if url else run_local_aws(port=port, console=console)
    raise typer.Exit(code)


@app.command("send-test")
def send_test(
    file: Annotated[Path | None, typer.Argument(help="A video; a rendered sample if none.")] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="What is said with it: exercise=squat, view=side ...")
    ] = None,
) -> None:
    """Upload a video to the S3 source and follow it to its end."""
    from dancer_pipeline.commands.send_test import read_options, send_test

    with explained():
        code = send_test(file, options=read_options(option or []), console=make_console())
    raise typer.Exit(code)


@app.command("rebuild-ledger")
def rebuild_ledger() -> None:
    """Make lost ledger rows again, from the manifests; the listing finds whatever has none."""
    from dancer_pipeline.commands.rebuilding import rebuild

    with explained():
        count = rebuild(Settings.load())
    make_console().print(f"{count} rows were made again")


@app.command()
def doctor(
    only: Annotated[
        list[str] | None, typer.Option(help="Only this check, as the output names it; repeatable.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it for programs.")] = False,
) -> None:
    """Look at everything that this deployment needs; say what is wrong and what to do."""
    from dancer_pipeline.commands.doctor import run_doctor

    with explained():
        code = run_doctor(only or [], is_json=as_json, console=make_console())
    raise typer.Exit(code)


@app.command()
def settings() -> None:
    """List every environment variable, its value and what it means."""
    with explained():
        listing.show_settings(make_console(), Settings.load())


@contextmanager
def explained() -> Iterator[None]:
    """Turn an expected error into its message and a failing exit status."""
    from dancer_pipeline.pose.model import ModelError

    try:
        yield
    except BrokenPipeError:
        os._exit(0)  # whoever read the output has seen enough
    except (CommandError, LedgerUnavailableError, ModelError, ValueError, OSError) as error:
        raise _refusal(str(error)) from error


def _refusal(words: str) -> typer.Exit:
    make_console(stderr=True).print(f"[red]error:[/red] {escape(words)}", soft_wrap=True)
    return typer.Exit(2)


def _ledger() -> Ledger:
    return Ledger(Settings.load().ledger)
