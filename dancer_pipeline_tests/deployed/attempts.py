"""What somebody who took over a container might try on S3 and SQS."""

from collections.abc import Callable
from typing import Any

from dancer_pipeline_tests.deployed.roles import Checked

Attempt = Callable[[Any, Any, Checked], object]
"""With the role's own clients of S3 and SQS."""


def queue(sqs: Any, at: Checked, name: str = "") -> dict[str, str]:
    """Name a queue without asking for its URL."""
    return {"QueueUrl": f"{sqs.meta.endpoint_url}/123456789012/{at.queue}{name}"}


ATTEMPTS: dict[str, Attempt] = {
    "list_all_buckets": lambda s3, *_: s3.list_buckets(),
    "list_another_bucket": lambda s3, _, at: s3.list_objects_v2(Bucket=at.stranger),
    "read_another_bucket": lambda s3, _, at: s3.get_object(Bucket=at.stranger, Key="in/a"),
    "list_versions": lambda s3, _, at: s3.list_object_versions(Bucket=at.uploads),
    "read_an_upload": lambda s3, _, at: s3.get_object(Bucket=at.uploads, Key="in/kept.mp4"),
    "read_beside_the_prefix": lambda s3, _, at: s3.get_object(Bucket=at.uploads, Key="other/a"),
    "upload": lambda s3, _, at: s3.put_object(Bucket=at.uploads, Key="in/forged.mp4"),
    "hide_an_upload": lambda s3, _, at: s3.delete_object(Bucket=at.uploads, Key="in/kept.mp4"),
    "delete_a_version": lambda s3, _, at: s3.delete_object(
        Bucket=at.uploads, Key="in/kept.mp4", VersionId="none"
    ),
    "delete_beside_the_prefix": lambda s3, _, at: s3.delete_object(
        Bucket=at.uploads, Key="other/a", VersionId="none"
    ),
    "suspend_versions": lambda s3, _, at: s3.put_bucket_versioning(
        Bucket=at.uploads, VersioningConfiguration={"Status": "Suspended"}
    ),
    "silence_notifications": lambda s3, _, at: s3.put_bucket_notification_configuration(
        Bucket=at.uploads, NotificationConfiguration={}
    ),
    "open_the_bucket": lambda s3, _, at: s3.delete_bucket_policy(Bucket=at.uploads),
    "read_a_result": lambda s3, _, at: s3.get_object(Bucket=at.results, Key="results/kept"),
    "write_a_result": lambda s3, _, at: s3.put_object(Bucket=at.results, Key="results/forged"),
    "delete_a_result": lambda s3, _, at: s3.delete_object(Bucket=at.results, Key="results/forged"),
    "write_elsewhere": lambda s3, _, at: s3.put_object(Bucket=at.results, Key="elsewhere"),
    "read_a_log": lambda s3, _, at: s3.get_object(Bucket=at.results, Key="compute-logs/kept"),
    "write_a_log": lambda s3, _, at: s3.put_object(Bucket=at.results, Key="compute-logs/forged"),
    "delete_a_log": lambda s3, _, at: s3.delete_object(Bucket=at.results, Key="compute-logs/kept"),
    "receive": lambda _, sqs, at: sqs.receive_message(**queue(sqs, at)),
    "send": lambda _, sqs, at: sqs.send_message(**queue(sqs, at), MessageBody="forged"),
    "purge": lambda _, sqs, at: sqs.purge_queue(**queue(sqs, at)),
    "open_the_queue": lambda _, sqs, at: sqs.set_queue_attributes(
        **queue(sqs, at), Attributes={"Policy": ""}
    ),
    "receive_dead_letters": lambda _, sqs, at: sqs.receive_message(
        **queue(sqs, at, "-dead-letters")
    ),
    "list_queues": lambda *given: given[1].list_queues(),
}

ALLOWED = {
    "CodeRole": {"list_versions", "read_an_upload", "read_a_result", "write_a_log", "receive"},
    "DaemonRole": set(),
    "ExecutionRole": set(),
    "RunRole": {
        *("read_an_upload", "delete_a_version"),
        *("read_a_result", "write_a_result", "delete_a_result", "write_a_log"),
    },
    "WebRole": {"read_a_log"},
}
"""What of it is a role's own work."""
