"""What a role must not do is refused: under the check, and by its document where that is blind."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dancer_pipeline.aws import client
from dancer_pipeline_tests.deployed.attempts import ALLOWED, ATTEMPTS
from dancer_pipeline_tests.deployed.roles import Checked
from dancer_pipeline_tests.deployed.template import resolved

pytestmark = pytest.mark.xdist_group("roles")

ROLES = [it.name for it in resolved().of_type("AWS::IAM::Role")]
WITHOUT_RESOURCE = {
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ecr:GetAuthorizationToken",
    "ecs:DescribeTaskDefinition",
    "events:DescribeRule",
    "events:ListRuleNamesByTarget",
    "sns:GetSubscriptionAttributes",
}
"""Of all that is allowed on `*`, none changes or reads anybody's data."""


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_its_own_work_and_nothing_else(checked_roles: Checked, role: str):
    with checked_roles.acting(role):
        allowed = {name for name in ATTEMPTS if not _is_refused(checked_roles, name)}
    assert allowed == ALLOWED[role]


def _is_refused(at: Checked, name: str) -> bool:
    try:
        ATTEMPTS[name](client("s3"), client("sqs"), at)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
            return True
        raise
    return False


def statements(role: str) -> dict[str, dict[str, Any]]:
    [policy] = resolved()[role]["Policies"]
    return {it["Sid"]: it for it in policy["PolicyDocument"]["Statement"]}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_may_do_whatever_begins_alike(role: str):
    for statement in statements(role).values():
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action]
        if statement["Resource"] == "*":
            assert set(statement["Action"]) <= WITHOUT_RESOURCE
        assert "NotAction" not in statement


@pytest.mark.parametrize("role", ROLES)
def test_only_tasks_of_this_account_are_given_a_role(role: str):
    [statement] = resolved()[role]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}


def test_the_daemon_starts_runs_alone_and_passes_their_roles_alone():
    daemon, stack = statements("DaemonRole"), "arn:aws:ecs:eu-central-1:123456789012"
    of_cluster = {"ArnEquals": {"ecs:cluster": f"{stack}:cluster/dancer"}}
    assert daemon["StartRuns"]["Resource"] == f"{stack}:task-definition/dancer-run:*"
    assert daemon["StartRuns"]["Condition"] == of_cluster
    assert daemon["WatchRuns"]["Resource"] == f"{stack}:task/dancer/*"
    assert daemon["WatchRuns"]["Condition"] == of_cluster
    assert daemon["TagRuns"]["Condition"] == {"StringEquals": {"ecs:CreateAction": "RunTask"}}
    passed = [resolved()["RunTask"][name] for name in ("ExecutionRoleArn", "TaskRoleArn")]
    assert daemon["PassRoles"]["Resource"] == passed
    to_tasks = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert daemon["PassRoles"]["Condition"] == to_tasks


def test_only_the_daemon_starts_tasks_and_nobody_changes_roles():
    for role in ROLES:
        actions = {it for one in statements(role).values() for it in one["Action"]}
        starting = {"ecs:RunTask", "iam:PassRole"} if role == "DaemonRole" else set()
        assert {it for it in actions if it.startswith(("iam:", "sts:", "ecs:Run"))} == starting


def test_who_asks_for_objects_may_list_so_that_missing_is_not_forbidden():
    for role in ("CodeRole", "RunRole"):
        found = [it for it in statements(role).values() if "s3:ListBucket" in it["Action"]]
        named = {it["Resource"] for it in found}
        assert named == {"arn:aws:s3:::dancer-uploads", "arn:aws:s3:::dancer-results"}
        assert not [it for it in found if "Condition" in it]


def test_the_web_server_lists_logs_alone():
    condition = statements("WebRole")["FindLogs"]["Condition"]
    assert condition == {"StringLike": {"s3:prefix": "compute-logs/*"}}


def test_containers_are_started_with_what_they_need_and_nothing_else():
    execution = statements("ExecutionRole")
    assert execution["Pull"]["Resource"].endswith(":repository/dancer-pipeline")
    assert execution["Secret"]["Resource"].endswith(":secret:dancer-DatabaseSecret-abcdef")
    groups = [f"/dancer/{name}" for name in ("Web", "Daemon", "Code", "Run")]
    assert [arn.split(":")[6] for arn in execution["Log"]["Resource"]] == groups
    assert "kms" not in json.dumps(execution), "everything is encrypted by AWS's own keys"


def test_objects_need_no_key_for_the_buckets_are_encrypted_by_s3():
    for bucket in resolved().of_type("AWS::S3::Bucket"):
        rules = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert [it["ServerSideEncryptionByDefault"] for it in rules] == [{"SSEAlgorithm": "AES256"}]
