"""One demo, from the checks before anything starts to the exit status."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from dancer_pipeline.commands.dagster_dev import LOG, Dagster, dagster_running, require_project
from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.commands.inbox import (
    follow,
    leftovers,
    put_into_inbox,
    require_readable,
    samples,
)
from dancer_pipeline.commands.interruption import Interrupted, Interruption
from dancer_pipeline.commands.screen import Screen, is_completed
from dancer_pipeline.commands.summary import show_results
from dancer_pipeline.identity import Upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.places import bucket_place
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Row


def run_demo(files: Sequence[Path], *, ends_when_done: bool, console: Console) -> int:
    """Analyse the samples and the files, show how it goes and what came out.

    Returns
    -------
    int
        The exit status: 0 when every sample and file was completed, 1 when one was not, 128 and
        the signal's number when somebody stopped it before.
    """
    settings, is_shown, status = Settings.load(), False, 1
    interruption = Interruption()
    try:
        with interruption.heard():
            _require_everything(files, settings, console)
            with dagster_running(interruption, console.print) as dagster:
                status = _analyse(files, settings, dagster, console)
                is_shown = True
                if not ends_when_done:
                    _serve(dagster, console)
    except Interrupted as stop:
        rest = "" if is_shown else "; whatever is unfinished is taken up by the next demo"
        console.print(f"stopped{rest}")
        return 0 if is_shown and not ends_when_done else stop.exit_status
    return status


def _require_everything(files: Sequence[Path], settings: Settings, console: Console) -> None:
    from dancer_pipeline.pose.model import model_file

    require_project()
    if bucket_place(settings.source):
        raise CommandError(
            f"DANCER_SOURCE is {settings.source}, and the demo watches a folder: unset it, or"
            " upload to the bucket with `dancer send-test`"
        )
    require_readable(files)
    model_file(settings.model, progress=console.print)


def _analyse(files: Sequence[Path], settings: Settings, dagster: Dagster, console: Console) -> int:
    ledger = Ledger(settings.ledger)
    console.print("starting Dagster ...")
    own = _put_into_inbox(files, settings, ledger, console)
    dagster.await_server()
    console.print(f"Dagster UI: [link]{dagster.url}[/link] (log: {LOG})", soft_wrap=True)
    uploads = [*own, *leftovers(own, settings, ledger)]
    screen, rows = Screen(console, uploads, settings), list[Row | None]()
    with screen.shown():
        for rows in follow(uploads, ledger, settings, dagster):
            screen.update(rows)
    results = ResultStore(settings.results)
    for upload, row in zip(uploads, rows, strict=True):
        show_results(console, upload, row, results, settings.results)
    return 0 if all(map(is_completed, rows[: len(own)])) else 1


def _put_into_inbox(
    files: Sequence[Path], settings: Settings, ledger: Ledger, console: Console
) -> list[Upload]:
    """Copy the files first: they are analysed while the samples are being rendered."""
    uploads = [put_into_inbox(file, settings, ledger) for file in files]
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("rendering", visible=False)

        def tell(name: str, done: int, total: int) -> None:
            words = f"rendering {name} (once)"
            progress.update(task, description=words, completed=done, total=total, visible=True)
            if done == 1 and not console.is_terminal:
                console.print(words)

        for sample in samples(tell):
            progress.update(task, visible=False)
            uploads.append(put_into_inbox(sample, settings, ledger))
    return list({(it.video_id, it.version): it for it in uploads}.values())


def _serve(dagster: Dagster, console: Console) -> None:
    console.print(f"\nDagster UI: [link]{dagster.url}[/link]; Ctrl-C stops it", soft_wrap=True)
    while True:
        dagster.check()
        time.sleep(1)
