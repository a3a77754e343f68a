"""Dagster's history in PostgreSQL, as `deploy/machine/dagster.yaml` sets it up."""

import shutil
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
import yaml

from dancer_pipeline.ledger import Ledger
from dancer_pipeline.states import State
from dancer_pipeline_tests.test_ledger import WALK

ROOT = Path(__file__).parents[1]
CONFIGURATION = ROOT / "deploy" / "machine" / "dagster.yaml"


def test_only_the_storage_differs_from_the_embedded_default() -> None:
    embedded = yaml.safe_load((ROOT / "dagster.yaml").read_text())
    with_server = yaml.safe_load(CONFIGURATION.read_text())

    assert with_server.pop("storage") == {
        "postgres": {"postgres_url": {"env": "DAGSTER_POSTGRES_URL"}}
    }
    assert with_server == embedded


@pytest.mark.parametrize("first", ["ledger", "dagster"])
def test_dagster_and_the_ledger_share_a_database(
    postgres: Callable[[], str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: str,
) -> None:
    url = postgres()
    shutil.copyfile(CONFIGURATION, tmp_path / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", url)

    for use in (record, work)[:: 1 if first == "ledger" else -1]:
        use(url)

    with dg.DagsterInstance.get() as instance:
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
        assert [run.is_success for run in instance.get_runs()] == [True]
        assert instance.has_dynamic_partition("videos", "walk-0")
    assert Ledger(url).counts() == {State.RECEIVED: 1}


def record(url: str) -> None:
    Ledger(url).record([WALK])


def work(_url: str) -> None:
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions("videos", ["walk-0"])
        assert dg.materialize([step], instance=instance).success


@dg.asset
def step() -> None:
    """Do nothing."""
