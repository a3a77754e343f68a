"""What the buckets are: private, encrypted, tidy; versions of uploads are kept."""

import json
from collections.abc import Iterator
from typing import Any

from dancer_pipeline.aws import client
from dancer_pipeline.infrastructure.aspect import Aspect
from dancer_pipeline.infrastructure.description import (
    COMPUTE_LOGS,
    Infrastructure,
    InfrastructureError,
    Place,
    only_tls,
)

PRIVATE = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTED = {"SSEAlgorithm": "AES256"}
LONE_MARKERS = {
    "ID": "remove-lone-delete-markers",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
}
"""Delete markers behind which nothing is left go; no version does."""


def bucket_aspects(wanted: Infrastructure, place: Place) -> Iterator[Aspect]:
    """Yield what both buckets should be, in the order in which it can be set up."""
    for name in (wanted.uploads, wanted.results):
        yield _existence(name, place)
        yield _privacy(name)
        yield _encryption(name)
        yield _transport(name, place)
    yield _lifecycle(wanted.uploads, [_abort_rule(wanted), LONE_MARKERS])
    yield _lifecycle(wanted.results, [_abort_rule(wanted), _compute_logs_rule(wanted)])
    yield _versioning(wanted)


def _existence(bucket: str, place: Place) -> Aspect:
    def create() -> None:
        is_default = place.region == "us-east-1"
        where = {"CreateBucketConfiguration": {"LocationConstraint": place.region}}
        client("s3").create_bucket(Bucket=bucket, **({} if is_default else where))

    def read() -> bool:
        client("s3").head_bucket(Bucket=bucket)
        return True

    return Aspect(f"bucket {bucket}", True, read, create)  # noqa: FBT003 it is there, or not


def _privacy(bucket: str) -> Aspect:
    def read() -> Any:
        return client("s3").get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]

    def write() -> None:
        client("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=PRIVATE)

    return Aspect(f"public access block of bucket {bucket}", PRIVATE, read, write)


def _encryption(bucket: str) -> Aspect:
    def read() -> Any:
        found = client("s3").get_bucket_encryption(Bucket=bucket)
        rule = found["ServerSideEncryptionConfiguration"]["Rules"][0]
        return rule["ApplyServerSideEncryptionByDefault"]

    def write() -> None:
        rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": ENCRYPTED}]}
        client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)

    return Aspect(f"encryption of bucket {bucket}", ENCRYPTED, read, write)


def _transport(bucket: str, place: Place) -> Aspect:
    """Compare our statement alone: a bucket's owner may have others in its policy."""
    arn = place.bucket_arn(bucket)
    wanted = only_tls("s3:*", arn, f"{arn}/*")

    def policy() -> dict[str, Any]:
        found: dict[str, Any] = json.loads(client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
        return found

    def read() -> Any:
        return next((it for it in policy()["Statement"] if it.get("Sid") == wanted["Sid"]), None)

    def write() -> None:
        from botocore.exceptions import ClientError

        try:
            statements = policy()["Statement"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
                raise
            statements = []
        others = [it for it in statements if it.get("Sid") != wanted["Sid"]]
        document = {"Version": "2012-10-17", "Statement": [*others, wanted]}
        client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))

    return Aspect(f"policy of bucket {bucket}", wanted, read, write)


def _lifecycle(bucket: str, rules: list[dict[str, Any]]) -> Aspect:
    def read() -> Any:
        return client("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]

    def write() -> None:
        client("s3").put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration={"Rules": rules}
        )

    return Aspect(f"lifecycle of bucket {bucket}", rules, read, write)


def _abort_rule(wanted: Infrastructure) -> dict[str, Any]:
    return {
        "ID": "abort-unfinished-uploads",
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": wanted.abort_multipart_days},
    }


def _compute_logs_rule(wanted: Infrastructure) -> dict[str, Any]:
    return {
        "ID": "expire-compute-logs",
        "Status": "Enabled",
        "Filter": {"Prefix": COMPUTE_LOGS},
        "Expiration": {"Days": wanted.compute_logs_days},
    }


def _versioning(wanted: Infrastructure) -> Aspect:
    def read() -> Any:
        return client("s3").get_bucket_versioning(Bucket=wanted.uploads).get("Status")

    def write() -> None:
        if wanted.versioning is None:
            raise InfrastructureError(
                f"versioning of bucket {wanted.uploads} was on once, and S3 can only suspend it:"
                " name another bucket, or choose versioning"
            )
        client("s3").put_bucket_versioning(
            Bucket=wanted.uploads, VersioningConfiguration={"Status": wanted.versioning}
        )

    return Aspect(f"versioning of bucket {wanted.uploads}", wanted.versioning, read, write)
