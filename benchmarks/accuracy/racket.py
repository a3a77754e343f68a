"""Swings, kinds of shots, rallies and places on a court, against performers who know theirs."""

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.accuracy import Line, Scale
from benchmarks.accuracy.material import Tables, analysed, rendered_tables, synthetic_tables
from dancer_pipeline.signals.court import court, mapped, place_error_m, places_m
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.synthetic.court import Court
from dancer_pipeline.synthetic.happening_tables import court_corners_px
from dancer_pipeline.synthetic.happenings import Swing
from dancer_pipeline.synthetic.performance import MOVEMENTS, Performance, View, perform
from dancer_pipeline.synthetic.racket import Play
from dancer_pipeline.synthetic.strokes import STROKES, Shot

_FIRST_SEED = 50_000
_SAME_S = 0.2
_NO_SWINGS = tuple(name for name in MOVEMENTS if name not in ("bat_swing", "racket"))
_RIGHT_KINDS = {
    "smash": {"smash", "overhead"}, "clear": {"clear", "overhead"}, "drop": {"drop", "overhead"},
    "forehand_drive": {"drive"}, "backhand_drive": {"drive"}, "net": set(), "underarm": {"lift"},
}  # fmt: skip
_SIZE_PX, _FULL_HD_PX, _BADMINTON_M = (1280, 720), (1920, 1080), (6.1, 13.4)
_PLACES_M = (0.5, 3.3, 6.0, 10.0, 13.0)
_PLACE_ERRORS_M = {
    1.5: (0.11, 0.16, 0.32, 0.66, 1.0),
    2.5: (0.08, 0.13, 0.22, 0.45, 0.68),
    5.0: (0.07, 0.11, 0.16, 0.25, 0.35),
}
"""95 % of the errors at these distances from the own base line, by the height of the camera."""


def case_strokes(scale: Scale) -> Iterator[Line]:
    """Strokes of sessions from random sides at 24, 30 and 60 frames per second."""
    found, count, errors_ms = Counter[str](), 0, list[float]()
    labels, rallies = Counter[str](), list[bool]()
    for seed in _seeds(scale, scale.count(60, 4)):
        performance = _session(seed)
        swings = analysed(_told(performance, seed), "swings")["swings"]
        pairs, missed, extra = _matched(swings, performance.motion.swings)
        count += len(performance.motion.swings)
        found.update(missed=missed, extra=extra, unsure=int((swings["status"] != "ok").sum()))
        if performance.view.frame_rate_hz >= 30:
            errors_ms += [1000 * (row["peak_s"] - truth.peak_s) for truth, row in pairs]
        labels.update(_judged(str(row["kind"]), truth.kind) for truth, row in pairs)
        rallies.append(
            swings["rally"].max() == max(it.rally or 0 for it in performance.motion.swings)
        )
    share = 1 - found["missed"] / count
    least = 0.9 if scale.quick else 0.95
    yield _line("strokes found", f"{count}", f"{share:.1%}", "", f">= {least:.0%}",
                passed=share >= least)  # fmt: skip
    false = found["extra"] / count
    yield _line("strokes made up", "0", f"{false:.1%}", "", "<= 5 %", passed=false <= 0.05)
    spread, bar_ms = float(np.std(errors_ms)), scale.count(20, 25)
    yield _line("time of a stroke, 30 Hz", f"{len(errors_ms)}", "", f"SD {spread:.0f} ms",
                f"<= {bar_ms} ms", passed=spread <= bar_ms)  # fmt: skip
    right = 1 - labels["wrong"] / labels.total()
    named = labels["right"] / labels.total()
    yield _line("kind of a shot", f"{labels.total()}", f"{named:.0%} named right",
                f"{right:.1%} right or unknown", ">= 90 %, >= 60 % named",
                passed=right >= 0.9 and named >= 0.6)  # fmt: skip
    sure = 1 - found["unsure"] / max(count, 1)
    yield _line("strokes that are sure", f"{count}", f"{sure:.1%}", "", ">= 95 %",
                passed=sure >= 0.95)  # fmt: skip
    counted = float(np.mean(rallies))
    yield _line("rallies", f"{len(rallies)} sessions", f"{counted:.0%} counted right", "",
                ">= 95 %", passed=counted >= 0.95)  # fmt: skip


