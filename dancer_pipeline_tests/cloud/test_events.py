"""What becomes of every kind of message (cases A1 to A16), from the queue to the ledger."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.states import State
from dancer_pipeline_tests.cloud.conftest import MakeCloud
from dancer_pipeline_tests.cloud.deployment import Cloud, notification, s3_record
from dancer_pipeline_tests.oracle import assert_invariants
from dancer_pipeline_tests.standin import version_id

KEY = "in/walk.mp4"


def record(cloud: Cloud, upload: Upload, **changes: Any) -> dict[str, Any]:
    """Tell of an upload as S3 would."""
    told = {"versionId": version_id(upload), "size": upload.size_bytes}
    return s3_record(cloud.bucket.name, quote_plus(upload.key), **(told | changes))


def put_untold(cloud: Cloud, key: str = KEY, content: bytes = b"x") -> Upload:
    """Upload, and take its own notification out of the queue."""
    upload = cloud.bucket.put(key, content)
    cloud.bucket.drain()
    return upload


def take_in(cloud: Cloud, *bodies: str) -> None:
    """Send messages, let the sensor tick, and check everything."""
    for body in bodies:
        cloud.bucket.send(body)
    assert cloud.tick("uploads") == [], "no run is requested from a message in hand"
    assert_invariants(cloud, is_at_rest=False)


def states(cloud: Cloud) -> dict[str, str]:
    return {row.key: str(row.state) for row in cloud.ledger.rows()}


def quarantined(cloud: Cloud) -> list[str]:
    return [kept.reason for kept in cloud.ledger.quarantine.rows(100)]


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("a1", {"eventVersion": "2.1"}),
        ("a2", {"eventVersion": "2.6", "glacier": {"new": [1]}}),
        ("a4", {"eventName": "ObjectCreated:Post"}),
        ("a4", {"eventName": "ObjectCreated:Copy"}),
        ("a4", {"eventName": "ObjectCreated:CompleteMultipartUpload"}),
        ("a4", {"eventName": "ObjectCreated:Foo"}),
    ],
)
def test_a1_a2_a4_every_kind_of_arrival_is_one_upload(
    cloud: Cloud, case: str, change: dict[str, Any]
):
    upload = put_untold(cloud)

    take_in(cloud, notification(record(cloud, upload, **change)))

    row = cloud.row(upload)
    assert (row.state, row.found_by) == (State.RECEIVED, "notification"), case
    assert len(cloud.ledger.rows()) == 1
    assert quarantined(cloud) == []


def test_a3_an_unsupported_version_is_quarantined_and_the_others_go_on(cloud: Cloud):
    upload = put_untold(cloud)
    future = record(cloud, upload, eventVersion="3.0")

    take_in(cloud, notification(future), notification(record(cloud, upload)))

    assert cloud.row(upload).state is State.RECEIVED
    (kept,) = cloud.ledger.quarantine.rows(10)
    assert "3.0" in kept.reason
    assert json.loads(kept.body)["eventVersion"] == "3.0"


def sns(message: str) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "1", "Message": message})


def eventbridge(cloud: Cloud, key: str, upload: Upload) -> str:
    told = {
        "key": key,
        "size": upload.size_bytes,
        "version-id": version_id(upload),
        "etag": "0" * 32,
    }
    detail = {"bucket": {"name": cloud.bucket.name}, "object": told, "reason": "PutObject"}
    return json.dumps(
        {
            "version": "0", "source": "aws.s3", "detail-type": "Object Created",
            "region": "eu-central-1", "time": "2026-11-20T12:00:00Z", "detail": detail,
        }
    )  # fmt: skip


def test_a5_every_envelope_tells_of_the_same_upload(cloud: Cloud):
    upload = put_untold(cloud, "in/a+b ü.mp4")
    direct = notification(record(cloud, upload))

    take_in(
        cloud,
        direct,
        sns(direct),
        sns(sns(direct)),
        eventbridge(cloud, "in/a+b ü.mp4", upload),
        eventbridge(cloud, "in/a%2Bb%20%C3%BC.mp4", upload),
        sns(eventbridge(cloud, "in/a%2Bb+%C3%BC.mp4", upload)),
        sns(sns(sns(direct))),
    )

    assert states(cloud) == {"in/a+b ü.mp4": "received"}
    (reason,) = quarantined(cloud)
    assert "SNS envelopes" in reason


def test_a6_test_events_are_counted(cloud: Cloud):
    event = json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"})

    take_in(cloud, event, sns(event))

    assert cloud.ledger.rows() == []
    assert cloud.ledger.quarantine.counted()["test_event"] >= 2


def test_a7_one_bad_record_loses_none_of_the_others(cloud: Cloud):
    uploads = [cloud.bucket.put(f"in/{n}.mp4", b"x%d" % n) for n in range(8)]
    cloud.bucket.drain()
    removal = record(cloud, uploads[0], eventName="ObjectRemoved:Delete", versionId="other")
    broken = {"eventVersion": "2.1", "s3": "nothing"}

    take_in(cloud, notification(*[record(cloud, it) for it in uploads], removal, broken))

    assert list(states(cloud).values()) == ["received"] * 8
    assert len(quarantined(cloud)) == 1
    assert cloud.ledger.quarantine.counted()["removal"] == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"Records": []}', "{}", '{"Records": 7}', "null", '""', "[" * 100_000, '{"Records": NaN}',
        '{"Records": [], "Records": [1]}', "\ufeff{}", "not json", "7", '{"Records": [null]}',
    ],
)  # fmt: skip
def test_a8_what_cannot_be_read_is_quarantined_with_the_reason(cloud: Cloud, body: str):
    take_in(cloud, body)

    (kept,) = cloud.ledger.quarantine.rows(10)
    assert kept.reason
    assert cloud.ledger.rows() == []


HOSTILE_KEYS = [
    "in/red flower+é.mp4",
    "in/a%20b.mp4",
    "in/100%.mp4",
    "in/" + "k" * (1024 - 7) + ".mp4",
    "in/" + unicodedata.normalize("NFC", "é") + ".mp4",
    "in/" + unicodedata.normalize("NFD", "é") + ".mp4",
    "in/💃🏽.mp4",
    "in/\u202egpj.4pm",
    "in/two\nlines.mp4",
    "in/../../etc/passwd.mp4",
    "in//abs.mp4",
    "in/a\\..\\b.mp4",
    "in/CON",
    "in/nul\0.mp4",
]


def test_a9_a10_hostile_keys_are_decoded_once_and_each_is_an_upload(cloud: Cloud):
    uploads = [put_untold(cloud, key, key.encode()) for key in HOSTILE_KEYS]

    take_in(cloud, *[notification(record(cloud, upload)) for upload in uploads])

    assert states(cloud) == dict.fromkeys(HOSTILE_KEYS, "received")
    assert {row.video_id for row in cloud.ledger.rows()} == {it.video_id for it in uploads}


def test_a9_a_key_that_is_no_text_is_quarantined(cloud: Cloud):
    take_in(cloud, notification(s3_record(cloud.bucket.name, "in/%FF.mp4")))

    (reason,) = quarantined(cloud)
    assert "UTF-8" in reason


def test_a10_a_hostile_key_leads_nowhere_when_it_is_analysed(
    cloud: Cloud, tmp_path: Path, jumping: Path
):
    (tmp_path / "etc").mkdir()
    before = sorted(path for path in tmp_path.rglob("*"))
    uploads = [
        cloud.bucket.put(f"in/../../etc/{name}", jumping.read_bytes())
        for name in ("a\0.mp4", "CON")
    ]

    cloud.work()

    assert [cloud.row(it).state for it in uploads] == [State.COMPLETED] * 2
    scratch = {tmp_path / "scratch", *(tmp_path / "scratch").rglob("*")}
    assert sorted({*tmp_path.rglob("*")} - scratch) == [it for it in before if it not in scratch]
    assert_invariants(cloud)


def test_a11_a_folder_is_ignored_and_an_empty_file_fails_and_both_are_kept(cloud: Cloud):
    cloud.bucket.put("in/folder/", b"")
    upload = cloud.bucket.put("in/x.mp4", b"")

    cloud.work()

    row = cloud.row(upload)
    assert (row.state, "empty" in (row.reason or "")) == (State.FAILED, True), row
    assert cloud.ledger.quarantine.counted()["folder"] == 1
    assert len(cloud.ledger.rows()) == 1
    versions = cloud.bucket.s3.list_object_versions(Bucket=cloud.bucket.name)["Versions"]
    assert {it["Key"] for it in versions} == {"in/folder/", "in/x.mp4"}
    assert_invariants(cloud)


@pytest.mark.parametrize("told", [{"versionId": None}, {"versionId": "null"}, {}])
@pytest.mark.parametrize("versioning", [None, "Suspended"])
def test_a12_without_a_version_id_it_is_known_by_etag_and_time(
    make_cloud: MakeCloud, told: dict[str, Any], versioning: str | None
):
    cloud = make_cloud(versioning)
    upload = put_untold(cloud)
    etag = cloud.bucket.s3.head_object(Bucket=cloud.bucket.name, Key=KEY)["ETag"].strip('"')

    take_in(cloud, notification(s3_record(cloud.bucket.name, KEY, eTag=etag, **told)))

    (row,) = cloud.ledger.rows()
    assert row.version == upload.version
    assert row.version.startswith(f"etag-{etag}-")


def test_a12_a_message_without_the_version_id_of_a_versioned_object_finds_it(cloud: Cloud):
    upload = put_untold(cloud)

    take_in(cloud, notification(s3_record(cloud.bucket.name, KEY)))

    assert cloud.row(upload).state is State.RECEIVED


def test_a13_an_equal_sequencer_of_another_version_is_another_upload(cloud: Cloud):
    uploads = [put_untold(cloud, content=content) for content in (b"one", b"two")]

    take_in(cloud, *[notification(record(cloud, it, sequencer="0A")) for it in uploads])

    assert {row.version for row in cloud.ledger.rows()} == {it.version for it in uploads}


def test_a13_the_sequencer_tells_which_of_two_versions_of_one_second_is_newer(cloud: Cloud):
    older, newer = [put_untold(cloud, content=content) for content in (b"one", b"two")]
    take_in(
        cloud,
        notification(record(cloud, newer, sequencer="0055AED6DCE")),
        notification(record(cloud, older, sequencer="0055AED6DCD90281E5")),
    )
    for upload in (older, newer):
        cloud.ledger.note(upload.video_id, upload.version, uploaded_at=older.uploaded_at)

    current = cloud.ledger.current(older.video_id)

    assert current is not None
    assert current.version == newer.version


@pytest.mark.parametrize("versioning", ["Enabled", None])
def test_a14_what_is_removed_while_it_waits_is_gone(make_cloud: MakeCloud, versioning: str | None):
    cloud = make_cloud(versioning)
    upload = cloud.bucket.put(KEY, b"x")
    cloud.tick("uploads")
    cloud.bucket.delete(KEY)

    take_in(
        cloud, notification(s3_record(cloud.bucket.name, KEY, eventName="ObjectRemoved:Delete"))
    )

    row = cloud.row(upload)
    assert (row.state, "deleted" in (row.reason or "")) == (State.GONE, True), row
    assert cloud.tick("dispatcher") == []


def test_a14_a_version_behind_a_delete_marker_that_came_before_its_message_is_gone(cloud: Cloud):
    upload = cloud.bucket.put(KEY, b"x")
    cloud.bucket.delete(KEY)

    take_in(cloud)

    row = cloud.row(upload)
    assert (row.state, "delete marker" in (row.reason or "")) == (State.GONE, True), row


def test_a14_a_removal_that_a_new_upload_overtakes_takes_only_the_older_one(cloud: Cloud):
    older = put_untold(cloud, content=b"old")
    cloud.bucket.delete(KEY)
    newer = put_untold(cloud, content=b"new")
    marker = s3_record(cloud.bucket.name, KEY, eventName="ObjectRemoved:DeleteMarkerCreated")

    take_in(
        cloud, *[notification(it) for it in (record(cloud, newer), marker, record(cloud, older))]
    )

    assert cloud.row(newer).state is State.RECEIVED
    assert cloud.row(older).state is State.RECEIVED, "it is not hidden any more"


def test_a14_a_removal_touches_nothing_that_is_finished(cloud: Cloud, jumping: Path):
    upload = cloud.bucket.put(KEY, jumping.read_bytes())
    cloud.work()
    finished = cloud.row(upload)

    take_in(cloud, notification(record(cloud, upload, eventName="ObjectRemoved:Delete")))

    assert finished.state is State.COMPLETED
    assert cloud.row(upload) == finished


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda it: it["s3"]["bucket"].update(name="elsewhere", arn="arn:aws:s3:::elsewhere"),
         "is not configured"),
        (lambda it: it.update(awsRegion="us-east-1"), "region 'us-east-1'"),
        (lambda it: it["s3"]["bucket"].update(arn="arn:aws:s3:::other"), "arn:aws:s3:::other"),
    ],
)  # fmt: skip
def test_a15_an_event_of_somebody_elses_bucket_leads_to_no_look_at_s3(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], None], words: str
):
    told = record(cloud, put_untold(cloud))
    change(told)
    monkeypatch.setattr(
        type(cloud.stores.intake.source), "find", lambda *_: pytest.fail("S3 was asked")
    )

    cloud.bucket.send(notification(told))
    cloud.tick("uploads")

    (reason,) = quarantined(cloud)
    assert words in reason
    assert cloud.waiting_messages() == 0


def test_a15_an_event_of_another_account_is_quarantined(make_cloud: MakeCloud):
    cloud = make_cloud(bucket_owner="123456789012")
    upload = put_untold(cloud)
    event = json.loads(eventbridge(cloud, KEY, upload)) | {"account": "999999999999"}

    cloud.bucket.send(json.dumps(event))
    cloud.tick("uploads")

    (reason,) = quarantined(cloud)
    assert "account '999999999999'" in reason


def test_what_is_outside_the_watched_prefix_is_only_counted(cloud: Cloud):
    take_in(cloud, notification(s3_record(cloud.bucket.name, "results/x.parquet")))

    assert cloud.ledger.rows() == []
    assert cloud.ledger.quarantine.counted() == {"outside the watched prefix": 1, "test_event": 1}


def test_a16_what_s3_says_wins_over_what_the_message_says(make_cloud: MakeCloud):
    cloud = make_cloud(None)
    upload = put_untold(cloud, content=b"y" * 5000)

    take_in(cloud, notification(s3_record(cloud.bucket.name, KEY, size=10, eTag="f" * 32)))

    found = {row.version: row for row in cloud.ledger.rows()}
    assert found[upload.version].size_bytes == 5000
    assert found[upload.version].state is State.RECEIVED
    (told,) = [row for row in found.values() if row.version != upload.version]
    assert (told.state, "replaced it" in (told.reason or "")) == (State.SUPERSEDED, True)


def test_a_forged_message_for_what_is_not_there_says_so(cloud: Cloud):
    take_in(cloud, notification(s3_record(cloud.bucket.name, "in/no.mp4", versionId="v")))

    assert states(cloud) == {"in/no.mp4": "gone"}


def test_a_message_that_tells_too_little_of_what_is_gone_is_quarantined(cloud: Cloud):
    told = s3_record(cloud.bucket.name, "in/no.mp4")
    del told["s3"]["object"]["eTag"]

    take_in(cloud, notification(told))

    (reason,) = quarantined(cloud)
    assert "neither version nor ETag" in reason
