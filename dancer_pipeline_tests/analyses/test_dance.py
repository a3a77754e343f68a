"""Dance: tempo, beats, music, symmetry and effort with known answers, and what is no dance."""

import re
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
import pandas as pd
import pytest

from dancer_pipeline.analyses._dance_shape import expansion, extension, step_starts
from dancer_pipeline.analyses._dance_timing import alignment, offsets_s
from dancer_pipeline.analyses._music import music
from dancer_pipeline.analyses._rhythm import evenness, rhythm
from dancer_pipeline.pose.tables import PEOPLE
from dancer_pipeline.signals.motion import motion
from dancer_pipeline.synthetic.dance import Dance
from dancer_pipeline.synthetic.performance import Performance, View, perform
from dancer_pipeline.synthetic.sound import RATE_HZ, Sound, samples
from dancer_pipeline.video.tables import VIDEO_EXTRACTS
from dancer_pipeline_tests.analyses import performer, walkers
from dancer_pipeline_tests.analyses.walkers import measured, metric, reasons, table

FRONT = View(width_px=performer.WIDTH_PX, height_px=performer.HEIGHT_PX)
BPM = 112.0


@lru_cache
def dancer(
    figure: str = "arm_groove", view: View = FRONT, duration_s: float = 12.0, **plan: object
) -> Performance:
    how = Dance(figure, **({"bpm": BPM} | plan))
    return perform("dance", seed=6, duration_s=duration_s, plan=how, view=view)


stored = partial(walkers.stored, said="dance")


def dance(performance: Performance, *, said: str | None = "dance", **noise: float) -> pd.DataFrame:
    return measured("dance", performance, said=said, **noise)


def heard(performance: Performance, sound: Sound) -> pd.DataFrame:
    """Loudness of every 10 ms, as it is kept of a video's sound."""
    track = samples(sound, sound.beats_s or performance.motion.music_s, 12.0)
    size = RATE_HZ // 100
    windows = track[: len(track) // size * size].reshape(-1, size)
    loudness = np.sqrt(np.square(windows).mean(axis=1))
    return VIDEO_EXTRACTS.frame(
        {"measure": "audio_envelope", "time_s": at / 100, "value": it, "unit": "rms"}
        for at, it in enumerate(loudness)
    )  # fmt: skip


def to_music(performance: Performance, sound: Sound) -> pd.DataFrame:
    tables = stored(performance)
    extracts = [performer.video_extracts(12.0), heard(performance, sound)]
    return table("dance", tables | {"video_extracts": pd.concat(extracts, ignore_index=True)})


@pytest.mark.parametrize("rate_hz", [15.0, 24.0, 30.0, 60.0])
def test_the_tempo_is_right_at_any_frame_rate(rate_hz: float) -> None:
    made = dance(dancer(view=replace(FRONT, frame_rate_hz=rate_hz), jitter_ms=20.0))
    row = metric(made, "tempo")
    assert row["status"] == "ok"
    assert row["value"] == pytest.approx(BPM, abs=1.0)
    assert row["ci95_low"] < BPM < row["ci95_high"]


def test_the_other_way_to_count_is_half_or_double() -> None:
    made = dance(dancer())
    ratio = metric(made, "tempo_alternative")["value"] / metric(made, "tempo")["value"]
    assert ratio == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    "view",
    [
        replace(FRONT, width_px=720, height_px=1280),
        replace(FRONT, width_px=640, height_px=360),
        replace(FRONT, distance_m=6.0),
    ],
    ids=["portrait", "small", "far"],
)
def test_neither_format_nor_distance_change_a_dance(view: View) -> None:
    one, other = (dance(dancer(view=it), noise=0.2) for it in (FRONT, view))
    for name in ("tempo", "expansion", "asymmetry", "movement_energy"):
        assert metric(other, name)["value"] == pytest.approx(metric(one, name)["value"], rel=0.1)


def test_dropped_frames_change_no_tempo() -> None:
    row = metric(dance(dancer(), dropped_share=0.15), "tempo")
    assert row["value"] == pytest.approx(BPM, abs=1.0)


