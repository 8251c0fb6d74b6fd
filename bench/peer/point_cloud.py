"""Packed points of foxglove.PointCloud → columns (src/ingest/point-cloud-loader.ts)."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .observation import F32, Points
from .se3 import IDENTITY, Se3

FORMATS = ("", "u1", "i1", "<u2", "<i2", "<u4", "<i4", "<f4", "<f8")
U8_SCALE = (np.arange(256) / 255).astype(np.float32)


def read_points(cloud: Any, ego_from_cloud: Se3) -> Points | None:
    """Finite points in ego; None where there are none. Integer intensities are 0..top = 0..1."""
    fields = {f.name: f for f in cloud.fields}
    intensity = fields.get("intensity") or fields.get("i")
    names = [fields["x"], fields["y"], fields["z"], *([intensity] if intensity else [])]
    dtype = np.dtype(
        {
            "names": [f.name for f in names],
            "formats": [FORMATS[f.type] for f in names],
            "offsets": [f.offset for f in names],
            "itemsize": cloud.point_stride,
        }
    )
    packed = np.frombuffer(cloud.data, dtype)
    x, y, z = (np.ascontiguousarray(packed[name], np.float32) for name in "xyz")
    look = _unit(packed[intensity.name]) if intensity else np.zeros(len(x), np.float32)
    finite = np.isfinite(x) & np.isfinite(y) & np.isfinite(z)
    if not finite.all():
        x, y, z, look = x[finite], y[finite], z[finite], look[finite]
    if len(x) == 0:
        return None
    if ego_from_cloud != IDENTITY:
        x, y, z = _moved(ego_from_cloud, x, y, z)
    return Points(x, y, z, look)


def _unit(column: npt.NDArray[Any]) -> F32:
    if column.dtype == np.uint8:
        return np.asarray(U8_SCALE[column])
    if column.dtype.kind in "ui":
        top = np.iinfo(column.dtype).max
        return np.asarray(np.minimum(1, np.maximum(column, 0) / top), np.float32)
    value = column.astype(np.float32)
    value = np.where((value > 0) & (value < np.inf), value, np.float32(0))
    top = 1 if value.max(initial=0) <= 1 else 255
    return np.asarray(np.minimum(1, value / top), np.float32)


def _moved(dst_from_src: Se3, x: F32, y: F32, z: F32) -> tuple[F32, F32, F32]:
    r, t = dst_from_src
    xd, yd, zd = (v.astype(np.float64) for v in (x, y, z))

    def row(i: int) -> F32:
        k = 3 * i
        return (r[k] * xd + r[k + 1] * yd + r[k + 2] * zd + t[i]).astype(np.float32)

    return row(0), row(1), row(2)