def case_no_strokes(scale: Scale) -> Iterator[Line]:
    """Everything but strokes, of which the uploader says nothing: no swing may be found."""
    made_up, minutes = list[str](), 0.0
    for movement in _NO_SWINGS:
        for seed in _seeds(scale, scale.count(10, 1)):
            draw = np.random.default_rng([seed, 4])
            rate_hz = float(draw.choice([15, 24, 30, 60]))
            view = View(yaw_deg=float(draw.uniform(-180, 180)), frame_rate_hz=rate_hz)
            performance = perform(movement, seed=seed, duration_s=10.0, view=view)
            swings = analysed(synthetic_tables(performance, noise_seed=seed), "swings")["swings"]
            minutes += performance.frame_count / rate_hz / 60
            made_up += [movement] * int((swings["status"] != "refused").sum())
    rate = len(made_up) / minutes
    yield _line("no swing in other movements", f"{len(_NO_SWINGS)} movements, {minutes:.0f} min",
                f"{len(made_up)} {sorted(set(made_up))}", f"{rate:.2f} per min", "<= 0.1 per min",
                passed=rate <= 0.1)  # fmt: skip


def case_rendered_strokes(scale: Scale) -> Iterator[Line]:
    """Strokes through the pose model, from the front and at an angle."""
    errors_ms, labels, count, missed, extra = list[float](), Counter[str](), 0, 0, 0
    for seed in _seeds(scale, scale.count(8, 1)):
        performance = _filmed(seed, scale.count(3, 1))
        truths = performance.motion.swings
        tables = rendered_tables(performance, metadata={"exercise": "badminton"})
        pairs, lost, false = _matched(analysed(tables, "swings")["swings"], truths)
        count, missed, extra = count + len(truths), missed + lost, extra + false
        errors_ms += [1000 * (row["peak_s"] - truth.peak_s) for truth, row in pairs]
        labels.update(_judged(str(row["kind"]), truth.kind) for truth, row in pairs)
    share = 1 - missed / count
    found = f"{share:.0%}, {extra} made up"
    yield _line("strokes found, rendered", f"{count}", found, "", ">= 90 %, <= 10 % made up",
                passed=share >= 0.9 and extra <= 0.1 * count)  # fmt: skip
    worst = float(np.percentile(np.abs(errors_ms), 90)) if errors_ms else np.inf
    yield _line("time of a stroke, rendered", f"{len(errors_ms)}", "", f"p90 {worst:.0f} ms",
                "<= 120 ms", passed=worst <= 120)  # fmt: skip
    right = 1 - labels["wrong"] / max(labels.total(), 1)
    least = 0 if scale.quick else math.ceil(labels.total() / 4)  # of one stroke nothing follows
    yield _line("kind of a shot, rendered", f"{labels.total()}", f"{labels['right']} named right",
                f"{right:.0%} right or unknown", f">= 90 %, >= {least} named",
                passed=right >= 0.9 and labels["right"] >= least)  # fmt: skip


def _filmed(seed: int, strokes: int) -> Performance:
    """Film a few strokes on the spot, the racket towards the camera."""
    draw = np.random.default_rng([seed, 5])
    kinds = draw.choice(["smash", "clear", "forehand_drive", "underarm"], strokes)
    shots = tuple(Shot(1.2 + 1.8 * place, str(kind)) for place, kind in enumerate(kinds))
    view = View(yaw_deg=float(draw.uniform(-50, 10)), width_px=400, height_px=480)
    duration_s = 1.2 + 1.8 * (strokes - 1) + 1.2
    plan = Play(shots=shots)
    return perform("racket", seed=seed, duration_s=duration_s, view=view, plan=plan)


def case_must_refuse(scale: Scale) -> Iterator[Line]:
    """Speeds at 15 frames per second, strokes at 8, and a sport without strokes."""
    refused, asked = 0, 0
    for seed in _seeds(scale, scale.count(10, 2)):
        slow = analysed(_told(_session(seed, rate_hz=15.0), seed), "racket")["racket"]
        speeds = slow[slow["metric"].str.startswith("swing_speed")]
        slower = analysed(_told(_session(seed, rate_hz=8.0), seed), "swings")["swings"]
        squat = perform("squat", seed=seed, duration_s=8.0)
        said = synthetic_tables(squat, noise_seed=seed, metadata={"exercise": "squat"})
        other = analysed(said, "swings")["swings"]
        answers = [*speeds["status"], slower["status"].iloc[0], other["status"].iloc[0]]
        refused, asked = refused + answers.count("refused"), asked + len(answers)
    yield _line("refused: slow video, other sport", f"{asked}", f"{refused}", "", "all",
                passed=refused == asked)  # fmt: skip


