"""What all analyses together cost, per ten seconds of video, after the poses are known.

Runs every analysis on the stored tables of ten-second performances (a walk, squats, a swing) in
interleaved rounds, prints the median of each, and compares the total with finding the poses of the
same ten seconds. All times are of the processor, which others on the machine change little. Exits
with 1 where the total is above the bar.

    python -m benchmarks.analysis_cost --rounds 5
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.accuracy.material import BOUNDS, Tables, analysed, synthetic_tables
from dancer_pipeline.analyses import discover, run
from dancer_pipeline.pose.extraction import extract_pose
from dancer_pipeline.pose.model import model_file
from dancer_pipeline.synthetic.clip import render
from dancer_pipeline.synthetic.performance import Performance, View, perform

BAR_S = 0.3
_DURATION_S = 10.0
_VIEW = View(yaw_deg=90, width_px=640, height_px=720)


def performances() -> Iterator[Performance]:
    """Ten seconds each of what gives the analyses most to do."""
    for movement in ("walk", "squat", "bat_swing"):
        yield perform(movement, seed=3, duration_s=_DURATION_S, view=_VIEW)


def costs_s(tables: Tables) -> dict[str, float]:
    """Time every analysis once, each after those that it reads."""
    done, costs = dict(tables), {}
    for name, analysis in discover().items():
        began = time.process_time()
        done[name] = run(analysis, done)
        costs[name] = time.process_time() - began
    return costs


def pose_s(performance: Performance) -> float:
    """Time how long finding the poses of a performance takes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        render(performance, path)
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        extract_pose(
            path, model=model_file(), expected_frames=performance.frame_count, bounds=BOUNDS
        )
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


def main() -> int:
    """Print the table; the exit status says whether the bar was met."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    shown = [(one.movement, one, synthetic_tables(one)) for one in performances()]
    for _, _, tables in shown:
        analysed(tables)  # what is imported late is not measured
    rounds: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for _ in range(given.rounds):
        for movement, _, tables in shown:
            costs = costs_s(tables)
            for name, cost in {**costs, "all": sum(costs.values())}.items():
                rounds[movement][name].append(cost)
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(_table(rounds))
    worst = max(statistics.median(of["all"]) for of in rounds.values())
    poses = pose_s(shown[0][1])
    console.print(f"all analyses: {worst:.3f} s, bar {BAR_S} s; poses of the same: {poses:.2f} s, "
                  f"so the analyses are {worst / poses:.1%} of them")  # fmt: skip
    return 0 if worst <= BAR_S else 1


def _table(rounds: dict[str, dict[str, list[float]]]) -> Table:
    table = Table("analysis", *(f"{movement} (ms)" for movement in rounds))
    for name in next(iter(rounds.values())):
        medians = (1000 * statistics.median(of[name]) for of in rounds.values())
        table.add_row(name, *(f"{median:.1f}" for median in medians))
    return table


if __name__ == "__main__":
    sys.exit(main())
