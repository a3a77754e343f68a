"""What an operator does in the web page, by the calls that the page itself makes."""

import json
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

LOCATION = "dancer_pipeline"
REPOSITORY = {
    "repositoryLocationName": LOCATION,
    "repositoryName": "__repository__",
}

MATERIALIZE = """
mutation ($params: ExecutionParams!) {
  launchPipelineExecution(executionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}
"""
RE_EXECUTE = """
mutation ($params: ReexecutionParams) {
  launchPipelineReexecution(reexecutionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  }
}
"""
TERMINATE = """
mutation ($id: String!) {
  terminateRun(runId: $id) {
    __typename ... on TerminateRunSuccess { run { runId } }
    ... on TerminateRunFailure { message } ... on PythonError { message }
  }
}
"""
BACKFILL = """
mutation ($params: LaunchBackfillParams!) {
  launchPartitionBackfill(backfillParams: $params) {
    __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message }
  }
}
"""
BACKFILL_STATUS = """
query ($id: String!) { partitionBackfillOrError(backfillId: $id) {
  __typename ... on PartitionBackfill { status }
} }
"""


@dataclass(frozen=True)
class Operator:
    """A person at the web page of a deployment."""

    url: str

    def materialize(self, assets: Iterable[str], partition: str) -> str:
        """Press Materialize for one partition; returns the run's id."""
        params = {
            "mode": "default",
            "runConfigData": "{}",
            "executionMetadata": {"tags": [{"key": "dagster/partition", "value": partition}]},
            "selector": REPOSITORY
            | {"pipelineName": "__ASSET_JOB", "assetSelection": _keys(assets)}
            | {"assetCheckSelection": []},
        }
        launched = self._call(MATERIALIZE, params=params)
        return str(launched["run"]["runId"])

    def re_execute_from_failure(self, run_id: str) -> str:
        """Press Re-execute from failure; returns the new run's id."""
        params = {"parentRunId": run_id, "strategy": "FROM_FAILURE"}
        launched = self._call(RE_EXECUTE, params=params)
        return str(launched["run"]["runId"])

    def terminate(self, run_id: str) -> None:
        """Press Terminate on a run's page."""
        self._call(TERMINATE, id=run_id)

    def backfill(self, assets: Iterable[str], partitions: Iterable[str]) -> str:
        """Launch a backfill over partitions; returns its id."""
        params = {"assetSelection": _keys(assets), "partitionNames": list(partitions), "tags": []}
        return str(self._call(BACKFILL, params=params)["backfillId"])

    def backfill_status(self, backfill_id: str) -> str:
        """Look at a backfill's page."""
        return str(self._call(BACKFILL_STATUS, id=backfill_id)["status"])

    def _call(self, query: str, **variables: Any) -> Any:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.url, body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310 - ours
            document = json.load(answer)
        assert "errors" not in document, document["errors"]
        [result] = document["data"].values()
        assert "message" not in result, result["message"]
        return result


def _keys(assets: Iterable[str]) -> list[dict[str, list[str]]]:
    return [{"path": [name]} for name in assets]
