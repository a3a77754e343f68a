"""What uploaders may say about their video: small words beside the file, read with suspicion.

They are the object's metadata (`sample_fps=15`). A value that cannot be used is null and a sentence
in `problems`; nothing ever fails because of what somebody wrote there.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa

from dancer_pipeline.court_corners import is_court
from dancer_pipeline.tables import LABEL, Column, Table

NAMELESS = ("unknown", "other")
"""What repetitions are called whose movement has no name; two of them need not be alike."""

EXERCISES = (
    "walk", "run",
    "squat", "single_leg_squat", "lunge", "bridge", "push_up", "pull_up", "plank", "biceps_curl",
    "shoulder_press", "lateral_raise", "jumping_jack", "sit_to_stand", "reach", "balance",
    "standing",
    "dance", "batting", "bowling", "badminton", "tennis", "squash", "table_tennis", "padel",
    "other",
)  # fmt: skip
"""What can be named; `other` is any exercise that is not among them, and is counted as such."""

VIEWS = {"side": "sagittal", "front": "frontal", "back": "back", "oblique": "oblique"}
"""What people call a view, and the word of the table `camera_view` for it."""

_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")

_SHOWN_CHARACTERS = 40

_NEARLY = 0.82
"""`mirror` and `excercise` are near misses; `count` and `review` are other people's metadata."""


@dataclass(frozen=True)
class Option:
    """One thing to say: its name in the metadata, its column, and what is accepted."""

    name: str
    column: Column
    accepted: str
    example: str
    read: Callable[[str], Any]
    """Raises ValueError with what is wrong, or with nothing where `accepted` says it all."""


def _flag(text: str) -> bool:
    if text.lower() not in _YES + _NO:
        raise ValueError
    return text.lower() in _YES


def _number(text: str, least: float, most: float) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,15})?", text):  # float() takes nan, 1_0 and more
        raise ValueError
    if not least <= float(text) <= most:
        raise ValueError
    return float(text)


def _rate(text: str) -> float:
    return _number(text, 1.0, 60.0)


def _stature(text: str) -> float:
    try:
        return _number(text, 0.5, 2.6)
    except ValueError:
        if re.fullmatch(r"[0-9]{2,3}", text) and 50 <= int(text) <= 260:
            raise ValueError(f"Did you mean {int(text) / 100:.2f}?") from None
        raise


def _exercise(text: str) -> str:
    return _one_of(_as_name(text), EXERCISES)


def _view(text: str) -> str:
    word = _as_name(text)
    return word if word in VIEWS.values() else VIEWS[_one_of(word, tuple(VIEWS))]


def _one_of(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        close = difflib.get_close_matches(word, words, n=1)
        raise ValueError(f"Did you mean {close[0]}?" if close else "")
    return word


def _court(text: str) -> list[float]:
    numbers = re.split(r"[\s,;]+", text)
    if len(numbers) != 8:
        raise ValueError(f"It has {len(numbers)} numbers instead of 8.")
    corners = [_number(one, 0.0, 1.0) for one in numbers]
    if not is_court(corners):
        raise ValueError("These are not the corners of a court in this order.")
    return corners


def _column(name: str, type_: pa.DataType, description: str) -> Column:
    return Column(name, type_, description, nullable=True)


OPTIONS = (
    Option(
        "sample_fps",
        _column("sample_hz", pa.float64(), "poses per second; goes before `DANCER_SAMPLE_HZ`"),
        "frames per second, from 1 to 60",
        "15",
        _rate,
    ),
    Option(
        "include_frames",
        _column("include_frames", pa.bool_(), "every frame's keypoints in the report's JSON"),
        "true or false",
        "true",
        _flag,
    ),
    Option(
        "exercise",
        _column("exercise", LABEL, "what is done in the video"),
        f"one of {', '.join(EXERCISES)}: any exercise that is not in this list",
        "squat",
        _exercise,
    ),
    Option(
        "view",
        _column("view", LABEL, f"from where it was filmed: {', '.join(VIEWS.values())}"),
        f"one of {', '.join(VIEWS)}",
        "side",
        _view,
    ),
    Option(
        "mirrored",
        _column("mirrored", pa.bool_(), "the camera app has swapped left and right"),
        "true or false",
        "false",
        _flag,
    ),
    Option(
        "mirror_check",
        _column(
            "mirror_check",
            pa.bool_(),
            "intervals from a second look at the mirrored video; takes twice as long",
        ),
        "true or false",
        "true",
        _flag,
    ),
    Option(
        "stature_m",
        _column("stature_m", pa.float64(), "height of the person"),
        "metres with a point, between 0.5 and 2.6",
        "1.78",
        _stature,
    ),
    Option(
        "court",
        _column(
            "court",
            pa.list_(pa.float64()),
            "x and y of the court's four corners in the upright picture, as shares of its width "
            "and height: lower left, lower right, upper right, upper left",
        ),
        "x,y of the court's lower left, lower right, upper right and upper left corner in the "
        "picture, each from 0 (left, top) to 1 (right, bottom)",
        "0.1,0.9 0.9,0.9 0.7,0.3 0.3,0.3",
        _court,
    ),
)
"""Everything that can be said, in the order of the table's columns."""

UPLOAD_OPTIONS = Table(
    "upload_options",
    "One row: what the uploader said about the video; null where nothing usable was said.",
    (
        *(option.column for option in OPTIONS),
        Column("problems", pa.list_(pa.string()), "what was said but could not be used, and why"),
    ),
)


def upload_options(metadata: Mapping[str, str]) -> pd.DataFrame:
    """Build the one row of `UPLOAD_OPTIONS` from an object's metadata; never fails.

    Names may be written with `-` for `_` and in any case. Those of other programs are left alone,
    but one that is nearly an option is named among the problems.
    """
    row: dict[str, Any] = {}
    problems = []
    for option in OPTIONS:
        said = {it.strip() for name, it in metadata.items() if _as_name(name) == option.name}
        row[option.column.name], problem = _value(option, said - {""})
        problems += [problem] if problem else []
    problems += _near_misses(metadata)
    return UPLOAD_OPTIONS.frame([row | {"problems": problems}])


def chosen(options: pd.DataFrame | None, column: str, otherwise: Any = None) -> Any:
    """Return what the uploader chose; `otherwise` where that is nothing, or no table is stored."""
    if options is None or options.empty or column not in options:  # an earlier release's has fewer
        return otherwise
    value = options[column].iloc[0]
    is_missing = pd.api.types.is_scalar(value) and pd.isna(value)
    return otherwise if is_missing else value


def _value(option: Option, values: set[str]) -> tuple[Any, str | None]:
    if not values:
        return None, None
    if len(values) > 1:
        return None, f"{option.name} was not used. It is given more than once."
    (text,) = values
    try:
        return option.read(text), None
    except ValueError as error:
        why = f"{error} " if str(error) else ""
        return None, (
            f"{option.name}={_shown(text)} was not used. {why}Accepted: {option.accepted}."
        )


def _near_misses(metadata: Mapping[str, str]) -> Iterator[str]:
    names = [option.name for option in OPTIONS]
    for name in sorted(metadata):
        if _as_name(name) not in names:
            for close in difflib.get_close_matches(_as_name(name), names, 1, _NEARLY):
                yield f"{_shown(name)} was not used. Did you mean {close}?"


def _as_name(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def _shown(text: str) -> str:
    """Shorten what somebody wrote, and make it visible."""
    visible = "".join(one if one.isprintable() else "\ufffd" for one in text)
    is_long = len(visible) > _SHOWN_CHARACTERS
    return visible[:_SHOWN_CHARACTERS] + "…" if is_long else visible
