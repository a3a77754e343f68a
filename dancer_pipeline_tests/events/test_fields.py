"""What is no message, and fields that are not what S3 documents."""

import json
from datetime import UTC, datetime

import pytest

from dancer_pipeline.events import (
    Uninteresting,
    Unreadable,
    padded_sequencer,
    read_message,
)
from dancer_pipeline_tests.events.corpus import (
    KEY,
    body,
    direct,
    eventbridge,
    message,
    only,
    record,
    refusal,
)

DEEP = '{"Records": ' + "[" * 40 + "]" * 40 + "}"
PUT_BODY = body("s3_put_2.1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"Records": []}', "0 Records, where S3 sends 1 to 100"),
        ('{"Records": null}', "0 Records, where S3 sends 1 to 100"),
        ('{"Records": {}}', "Records is not a list: {}"),
        ('{"Records": "x"}', "Records is not a list: 'x'"),
        (direct(*[0] * 1001), "1001 Records, where S3 sends 1 to 100"),
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
    assert len(event.raw) <= 1024**2
    assert event.raw.encode().decode() == event.raw


def test_a8_an_unreadable_body_is_kept_word_for_word():
    assert only("hello é").raw == "hello é"


def test_a8_thirty_two_levels_are_read_and_one_more_is_not():
    # Three of them are the message, its Records and the record.
    fits, too_deep = (json.loads("[" * depth + "]" * depth) for depth in (29, 30))

    assert only(direct(record(later=fits))) == only(direct(record()))
    assert refusal(direct(record(later=too_deep))) == "the message is nested more than 32 deep"


@pytest.mark.parametrize("field", ["eventSource", "eventVersion", "eventName", "eventTime", "size"])
@pytest.mark.parametrize("told", ["x" * 5000, ["x" * 5000]], ids=["text", "list"])
def test_a8_a_long_value_makes_no_long_reason(field: str, told: object):
    assert len(refusal(direct(record(**{field: told})))) < 200


def test_a8_brackets_in_a_name_are_not_nesting():
    key = '"[{' * 300 + "\\"

    assert only(direct(record(key))).keys == (key,)
    assert only(eventbridge(key)).keys == (key,)


def test_a9_a_reason_forges_no_line_of_a_log():
    reason = refusal(direct(record(eventName="Foo\nERROR all lost \u202e" * 99)))

    assert reason.startswith(r"no event of S3 has the name 'Foo\nERROR")
    assert reason.isprintable()
    assert len(reason) < 200


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
ARNS += [
    "x" * 5000,
    "arn:aws:s3:eu-central-1:999999999999:accesspoint/dancer-uploads",
    "dancer-uploads",
    "x\n",
]


@pytest.mark.parametrize("arn", ARNS)
def test_a15_an_arn_that_is_not_the_buckets_is_refused(arn: str):
    made, bridged = record(), message("eventbridge_created")
    made["s3"]["bucket"]["arn"] = arn
    bridged["resources"].append(arn)

    for text in (direct(made), json.dumps(bridged)):
        assert refusal(text) == f"the ARN {arn!r:.80} is not that of bucket dancer-uploads"


def test_a15_a_dot_in_a_buckets_name_is_a_dot_in_its_arn():
    made = record()
    made["s3"]["bucket"] = {"name": "a.b", "arn": "arn:aws:s3:::a.b"}
    other = record()
    other["s3"]["bucket"] = {"name": "a.b", "arn": "arn:aws:s3:::axb"}

    assert only(direct(made)).bucket == "a.b"
    assert refusal(direct(other)) == "the ARN 'arn:aws:s3:::axb' is not that of bucket a.b"


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


def test_the_name_of_what_is_counted_stays_short():
    assert only(direct(record(eventName="A" * 64))) == Uninteresting("A" * 64)
    assert refusal(direct(record(eventName="A" * 65))).startswith("no event of S3 has the name")


def test_a_time_is_in_utc_whatever_zone_it_came_in():
    when = only(direct(record(eventTime="2026-11-20T13:00:00.123+01:00"))).event_time

    assert when == datetime(2026, 11, 20, 12, 0, 0, 123000, UTC)
    assert when.tzinfo is UTC


def test_an_etag_has_no_quotes():
    assert only(direct(record(eTag='"abc-2"'))).etag == "abc-2"
    assert only(direct(record(eTag='""'))).etag is None
