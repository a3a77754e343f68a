"""A deployment in which nothing is wrong is green; a planted fault is red, alone, with its fix."""

import dataclasses
import json
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from dancer_pipeline import doctor
from dancer_pipeline.cli import app
from dancer_pipeline.doctor.checks import Check
from dancer_pipeline.infrastructure import Route, Via, set_up
from dancer_pipeline_tests.cloud.deployment import VIAS
from dancer_pipeline_tests.deployed.conftest import stack_of
from dancer_pipeline_tests.doctor.conftest import OF_A_CONTAINER, ROOT, Ill
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy
from dancer_pipeline_tests.ports import free_port

Plant = Callable[[Ill], None]


def examined(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["doctor", *arguments], catch_exceptions=False)


def checks(result: Result, mark: str) -> set[str]:
    """Return the names of the checks that have a line with this mark."""
    lines = [line for line in result.output.splitlines() if line.startswith(mark)]
    return {line.removeprefix(mark).strip().split(":")[0] for line in lines}


def remedies(result: Result) -> list[str]:
    return [line for line in result.output.splitlines() if line.startswith("       -> ")]


# What can be wrong -------------------------------------------------------------------------------


def variable(name: str, value: str) -> Plant:
    return lambda ill: ill.set(name, value)


def no_configuration(ill: Ill) -> None:
    (ill.home / "dagster.yaml").unlink()


def capacity_unset(ill: Ill) -> None:
    ill.unset("DANCER_ECS_CAPACITY")


def results_in_a_folder(ill: Ill) -> None:
    ill.set("DANCER_RESULTS", str(ill.home.parent / "results"))


def bucket_of_another_region(ill: Ill) -> None:
    name, region = f"{ill.plan.uploads}-abroad", "eu-west-1"
    s3 = boto3.client("s3", endpoint_url=ill.aws.endpoint, region_name=region)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    ill.set("DANCER_SOURCE", f"s3://{name}/in")


def wire(ill: Ill, via: Via) -> None:
    """Let the bucket tell the queue another way."""
    ill.is_lost = True
    set_up(dataclasses.replace(ill.plan, routes=(Route("in/", via),), visibility_s=120))


def versioning_suspended(ill: Ill) -> None:
    ill.aws.client("s3").put_bucket_versioning(
        Bucket=ill.plan.uploads, VersioningConfiguration={"Status": "Suspended"}
    )


def attribute(**changed: str) -> Plant:
    return lambda ill: ill.queue_says(**changed)


def unusable_key(ill: Ill) -> None:
    ill.is_lost = True
    ill.queue_says(KmsMasterKeyId="alias/aws/sqs")


def dead_letters_deleted(ill: Ill) -> None:
    ill.is_lost = True
    ill.aws.client("sqs").delete_queue(QueueUrl=ill.dead_letters_url)


def dead_letters_kept_shorter(ill: Ill) -> None:
    ill.aws.client("sqs").set_queue_attributes(
        QueueUrl=ill.dead_letters_url, Attributes={"MessageRetentionPeriod": "345600"}
    )


def dead_letter_after_one_receive(ill: Ill) -> None:
    arn = f"arn:aws:sqs:eu-central-1:123456789012:{ill.plan.dead_letters}"
    ill.queue_says(RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"}))


def dead_letter_waiting(ill: Ill) -> None:
    ill.aws.client("sqs").send_message(QueueUrl=ill.dead_letters_url, MessageBody="{}")


def notification_overwritten(ill: Ill) -> None:
    ill.tell()


def filtered(name: str, value: str) -> Plant:
    def plant(ill: Ill) -> None:
        rules = [{"Name": "prefix", "Value": "in/"}, {"Name": name, "Value": value}]
        chosen = list({rule["Name"]: rule for rule in rules}.values())
        ill.tell({**ill.told, "Filter": {"Key": {"FilterRules": chosen}}})

    return plant


def notification_of_small_uploads(ill: Ill) -> None:
    ill.tell({**ill.told, "Events": ["s3:ObjectCreated:Put"]})


def told_twice(ill: Ill) -> None:
    """Add a rule of EventBridge, which may send, beside the direct notification."""
    direct, queue = ill.told, ill.queue_url
    sqs = ill.aws.client("sqs")
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])
    statements = json.loads(answer["Attributes"]["Policy"])["Statement"]
    wire(ill, "eventbridge")
    answer = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["Policy"])
    policy = json.loads(answer["Attributes"]["Policy"])
    policy["Statement"] += statements
    ill.queue_says(Policy=json.dumps(policy))
    ill.tell(direct, EventBridgeConfiguration={})


