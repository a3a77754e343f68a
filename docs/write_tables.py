"""Writes what the documents say of tables, settings and sizes, from their own declarations.

    python docs/write_tables.py [--check]

`docs/tables.md` gets every column, `docs/settings.md` every variable, `docs/options.md` everything
that an uploader may say. Between their two markers the README gets one line per table,
`docs/sizing.md` the sizes of tasks.
With `--check` nothing is written; the exit code says whether anything would change.
"""

import argparse
import re
import sys
from pathlib import Path

import pyarrow as pa

from dancer_pipeline.analyses import discover
from dancer_pipeline.defs.catalogue import table_catalogue
from dancer_pipeline.old_names import OLD_NAMES
from dancer_pipeline.options import OPTIONS
from dancer_pipeline.results import IDENTITY
from dancer_pipeline.settings import Settings, variable
from dancer_pipeline.sizing import LADDER, analysis_size, step_memory_mib
from dancer_pipeline.tables import Column, Table

ROOT = Path(__file__).parents[1]
MARKERS = "<!-- tables, written by make docs -->", "<!-- end of tables -->"
UNITS = {"s": "s", "hz": "Hz", "deg": "deg", "px": "px", "m": "m", "bytes": "bytes"}


def main() -> int:
    """Write the documents, or tell whether they are up to date."""
    parser = argparse.ArgumentParser(description="Write the tables into the documents.")
    parser.add_argument("--check", action="store_true", help="write nothing, tell whether it would")
    check = parser.parse_args().check
    shared = tuple(name for name, found in discover().items() if found.is_metrics)
    tables = [t for name, t in table_catalogue(discover()).items() if name not in shared]
    made_last = ("pose_metrics", "findings", "video_comparison", "video_comparison_curves")
    tables.sort(key=lambda table: table.name in made_last)
    readme, sizing = ROOT / "README.md", ROOT / "docs" / "sizing.md"
    documents = {
        readme: between_markers(readme.read_text(), summary(tables)),
        ROOT / "docs" / "tables.md": reference(tables, shared),
        ROOT / "docs" / "settings.md": variables(),
        ROOT / "docs" / "options.md": options(),
        sizing: between_markers(sizing.read_text(), sizes()),
    }
    stale = [
        path for path, text in documents.items() if not path.exists() or path.read_text() != text
    ]
    for path in stale:
        print(f"{path.relative_to(ROOT)} {'is out of date: make docs' if check else 'written'}")
        if not check:
            path.write_text(documents[path])
    return int(check and bool(stale))


def sizes() -> str:
    """Make the table of task sizes, and examples of what gets which."""
    shown = [
        f"| {it.cpu_units / 1024:g} | {it.memory_mib / 1024:g} | {step_memory_mib(it.memory_mib)} |"
        for it in LADDER
    ]
    head = ("| vCPU | memory, GiB | of it for a step, MiB |", "|---|---|---|")
    return "\n".join([*head, *shown, "", *_sized_examples(), ""])


def _sized_examples() -> list[str]:
    lines = ["| what is known | vCPU | memory, GiB | disk, GiB |", "|---|---|---|---|"]
    unknown = {f"{mib} MiB, never opened": (mib, None, None) for mib in (20, 200, 1000, 10000)}
    seen = {
        "100 MiB, 1080p, 5 minutes at 30 Hz": (100, 1920 * 1080, 9000),
        "500 MiB, 1080p, 20 minutes at 60 Hz": (500, 1920 * 1080, 72000),
        "900 MiB, 8K, 1 minute at 30 Hz": (900, 7680 * 4320, 1800),
        "4000 MiB, 4K, an hour at 60 Hz": (4000, 3840 * 2160, 216000),
    }
    for words, (mib, pixels, frames) in (unknown | seen).items():
        it = analysis_size(mib * 2**20, pixels=pixels, frames=frames)
        cpus, memory = it.cpu_units / 1024, it.memory_mib / 1024
        lines.append(f"| {words} | {cpus:g} | {memory:g} | {it.ephemeral_gib} |")
    return lines


