"""How the analysis of a version ended, told from its tables alone."""

from collections.abc import Collection, Mapping

import pandas as pd

from dancer_pipeline.states import Outcome

RECORDING = "recording_quality"
"""The analysis that judges the film and not the person: it answers even when nobody is there."""


def outcome_of(
    tables: Mapping[str, pd.DataFrame], *, missing: Collection[str], failure: str | None
) -> tuple[Outcome, str | None]:
    """Return the outcome and its reason in words.

    Parameters
    ----------
    tables
        The stored tables by name.
    missing
        Required results that are not stored.
    failure
        Why the version failed for good, where it did.
    """
    if missing and "source_video" not in tables:
        return Outcome.FAILED, failure or "the video could not be read"
    if missing:
        why = f": {failure}" if failure else ""
        return Outcome.PARTIAL, f"without {', '.join(missing)}{why}"
    if unmeasured := _nothing_measured(tables["pose_metrics"]):
        return Outcome.NOTHING_MEASURED, unmeasured
    return Outcome.COMPLETE, None


def decoded_share(tables: Mapping[str, pd.DataFrame]) -> float | None:
    """Return how much of the promised duration has poses, between 0 and 1; None where unknown."""
    if not {"source_video", "pose_keypoints"} <= set(tables) or tables["pose_keypoints"].empty:
        return None
    facts = tables["source_video"].iloc[0]
    promised_s = facts["promised_duration_s"]
    whole_s = promised_s if pd.notna(promised_s) else facts["duration_s"]
    if pd.isna(facts["max_frame_interval_s"]) or not whole_s:
        return 1.0  # a single frame, and it was decoded
    step_s = max(facts["max_frame_interval_s"], 1 / facts["sample_rate_hz"])
    reached_s = tables["pose_keypoints"]["time_s"].max() + step_s
    return float(min(1.0, reached_s / whole_s))


def _nothing_measured(metrics: pd.DataFrame) -> str | None:
    """Return why nothing about a person could be measured; None where something was."""
    about_person = metrics[metrics["analysis"] != RECORDING]
    if about_person.empty or (about_person["status"] != "refused").any():
        return None
    return f"nothing measured: {about_person['advice'].dropna().iloc[0]}"
