"""A deployment in which nothing is wrong is green; a planted fault is red, alone, with its fix."""

import json
import shutil
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from dancer_pipeline import doctor
from dancer_pipeline.cli import app
from dancer_pipeline.doctor.checks import Check
from dancer_pipeline.infrastructure import Via
from dancer_pipeline_tests.cloud.deployment import VIAS
from dancer_pipeline_tests.deployed.conftest import stack_of
from dancer_pipeline_tests.doctor.conftest import OF_A_CONTAINER, ROOT, Ill
from dancer_pipeline_tests.doctor.faults import FAULTS
from dancer_pipeline_tests.doctor.plants import daemon_silent, database_gone
from dancer_pipeline_tests.doctor.routes import queue_policy, statements
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy


def examined(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments], catch_exceptions=False)


def checks(result: Result, mark: str) -> set[str]:
    """Return the names of the checks that have a line with this mark."""
    lines = [line for line in result.output.splitlines() if line.startswith(mark)]
    return {line.removeprefix(mark).strip().split(":")[0] for line in lines}


def remedies(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("       -> ")]


# A healthy deployment ----------------------------------------------------------------------------


@pytest.mark.usefixtures("deployment")
def test_a_deployment_in_which_nothing_is_wrong_is_all_green() -> None:
    result = examined()

    assert result.exit_code == 0, result.output
    assert checks(result, "ok") == {*doctor.NAMES} - {"folders"}
    assert checks(result, "WRONG") == checks(result, "?") == set()
    assert result.output.splitlines()[-1] == "nothing is wrong"


@pytest.mark.parametrize("via", VIAS)
@pytest.mark.parametrize(
    ("task", "seen_elsewhere"),
    [("CodeTask", {"code-server", "run-launcher"}), ("DaemonTask", set())],
)
def test_code_server_and_daemon_of_the_template_are_green_by_every_route(
    deployment: Ill, via: Via, task: str, seen_elsewhere: set[str]
) -> None:
    deployed(deployment, via, task)

    result = examined()

    assert (result.exit_code, checks(result, "?")) == (0, seen_elsewhere), result.output


def test_between_them_code_server_and_daemon_look_at_everything(deployment: Ill) -> None:
    seen = set()
    for task in ("CodeTask", "DaemonTask"):
        deployed(deployment, "direct", task)
        seen |= checks(examined(), "ok")

    assert seen == {*doctor.NAMES} - {"folders"}


@pytest.mark.parametrize("task", ["WebTask", "RunTask"])
def test_in_no_container_of_the_template_is_anything_red(deployment: Ill, task: str) -> None:
    deployed(deployment, "direct", task)

    result = examined()

    assert result.exit_code == 0, result.output
    assert {"dagster-storage", "daemon"} <= checks(result, "ok")


def test_a_policy_that_lets_everybody_send_for_the_bucket_lets_s3_send(deployment: Ill) -> None:
    allowed, *rest = statements(deployment)
    queue_policy(deployment, {**allowed, "Principal": "*"}, *rest)

    assert "senders" in checks(examined(), "ok")


def test_a_key_of_ones_own_is_not_looked_at(deployment: Ill) -> None:
    deployment.is_lost = True
    deployment.queue_says(KmsMasterKeyId="alias/ours")

    result = examined("--only", "queue")

    assert (result.exit_code, checks(result, "?")) == (0, {"queue"})
    assert "kms:GenerateDataKey*" in result.output


def deployed(ill: Ill, via: Via, *tasks: str) -> None:
    """Take the environment of containers of the template; what is no part of it stays."""
    stack = stack_of(ill.standin, via)
    for name in OF_A_CONTAINER:
        ill.monkeypatch.delenv(name, raising=False)
    for task in tasks:
        for name, value in stack.environment(task).items():
            ill.set(name, ill.replaced.get(name, value))


def test_no_password_is_shown(deployment: Ill) -> None:
    password = sa.make_url(deployment.database).password
    database_gone("DANCER_LEDGER")(deployment)
    database_gone("DAGSTER_POSTGRES_URL")(deployment)

    result = examined()

    assert checks(result, "WRONG") == {"ledger", "dagster-storage"}
    assert password
    assert password not in result.output


# Planted faults ----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_red_alone_and_says_its_fix(deployment: Ill, fault: str) -> None:
    plant, check, words, fix = FAULTS[fault]
    plant(deployment)

    result = examined()

    assert result.exit_code == 1
    assert checks(result, "WRONG") == {check}, result.output
    (line,) = (line for line in result.output.splitlines() if line.startswith("WRONG"))
    assert words in line
    assert any(fix in remedy for remedy in remedies(result)), result.output


def test_what_follows_from_a_fault_is_not_red_but_not_looked_at(deployment: Ill) -> None:
    deployment.set("DANCER_QUEUE", "nobody-made-this")

    unseen = checks(examined(), "?")

    assert {"visibility", "message-size", "dead-letters", "notification", "senders"} <= unseen


