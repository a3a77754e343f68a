"""What an operator may set, typed and read in this one place; every variable is documented here.

Each field is one variable: `DANCER_` and the field's name in capitals. A value that cannot be
understood, or a `DANCER_*` variable that does not exist, is refused by name at start.
"""

import difflib
import os
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from dancer_pipeline import old_names
from dancer_pipeline.places import bucket_place, overlap

PREFIX = "DANCER_"

TEST_VARIABLES = frozenset({"DANCER_FAILPOINT", "DANCER_TEST_VIDEOS"})
"""Set by tests and read by them, or by `failpoints.py`; no operator needs to hear of them."""


def variable(field: str) -> str:
    """Return the variable that sets a field."""
    return PREFIX + field.upper()


class SettingsError(ValueError):
    """A `DANCER_*` variable is unknown or malformed; the message names it and what is accepted."""


class Settings(BaseSettings):
    """Everything that an operator may set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    source: str = Field(
        "inbox", description="Where videos arrive: a folder, file:///folder or s3://bucket/prefix."
    )
    results: str = Field(
        "results",
        description="Where tables, pages and manifests go: a folder, file:///folder or"
        " s3://bucket/prefix.",
    )
    ledger: str = Field(
        "sqlite:///.dancer/ledger.sqlite",
        description="SQLAlchemy URL of the upload ledger: sqlite:/// or postgresql://.",
    )
    queue: str | None = Field(
        None,
        description="URL or name of the SQS queue that is told of uploads to an S3 source; unset:"
        " uploads are found by listing alone.",
    )
    queue_wait_s: int = Field(
        10, ge=0, le=20, description="How long a look into an empty queue waits for a message."
    )
    visibility_s: int = Field(
        120,
        ge=1,
        le=43200,
        description="A received message that could not be recorded comes again after this long.",
    )
    bucket_owner: str | None = Field(
        None,
        pattern=r"^\d{12}$",
        description="Account that must own the source bucket; events of others are quarantined.",
    )
    listing_s: int = Field(60, ge=1, description="Seconds between two pages of a bucket's listing.")
    missed_after_s: float = Field(
        300,
        ge=0,
        description="With a queue: the listing takes an object that no notification told of for"
        " this long.",
    )
    scratch: Path | None = Field(
        None,
        description="Folder for copies of S3 objects while they are analysed; unset: the system's"
        " temporary folder.",
    )
    model: Path | None = Field(
        None, description="An official .task pose model; unset: the pinned model, built once."
    )
    analyses: Path | None = Field(
        None, description="A folder with further analysis files, one analysis each."
    )

    sample_hz: float | None = Field(
        None, gt=0, le=60, description="Poses per second; unset: the video's own rate up to 60."
    )
    include_frames: bool = Field(
        default=False, description="Put every frame's keypoints into the report's JSON document."
    )
    mirror_check: bool = Field(
        default=False,
        description="Look at every video a second time, mirrored: gives ranges of motion an"
        " interval, and takes twice as long.",
    )
    blur_faces: bool = Field(default=True, description="Blur faces in previews and key frames.")

    max_size_mib: float = Field(4096, gt=0, description="Larger files are refused.")
    max_duration_s: float = Field(3600, gt=0, description="Longer videos are refused.")
    max_megapixels: float = Field(
        36, gt=0, description="Larger pictures are refused before decoding; 8K has 33."
    )
    step_timeout_s: float = Field(
        7200,
        gt=0,
        description="A step that reads the video is stopped when it takes longer; finding poses"
        " with a mirror check may take twice as long.",
    )
    step_memory_mib: int = Field(
        8192,
        ge=1024,
        description="Memory of the process that decodes a video (Linux); in an ECS task, what"
        " the task has decides.",
    )

    log_file: Path | None = Field(
        None,
        description="A file to which runs and sensors append what they log, a JSON object a line.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="The least severe lines that the log file keeps."
    )
    deployment: str = Field(
        "dancer",
        pattern=r"^[A-Za-z0-9_-]{1,100}$",
        description="What metrics and messages call this deployment.",
    )
    alert_topic: str | None = Field(
        None,
        pattern=r"^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$",
        description="ARN of an SNS topic that is told of every video that fails for good and of"
        " every source that cannot be deleted; unset: nobody is told.",
    )

    settle_s: float = Field(
        2.0, ge=0, description="A file is taken when nothing has written to it for this long."
    )
    tick_s: int = Field(5, ge=1, description="Seconds between two looks of each sensor.")
    max_runs_per_tick: int = Field(50, ge=1, le=100, description="Runs requested at a time.")

    max_attempts: int = Field(3, ge=1, description="Attempts before a failing video is given up.")
    max_worker_losses: int = Field(
        5, ge=1, description="Lost workers (killed, out of memory) before a video is given up."
    )
    ecs_capacity: Literal["spot", "on-demand"] | None = Field(
        None,
        description="Runs are ECS tasks: each gets a size of its own, and on spot the first attempt"
        " Fargate Spot; unset: runs are processes of this machine.",
    )
    backoff_s: float = Field(
        10, ge=0, description="Wait before the second attempt; doubles each time, with jitter."
    )
    backoff_max_s: float = Field(900, ge=0, description="Longest wait between two attempts.")

    cleanup: Literal["on", "off", "dry-run"] = Field(
        "on", description="Delete sources whose every analysis is stored: on, off or dry-run."
    )
    cleanup_grace_s: float = Field(
        0, ge=0, description="Keep the source this long after its analyses are stored."
    )
    keep_unmeasured: bool = Field(
        default=True, description="Keep the source of a video in which nobody was found."
    )
    retention_days: float | None = Field(
        None, gt=0, description="Expire failed sources older than this, nightly; unset: never."
    )
    preview_days: float | None = Field(
        None, gt=0, description="Delete preview videos older than this, nightly; unset: never."
    )
    history_days: float | None = Field(
        None,
        gt=0,
        description="Forget Dagster's runs that ended earlier, with what its catalog says of their"
        " assets, nightly, while DANCER_CLEANUP is on; unset: never.",
    )

    @classmethod
    def load(cls) -> Self:
        """Read the environment.

        Raises
        ------
        SettingsError
            Naming every unknown or malformed variable and what is accepted.
        """
        _refuse_unknown(set(cls.model_fields))
        if undecided := old_names.refused(os.environ):
            raise SettingsError("\n".join(undecided))
        try:
            return cls()
        except ValidationError as error:
            raise SettingsError(_explain(error, cls)) from None

    @field_validator("source", "results")
    @classmethod
    def _place(cls, value: str) -> str:
        if place := bucket_place(value):
            return f"s3://{place.bucket}/{place.prefix}".rstrip("/")
        if "://" in value and not value.startswith("file:///"):
            raise ValueError("accepted: a folder's path, file:///folder or s3://bucket/prefix")
        is_uri = value.startswith("file:///")
        return str(Path(unquote(value[len("file://") :]) if is_uri else value).resolve())

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if overlap(self.source, self.results):
            raise ValueError(
                f"DANCER_SOURCE ({self.source}) and DANCER_RESULTS ({self.results}) must not lie in"
                " each other: results would be taken for uploads"
            )
        return self

    @model_validator(mode="after")
    def _queue_tells_of_a_bucket(self) -> Self:
        if self.queue and not bucket_place(self.source):
            raise ValueError(
                f"DANCER_QUEUE is set, but DANCER_SOURCE ({self.source}) is a folder: set it to"
                " s3://bucket/prefix, or unset DANCER_QUEUE"
            )
        return self


def _refuse_unknown(fields: set[str]) -> None:
    accepted = {variable(field) for field in fields}
    unknown = sorted(
        name
        for name in os.environ
        if name.upper().startswith(PREFIX) and name not in accepted | TEST_VARIABLES
    )
    if unknown:
        raise SettingsError("\n".join(_suggest(name, accepted) for name in unknown))


def _suggest(name: str, accepted: set[str]) -> str:
    close = difflib.get_close_matches(name.upper(), accepted, n=1)
    hint = f"did you mean {close[0]}?" if close else f"accepted: {', '.join(sorted(accepted))}"
    return f"unknown variable {name}: {hint}"


def _explain(error: ValidationError, settings: type[Settings]) -> str:
    lines = []
    for problem in error.errors():
        field = str(problem["loc"][0]) if problem["loc"] else ""
        message = problem["msg"].removeprefix("Value error, ")
        if field in settings.model_fields:
            given = f"{variable(field)}={problem['input']!r}"
            message = f"{given}: {message}. {settings.model_fields[field].description}"
        lines.append(message)
    return "\n".join(lines)
