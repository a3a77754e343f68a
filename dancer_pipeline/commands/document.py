"""What is stored about a video, as one document."""

from typing import Any

from dancer_pipeline.commands.errors import CommandError
from dancer_pipeline.results import ResultStore
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Outcome, Row


def results_document(row: Row, settings: Settings, *, with_frames: bool) -> dict[str, Any]:
    """Return the JSON document of a version that was analysed.

    Raises
    ------
    CommandError
        Its analysis has not come to an end.
    """
    from dancer_pipeline.report.document import report_json

    store = ResultStore(settings.results)
    manifest = store.manifest(row.video_id, row.version)
    if manifest is None or manifest.outcome is Outcome.UNFINISHED:
        raise CommandError(f"{row.video_id} is {row.state}: its results are not there yet")
    return report_json(
        store.read_all_tables(row.video_id, row.version),
        outcome=manifest.outcome,
        title=manifest.upload.file_name,
        reason=manifest.reason,
        missing=dict.fromkeys(manifest.missing, row.reason or "it is not stored"),
        include_frames=with_frames or settings.include_frames,
    )
