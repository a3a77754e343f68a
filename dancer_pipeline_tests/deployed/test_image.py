"""What the image's files promise each other; deploy/rehearse_image.py runs its steps."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from dancer_pipeline_tests.deployed.template import resolved

DEPLOY = Path(__file__).parents[2] / "deploy"
ROLES = {"code": "CodeTask", "daemon": "DaemonTask", "web": "WebTask"}
SHORT = {"--host": "-h", "--port": "-p", "--workspace": "-w", "--module-name": "-m"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def steps(kind: str) -> list[str]:
    structure = DockerfileParser(path=str(DEPLOY)).structure
    return [step["value"] for step in structure if step["instruction"] == kind]


def test_the_image_has_no_entrypoint_that_would_break_a_runs_command():
    assert steps("ENTRYPOINT") == []


def test_the_image_runs_as_a_user_without_rights():
    assert steps("USER") == ["10001:10001"]


def test_all_that_is_written_goes_to_the_scratch_volume():
    (environment,) = (it for it in steps("ENV") if "DANCER_SCRATCH" in it)
    told = dict(it.split("=", 1) for it in environment.split())
    assert {told[name] for name in ("HOME", "TMPDIR", "DANCER_SCRATCH")} == {"/scratch"}
    assert steps("VOLUME") == ["/scratch"]


def test_only_what_is_copied_goes_to_the_builder():
    sent = {line[1:] for line in (DEPLOY.parent / ".dockerignore").read_text().splitlines()
            if line.startswith("!")}  # fmt: skip
    copied = [it.split()[:-1] for it in steps("COPY") if not it.startswith("--from")]
    assert {source.removeprefix("./") for sources in copied for source in sources} == sent


def test_the_configurations_that_the_image_names_are_in_it():
    (environment,) = (it for it in steps("ENV") if "DAGSTER_HOME" in it)
    home = dict(it.split("=", 1) for it in environment.split())["DAGSTER_HOME"]
    assert (DEPLOY.parent / home.removeprefix("/opt/dancer/") / "dagster.yaml").exists()


@pytest.mark.parametrize("role", ROLES)
def test_one_machine_and_aws_start_the_same(role: str, compose: dict[str, Any]):
    (container,) = resolved()[ROLES[role]]["ContainerDefinitions"]
    ours = [SHORT.get(word, word) for word in compose["services"][role]["command"]]
    assert sorted(ours) == sorted(container["Command"])


@pytest.mark.parametrize("role", ROLES)
def test_containers_are_read_only_and_have_no_capabilities(role: str, compose: dict[str, Any]):
    (container,) = resolved()[ROLES[role]]["ContainerDefinitions"]
    assert container["ReadonlyRootFilesystem"] is True
    assert container["LinuxParameters"]["Capabilities"]["Drop"] == ["ALL"]
    service = compose["services"][role]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


@pytest.mark.parametrize("role", ROLES)
def test_what_is_left_of_killed_processes_is_collected(role: str, compose: dict[str, Any]):
    (container,) = resolved()[ROLES[role]]["ContainerDefinitions"]
    assert container["LinuxParameters"]["InitProcessEnabled"] is True
    shared = compose["services"][role].get("pid") == "service:code"  # whose own it is
    assert shared or compose["services"][role]["init"] is True


def test_the_daemon_of_one_machine_sees_the_processes_of_runs(compose: dict[str, Any]):
    assert compose["services"]["daemon"]["pid"] == "service:code"
