"""A17: what holds for every key and for every message."""

import json
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dancer_pipeline.events import Arrival, Unreadable, read_message
from dancer_pipeline_tests.events.corpus import (
    ENCODED_EVENTBRIDGE,
    ENVELOPES,
    MESSAGES,
    direct,
    record,
)

EVERY_CHARACTER = st.characters(exclude_categories=[])
WHOLE_CHARACTER = st.characters(exclude_categories=["Cs"])
TRICKY = st.sampled_from([*"%+ /&=\\\"'\0\n[{]}.", "%2F", "%252B", "%FF", "é", "e\u0301", "💃"])
KEYS = (
    st.lists(st.one_of(TRICKY, WHOLE_CHARACTER), min_size=1, max_size=60)
    .map("".join)
    .filter(lambda key: len(key.encode()) <= 1024)
)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(EVERY_CHARACTER, max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
CORPUS = [json.loads(path.read_text("utf-8")) for path in sorted(MESSAGES.glob("*.json"))]


def assert_sound(body: str) -> None:
    """Check that a message means something, and that any database can store what is kept of it."""
    events = read_message(body)
    assert events
    for event in events:
        if isinstance(event, Unreadable):
            assert event.reason.isprintable()
            assert 0 < len(event.reason) < 300
            assert "\0" not in event.raw
            event.raw.encode()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the paths of everything inside a message."""
    inside: dict[Any, Any] = {}
    if isinstance(value, dict | list):
        inside = dict(value.items() if isinstance(value, dict) else enumerate(value))
    found = []
    for name, inner in inside.items():
        found += [(*path, name), *places(inner, (*path, name))]
    return found


@pytest.mark.parametrize("envelope", ENVELOPES)
@given(key=KEYS)
def test_a17_a_key_comes_out_of_every_envelope_as_it_was(envelope: str, key: str):
    (event,) = read_message(ENVELOPES[envelope](key))

    assert isinstance(event, Arrival)
    assert event.keys[0] == key


@pytest.mark.parametrize("encoding", ENCODED_EVENTBRIDGE)
@given(key=KEYS)
def test_a17_a_key_that_eventbridge_encoded_is_among_the_candidates(encoding: str, key: str):
    (event,) = read_message(ENCODED_EVENTBRIDGE[encoding](key))

    assert isinstance(event, Arrival)
    assert key in event.keys


@given(st.text(EVERY_CHARACTER) | st.binary().map(lambda some: some.decode("latin-1")))
def test_a17_random_text_never_raises(text: str):
    assert_sound(text)


@given(st.binary())
def test_a17_random_bytes_never_raise(some: bytes):
    assert_sound(some.decode("utf-8", "surrogateescape"))


@given(JSON)
def test_a17_random_json_never_raises(value: Any):
    assert_sound(json.dumps(value))
    assert_sound(json.dumps(value, ensure_ascii=False))


@settings(max_examples=300)
@given(st.data())
def test_a17_a_message_with_anything_anywhere_never_raises(data: st.DataObject):
    message = json.loads(json.dumps(data.draw(st.sampled_from(CORPUS))))
    *path, name = data.draw(st.sampled_from(places(message)))
    reduce(getitem, path, message)[name] = data.draw(JSON)

    assert_sound(json.dumps(message))


@given(st.lists(JSON, max_size=5))
def test_a17_whatever_lies_beside_it_a_good_record_is_read(neighbours: list[Any]):
    # NaN is no JSON: it costs the whole message, so it may not be among the neighbours.
    clean = json.loads(json.dumps(neighbours), parse_constant=lambda _: None)
    events = read_message(direct(*clean, record("good.mp4"), *clean))

    assert len(events) == 2 * len(clean) + 1
    assert events[len(clean)].keys == ("good.mp4",)
