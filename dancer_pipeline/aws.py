"""Clients of AWS: one place for time limits and retries. Addresses and keys are the SDK's affair.

`AWS_ENDPOINT_URL`, `AWS_REGION`, profiles and roles work as boto3 documents them.
"""

import os
from functools import cache
from typing import Any

CONNECT_LIMIT_S = 5
READ_LIMIT_S = 30
RETRIES = 4

QUEUE_READ_LIMIT_S = 22
"""A little more than the longest long poll."""

QUEUE_RETRIES = 1
"""A sensor's tick must end within a minute; the next one is a retry as well."""

TOPIC_READ_LIMIT_S = 10
TOPIC_RETRIES = 0
"""A message whose answer was lost may have been sent: who asks again sends it twice."""

_READ_LIMITS_S = {"sqs": QUEUE_READ_LIMIT_S, "sns": TOPIC_READ_LIMIT_S}
_RETRIES = {"sqs": QUEUE_RETRIES, "sns": TOPIC_RETRIES}


@cache
def client(service: str) -> Any:
    """Return this process's client of a service; clients are safe to share between threads."""
    import boto3
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_LIMIT_S,
        read_timeout=_READ_LIMITS_S.get(service, READ_LIMIT_S),
        retries={"mode": "standard", "max_attempts": _RETRIES.get(service, RETRIES)},
        user_agent_extra="dancer-pipeline",
        max_pool_connections=32,
    )
    make: Any = boto3.client  # typed by a literal for each service
    # ECS sets AWS_REGION, which boto3 does not read.
    region = os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION")
    return make(service, config=config, region_name=region)
