"""(height, cell) → view and feature, a function of calibration and ego motion (lift-table.ts)."""

import numpy as np

from .observation import F32, I32
from .views import HEIGHT_PX, WIDTH_PX, View

HEIGHTS_M = (0.0, 0.7, 1.5, 4.5)
STRIDE_PX = 8
COLUMNS = WIDTH_PX // STRIDE_PX
FEATURES_PER_VIEW = (HEIGHT_PX // STRIDE_PX) * COLUMNS
NX, NY = 128, 64
CELLS = NX * NY
X_M = np.asarray(-32 + (np.arange(NX) + 0.5), np.float64).reshape(NX, 1)
Y_M = np.asarray(-32 + (np.arange(NY) + 0.5), np.float64).reshape(1, NY)


def lift_table(views: list[View]) -> I32:
    """[4, 8192] int32: view · 480 + row · 40 + column, or views · 480 where none sees the point."""
    out = np.full((len(HEIGHTS_M), CELLS), len(views) * FEATURES_PER_VIEW, np.int32)
    for plane, height_m in zip(out, HEIGHTS_M, strict=True):
        best = np.zeros(CELLS, np.float32)
        for n, view in enumerate(views):
            _lift_view(view, n, height_m, plane, best)
    return out


def _lift_view(view: View, n: int, height_m: float, plane: I32, best: F32) -> None:
    """Takes the cells that this view sees with more pixels per metre than any before."""
    r, t = view.camera_from_ego
    _, _, fx, fy, cx, cy = view.intrinsics
    z = ((r[6] * X_M + r[8] * height_m + t[2]) + r[7] * Y_M).ravel()
    cell = np.flatnonzero(z >= 0.5)
    z = z[cell]
    base_x = r[0] * X_M + r[2] * height_m + t[0]
    u = cx + (fx * (base_x + r[1] * Y_M).ravel()[cell]) / z + 0.5
    seen = np.flatnonzero((u >= 0) & (u < WIDTH_PX))
    cell, z, u = cell[seen], z[seen], u[seen]
    base_y = r[3] * X_M + r[5] * height_m + t[1]
    v = cy + (fy * (base_y + r[4] * Y_M).ravel()[cell]) / z + 0.5
    scale = fx / z
    seen = np.flatnonzero((v >= 0) & (v < HEIGHT_PX) & (scale > best[cell]))
    cell = cell[seen]
    best[cell] = scale[seen]
    feature = (v[seen] / STRIDE_PX).astype(np.int32) * COLUMNS
    plane[cell] = n * FEATURES_PER_VIEW + feature + (u[seen] / STRIDE_PX).astype(np.int32)
