"""Who is told of what: each trouble once, in words, by a real SNS API, with no secret in it."""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dancer_pipeline.aws import client
from dancer_pipeline.definitions import build_defs
from dancer_pipeline.defs.monitoring import NOTICES_PER_TICK
from dancer_pipeline.defs.stores import Stores
from dancer_pipeline.identity import Upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.lifecycle import another_attempt
from dancer_pipeline.monitoring.notices import RECENT, STUCK_ATTEMPTS, notices
from dancer_pipeline.settings import Settings, SettingsError
from dancer_pipeline.states import Problem, Row, State
from dancer_pipeline_tests.fault_proxy import Fault, FaultProxy
from dancer_pipeline_tests.few import use_few_analyses
from dancer_pipeline_tests.ports import free_port
from dancer_pipeline_tests.standin import Aws

REASON = "This is not a video: it contains a web page (HTML). Upload the video file itself."
Message = dict[str, Any]


@dataclass
class Watched:
    """A deployment that tells people, and one of them."""

    aws: Aws
    instance: dg.DagsterInstance
    settings: Settings
    inbox: str

    @property
    def ledger(self) -> Ledger:
        return Stores(self.settings).ledger

    def fail(self, number: int = 0, **changes: Any) -> Row:
        """Give a video up."""
        moment = datetime(2026, 1, 2, tzinfo=UTC)
        video = Upload(f"walk-{number}", "v1", "uploads", f"in/anna/walk {number}.mp4", 1, moment)
        self.ledger.record([video])
        given_up = {"state": State.FAILED, "attempt": 1, "reason": REASON, "run_id": "run-1"}
        self.ledger.note("walk-" + str(number), "v1", **(given_up | changes))
        return self.row(number)

    def row(self, number: int = 0) -> Row:
        row = self.ledger.row(f"walk-{number}", "v1")
        assert row is not None
        return row

    def tick(self) -> str:
        definitions = build_defs(self.settings)
        context = dg.build_sensor_context(
            instance=self.instance,
            definitions=definitions,
            resources={"stores": Stores(self.settings)},
        )
        result = definitions.resolve_sensor_def("tell")(context)
        assert isinstance(result, dg.SkipReason)
        return str(result.skip_message)

    def received(self) -> list[Message]:
        """Take what has come in so far."""
        sqs, messages = self.aws.client("sqs"), []
        while answer := sqs.receive_message(QueueUrl=self.inbox, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in answer:
                sqs.delete_message(QueueUrl=self.inbox, ReceiptHandle=message["ReceiptHandle"])
                messages.append(json.loads(message["Body"]))
        return sorted(messages, key=lambda it: str(it["Subject"]))


@pytest.fixture
def watched(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.chdir(tmp_path)
    use_few_analyses(monkeypatch)
    sns, sqs = aws.client("sns"), aws.client("sqs")
    name = f"alerts-{uuid.uuid4().hex[:12]}"
    topic = sns.create_topic(Name=name)["TopicArn"]
    inbox = sqs.create_queue(QueueName=name)["QueueUrl"]
    sns.subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:eu-central-1:123456789012:{name}"
    )
    settings = Settings(
        ledger=f"sqlite:///{tmp_path}/ledger.sqlite", deployment="staging", alert_topic=topic
    )
    with dg.DagsterInstance.ephemeral() as instance:
        yield Watched(aws, instance, settings, inbox)


def test_a_video_that_failed_is_told_of_in_words_and_once(watched: Watched):
    watched.fail(problem=Problem.BAD_VIDEO)

    said = [watched.tick() for _ in range(3)]

    [message] = watched.received()
    assert said == ["1 messages were sent", "0 messages were sent", "0 messages were sent"]
    assert message["Subject"] == "staging: walk 0.mp4 could not be analysed"
    for words in (
        "The video in/anna/walk 0.mp4 could not be analysed. Its source is kept.",
        f"Why: {REASON}",
        "What to do: The same file will fail again",
        "Try again: dancer retry walk-0",
        "Run: run-1",
    ):
        assert words in message["Message"]


def test_a_further_attempt_that_fails_is_told_of_again(watched: Watched):
    row = watched.fail()
    watched.tick()
    watched.ledger.change(row, **another_attempt(row))
    watched.tick()
    watched.fail(attempt=2)
    watched.tick()

    assert len(watched.received()) == 2


def test_nobody_is_told_of_what_is_old_of_what_was_rebuilt_or_of_what_went_well(watched: Watched):
    old = replace(watched.fail(1), changed_at=datetime.now(UTC) - 2 * RECENT)
    assert list(notices([old], datetime.now(UTC), "staging", [])) == []
    watched.ledger.note("walk-1", "v1", state=State.EXPIRED)
    watched.fail(2, attempt=0)
    watched.fail(3, state=State.SUPERSEDED)
    watched.fail(4, state=State.COMPLETED)

    assert watched.tick() == "0 messages were sent"
    assert watched.received() == []


def test_a_source_that_cannot_be_deleted_again_and_again_is_told_of_once(watched: Watched):
    stuck = {"state": State.ANALYSED, "cleanup_pending": True, "reason": "AccessDenied: no"}
    watched.fail(**stuck, cleanup_attempt=STUCK_ATTEMPTS)
    before = watched.tick()
    for attempt in (1, 2):
        watched.fail(**stuck, cleanup_attempt=STUCK_ATTEMPTS + attempt)
        watched.tick()

    [message] = watched.received()
    assert before == "0 messages were sent"
    assert message["Subject"] == "staging: walk 0.mp4 could not be deleted"
    assert f"{STUCK_ATTEMPTS} attempts" in message["Message"].replace("\n", " ")
    assert "Why: AccessDenied: no" in message["Message"]


def test_no_secret_and_no_line_of_an_uploader_s_gets_into_a_message(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "c4naryc4nary")
    signed = "https://b.s3.amazonaws.com/a.mp4?X-Amz-Signature=c4nary&X-Amz-Expires=60"
    row = watched.fail(reason=f"the server at {signed} said c4naryc4nary is wrong")
    [notice] = notices(
        [replace(row, key="é\nX-Header: 1" + "x" * 200)], row.changed_at, "staging", []
    )

    watched.tick()

    [message] = watched.received()
    assert "c4nary" not in json.dumps(message)
    assert "X-Amz-Signature=***" in message["Message"]
    assert notice.subject.startswith("staging: ? X-Header: 1xxx")
    assert (len(notice.subject), notice.subject.isascii()) == (100, True)


def test_a_topic_that_refuses_is_asked_again_later(watched: Watched):
    topic = str(watched.settings.alert_topic)
    watched.settings = watched.settings.model_copy(update={"alert_topic": f"{topic}-absent"})
    watched.fail()
    refused = watched.tick()
    watched.settings = watched.settings.model_copy(update={"alert_topic": topic})
    sent = watched.tick()

    assert (refused, sent) == ("0 messages were sent", "1 messages were sent")
    assert len(watched.received()) == 1


@pytest.mark.parametrize("share", [0.0, 0.1])
def test_a_message_whose_answer_was_lost_is_not_sent_again(
    watched: Watched, proxy: FaultProxy, share: float
):
    watched.fail()
    proxy.harm(Fault("POST", share=share, then="reset"))

    said = [watched.tick(), watched.tick()]

    assert said == ["0 messages were sent"] * 2
    assert len(proxy.sent("POST")) == 1
    assert len(watched.received()) == 1


def test_the_sdk_does_not_send_a_message_again_by_itself(watched: Watched):
    assert watched.aws
    assert client("sns").meta.config.retries["total_max_attempts"] == 1


def test_a_topic_that_cannot_be_reached_delays_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
):
    row = watched.fail()
    with monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        client.cache_clear()
        unreachable = watched.tick()
    client.cache_clear()

    assert unreachable == "0 messages were sent"
    assert watched.row() == row
    assert watched.tick() == "1 messages were sent"


def test_many_failures_are_told_of_in_portions_each_once(watched: Watched):
    for number in range(NOTICES_PER_TICK + 5):
        watched.fail(number)

    said = [watched.tick() for _ in range(3)]

    assert said == [f"{it} messages were sent" for it in (NOTICES_PER_TICK, 5, 0)]
    subjects = [message["Subject"] for message in watched.received()]
    assert len(subjects) == len(set(subjects)) == NOTICES_PER_TICK + 5


def test_without_a_topic_there_is_no_such_sensor(watched: Watched):
    settings = watched.settings.model_copy(update={"alert_topic": None})
    names = {it.name for it in build_defs(settings).sensors or ()}
    assert {"measure", "dispatcher"} <= names
    assert "tell" not in names


@pytest.mark.parametrize("topic", ["alerts", "arn:aws:sqs:eu-central-1:123456789012:alerts"])
def test_what_is_no_topic_is_refused_at_start(topic: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DANCER_ALERT_TOPIC", topic)
    with pytest.raises(SettingsError, match="DANCER_ALERT_TOPIC"):
        Settings.load()
