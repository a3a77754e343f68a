"""A video by the id that somebody typed; of one that the ledger does not know, what was meant."""

import difflib

from dancer_pipeline.ledger import Ledger
from dancer_pipeline.states import Row


def known(ledger: Ledger, video_id: str, version: str | None = None) -> Row:
    """Return a version of a video, the newest if none is given.

    Raises
    ------
    ValueError
        The ledger does not know it; with those of similar names.
    """
    row = ledger.row(video_id, version) if version else ledger.current(video_id)
    if row is None:
        raise ValueError(_unknown(ledger, video_id, version))
    return row


def _unknown(ledger: Ledger, video_id: str, version: str | None) -> str:
    rows = ledger.rows()
    ids = {row.video_id for row in rows}
    if version and video_id in ids:
        return f"the ledger knows no version {version!r} of {video_id}"
    names = {row.file_name: row.video_id for row in rows} | {name: name for name in ids}
    close = difflib.get_close_matches(video_id, names, n=3, cutoff=0.5)
    meant = list(dict.fromkeys(names[name] for name in close))
    hint = f"did you mean {' or '.join(meant)}?" if meant else "see `dancer status`"
    return f"the ledger knows no video {video_id!r}: {hint}"
