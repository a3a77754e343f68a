"""The ledger, in a real SQLite file and on a real PostgreSQL server."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dancer_pipeline.identity import Upload
from dancer_pipeline.ledger import Ledger
from dancer_pipeline.states import Problem, State
from dancer_pipeline_tests.threads import in_threads

NOW = datetime(2026, 1, 2, tzinfo=UTC)
WALK = Upload("walk-0", "v1", "inbox", "anna/walk.mp4", 10, NOW)


@pytest.fixture
def ledger(ledger_url: str) -> Ledger:
    return Ledger(ledger_url)


def test_a_recorded_upload_survives_the_process(ledger: Ledger, ledger_url: str):
    assert ledger.record([WALK]) == [WALK]

    row = Ledger(ledger_url).row("walk-0", "v1")

    assert row is not None
    assert (row.state, row.key, row.uploaded_at) == (State.RECEIVED, "anna/walk.mp4", NOW)


def test_a_known_version_is_a_duplicate_and_changes_nothing(ledger: Ledger):
    ledger.record([WALK])
    ledger.note("walk-0", "v1", state=State.COMPLETED)

    assert ledger.record([WALK]) == []
    assert ledger.record([WALK], state=State.IGNORED, reason="x") == []
    assert ledger.counts() == {State.COMPLETED: 1}


def test_a_new_version_of_a_known_video_is_new_and_is_the_current_one(ledger: Ledger):
    ledger.record([WALK])
    newer = replace(WALK, version="v2", uploaded_at=NOW + timedelta(seconds=1))

    assert ledger.record([WALK, newer]) == [newer]
    current = ledger.current("walk-0")
    assert current is not None
    assert current.version == "v2"


def test_of_two_versions_within_a_second_the_later_sequencer_is_current(ledger: Ledger):
    later = replace(WALK, version="later", sequencer="0055AED6DCE".ljust(64, "0"))
    earlier = replace(WALK, version="earlier", sequencer="0055AED6DCD90281E5".ljust(64, "0"))
    unknown = replace(WALK, version="unknown")
    older = replace(
        WALK, version="older", sequencer="F" * 64, uploaded_at=NOW - timedelta(seconds=1)
    )
    for upload in (later, older, earlier, unknown):
        ledger.record([upload])

    versions = [row.version for row in ledger.of_video("walk-0")]

    assert versions == ["later", "earlier", "unknown", "older"]
    current = ledger.current("walk-0")
    assert current is not None
    assert (current.version, current.sequencer) == ("later", later.sequencer)


def test_versions_that_nothing_else_orders_are_current_in_the_order_of_their_arrival(
    ledger: Ledger,
):
    for version in ("first", "second"):
        ledger.record([replace(WALK, version=version)])

    assert [row.version for row in ledger.of_video("walk-0")] == ["second", "first"]
    assert ledger.of_video("nobody-0") == []


def test_a_row_says_who_found_it_first(ledger: Ledger):
    ledger.record([WALK], found_by="notification")
    ledger.record([WALK], found_by="listing")
    ledger.record([replace(WALK, version="v2")])

    found = {row.version: row.found_by for row in ledger.rows()}

    assert found == {"v1": "notification", "v2": None}


@pytest.mark.parametrize(
    "key", ["anna/\0.mp4", "\0/a\x1a0.mp4", "\x1a1\x1a", "a\nb\\0%\u202e👟.mp4", "x" * 1024 + "\0"]
)
def test_a10_a_key_of_any_characters_comes_back_as_it_was(ledger: Ledger, key: str):
    upload = Upload("hostile-0", "v1", "inbox", key, 10, NOW)

    assert ledger.record([upload]) == [upload]

    row = ledger.row("hostile-0", "v1")
    assert row is not None
    assert (row.key, row.owner) == (key, upload.owner)
    assert ledger.record([upload]) == []


def test_a_reason_of_any_characters_can_be_noted(ledger: Ledger):
    ledger.record([WALK])

    ledger.note_problem("walk-0", "v1", Problem.TROUBLE, "a\0b\ud800", "run-1")
    ledger.audit("walk-0", "v1", "cleanup", "\0", is_dry_run=True)

    row = ledger.row("walk-0", "v1")
    assert row is not None
    assert row.reason == "a\0b\\ud800"
    assert ledger.audits("walk-0")[0]["outcome"] == "\0"


@pytest.fixture
def all_find_it_unknown(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Make so many threads wait for each other between looking into the ledger and recording."""

    def meet(count: int) -> None:
        looked, real = threading.Barrier(count), Ledger.unknown

        def unknown(ledger: Ledger, uploads: list[Upload]) -> list[Upload]:
            found = real(ledger, uploads)
            looked.wait()
            return found

        monkeypatch.setattr(Ledger, "unknown", unknown)

    return meet


