"""Follows ego over the ground (src/bev/ego-odometry.ts)."""

import math
from typing import NamedTuple

from .ego import EgoState
from .pillars import Motion
from .se3 import compose, invert, yaw_of


class Pose(NamedTuple):
    x_m: float
    y_m: float
    yaw_rad: float


class Odometry:
    """By recorded poses where two observations in a row have them, else by speed and yaw rate."""

    def __init__(self) -> None:
        self._pose = Pose(0.0, 0.0, 0.0)
        self._last: tuple[int, EgoState] | None = None
        self.generation = 0

    def advance(self, stamp_us: int, ego: EgoState | None) -> Pose:
        if self._last is None or ego is None:
            if self._last is not None and stamp_us - self._last[0] <= 300_000:
                step = _dead_reckon(self._last[1], (stamp_us - self._last[0]) / 1e6)
                return _move_by(self._pose, step)
            self.generation += 1
            if ego is not None:
                self._last = (stamp_us, ego)
            return self._pose
        dt_s = (stamp_us - self._last[0]) / 1e6
        if dt_s < 0 or dt_s > 2:
            self.generation += 1
        else:
            self._pose = _move_by(self._pose, _motion_between(self._last[1], ego, dt_s))
        self._last = (stamp_us, ego)
        return self._pose


def motion_from(past: Pose, now: Pose) -> Motion:
    c, s = math.cos(now.yaw_rad), math.sin(now.yaw_rad)
    dx, dy = past.x_m - now.x_m, past.y_m - now.y_m
    return Motion(past.yaw_rad - now.yaw_rad, c * dx + s * dy, -s * dx + c * dy)


def _motion_between(before: EgoState, after: EgoState, dt_s: float) -> Pose:
    if before.odom_from_ego is not None and after.odom_from_ego is not None:
        step = compose(invert(before.odom_from_ego), after.odom_from_ego)
        return Pose(step.t[0], step.t[1], yaw_of(step))
    return _dead_reckon(after, dt_s)


def _dead_reckon(ego: EgoState, dt_s: float) -> Pose:
    yaw = ego.yaw_rate_radps * dt_s
    ds = ego.speed_mps * dt_s
    return Pose(ds * math.cos(yaw / 2), ds * math.sin(yaw / 2), yaw)


def _move_by(p: Pose, d: Pose) -> Pose:
    c, s = math.cos(p.yaw_rad), math.sin(p.yaw_rad)
    return Pose(p.x_m + c * d.x_m - s * d.y_m, p.y_m + s * d.x_m + c * d.y_m, p.yaw_rad + d.yaw_rad)
