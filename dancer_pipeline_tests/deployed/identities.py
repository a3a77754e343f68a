"""What AWS calls the resources of a stack: their `Ref` and their attributes.

Where AWS makes up a part, as the end of a secret's ARN, so is it here. What is not in these tables
is not known, and a template that asks for it is refused.
"""

from collections.abc import Callable
from typing import Any

ACCOUNT, REGION = "123456789012", "eu-central-1"

Made = Callable[[str, dict[str, Any]], str]
"""From the resource's name in the stack, with the stack's before it, and its properties."""


def _arn(service: str, what: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{what}"


def _made_up(name: str, _: Any) -> str:
    return name.lower()


IDENTITIES: dict[str, Made] = {
    "AWS::CloudWatch::Dashboard": lambda _, it: it["DashboardName"],
    "AWS::EC2::InternetGateway": _made_up,
    "AWS::EC2::NatGateway": _made_up,
    "AWS::EC2::RouteTable": _made_up,
    "AWS::EC2::SecurityGroup": lambda name, _: f"sg-{name.lower()}",
    "AWS::EC2::Subnet": lambda name, _: f"subnet-{name.lower()}",
    "AWS::EC2::VPC": lambda name, _: f"vpc-{name.lower()}",
    "AWS::ECS::Cluster": lambda _, it: it["ClusterName"],
    "AWS::ECS::TaskDefinition": lambda _, it: _arn("ecs", f"task-definition/{it['Family']}:1"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _made_up,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _made_up,
    "AWS::Logs::LogGroup": lambda _, it: it["LogGroupName"],
    "AWS::RDS::DBInstance": _made_up,
    "AWS::RDS::DBParameterGroup": _made_up,
    "AWS::RDS::DBSubnetGroup": _made_up,
    "AWS::S3::Bucket": lambda _, it: it["BucketName"],
    "AWS::SecretsManager::Secret": lambda name, _: _arn("secretsmanager", f"secret:{name}-abcdef"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _made_up,
    "AWS::SNS::Topic": lambda name, it: _arn("sns", it.get("TopicName") or name),
    "AWS::SQS::Queue": lambda _, it: (
        f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{it['QueueName']}"
    ),
}
ATTRIBUTES: dict[tuple[str, str], Made] = {
    ("AWS::EC2::EIP", "AllocationId"): _made_up,
    ("AWS::ECS::Cluster", "Arn"): lambda _, it: _arn("ecs", f"cluster/{it['ClusterName']}"),
    ("AWS::ECS::Service", "Name"): _made_up,
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "DNSName"): _made_up,
    ("AWS::IAM::Role", "Arn"): lambda name, _: f"arn:aws:iam::{ACCOUNT}:role/{name}",
    ("AWS::Logs::LogGroup", "Arn"): lambda _, it: _arn("logs", f"log-group:{it['LogGroupName']}:*"),
    ("AWS::RDS::DBInstance", "Endpoint.Address"): lambda *_: "database.internal",
    ("AWS::S3::Bucket", "Arn"): lambda _, it: f"arn:aws:s3:::{it['BucketName']}",
    ("AWS::ServiceDiscovery::Service", "Arn"): lambda name, _: _arn("servicediscovery", name),
    ("AWS::SQS::Queue", "Arn"): lambda _, it: _arn("sqs", it["QueueName"]),
    ("AWS::SQS::Queue", "QueueName"): lambda _, it: it["QueueName"],
}