def variables() -> str:
    """Make one line per environment variable: its default and what it means."""
    lines = [
        "# Settings",
        "",
        "Written by `make docs` from `dancer_pipeline/settings.py`. A malformed value or an",
        "unknown `DANCER_*` variable is refused by name at start.",
        "",
        "| variable | default | meaning |",
        "|---|---|---|",
    ]
    for name, field in Settings.model_fields.items():
        default = "unset" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{variable(name)}` | {default} | {field.description} |")
    common = ", ".join(f"`{old.name}`" for old in OLD_NAMES if old.is_common)
    lines += [
        "",
        "## Names of older set-ups",
        "",
        "No value is taken from these. Where one is set and its successor is not, the log says so;",
        f"where it is a name that other programs use too ({common}),",
        "only if one of the others is set as well.",
        *(
            f"`{old.name}` stops everything from starting then."
            for old in OLD_NAMES
            if old.is_refused
        ),
        "",
        "| older name | what to set now |",
        "|---|---|",
        *(f"| `{old.name}` | {old.now} |" for old in OLD_NAMES),
    ]
    return "\n".join(lines) + "\n"


def options() -> str:
    """Make one line per thing that an uploader may say about a video."""
    example = ",".join(f"{it.name}={it.example}" for it in OPTIONS if "," not in it.example)
    lines = [
        "# What an uploader may say about a video",
        "",
        "Written by `make docs` from `dancer_pipeline/options.py`. All of it is optional and goes",
        "into the object's metadata, which S3 takes with the upload:",
        "",
        "```sh",
        f'aws s3 cp squats.mp4 s3://bucket/in/ --metadata "{example}"',
        "```",
        "",
        "A value that cannot be used is left out, nothing fails because of it, and the report says",
        "why. What was said is the table [`upload_options`](tables.md#upload_options), which an",
        "analysis may read. Names may be written with `-` for `_`; other metadata is left alone.",
        "",
        "| metadata | accepted | example | what it is |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{it.name}` | {it.accepted} | `{it.example}` | {it.column.description} |"
        for it in OPTIONS
    ]
    return "\n".join(lines) + "\n"


def between_markers(document: str, written: str) -> str:
    """Put what is written here in place of what stands between the markers."""
    start, end = MARKERS
    return re.sub(
        f"(?s){re.escape(start)}.*{re.escape(end)}", lambda _: f"{start}\n{written}{end}", document
    )


def summary(tables: list[Table]) -> str:
    """Make one line per table: what a row is, and the units of its columns."""
    lines = ["| table | what it holds | units |", "|---|---|---|"]
    for table in tables:
        units = list(dict.fromkeys(filter(None, map(unit, table.columns))))
        units += ["in its column `unit`"] if "unit" in {c.name for c in table.columns} else []
        link = f"[`{table.name}`](docs/tables.md#{table.name})"
        lines.append(f"| {link} | {table.description} | {', '.join(units)} |")
    return "\n".join(lines) + "\n"


def reference(tables: list[Table], shared: tuple[str, ...]) -> str:
    """Make the whole reference: every table with every column."""
    parts = [
        "# The tables\n\n"
        "Written by `make docs` from the declarations in the code, which the writer checks every\n"
        "table against. One Parquet file per table, video and version:\n"
        "`<results>/<table>/<video_id>/<version>.parquet`. A column's name ends in its unit;\n"
        "what could not be measured is null, never a default.\n\n"
        f"Every table begins with these columns:\n\n{columns(IDENTITY)}"
    ]
    parts += [f"## {t.name}\n\n{t.description}\n\n{columns(t.columns)}" for t in tables]
    names = ", ".join(f"`{name}`" for name in shared)
    parts.append(
        "## Tables of single analyses\n\n"
        f"{names}: the rows that one analysis adds to [`pose_metrics`](#pose_metrics), stored\n"
        "as a table of its own with the same columns.\n"
    )
    return "\n".join(parts)


def columns(declared: tuple[Column, ...]) -> str:
    """Make the table of columns."""
    lines = ["| column | type | unit | null | what it is |", "|---|---|---|---|---|"]
    for column in declared:
        null = "yes" if column.nullable else ""
        description = column.description.replace("|", "\\|")
        lines.append(
            f"| `{column.name}` | {kind(column.type)} | {unit(column)} | {null} | {description} |"
        )
    return "\n".join(lines) + "\n"


def unit(column: Column) -> str:
    """Read the unit off the end of a column's name."""
    return UNITS.get(column.name.rsplit("_", 1)[-1], "") if "_" in column.name else ""


def kind(type_: pa.DataType) -> str:
    """Name a type as a reader of the table knows it."""
    if pa.types.is_dictionary(type_):
        return "label"
    if pa.types.is_list(type_):
        return f"list of {type_.value_type}"
    return str(type_)


if __name__ == "__main__":
    sys.exit(main())
