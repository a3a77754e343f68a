"""Messages of the upload queue, by the numbers of the fault matrix."""

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest

from dancer_pipeline.events import (
    Arrival,
    Event,
    Removal,
    Uninteresting,
    Unreadable,
    padded_sequencer,
    read_message,
)
from dancer_pipeline.identity import video_id
from dancer_pipeline_tests.events.corpus import (
    BUCKET,
    ENVELOPES,
    KEY,
    MESSAGES,
    body,
    direct,
    eventbridge,
    in_sns,
    message,
    record,
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


DEEP = '{"Records": ' + "[" * 40 + "]" * 40 + "}"
PUT_BODY = body("s3_put_2.1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"Records": []}', "0 Records, where S3 sends 1 to 1000"),
        ('{"Records": null}', "0 Records, where S3 sends 1 to 1000"),
        ('{"Records": {}}', "Records is not a list: {}"),
        ('{"Records": "x"}', "Records is not a list: 'x'"),
        (direct(*[0] * 1001), "1001 Records, where S3 sends 1 to 1000"),
        ("{}", "not of S3, SNS or EventBridge"),
        ("null", "the message is not an object: None"),
        ("[]", "the message is not an object: []"),
        ("", "not JSON: Expecting value"),
        (" ", "not JSON: Expecting value"),
        ("hello", "not JSON: Expecting value"),
        (PUT_BODY[:-9], "not JSON: Expecting"),
        (PUT_BODY + PUT_BODY, "not JSON: Extra data"),
        ("[" * 1024**2, "nested more than 32 deep"),
        ('{"a":' * 150_000, "nested more than 32 deep"),
        (DEEP, "nested more than 32 deep"),
        ('{"Records": NaN}', "not JSON: NaN is no number"),
        ('{"Records": -Infinity}', "not JSON: -Infinity is no number"),
        ('{"Records": [], "Records": []}', "not JSON: an object has two fields 'Records'"),
        (PUT_BODY.replace('"size"', '"key"'), "not JSON: an object has two fields 'key'"),
        ("\ufeff" + PUT_BODY, "not JSON: Unexpected UTF-8 BOM"),
        (PUT_BODY.replace("red", "\ud83d"), "holds half a character"),
        (PUT_BODY.replace("red", "\0"), "not JSON: Invalid control character"),
        ("\0", "not JSON: Expecting value"),
        ('{"Records": ' + "9" * 5000 + "}", "not JSON: Exceeds the limit"),
        (PUT_BODY + " " * 1024**2, "longer than 1048576 bytes"),
        ("\u20ac" * 350_000, "longer than 1048576 bytes"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a8_a_message_that_is_none_is_one_short_reason(text: str, reason: str):
    event = only(text)

    assert isinstance(event, Unreadable)
    assert reason in event.reason
    assert len(event.reason) < 200
    assert event.reason.isprintable()
    assert "\0" not in event.raw
    assert len(event.raw.encode()) < 4 * 1024**2


def test_a8_an_unreadable_body_is_kept_word_for_word():
    assert only("hello é").raw == "hello é"


def test_a8_brackets_in_a_name_are_not_nesting():
    key = '"[{' * 300 + "\\"

    assert only(direct(record(key))).keys == (key,)
    assert only(eventbridge(key)).keys == (key,)


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


def test_a9_a_reason_forges_no_line_of_a_log():
    reason = refusal(direct(record(eventName="Foo\nERROR all lost \u202e" * 99)))

    assert reason.startswith(r"no event of S3 has the name 'Foo\nERROR")
    assert reason.isprintable()
    assert len(reason) < 200


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


@pytest.mark.parametrize("told", [None, "null", ""])
def test_a12_an_object_without_a_version_of_its_own_has_none(told: str | None):
    bridged = message("eventbridge_created")
    bridged["detail"]["object"]["version-id"] = told

    assert only(direct(record(versionId=told))).version_id is None
    assert only(json.dumps(bridged)).version_id is None


def test_a12_an_absent_version_is_none_and_a_real_one_is_kept():
    assert only(body("s3_put_unversioned")).version_id is None
    assert only(body("eventbridge_created_sparse")).version_id is None
    assert only(direct(record(versionId="other"))).version_id == "other"


OLDER_TO_NEWER = ["0", "0055AED6DCD90281E5", "0055aed6dcd90281e6", "0055AED6DCE", "0055aed6dcf1"]


def test_a13_sequencers_are_in_order_whatever_their_length_and_case():
    padded = [only(direct(record(sequencer=told))).sequencer for told in OLDER_TO_NEWER]

    assert padded == sorted(padded)
    assert len(set(padded)) == len(padded)
    assert {len(told) for told in padded} == {64}


@pytest.mark.parametrize("told", [None, "", "xyz", "0x1F", "-1", "\u0661", "F" * 65, "F\n"])
def test_a13_a_sequencer_that_cannot_be_compared_is_none(told: str | None):
    assert padded_sequencer(told) is None
    assert only(direct(record(sequencer=told))).keys == (KEY,)


def test_a13_the_same_sequencer_with_another_version_is_another_arrival():
    first, second = read_message(direct(record(versionId="one"), record(versionId="two")))

    assert first.sequencer == second.sequencer
    assert first != second


def test_a15_an_event_of_another_bucket_region_and_account_says_so():
    made = message("eventbridge_created")
    made["detail"]["bucket"]["name"] = "elsewhere"
    made |= {"region": "us-east-1", "account": "999999999999"}
    made["resources"] = ["arn:aws-cn:s3:::elsewhere"]
    event = only(json.dumps(made))

    assert (event.bucket, event.region, event.account) == ("elsewhere", "us-east-1", "999999999999")


ARNS = ["arn:aws:s3:::other", "arn:aws:s3:::dancer-uploads/x", "arn:aws:s3:::dancer.uploads"]
ARNS += ["arn:aws:s3:eu-central-1:999999999999:accesspoint/dancer-uploads", "dancer-uploads", "x\n"]


@pytest.mark.parametrize("arn", ARNS)
def test_a15_an_arn_that_is_not_the_buckets_is_refused(arn: str):
    made, bridged = record(), message("eventbridge_created")
    made["s3"]["bucket"]["arn"] = arn
    bridged["resources"].append(arn)

    for text in (direct(made), json.dumps(bridged)):
        assert refusal(text) == f"the ARN {arn!r} is not that of bucket dancer-uploads"


@pytest.mark.parametrize("name", ["", None, "a", "a/b", "../x", "a b", "bucket\n", 7, "é" * 9])
def test_a15_a_name_that_no_bucket_can_have_is_refused(name: object):
    made = record()
    made["s3"]["bucket"] = {"name": name}

    assert "name" in refusal(direct(made))


@pytest.mark.parametrize(
    ("source", "told"), [("eventSource", "minio:s3"), ("eventSource", None), ("eventSource", [])]
)
def test_an_event_of_another_service_is_refused(source: str, told: object):
    bridged = message("eventbridge_created") | {"source": told}

    assert refusal(direct(record(**{source: told}))) == f"eventSource is not aws:s3: {told!r}"
    assert refusal(json.dumps(bridged)) == f"source is not aws.s3: {told!r}"


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("size", -1),
        ("size", True),
        ("size", 1.5),
        ("size", "10"),
        ("size", 2**63),
        ("eTag", 7),
        ("versionId", 7),
        ("versionId", "\ud83d"),
        ("sequencer", 7),
        ("awsRegion", []),
        ("eventTime", "yesterday"),
        ("eventTime", "2026-11-20T12:00:00"),
        ("eventTime", "0001-01-01T00:00:00+23:00"),
        ("eventTime", 1795176000),
        ("eventName", None),
    ],
)
def test_a_field_that_is_not_what_s3_documents_is_named(field: str, told: object):
    assert refusal(direct(record(**{field: told}))).startswith(field)


def test_an_etag_has_no_quotes():
    assert only(direct(record(eTag=f'"{ETAG}"'))).etag == ETAG
    assert only(direct(record(eTag='""'))).etag is None
