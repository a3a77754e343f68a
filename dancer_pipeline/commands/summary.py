"""What came out, in a few lines per video: the main metrics, the report, the tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dancer_pipeline.commands.screen import is_completed
from dancer_pipeline.commands.wording import visible
from dancer_pipeline.identity import Upload
from dancer_pipeline.outcome import RECORDING
from dancer_pipeline.report.numbers import RANGES
from dancer_pipeline.results import ResultStore
from dancer_pipeline.states import Row

METRICS_SHOWN = 6
NOTHING = "-"


def show_results(
    console: Console, upload: Upload, row: Row | None, results: ResultStore, root: str
) -> None:
    """Print how one video ended: its metrics, why it failed, where its report and tables are."""
    colour = "green" if is_completed(row) else "red"
    words = row.reason if row else "it was taken away before it was noticed"
    console.print()
    console.print(
        Text.assemble(
            (visible(upload.file_name), "bold"), ": ", (row.state if row else "gone", colour)
        )
    )
    if words:
        console.print(Text(f"  {words}", "" if is_completed(row) else "red"), soft_wrap=True)
    manifest = results.manifest(row.video_id, row.version) if row else None
    if row is None or manifest is None:
        return
    stored = results.read_stored_tables(["pose_metrics"], row.video_id, row.version)
    for metrics in stored.values():
        if metrics["value"].notna().any():
            console.print(metrics_table(metrics))
    if page := manifest.results.get("report"):
        address = f"{root}/{page.file}" if "://" in root else Path(root, page.file).as_uri()
        console.print(f"  report: {address}", soft_wrap=True, markup=False)
    console.print(
        f"  tables: {root}/*/{row.video_id}/{row.version}.parquet", soft_wrap=True, markup=False
    )


def metrics_table(metrics: pd.DataFrame) -> Table:
    """Return the first metrics about the person, both sides in one row, at most 100 columns."""
    about_person = metrics[metrics["analysis"] != RECORDING]
    rows = list(_rows(_telling_first(about_person)))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=True, show_edge=False)
    table.add_column("metric", no_wrap=True, overflow="ellipsis", max_width=36)
    for heading in ("left", "right", "unit"):
        table.add_column(heading, justify="left" if heading == "unit" else "right", no_wrap=True)
    table.add_column("status", max_width=34)
    for row in rows[:METRICS_SHOWN]:
        table.add_row(*map(Text, row))
    if len(rows) > METRICS_SHOWN:
        table.add_row(Text(f"and {len(rows) - METRICS_SHOWN} more in its report", "dim"))
    return table


def _telling_first(metrics: pd.DataFrame) -> pd.DataFrame:
    """Put what the movement is about before the ranges of all joints, and refusals last."""
    is_refused = (metrics["status"] == "refused").groupby(metrics["metric"].astype(str))
    late = 2 * is_refused.transform("all") + (metrics["analysis"].astype(str) == RANGES)
    return metrics.iloc[late.argsort(kind="stable")]


def _rows(metrics: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Give a row per metric; a metric without sides stands where the left one would."""
    keys = [metrics[column].astype(str) for column in ("analysis", "metric")]
    for (_, metric), group in metrics.groupby(keys, sort=False):
        sides = {str(row["side"]): row for row in group.to_dict("records")}
        left = next((sides[it] for it in sides if it != "right"), None)
        values = [_value(row) for row in (left, sides.get("right"))]
        yield str(metric), *values, str(group["unit"].iloc[0]), _status(sides)


def _value(row: "dict[Any, Any] | None") -> str:
    value = None if row is None else row["value"]
    return NOTHING if value is None or pd.isna(value) else f"{value:.3g}"


def _status(sides: "dict[str, dict[Any, Any]]") -> str:
    words = {side: str(row["status"]).replace("_", " ") for side, row in sides.items()}
    if len(set(words.values())) == 1:
        return next(iter(words.values()))
    return ", ".join(f"{side} {status}" for side, status in words.items())