def case_places(scale: Scale) -> Iterator[Line]:
    """Players over the near half of a badminton court, cameras from 1.5 to 5 m of height."""
    for height_m, bar_m in ((1.5, 0.35), (2.5, 0.35), (5.0, 0.35)):
        errors_m, on_court, middles_m = list[float](), list[float](), list[float]()
        for seed in _seeds(scale, scale.count(8, 1)):
            performance = _on_court(seed, height_m)
            tables = analysed(_with_corners(performance, seed), "court_positions")
            made = tables["court_positions"]
            duration_s = performance.frame_count / float(performance.view.rate)
            on_court.append(float(made["duration_s"].sum()) / duration_s)
            middles_m.append(_middle_off_m(made, performance))
            errors_m += _distances_m(tables, performance)
        worst = float(np.percentile(errors_m, 95))
        seen = f"{min(on_court):.1%} of the time, middle {max(middles_m):.2f} m off"
        yield _line(f"places, camera at {height_m} m", "near half", seen,
                    f"p95 {worst:.2f} m", f"<= {bar_m} m, middle 0.3 m, >= 97 % of the time",
                    passed=worst <= bar_m and max(middles_m) <= 0.3
                    and 0.97 <= min(on_court) <= 1.001)  # fmt: skip


def case_court_geometry(scale: Scale) -> Iterator[Line]:
    """Error of a place by distance, made by 2 px at the corners and 3 px at the foot."""
    draw, places = (
        np.random.default_rng(scale.first_seed(_FIRST_SEED)),
        np.array([[4.05, y] for y in _PLACES_M]),
    )
    for height_m, bars_m in _PLACE_ERRORS_M.items():
        corners_px, project = _seen_from(height_m)
        ground, errors = court(corners_px, _FULL_HD_PX, _BADMINTON_M), []
        for _ in range(scale.count(2000, 1000)):
            clicked = corners_px + draw.normal(0, 2, (4, 2))
            foot_px = project(places) + draw.normal(0, 3, places.shape)
            seen = court(clicked, _FULL_HD_PX, _BADMINTON_M).to_floor
            errors.append(np.hypot(*(mapped(seen, foot_px) - places).T))
        made = np.percentile(errors, 95, axis=0)
        stated = place_error_m(ground, places, _FULL_HD_PX[1])
        yield _line(f"place error, camera at {height_m} m", " ".join(f"{it:.2f}" for it in bars_m),
                    " ".join(f"{it:.2f}" for it in made),
                    "stated " + " ".join(f"{it:.2f}" for it in stated), "within 20 %, stated 30 %",
                    passed=(made <= 1.2 * np.array(bars_m)).all()
                    and np.allclose(stated, made, rtol=0.3))  # fmt: skip
        back = mapped(np.asarray(np.linalg.inv(ground.to_floor)), places)
        off_m = float(np.abs(mapped(ground.to_floor, back) - places).max())
        yield _line(f"homography there and back, {height_m} m", "0", "", f"{off_m:.0e} m",
                    "< 1e-6 m", passed=off_m < 1e-6)  # fmt: skip


def _seeds(scale: Scale, count: int) -> range:
    first = scale.first_seed(_FIRST_SEED)
    return range(first, first + count)


def _session(seed: int, rate_hz: float | None = None) -> Performance:
    draw = np.random.default_rng([seed, 8])
    some = draw.choice(list(STROKES), size=int(draw.integers(2, 8)), replace=False)
    plan = Play(
        kinds=tuple(str(it) for it in some),
        shots_per_rally=5,
        side=str(draw.choice(["left", "right"])),
        pace_s=float(draw.uniform(1.6, 2.4)),
    )
    view = View(
        yaw_deg=float(draw.uniform(-180, 180)),
        frame_rate_hz=rate_hz or float(draw.choice([24, 30, 60])),
        distance_m=float(draw.uniform(4, 8)),
        width_px=1280,
    )
    return perform("racket", seed=seed, view=view, plan=plan)