def rule_disabled(ill: Ill) -> None:
    wire(ill, "eventbridge")
    ill.tell(EventBridgeConfiguration={})
    ill.aws.client("events").disable_rule(Name=ill.plan.queue)


def subscription_removed(ill: Ill) -> None:
    wire(ill, "sns")
    sns = ill.aws.client("sns")
    for it in sns.list_subscriptions()["Subscriptions"]:
        if it["Endpoint"].endswith(f":{ill.plan.queue}"):
            sns.unsubscribe(SubscriptionArn=it["SubscriptionArn"])


def policy_of_another_bucket(ill: Ill) -> None:
    found = ill.aws.client("sqs").get_queue_attributes(
        QueueUrl=ill.queue_url, AttributeNames=["Policy"]
    )
    policy = found["Attributes"]["Policy"].replace(ill.plan.uploads, "another", 2)
    ill.queue_says(Policy=policy.replace("sqs:eu-central-1:123456789012:another", "*"))


def topic_policy_closed(ill: Ill) -> None:
    wire(ill, "sns")
    ill.aws.client("sns").set_topic_attributes(
        TopicArn=f"arn:aws:sns:eu-central-1:123456789012:{ill.plan.queue}",
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": []}),
    )


def results_watched(ill: Ill) -> None:
    told = ill.told
    del told["Filter"]
    ill.tell(told)
    ill.set("DANCER_RESULTS", f"s3://{ill.plan.uploads}/results")


def clock_ahead(ill: Ill) -> None:
    ill.monkeypatch.setattr(
        "dancer_pipeline.doctor.buckets.now", lambda: datetime.now(UTC) + timedelta(hours=1)
    )


def another_database(variable: str, *statements: str) -> Plant:
    """Name a database in which nothing has been done but these statements."""

    def plant(ill: Ill) -> None:
        url = ill.database_anew()
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement))
        ill.set(variable, url)

    return plant


def database_gone(variable: str) -> Plant:
    return lambda ill: ill.set(variable, ill.database + "_that_is_not_there")


def older_tables_of_dagster(ill: Ill) -> None:
    url = ill.database_anew()
    ill.set("DAGSTER_POSTGRES_URL", url)
    ill.beat()  # makes Dagster's tables
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '567bc23fd1ac'"))


def storage_unset(ill: Ill) -> None:
    ill.unset("DAGSTER_POSTGRES_URL")


def daemon_silent(ill: Ill) -> None:
    ill.beat(age_s=3600)


def daemon_never_started(ill: Ill) -> None:
    ill.is_silent = True
    with sa.create_engine(ill.database, poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text("delete from daemon_heartbeats"))


def code_server_gone(ill: Ill) -> None:
    path = ill.home / "workspace.yaml"
    path.write_text(
        path.read_text().replace(path.read_text().split("port: ")[1][:5], str(free_port()))
    )


def container_of_another_name(ill: Ill) -> None:
    made = ill.aws.client("ecs").register_task_definition(
        family="other", containerDefinitions=[{"name": "web", "image": "dancer", "memory": 512}]
    )
    ill.set("DAGSTER_ECS_TASK", made["taskDefinition"]["taskDefinitionArn"])


def cluster_without_spot(ill: Ill) -> None:
    ill.aws.client("ecs").create_cluster(clusterName="plain", capacityProviders=["FARGATE"])
    ill.set("DAGSTER_ECS_CLUSTER", "plain")


def subnets_unset(ill: Ill) -> None:
    ill.unset("DAGSTER_ECS_SUBNETS")


def chosen_model_broken(ill: Ill) -> None:
    path = ill.home / "a.task"
    path.write_bytes(b"not a model")
    ill.set("DANCER_MODEL", str(path))


def pinned_model(content: bytes | None) -> Plant:
    def plant(ill: Ill) -> None:
        path = ill.home / "model.task"
        if content is not None:
            path.write_bytes(content)
        ill.monkeypatch.setattr("dancer_pipeline.pose.model.pinned_file", lambda: path)

    return plant


def decoder_missing(ill: Ill) -> None:
    from av.codec import codecs_available

    rest = codecs_available - {"hevc", "av1", "libdav1d", "libaom-av1"}
    ill.monkeypatch.setattr("av.codec.codecs_available", rest)


def scratch_is_a_file(ill: Ill) -> None:
    (ill.home / "file").touch()
    ill.set("DANCER_SCRATCH", str(ill.home / "file"))


