"""Points → six pillar channels (src/bev/pillarize.ts), in numpy's indexed and binned sums."""

import math
from typing import NamedTuple

import numpy as np

from .observation import F32, F64, U8, Index, Points

NX, NY = 256, 128
CELLS = NX * NY
X_MIN_M = Y_MIN_M = -32.0
CELL_M = 0.5
Z_MIN_M, Z_MAX_M = -1.0, 4.0
RAISED_MIN_M, RAISED_MAX_M = 0.3, 2.8
COARSE = 4


def _log_table(scale: int) -> U8:
    return np.minimum(255, np.floor(scale * np.log2(1 + np.arange(1024)) + 0.5)).astype(np.uint8)


COUNT_CODE = _log_table(32)
PAST_CODE = _log_table(40)
_coarse_x = np.arange(NX, dtype=np.int32)[:, None] // COARSE
_coarse_y = np.arange(NY, dtype=np.int32)[None, :] // COARSE
COARSE_OF_CELL = (_coarse_x * (NY // COARSE) + _coarse_y).ravel()


class Motion(NamedTuple):
    """Planar now_from_past."""

    yaw_rad: float
    tx_m: float
    ty_m: float


class Raised(NamedTuple):
    """[N] m: points that stand out of the ground, in ego of their own sweep."""

    x: F32
    y: F32


def _cells(x_m: F64, y_m: F64) -> tuple[Index, Index]:
    """Points inside the grid, and the cell of each of them."""
    fx = (x_m - X_MIN_M) / CELL_M
    fy = (y_m - Y_MIN_M) / CELL_M
    keep = np.flatnonzero((fx >= 0) & (fx < NX) & (fy >= 0) & (fy < NY))
    return keep, fx[keep].astype(np.intp) * NY + fy[keep].astype(np.intp)


def pillarize(points: Points, out: U8) -> Raised:
    """Writes channels 0–3 of out [6, 256·128] and gives back the raised points."""
    keep, cell = _cells(points.x.astype(np.float64), points.y.astype(np.float64))
    z = points.z[keep]
    z_min = np.full(CELLS, np.inf, np.float32)
    np.minimum.at(z_min, cell, z)
    z_max = np.full(CELLS, -np.inf, np.float32)
    low = np.flatnonzero(z < Z_MAX_M)
    np.maximum.at(z_max, cell[low], z[low])
    total = np.zeros(CELLS, np.float32)
    np.add.at(total, cell, points.intensity[keep])
    count = np.minimum(1023, np.bincount(cell, minlength=CELLS))
    used = np.flatnonzero(count)
    n, low_m = count[used], z_min[used]
    out[:4] = 0
    out[0, used] = COUNT_CODE[n]
    out[1, used] = _z_code(np.maximum(z_max[used], low_m))
    out[2, used] = _z_code(low_m)
    out[3, used] = np.minimum(255, np.floor(255 * total[used].astype(np.float64) / n + 0.5))
    coarse = z_min.reshape(NX // COARSE, COARSE, NY // COARSE, COARSE).min(axis=(1, 3)).ravel()
    above = z.astype(np.float64) - coarse[COARSE_OF_CELL[cell]]
    raised = keep[(above >= RAISED_MIN_M) & (above <= RAISED_MAX_M)]
    return Raised(points.x[raised], points.y[raised])


def _z_code(z_m: F32) -> F64:
    steps = (z_m.astype(np.float64) - Z_MIN_M) * (254 / (Z_MAX_M - Z_MIN_M))
    return np.asarray(np.clip(1 + np.floor(steps + 0.5), 1, 255), np.float64)


def past_occupancy(raised: Raised | None, now_from_past: Motion, out: U8) -> None:
    """Writes one past channel [256·128]; no history is an empty plane."""
    if raised is None:
        out[:] = 0
        return
    x, y = moved(now_from_past, raised.x, raised.y)
    _, cell = _cells(x, y)
    out[:] = PAST_CODE[np.minimum(1023, np.bincount(cell, minlength=CELLS))]


def moved(motion: Motion, x_m: F32, y_m: F32) -> tuple[F64, F64]:
    cos, sin = math.cos(motion.yaw_rad), math.sin(motion.yaw_rad)
    x, y = x_m.astype(np.float64), y_m.astype(np.float64)
    return cos * x - sin * y + motion.tx_m, sin * x + cos * y + motion.ty_m
