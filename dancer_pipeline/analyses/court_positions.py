"""Where on the court a player was, and for how long: a heat map from four corners."""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from dancer_pipeline.analyses._court_needs import (
    COURTS_M,
    USUAL,
    Requirements,
    inverted,
    mostly_outside,
    nobody,
    problem_of_video,
    untold,
)
from dancer_pipeline.analyses._one_person import doubts_of_others, one_person
from dancer_pipeline.metrics import judged, judgement, refusal
from dancer_pipeline.options import chosen
from dancer_pipeline.signals.court import Court, court, place_error_m, places_m
from dancer_pipeline.signals.motion import Motion, motion
from dancer_pipeline.signals.tracks import Flags, Floats, size_px_of
from dancer_pipeline.tables import Column, Table

METHOD_VERSION = "2"

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
        *judgement(),
    ),
)

BIN_M = 0.25


def court_positions(
    body_motion: pd.DataFrame,
    source_video: pd.DataFrame,
    upload_options: pd.DataFrame,
    video_extracts: pd.DataFrame,
    people: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """Heat map of a player's places on the court, in seconds per square of a quarter of a metre.

    The four corners that the uploader gives make a homography to the floor. The place is that of
    the lower foot's sole, low-passed at 1.5 Hz; moments in the air, moments farther than 2 m
    outside of the court, and moments in which no foot is seen or the body is upside down, are left
    out, and the seconds add up to the rest. A player who is found in less than 60 % of the video,
    or upside down in a tenth of it, is too small in the picture, so there is no map.

    Where the followed body becomes somebody else's, only the longest stretch of one player is in
    the map, with low confidence; so it has where somebody else is in the picture for long.
    """
    one = one_person(motion(body_motion), people)
    body = one.of(motion(body_motion))
    exercise, corners = chosen(upload_options, "exercise"), chosen(upload_options, "court")
    problem = untold(exercise, corners) or problem_of_video(
        body, source_video, video_extracts, needs
    )
    if problem:
        return TABLE.frame([_refused(*one.why(problem))])
    size_px = size_px_of(source_video)
    is_mirrored = bool(chosen(upload_options, "mirrored", otherwise=False))
    corners_px = _corners_px(np.asarray(corners, float), size_px, is_mirrored=is_mirrored)
    ground = court(corners_px, size_px, COURTS_M[exercise])
    return _on(ground, body, size_px, needs, one.doubts or doubts_of_others(people))


def _on(
    ground: Court,
    body: Motion,
    size_px: tuple[float, float],
    needs: Requirements,
    others: dict[str, str],
) -> pd.DataFrame:
    places = np.where(inverted(body)[:, None], np.nan, places_m(body, ground))
    known = np.isfinite(places).all(axis=1)
    inside = known & _is_near(ground, places, needs.margin_m)
    if inside.sum() < needs.duration_s * body.rate_hz:
        return TABLE.frame([_refused(*nobody(ground, places[known]))])
    outside = 1 - float(inside.sum() / known.sum())
    if outside > needs.outside_share:
        return TABLE.frame([_refused(*mostly_outside(outside))])
    rows = _bins(places[inside], 1 / body.rate_hz)
    errors_m = place_error_m(ground, rows[["x_m", "y_m"]].to_numpy(), size_px[1])
    doubts = _doubts(ground, needs) | others
    return TABLE.frame(
        _row(ground, row, doubts, needs) for row in rows.assign(error_m=errors_m).to_dict("records")
    )


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
        **judged(doubts),
        "method_version": METHOD_VERSION,
    }


def _refused(reason: str, advice: str) -> dict[str, object]:
    return {**refusal(reason, advice), "method_version": METHOD_VERSION}
