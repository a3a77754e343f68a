"""One thing about the infrastructure that can be read, compared and written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ABSENT = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NotFound",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "ServerSideEncryptionConfigurationNotFoundError",
}
"""What AWS says of something that is not there."""


@dataclass(frozen=True)
class Aspect:
    """What it is called, what it should be, and how to read and write it."""

    name: str
    wanted: Any
    reading: Callable[[], Any]
    write: Callable[[], object]

    def read(self) -> Any:
        """Read it as it is; None where there is nothing."""
        from botocore.exceptions import ClientError

        try:
            return self.reading()
        except ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise

    @property
    def difference(self) -> str | None:
        """What is not as it should be, in words."""
        found = self.read()
        if found == self.wanted:
            return None
        return f"{self.name}: is {_shown(found)}, should be {_shown(self.wanted)}"


def _shown(value: Any) -> str:
    return "not there" if value is None else str(value)
