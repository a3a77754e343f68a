"""What a performer wears and the room they are filmed in, drawn from a seed."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.rotations import Array, unit

MATERIALS = (
    "skin",
    "face",
    "hair",
    "eye_white",
    "dark",
    "lips",
    "top",
    "bottom",
    "shoe",
    "sole",
    "thing",
)

_SKINS = ((236, 196, 168), (222, 174, 140), (198, 146, 110), (160, 110, 78), (116, 76, 54))
_HAIRS = ((34, 27, 24), (74, 49, 32), (126, 88, 48), (150, 108, 52), (112, 110, 110))
_TOPS = (
    (196, 52, 48),
    (38, 84, 160),
    (46, 134, 92),
    (236, 200, 66),
    (122, 62, 146),
    (232, 232, 228),
    (54, 58, 66),
    (230, 126, 46),
    (84, 176, 200),
    (214, 96, 138),
)
_BOTTOMS = ((36, 40, 52), (58, 78, 118), (92, 92, 96), (132, 116, 86), (28, 62, 58), (84, 36, 46))
_SHOES = ((238, 238, 236), (40, 40, 44), (206, 62, 52), (64, 120, 190))
_WALLS = ((212, 206, 194), (184, 198, 208), (200, 192, 206), (176, 186, 170), (150, 156, 166))
_FLOORS = ((150, 116, 84), (122, 122, 126), (168, 156, 138), (98, 86, 78))


@dataclass(frozen=True)
class Appearance:
    """Colours (one row of RGB per material), cut of the clothes, and light (towards the lamp)."""

    colours: Array
    long_sleeves: bool
    long_trousers: bool
    long_hair: bool
    wall: Array
    floor: Array
    light: Array
    ambient: float


def appearance(seed: int) -> Appearance:
    """Draw colours; the clothes differ from the wall in lightness, as a careful filmer arranges."""
    draw = np.random.default_rng([seed, 3])
    wall = _pick(draw, _WALLS) + draw.normal(0, 8, 3)
    skin = _pick(draw, _SKINS)
    hair = _unlike(draw, _HAIRS, skin)
    top = _unlike(draw, _TOPS, wall)
    bottom = _unlike(draw, _BOTTOMS, top)
    shoe = _pick(draw, _SHOES)
    colours = {
        "skin": skin,
        "face": skin * 1.02,
        "hair": hair,
        "eye_white": np.array([238.0, 236, 232]),
        "dark": np.array([36.0, 28, 26]),
        "lips": skin * (0.80, 0.56, 0.56),
        "top": top,
        "bottom": bottom,
        "shoe": shoe,
        "sole": np.array([206.0, 204, 200]) if shoe.mean() < 120 else shoe * 0.45,
        "thing": np.array([88.0, 84, 80]),
    }
    return Appearance(
        colours=np.array([colours[name] for name in MATERIALS]).clip(0, 255),
        long_sleeves=bool(draw.random() < 0.35),
        long_trousers=bool(draw.random() < 0.5),
        long_hair=bool(draw.random() < 0.4),
        wall=wall,
        floor=_pick(draw, _FLOORS) + draw.normal(0, 6, 3),
        light=unit(np.array([draw.uniform(-0.5, 0.5), draw.uniform(-0.5, 0.5), 1.0])),
        ambient=float(draw.uniform(0.42, 0.55)),
    )


def _pick(draw: np.random.Generator, colours: tuple[tuple[int, int, int], ...]) -> Array:
    return np.array(colours[draw.integers(len(colours))], float)


def _unlike(
    draw: np.random.Generator, colours: tuple[tuple[int, int, int], ...], other: Array
) -> Array:
    """Pick among the colours that stand out from the other one."""
    distinct = tuple(colour for colour in colours if abs(np.mean(colour) - other.mean()) > 35)
    return _pick(draw, distinct or colours)