def test_a_mirror_exchanges_the_limbs_and_nothing_else() -> None:
    tables = stored(dancer(side="left"))
    turned = tables | {"pose_keypoints": performer.mirrored(tables["pose_keypoints"])}
    plain, mirrored = table("dance", tables), table("dance", turned)
    for name in ("tempo", "asymmetry", "expansion", "movement_energy"):
        found = [metric(it, name)["value"] for it in (plain, mirrored)]
        assert found[1] == pytest.approx(found[0], rel=0.02)
    assert metric(mirrored, "arm_extension", "right")["value"] == pytest.approx(
        metric(plain, "arm_extension", "left")["value"], abs=0.01
    )


def test_uneven_beats_vary_more_than_even_ones() -> None:
    even, uneven = (dance(dancer(irregular=it, duration_s=16.0)) for it in (False, True))
    assert metric(even, "beat_interval_variability")["value"] < 8
    assert metric(uneven, "beat_interval_variability")["value"] > 15
    assert metric(even, "beat_evenness")["value"] > 0.85
    assert metric(uneven, "tempo")["status"] != "ok"


def test_a_beat_missed_by_50_ms_scores_as_published() -> None:
    beats = np.arange(12) * 0.5
    assert alignment(beats, beats).mean() == 1.0
    assert alignment(beats + 0.05, beats).mean() == pytest.approx(0.607, abs=1e-3)
    assert alignment(beats[::2], beats).mean() == 1.0


def test_an_offset_is_positive_after_the_music() -> None:
    beats = np.arange(12) * 0.5
    assert offsets_s(beats + 0.08, beats) == pytest.approx(0.08)


@pytest.mark.parametrize("kind", ["click", "drum"])
def test_a_dance_to_the_music_meets_it(kind: str) -> None:
    made = to_music(dancer(), Sound(kind=kind, noise=0.02))
    assert metric(made, "music_tempo")["value"] == pytest.approx(BPM, abs=1.0)
    found = metric(made, "beat_alignment")
    assert found["value"] > 0.7 > metric(made, "beat_alignment_by_chance")["value"] + 0.2
    assert found["ci95_low"] <= found["value"] <= found["ci95_high"]
    assert abs(metric(made, "beat_offset")["value"]) < 0.04


def test_a_late_track_makes_the_dance_early() -> None:
    row = metric(to_music(dancer(), Sound(offset_ms=100.0)), "beat_offset")
    assert row["value"] == pytest.approx(-0.1, abs=0.04)


def test_a_dance_to_something_else_meets_the_music_by_chance() -> None:
    other = tuple(np.arange(0.4, 12, 60 / (0.77 * BPM)))
    made = to_music(dancer(), Sound(beats_s=other, noise=0.02))
    assert metric(made, "beat_alignment")["value"] < 0.45
    assert metric(made, "music_tempo")["value"] == pytest.approx(0.77 * BPM, abs=1.0)


def test_without_sound_only_the_music_is_missing() -> None:
    made = dance(dancer())
    assert list(metric(made, "beat_alignment")["reasons"]) == ["no_sound"]
    assert "silence" in metric(made, "beat_alignment")["advice"]
    assert metric(made, "tempo")["status"] == "ok"


def test_sound_that_is_too_quiet_is_refused_with_how_loud_it_is() -> None:
    quiet = heard(dancer(), Sound())
    quiet["value"] = 5e-4
    extracts = pd.concat([performer.video_extracts(12.0), quiet], ignore_index=True)
    made = table("dance", stored(dancer()) | {"video_extracts": extracts})
    assert list(metric(made, "music_tempo")["reasons"]) == ["no_sound"]
    assert "-66 dB" in metric(made, "music_tempo")["advice"]


def test_noise_has_no_beat() -> None:
    made = to_music(dancer(), Sound(beats_s=(0.5,), noise=1.0))
    assert list(metric(made, "music_tempo")["reasons"]) == ["no_beat_in_sound"]


def test_the_picker_finds_clicks_between_the_steps_of_the_envelope() -> None:
    truth = 0.3 + np.arange(20) * 0.537
    found = music(np.arange(1150) / 100, heard_of(truth))
    errors = [np.abs(found.beats_s - at).min() for at in truth[1:-1]]
    assert 60 / found.period_s == pytest.approx(60 / 0.537, abs=0.2)
    assert max(errors) < 0.02


