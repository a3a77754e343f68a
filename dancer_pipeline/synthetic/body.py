"""The performer's flesh and clothes: round cones and ellipsoids hung on the skeleton.

Sizes are fractions of stature and follow anthropometric breadths and depths, because a pose
estimator judges where a joint lies from the outline around it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dancer_pipeline.synthetic.appearance import MATERIALS, Appearance
from dancer_pipeline.synthetic.movements import Prop
from dancer_pipeline.synthetic.rotations import Array, turn
from dancer_pipeline.synthetic.skeleton import SIDES, Proportions, Skeleton


@dataclass(frozen=True)
class Part:
    """A round cone from `start_m` to `end_m` in every frame, stretched along its frame's axes."""

    material: int
    start_m: Array
    end_m: Array
    start_radius_m: float
    end_radius_m: float
    rotation: Array | None = None
    stretch: tuple[float, float, float] = (1.0, 1.0, 1.0)


def things(props: tuple[Prop, ...], frames: int) -> list[Part]:
    """Parts of what stands in the room; they are where they are in every frame."""
    upright = np.broadcast_to(np.eye(3), (frames, 3, 3))
    return [
        Part(
            MATERIALS.index("thing"),
            np.broadcast_to(np.array(prop.start_m), (frames, 3)),
            np.broadcast_to(np.array(prop.end_m), (frames, 3)),
            prop.radius_m,
            prop.radius_m,
            upright,
            prop.stretch,
        )
        for prop in props
    ]


