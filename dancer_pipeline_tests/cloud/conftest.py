"""Deployments on S3 and SQS, one for each way that a bucket keeps versions."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dancer_pipeline import intake
from dancer_pipeline.infrastructure import Route
from dancer_pipeline.settings import Settings
from dancer_pipeline_tests.cloud.deployment import Bucket, Cloud, infrastructure
from dancer_pipeline_tests.few import use_few_analyses
from dancer_pipeline_tests.standin import Aws

MakeCloud = Callable[..., Cloud]


@pytest.fixture
def make_cloud(
    aws: Aws, tmp_path: Path, postgres: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeCloud]:
    """Set up a deployment; ledger and results are as in production, in PostgreSQL and on S3."""
    monkeypatch.chdir(tmp_path)
    for limit in ("RECEIVING_LIMIT_S", "LOOKING_LIMIT_S"):
        monkeypatch.setattr(intake, limit, 120.0)  # a tick takes all, however busy the machine is
    use_few_analyses(monkeypatch)
    with dg.DagsterInstance.ephemeral() as instance:

        def make(
            versioning: str | None = "Enabled", routes: tuple[Route, ...] = (), **options: Any
        ) -> Cloud:
            bucket = Bucket.made(aws, infrastructure(versioning, routes))
            own = {
                "source": f"s3://{bucket.name}/in",
                "results": f"s3://{bucket.plan.results}/results",
                "ledger": options.get("ledger") or postgres(),
                "queue": bucket.queues.queue_url,
                "scratch": tmp_path / "scratch",
            }
            quick = {"queue_wait_s": 0, "visibility_s": 1, "backoff_s": 0, "missed_after_s": 0}
            settings = Settings(**own | quick | options)
            return Cloud(bucket, instance, settings)

        yield make


@pytest.fixture
def cloud(make_cloud: MakeCloud) -> Cloud:
    """Deploy as production is: with versions, told by S3 directly."""
    return make_cloud()
