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
    lines = list(_lines(names, Scale(given.quick), given.workers, console))
    lines.sort(key=lambda line: (line.analysis, line.case))
    console.print(_table(lines))
    if given.write:
        given.write.write_text(_document(lines), encoding="utf-8")
    console.print(_sum(lines))
    return 0 if all(line.passed for line in lines) else 1


def _sum(lines: list[Line]) -> str:
    """Say how many bars are met; a case that did not run met none."""
    tried = [line for line in lines if not _is_not_run(line)]
    met = sum(line.passed for line in tried)
    left = len(lines) - len(tried)
    return f"{met} of {len(tried)} bars are met" + (f", {left} cases not run" if left else "")


def _is_not_run(line: Line) -> bool:
    return line.result.startswith(_NOT_RUN)


def _is_wanted(name: str, only: list[str]) -> bool:
    return not only or any(name == one or name.startswith(f"{one}.") for one in only)


def _lines(names: list[str], scale: Scale, workers: int, console: Console) -> Iterator[Line]:
    began = time.monotonic()
    with ProcessPoolExecutor(workers) as pool:
        running = {pool.submit(run_case, name, scale): name for name in names}
        for done, future in enumerate(as_completed(running), 1):
            seconds = time.monotonic() - began
            console.print(
                f"{done} of {len(names)}: {running[future]} ({seconds:.0f} s)", style="dim"
            )
            yield from future.result()


def run_case(name: str, scale: Scale) -> list[Line]:
    """Run one case; one that raises is a line that failed, one without its clips a line."""
    try:
        return list(cases({name.partition(".")[0]})[name](scale))
    except NoClipsError as error:
        analysis, _, case = name.partition(".")
        return [
            Line(analysis, case, "", f"{_NOT_RUN}: no real clips ({error})", "", "", passed=True)
        ]
    except Exception as error:  # noqa: BLE001 - whatever it is, the other cases go on
        analysis, _, case = name.partition(".")
        traceback.print_exc()
        return [Line(analysis, case, "", f"{type(error).__name__}: {error}", "", "", passed=False)]


def _table(lines: list[Line]) -> Table:
    table = Table("analysis", "case", "truth", "result", "error", "bar", "pass")
    for line in lines:
        passed = "[green]yes[/]" if line.passed else "[red]NO[/]"
        passed = "-" if _is_not_run(line) else passed
        table.add_row(
            line.analysis, line.case, line.truth, line.result, line.error, line.bar, passed
        )
    return table


def _document(lines: list[Line]) -> str:
    """Write the table as Markdown."""
    rows = [
        "| analysis | case | truth | result | error | bar | met |", "|---|---|---|---|---|---|---|",
        *(
            "| " + " | ".join(cell.replace("|", "\\|") for cell in (
                line.analysis, line.case, line.truth, line.result, line.error, line.bar,
                "-" if _is_not_run(line) else "yes" if line.passed else "**no**",
            )) + " |"
            for line in lines
        ),
    ]  # fmt: skip
    return f"{_HEAD}\n{_sum(lines)}.\n\n" + "\n".join(rows) + "\n"


if __name__ == "__main__":
    sys.exit(main())
