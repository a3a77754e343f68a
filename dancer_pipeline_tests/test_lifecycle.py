"""What becomes of an upload, decided from what is stored."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dancer_pipeline.lifecycle import (
    LOOK_AGAIN,
    WAIT,
    Policy,
    Step,
    another_attempt,
    backoff,
    come_back,
    next_step,
    run_key,
    too_little_mib,
)
from dancer_pipeline.sizing import LADDER
from dancer_pipeline.states import Kind, Outcome, Problem, Row, Run, State

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
POLICY = Policy(
    max_attempts=3,
    max_worker_losses=2,
    backoff_s=10,
    backoff_max_s=900,
    cleanup=True,
    cleanup_is_dry_run=False,
    cleanup_grace_s=0,
    keep_unmeasured=True,
)
RECEIVED = Row(
    "walk-0", "v1", "inbox", "walk.mp4", 1, NOW, NOW, NOW - timedelta(hours=1), State.RECEIVED
)
PROCESSING = replace(RECEIVED, state=State.PROCESSING, attempt=1)
ANALYSED = replace(PROCESSING, state=State.ANALYSED)


def step(
    row: Row, *runs: Run, outcome: Outcome = Outcome.UNFINISHED, policy: Policy = POLICY
) -> Step:
    return next_step(row, runs, lambda: outcome, now=NOW, policy=policy)


def ended(kind: Kind = Kind.ANALYZE, attempt: int = 1, **how: Any) -> Run:
    return Run(kind, attempt, is_alive=False, **how)


ALIVE = Run(Kind.ANALYZE, 1, is_alive=True)


def test_a_new_upload_is_queued_and_its_first_run_requested():
    assert step(RECEIVED) == Step({"state": State.QUEUED, "attempt": 1}, Kind.ANALYZE)


def test_a_run_that_was_lost_between_two_ticks_is_requested_again_under_the_same_key():
    queued = replace(RECEIVED, state=State.QUEUED, attempt=1)

    again = step(queued)

    assert again == Step({}, Kind.ANALYZE)
    assert run_key(Kind.ANALYZE, queued, again.attempt(queued)) == "analyze:walk-0:v1:1"


def test_a_live_run_is_left_alone_whoever_started_it():
    by_hand = Run(None, 0, is_alive=True)

    assert step(PROCESSING, ALIVE) == WAIT
    assert step(ANALYSED, by_hand, outcome=Outcome.COMPLETE) == WAIT


def test_a_queued_upload_whose_run_lives_is_shown_as_processing():
    queued = replace(RECEIVED, state=State.QUEUED, attempt=1)

    assert step(queued, ALIVE) == WAIT
    assert step(queued, replace(ALIVE, has_started=True)).changes == {"state": State.PROCESSING}


def test_a_run_that_dagster_will_retry_is_waited_for():
    assert step(PROCESSING, ended(worker_lost=True, will_be_retried=True)) == WAIT


def test_a_failed_attempt_is_followed_by_another_after_a_pause():
    after = step(replace(PROCESSING, problem=Problem.TROUBLE, reason="disk"), ended())

    assert after.request is None
    assert after.changes["attempt"] == 2
    assert after.changes["problem"] is None
    assert NOW < after.changes["not_before"] <= NOW + timedelta(seconds=10)


def test_nothing_happens_before_the_pause_is_over():
    paused = replace(PROCESSING, attempt=2, not_before=NOW + timedelta(seconds=1))

    assert step(paused, ended()) == WAIT
    assert step(replace(paused, not_before=NOW), ended()).request is Kind.ANALYZE


def test_the_last_failed_attempt_fails_the_upload_with_its_reason_and_asks_for_a_report():
    last = replace(PROCESSING, attempt=3, problem=Problem.TROUBLE, reason="joint_angles: boom")

    after = step(last, ended(attempt=3))

    assert after.changes["state"] is State.FAILED
    assert after.changes["report_pending"] is True
    assert after.changes["reason"] == "gave up after 3 attempts: joint_angles: boom"


def test_a_lost_worker_does_not_use_up_an_attempt():
    lost_once = replace(PROCESSING, attempt=3, worker_losses=1)

    assert step(lost_once, ended(attempt=3)).changes["state"] is State.QUEUED


def test_a_video_that_keeps_killing_its_worker_is_given_up():
    after = step(replace(PROCESSING, worker_losses=1), ended(worker_lost=True))

    assert after.changes["state"] is State.FAILED
    assert "lost in 2 attempts" in after.changes["reason"]


def test_why_a_worker_was_lost_is_on_record_while_the_next_attempt_waits():
    after = step(PROCESSING, ended(worker_lost=True, lost_because="its Spot capacity went"))

    assert after.changes["reason"] == "its Spot capacity went"
    assert after.changes["worker_losses"] == 1


def test_an_attempt_that_never_had_a_worker_is_never_the_last():
    refused = [ended(attempt=it, worker_lost=True, not_launched=True) for it in range(1, 9)]
    row = replace(PROCESSING, attempt=8, worker_losses=7)

    after = step(row, *refused)
    lost_once = step(replace(row, attempt=9, worker_losses=8), *refused, lost(9))
    lost_twice = step(replace(row, attempt=10, worker_losses=9), *refused, lost(9), lost(10))

    assert after.changes["state"] is State.QUEUED
    assert (after.changes["attempt"], after.changes["worker_losses"]) == (9, 8)
    assert lost_once.changes["state"] is State.QUEUED
    assert lost_twice.changes["state"] is State.FAILED
    assert "lost in 2 attempts (it went)" in lost_twice.changes["reason"]


def test_attempts_that_never_had_a_worker_do_not_count_when_the_gate_refuses_either():
    refused = [ended(attempt=it, worker_lost=True, not_launched=True) for it in range(1, 9)]
    row = replace(ANALYSED, attempt=9, worker_losses=8, cleanup_attempt=1)

    after = step(replace(row, problem=Problem.GATE_REFUSED), *refused, ended(Kind.CLEANUP))

    assert after.changes["state"] is State.QUEUED
    assert (after.changes["attempt"], after.changes["worker_losses"]) == (10, 8)


def lost(attempt: int) -> Run:
    return ended(attempt=attempt, worker_lost=True, lost_because="it went")


def ran_out(memory_mib: int, attempt: int = 1) -> Run:
    return ended(attempt=attempt, out_of_memory=True, worker_lost=True, memory_mib=memory_mib)


def test_a_task_that_ran_out_of_memory_is_followed_by_one_and_is_no_lost_worker():
    after = step(replace(PROCESSING, worker_losses=1), ran_out(4096))

    assert after.changes["attempt"] == 2
    assert after.changes["worker_losses"] == 1
    assert "4 GiB of memory were too little" in after.changes["reason"]
    assert after.changes["not_before"] > NOW


def test_a_video_that_ran_out_of_a_larger_task_too_fails_and_names_both():
    after = step(replace(PROCESSING, attempt=2), ran_out(4096), ran_out(8192, attempt=2))

    assert after.changes["state"] is State.FAILED
    assert after.changes["report_pending"] is True
    assert "4 GiB were too little, and so were 8 GiB" in after.changes["reason"]
    assert "dancer retry walk-0" in after.changes["reason"]


def test_trouble_in_the_larger_task_is_trouble_and_not_its_size():
    row = replace(PROCESSING, attempt=2, problem=Problem.TROUBLE, reason="disk")

    assert step(row, ran_out(4096), ended(attempt=2)).changes["state"] is State.QUEUED


def test_a_video_that_is_too_large_for_the_largest_task_fails_at_once():
    after = step(PROCESSING, ran_out(LADDER[-1].memory_mib))

    assert after.changes["state"] is State.FAILED
    assert "the largest task has, 30 GiB" in after.changes["reason"]


def test_memory_that_was_too_little_is_that_of_the_runs_of_these_kinds():
    runs = [ran_out(4096), ran_out(8192, attempt=2), ended(memory_mib=16384)]

    assert too_little_mib((Kind.ANALYZE,), runs) == 8192
    assert too_little_mib((Kind.CLEANUP,), runs) == 0


def test_a_run_that_a_person_canceled_is_not_started_again():
    after = step(PROCESSING, ended(canceled=True))

    assert after.changes["state"] is State.FAILED
    assert "dancer retry walk-0" in after.changes["reason"]


@pytest.mark.parametrize(
    ("problem", "state"),
    [
        (Problem.BAD_VIDEO, State.FAILED),
        (Problem.SOURCE_CHANGED, State.SUPERSEDED),
        (Problem.SOURCE_GONE, State.GONE),
    ],
)
def test_a_permanent_problem_ends_the_upload_at_the_first_attempt(problem: Problem, state: State):
    after = step(replace(PROCESSING, problem=problem, reason="because"), ended())

    assert after.changes["state"] is state
    assert after.changes["report_pending"] is (state is State.FAILED)


def test_a_failed_upload_gets_one_last_report_and_then_rests():
    failed = replace(PROCESSING, state=State.FAILED, report_pending=True)

    assert step(failed, ended()) == Step({}, Kind.REPORT)
    assert step(failed, ended(), ended(Kind.REPORT)).changes == {"report_pending": False}
    assert step(replace(failed, report_pending=False), ended()) == WAIT


@pytest.mark.parametrize("outcome", [Outcome.COMPLETE, Outcome.NOTHING_MEASURED])
def test_a_whole_manifest_counts_although_the_ledger_was_never_told(outcome: Outcome):
    after = step(PROCESSING, ended(worker_lost=True), outcome=outcome)

    assert after.changes["state"] is State.ANALYSED


def test_an_analysed_upload_is_cleaned_up():
    after = step(ANALYSED, ended(succeeded=True), outcome=Outcome.COMPLETE)

    assert after == Step({"cleanup_attempt": 1, "cleanup_pending": True}, Kind.CLEANUP)


def test_a_failed_delete_is_tried_again_for_ever_and_never_analysed_again():
    pending = replace(ANALYSED, cleanup_attempt=50, cleanup_pending=True)

    after = step(pending, ended(Kind.CLEANUP, 50), outcome=Outcome.COMPLETE)

    assert after.request is None
    assert after.changes["cleanup_attempt"] == 51
    assert "state" not in after.changes


def test_a_cleanup_that_was_switched_off_waits():
    off = replace(POLICY, cleanup=False)

    assert step(ANALYSED, outcome=Outcome.COMPLETE, policy=off) == Step(
        {"not_before": NOW + LOOK_AGAIN}
    )


def test_a_grace_period_keeps_the_source_until_it_is_over():
    patient = replace(POLICY, cleanup_grace_s=3600)
    row = replace(ANALYSED, analysed_at=NOW)

    waiting = step(row, outcome=Outcome.COMPLETE, policy=patient)
    assert waiting == Step({"not_before": NOW + LOOK_AGAIN}), "a shorter grace is noticed soon"
    brief = replace(POLICY, cleanup_grace_s=10)
    waiting = step(row, outcome=Outcome.COMPLETE, policy=brief)
    assert waiting == Step({"not_before": NOW + timedelta(seconds=10)}), "and is not overrun"

    over = replace(row, analysed_at=NOW - timedelta(hours=1))
    assert step(over, outcome=Outcome.COMPLETE, policy=patient).request is Kind.CLEANUP


def test_a_grace_period_ends_although_nobody_knows_when_the_analysis_ended():
    patient = replace(POLICY, cleanup_grace_s=3600)
    rebuilt = replace(ANALYSED, analysed_at=None, received_at=NOW - timedelta(hours=1))

    assert step(rebuilt, outcome=Outcome.COMPLETE, policy=patient).request is Kind.CLEANUP


def test_a_dry_run_is_requested_once():
    dry = replace(POLICY, cleanup_is_dry_run=True)
    asked = replace(ANALYSED, cleanup_attempt=1)
    done = ended(Kind.CLEANUP, succeeded=True)

    assert step(ANALYSED, outcome=Outcome.COMPLETE, policy=dry).request is Kind.CLEANUP
    assert step(asked, done, outcome=Outcome.COMPLETE, policy=dry).request is None
    assert step(asked, done, outcome=Outcome.COMPLETE).changes["cleanup_attempt"] == 2


def test_a_refused_gate_leads_to_another_analysis_and_the_old_manifest_does_not_pass_for_it():
    refused = replace(ANALYSED, cleanup_attempt=1, problem=Problem.GATE_REFUSED, reason="no report")

    after = step(refused, ended(Kind.CLEANUP), outcome=Outcome.COMPLETE)
    queued = replace(refused, state=State.QUEUED, attempt=after.changes["attempt"])

    assert after.changes["state"] is State.QUEUED
    assert after.changes["problem"] is Problem.GATE_REFUSED
    assert step(queued, outcome=Outcome.COMPLETE) == Step({}, Kind.ANALYZE)


def test_another_attempt_after_a_refused_gate_is_an_attempt_and_not_the_old_manifest_again():
    refused = replace(
        ANALYSED, state=State.FAILED, problem=Problem.GATE_REFUSED, report_pending=True
    )

    again = replace(refused, **another_attempt(refused))

    assert step(again, ended(), outcome=Outcome.COMPLETE) == Step({}, Kind.ANALYZE)


def test_a_version_that_has_come_back_is_analysed_under_a_key_of_its_own():
    gone = replace(
        PROCESSING, state=State.GONE, problem=Problem.SOURCE_GONE, reason="gone", deleted_at=NOW
    )

    back = replace(gone, **come_back(gone))

    assert (back.problem, back.reason, back.deleted_at) == (None, None, None)
    assert step(back, ended()) == Step({}, Kind.ANALYZE)
    assert back.attempt == gone.attempt + 1


def test_a_version_that_has_come_back_with_its_results_stored_is_only_cleaned_up():
    done = replace(ANALYSED, state=State.COMPLETED, cleanup_attempt=1, deleted_at=NOW)

    back = replace(done, **come_back(done))

    assert step(back, outcome=Outcome.COMPLETE).changes["state"] is State.ANALYSED


def test_a_video_without_anybody_completes_and_its_source_is_kept():
    nobody = replace(ANALYSED, reason="nothing measured: nobody was found")

    after = step(nobody, outcome=Outcome.NOTHING_MEASURED)

    assert after.changes["state"] is State.COMPLETED
    assert after.changes["reason"] == "nothing measured: nobody was found; the source is kept"
    assert after.request is None


def test_a_video_without_anybody_is_deleted_where_that_is_wanted():
    tidy = replace(POLICY, keep_unmeasured=False)

    assert step(ANALYSED, outcome=Outcome.NOTHING_MEASURED, policy=tidy).request is Kind.CLEANUP


def test_the_pause_doubles_up_to_its_limit():
    policy = replace(POLICY, backoff_max_s=60)

    assert 7.5 <= backoff(RECEIVED, 1, policy) <= 10
    assert 15 <= backoff(RECEIVED, 2, policy) <= 20
    assert 45 <= backoff(RECEIVED, 500, policy) <= 60


def test_videos_that_fail_together_do_not_come_back_together():
    others = [replace(RECEIVED, video_id=f"walk-{number}") for number in range(20)]

    assert len({backoff(row, 1, POLICY) for row in others}) == 20


@pytest.mark.parametrize("state", [State.COMPLETED, State.IGNORED, State.SUPERSEDED, State.EXPIRED])
def test_an_ended_upload_is_left_alone(state: State):
    assert step(replace(PROCESSING, state=state), outcome=Outcome.COMPLETE) == WAIT
