"""Prints how right every analysis is: case, truth, result, error, bar, pass.

Exits with 1 when a bar is not met.

    python -m benchmarks.accuracy --only gait --only repetitions
"""

import argparse
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.accuracy import Line, Scale, cases
from benchmarks.accuracy.material import NoClipsError

_HEAD = """# How right the numbers are

Written by `make accuracy ARGS="--write docs/accuracy.md"`. Synthetic cases are keypoints of
performers with the noise of the pose model; rendered ones go from pixels through the model; clips
are real ones with ground truth by hand. Seeds are kept apart from those that methods are developed
on; a few methods and cases were mended after a clip in here had failed. What no performer shows
(clothes, crowds, illness, dark rooms) is not in here.
"""


_NOT_RUN = "not run"

Row = tuple[str, Line]
"""A line, with the analysis whose case yields it."""


def main() -> int:
    """Run the cases, print the table, and say by the exit status whether all bars are met."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--only", action="append", default=[], metavar="ANALYSIS[.CASE]")
    arguments.add_argument("--quick", action="store_true", help="as much as the tests run")
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--write", type=Path, metavar="FILE.md", help="the table as a document")
    given = arguments.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 170)
    known = cases({one.partition(".")[0] for one in given.only})
    names = [name for name in known if _is_wanted(name, given.only)]
    if not names:
        console.print(f"no case {', '.join(given.only)}: choose from {', '.join(cases())}")
        return 2
    rows = list(_rows(names, Scale(given.quick), given.workers, console))
    rows.sort(key=lambda row: (row[0], row[1].case))
    console.print(_table(rows))
    if given.write:
        given.write.write_text(_document(rows), encoding="utf-8")
    console.print(_sum(rows))
    return 0 if all(line.passed for _, line in rows) else 1


def _sum(rows: list[Row]) -> str:
    """Say how many bars are met; a case that did not run met none."""
    tried = [line for _, line in rows if not _is_not_run(line)]
    met = sum(line.passed for line in tried)
    left = len(rows) - len(tried)
    return f"{met} of {len(tried)} bars are met" + (f", {left} cases not run" if left else "")


def _is_not_run(line: Line) -> bool:
    return line.result.startswith(_NOT_RUN)


def _is_wanted(name: str, only: list[str]) -> bool:
    return not only or any(name == one or name.startswith(f"{one}.") for one in only)


def _rows(names: list[str], scale: Scale, workers: int, console: Console) -> Iterator[Row]:
    began = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        running = {pool.submit(run_case, name, scale): name for name in names}
        for done, future in enumerate(as_completed(running), 1):
            name, seconds = running[future], time.monotonic() - began
            console.print(f"{done} of {len(names)}: {name} ({seconds:.0f} s)", style="dim")
            yield from ((name.partition(".")[0], line) for line in future.result())


def run_case(name: str, scale: Scale) -> list[Line]:
    """Run one case; one that raises is a line that failed, one without its clips a line."""
    analysis, _, case = name.partition(".")
    try:
        return list(cases({analysis})[name](scale))
    except NoClipsError as error:
        return [Line(case, "", f"{_NOT_RUN}: no real clips ({error})", "", "", passed=True)]
    except Exception as error:  # noqa: BLE001 - whatever it is, the other cases go on
        traceback.print_exc()
        return [Line(case, "", f"{type(error).__name__}: {error}", "", "", passed=False)]


def _table(rows: list[Row]) -> Table:
    table = Table("analysis", "case", "truth", "result", "error", "bar", "pass")
    for analysis, line in rows:
        passed = "[green]yes[/]" if line.passed else "[red]NO[/]"
        passed = "-" if _is_not_run(line) else passed
        table.add_row(analysis, line.case, line.truth, line.result, line.error, line.bar, passed)
    return table


def _document(rows: list[Row]) -> str:
    """Write the table as Markdown."""
    written = [
        "| analysis | case | truth | result | error | bar | met |", "|---|---|---|---|---|---|---|",
        *(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in (
                analysis, line.case, line.truth, line.result, line.error, line.bar,
                "-" if _is_not_run(line) else "yes" if line.passed else "**no**",
            )) + " |"
            for analysis, line in rows
        ),
    ]  # fmt: skip
    return f"{_HEAD}\n{_sum(rows)}.\n\n" + "\n".join(written) + "\n"


if __name__ == "__main__":
    sys.exit(main())
