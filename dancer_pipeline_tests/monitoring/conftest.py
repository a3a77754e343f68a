"""A deployment on S3 and SQS that has worked: one video analysed, one given up, a stray message."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.settings import Settings
from dancer_pipeline_tests.cloud.deployment import Bucket, Cloud, infrastructure
from dancer_pipeline_tests.few import use_few_analyses
from dancer_pipeline_tests.standin import Aws

Line = dict[str, Any]


def lines(file: Path) -> list[Line]:
    return [json.loads(line) for line in file.read_text().splitlines()]


@dataclass(frozen=True)
class Worked:
    """What was done, and what was written about it."""

    cloud: Cloud
    log_file: Path
    good: Upload
    bad: Upload

    @property
    def lines(self) -> list[Line]:
        """The measurements so far."""
        return [line for line in lines(self.log_file) if "_aws" in line]

    def having(self, metric: str, **about: str) -> list[Line]:
        """Return the lines with a metric, about something."""
        return [it for it in self.lines if metric in it and about.items() <= it.items()]

    def measure(self) -> Sequence[Line]:
        """Let a minute pass; return what was written."""
        before = len(self.lines)
        self.cloud.tick("measure")
        return self.lines[before:]


@pytest.fixture(scope="session")
def worked(
    standin: Aws,
    postgres: Callable[[], str],
    jumping: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Worked]:
    """Let real runs end, then measure once."""
    folder = tmp_path_factory.mktemp("worked")
    log_file = folder / "log.jsonl"
    with dg.DagsterInstance.ephemeral() as instance:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            patch.setenv("DANCER_LOG_FILE", str(log_file))
            for name, value in standin.environment.items():
                patch.setenv(name, value)
            use_few_analyses(patch)
            bucket = Bucket.made(standin, infrastructure())
            settings = Settings(
                source=f"s3://{bucket.name}/in",
                results=f"s3://{bucket.plan.results}/results",
                ledger=postgres(),
                queue=bucket.queues.queue_url,
                scratch=folder / "scratch",
                queue_wait_s=0,
                backoff_s=0,
                deployment="tests",
            )
            cloud = Cloud(bucket, instance, settings)
            good = bucket.put("in/anna/walk.mp4", jumping.read_bytes())
            bad = bucket.put("in/page.mp4", b"<html>")
            bucket.send("no notification")
            cloud.work()
            cloud.tick("measure")
        yield Worked(cloud, log_file, good, bad)
