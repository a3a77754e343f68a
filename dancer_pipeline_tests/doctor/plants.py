"""How each fault is planted into a deployment in which nothing is wrong."""

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import boto3
import sqlalchemy as sa

from dancer_pipeline.infrastructure import Route, Via, set_up
from dancer_pipeline_tests.doctor.conftest import Ill
from dancer_pipeline_tests.ports import free_port

Plant = Callable[[Ill], None]


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
