"""What the page says, section by section, before it is a page: words and numbers, no markup."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dancer_pipeline.findings.observations import listed
from dancer_pipeline.findings.quantities import in_words
from dancer_pipeline.metrics import ANALYSIS_FAILED
from dancer_pipeline.outcome import RECORDING
from dancer_pipeline.report.gaps import applied
from dancer_pipeline.report.wording import (
    analysis_label,
    metric_label,
    option_label,
    option_value,
    plainly,
    severity_label,
    told,
)


def verdict(document: Mapping[str, Any], state: str) -> tuple[str, str]:
    """Sum up the video in a headline and a sentence."""
    if state == "failed":
        why = document["report"]["reason"] or "the reason is not known."
        return "This video could not be analysed", _sentence(why)
    summary = document["pose"]["pose_summary"]
    share = in_words(summary.get("person_found_share"), "share")
    if state == "nothing_measured":
        return _nobody(summary, share)
    rows = applied(document["metrics"])
    measured = sum(row["status"] != "refused" for row in rows)
    detail = (
        f"A person was found in {share} of the frames. Of the {len(rows)} numbers that this kind "
        f"of movement has, {measured} could be measured." + _of_recording(document["findings"])
    )
    if state == "partial":
        detail += " A part of the analysis failed, so this report is not complete."
    return document["report"]["overview"]["title"], detail


def facts(video: Mapping[str, Any], summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Describe the recording in a few pairs of name and value; what is not known is left out."""
    size = [video.get("display_width_px"), video.get("display_height_px")]
    rate = in_words(video.get("frame_rate_hz"), "") + " per second"
    codec = str(video.get("codec") or "").upper()
    pairs = [
        ("Length", video.get("duration_s"), in_words(video.get("duration_s"), "s")),
        ("Picture", all(size), " x ".join(in_words(one, "") for one in size) + " pixels"),
        ("Frames", video.get("frame_rate_hz"), rate + _variable(video)),
        ("Analysed", summary.get("frames"), f"{summary.get('frames')} frames"),
        ("Sound", video.get("has_audio") is not None, "yes" if video.get("has_audio") else "none"),
        ("Format", codec, codec),
    ]
    return [(name, text) for name, known, text in pairs if known]


def said(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Repeat what the uploader said about the video, in pairs of name and value."""
    return [
        (option_label(name), option_value(name, value))
        for name, value in options.items()
        if value is not None and name != "problems"
    ]


def methods(document: Mapping[str, Any], versions: Mapping[str, str]) -> list[tuple[str, str]]:
    """Name every method with its version."""
    rows = [row for row in document["metrics"] if ANALYSIS_FAILED not in row["reasons"]]
    used = {analysis_label(row["analysis"]): f"version {row['method_version']}" for row in rows}
    rules = {row["rule_version"] for row in document["findings"]}
    if rules:
        used["Rules of the findings"] = f"version {', '.join(sorted(rules))}"
    return [*versions.items(), *sorted(used.items())]


def finding_cards(
    findings: Sequence[Mapping[str, Any]], pictures: Mapping[int, int]
) -> Iterator[dict[str, Any]]:
    """Prepare the findings, each with the numbers of the pictures that show it.

    Parameters
    ----------
    pictures
        The number of each picture by its frame.
    """
    for number, row in enumerate(findings, 1):
        value, limit = in_words(row["value"], row["unit"]), in_words(row["threshold"], row["unit"])
        yield {
            **row,
            "number": number,
            "chip": severity_label(row["severity"]),
            "is_recording": row["analysis"] == RECORDING,
            "text": told(row["text"]),
            "basis": f"{metric_label(row['metric'])}: {value}, {row['comparison']} {limit}.",
            "origin": row["origin"],
            "pictures": sorted(
                {pictures[one] for one in row["evidence_frames"] if one in pictures}
            ),
            "which": _which(row),
            "moments": ", ".join(
                in_words(time_s, "s")
                for time_s in row["evidence_times_s"][:4]
                if time_s is not None
            ),
        }


def week(plan: Sequence[Mapping[str, str]]) -> list[tuple[str, str]]:
    """Bring the days with the same practice together: `Day 1, 2 and 4`, and what to do."""
    days: dict[str, list[int]] = {}
    for place, one in enumerate(plan, 1):
        days.setdefault(one["practice"], []).append(place)
    return [(f"Day {listed(numbers)}", practice) for practice, numbers in days.items()]


def _which(row: Mapping[str, Any]) -> str:
    """Name the repetitions that show a finding, unless its text does."""
    which = listed(row["repetitions"]) if row.get("repetitions") else ""
    return "" if which in row["text"] else f"Repetitions {which}."


def _of_recording(findings: Sequence[Mapping[str, Any]]) -> str:
    count = sum(row["analysis"] == RECORDING and row["severity"] != "info" for row in findings)
    return f" {_counted(count, 'thing')} could be better in the recording." if count else ""


def _counted(count: int, noun: str) -> str:
    return f"One {noun}" if count == 1 else f"{count} {noun}s"


def _nobody(summary: Mapping[str, Any], share: str) -> tuple[str, str]:
    if not summary.get("frames_with_person"):
        return (
            "Nobody was found in this video",
            "No person could be seen in any frame, so nothing was measured.",
        )
    return (
        "Nobody was seen well enough",
        f"Something like a person was seen in only {share} of the frames, too little to measure.",
    )


def _variable(video: Mapping[str, Any]) -> str:
    return ", at a varying rate" if video.get("is_variable_frame_rate") else ""


def _sentence(text: str) -> str:
    text = plainly(text) if "_" not in text else text.strip()
    return text if text.endswith((".", "!", "?")) else text + "."
