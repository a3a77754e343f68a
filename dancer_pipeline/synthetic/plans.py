"""Movements that follow a plan, with the kind of plan that each takes."""

from collections.abc import Callable

from dancer_pipeline.synthetic.balance import Balance, stand_still
from dancer_pipeline.synthetic.batting import Batting, bat
from dancer_pipeline.synthetic.dance import Dance, dance
from dancer_pipeline.synthetic.gait import Gait, walk
from dancer_pipeline.synthetic.movements import Motion
from dancer_pipeline.synthetic.racket import Play, play
from dancer_pipeline.synthetic.running import Run, run
from dancer_pipeline.synthetic.skeleton import Proportions

PLANS: dict[str, tuple[type, Callable[..., Motion]]] = {
    "walk": (Gait, walk),
    "run": (Run, run),
    "bat_swing": (Batting, bat),
    "racket": (Play, play),
    "dance": (Dance, dance),
    "balance": (Balance, stand_still),
}


def planned(
    movement: str, body: Proportions, seed: int, duration_s: float | None, plan: object
) -> Motion:
    """Follow the plan, or the usual one where none is given.

    Raises
    ------
    ValueError
        For the plan of another movement.
    """
    kind, move = PLANS[movement]
    plan = plan or kind()
    if type(plan) is not kind:
        raise ValueError(f"a {movement} is planned by a {kind.__name__}, not by {plan!r}")
    return move(body, seed, duration_s, plan)
