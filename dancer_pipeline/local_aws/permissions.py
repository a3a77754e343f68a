"""Permissions by the names that IAM knows them by.

Mends of moto: a batch of SQS asks for a permission that IAM has not; a queue that is asked for by
name is looked for under its URL; HEAD asks for that of the
current version even where it names another, and HEAD of a bucket for one that IAM has not. A policy
that refuses what comes unencrypted would refuse every request here, where nothing is encrypted.
"""

from typing import Any

from moto.iam.access_control import IAMPolicyStatement, IAMRequestBase, PermissionResult
from moto.s3.responses import ACTION_MAP
from moto.sqs.responses import SQSResponse

from dancer_pipeline.local_aws.mending import mends

ACTION_MAP["BUCKET"]["HEAD"]["DEFAULT"] = "ListBucket"
ACTION_MAP["KEY"]["HEAD"]["versionId"] = "GetObjectVersion"

_INIT = IAMRequestBase.__init__
_GET_QUEUE_NAME = SQSResponse._get_queue_name  # noqa: SLF001 what names the resource
_IS_ACTION_PERMITTED = IAMPolicyStatement.is_action_permitted


@mends(IAMRequestBase)
def __init__(self: IAMRequestBase, *args: Any, **kwargs: Any) -> None:  # noqa: N807 moto's name
    """Ask for the permission of the single call."""
    _INIT(self, *args, **kwargs)
    if self._service == "sqs":
        self._action = self._action.removesuffix("Batch")


@mends(IAMPolicyStatement)
def is_action_permitted(self: IAMPolicyStatement, *args: Any, **kwargs: Any) -> PermissionResult:
    """Take every request for an encrypted one."""
    condition = self._statement.get("Condition", {})
    if condition.get("Bool", {}).get("aws:SecureTransport") == "false":
        return PermissionResult.NEUTRAL
    return _IS_ACTION_PERMITTED(self, *args, **kwargs)


@mends(SQSResponse)
def _get_queue_name(self: SQSResponse) -> str:
    """Take a name that was given for a name."""
    return self._get_param("QueueName") or _GET_QUEUE_NAME(self)
