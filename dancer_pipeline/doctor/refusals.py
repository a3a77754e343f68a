"""Errors as findings: what it was that failed, and what somebody can do."""

from dancer_pipeline.doctor.finding import Finding, unseen, wrong

DENIED = {
    "403",
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "UnauthorizedOperation",
}

NEEDED = {
    "DescribeClusters": "ecs:DescribeClusters",
    "DescribeRule": "events:DescribeRule",
    "DescribeSecurityGroups": "ec2:DescribeSecurityGroups",
    "DescribeSubnets": "ec2:DescribeSubnets",
    "DescribeTaskDefinition": "ecs:DescribeTaskDefinition",
    "GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "GetBucketVersioning": "s3:GetBucketVersioning",
    "GetQueueAttributes": "sqs:GetQueueAttributes",
    "GetQueueUrl": "sqs:GetQueueUrl",
    "GetSubscriptionAttributes": "sns:GetSubscriptionAttributes",
    "GetTopicAttributes": "sns:GetTopicAttributes",
    "ListRuleNamesByTarget": "events:ListRuleNamesByTarget",
    "ListSubscriptionsByTopic": "sns:ListSubscriptionsByTopic",
}
"""What a role needs for each request that the doctor makes."""

KEYS = "Give this machine a role or keys (AWS_PROFILE, or the task's role), then try again."
REACH = (
    "See that this machine may reach it: name, port, security group, VPC endpoint, and"
    " AWS_ENDPOINT_URL where one is set."
)
CREDENTIALS = {
    "ExpiredToken": "These keys have expired.",
    "ExpiredTokenException": "These keys have expired.",
    "InvalidAccessKeyId": "AWS does not know these keys.",
    "InvalidClientTokenId": "AWS does not know these keys.",
    "SignatureDoesNotMatch": "The secret does not belong to this access key.",
    "UnrecognizedClientException": "AWS does not know these keys.",
}
SKEWED = {"RequestTimeTooSkewed", "RequestExpired"}
SET_CLOCK = "Let this machine take its time from a time server (chrony, systemd-timesyncd)."


def as_finding(error: Exception) -> Finding:
    """Say of an error what to do."""
    from botocore.exceptions import BotoCoreError, ClientError

    if isinstance(error, ClientError):
        return _answer(error)
    if isinstance(error, BotoCoreError):
        return _no_answer(error)
    return wrong(_sentence(error), "Mend what it says, then run the doctor again.")


def code_of(error: Exception) -> str:
    """Return AWS's word for an error, empty where it is none of AWS."""
    answer = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


def _answer(error: Exception) -> Finding:
    code, request = code_of(error), str(getattr(error, "operation_name", ""))
    if code in DENIED:
        needed = NEEDED.get(request, request)
        return unseen(
            f"not looked at: this role lacks {needed}",
            f"Run the doctor with a role that has {needed}, or allow it to this one.",
        )
    if code in CREDENTIALS:
        return wrong(f"{CREDENTIALS[code]} ({code})", KEYS)
    if code in SKEWED:
        return wrong(f"AWS refuses requests because this clock is wrong ({code})", SET_CLOCK)
    return wrong(_sentence(error), "Mend what it says, then run the doctor again.")


def _no_answer(error: Exception) -> Finding:
    kind = type(error).__name__
    if "Credential" in kind or "Profile" in kind or "Token" in kind:
        return wrong(_sentence(error), KEYS)
    if kind == "NoRegionError":
        return wrong("no region is set", "Set AWS_REGION to the region of bucket and queue.")
    return wrong(f"no answer: {_sentence(error)}", REACH)


def _sentence(error: Exception) -> str:
    words = " ".join(str(error).split())
    return words[:400] or type(error).__name__
