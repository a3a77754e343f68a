"""The buckets: reachable, in this region, versioned, listable; and this machine's clock."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from dancer_pipeline.aws import client
from dancer_pipeline.doctor.deployment import Deployment
from dancer_pipeline.doctor.finding import Finding, good, wrong
from dancer_pipeline.doctor.refusals import DENIED, SET_CLOCK, code_of
from dancer_pipeline.places import BucketPlace

LARGEST_SKEW_S = 60
"""AWS refuses requests from 5 minutes on; and a version's age is compared with this clock."""


def source_bucket(at: Deployment) -> Iterator[Finding]:
    """Whether the bucket of uploads is there for this role."""
    owner = at.settings.bucket_owner
    yield _bucket(at.source, "DANCER_SOURCE", {"ExpectedBucketOwner": owner} if owner else {})


def results_bucket(at: Deployment) -> Iterator[Finding]:
    """Whether the bucket of results is there for this role."""
    yield _bucket(at.results, "DANCER_RESULTS", {})


def versioning(at: Deployment) -> Iterator[Finding]:
    """Whether the bucket of uploads keeps versions."""
    bucket = _name(at.source)
    status = client("s3").get_bucket_versioning(Bucket=bucket).get("Status")
    if status == "Enabled":
        yield good(f"{bucket}: enabled")
    else:
        yield wrong(
            f"{bucket}: {'suspended' if status else 'never enabled'}; two uploads of the same bytes"
            " within a second cannot be told apart, and what is deleted is gone",
            f"aws s3api put-bucket-versioning --bucket {bucket} --versioning-configuration"
            " Status=Enabled (the template does it)",
        )


def listing(at: Deployment) -> Iterator[Finding]:
    """Whether uploads that no notification told of can be found."""
    place = at.source
    try:
        client("s3").list_object_versions(Bucket=_name(place), Prefix=_prefix(place), MaxKeys=1)
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        yield wrong(
            f"{at.settings.source} cannot be listed: what no notification tells of is never found",
            "Allow s3:ListBucketVersions and s3:ListBucket on it to the code server's role.",
        )
    else:
        yield good(f"{at.settings.source}: its versions can be listed")


def clock(at: Deployment) -> Iterator[Finding]:
    """Whether this clock goes with that of AWS."""
    answer = client("s3").head_bucket(Bucket=_name(at.source or at.results))
    theirs = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    skew_s = (now() - theirs).total_seconds()
    if abs(skew_s) > LARGEST_SKEW_S:
        side = "ahead of" if skew_s > 0 else "behind"
        yield wrong(f"{abs(skew_s):,.0f} s {side} that of S3", SET_CLOCK)
    else:
        yield good(f"within {LARGEST_SKEW_S} s of that of S3")


def now() -> datetime:
    """Return this machine's time."""
    return datetime.now(UTC)


def _bucket(place: BucketPlace | None, variable: str, owned: dict[str, str]) -> Finding:
    bucket = _name(place)
    try:
        answer = client("s3").head_bucket(Bucket=bucket, **owned)
    except ClientError as error:
        return _unreachable(error, bucket, variable)
    return _in_region(answer, bucket)


def _in_region(answer: dict[str, Any], bucket: str) -> Finding:
    here = client("s3").meta.region_name
    there = answer.get("BucketRegion") or here
    if there != here:
        return wrong(
            f"{bucket} is in {there}, this machine works in {here}",
            f"Set AWS_REGION={there}: queue, tasks and bucket belong into one region.",
        )
    return good(f"{bucket}: reachable, in {there}")


def _unreachable(error: ClientError, bucket: str, variable: str) -> Finding:
    status = error.response["ResponseMetadata"]["HTTPStatusCode"]
    if status == 404:
        return wrong(f"there is no bucket {bucket}", f"Correct {variable}, or make the bucket.")
    if status in (301, 400):
        there = error.response["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region")
        if there:
            return _in_region({"BucketRegion": there}, bucket)
    if status == 403:
        return wrong(
            f"access to {bucket} is denied",
            f"Allow s3:ListBucket on arn:aws:s3:::{bucket} to this role (without it S3 also says"
            " 403 of what is only missing); see the bucket's policy, and DANCER_BUCKET_OWNER.",
        )
    raise error


def _name(place: BucketPlace | None) -> str:
    return place.bucket if place else ""


def _prefix(place: BucketPlace | None) -> str:
    return place.prefix if place else ""
