"""A bucket of the template, made as CloudFormation makes it."""

from typing import Any

from dancer_pipeline_tests.standin import REGION, Aws

KINDS = {"QueueConfigurations": "Queue", "TopicConfigurations": "Topic"}


def make_bucket(aws: Aws, given: dict[str, Any]) -> None:
    """Make it, and everything that is set on it."""
    s3, where = aws.client("s3"), {"Bucket": given["BucketName"]}
    s3.create_bucket(**where, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_public_access_block(
        **where, PublicAccessBlockConfiguration=given["PublicAccessBlockConfiguration"]
    )
    s3.put_bucket_ownership_controls(**where, OwnershipControls=given["OwnershipControls"])
    rules = given["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    s3.put_bucket_encryption(
        **where, ServerSideEncryptionConfiguration={"Rules": [_encryption(it) for it in rules]}
    )
    rules = [_rule(it) for it in given["LifecycleConfiguration"]["Rules"]]
    s3.put_bucket_lifecycle_configuration(**where, LifecycleConfiguration={"Rules": rules})
    if "VersioningConfiguration" in given:
        s3.put_bucket_versioning(**where, VersioningConfiguration=given["VersioningConfiguration"])
    if "NotificationConfiguration" in given:
        told = _told(given["NotificationConfiguration"])
        s3.put_bucket_notification_configuration(**where, NotificationConfiguration=told)


def _encryption(rule: dict[str, Any]) -> dict[str, Any]:
    return {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}


def _rule(given: dict[str, Any]) -> dict[str, Any]:
    rest = dict(given)
    rule = {
        "ID": rest.pop("Id"),
        "Status": rest.pop("Status"),
        "Filter": {"Prefix": rest.pop("Prefix")},
    }
    if "ExpirationInDays" in rest:
        rule["Expiration"] = {"Days": rest.pop("ExpirationInDays")}
    if "ExpiredObjectDeleteMarker" in rest:
        rule["Expiration"] = {"ExpiredObjectDeleteMarker": rest.pop("ExpiredObjectDeleteMarker")}
    return rule | rest


def _told(given: dict[str, Any]) -> dict[str, Any]:
    """Spell notifications as S3 does; it gives each a name of its own."""
    told: dict[str, Any] = {
        kind: [
            {
                f"{target}Arn": it[target],
                "Events": [it["Event"]],
                "Filter": {"Key": {"FilterRules": it["Filter"]["S3Key"]["Rules"]}},
            }
            for it in given[kind]
        ]
        for kind, target in KINDS.items()
        if kind in given
    }
    bridge = given.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled")
    return told | ({"EventBridgeConfiguration": {}} if bridge else {})
