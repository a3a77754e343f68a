"""The template is sound, says what the product's own description says, and what it makes works."""

import copy
import json
import os
import re
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint_file
from cfnlint.context.parameters import ParameterSet

from dancer_pipeline.infrastructure import Infrastructure, Route, differences
from dancer_pipeline.message_queue import MessageQueue
from dancer_pipeline.settings import Settings
from dancer_pipeline_tests.cloud.deployment import VIAS
from dancer_pipeline_tests.deployed import applied, template
from dancer_pipeline_tests.deployed.agent import FARGATE_MIB
from dancer_pipeline_tests.deployed.conftest import Deployed
from dancer_pipeline_tests.deployed.identities import ACCOUNT
from dancer_pipeline_tests.deployed.template import PARAMETERS, Resource, resolved
from dancer_pipeline_tests.deployed.written import TEMPLATE, load

BODY_LIMIT_BYTES = 51_200
"""What CloudFormation takes without a bucket to read the template from."""

SPARE_BYTES = 1_000
"""Left for what an operator adds: a route's prefix, an alarm, a tag."""


def test_cfn_lint_finds_nothing_for_any_route():
    given = [ParameterSet(source=None, parameters={**PARAMETERS, "Via": via}) for via in VIAS]
    assert [str(it) for it in lint_file(TEMPLATE, ManualArgs(parameters=given))] == []


def test_cloudformation_takes_the_template_as_it_is():
    assert TEMPLATE.stat().st_size < BODY_LIMIT_BYTES - SPARE_BYTES


def test_what_was_applied_is_what_the_product_describes(deployed: Deployed):
    wanted = Infrastructure(
        uploads=deployed["UploadsBucket"]["BucketName"],
        results=deployed["ResultsBucket"]["BucketName"],
        queue=deployed["UploadsQueue"]["QueueName"],
        routes=(Route("in/", deployed.via),),
    )
    assert differences(wanted) == []


def test_an_upload_is_told_once_to_the_queue_that_the_code_server_reads(deployed: Deployed):
    queue = MessageQueue(deployed.environment("CodeTask")["DANCER_QUEUE"], visibility_s=60)
    queue.acknowledge(queue.receive(wait_s=0))  # S3 tells that it will tell
    for key in ("in/walk.mp4", "elsewhere/walk.mp4"):
        deployed.put(key)
    told = queue.receive(wait_s=1)
    assert len(told) == 1
    assert "in/walk.mp4" in told[0].body
    assert deployed["UploadsBucket"]["BucketName"] in told[0].body


def test_everything_is_made_that_can_be_and_the_rest_is_named(deployed: Deployed):
    assert set(deployed.stack.not_made) == {
        *("Balancer", "BalancerGroup", "CodeDiscovery", "CodeIngress", "CodeService"),
        *("DaemonService", "Database", "DatabaseFromRuns", "DatabaseFromServices"),
        *("DatabaseGroup", "DatabaseParameters", "DatabaseSubnets", "Listener", "Namespace"),
        *("RunGroup", "ServicesGroup", "WebService", "WebTargets"),
    }


def test_runs_of_the_stack_can_be_launched_with_its_secret(deployed: Deployed):
    ecs, secrets = deployed.aws.client("ecs"), deployed.aws.client("secretsmanager")
    arn = deployed.environment("DaemonTask")["DAGSTER_ECS_TASK"]
    found = ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
    assert found["taskRoleArn"].endswith("-RunRole")
    container = found["containerDefinitions"][0]
    assert container["name"] == "dancer"
    arns = {it["name"]: it["valueFrom"].rsplit(":", 3) for it in container["secrets"]}
    assert {name: key for name, (_, key, _, _) in arns.items()} == {
        "PGUSER": "username",
        "PGPASSWORD": "password",
    }
    secret = secrets.get_secret_value(SecretId=arns["PGUSER"][0])
    assert json.loads(secret["SecretString"])["username"] == "dancer"


@pytest.mark.parametrize("name", ["CodeTask", "RunTask"])
def test_the_settings_take_what_the_containers_are_given(
    name: str, monkeypatch: pytest.MonkeyPatch
):
    for variable in [it for it in os.environ if it.startswith("DANCER_")]:
        monkeypatch.delenv(variable)
    for variable, value in environment(resolved()[name]).items():
        monkeypatch.setenv(variable, value)
    settings = Settings.load()
    assert settings.source == "s3://dancer-uploads/in"
    assert settings.results == "s3://dancer-results/results"


def test_expiring_and_cleanup_are_chosen_by_parameters():
    days = {"RetentionDays": "90", "PreviewDays": "30", "HistoryDays": "365"}
    plain, chosen = (
        environment(resolved(given)["RunTask"]) for given in ({}, {"Cleanup": "off", **days})
    )
    assert (plain["DANCER_CLEANUP"], chosen["DANCER_CLEANUP"]) == ("on", "off")
    assert not [name for name in plain if name.endswith("_DAYS")]
    told = [chosen[f"DANCER_{name}_DAYS"] for name in ("RETENTION", "PREVIEW", "HISTORY")]
    assert told == list(days.values())


