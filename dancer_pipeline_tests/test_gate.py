"""The gate: what must be stored before a source may go."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dancer_pipeline.gate import Fingerprint, Manifest, StoredResult, judge, unfinished
from dancer_pipeline.states import Outcome, Row, State

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ROW = Row("walk-0", "v1", "inbox", "walk.mp4", 1, NOW, NOW, NOW, State.ANALYSED)


def stored(name: str) -> StoredResult:
    return StoredResult(f"{name}/walk-0/v1.parquet", name * 3, 5, 2, "1", "run-1", "2026-01-02")


SOURCE = {"bucket": "inbox", "key": "walk.mp4", "size_bytes": 1, "uploaded_at": NOW.isoformat()}
WHOLE = Manifest(
    "walk-0", "v1", SOURCE, ("poses", "report"),
    {name: stored(name) for name in ("poses", "report")},
    outcome=Outcome.COMPLETE, coverage=1.0, software={"av": "18"},
)  # fmt: skip
READ_BACK: dict[str, Fingerprint | None] = {
    name: result.fingerprint for name, result in WHOLE.results.items()
}


def test_a_whole_version_passes():
    verdict = judge(ROW, WHOLE, READ_BACK)

    assert verdict.passed
    assert verdict.checked == 2


@pytest.mark.parametrize(
    ("row", "manifest", "read_back", "reason"),
    [
        (ROW, None, {}, "no manifest"),
        (replace(ROW, version="v2"), WHOLE, READ_BACK, "the manifest is of version v1"),
        (replace(ROW, state=State.PROCESSING), WHOLE, READ_BACK, "the ledger says processing"),
        (replace(ROW, state=State.FAILED), WHOLE, READ_BACK, "the ledger says failed"),
        (ROW, replace(WHOLE, outcome=Outcome.PARTIAL, reason="without gait"), READ_BACK, "gait"),
        (ROW, replace(WHOLE, outcome=Outcome.UNFINISHED), READ_BACK, "unfinished"),
        (ROW, replace(WHOLE, coverage=0.5), READ_BACK, "only 50.0% of the video was decoded"),
        (ROW, replace(WHOLE, coverage=None), READ_BACK, "not known how much"),
        (ROW, replace(WHOLE, required=("poses", "gait")), READ_BACK, "gait is missing"),
        (ROW, WHOLE, {**READ_BACK, "poses": None}, "poses is not what was written"),
        (ROW, WHOLE, {**READ_BACK, "report": Fingerprint("other", 5)}, "report is not what"),
        (ROW, WHOLE, {}, "poses is not what was written"),
    ],
)
def test_anything_missing_keeps_the_source(
    row: Row, manifest: Manifest | None, read_back: dict[str, Fingerprint | None], reason: str
):
    verdict = judge(row, manifest, read_back)

    assert not verdict.passed
    assert reason in "; ".join(verdict.reasons)


def test_every_reason_is_named_at_once():
    bad = replace(WHOLE, outcome=Outcome.PARTIAL, coverage=0.1, required=("a", "b"))

    assert len(judge(replace(ROW, version="v2"), bad, {}).reasons) == 7


def test_an_analysis_that_was_removed_before_it_ran_is_no_longer_asked_for():
    begun = replace(WHOLE, required=("poses", "gait", "report"))

    assert begun.known_to(["poses", "report"]).missing == ()
    assert begun.known_to(["poses", "gait"]).missing == ("gait",)


def test_a_manifest_survives_its_json():
    assert Manifest.from_json(json.loads(json.dumps(WHOLE.to_json()))) == WHOLE


def test_a_manifest_knows_its_upload():
    upload = WHOLE.upload

    assert (upload.key, upload.uploaded_at) == ("walk.mp4", NOW)


def test_a_further_attempt_makes_what_is_missing_and_what_follows_from_it():
    graph = {
        "video": frozenset[str](), "poses": {"video"}, "preview": {"poses"}, "angles": {"poses"},
        "range": {"angles"}, "report": {"range", "preview"},
    }  # fmt: skip

    assert unfinished(graph, {"video", "poses", "preview"}) == {"angles", "range", "report"}
    assert unfinished(graph, set(graph) - {"poses"}) == set(graph) - {"video"}
    assert unfinished(graph, set(graph)) == set()
