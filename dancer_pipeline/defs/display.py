"""What an operator sees of a result: the counts first, then a table or curves, at a glance."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

import dagster as dg
import pandas as pd
import pyarrow as pa

from dancer_pipeline.defs.pictures import as_picture, curves
from dancer_pipeline.gate import Manifest
from dancer_pipeline.metrics import Status
from dancer_pipeline.options import OPTIONS, chosen
from dancer_pipeline.outcome import decoded_share
from dancer_pipeline.results import stored_table
from dancer_pipeline.signals.body_parts import TRUNK
from dancer_pipeline.signals.jitter import jitter
from dancer_pipeline.signals.people import several_people
from dancer_pipeline.signals.tracks import tracks
from dancer_pipeline.tables import LABEL, Table
from dancer_pipeline.video.tables import SOURCE_VIDEO

if TYPE_CHECKING:
    from dancer_pipeline.pose.extraction import Extraction

Shown = Mapping[str, Any]

MOST_CURVES = 16
FIRST_ROWS = 5
LEGEND = "left blue, right orange"


def schema_of(table: Table) -> Shown:
    """Return the metadata of a definition: the table's columns, as the UI lists them."""
    columns = [
        dg.TableColumn(
            column.name,
            "string" if column.type == LABEL else str(column.type),
            column.description,
            constraints=dg.TableColumnConstraints(nullable=column.nullable),
        )
        for column in stored_table(table).columns
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=columns)}


def rows_of(frame: pd.DataFrame) -> dg.TableMetadataValue:
    """Return rows as a table that the UI shows in place."""
    records = [
        dg.TableRecord({str(name): _cell(value) for name, value in row.items()})
        for row in frame.to_dict("records")
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name) for name in frame.columns])
    return dg.MetadataValue.table(records, schema)


def options_shown(options: pd.DataFrame) -> Shown:
    """Show what was said about a video, and what of it could not be used."""
    row = options.iloc[0]
    said = {it.column.name: chosen(options, it.column.name) for it in OPTIONS}
    shown: dict[str, Any] = {
        name: _cell(value) for name, value in said.items() if value is not None
    }
    problems = pd.DataFrame({"problem": row["problems"]})
    return shown | {"problems": rows_of(problems) if len(problems) else "none"}


def facts_shown(facts: pd.DataFrame) -> Shown:
    """Show what a file is: what matters most, then everything."""
    row = facts.iloc[0]
    rate = "one frame" if pd.isna(row["frame_rate_hz"]) else f"{row['frame_rate_hz']:.4g} Hz"
    is_variable = bool(row["is_variable_frame_rate"])
    every = [(it.name, row[it.name]) for it in SOURCE_VIDEO.columns if pd.notna(row[it.name])]
    return {
        "duration_s": round(float(row["duration_s"]), 3),
        "frames": int(row["frame_count"]),
        "frame_rate": f"{rate}, variable" if is_variable else rate,
        "format": f"{row['codec']}, {row['display_width_px']} x {row['display_height_px']} px",
        "sha256": row["sha256"],
        "facts": rows_of(pd.DataFrame(every[2:], columns=["fact", "value"])),
    }


def pose_shown(found: "Extraction", facts: pd.DataFrame, seconds: float) -> Shown:
    """Show in how much of a video a person was found."""
    from dancer_pipeline.report.plots import presence_plot_png
    from dancer_pipeline.report.reading import SEEN

    keypoints = found.keypoints
    in_view = 100.0 * (keypoints["confidence"] >= SEEN).groupby(keypoints["time_s"]).mean()
    share = decoded_share({"source_video": facts, "pose_keypoints": keypoints})
    trembling = _cell(jitter(tracks(keypoints, TRUNK)))
    return {
        "frames": found.frames,
        "frames_with_person": found.frames_with_person,
        "detection_rate": round(found.frames_with_person / max(found.frames, 1), 4),
        "jitter": "unknown" if trembling is None else trembling,
        "decoded_share": "unknown" if share is None else round(share, 4),
        "body_in_view": curves({"": in_view}, "% of it", scale=(0, 100)),
        "plot": as_picture(presence_plot_png(keypoints)),
        "frames_per_second": round(found.frames / max(seconds, 1e-3), 1),
    }