def test_tasks_have_sizes_that_fargate_has_and_stop_in_the_time_that_it_gives():
    """Values of mappings, into which cfn-lint does not look."""
    for task in resolved().of_type("AWS::ECS::TaskDefinition"):
        [container] = task.properties["ContainerDefinitions"]
        assert str(container["Memory"]) == task.properties["Memory"]
        assert int(task.properties["Memory"]) in FARGATE_MIB[int(task.properties["Cpu"])]
        assert container["StopTimeout"] <= 120
        assert container["HealthCheck"]["Command"][0] == "CMD"
        assert container["HealthCheck"]["Timeout"] <= 60


def environment(task: dict[str, Any]) -> dict[str, str]:
    return {it["Name"]: it["Value"] for it in task["ContainerDefinitions"][0]["Environment"]}


def test_code_server_and_runs_know_the_same_settings():
    stack = resolved()
    assert environment(stack["CodeTask"]) == environment(stack["RunTask"])


def test_where_data_live_nothing_is_deleted_with_the_stack():
    """But what a creation that failed has made goes again: its names would be in the way."""
    kept = {it.name: (it.deletion, it.replaced) for it in resolved().resources.values()}
    buckets = {"UploadsBucket", "ResultsBucket"}
    data = buckets | {f"{name}Policy" for name in buckets} | {"DatabaseSecret"}
    retained = ("RetainExceptOnCreate", "Retain")
    assert {name for name, policies in kept.items() if policies == retained} == data
    assert kept["Database"] == ("Snapshot", "Snapshot")
    others = {it for name, it in kept.items() if name not in {*data, "Database"}}
    assert others == {(None, None)}
    assert resolved()["Database"]["DeletionProtection"]


def test_no_rule_of_the_template_expires_an_upload():
    rules = resolved()["UploadsBucket"]["LifecycleConfiguration"]["Rules"]
    actions = {key for rule in rules for key in rule} - {"Id", "Status", "Prefix"}
    assert actions == {"AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker"}


def holders(stack: template.Resolved) -> list[Resource]:
    return stack.of_type("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy")


@pytest.mark.parametrize("via", VIAS)
def test_every_bucket_queue_and_topic_refuses_what_comes_unencrypted(via: str):
    stack = resolved({"Via": via})
    assert len(holders(stack)) == len(
        stack.of_type("AWS::S3::Bucket", "AWS::SNS::Topic", "AWS::SQS::Queue")
    )
    for holder in holders(stack):
        [refusal] = [
            it for it in holder.properties["PolicyDocument"]["Statement"] if it["Effect"] == "Deny"
        ]
        assert refusal["Principal"] == "*"
        assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("via", VIAS)
def test_only_services_may_send_and_only_for_our_account_or_resource(via: str):
    for holder in holders(resolved({"Via": via})):
        for statement in holder.properties["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny":
                continue
            conditions, services = statement["Condition"], statement["Principal"]
            [sources] = (conditions.get("ArnEquals") or conditions["ArnLike"]).values()
            assert set(services) == {"Service"}
            assert "*" not in json.dumps(sources).replace(":alarm:*", "")
            if "StringEquals" in conditions:  # the ARN of a bucket does not name an account
                assert conditions["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
            else:
                arns = sources if isinstance(sources, list) else [sources]
                assert all(f":{ACCOUNT}:" in arn for arn in arns)


def test_nothing_is_open_to_the_world():
    stack = resolved()
    assert stack["Balancer"]["Scheme"] == "internal"
    assert stack["Database"]["PubliclyAccessible"] is False
    for service in stack.of_type("AWS::ECS::Service"):
        network = service.properties["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["AssignPublicIp"] == "DISABLED"
    for group in stack.of_type("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"):
        assert "0.0.0.0/0" not in json.dumps(group.properties.get("SecurityGroupIngress"))
    for bucket in stack.of_type("AWS::S3::Bucket"):
        assert all(bucket.properties["PublicAccessBlockConfiguration"].values())


def test_the_alarms_of_the_table_are_those_of_the_template():
    table = (TEMPLATE.parent / "alarms.md").read_text()
    listed = set(re.findall(r"^\| `(\w+Alarm)` \|", table, re.MULTILINE))
    assert {it.name for it in resolved().of_type("AWS::CloudWatch::Alarm")} == listed
    alerts = [resolved()["AlertsTopicPolicy"]["Topics"][0]]
    for alarm in resolved().of_type("AWS::CloudWatch::Alarm"):
        assert alarm.properties["AlarmActions"] == alarm.properties["OKActions"] == alerts


def test_the_dashboard_is_json_and_shows_metrics_of_this_stack():
    widgets = json.loads(resolved()["Dashboard"]["DashboardBody"])["widgets"]
    assert len(widgets) == 12
    assert "${" not in resolved()["Dashboard"]["DashboardBody"]


def test_what_the_resolver_does_not_know_is_refused(monkeypatch: pytest.MonkeyPatch):
    broken = copy.deepcopy(load(TEMPLATE))
    broken["Resources"]["Cluster"]["Properties"]["ClusterName"] = {"Fn::Split": [",", "a,b"]}
    monkeypatch.setattr(template, "load", lambda _: broken)
    with pytest.raises(template.UnknownError, match="Fn::Split"):
        resolved()


def test_a_type_that_the_applier_does_not_know_is_refused(aws: Any):
    stack = resolved()
    strange = Resource("Strange", "AWS::Lambda::Function", {})
    extended = template.Resolved("x", {**stack.resources, "Strange": strange}, {})
    with pytest.raises(applied.UnknownTypeError, match="Lambda"):
        applied.apply(extended, aws)
