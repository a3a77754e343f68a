"""What the ways by which news reach the queue tell of together."""

from typing import Any

import pytest

from dancer_pipeline.doctor import notifications
from dancer_pipeline.doctor.deployment import described
from dancer_pipeline.doctor.tellers import CREATED, Teller
from dancer_pipeline_tests.doctor.conftest import Ill


def way(words: str, **more: Any) -> Teller:
    return Teller(words, "sns.amazonaws.com", f"arn:aws:sns:::{words}", ("in/",), **more)


@pytest.mark.parametrize(
    ("created", "level"), [(frozenset({"Put", "Post", "Copy"}), "wrong"), (CREATED, "good")]
)
def test_what_a_filter_lets_through_makes_up_for_nothing(
    deployment: Ill, monkeypatch: pytest.MonkeyPatch, created: frozenset[str], level: str
) -> None:
    assert deployment
    ways = [way("a filtered topic", is_filtered=True), way("a plain topic", created=created)]
    monkeypatch.setattr(notifications, "tellers", lambda *_: ways)

    [found] = notifications.notification(described())

    assert found.level == level
    assert ("CompleteMultipartUpload are not told of" in found.words) is (level == "wrong")
