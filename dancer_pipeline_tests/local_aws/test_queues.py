"""Queues: as quick with ten thousand messages as with none, and as strict as SQS."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from dancer_pipeline_tests.standin import Aws


class Queue:
    """A queue of a test's own."""

    def __init__(self, aws: Aws, **attributes: str) -> None:
        self.sqs = aws.client("sqs")
        name = f"test-{uuid.uuid4().hex[:12]}"
        self.url = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def send(self, body: str = "body", **more: Any) -> None:
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **more)

    def send_many(self, count: int) -> None:
        for start in range(0, count, 10):
            entries = [{"Id": str(n), "MessageBody": str(start + n)} for n in range(10)]
            self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def receive(self, count: int = 1, **more: Any) -> list[dict[str, Any]]:
        found = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=count, **more)
        return list(found.get("Messages", []))

    def delete(self, receipt: str) -> None:
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)

    def change(self, receipt: str, visibility_s: int) -> None:
        self.sqs.change_message_visibility(
            QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=visibility_s
        )

    def counts(self) -> tuple[int, int, int]:
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])
        count, base = found["Attributes"], "ApproximateNumberOfMessages"
        return int(count[base]), int(count[f"{base}NotVisible"]), int(count[f"{base}Delayed"])


def test_every_message_of_thousands_is_received_once(aws: Aws):
    queue = Queue(aws, VisibilityTimeout="600")
    queue.send_many(1000)
    bodies = [it["Body"] for _ in range(100) for it in queue.receive(10)]
    assert sorted(map(int, bodies)) == list(range(1000))
    assert queue.receive(10) == []


def test_a_send_and_a_receive_look_at_no_other_message(monkeypatch: pytest.MonkeyPatch):
    """Moto looks at each one of the backlog, which makes a burst quadratic."""
    from dancer_pipeline.local_aws import queues

    queue = queues.Queue("q", "eu-central-1", "123456789012")
    queues.models.sqs_backends["123456789012"]["eu-central-1"].queues["q"] = queue
    backend = queues.models.sqs_backends["123456789012"]["eu-central-1"]
    for number in range(1000):
        backend.send_message("q", str(number))
    looked = 0

    def look(self: Any, name: str) -> Any:
        nonlocal looked
        looked += 1
        return object.__getattribute__(self, name)

    monkeypatch.setattr(queues.Message, "__getattribute__", look)
    backend.send_message("q", "one more")
    backend.receive_message("q", 1, 0, 30)
    assert looked < 100


def test_a_message_comes_again_when_its_visibility_ends_and_not_before(aws: Aws):
    queue = Queue(aws)
    queue.send()
    [first] = queue.receive(VisibilityTimeout=30)
    assert queue.receive() == []
    queue.change(first["ReceiptHandle"], 0)
    [again] = queue.receive()
    assert again["MessageId"] == first["MessageId"]
    assert again["ReceiptHandle"] != first["ReceiptHandle"]


def test_q3_a_delete_with_an_old_handle_succeeds_and_deletes_nothing(aws: Aws):
    queue = Queue(aws)
    queue.send()
    [first] = queue.receive(VisibilityTimeout=0)
    [second] = queue.receive(VisibilityTimeout=0)
    queue.delete(first["ReceiptHandle"])
    [third] = queue.receive()
    queue.delete(third["ReceiptHandle"])
    queue.delete(third["ReceiptHandle"])
    queue.delete(second["ReceiptHandle"])
    assert queue.counts() == (0, 0, 0)


def test_a_delete_with_a_handle_of_nothing_is_refused(aws: Aws):
    with pytest.raises(ClientError, match="ReceiptHandleIsInvalid"):
        Queue(aws).delete("no such handle")


def test_q4_a_handle_that_hides_nothing_any_more_cannot_change_the_visibility(aws: Aws):
    queue = Queue(aws)
    queue.send()
    [shown] = queue.receive(VisibilityTimeout=0)
    with pytest.raises(ClientError, match="not available for visibility timeout change"):
        queue.change(shown["ReceiptHandle"], 30)
    [held] = queue.receive(VisibilityTimeout=30)
    with pytest.raises(ClientError, match="not available for visibility timeout change"):
        queue.change(shown["ReceiptHandle"], 0)
    queue.delete(held["ReceiptHandle"])
    with pytest.raises(ClientError, match="not available for visibility timeout change"):
        queue.change(held["ReceiptHandle"], 0)


