"""A court: where its corners are, where they are seen, and where on it a player is."""

from dataclasses import dataclass

import numpy as np

from dancer_pipeline.synthetic.rotations import Array


@dataclass(frozen=True)
class Court:
    """A court whose net is `to_net_m` ahead (x) of the middle of the room; badminton doubles."""

    length_m: float = 13.4
    width_m: float = 6.1
    to_net_m: float = 3.35

    def corners_m(self) -> Array:
        """Own left and right corner, then the right and left one beyond the net: (4, 3)."""
        near, far = self.to_net_m - self.length_m / 2, self.to_net_m + self.length_m / 2
        left, right = self.width_m / 2, -self.width_m / 2
        return np.array([[near, left, 0], [near, right, 0], [far, right, 0], [far, left, 0]])

    def lines_m(self) -> Array:
        """Lines on the floor, from and to: the outline, and the one below the net."""
        corners = self.corners_m()
        outline = np.stack([corners, np.roll(corners, -1, axis=0)], axis=1)
        net = np.array([[[self.to_net_m, y, 0] for y in (self.width_m / 2, -self.width_m / 2)]])
        return np.concatenate([outline, net])

    def place(self, world_m: Array) -> Array:
        """Metres from the left side line and from the own base line, of places (..., 2)."""
        across = self.width_m / 2 - world_m[..., 1]
        along = world_m[..., 0] - (self.to_net_m - self.length_m / 2)
        return np.stack([across, along], axis=-1)
