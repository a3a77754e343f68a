"""Messages in the shapes that AWS documents, and variations of them."""

import copy
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from dancer_pipeline.events import Unreadable, read_message

MESSAGES = Path(__file__).with_name("messages")

BUCKET = "dancer-uploads"
KEY = "in/anna/red flower.mp4"


def body(name: str) -> str:
    """Read a message as the queue delivers it."""
    return (MESSAGES / f"{name}.json").read_text("utf-8")


def message(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body(name))
    return found


def direct(*records: Any) -> str:
    return json.dumps({"Records": records})


def record(encoded_key: str | None = None, **changes: Any) -> dict[str, Any]:
    """S3's own record of an upload; `changes` are of the record, of its object where they fit."""
    made = copy.deepcopy(message("s3_put_2.1")["Records"][0])
    if encoded_key is not None:
        made["s3"]["object"]["key"] = encoded_key
    of_object = {"size", "eTag", "versionId", "sequencer"}
    for name, value in changes.items():
        (made["s3"]["object"] if name in of_object else made)[name] = value
    return made


def eventbridge(key: str) -> str:
    made = message("eventbridge_created")
    made["detail"]["object"]["key"] = key
    return json.dumps(made)


def in_sns(inner: str) -> str:
    """Wrap a message as a topic does without raw delivery."""
    return json.dumps(message("sns_put") | {"Message": inner})


def as_s3_encodes(key: str) -> str:
    return quote_plus(key, safe="/")


ENVELOPES = {
    "direct": lambda key: direct(record(as_s3_encodes(key))),
    "direct, slash encoded": lambda key: direct(record(quote_plus(key))),
    "sns": lambda key: in_sns(direct(record(as_s3_encodes(key)))),
    "sns in sns": lambda key: in_sns(in_sns(direct(record(as_s3_encodes(key))))),
    "eventbridge": eventbridge,
    "eventbridge in sns": lambda key: in_sns(eventbridge(key)),
}
"""How a key can come, where the first candidate must be the key."""

ENCODED_EVENTBRIDGE = {
    "as in forms": lambda key: eventbridge(quote_plus(key, safe="/")),
    "as in paths": lambda key: eventbridge(quote(key)),
}
"""How it may come through EventBridge as well, where one of the candidates must be the key."""


def only(text: str) -> Any:
    """Read a message of one event."""
    events = read_message(text)
    assert len(events) == 1
    return events[0]


def refusal(text: str) -> str:
    """Read why a message of one event cannot be read."""
    event = only(text)
    assert isinstance(event, Unreadable)
    return event.reason