def test_a_message_received_too_often_goes_to_the_dead_letter_queue(aws: Aws):
    dead = Queue(aws)
    arn = dead.sqs.get_queue_attributes(QueueUrl=dead.url, AttributeNames=["QueueArn"])
    arn = arn["Attributes"]["QueueArn"]
    redrive = f'{{"deadLetterTargetArn": "{arn}", "maxReceiveCount": "3"}}'
    queue = Queue(aws, RedrivePolicy=redrive)
    queue.send("poison")
    received = [queue.receive(VisibilityTimeout=0) for _ in range(4)]
    assert [len(it) for it in received] == [1, 1, 1, 0]
    [poison] = dead.receive(MessageSystemAttributeNames=["ApproximateReceiveCount"])
    assert poison["Body"] == "poison"


def test_a_long_poll_wakes_at_once_when_a_message_arrives(aws: Aws):
    queue = Queue(aws)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(queue.receive, WaitTimeSeconds=20)
        time.sleep(0.2)
        queue.send()
        assert len(waiting.result(timeout=19)) == 1


def test_a_long_poll_gets_a_message_whose_visibility_ends_meanwhile(aws: Aws):
    queue = Queue(aws)
    queue.send()
    queue.receive(VisibilityTimeout=1)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(queue.receive, WaitTimeSeconds=20)
        assert len(waiting.result(timeout=19)) == 1


def test_a_long_poll_learns_that_a_message_is_to_come_back_earlier(aws: Aws):
    queue = Queue(aws)
    queue.send()
    [held] = queue.receive(VisibilityTimeout=600)
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(queue.receive, WaitTimeSeconds=20)
        time.sleep(0.2)
        queue.change(held["ReceiptHandle"], 1)
        assert len(waiting.result(timeout=19)) == 1


def test_a_message_whose_visibility_was_extended_stays_hidden(aws: Aws):
    queue = Queue(aws)
    queue.send()
    [held] = queue.receive(VisibilityTimeout=3)
    queue.change(held["ReceiptHandle"], 60)
    assert queue.receive(WaitTimeSeconds=4) == []


def test_delayed_hidden_and_waiting_messages_are_counted_apart(aws: Aws):
    queue = Queue(aws)
    queue.send(DelaySeconds=60)
    queue.send()
    queue.send()
    queue.receive()
    assert queue.counts() == (1, 1, 1)
    queue.sqs.purge_queue(QueueUrl=queue.url)
    assert queue.counts() == (0, 0, 0)


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("VisibilityTimeout", "43201"), ("MessageRetentionPeriod", "1"), ("DelaySeconds", "901")],
)
def test_an_attribute_beyond_the_limits_of_sqs_is_refused(aws: Aws, attribute: str, value: str):
    with pytest.raises(ClientError, match=attribute):
        Queue(aws, **{attribute: value})


def test_a_message_is_forgotten_when_its_retention_ends():
    from dancer_pipeline.local_aws import queues

    queue = queues.Queue("q", "eu-central-1", "123456789012", MessageRetentionPeriod=60)
    for age_s in (61, 30):
        message = queues.Message(f"{age_s} s old", "body")
        message.sent_timestamp = (time.time() - age_s) * 1000
        queue.add_message(message)
    assert [it.id for it in queue.receive(10, 0, 30)] == ["30 s old"]


def test_setting_an_attribute_keeps_the_policy(aws: Aws):
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]}'
    queue = Queue(aws, Policy=policy)
    queue.sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "60"})
    found = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])
    assert found["Attributes"]["Policy"] == policy


def test_no_message_is_lost_or_doubled_between_eight_receivers(aws: Aws):
    queue = Queue(aws, VisibilityTimeout="600")
    queue.send_many(1000)

    def drain(_: int) -> list[str]:
        bodies: list[str] = []
        while messages := queue.receive(10):
            bodies += [it["Body"] for it in messages]
        return bodies

    with ThreadPoolExecutor(8) as threads:
        bodies = [body for some in threads.map(drain, range(8)) for body in some]
    assert sorted(map(int, bodies)) == list(range(1000))