def test_the_same_upload_recorded_by_many_at_once_is_new_to_one(
    ledger_url: str, all_find_it_unknown: Callable[[int], None]
):
    all_find_it_unknown(8)
    Ledger(ledger_url)
    new: list[Upload] = []

    errors = in_threads(lambda: new.extend(Ledger(ledger_url).record([WALK])), count=8)

    assert not errors
    assert new == [WALK]
    assert Ledger(ledger_url).counts() == {State.RECEIVED: 1}


def test_lists_in_opposite_orders_recorded_at_once_are_new_to_one_each(
    ledger_url: str, all_find_it_unknown: Callable[[int], None]
):
    all_find_it_unknown(4)
    uploads = [replace(WALK, video_id=f"walk-{number}") for number in range(3000)]
    orders = iter([1, -1, 1, -1])
    new: list[Upload] = []

    errors = in_threads(
        lambda: new.extend(Ledger(ledger_url).record(uploads[:: next(orders)])), count=4
    )

    assert not errors
    assert sorted(upload.video_id for upload in new) == sorted(
        upload.video_id for upload in uploads
    )


def test_processes_that_start_at_once_all_find_their_tables(ledger_url: str):
    script = """
import sys, time
from dancer_pipeline.ledger import Ledger
time.sleep(max(0, float(sys.argv[2]) - time.time()))
Ledger(sys.argv[1]).counts()
"""
    start = [sys.executable, "-c", script, ledger_url, str(time.time() + 5)]
    processes = [subprocess.Popen(start) for _ in range(4)]

    assert [process.wait() for process in processes] == [0] * 4


def test_only_these_versions_that_ended_without_a_source_are_away(ledger: Ledger):
    uploads = [replace(WALK, video_id=f"v-{state}") for state in State]
    for upload, state in zip(uploads, State, strict=True):
        ledger.record([upload, replace(upload, version="v0")], state=state)
    ledger.note("v-completed", "v1", deleted_at=NOW)
    ledger.note("v-analysed", "v1", deleted_at=NOW)

    found = {(row.video_id, row.version) for row in ledger.away(uploads)}

    assert found == {("v-gone", "v1"), ("v-superseded", "v1"), ("v-completed", "v1")}


def test_a_decision_on_an_outdated_row_is_refused(ledger: Ledger):
    ledger.record([WALK])
    row = ledger.row("walk-0", "v1")
    assert row is not None

    assert ledger.change(row, state=State.QUEUED, attempt=1)
    assert not ledger.change(row, state=State.FAILED)
    assert ledger.counts() == {State.QUEUED: 1}


def test_only_what_is_unfinished_and_due_is_looked_at(ledger: Ledger):
    states = [*State, State.QUEUED]
    for number, state in enumerate(states):
        ledger.record([replace(WALK, video_id=f"v-{number}")], state=state)
    ledger.note("v-1", "v1", not_before=NOW + timedelta(hours=1))

    due = {row.state for row in ledger.unfinished(100, NOW)}

    assert due == {State.RECEIVED, State.QUEUED, State.PROCESSING, State.ANALYSED}
    assert "v-1" not in {row.video_id for row in ledger.unfinished(100, NOW)}
    assert "v-1" in {row.video_id for row in ledger.unfinished(100, NOW + timedelta(hours=1))}


def test_a_failed_row_with_a_report_to_come_is_unfinished(ledger: Ledger):
    ledger.record([WALK], state=State.FAILED)
    ledger.note("walk-0", "v1", report_pending=True)

    assert [row.video_id for row in ledger.unfinished(1, NOW)] == ["walk-0"]


def test_a_problem_is_kept_in_words(ledger: Ledger):
    ledger.record([WALK])

    ledger.note_problem("walk-0", "v1", Problem.BAD_VIDEO, "an HTML page", "run-1")

    row = ledger.row("walk-0", "v1")
    assert row is not None
    assert (row.problem, row.reason, row.run_id) == (Problem.BAD_VIDEO, "an HTML page", "run-1")


def test_the_audit_keeps_every_entry_in_order(ledger: Ledger):
    for outcome in ("about to be deleted", "deleted"):
        ledger.audit("walk-0", "v1", "cleanup", outcome, is_dry_run=False, run_id="r")
    ledger.audit("other", "v1", "cleanup", "would be deleted", is_dry_run=True)

    found = [(entry["outcome"], entry["is_dry_run"]) for entry in ledger.audits("walk-0")]

    assert found == [("about to be deleted", False), ("deleted", False)]


def test_ten_thousand_uploads_are_recorded_once(ledger: Ledger):
    many = [replace(WALK, video_id=f"walk-{number}") for number in range(10_000)]

    assert len(ledger.record(many)) == 10_000
    assert ledger.record(many) == []