def _told(performance: Performance, seed: int) -> Tables:
    return synthetic_tables(performance, noise_seed=seed, metadata={"exercise": "badminton"})


def _matched(
    swings: pd.DataFrame, truths: tuple[Swing, ...]
) -> tuple[list[tuple[Swing, pd.Series]], int, int]:
    """Pairs of truth and swing within 0.2 s, and how many were missed and made up."""
    left = swings[swings["status"] != "refused"].set_index("swing")
    pairs = []
    for truth in truths:
        off = (left["peak_s"] - truth.peak_s).abs()
        if len(off) and off.min() <= _SAME_S:
            pairs.append((truth, left.loc[off.idxmin()]))
            left = left.drop(off.idxmin())
    return pairs, len(truths) - len(pairs), len(left)


def _judged(named: str, truth: str) -> str:
    if named == "unknown":
        return "unknown"
    return "right" if named in _RIGHT_KINDS[truth] else "wrong"


def _on_court(seed: int, height_m: float) -> Performance:
    """Film from behind the own base line, with all corners in the picture."""
    view = View(
        yaw_deg=180.0, distance_m=9.0 + 0.4 * height_m, camera_height_m=height_m,
        field_of_view_deg=60, width_px=_SIZE_PX[0], height_px=_SIZE_PX[1], follows=False,
    )  # fmt: skip
    plan = Play(rallies=1, shots_per_rally=8, court=Court())
    return perform("racket", seed=seed, view=view, plan=plan)


def _with_corners(performance: Performance, seed: int) -> Tables:
    shares = court_corners_px(performance) / np.array(_SIZE_PX)
    words = " ".join(f"{x:.6f},{y:.6f}" for x, y in shares)
    said = {"exercise": "badminton", "court": words}
    return synthetic_tables(performance, noise_seed=seed, metadata=said)


def _distances_m(tables: Tables, performance: Performance) -> list[float]:
    """From each place to the nearer sole at the same moment, wherever a place is given."""
    body = motion(tables["body_motion"])
    ground = court(court_corners_px(performance), _SIZE_PX, _BADMINTON_M)
    places = places_m(body, ground)
    true_court = performance.motion.court or Court()
    soles = [(performance.skeleton.pair(it)[..., :2]) for it in ("heel", "foot_index")]
    true = true_court.place((soles[0] + soles[1]) / 2)
    frames = np.clip(body.frame, 0, performance.frame_count - 1)
    off = np.linalg.norm(places[:, None] - true[frames], axis=2).min(axis=1)
    return [float(it) for it in off[np.isfinite(off)]]


def _middle_off_m(made: pd.DataFrame, performance: Performance) -> float:
    """How far the middle of all time spent is from that of the pelvis."""
    middle = np.average(made[["x_m", "y_m"]], axis=0, weights=made["duration_s"])
    pelvis = performance.skeleton.pair("hip").mean(axis=1)[:, :2]
    true = (performance.motion.court or Court()).place(pelvis).mean(axis=0)
    return float(np.hypot(*(middle - true)))


def _seen_from(height_m: float) -> tuple[np.ndarray, object]:
    """Corners of a badminton court from 3.5 m behind it, and the projection of its floor."""
    from dancer_pipeline.synthetic.camera import Camera

    eye = np.array([3.05, -3.5, height_m])
    ahead = np.array([3.05, 5.4, 0.0]) - eye
    ahead = ahead / np.linalg.norm(ahead)
    right = np.array([1.0, 0.0, 0.0])
    rotation = np.stack([right, np.cross(ahead, right), ahead])
    camera = Camera(eye, rotation, 1150.0, *_FULL_HD_PX)

    def project(places: np.ndarray) -> np.ndarray:
        return camera.project(np.column_stack([places, np.zeros(len(places))]))

    return project(np.array([[0, 0], [6.1, 0], [6.1, 13.4], [0, 13.4]])), project


def _line(case: str, truth: str, result: str, error: str, bar: str, *, passed: bool) -> Line:
    return Line("racket", case, truth, result, error, bar, passed=bool(passed))
