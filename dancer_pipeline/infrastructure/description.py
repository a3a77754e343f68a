"""What production has in AWS: the one description that is set up, compared and deployed."""

import re
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

Via = Literal["direct", "sns", "sns_raw", "eventbridge"]

DAY_S = 24 * 3600
COMPUTE_LOGS = "compute-logs/"
"""Where in the bucket of results Dagster keeps what steps print."""

SAFE_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()/-]*")
"""What a notification's filter takes as it is; anything else would have to be encoded."""


class InfrastructureError(Exception):
    """A description that cannot be set up, in words that say what to change."""


@dataclass(frozen=True)
class Route:
    """How the news of uploads under a prefix reach the queue."""

    prefix: str
    via: Via = "direct"


@dataclass(frozen=True)
class Infrastructure:
    """Buckets, queues and the routes between them, by name.

    Parameters
    ----------
    visibility_s
        How long a received message stays hidden.
    retention_s
        How long a message waits before SQS forgets it; 14 days are the most it can.
    max_receives
        How often a message is received before it goes to the dead-letter queue.
    abort_multipart_days, compute_logs_days
        When unfinished uploads, and what steps printed, expire. A version of an upload never does:
        S3 cannot know whether one that is hidden still waits for its analysis.

    Raises
    ------
    InfrastructureError
        Two routes overlap, or a prefix needs encoding.
    """

    uploads: str = "dancer-uploads"
    results: str = "dancer-results"
    queue: str = "dancer-uploads"
    routes: tuple[Route, ...] = (Route("in/"),)
    versioning: Literal["Enabled", "Suspended"] | None = "Enabled"
    visibility_s: int = 120
    retention_s: int = 14 * DAY_S
    max_receives: int = 5
    abort_multipart_days: int = 7
    compute_logs_days: int = 30

    def __post_init__(self) -> None:
        """Refuse what S3 would refuse, or worse, take."""
        for route in self.routes:
            if not SAFE_PREFIX.fullmatch(route.prefix):
                raise InfrastructureError(
                    f"prefix {route.prefix!r}: letters, digits and !_.*'()/- are accepted"
                )
        for one, other in combinations(self.routes, 2):
            if one.prefix.startswith(other.prefix) or other.prefix.startswith(one.prefix):
                raise InfrastructureError(
                    f"the routes of {one.prefix!r} and {other.prefix!r} overlap: an upload would"
                    " be told twice; give them prefixes that do not begin with each other"
                )

    @property
    def dead_letters(self) -> str:
        """Name of the dead-letter queue."""
        return f"{self.queue}-dead-letters"

    def prefixes(self, via: Via) -> tuple[str, ...]:
        """Prefixes whose news go this way."""
        return tuple(route.prefix for route in self.routes if route.via == via)


def only_tls(action: str, *resources: str) -> dict[str, Any]:
    """Return the statement of a policy that refuses whoever comes unencrypted."""
    return {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": list(resources) if len(resources) > 1 else resources[0],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


@dataclass(frozen=True)
class Place:
    """An account and region: what makes names into ARNs."""

    partition: str
    account: str
    region: str

    def arn(self, service: str, name: str) -> str:
        """ARN of a thing in this place."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{name}"

    def bucket_arn(self, name: str) -> str:
        """ARN of a bucket, which names neither account nor region."""
        return f"arn:{self.partition}:s3:::{name}"