def heard_of(beats: np.ndarray) -> np.ndarray:
    track = samples(Sound(kind="click", noise=0.02), tuple(beats), 11.5)
    return np.sqrt(np.square(track[: 1150 * 441].reshape(-1, 441)).mean(axis=1))


def test_sides_that_take_turns_are_alike_after_a_beat() -> None:
    turns, alone = (dance(dancer(side=it)) for it in ("both", "left"))
    assert metric(turns, "asymmetry")["value"] > 25
    assert metric(turns, "asymmetry_lagged")["value"] < 0.5 * metric(turns, "asymmetry")["value"]
    beat_s = 60 / BPM
    late = metric(turns, "asymmetry_lag")["value"] % (2 * beat_s)
    assert late == pytest.approx(beat_s, abs=0.06)
    assert metric(alone, "asymmetry_lagged")["value"] > 25


def test_both_sides_alike_differ_by_hardly_more_than_the_noise() -> None:
    assert metric(dance(dancer("bounce")), "asymmetry")["value"] < 16
    assert metric(dance(dancer("bounce"), noise=0.1), "asymmetry")["value"] < 12


def test_from_the_side_left_and_right_are_not_compared() -> None:
    made = dance(dancer(view=replace(FRONT, yaw_deg=90.0)))
    assert list(metric(made, "asymmetry")["reasons"]) == ["view_not_supported"]
    assert re.search(r"turned by \d+ degrees", metric(made, "asymmetry")["advice"])


@pytest.mark.parametrize("figure", ["footwork", "step_touch"])
def test_feet_are_counted_when_they_set_out(figure: str) -> None:
    show = dancer(figure)
    steps = sum(it.event == "toe_off" for it in show.motion.gait_events if it.time_s < 12)
    row = metric(dance(show), "footwork_rate")
    assert row["value"] == pytest.approx(5 * steps, rel=0.1)


@pytest.mark.parametrize(("pause", "starts_s"), [("aloft", [0.5]), ("on the floor", [0.5, 0.9])])
def test_a_foot_that_pauses_at_the_top_of_its_step_makes_one_step(
    pause: str, starts_s: list[float]
) -> None:
    time_s = np.arange(60) / 30
    aside = np.interp(time_s, [0.5, 0.7, 0.9, 1.1], [0.0, 0.4, 0.4, 0.8])
    high = np.interp(time_s, [0.5, 0.7, 0.9, 1.1], [0.0, 0.3, 0.3, 0.0])
    foot = np.column_stack([aside, -high if pause == "aloft" else 0 * high])
    assert step_starts(time_s, foot) == pytest.approx(starts_s, abs=0.05)


def test_more_vigour_has_more_energy() -> None:
    little, much = (metric(dance(dancer(it)), "movement_energy") for it in ("bounce", "arm_groove"))
    assert much["value"] > 1.5 * little["value"]
    assert much["unit"] == "W/kg"


def test_a_straight_limb_is_stretched_out_and_a_bent_one_is_not() -> None:
    tables = walkers.seen(dancer()) | {"pose_keypoints": performer.standing()}
    straight = motion(table("body_motion", tables))
    assert np.nanmedian(extension(straight, "arm", "left")) == pytest.approx(1.0, abs=0.01)
    bent = performer.pose_table(performer.times(4, 30), performer.Motion(elbow_deg=90.0))
    moves = motion(table("body_motion", tables | {"pose_keypoints": bent}))
    # Upper arm .30 and forearm .26 at a right angle.
    truth = np.hypot(0.30, 0.26) / 0.56
    assert np.nanmedian(extension(moves, "arm", "left")) == pytest.approx(truth, abs=0.01)
    assert 0.1 < np.nanmedian(expansion(straight)) < 0.5


def test_an_even_grid_has_a_resultant_of_one() -> None:
    beats = np.arange(16) * 0.5
    assert evenness(beats, 0.5) == pytest.approx(1.0, abs=1e-6)
    uneven = beats + np.random.default_rng(1).uniform(-0.25, 0.25, 16)
    assert evenness(uneven, 0.5) < 0.6


