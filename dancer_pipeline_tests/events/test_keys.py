"""A key: decoded once where S3 encoded it, and never altered otherwise."""

import json
import unicodedata
from typing import Any

import pytest

from dancer_pipeline.events import (
    Uninteresting,
)
from dancer_pipeline.identity import video_id
from dancer_pipeline_tests.events.corpus import (
    BUCKET,
    ENVELOPES,
    direct,
    eventbridge,
    only,
    record,
    refusal,
)

HOSTILE_KEYS = {
    "red+flower%2B%C3%A9.mp4": "red flower+é.mp4",
    "a%2520b": "a%20b",
    "%2525": "%25",
    "a%2Fb%2Fc.mp4": "a/b/c.mp4",
    "in/%F0%9F%92%83.mp4": "in/💃.mp4",
    "%E2%80%AEgpj.mp4": "\u202egpj.mp4",
    "a%0AERROR+all+lost.mp4": "a\nERROR all lost.mp4",
    "a" * 1024: "a" * 1024,
    "%C3%A9" * 512: "é" * 512,
    "a//b/": "a//b/",
}


@pytest.mark.parametrize("encoded", HOSTILE_KEYS, ids=lambda key: key[:40])
def test_a9_a_key_is_decoded_once(encoded: str):
    assert only(direct(record(encoded))).keys == (HOSTILE_KEYS[encoded],)


@pytest.mark.parametrize("encoded", ["%FF", "a%C3.mp4", "%ED%A0%80", "a" * 1025, "%C3%A9" * 513])
def test_a9_what_can_be_no_key_is_refused(encoded: str):
    assert refusal(direct(record(encoded))).startswith("key is not UTF-8 of at most 1024 bytes")


@pytest.mark.parametrize("key", ["", None, 7, ["a"], "half \ud83d"])
def test_a9_a_key_that_is_no_text_is_refused(key: Any):
    made = record()
    made["s3"]["object"]["key"] = key

    assert refusal(direct(made)).startswith("key ")


def test_a9_composed_and_decomposed_names_are_two_keys():
    twins = [unicodedata.normalize(form, "é.mp4") for form in ("NFC", "NFD")]
    (first,), (second,) = (only(eventbridge(key)).keys for key in twins)

    assert [first, second] == twins
    assert video_id(BUCKET, first) != video_id(BUCKET, second)


@pytest.mark.parametrize(
    ("told", "keys"),
    [
        ("a+b.mp4", ("a+b.mp4", "a b.mp4")),
        ("a%20b.mp4", ("a%20b.mp4", "a b.mp4")),
        ("%FF.mp4", ("%FF.mp4",)),
        ("plain.mp4", ("plain.mp4",)),
        ("%F0%9F%92%83" * 256, ("💃" * 256,)),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a9_eventbridge_leaves_a_choice_of_keys_the_likeliest_first(
    told: str, keys: tuple[str, ...]
):
    assert only(eventbridge(told)).keys == keys


@pytest.mark.parametrize(
    "key", ["../../etc/passwd.mp4", "/abs", "a\\..\\b", "CON", "a\0b.mp4", "..", "."]
)
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a10_a_hostile_key_comes_out_as_it_is(envelope: str, key: str):
    assert only(ENVELOPES[envelope](key)).keys[0] == key


def test_a11_only_an_empty_object_with_a_slash_at_the_end_is_a_folder():
    assert only(direct(record("folder/", size=0))) == Uninteresting("folder")
    assert only(direct(record("folder%2F", size=0))) == Uninteresting("folder")
    assert only(direct(record("x.mp4", size=0))).size_bytes == 0
    assert only(direct(record("folder/", size=1))).size_bytes == 1
    assert only(direct(record("folder/", size=None))).size_bytes is None


def test_a11_what_may_be_no_folder_is_an_arrival():
    told = json.loads(eventbridge("folder%2F"))
    told["detail"]["object"]["size"] = 0

    assert only(json.dumps(told)).keys == ("folder%2F", "folder/")