FAULTS: dict[str, tuple[Plant, str, str, str]] = {
    "a misspelt setting": (
        variable("DANCER_QUEUEE", "q"), "settings", "DANCER_QUEUEE", "docs/settings.md",
    ),
    "DAGSTER_HOME without dagster.yaml": (
        no_configuration, "active", "holds no dagster.yaml", "deploy/aws",
    ),
    "tasks without a capacity": (capacity_unset, "active", "the same size", "=spot"),
    "tasks with a folder for results": (
        results_in_a_folder, "active", "is a folder", "DANCER_RESULTS=s3://",
    ),
    "no such bucket of uploads": (
        variable("DANCER_SOURCE", "s3://nobody-made-this/in"), "source-bucket",
        "there is no bucket nobody-made-this", "Correct DANCER_SOURCE",
    ),
    "no such bucket of results": (
        variable("DANCER_RESULTS", "s3://nobody-made-this"), "results-bucket",
        "there is no bucket nobody-made-this", "Correct DANCER_RESULTS",
    ),
    "a bucket of another region": (
        bucket_of_another_region, "source-bucket", "is in eu-west-1", "AWS_REGION=eu-west-1",
    ),
    "versioning suspended": (
        versioning_suspended, "versioning", "suspended", "put-bucket-versioning",
    ),
    "no such queue": (
        variable("DANCER_QUEUE", "nobody-made-this"), "queue", "there is no queue",
        "Correct DANCER_QUEUE",
    ),
    "a queue with a key that S3 may not use": (
        unusable_key, "queue", "alias/aws/sqs",
        "SqsManagedSseEnabled=true",
    ),
    "a visibility of 30 s": (
        attribute(VisibilityTimeout="30"), "visibility", "30 s", "VisibilityTimeout=120",
    ),
    "a chosen visibility of 5 s": (
        variable("DANCER_VISIBILITY_S", "5"), "visibility", "DANCER_VISIBILITY_S is 5 s", "120",
    ),
    "a queue that takes only small messages": (
        attribute(MaximumMessageSize="32768"), "message-size", "32,768",
        "MaximumMessageSize=262144",
    ),
    "no dead-letter queue": (
        attribute(RedrivePolicy=""), "dead-letters", "none", "template.yaml",
    ),
    "a dead-letter queue that was deleted": (
        dead_letters_deleted, "dead-letters", "not there", "template.yaml",
    ),
    "dead letters kept shorter than messages": (
        dead_letters_kept_shorter, "dead-letters", "4 days", "1209600",
    ),
    "messages kept for a day": (
        attribute(MessageRetentionPeriod="86400"), "dead-letters", "for 1 days only",
        "MessageRetentionPeriod=1209600",
    ),
    "a dead letter after one receive": (
        dead_letter_after_one_receive, "dead-letters", "after 1 receives", "maxReceiveCount 5",
    ),
    "a dead letter": (dead_letter_waiting, "dead-letters", "1 dead letters", "move-task"),
    "a notification that was overwritten": (
        notification_overwritten, "notification", "nothing tells", "template.yaml again",
    ),
    "a notification of another prefix": (
        filtered("prefix", "other/"), "notification", "tells of other/", "the same prefix",
    ),
    "a notification of a part of the prefix": (
        filtered("prefix", "in/videos/"), "notification", "in/videos/", "the same prefix",
    ),
    "a notification of some endings": (
        filtered("suffix", ".mp4"), "notification", "*.mp4", "no suffix",
    ),
    "a notification of small uploads": (
        notification_of_small_uploads, "notification", "CompleteMultipartUpload",
        "s3:ObjectCreated:*",
    ),
    "a rule that is disabled": (rule_disabled, "notification", "is disabled", "enable-rule"),
    "a topic without its subscription": (
        subscription_removed, "notification", "nothing tells", "template.yaml again",
    ),
    "uploads told twice": (told_twice, "filter-overlap", "arrives twice", "Remove one"),
    "a queue's policy for another bucket": (
        policy_of_another_bucket, "senders", "does not let the bucket itself send",
        "sqs:SendMessage",
    ),
    "a topic's policy without S3": (
        topic_policy_closed, "senders", "does not let S3 publish", "sns:Publish",
    ),
    "results that are watched": (
        results_watched, "results-unwatched", "where results are written", "DANCER_RESULTS",
    ),
    "a clock that is an hour ahead": (clock_ahead, "clock", "ahead of", "time server"),
    "no database of the ledger": (
        database_gone("DANCER_LEDGER"), "ledger", "does not exist", "database runs",
    ),
    "a ledger without tables": (
        another_database("DANCER_LEDGER"), "ledger", "not there", "dancer status",
    ),
    "a ledger of a newer version": (
        another_database(
            "DANCER_LEDGER", "create table ledger_version (version_num text)",
            "insert into ledger_version values ('9999')",
        ),
        "ledger", "9999", "newer version",
    ),
    "no database of Dagster": (
        database_gone("DAGSTER_POSTGRES_URL"), "dagster-storage", "does not exist",
        "database runs",
    ),
    "a storage whose variable is not set": (
        storage_unset, "dagster-storage", "DAGSTER_POSTGRES_URL is not set",
        "Set DAGSTER_POSTGRES_URL",
    ),
    "a storage without tables": (
        another_database("DAGSTER_POSTGRES_URL"), "dagster-storage", "without Dagster's tables",
        "dagster instance migrate",
    ),
    "a storage of an older Dagster": (
        older_tables_of_dagster, "dagster-storage", "567bc23fd1ac", "dagster instance migrate",
    ),
    "a daemon that is silent": (daemon_silent, "daemon", "60 min old", "Start it"),
    "a daemon that never ran": (daemon_never_started, "daemon", "never run", "Start it"),
    "no code server": (code_server_gone, "code-server", "does not answer", "log"),
    "no such task definition": (
        variable("DAGSTER_ECS_TASK", "nobody-made-this"), "run-launcher",
        "no task definition", "Correct DAGSTER_ECS_TASK",
    ),
    "a task definition with another container": (
        container_of_another_name, "run-launcher", "has no container dancer", "container_name",
    ),
    "no such cluster": (
        variable("DAGSTER_ECS_CLUSTER", "nobody-made-this"), "run-launcher", "no active cluster",
        "Correct DAGSTER_ECS_CLUSTER",
    ),
    "a cluster without Spot": (
        cluster_without_spot, "run-launcher", "has no FARGATE_SPOT",
        "put-cluster-capacity-providers",
    ),
    "no such subnet": (
        variable("DAGSTER_ECS_SUBNETS", "subnet-0000000000000000f"), "run-launcher",
        "InvalidSubnetID.NotFound", "Correct DAGSTER_ECS_SUBNETS",
    ),
    "a security group that is none": (
        variable("DAGSTER_ECS_SECURITY_GROUPS", "sg-0000000000000000f"), "run-launcher",
        "InvalidGroup.NotFound", "Correct DAGSTER_ECS_SECURITY_GROUPS",
    ),
    "subnets that are not set": (
        subnets_unset, "run-launcher", "DAGSTER_ECS_SUBNETS: not set", "the daemon",
    ),
    "a chosen model that is none": (
        chosen_model_broken, "model", "not an intact .task file", "DANCER_MODEL",
    ),
    "no pose model": (pinned_model(None), "model", "there is no pose model", "dancer model"),
    "a pose model that was changed": (
        pinned_model(b"changed"), "model", "not the pinned model", "dancer model",
    ),
    "decoders that are missing": (
        decoder_missing, "decoders", "cannot decode hevc, av1", "PyAV's own wheel",
    ),
    "too little scratch space": (
        variable("DANCER_MAX_SIZE_MIB", "1e12"), "scratch", "needs", "DANCER_SCRATCH",
    ),
    "a scratch folder that is a file": (
        scratch_is_a_file, "scratch", "is not a folder", "DANCER_SCRATCH",
    ),
}  # fmt: skip


# A healthy deployment ----------------------------------------------------------------------------


@pytest.mark.usefixtures("deployment")
def test_a_deployment_in_which_nothing_is_wrong_is_all_green() -> None:
    result = examined()

    assert result.exit_code == 0, result.output
    assert checks(result, "ok") == {*doctor.NAMES} - {"folders"}
    assert checks(result, "WRONG") == checks(result, "?") == set()
    assert result.output.splitlines()[-1] == "nothing is wrong"


@pytest.mark.parametrize("via", VIAS)
def test_a_deployment_of_the_template_is_all_green_by_every_route(
    deployment: Ill, via: Via
) -> None:
    deployed(deployment, via, "CodeTask", "DaemonTask")

    result = examined()

    assert (result.exit_code, checks(result, "?")) == (0, set()), result.output


@pytest.mark.parametrize("task", ["CodeTask", "DaemonTask", "WebTask", "RunTask"])
def test_in_no_container_of_the_template_is_anything_red(deployment: Ill, task: str) -> None:
    deployed(deployment, "direct", task)

    result = examined()

    assert result.exit_code == 0, result.output
    assert {"dagster-storage", "daemon"} <= checks(result, "ok")


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