def people_shown(people: pd.DataFrame) -> Shown:
    """Show how many people were seen at a time."""
    counts = people.set_index("time_s")["people"]
    several = several_people(people)
    return {
        "looks": len(people),
        "most_people": int(counts.max()) if len(people) else 0,
        "share_with_several": "unknown" if several is None else round(several, 4),
        "people": curves({"": counts.astype(float)}, "people"),
    }


def extracts_shown(extracts: pd.DataFrame) -> Shown:
    """Show each measure over time."""
    shown = {}
    for measure, rows in extracts.groupby("measure", observed=True, sort=False):
        line = rows.set_index("time_s")["value"]
        shown[str(measure)] = curves({"": line}, str(rows["unit"].iloc[0]))
    return shown


def analysis_shown(table: Table, result: pd.DataFrame) -> Shown:
    """Show curves where an analysis has values over time, else its row or first rows."""
    if "time_s" in result and (value := _curve_column(table)) and not result.empty:
        return _curves_by_label(table, result, value)
    short = [column.name for column in table.columns if not pa.types.is_list(column.type)]
    if len(result) == 1:
        cells = {name: _cell(result[name].iloc[0]) for name in short}
        return {name: cell for name, cell in cells.items() if cell is not None}
    return {"first_rows": rows_of(result[short].head(FIRST_ROWS))}


def metrics_shown(metrics: pd.DataFrame) -> Shown:
    """Show how many metrics are sure, and all of them."""
    counts = metrics["status"].value_counts()
    columns = ["metric", "side", "value", "unit", "n", "status"]
    shown: dict[str, Any] = {it: int(counts.get(it, 0)) for it in get_args(Status)}
    shown |= {"metrics": rows_of(metrics[columns])}
    advice = metrics.dropna(subset="advice").groupby("advice", sort=False)["metric"]
    said = advice.agg(lambda names: ", ".join(dict.fromkeys(names))).reset_index()
    return shown | ({"advice": rows_of(said)} if len(said) else {})


def findings_shown(found: pd.DataFrame) -> Shown:
    """Show what stands out, the worst first."""
    if found.empty:
        return {"findings": 0}
    columns = ["severity", "side", "headline", "value", "unit", "cue"]
    return {"findings": len(found), "list": rows_of(found[columns])}


def manifest_shown(manifest: Manifest) -> Shown:
    """Show what is stored of a version, and what is missing."""
    results = pd.DataFrame(
        [(name, it.rows, it.size_bytes) for name, it in manifest.results.items()],
        columns=["result", "rows", "size_bytes"],
        dtype=object,
    )
    reason = {"reason": manifest.reason} if manifest.reason else {}
    return {
        "outcome": str(manifest.outcome),
        **reason,
        "decoded_share": "unknown" if manifest.coverage is None else round(manifest.coverage, 4),
        "missing": ", ".join(manifest.missing) or "nothing",
        "stored": len(manifest.results),
        "results": rows_of(results),
    }


def _curve_column(table: Table) -> str | None:
    floats = [it.name for it in table.columns if pa.types.is_floating(it.type)]
    return next((name for name in floats if name not in ("time_s", "confidence")), None)


def _curves_by_label(table: Table, result: pd.DataFrame, value: str) -> Shown:
    """One row per combination of labels, its sides in one picture."""
    labels = [it.name for it in table.columns if it.type == LABEL and it.name != "side"]
    names = result[labels].astype(str).agg(" ".join, axis=1) if labels else value
    sides = result["side"].astype(str) if "side" in result else ""
    keyed = result[["time_s", value]].assign(name=names, side=sides)
    shown: dict[str, Any] = {"curves": f"{value}; {LEGEND}"} if "side" in result else {}
    for name, rows in list(keyed.groupby("name", sort=False))[:MOST_CURVES]:
        lines = {str(side): it.set_index("time_s")[value] for side, it in rows.groupby("side")}
        shown[str(name)] = curves(lines, value.rsplit("_", 1)[-1])
    if {"joint", "side", "image_deg"} <= set(result.columns):
        from dancer_pipeline.report.plots import angle_plot_png

        shown["plot"] = as_picture(angle_plot_png(result))
    return shown


def _cell(value: Any) -> str | int | float | bool | None:
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if pd.api.types.is_bool(value):
        return bool(value)
    if pd.api.types.is_integer(value):
        return int(value)
    return float(f"{value:.4g}") if pd.api.types.is_float(value) else str(value)
