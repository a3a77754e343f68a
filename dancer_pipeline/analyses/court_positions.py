"""Where on the court a player was, and for how long: a heat map from four corners."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._camera import MOVING_TORSOS_PER_S, camera_torsos_per_s
from dancer_pipeline.analyses._strokes import RACKET_SPORTS
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.court import Court, court, place_error_m, places_m
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.tracks import Flags, Floats
from dancer_pipeline.tables import LABEL, Column, Table

METHOD_VERSION = "1"

TABLE = Table(
    "court_positions",
    "One row per quarter of a metre of the court on which the player stood; one, refused, if none.",
    (
        Column(
            "x_m",
            pa.float64(),
            "middle of the bin, from the left side line, as seen from the near base line",
            nullable=True,
        ),
        Column("y_m", pa.float64(), "middle of the bin, from the near base line", nullable=True),
        Column("duration_s", pa.float64(), "time spent there", nullable=True),
        Column(
            "error_m",
            pa.float64(),
            "95 % of the errors of a place there are below this: 3 px at the foot, 2 px at the "
            "corners in a picture of 1080 px height",
            nullable=True,
        ),
        Column("court_width_m", pa.float64(), "of the sport's court", nullable=True),
        Column("court_length_m", pa.float64(), "of the sport's court", nullable=True),
        Column("status", LABEL, "ok, low_confidence or refused"),
        Column("reasons", pa.list_(pa.string()), "codes that explain a status other than ok"),
        Column("advice", pa.string(), "what was wrong, measured, and what to do", nullable=True),
        Column("method_version", LABEL, "version of the analysis's method"),
    ),
)

COURTS_M = {
    "badminton": (6.10, 13.40),
    "tennis": (10.97, 23.77),
    "squash": (6.40, 9.75),
    "table_tennis": (7.0, 14.0),
    "padel": (10.0, 20.0),
}
"""Width and length between the outer lines, doubles where there are; in table tennis the playing
area between the barriers, for the player does not stand on the table."""

BIN_M = 0.25


@dataclass(frozen=True)
class Requirements:
    """What a video must offer for places on a court."""

    feet_share: float = 0.5
    """Of the times with a person, in how many a foot must be seen."""
    margin_m: float = 2.0
    """Farther outside of the court nobody plays: it is somebody else, or a wrong keypoint."""
    outside_share: float = 0.3
    misfit: float = 1.3
    coarse_m: float = 0.7
    """With larger errors than this the far end of the court is low confidence."""
    duration_s: float = 2.0


USUAL = Requirements()


def court_positions(
    body_motion: pd.DataFrame,
    source_video: pd.DataFrame,
    upload_options: pd.DataFrame,
    video_extracts: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """Heat map of a player's places on the court, in seconds per square of a quarter of a metre.

    The four corners that the uploader gives make a homography to the floor. The place is that of
    the lower foot's sole, low-passed at 1.5 Hz; moments in the air, moments farther than 2 m
    outside of the court, and moments in which no foot is seen, are left out, and the seconds add up
    to the rest.
    """
    body = motion(body_motion)
    exercise, corners = chosen(upload_options, "exercise"), chosen(upload_options, "court")
    problem = _untold(exercise, corners) or _problem(body, source_video, video_extracts, needs)
    if problem:
        return TABLE.frame([_refused(*problem)])
    size_px = _size_px(source_video)
    is_mirrored = bool(chosen(upload_options, "mirrored", otherwise=False))
    corners_px = _corners_px(np.asarray(corners, float), size_px, is_mirrored=is_mirrored)
    ground = court(corners_px, size_px, COURTS_M[exercise])
    return _on(ground, body, size_px, needs)


def _on(
    ground: Court, body: Motion, size_px: tuple[float, float], needs: Requirements
) -> pd.DataFrame:
    places = places_m(body, ground)
    known = np.isfinite(places).all(axis=1)
    inside = known & _is_near(ground, places, needs.margin_m)
    if inside.sum() < needs.duration_s * body.rate_hz:
        return TABLE.frame([_refused(*_nobody(ground, places[known]))])
    outside = 1 - float(inside.sum() / known.sum())
    if outside > needs.outside_share:
        return TABLE.frame([_refused(*_outside(outside))])
    rows = _bins(places[inside], 1 / body.rate_hz)
    errors_m = place_error_m(ground, rows[["x_m", "y_m"]].to_numpy(), size_px[1])
    doubts = _doubts(ground, needs)
    return TABLE.frame(
        _row(ground, row, doubts, needs) for row in rows.assign(error_m=errors_m).to_dict("records")
    )


def _untold(exercise: str | None, corners: object) -> tuple[str, str] | None:
    if exercise not in COURTS_M:
        return "not_applicable", (
            "Places are measured on the court of a racket sport. If one is played, say which: "
            f"exercise is one of {', '.join(RACKET_SPORTS)}."
        )
    if corners is None:
        return "court_unknown", (
            "The corners of the court are not known. Give them as court: x,y of the lower left, "
            "lower right, upper right and upper left corner, as shares of the picture from 0 to 1."
        )
    return None


def _problem(
    body: Motion,
    source_video: pd.DataFrame,
    video_extracts: pd.DataFrame,
    needs: Requirements,
) -> tuple[str, str] | None:
    if source_video.empty or not np.isfinite(_size_px(source_video)).all():
        return "not_measured", "The size of the picture is not known. Upload the video as MP4."
    if body.duration_s < needs.duration_s:
        return "too_short", (
            f"The video lasts {body.duration_s:.1f} s; at least {needs.duration_s:g} s are needed."
        )
    feet = _feet_seen(body)
    share = float(feet[body.is_person].mean()) if body.is_person.any() else 0.0
    if share < needs.feet_share:
        return "lower_body_not_visible", (
            f"Your feet are out of view in {1 - share:.0%} of the frames. Film the whole court, "
            "with both base lines, from higher up."
        )
    speed = camera_torsos_per_s(video_extracts, body.torso_px)
    if speed > MOVING_TORSOS_PER_S:
        return "camera_moves", (
            f"The camera moves by {speed:.2f} torso lengths of the player per second, so the "
            "corners of the court do not stay where they were given. Put it on a tripod."
        )
    return None


def _feet_seen(body: Motion) -> Flags:
    left, right = (body.seen(f"{it}_heel", f"{it}_foot_index") for it in ("left", "right"))
    return np.asarray(left | right)


def _size_px(source_video: pd.DataFrame) -> tuple[float, float]:
    first = source_video.iloc[0]
    return float(first["display_width_px"]), float(first["display_height_px"])


def _corners_px(corners: Floats, size_px: tuple[float, float], *, is_mirrored: bool) -> Floats:
    """Corners in the picture as the body is told in it: un-mirrored."""
    places = corners.reshape(4, 2)
    if is_mirrored:
        places = np.column_stack([1 - places[:, 0], places[:, 1]])[[1, 0, 3, 2]]
    return np.asarray(places * np.asarray(size_px))


def _is_near(ground: Court, places: Floats, margin_m: float) -> Flags:
    size_m = np.array([ground.width_m, ground.length_m])
    return np.asarray(((places >= -margin_m) & (places <= size_m + margin_m)).all(axis=1))


def _bins(places: Floats, step_s: float) -> pd.DataFrame:
    cells, counts = np.unique(np.floor(places / BIN_M).astype(int), axis=0, return_counts=True)
    middles = (cells + 0.5) * BIN_M
    return pd.DataFrame({"x_m": middles[:, 0], "y_m": middles[:, 1], "duration_s": counts * step_s})


def _doubts(ground: Court, needs: Requirements) -> dict[str, str]:
    if ground.misfit <= needs.misfit:
        return {}
    return {
        "court_shape_uncertain": (
            f"The four corners look like a court that is {ground.misfit:.1f} times as long or as "
            "wide as this sport's. Give the outer corners of the whole court."
        )
    }


def _row(
    ground: Court, row: Mapping[Hashable, float], doubts: dict[str, str], needs: Requirements
) -> dict[str, object]:
    if row["error_m"] > needs.coarse_m:
        doubts = doubts | {
            "position_coarse": (
                f"There a place is right within {row['error_m']:.1f} m only. Film from higher up."
            )
        }
    return {
        **{str(name): value for name, value in row.items()},
        "court_width_m": ground.width_m,
        "court_length_m": ground.length_m,
        "status": "low_confidence" if doubts else "ok",
        "reasons": list(doubts),
        "advice": " ".join(doubts.values()) or None,
        "method_version": METHOD_VERSION,
    }


def _nobody(ground: Court, places: Floats) -> tuple[str, str]:
    where = ", ".join(f"{it:.1f}" for it in np.median(places, axis=0)) if len(places) else "nowhere"
    return "not_on_court", (
        f"Nobody stands on the court of {ground.width_m:g} x {ground.length_m:g} m: the feet "
        f"are at {where} m. Check the order of the corners: lower left, lower right, "
        "upper right, upper left in the upright picture."
    )


def _outside(share: float) -> tuple[str, str]:
    return "not_on_court", (
        f"In {share:.0%} of the time the feet are over 2 m outside of the court, so the corners or "
        "the followed person are wrong. Give the outer corners, and film one player."
    )


def _refused(reason: str, advice: str) -> dict[str, object]:
    return {
        "status": "refused",
        "reasons": [reason],
        "advice": advice,
        "method_version": METHOD_VERSION,
    }
