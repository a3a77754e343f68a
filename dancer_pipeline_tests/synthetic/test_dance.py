"""A dancer's beats are where the truth says, and the sound track's are too."""

import av
import numpy as np
import pytest

from dancer_pipeline.synthetic.clip import render
from dancer_pipeline.synthetic.dance import Dance
from dancer_pipeline.synthetic.figures import FIGURES
from dancer_pipeline.synthetic.performance import View, perform
from dancer_pipeline.synthetic.skeleton import SIDES, assemble
from dancer_pipeline.synthetic.sound import RATE_HZ, Sound, samples

SMALL = View(width_px=64, height_px=96)
ON_BEAT = [name for name, figure in FIGURES.items() if figure.on_beat]


def dance(figure="step_touch", seed=1, duration_s=12, **plan):
    return perform(
        "dance", seed=seed, duration_s=duration_s, view=SMALL, plan=Dance(figure, **plan)
    )


def skeleton_at(performance, times_s):
    return assemble(performance.body, performance.motion.posture(np.asarray(times_s)))


@pytest.mark.parametrize("figure", ON_BEAT)
@pytest.mark.parametrize("bpm", [60, 150])
def test_the_body_is_lowest_and_at_rest_on_every_beat(figure, bpm):
    performance = dance(figure, bpm=bpm, jitter_ms=15)
    beats = np.array(performance.motion.beats_s)
    assert len(beats) == pytest.approx((12 - 0.8) * bpm / 60, abs=1.5)
    inner = beats[1:-1]
    height = [
        skeleton_at(performance, inner + shift).pair("hip").mean(axis=1)[:, 2]
        for shift in (-0.25 * 60 / bpm, 0, 0.25 * 60 / bpm)
    ]
    assert (height[1] < height[0]).all()
    assert (height[1] < height[2]).all()
    wrists = [
        skeleton_at(performance, inner + shift).pair("wrist")[..., :2] for shift in (-1e-4, 1e-4)
    ]
    assert np.abs(wrists[1] - wrists[0]).max() / 2e-4 < 0.01


def test_the_beats_keep_the_tempo_and_stray_from_it_as_planned():
    plain = dance(bpm=120, duration_s=60)
    np.testing.assert_allclose(np.diff(plain.motion.beats_s), 0.5)
    assert plain.motion.music_s == plain.motion.beats_s
    stray = dance(bpm=120, duration_s=60, jitter_ms=20, offset_ms=80)
    late = np.array(stray.motion.beats_s) - np.array(stray.motion.music_s)
    assert late.mean() == pytest.approx(0.08, abs=0.008)
    assert late.std() == pytest.approx(0.02, abs=0.005)
    odd = dance(bpm=120, duration_s=60, irregular=True)
    intervals = np.diff(odd.motion.beats_s)
    assert np.std(intervals) / np.mean(intervals) > 0.15


def test_dancing_freely_follows_no_beat():
    performance = dance("free")
    assert performance.motion.beats_s == ()
    assert performance.motion.music_s == ()
    assert np.ptp(performance.skeleton.pair("wrist"), axis=0).max() > 0.4


@pytest.mark.parametrize("figure", ["step_touch", "footwork"])
def test_feet_come_down_on_the_beat(figure):
    performance = dance(figure, bpm=100, jitter_ms=10)
    landings = [e for e in performance.motion.gait_events if e.event == "heel_strike"]
    beats = np.array(performance.motion.beats_s)
    assert len(landings) >= 12
    for event in landings:
        if event.time_s < 11.5:
            assert np.abs(beats - event.time_s).min() < 1e-9
            foot = skeleton_at(performance, [event.time_s - 0.04, event.time_s + 0.06])
            lowest = np.minimum(
                foot.joint(f"{event.side}_heel")[:, 2], foot.joint(f"{event.side}_foot_index")[:, 2]
            )
            assert lowest[0] > 0.002
            assert lowest[1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("side", SIDES)
def test_dancing_with_one_side_leaves_the_other_hand_and_foot_still(side):
    for figure in ("step_touch", "arm_groove"):
        performance = dance(figure, side=side)
        moved = {
            name: np.ptp(
                performance.skeleton.joint(f"{name}_wrist")
                - performance.skeleton.joint(f"{name}_shoulder"),
                axis=0,
            ).max()
            for name in SIDES
        }
        other = SIDES[1 - SIDES.index(side)]
        assert moved[side] > 3 * moved[other]
        still = performance.skeleton.joint(f"{other}_heel")
        np.testing.assert_allclose(still, np.broadcast_to(still[:1], still.shape), atol=1e-9)


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"figure": "waltz"}, "no figure 'waltz'"),
        ({"bpm": 500}, "bpm must be"),
        ({"side": "up"}, "side must be"),
    ],
)
def test_what_cannot_be_danced_is_refused(plan, message):
    with pytest.raises(ValueError, match=message):
        Dance(**plan)


def onsets_s(track, rate_hz):
    loud = np.flatnonzero(np.abs(track) > 0.3)
    first = np.concatenate([[True], np.diff(loud) > 0.2 * rate_hz])
    return loud[first] / rate_hz


@pytest.mark.parametrize("kind", ["click", "drum"])
def test_every_beat_sounds_when_it_should_and_not_before(kind):
    beats = (0.5, 1.0, 1.5, 2.25)
    track = samples(Sound(kind=kind, offset_ms=40, noise=0.1), beats, 3.0)
    assert len(track) == 3 * RATE_HZ
    np.testing.assert_allclose(onsets_s(track, RATE_HZ), np.array(beats) + 0.04, atol=0.003)
    with pytest.raises(ValueError, match="no sound 'song'"):
        Sound(kind="song")


def test_a_clip_sounds_its_music_at_the_right_time_and_is_silent_unless_asked(tmp_path):
    performance = perform(
        "dance", duration_s=2.5, plan=Dance("bounce", bpm=120), view=View(width_px=32, height_px=48)
    )
    clip = render(performance, tmp_path / "loud.mp4", sound=Sound(kind="click", offset_ms=100))
    with av.open(str(clip.video)) as file:
        assert file.streams.audio[0].start_time == 0
        track = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    expected = np.array(performance.motion.music_s) + 0.1
    np.testing.assert_allclose(onsets_s(track, RATE_HZ), expected[expected < 2.45], atol=0.004)
    silent = render(performance, tmp_path / "silent.mp4")
    with av.open(str(silent.video)) as file:
        assert not file.streams.audio
