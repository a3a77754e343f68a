"""Rendering a figure from the command line, with a bar that shows how far it is."""

from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.synthetic.clip import make_clip
from dancer_pipeline.synthetic.performance import View


def render_clip(
    path: Path, movement: str, seed: int, duration_s: float | None, view: View, console: Console
) -> None:
    """Render a clip with its truth beside it; raises CommandError where that is no MP4."""
    with Progress(console=console, transient=True) as progress:
        if path.suffix != ".mp4" or path.is_dir():
            raise CommandError(f"{path} must be the name of a file that ends in .mp4")
        task = progress.add_task("rendering")
        clip = make_clip(
            path,
            movement=movement,
            seed=seed,
            duration_s=duration_s,
            view=view,
            progress=lambda done, all_: progress.update(task, completed=done, total=all_),
        )
    console.print(
        f"{clip.video}: {clip.frame_count} frames, {clip.duration_s:.2f} s; truth beside it",
        soft_wrap=True,
    )
