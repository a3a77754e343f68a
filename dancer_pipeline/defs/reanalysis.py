"""Apply today's analyses to stored tables, from the command line: the job `reanalyse`, per video.

Each video is a run of its own in this process, recorded in the Dagster instance like any other.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import dagster as dg

from dancer_pipeline.analyses import INPUT_TABLES, LATER_TABLES, discover
from dancer_pipeline.defs.in_process import run_here
from dancer_pipeline.defs.jobs import RESULTS
from dancer_pipeline.defs.partitions import VERSION_TAG, VIDEOS
from dancer_pipeline.defs.runs import BUSY, is_busy
from dancer_pipeline.gate import StoredResult
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.look_up import known
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Row


@dataclass(frozen=True)
class Work:
    """What re-analysing one video would do, or why it cannot be done."""

    row: Row
    makes: tuple[str, ...]
    obstacle: str | None


class Reanalysis:
    """Re-analyses videos of one deployment.

    Parameters
    ----------
    settings
        Where the ledger and the results are, and which analyses there are.
    definitions
        The code location of these settings.
    analyses
        Those to apply, with everything that follows from them; none: all of them.
    """

    def __init__(
        self, settings: Settings, definitions: dg.Definitions, analyses: Collection[str] = ()
    ) -> None:
        self._known = discover(settings.analyses)
        if unknown := sorted(set(analyses) - set(self._known)):
            raise ValueError(
                f"no analysis {', '.join(unknown)}: choose from {', '.join(self._known)}"
            )
        self._ledger = Ledger(settings.ledger)
        self._results = ResultStore(settings.results)
        self._definitions = definitions
        self._graph = definitions.resolve_asset_graph()
        self._chosen = self._with_what_follows(analyses or self._known)

    def plan(self, videos: Iterable[str], instance: dg.DagsterInstance) -> list[Work]:
        """Say for each video what would be done; raises ValueError for one that is unknown."""
        return [self._work(known(self._ledger, video_id), instance) for video_id in videos]

    def every_video(self) -> list[str]:
        """Return the ids of all videos of the ledger."""
        return list(dict.fromkeys(row.video_id for row in self._ledger.rows()))

    def run(self, work: Work, instance: dg.DagsterInstance) -> str | None:
        """Do it; return why it failed, None where it did not."""
        row = work.row
        if is_busy(instance, row.video_id):
            return BUSY
        instance.add_dynamic_partitions(VIDEOS, [row.video_id])
        return run_here(
            self._definitions,
            "reanalyse",
            instance,
            partition_key=row.video_id,
            asset_selection=[dg.AssetKey(name) for name in work.makes],
            tags={VERSION_TAG: row.version},
        )

    def _work(self, row: Row, instance: dg.DagsterInstance) -> Work:
        manifest = self._results.manifest(row.video_id, row.version)
        results = manifest.results if manifest else {}
        makes = self._makes(results)
        absent = sorted(self._read(makes) & INPUT_TABLES - {*LATER_TABLES, *results})
        obstacle = f"nothing to analyse: {', '.join(absent)} not stored" if absent else None
        if not obstacle and is_busy(instance, row.video_id):
            obstacle = BUSY
        return Work(row, makes, obstacle)

    def _makes(self, results: Mapping[str, StoredResult]) -> tuple[str, ...]:
        """Name what must be made, also of what stands behind it and is missing or outdated."""
        stored = {name: result.code_version for name, result in results.items()}
        outdated = {
            name for name, one in self._known.items() if stored.get(name) != one.method_version
        }
        makes = self._chosen
        while behind := outdated & self._read(makes) - set(makes):
            makes = self._with_what_follows({*makes, *behind})
        return makes

    def _read(self, makes: Iterable[str]) -> set[str]:
        applied = [self._known[name] for name in makes if name in self._known]
        return {table for one in applied for table in one.inputs}

    def _with_what_follows(self, names: Iterable[str]) -> tuple[str, ...]:
        """Name these results and those made from them, in an order in which they can be made."""
        made = dg.AssetSelection.assets(*names).downstream().resolve(self._graph)
        order = [key.path[-1] for key in self._graph.toposorted_asset_keys if key in made]
        return tuple(name for name in order if name in self._known or name in RESULTS)
