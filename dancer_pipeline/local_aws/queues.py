"""Queues that stay quick with thousands of messages, and are as strict as SQS.

Mends of moto: it looks at every message on each send and receive; a delete with an old receipt
handle deletes; a handle whose visibility has ended can still change it; limits of attributes are
not checked; setting one attribute forgets the policy.
"""

import copy
import heapq
import itertools
import math
import time
from collections import OrderedDict
from typing import Any

from moto.sqs import models
from moto.sqs.exceptions import InvalidAttributeValue, InvalidParameterValue, ReceiptHandleIsInvalid
from moto.sqs.models import Message, SQSBackend

from dancer_pipeline.local_aws.mending import mends

LIMITS = {
    "VisibilityTimeout": range(43_200 + 1),
    "MessageRetentionPeriod": range(60, 1_209_600 + 1),
    "ReceiveMessageWaitTimeSeconds": range(20 + 1),
    "DelaySeconds": range(900 + 1),
}

_TICKETS = itertools.count()


class Queue(models.Queue):
    """A standard queue: messages that can be received, and those that cannot yet, by time."""

    def __init__(self, name: str, region: str, account_id: str, **attributes: Any) -> None:
        if name.endswith(".fifo"):
            raise InvalidParameterValue("this stand-in has no FIFO queues: S3 cannot notify one")
        self._ready: OrderedDict[str, Message] = OrderedDict()
        self._hidden: dict[str, tuple[int, Message]] = {}
        self._delayed: set[str] = set()
        self._due: list[tuple[float, int, str]] = []
        self._holders: dict[str, Message] = {}
        super().__init__(name, region, account_id, **attributes)

    def _set_attributes(self, attributes: dict[str, Any], now: float | None = None) -> None:
        for name, accepted in LIMITS.items():
            if name in attributes and int(attributes[name]) not in accepted:
                raise InvalidAttributeValue(name)
        kept = {} if "Policy" in attributes else {"Policy": self.policy}
        super()._set_attributes(attributes | kept, now)

    @property
    def approximate_number_of_messages(self) -> int:
        """Messages that a receive would get."""
        self._let_due_in()
        return len(self._ready)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        """Messages that were received and not deleted."""
        self._let_due_in()
        return len(self._hidden) - len(self._delayed)

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        """Messages that were sent with a delay."""
        self._let_due_in()
        return len(self._delayed)

    def add_message(self, message: Message) -> None:
        """Take a message, its delay counted from now."""
        with self._messages_lock:
            delay_s = message.delayed_until / 1000 - time.time()
            if delay_s > 0:
                self._delayed.add(message.id)
                self._hide(message, delay_s)
            else:
                self._ready[message.id] = message
                self._messages_lock.notify_all()

    def receive(self, count: int, wait_s: float, visibility_s: int) -> list[Message]:
        """Take messages out of sight; wait for the first at most so long."""
        end = time.monotonic() + wait_s
        with self._messages_lock:
            while not (received := self._take(count, visibility_s)):
                left_s = end - time.monotonic()
                if left_s <= 0:
                    break
                self._messages_lock.wait(min(left_s, self._next_due_s()))
        return received

    def delete_message(self, receipt_handle: str) -> None:
        """Delete the message if this is its newest handle; with an older one do nothing."""
        with self._messages_lock:
            message = self._holder(receipt_handle)
            if message.receipt_handle == receipt_handle:
                self._forget(message)

    def change_visibility(self, receipt_handle: str, visibility_s: int) -> None:
        """Hide a message for so long from now, if this handle still hides it."""
        with self._messages_lock:
            message = self._holder(receipt_handle)
            self._let_due_in()
            if message.receipt_handle != receipt_handle or message.id not in self._hidden:
                raise InvalidParameterValue(
                    f"Value {receipt_handle} for parameter ReceiptHandle is invalid. Reason: "
                    "Message does not exist or is not available for visibility timeout change."
                )
            self._hide(message, visibility_s)

    def purge(self) -> None:
        """Forget every message."""
        with self._messages_lock:
            for messages in (self._ready, self._hidden, self._delayed, self._due):
                messages.clear()

    def _take(self, count: int, visibility_s: int) -> list[Message]:
        self._let_due_in()
        taken: list[Message] = []
        while self._ready and len(taken) < count:
            _, message = self._ready.popitem(last=False)
            if self._is_expired(message) or self._is_given_up(message):
                continue
            message.mark_received()
            self._holders[str(message.receipt_handle)] = message
            self._hide(message, visibility_s)
            taken.append(copy.copy(message))
        return taken

    def _is_expired(self, message: Message) -> bool:
        retention_s: int = self.message_retention_period  # type: ignore[attr-defined]  # by setattr
        return int(message.sent_timestamp or 0) / 1000 + retention_s <= time.time()

    def _is_given_up(self, message: Message) -> bool:
        """Whether it was received too often, and is in the dead-letter queue now."""
        if self.dead_letter_queue is None or not self.redrive_policy:
            return False
        if message.approximate_receive_count < self.redrive_policy["maxReceiveCount"]:
            return False
        self.dead_letter_queue.add_message(message)
        return True

    def _hide(self, message: Message, for_s: float) -> None:
        """Hide a message, and let those who wait for one know when it is due."""
        ticket = next(_TICKETS)
        self._hidden[message.id] = (ticket, message)
        heapq.heappush(self._due, (time.monotonic() + for_s, ticket, message.id))
        self._messages_lock.notify_all()

    def _let_due_in(self) -> None:
        """Make visible what is due; entries of deleted and of hidden again messages are stale."""
        with self._messages_lock:
            while self._due and self._due[0][0] <= time.monotonic():
                _, ticket, message_id = heapq.heappop(self._due)
                if self._hidden.get(message_id, (None,))[0] == ticket:
                    self._ready[message_id] = self._hidden.pop(message_id)[1]
                    self._delayed.discard(message_id)

    def _next_due_s(self) -> float:
        return max(0.001, self._due[0][0] - time.monotonic()) if self._due else math.inf

    def _holder(self, receipt_handle: str) -> Message:
        if receipt_handle not in self._holders:
            raise ReceiptHandleIsInvalid
        return self._holders[receipt_handle]

    def _forget(self, message: Message) -> None:
        self._ready.pop(message.id, None)
        self._hidden.pop(message.id, None)
        self._delayed.discard(message.id)


models.Queue = Queue  # type: ignore[misc]  # in place of moto's


@mends(SQSBackend)
def receive_message(
    self: SQSBackend,
    queue_name: str,
    count: int,
    wait_seconds_timeout: int,
    visibility_timeout: int,
    message_attribute_names: list[str] | None = None,
) -> list[Message]:
    """Receive from a queue; the attributes are filtered by moto."""
    queue: Any = self.get_queue(queue_name)
    messages: list[Message] = queue.receive(count, wait_seconds_timeout, visibility_timeout)
    for message in messages:
        models._filter_message_attributes(message, message_attribute_names or [])  # noqa: SLF001 moto's rule
    return messages


@mends(SQSBackend)
def change_message_visibility(
    self: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
) -> None:
    """Change how long a received message stays hidden."""
    queue: Any = self.get_queue(queue_name)
    queue.change_visibility(receipt_handle, int(visibility_timeout))


@mends(SQSBackend)
def purge_queue(self: SQSBackend, queue_name: str) -> None:
    """Forget a queue's messages."""
    queue: Any = self.get_queue(queue_name)
    queue.purge()
