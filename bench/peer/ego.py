"""How ego moves, from its poses (src/ingest/ego-track.ts and ego-motion.ts)."""

import math
from typing import NamedTuple

from .se3 import IDENTITY, Se3, compose, invert, yaw_of
from .tf_tree import EGO_FRAME, HOLE_US, TfTree

FIT_WINDOW_US = 500_000
FIT_GAP_US = 300_000
POSE_SIGMA_M = 0.02
ACCEL_SIGMA_MPS2 = 2
JITTER_MAX_M = 0.05
STANDSTILL_MPS = 0.05
SPEED_MAX_MPS = 90
ACCEL_MAX_MPS2 = 15
YAW_RATE_MAX_RADPS = 3


class EgoState(NamedTuple):
    speed_mps: float
    accel_mps2: float
    yaw_rate_radps: float
    odom_from_ego: Se3 | None


class Sample(NamedTuple):
    stamp_us: int
    x_m: float
    y_m: float
    yaw_rad: float


def ego_tick_from_ego(tf: TfTree, tick_us: int, stamp_us: int, as_of_us: int) -> Se3 | None:
    """ego at tick_us <- ego at stamp_us; ego stands where nothing says how it moves."""
    fixed = tf.fixed_frame()
    if tick_us == stamp_us or fixed is None:
        return IDENTITY
    fixed_from_tick = tf.lookup(fixed, EGO_FRAME, tick_us, as_of_us)
    fixed_from_ego = tf.lookup(fixed, EGO_FRAME, stamp_us, as_of_us)
    if fixed_from_tick is None or fixed_from_ego is None:
        return None
    return compose(invert(fixed_from_tick), fixed_from_ego)


def ego_state_at(tf: TfTree, tick_us: int, as_of_us: int) -> EgoState | None:
    fixed = tf.fixed_frame()
    if fixed is None:
        return None
    samples = []
    for stamp_us in tf.ego_stamps_us(tick_us - FIT_WINDOW_US - HOLE_US, as_of_us):
        pose = tf.lookup(fixed, EGO_FRAME, stamp_us, as_of_us)
        if pose is not None:
            samples.append(Sample(stamp_us, pose.t[0], pose.t[1], yaw_of(pose)))
    if not samples or tick_us - samples[-1].stamp_us > HOLE_US:
        return None
    motion = _motion_of(samples)
    if motion is None:
        return None
    speed, accel, yaw_rate = motion
    if abs(speed) > SPEED_MAX_MPS or abs(accel) > ACCEL_MAX_MPS2:
        return None
    if abs(yaw_rate) > YAW_RATE_MAX_RADPS:
        return None
    return EgoState(speed, accel, yaw_rate, tf.lookup(fixed, EGO_FRAME, tick_us, as_of_us))


def _motion_of(samples: list[Sample]) -> tuple[float, float, float] | None:
    """Speed along the vehicle, acceleration and yaw rate at the newest sample."""
    newest = samples[-1]
    window = _connected(samples, newest.stamp_us)
    if len(window) < 2:
        return None
    t_s = [(s.stamp_us - newest.stamp_us) / 1e6 for s in window]
    cos, sin = math.cos(newest.yaw_rad), math.sin(newest.yaw_rad)
    along = [(s.x_m - newest.x_m) * cos + (s.y_m - newest.y_m) * sin for s in window]
    slope, _, sigma = _fit_line(t_s, along)
    if abs(slope) < max(STANDSTILL_MPS, 2 * sigma):
        return (0.0, 0.0, 0.0)
    speed, accel = _fit_curve(t_s, along)
    yaw_rate, _, _ = _fit_line(t_s, [_wrap(s.yaw_rad - newest.yaw_rad) for s in window])
    return (speed, accel, yaw_rate)


def _connected(samples: list[Sample], newest_us: int) -> list[Sample]:
    start = len(samples) - 1
    while start > 0:
        older = samples[start - 1].stamp_us
        if samples[start].stamp_us - older > FIT_GAP_US:
            break
        if newest_us - older > FIT_WINDOW_US * 1.02:
            break
        start -= 1
    return samples[start:]


def _fit_line(t_s: list[float], y: list[float]) -> tuple[float, float, float]:
    """Least squares: slope, offset and the uncertainty of the slope."""
    n = len(t_s)
    t_mean = sum(t_s) / n
    y_mean = sum(y) / n
    tt = sum((t - t_mean) ** 2 for t in t_s)
    ty = sum((t - t_mean) * (v - y_mean) for t, v in zip(t_s, y, strict=True))
    slope = ty / tt if tt > 0 else 0.0
    offset = y_mean - slope * t_mean
    rest = sum((v - offset - slope * t) ** 2 for t, v in zip(t_s, y, strict=True))
    sigma = min(JITTER_MAX_M, math.sqrt(rest / (n - 2))) if n > 2 else 0.0
    return slope, offset, sigma / math.sqrt(tt) if tt > 0 else 0.0


def _fit_curve(t_s: list[float], s: list[float]) -> tuple[float, float]:
    """s = s0 + v·t + a·t²/2 at t = 0, a held back by its prior where the data is thin."""
    half = [(t * t) / 2 for t in t_s]
    slope, offset, _ = _fit_line(t_s, s)
    half_slope, half_offset, _ = _fit_line(t_s, half)
    hh = hs = 0.0
    for t, value, h0 in zip(t_s, s, half, strict=True):
        h = h0 - half_offset - half_slope * t
        hh += h * h
        hs += h * (value - offset - slope * t)
    accel = hs / (hh + (POSE_SIGMA_M / ACCEL_SIGMA_MPS2) ** 2)
    return slope - accel * half_slope, accel


def _wrap(rad: float) -> float:
    return math.atan2(math.sin(rad), math.cos(rad))
