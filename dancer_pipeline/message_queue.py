"""The queue of upload notifications: receive, acknowledge, nothing else.

A message that is not acknowledged comes again when its visibility ends, and after enough receives
it goes to the dead-letter queue; so whoever cannot record a message just leaves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dancer_pipeline.aws import client

PER_CALL = 10
"""The most that SQS gives, and takes, in one call."""


@dataclass(frozen=True)
class Message:
    """One delivery of a message; another delivery of it has another receipt."""

    message_id: str
    body: str
    receipt: str


class MessageQueue:
    """An SQS queue.

    Parameters
    ----------
    queue
        Its URL, or its name in the account and region of the environment.
    visibility_s
        How long a received message stays hidden from others.
    """

    def __init__(self, queue: str, *, visibility_s: int) -> None:
        self._queue = queue
        self._visibility_s = visibility_s

    def receive(self, *, wait_s: int) -> list[Message]:
        """Receive at most ten messages; wait for the first at most so long."""
        answer = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=PER_CALL,
            WaitTimeSeconds=wait_s,
            VisibilityTimeout=self._visibility_s,
        )
        return [
            Message(found["MessageId"], found["Body"], found["ReceiptHandle"])
            for found in answer.get("Messages", [])
        ]

    def acknowledge(self, messages: Sequence[Message]) -> dict[str, str]:
        """Delete at most ten messages from the queue.

        Returns
        -------
        dict
            Why some were not deleted, by message id. They come again, which does no harm.
        """
        if not messages:
            return {}
        entries = [{"Id": str(n), "ReceiptHandle": it.receipt} for n, it in enumerate(messages)]
        answer = self._client.delete_message_batch(QueueUrl=self.url, Entries=entries)
        return {
            messages[int(failed["Id"])].message_id: f"{failed['Code']}: {failed.get('Message', '')}"
            for failed in answer.get("Failed", [])
        }

    def attributes(self) -> dict[str, str]:
        """Return what SQS says of it: how many messages, and where dead ones go."""
        names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
            "RedrivePolicy",
        ]
        answer = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        found: dict[str, str] = answer["Attributes"]
        return found

    @cached_property
    def url(self) -> str:
        """Its URL; asked for once where only the name is known."""
        if "://" in self._queue:
            return self._queue
        found: str = self._client.get_queue_url(QueueName=self._queue)["QueueUrl"]
        return found

    @property
    def _client(self) -> Any:
        return client("sqs")
