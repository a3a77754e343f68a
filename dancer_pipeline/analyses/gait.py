"""Walking in numbers: cadence, steps, strides, symmetry, stance and joint ranges."""

from collections.abc import Iterator

import pandas as pd

from dancer_pipeline.analyses._gait_problems import (
    USUAL,
    Requirements,
    problem_of_video,
)
from dancer_pipeline.analyses._gait_rhythm import rhythm_rows
from dancer_pipeline.analyses._gait_rows import refused_rows
from dancer_pipeline.analyses._gait_steps import step_rows
from dancer_pipeline.analyses._one_person import one_person
from dancer_pipeline.analyses._strides import walked
from dancer_pipeline.analyses._walks import walks
from dancer_pipeline.metrics import Metric, metric_table
from dancer_pipeline.signals.motion import Motion, motion

METHOD_VERSION = "2"


def gait(
    body_motion: pd.DataFrame,
    activity: pd.DataFrame,
    gait_events: pd.DataFrame,
    video_extracts: pd.DataFrame,
    people: pd.DataFrame,
    *,
    needs: Requirements = USUAL,
) -> pd.DataFrame:
    """Cadence, step and stride times, symmetry, stance and joint ranges of the walks in a video.

    Walks forward that are seen from the side, or obliquely, are measured from heel strike to heel
    strike, all of them together, never across a turn or a pause. A step has the side of the foot
    that leads it. `step_time_asymmetry` is the left step time less the right one in percent of
    their mean, with Welch's interval. `cadence` is 120 over the median stride time; where the
    distance of the ankles repeats itself more than 5 % slower or faster the confidence is low.
    Seen obliquely the sway of the hips makes the sides uneven, so there the asymmetry has low
    confidence. Feet that stand for different times, as in a limp, strike unequally early in this
    method: of a difference of 14 % it finds 4 to 11, and in a rendered film 2. So the asymmetry has
    low confidence where the stances of the sides differ by more than 3 % of a stride.

    Thighs and lower legs whose length varies by more than 15 % (in the picture from the side, else
    in the estimated world), or that are not seen in more than 20 % of the moments, were not
    followed steadily: that leg's joint ranges are refused and all else has low confidence. So it
    has where legs were confused in 5 % of the frames; from 10 % on all is refused.

    `step_regularity` and `stride_regularity` are the autocorrelations of that distance after one
    step and after two (Moe-Nilssen and Helbostad 2004). Joint ranges are the medians over the
    strides of the range within a stride, in the picture, of the near side; the far side has low
    confidence, and an oblique view has none. An ankle's has low confidence always.

    Stance, swing and double support have low confidence always: heels strike early and toes leave
    late in this method, which makes a stance about 4 percentage points too long.

    Running, walking backward, and what is seen from the front or from behind have a cadence only,
    from the rhythm in which the feet are lifted and swing, with an interval from the stretches of
    two and a half strides where there are three of them; the rest is refused.

    Where the followed body becomes somebody else's, only the walks in the longest stretch of one
    person are measured, with low confidence.
    """
    one = one_person(motion(body_motion), people)
    found, activity, gait_events = (
        one.of(motion(body_motion)), one.spans(activity), one.moments(gait_events)
    )  # fmt: skip
    problem = problem_of_video(found, activity, video_extracts, people, needs)
    rows = refused_rows(one.why(problem)) if problem else _rows(found, activity, gait_events, needs)
    return metric_table("gait", one.told(rows), method_version=METHOD_VERSION)


def _rows(
    found: Motion, activity: pd.DataFrame, gait_events: pd.DataFrame, needs: Requirements
) -> Iterator[Metric]:
    all_of_them = walks(activity)
    showing = [walk for walk in all_of_them if walk.shows_contacts]
    walk = walked(gait_events)
    if walk.strikes >= needs.steps and len(walk.strides) >= needs.strides:
        unsteady = gait_events["reasons"].map(lambda codes: "tracking_unstable" in list(codes))
        yield from step_rows(found, showing, walk, needs, is_unsteady=bool(unsteady.any()))
    else:
        yield from rhythm_rows(found, all_of_them, needs)
