"""A log file for programs to read: a JSON object a line, from every process of a deployment.

`dagster.yaml` names `LogFile` under `python_logs`: so whatever a run logs reaches it, the engine's
events too. What a sensor logs Dagster hands to no such handler; `logged` does.
"""

import io
import logging
import logging.handlers
import os
import sys
import warnings
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from dancer_pipeline.redaction import known_secrets, redacted
from dancer_pipeline.settings import Settings

Result = TypeVar("Result")

_MILESTONES = ("PIPELINE_START", "PIPELINE_SUCCESS", "STEP_SUCCESS")
"""Events that Dagster logs as details, though without them an INFO log has no word of success."""

_STDOUT = Path("/dev/stdout")

_TAGS = {"video_id": "dagster/partition", "version": "dancer/version"}

MEASURED = "measured"
"""What a record carries that is a measurement: the members of its line. No level leaves it out."""

# Dagster's version is pinned; without this every run would say it.
warnings.filterwarnings(
    "ignore", "Handling yaml-defined logging configuration is currently in beta"
)


class LogFile(logging.handlers.WatchedFileHandler):
    """Appends to `DANCER_LOG_FILE` whatever is as severe as `DANCER_LOG_LEVEL`.

    Without a file it takes nothing. Every line is one write at the end of the file, so any number
    of processes may share it, and it may be moved away under them.
    """

    def __init__(self) -> None:
        settings = Settings.load()
        super().__init__(settings.log_file or os.devnull, delay=True)
        self._least = logging.getLevelNamesMapping()[settings.log_level]
        if settings.log_file:
            self.setFormatter(_json_lines())
        else:
            self._least = logging.CRITICAL + 1
        self._is_known_broken = False

    def filter(self, record: logging.LogRecord) -> bool:
        """Let pass what is severe enough, and every measurement."""
        is_wanted = _severity(record) >= self._least or self._takes_measurements(record)
        return is_wanted and bool(super().filter(record))

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; where that cannot be, the work goes on without."""
        try:
            super().emit(record)
        except OSError:
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - logging's name
        """Say on stderr, once, why lines are missing; not what they said: that may be secret."""
        if not self._is_known_broken:
            sys.stderr.write(f"DANCER_LOG_FILE={self.baseFilename}: {sys.exc_info()[1]!r}\n")
        self._is_known_broken = True

    def _takes_measurements(self, record: logging.LogRecord) -> bool:
        return self.formatter is not None and hasattr(record, MEASURED)

    def _open(self) -> io.TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(parents=True, exist_ok=True)
        # What stdout is may not be open to this user a second time, or be no file at all.
        where = os.dup(1) if path == _STDOUT else path
        file = open(where, "ab", buffering=0)  # noqa: PTH123, SIM115 - a descriptor too; logging closes it
        return io.TextIOWrapper(file, "utf-8", write_through=True)


def logged(evaluate: Callable[..., Result]) -> Callable[..., Result]:
    """Let what a sensor logs, and the error that ends its tick, reach the log file."""
    file = LogFile()

    @wraps(evaluate)
    def evaluated(context: Any, **resources: Any) -> Result:
        logging_context = _LoggingContext(context, file)
        try:
            return evaluate(logging_context, **resources)
        except Exception:
            logging_context.log.exception("the tick failed")
            raise

    return evaluated


class _LoggingContext:
    """A sensor's context; its log, which Dagster makes when first asked, writes to a file too."""

    def __init__(self, context: Any, file: LogFile) -> None:
        self._context = context
        self._file = file

    @property
    def log(self) -> logging.Logger:
        log: logging.Logger = self._context.log
        log.addHandler(self._file)
        return log

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def _json_lines() -> logging.Formatter:
    from structlog.processors import JSONRenderer, format_exc_info
    from structlog.stdlib import ProcessorFormatter

    return ProcessorFormatter(
        processors=[format_exc_info, _entry, _without_secrets, JSONRenderer()]
    )


def _entry(_logger: object, _method: str, known: MutableMapping[str, Any]) -> dict[str, Any]:
    """Name what a log is searched by; what is not known of a record is left out."""
    record = known["_record"]
    told = getattr(record, "dagster_meta", {})  # which run, step or sensor it comes from
    tags, event = told.get("job_tags") or {}, told.get("dagster_event")
    kind = event.event_type_value.replace("PIPELINE", "RUN") if event else None  # as the UI says
    entry = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": logging.getLevelName(_severity(record)),
        "message": told.get("orig_message") or known["event"],
        "event": kind,
        "sensor": told.get("name"),
        "run_id": told.get("run_id"),
        "job": told.get("job_name"),
        "step": told.get("step_key"),
        **{name: tags.get(tag) for name, tag in _TAGS.items()},
        "error": known.get("exception") or _error(event),
        "logger": record.name,
        "process": record.process,
    }
    known_ones = {name: value for name, value in entry.items() if value is not None}
    return known_ones | getattr(record, MEASURED, {})


def _severity(record: logging.LogRecord) -> int:
    event = getattr(record, "dagster_event", None)
    is_milestone = event is not None and event.event_type_value in _MILESTONES
    return max(record.levelno, logging.INFO if is_milestone else logging.NOTSET)


def _error(event: Any) -> str | None:
    error = getattr(event and event.event_specific_data, "error", None)
    return error.to_string() if error else None


def _without_secrets(
    _logger: object, _method: str, entry: MutableMapping[str, Any]
) -> dict[str, Any]:
    known = known_secrets(os.environ)
    return {
        name: redacted(value, known) if isinstance(value, str) else value
        for name, value in entry.items()
    }
