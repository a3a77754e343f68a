"""What each message means, in each envelope."""

import json
from datetime import UTC, datetime

import pytest

from dancer_pipeline.events import (
    Arrival,
    Event,
    Removal,
    Uninteresting,
    Unreadable,
    read_message,
)
from dancer_pipeline_tests.events.corpus import (
    BUCKET,
    ENVELOPES,
    KEY,
    MESSAGES,
    body,
    direct,
    in_sns,
    message,
    only,
    record,
    refusal,
)

UPLOADED = datetime(2026, 11, 20, 12, 0, 0, 123000, UTC)
ETAG = "0123456789abcdef0123456789abcdef"
VERSION_ID = "3HL4kqtJvjVBH40Nrjfkd"
PUT = {
    "bucket": BUCKET,
    "keys": (KEY,),
    "version_id": VERSION_ID,
    "sequencer": "0055AED6DCD90281E5".ljust(64, "0"),
    "event_time": UPLOADED,
    "region": "eu-central-1",
    "account": None,
}
UPLOAD = {"etag": ETAG, "size_bytes": 1048576, "note": None}
GONE = PUT | {"sequencer": "0055AED6DCE".ljust(64, "0")}
BRIDGED = {"event_time": UPLOADED.replace(microsecond=0), "account": "111122223333"}

MEANINGS: dict[str, Event] = {
    "s3_put_2.1": Arrival(**PUT | UPLOAD),
    "s3_put_2.6": Arrival(**PUT | UPLOAD),
    "s3_put_unversioned": Arrival(**PUT | UPLOAD | {"version_id": None}),
    "s3_multipart": Arrival(**PUT | UPLOAD | {"etag": f"{ETAG}-80", "size_bytes": 5368709121}),
    "s3_delete": Removal(**GONE, is_marker=False),
    "s3_delete_marker": Removal(**GONE | {"version_id": "9MarkerExample"}, is_marker=True),
    "s3_tagging": Uninteresting("ObjectTagging:Put"),
    "s3_folder": Uninteresting("folder"),
    "s3_test_event": Uninteresting("test_event"),
    "sns_put": Arrival(**PUT | UPLOAD),
    "sns_subscription": Uninteresting("SubscriptionConfirmation"),
    "eventbridge_created": Arrival(**PUT | UPLOAD | BRIDGED),
    "eventbridge_created_sparse": Arrival(
        **PUT
        | UPLOAD
        | BRIDGED
        | {"keys": ("in/anna/a+b.mp4", "in/anna/a b.mp4"), "version_id": None, "size_bytes": None}
    ),
    "eventbridge_deleted": Removal(**GONE | BRIDGED, is_marker=False),
    "eventbridge_delete_marker": Removal(
        **GONE | BRIDGED | {"version_id": "9MarkerExample"}, is_marker=True
    ),
    "eventbridge_tags_added": Uninteresting("Object Tags Added"),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_a1_a2_a4_a6_a11_each_documented_message_means_what_it_says(name: str):
    assert only(body(name)) == MEANINGS[name]


def test_every_message_of_the_corpus_has_a_meaning():
    names = {path.stem for path in MESSAGES.glob("*.json")}

    assert names == {*MEANINGS, "s3_put_3.0"}


def test_a3_another_major_version_is_kept_aside_and_the_rest_of_the_message_goes_on():
    events = read_message(direct(record(), record(eventVersion="3.0"), record("two.mp4")))

    assert [type(event) for event in events] == [Arrival, Unreadable, Arrival]
    assert events[1].reason == "unsupported event version 3.0"
    assert json.loads(events[1].raw) == record(eventVersion="3.0")
    assert refusal(body("s3_put_3.0")) == "unsupported event version 3.0"


@pytest.mark.parametrize("version", [None, "", "2", "two", "20.1", "2.1.1", "\u0662.1", 2.1])
def test_a3_a_version_that_is_not_two_point_something_is_refused(version: object):
    reason = refusal(direct(record(eventVersion=version)))

    assert reason.startswith(("unsupported event version", "eventVersion is not text"))


@pytest.mark.parametrize("version", ["2.0", "2.4", "2.10"])
def test_a2_a_later_minor_version_is_read_like_any_other(version: str):
    assert only(direct(record(eventVersion=version))) == MEANINGS["s3_put_2.1"]


def test_a3_a_later_major_version_through_eventbridge_is_kept_aside():
    changed = message("eventbridge_created")
    changed["detail"]["event-version"] = "2.0"

    assert refusal(json.dumps(changed)) == "unsupported event version 2.0"


@pytest.mark.parametrize("way", ["Put", "Post", "Copy", "CompleteMultipartUpload"])
def test_a4_an_object_may_come_in_every_known_way(way: str):
    assert only(direct(record(eventName=f"ObjectCreated:{way}"))).note is None


def test_a4_an_unknown_way_of_coming_is_an_arrival_with_a_note():
    event = only(direct(record(eventName="ObjectCreated:Foo")))

    assert event.keys == (KEY,)
    assert event.note == "it came in an unknown way: 'Foo'"


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a5_every_envelope_gives_the_same_identity(envelope: str):
    event = only(ENVELOPES[envelope](KEY))

    identity = (event.bucket, event.keys, event.version_id, event.sequencer, event.etag)
    assert identity == (BUCKET, (KEY,), VERSION_ID, PUT["sequencer"], ETAG)


def test_a5_a_third_envelope_is_refused():
    twice = in_sns(in_sns(body("s3_put_2.1")))

    assert isinstance(only(twice), Arrival)
    assert refusal(in_sns(twice)) == "more than 2 SNS envelopes in each other"
    assert only(in_sns(twice)).raw == in_sns(twice)


@pytest.mark.parametrize("inner", ["hello", "", None, 7, {"Records": []}])
def test_a5_an_envelope_around_something_else_is_refused(inner: object):
    assert refusal(json.dumps(message("sns_put") | {"Message": inner}))


def test_a6_a_test_event_inside_sns_is_only_counted():
    assert only(in_sns(body("s3_test_event"))) == Uninteresting("test_event")


def test_a7_one_broken_record_does_not_lose_the_others():
    keys = [f"in/{n}.mp4" for n in range(8)]
    broken = {"eventVersion": "2.1", "eventSource": "aws:s3", "eventName": "ObjectCreated:Put"}
    removed = message("s3_delete")["Records"][0]
    records = [*map(record, keys[:5]), broken, removed, *map(record, keys[5:])]

    events = read_message(direct(*records))

    assert [event.keys for event in events if isinstance(event, Arrival)] == [(k,) for k in keys]
    assert events[5] == Unreadable("s3 is not an object: None", json.dumps(broken))
    assert events[6] == MEANINGS["s3_delete"]


@pytest.mark.parametrize("broken", [None, 7, "text", [], {}, {"s3": {}}, {"eventSource": "x"}])
def test_a7_a_record_of_any_other_shape_is_refused_by_itself(broken: object):
    events = read_message(direct(broken, record()))

    assert [type(event) for event in events] == [Unreadable, Arrival]
