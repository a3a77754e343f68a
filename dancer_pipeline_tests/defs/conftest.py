"""A deployment in this process: the real definitions, instance, ledger, inbox and result store."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dancer_pipeline.definitions import build_defs
from dancer_pipeline.defs.partitions import VERSION_TAG, VIDEOS
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.identity import Upload, file_upload
from dancer_pipeline.settings import Settings
from dancer_pipeline.states import Row
from dancer_pipeline_tests.few import use_few_analyses


@dataclass
class Deployment:
    """What an operator has, without the daemon."""

    instance: dg.DagsterInstance
    settings: Settings

    @property
    def defs(self) -> dg.Definitions:
        """The code location, as a code server would load it now."""
        return build_defs(self.settings)

    @property
    def stores(self) -> Stores:
        return Stores(self.settings)

    def put(self, file: Path, name: str | None = None) -> Upload:
        """Copy a file into the inbox and record it."""
        inbox = Path(self.settings.source)
        inbox.mkdir(parents=True, exist_ok=True)
        path = inbox / (name or file.name)
        shutil.copyfile(file, path)
        upload = file_upload(str(inbox), path.name, path.stat())
        self.stores.ledger.record([upload])
        self.instance.add_dynamic_partitions(VIDEOS, [upload.video_id])
        return upload

    def run(self, job: str, upload: Upload, **options: Any) -> dg.ExecuteInProcessResult:
        """Run a job on one version to its end, whether it fails or not."""
        return self.defs.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=upload.video_id,
            tags={VERSION_TAG: upload.version},
            raise_on_error=False,
            **options,
        )

    def row(self, upload: Upload) -> Row:
        row = self.stores.ledger.row(upload.video_id, upload.version)
        assert row is not None
        return row


@pytest.fixture
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    monkeypatch.chdir(tmp_path)
    use_few_analyses(monkeypatch)
    settings = Settings(
        source="inbox", results="results", ledger="sqlite:///ledger.sqlite", settle_s=0
    )
    with dg.instance_for_test() as instance:
        yield Deployment(instance, settings)