class Figure:
    """Collects the parts of one performer."""

    def __init__(self, body: Proportions, look: Appearance, skeleton: Skeleton) -> None:
        self.body, self.look, self.skeleton = body, look, skeleton
        self.parts: list[Part] = []
        self._torso()
        self._head()
        for side in SIDES:
            self._arm(side)
            self._leg(side)
            self._foot(side)

    def add(
        self,
        material: str,
        start_m: Array,
        end_m: Array,
        radii: tuple[float, float],
        rotation: Array | None = None,
        stretch: tuple[float, float, float] = (1.0, 1.0, 1.0),
        *,
        grows: bool = True,
    ) -> None:
        """Add a round cone; radii are fractions of stature and grow with girth."""
        scale = self.body.stature_m * (self.body.girth if grows else 1.0)
        start_radius, end_radius = radii[0] * scale, radii[1] * scale
        index = MATERIALS.index(material)
        self.parts.append(Part(index, start_m, end_m, start_radius, end_radius, rotation, stretch))

    def _at(self, origin: Array, rotation: Array, offset: ArrayLike) -> Array:
        return origin + turn(rotation, np.asarray(offset, float) * self.body.stature_m)

    def _torso(self) -> None:
        bone = self.skeleton
        hip, shoulder = bone.pair("hip"), bone.pair("shoulder")
        pelvis, rotation = hip.mean(axis=1), bone.pelvis_rotation
        trunk, top = bone.trunk_rotation, shoulder.mean(axis=1)
        low = self._at(pelvis, rotation, [-0.006, 0, 0.000])
        high = self._at(pelvis, rotation, [0, 0, 0.03])
        self.add("bottom", low, high, (0.086, 0.082), rotation, (0.72, 1.0, 0.75))
        for y in (0.043, -0.043):
            seat = self._at(pelvis, rotation, [-0.022, y, -0.012])
            self.add("bottom", seat, seat, (0.052, 0.052))
        hem = self._at(pelvis, rotation, [-0.005, 0, 0.018])
        waist = self._at(pelvis, trunk, [0, 0, 0.085])
        ribs = self._at(top, trunk, [-0.002, 0, -0.095])
        self.add("top", hem, waist, (0.0885, 0.076), rotation, (0.75, 1.0, 0.2))
        self.add("top", waist, ribs, (0.075, 0.091), trunk, (0.70, 1.0, 0.75))
        self.add(
            "top",
            ribs,
            self._at(top, trunk, [-0.006, 0, -0.022]),
            (0.091, 0.070),
            trunk,
            (0.69, 1.0, 0.6),
        )
        for side in range(2):
            inner = top + 0.80 * (shoulder[:, side] - top)
            self.add("top", top, inner + 0 * top, (0.038, 0.036), trunk, (0.9, 1.0, 0.9))
            neck = self._at(bone.neck_m, trunk, [-0.014, 0, 0.008])
            self.add("top", neck, shoulder[:, side], (0.030, 0.031))

    def _head(self) -> None:
        bone, rotation = self.skeleton, self.skeleton.head_rotation

        def at(*offset: float) -> Array:
            return self._at(bone.head_m, rotation, offset)

        self.add(
            "skin",
            self._at(bone.neck_m, rotation, [-0.004, 0, -0.01]),
            at(-0.010, 0, -0.030),
            (0.034, 0.032),
        )
        self._ball("face", at(0.0, 0, 0.008), (0.055, 0.044, 0.056))
        self._ball("face", at(0.009, 0, -0.024), (0.0415, 0.0365, 0.047))
        self._ball("hair", at(-0.010, 0, 0.016), (0.055, 0.048, 0.056))
        if self.look.long_hair:
            self._ball("hair", at(-0.024, 0, -0.022), (0.037, 0.0465, 0.074))
        self.add("face", at(0.050, 0, 0.004), at(0.058, 0, -0.013), (0.0055, 0.0095), grows=False)
        mouth = (at(0.0465, 0.011, -0.038), at(0.0465, -0.011, -0.038))
        self.add("lips", *mouth, (0.0055, 0.0055), rotation, (0.9, 1, 0.8), grows=False)
        for y in (1, -1):
            self._ball("eye_white", at(0.0455, 0.0185 * y, 0.003), (0.006, 0.0092, 0.0058))
            self._ball("dark", at(0.0490, 0.0185 * y, 0.003), (0.004, 0.0046, 0.0050))
            brow = (at(0.0515, 0.010 * y, 0.0140), at(0.0440, 0.027 * y, 0.0165))
            self.add("hair", *brow, (0.0030, 0.0026), grows=False)
            self._ball("face", at(-0.004, 0.044 * y, -0.006), (0.011, 0.006, 0.017))

    def _ball(self, material: str, centre_m: Array, radii: tuple[float, float, float]) -> None:
        rotation = self.skeleton.head_rotation
        self.add(material, centre_m, centre_m, (1.0, 1.0), rotation, radii, grows=False)

    def _arm(self, side: str) -> None:
        bone = self.skeleton
        shoulder, elbow, wrist = (bone.joint(f"{side}_{n}") for n in ("shoulder", "elbow", "wrist"))
        rotation = bone.hand_rotation[:, SIDES.index(side)]
        long = self.look.long_sleeves
        sleeve = elbow if long else shoulder + 0.58 * (elbow - shoulder)
        self.add("top", shoulder, sleeve, (0.0375, 0.029 if long else 0.0325))
        self.add("top" if long else "skin", shoulder, elbow, (0.034, 0.0245))
        bulge = elbow + 0.22 * (wrist - elbow)
        cuff = "top" if long else "skin"
        self.add(cuff, elbow, bulge, (0.0245, 0.0265))
        self.add(cuff, bulge, wrist, (0.0265, 0.0165))
        knuckles = self._at(wrist, rotation, [0.002, 0, -0.050])
        tips = self._at(wrist, rotation, [0.006, 0, -0.092])
        self.add("skin", wrist, knuckles, (0.018, 0.024), rotation, (1.0, 0.55, 1.0))
        self.add("skin", knuckles, tips, (0.022, 0.012), rotation, (1.0, 0.5, 1.0))
        thumb = (
            self._at(wrist, rotation, [0.012, 0, -0.020]),
            self._at(wrist, rotation, [0.030, 0, -0.052]),
        )
        self.add("skin", *thumb, (0.011, 0.008))

    def _leg(self, side: str) -> None:
        bone = self.skeleton
        hip, knee, ankle = (bone.joint(f"{side}_{n}") for n in ("hip", "knee", "ankle"))
        back = turn(bone.foot_rotation[:, SIDES.index(side)], [-0.010 * self.body.stature_m, 0, 0])
        calf = knee + 0.28 * (ankle - knee) + back
        long = self.look.long_trousers
        leg = "bottom" if long else "skin"
        self.add(leg, hip, knee, (0.054, 0.0345))
        self.add(leg, knee, calf, (0.034, 0.034))
        self.add(leg, calf, ankle, (0.034, 0.026 if long else 0.0215))
        if not long:
            self.add("bottom", hip, hip + 0.72 * (knee - hip), (0.056, 0.0455))
            self.add("sole", ankle, ankle + 0.16 * (knee - ankle), (0.0235, 0.0245))

    def _foot(self, side: str) -> None:
        rotation = self.skeleton.foot_rotation[:, SIDES.index(side)]
        ankle = self.skeleton.joint(f"{side}_ankle")

        def at(x: float, z: float) -> Array:
            return self._at(ankle, rotation, [x, 0, z])

        self.add("shoe", at(0, -0.006), at(-0.016, -0.022), (0.0235, 0.027), grows=False)
        self.add("shoe", at(-0.018, -0.024), at(0.030, -0.022), (0.025, 0.026), grows=False)
        self.add(
            "shoe",
            at(0.020, -0.024),
            at(0.082, -0.031),
            (0.024, 0.017),
            rotation,
            (1, 1.25, 1),
            grows=False,
        )
        self.add(
            "sole",
            at(-0.022, -0.042),
            at(0.084, -0.042),
            (0.024, 0.024),
            rotation,
            (1, 1.1, 0.3),
            grows=False,
        )
