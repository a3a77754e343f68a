"""The quarantine beside the ledger, in SQLite and in PostgreSQL."""

from dataclasses import replace

import pytest

from dancer_pipeline.ledger import Ledger
from dancer_pipeline.quarantine import Quarantine, Quarantined
from dancer_pipeline_tests.threads import in_threads

BROKEN = Quarantined('{"Records": 1}', "Records is no list", "message-1")


@pytest.fixture
def quarantine(ledger_url: str) -> Quarantine:
    return Ledger(ledger_url).quarantine


def test_a_message_is_kept_as_it_came(quarantine: Quarantine):
    hostile = Quarantined('\0\x1a0 \n"é👟\x1b[2J', "why\0", None)

    quarantine.add([BROKEN, hostile])

    kept = {row.reason: row for row in quarantine.rows(10)}
    assert kept[BROKEN.reason].message_id == "message-1"
    assert kept[BROKEN.reason].first_seen_at == kept[BROKEN.reason].last_seen_at
    assert kept["why\0"].body == hostile.body
    assert kept["why\0"].message_id is None


def test_half_a_surrogate_pair_stays_readable(quarantine: Quarantine):
    quarantine.add([replace(BROKEN, body="a\ud800b")])

    assert quarantine.rows(1)[0].body == r"a\ud800b"


def test_a_message_that_comes_again_is_counted_not_kept_twice(quarantine: Quarantine):
    quarantine.add([BROKEN])
    quarantine.add([BROKEN, replace(BROKEN, message_id="message-2"), BROKEN])

    (row,) = quarantine.rows(10)
    assert (row.times, row.message_id) == (4, "message-1")
    assert row.first_seen_at < row.last_seen_at


def test_the_same_message_for_another_reason_is_another_entry(quarantine: Quarantine):
    quarantine.add([BROKEN, replace(BROKEN, reason="the bucket is not ours")])

    assert {row.reason for row in quarantine.rows(10)} == {
        "Records is no list",
        "the bucket is not ours",
    }


def test_where_the_reason_ends_and_the_body_begins_makes_a_difference():
    assert Quarantined("bc", "a", None).digest != Quarantined("c", "ab", None).digest


def test_the_latest_come_first_and_no_more_than_asked_for(quarantine: Quarantine):
    for body in ("first", "second", "third"):
        quarantine.add([replace(BROKEN, body=body)])
    quarantine.add([replace(BROKEN, body="first")])

    assert [row.body for row in quarantine.rows(2)] == ["first", "third"]


def test_what_never_becomes_work_is_counted_by_kind(quarantine: Quarantine):
    quarantine.count({"test_event": 1, "ObjectTagging:Put": 3})
    quarantine.count({"test_event": 2})
    quarantine.count({})
    quarantine.add([])

    assert quarantine.counted() == {"test_event": 3, "ObjectTagging:Put": 3}
    assert quarantine.rows(10) == []


def test_a_thousand_messages_are_kept_at_once(quarantine: Quarantine):
    quarantine.add(replace(BROKEN, body=str(number)) for number in range(1000))

    assert len(quarantine.rows(2000)) == 1000


def test_many_at_once_lose_no_count(ledger_url: str):
    bodies = [str(number) for number in range(50)]
    orders = iter([1, -1, 1, -1])

    def add() -> None:
        quarantine, order = Ledger(ledger_url).quarantine, next(orders)
        for _ in range(5):
            quarantine.add(replace(BROKEN, body=body) for body in bodies[::order])
            quarantine.count(dict.fromkeys(bodies[::order], 1))

    errors = in_threads(add, count=4)

    quarantine = Ledger(ledger_url).quarantine
    assert not errors
    assert {row.times for row in quarantine.rows(100)} == {20}
    assert set(quarantine.counted().values()) == {20}