def test_the_period_of_a_wave_is_finer_than_its_samples() -> None:
    time_s = np.arange(150) / 15
    found = rhythm(np.sin(2 * np.pi * time_s / 0.537), 15.0)
    assert found.period_s == pytest.approx(0.537, abs=0.001)
    assert not rhythm(np.zeros(150), 15.0).is_regular


@pytest.mark.parametrize(
    "kind", ["walk", "run", "squat", "jumping_jack", "biceps_curl", "standing"]
)
def test_without_a_word_nothing_else_is_a_dance(kind: str) -> None:
    duration = {"duration_s": 10.0} if kind in ("walk", "run", "standing") else {}
    made = dance(perform(kind, seed=6, view=FRONT, **duration), said=None)
    assert (made["status"] == "refused").all()
    assert reasons(made) == {"not_applicable"}
    assert made["advice"].str.contains("exercise=dance").all()


def test_without_a_word_a_dance_has_low_confidence() -> None:
    made = dance(dancer(), said=None)
    assert metric(made, "tempo")["value"] == pytest.approx(BPM, abs=1.0)
    assert "exercise_unknown" in metric(made, "tempo")["reasons"]
    assert (made["status"] != "ok").all()


def test_another_word_of_the_uploader_goes_before_what_is_seen() -> None:
    made = dance(dancer(), said="squat")
    assert made["advice"].str.contains("You call this squat").all()


def test_dancing_to_no_beat_has_no_tempo() -> None:
    made = dance(dancer("free", duration_s=14.0))
    assert metric(made, "tempo")["status"] != "ok"
    assert metric(made, "expansion")["status"] == "ok"


def two_people() -> pd.DataFrame:
    places = {name: [100.0, 300.0] for name in ("centre_x_px", "centre_y_px", "body_size_px")}
    two = {"people": 2, "second_share": 0.9, "frame": 0}
    return PEOPLE.frame(places | two | {"time_s": float(at)} for at in range(12))


def test_several_dancers_are_refused() -> None:
    assert reasons(table("dance", stored(dancer()) | {"people": two_people()})) == {
        "several_people"
    }


def test_six_seconds_are_too_short() -> None:
    made = dance(dancer(duration_s=6.0))
    assert reasons(made) == {"too_short"}
    assert made["advice"].str.contains("8 s").all()


def test_ten_frames_a_second_are_too_few() -> None:
    slow = replace(FRONT, frame_rate_hz=10.0)
    assert reasons(dance(dancer(view=slow))) == {"frame_rate_too_low"}


def test_standing_is_no_dance_whatever_is_said() -> None:
    made = dance(perform("standing", seed=6, view=FRONT, duration_s=10.0))
    assert reasons(made) == {"no_movement"}


def test_a_moving_camera_takes_the_feet_and_leaves_the_tempo() -> None:
    tables = stored(dancer())
    tables["video_extracts"] = performer.video_extracts(12.0, camera_shift_x=200.0)
    made = table("dance", tables)
    assert list(metric(made, "footwork_rate")["reasons"]) == ["camera_moves"]
    assert re.search(r"by \d\.\d\d torso lengths", metric(made, "footwork_rate")["advice"])
    assert metric(made, "tempo")["value"] == pytest.approx(BPM, abs=1.0)


def test_hidden_legs_take_only_what_needs_them() -> None:
    tables = stored(dancer())
    points = tables["pose_keypoints"].copy()
    legs = points["keypoint"].astype(str).str.contains("knee|ankle|heel|foot")
    points.loc[legs, "confidence"] = 0.1
    made = table("dance", tables | {"pose_keypoints": points})
    assert list(metric(made, "leg_extension", "left")["reasons"]) == ["lower_body_not_visible"]
    assert metric(made, "arm_extension", "left")["status"] == "ok"
    assert metric(made, "tempo")["value"] == pytest.approx(BPM, abs=1.0)


def test_a_frozen_picture_is_refused() -> None:
    still = performer.video_extracts(12.0, local_change=0.0)
    made = table("dance", stored(dancer()) | {"video_extracts": still})
    assert {code for it in made["reasons"] for code in it} == {"frozen_picture"}
