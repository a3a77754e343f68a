"""What older set-ups called their settings: nothing reads these names, so each says what to set."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class OldName:
    """A variable of an older set-up.

    Parameters
    ----------
    now
        What to set instead, with an example.
    variables
        Whoever has set one of these has moved on already.
    is_common
        Other programs use this name too, so alone it is no sign of an older set-up.
    is_refused
        Passing it over could destroy something, so nothing starts before somebody has decided.
    """

    name: str
    now: str
    variables: tuple[str, ...]
    is_common: bool = False
    is_refused: bool = False


OLD_NAMES = (
    OldName("SQS_QUEUE_URL", "`DANCER_QUEUE=https://sqs.…/uploads`", ("DANCER_QUEUE",)),
    OldName("SQS_QUEUE_NAME", "`DANCER_QUEUE=uploads`, a name does too", ("DANCER_QUEUE",)),
    OldName("S3_BUCKET", "`DANCER_SOURCE=s3://bucket/prefix`", ("DANCER_SOURCE",)),
    OldName("S3_PREFIX", "`DANCER_SOURCE=s3://bucket/prefix`", ("DANCER_SOURCE",)),
    OldName("SQS_WAIT_TIME", "`DANCER_QUEUE_WAIT_S=10`", ("DANCER_QUEUE_WAIT_S",)),
    OldName(
        "SQS_VISIBILITY_TIMEOUT",
        "`DANCER_VISIBILITY_S=120`; it need not cover the analysis, only the recording",
        ("DANCER_VISIBILITY_S",),
    ),
    OldName(
        "CLEANUP_AFTER_PROCESSING",
        "`DANCER_CLEANUP=on` to delete analysed sources, or `off` to keep them; nothing starts"
        " while only the old name is set",
        ("DANCER_CLEANUP",),
        is_refused=True,
    ),
    OldName("DOWNLOAD_DIR", "`DANCER_SCRATCH=/folder`", ("DANCER_SCRATCH",), is_common=True),
    OldName("MAX_WORKERS", "`max_concurrent_runs` in `dagster.yaml`", (), is_common=True),
    OldName(
        "LOG_LEVEL",
        "`DANCER_LOG_LEVEL=INFO`, for the file that `DANCER_LOG_FILE` names",
        ("DANCER_LOG_LEVEL", "DANCER_LOG_FILE"),
        is_common=True,
    ),
    OldName(
        "DATABASE_URL",
        "`DANCER_LEDGER=postgresql://…` for the uploads, `DAGSTER_POSTGRES_URL` for Dagster's own",
        ("DANCER_LEDGER",),
        is_common=True,
    ),
)


def unread(environment: Mapping[str, str]) -> list[str]:
    """Say of every old variable that is set what to set now; values stay unsaid, as secrets are."""
    given = [old for old in _given(environment) if not old.is_refused]
    return [] if all(old.is_common for old in given) else [_explained(old) for old in given]


def refused(environment: Mapping[str, str]) -> list[str]:
    """Say what must be decided before anything starts."""
    return [_explained(old) for old in _given(environment) if old.is_refused]


def _given(environment: Mapping[str, str]) -> list[OldName]:
    return [
        old
        for old in OLD_NAMES
        if environment.get(old.name) and not any(map(environment.get, old.variables))
    ]


def _explained(old: OldName) -> str:
    return f"{old.name} is set, but nothing reads it: set {old.now.replace('`', '')}"