def test_a_bucket_that_is_denied_says_which_permission(deployment: Ill, proxy: FaultProxy) -> None:
    proxy.harm(
        Fault(method="HEAD", at=lambda it: deployment.plan.uploads in it.path, times=9, status=403)
    )

    result = examined()

    assert checks(result, "WRONG") == {"source-bucket"}
    assert f"s3:ListBucket on arn:aws:s3:::{deployment.plan.uploads}" in result.output


def test_a_listing_that_is_denied_says_which_permission(deployment: Ill, proxy: FaultProxy) -> None:
    assert deployment
    is_listing = {"at": lambda it: "versions" in it.query, "times": 9}
    proxy.harm(Fault(**is_listing, status=403, code="AccessDenied"))

    result = examined()

    assert checks(result, "WRONG") == {"listing"}
    assert "s3:ListBucketVersions" in result.output


def test_a_check_that_a_role_may_not_make_is_not_red_and_says_which_permission(
    deployment: Ill, proxy: FaultProxy
) -> None:
    assert deployment
    is_asked = {"at": lambda it: "notification" in it.query, "times": 9}
    proxy.harm(Fault(**is_asked, status=403, code="AccessDenied"))

    result = examined()

    assert result.exit_code == 0, result.output
    assert checks(result, "?") == {
        "notification", "filter-overlap", "senders", "results-unwatched",
    }  # fmt: skip
    assert "lacks s3:GetBucketNotification" in result.output


def test_a_check_without_an_answer_ends(deployment: Ill, monkeypatch: pytest.MonkeyPatch) -> None:
    assert deployment
    stays = threading.Event()
    monkeypatch.setattr(doctor, "LIMIT_S", 0.05)
    monkeypatch.setattr(doctor, "CHECKS", (Check("queue", lambda _: iter([stays.wait()])),))

    result = examined("--only", "queue")
    stays.set()

    assert result.exit_code == 1
    assert "queue: no answer within" in result.output


# What programs use -------------------------------------------------------------------------------


def test_only_what_is_named_is_looked_at(deployment: Ill) -> None:
    daemon_silent(deployment)

    healthy = examined("--only", "ledger", "--only", "dagster-storage")
    ill = examined("--only", "daemon")

    assert (healthy.exit_code, ill.exit_code) == (0, 1)
    assert checks(healthy, "ok") == {"ledger", "dagster-storage"}
    assert checks(ill, "WRONG") == {"daemon"}


def test_a_look_at_the_daemon_alone_makes_no_tables(deployment: Ill) -> None:
    url = deployment.database_anew()
    deployment.set("DAGSTER_POSTGRES_URL", url)

    result = examined("--only", "daemon")

    assert checks(result, "WRONG") == {"daemon"}
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    assert sa.inspect(engine).get_table_names() == []


@pytest.mark.usefixtures("deployment")
def test_a_name_that_is_no_check_is_refused_with_those_that_are() -> None:
    result = examined("--only", "queues")

    assert result.exit_code == 2
    assert "no check queues" in result.output
    assert "dead-letters" in result.output


def test_a_program_reads_the_same_as_json(deployment: Ill) -> None:
    deployment.tell()

    result = examined("--json", "--only", "notification", "--only", "queue")

    found = {it["check"]: it for it in json.loads(result.output)}
    assert {name: it["level"] for name, it in found.items()} == {
        "queue": "good", "notification": "wrong",
    }  # fmt: skip
    assert found["notification"]["fix"].startswith("Apply deploy/aws/template.yaml again")
    assert result.exit_code == 1


# On one machine ----------------------------------------------------------------------------------


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder in which the demo has not run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return tmp_path


@pytest.mark.usefixtures("local")
def test_before_the_first_start_nothing_is_red_and_nothing_is_made() -> None:
    result = examined()

    assert checks(result, "WRONG") <= {"model"}
    assert {"ledger", "dagster-storage", "daemon"} <= checks(result, "?")
    assert not [*Path().iterdir()]


def test_on_one_machine_nothing_of_the_cloud_is_looked_at(local: Path) -> None:
    home = local / ".dancer" / "dagster"
    home.mkdir(parents=True)
    shutil.copyfile(ROOT / "dagster.yaml", home / "dagster.yaml")
    (local / "inbox").mkdir()
    with_history(home)

    result = examined()

    of_the_cloud = {"source-bucket", "clock", "versioning", "queue", "notification", "senders"}
    assert not of_the_cloud & (checks(result, "ok") | checks(result, "WRONG") | checks(result, "?"))
    assert "dagster-storage" in checks(result, "ok"), result.output
    assert "runs are processes of this machine (LocalRunLauncher" in result.output
    assert checks(result, "WRONG") <= {"daemon", "model"}
    assert "the daemon has never run" in result.output


def with_history(home: Path) -> None:
    import dagster as dg

    with dg.DagsterInstance.from_config(str(home)) as instance:
        assert instance.get_runs_count() == 0
