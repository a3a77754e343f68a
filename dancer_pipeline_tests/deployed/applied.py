"""The resolved template, applied to the stand-in: each resource by the call that makes it.

Moto's own CloudFormation makes queues without policies and buckets without notifications, and
says that all went well. What is not made here is named; a type that is unknown is refused.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dancer_pipeline_tests.deployed.buckets import make_bucket
from dancer_pipeline_tests.deployed.identities import IDENTITIES
from dancer_pipeline_tests.deployed.template import Resolved, Resource
from dancer_pipeline_tests.standin import Aws

NOT_MADE = frozenset({
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::ECS::Service",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "AWS::ServiceDiscovery::Service",
})  # fmt: skip
"""Networks, and what takes the tests' own processes' place: their PostgreSQL, their servers."""


class UnknownTypeError(Exception):
    """A type of resource that is neither made nor known not to be made."""


@dataclass(frozen=True)
class Stack:
    """What was made."""

    resolved: Resolved
    not_made: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where a stack is made, what its secrets say, and what their ARNs turned out to be."""

    aws: Aws
    stack: str
    secrets: Mapping[str, str]
    arns: dict[str, str] = field(default_factory=dict)

    def settled(self, resource: Resource) -> Resource:
        """Put the ARNs that the stand-in gave into the place of those that were made up."""
        text = json.dumps(resource.properties)
        for made_up, arn in self.arns.items():
            text = text.replace(made_up, arn)
        return replace(resource, properties=json.loads(text))


def apply(resolved: Resolved, aws: Aws, secrets: Mapping[str, str] | None = None) -> Stack:
    """Make every resource that there is a way to make.

    Parameters
    ----------
    secrets
        What a secret says, by the resource's name; the others say something random.
    """
    known = MAKERS.keys() | NOT_MADE
    if unknown := {it.type for it in resolved.resources.values()} - known:
        raise UnknownTypeError(", ".join(sorted(unknown)))
    place = Place(aws, resolved.stack, secrets or {})
    for kind, make in MAKERS.items():
        for resource in sorted(resolved.of_type(kind), key=_names_another):
            make(place, place.settled(resource))
    return Stack(resolved, tuple(it.name for it in resolved.of_type(*NOT_MADE)))


def _names_another(resource: Resource) -> bool:
    """Whether it names a dead-letter queue, which must be there before."""
    return "RedrivePolicy" in resource.properties


def _queue(place: Place, resource: Resource) -> None:
    given = dict(resource.properties)
    name = given.pop("QueueName")
    attributes = {key: json.dumps(it) for key, it in given.items()}
    place.aws.client("sqs").create_queue(QueueName=name, Attributes=attributes)


def _queue_policy(place: Place, resource: Resource) -> None:
    for url in resource.properties["Queues"]:
        _set(place, url.rsplit("/", 1)[-1], Policy=resource.properties["PolicyDocument"])


def _set(place: Place, queue: str, **attributes: Any) -> None:
    sqs = place.aws.client("sqs")
    texts = {name: json.dumps(it) for name, it in attributes.items()}
    sqs.set_queue_attributes(
        QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], Attributes=texts
    )


def _topic(place: Place, resource: Resource) -> None:
    name = resource.properties.get("TopicName") or f"{place.stack}-{resource.name}"
    place.aws.client("sns").create_topic(Name=name)


def _topic_policy(place: Place, resource: Resource) -> None:
    text = json.dumps(resource.properties["PolicyDocument"])
    for arn in resource.properties["Topics"]:
        place.aws.client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=text
        )


def _subscription(place: Place, resource: Resource) -> None:
    given = resource.properties
    to = {name: given[name] for name in ("TopicArn", "Protocol", "Endpoint")}
    attributes = {name: json.dumps(it) for name, it in given.items() if name not in to}
    place.aws.client("sns").subscribe(**to, Attributes=attributes)


def _rule(place: Place, resource: Resource) -> None:
    given, events = resource.properties, place.aws.client("events")
    pattern = json.dumps(given["EventPattern"])
    events.put_rule(Name=given["Name"], State=given["State"], EventPattern=pattern)
    events.put_targets(Rule=given["Name"], Targets=given["Targets"])


def _bucket(place: Place, resource: Resource) -> None:
    make_bucket(place.aws, resource.properties)


def _bucket_policy(place: Place, resource: Resource) -> None:
    given = resource.properties
    text = json.dumps(given["PolicyDocument"])
    place.aws.client("s3").put_bucket_policy(Bucket=given["Bucket"], Policy=text)


def _secret(place: Place, resource: Resource) -> None:
    secrets, generated = (
        place.aws.client("secretsmanager"),
        resource.properties["GenerateSecretString"],
    )
    password = secrets.get_random_password(PasswordLength=generated["PasswordLength"])
    content = json.loads(generated["SecretStringTemplate"])
    content[generated["GenerateStringKey"]] = password["RandomPassword"]
    text = place.secrets.get(resource.name) or json.dumps(content)
    name = f"{place.stack}-{resource.name}"
    answer = secrets.create_secret(Name=name, SecretString=text)
    place.arns[IDENTITIES[resource.type](name, resource.properties)] = answer["ARN"]


def _log_group(place: Place, resource: Resource) -> None:
    logs, given = place.aws.client("logs"), resource.properties
    logs.create_log_group(logGroupName=given["LogGroupName"])
    logs.put_retention_policy(
        logGroupName=given["LogGroupName"], retentionInDays=int(given["RetentionInDays"])
    )


def _role(place: Place, resource: Resource) -> None:
    iam, given = place.aws.client("iam"), resource.properties
    name = f"{place.stack}-{resource.name}"
    trust = json.dumps(given["AssumeRolePolicyDocument"])
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    for policy in given["Policies"]:
        text = json.dumps(policy["PolicyDocument"])
        iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=text)


def _cluster(place: Place, resource: Resource) -> None:
    given = dict(resource.properties)
    settings = _camel(given.pop("ClusterSettings"))
    place.aws.client("ecs").create_cluster(**_camel(given), settings=settings)


def _task_definition(place: Place, resource: Resource) -> None:
    given = _camel(resource.properties)
    for container in given["containerDefinitions"]:
        container["memory"] = int(container["memory"])  # CloudFormation takes text, too
    place.aws.client("ecs").register_task_definition(**given)


def _camel(value: Any) -> Any:
    """Spell names as the API of ECS does."""
    if isinstance(value, list):
        return [_camel(it) for it in value]
    if not isinstance(value, dict):
        return value
    return {name[0].lower() + name[1:]: _camel(it) for name, it in value.items()}


def _alarm(place: Place, resource: Resource) -> None:
    name = f"{place.stack}-{resource.name}"
    place.aws.client("cloudwatch").put_metric_alarm(AlarmName=name, **resource.properties)


def _dashboard(place: Place, resource: Resource) -> None:
    place.aws.client("cloudwatch").put_dashboard(**resource.properties)


MAKERS: dict[str, Callable[[Place, Resource], None]] = {
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SNS::Subscription": _subscription,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::Events::Rule": _rule,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::IAM::Role": _role,
    "AWS::ECS::Cluster": _cluster,
    "AWS::ECS::TaskDefinition": _task_definition,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
}
"""In the order in which they need each other."""
