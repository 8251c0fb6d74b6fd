"""Rigid transforms in the arithmetic order of src/geometry/se3.ts: both agree to the bit."""

import math
from typing import NamedTuple

Vec3 = tuple[float, float, float]


class Se3(NamedTuple):
    """dst_from_src: r row-major 3 × 3, t in m."""

    r: tuple[float, ...]
    t: Vec3


IDENTITY = Se3((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 0.0))


def transform_point(dst_from_src: Se3, p: Vec3) -> Vec3:
    r, t = dst_from_src
    x, y, z = p
    return (
        r[0] * x + r[1] * y + r[2] * z + t[0],
        r[3] * x + r[4] * y + r[5] * z + t[1],
        r[6] * x + r[7] * y + r[8] * z + t[2],
    )


def compose(a_from_b: Se3, b_from_c: Se3) -> Se3:
    a = a_from_b.r
    b = b_from_c.r
    r = tuple(
        a[i] * b[j] + a[i + 1] * b[3 + j] + a[i + 2] * b[6 + j]
        for i in (0, 3, 6)
        for j in (0, 1, 2)
    )
    return Se3(r, transform_point(a_from_b, b_from_c.t))


def invert(dst_from_src: Se3) -> Se3:
    r, t = dst_from_src
    rt = (r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8])
    return Se3(
        rt,
        (
            -(rt[0] * t[0] + rt[1] * t[1] + rt[2] * t[2]),
            -(rt[3] * t[0] + rt[4] * t[1] + rt[5] * t[2]),
            -(rt[6] * t[0] + rt[7] * t[1] + rt[8] * t[2]),
        ),
    )


def from_quaternion(q: tuple[float, float, float, float], t: Vec3) -> Se3:
    """Rotation from a quaternion (x, y, z, w), normalised here."""
    n = math.hypot(*q)
    x, y, z, w = (v / n for v in q)
    return Se3(
        (
            1 - 2 * (y * y + z * z),
            2 * (x * y - z * w),
            2 * (x * z + y * w),
            2 * (x * y + z * w),
            1 - 2 * (x * x + z * z),
            2 * (y * z - x * w),
            2 * (x * z - y * w),
            2 * (y * z + x * w),
            1 - 2 * (x * x + y * y),
        ),
        t,
    )


def to_quaternion(r: tuple[float, ...]) -> tuple[float, float, float, float]:
    """Unit quaternion (x, y, z, w), w ≥ 0; the largest component divides."""
    m00, m01, m02, m10, m11, m12, m20, m21, m22 = r
    xx = 1 + m00 - m11 - m22
    yy = 1 - m00 + m11 - m22
    zz = 1 - m00 - m11 + m22
    ww = 1 + m00 + m11 + m22
    most = max(xx, yy, zz, ww)
    if most == ww:
        q = (m21 - m12, m02 - m20, m10 - m01, ww)
    elif most == xx:
        q = (xx, m01 + m10, m02 + m20, m21 - m12)
    elif most == yy:
        q = (m01 + m10, yy, m12 + m21, m02 - m20)
    else:
        q = (m02 + m20, m12 + m21, zz, m10 - m01)
    n = (-1 if q[3] < 0 else 1) * (math.hypot(*q) or 1)
    return (q[0] / n, q[1] / n, q[2] / n, q[3] / n)


def interpolate(a: Se3, b: Se3, ratio: float) -> Se3:
    """Pose between a (0) and b (1): linear translation, spherical rotation."""
    qa = to_quaternion(a.r)
    qb = to_quaternion(b.r)
    dot = qa[0] * qb[0] + qa[1] * qb[1] + qa[2] * qb[2] + qa[3] * qb[3]
    if dot < 0:
        qb = (-qb[0], -qb[1], -qb[2], -qb[3])
        dot = -dot
    theta = math.acos(min(1.0, dot))
    sin = math.sin(theta)
    wa = 1 - ratio if sin < 1e-6 else math.sin((1 - ratio) * theta) / sin
    wb = ratio if sin < 1e-6 else math.sin(ratio * theta) / sin
    at, bt = a.t, b.t
    return from_quaternion(
        (
            wa * qa[0] + wb * qb[0],
            wa * qa[1] + wb * qb[1],
            wa * qa[2] + wb * qb[2],
            wa * qa[3] + wb * qb[3],
        ),
        (
            at[0] + (bt[0] - at[0]) * ratio,
            at[1] + (bt[1] - at[1]) * ratio,
            at[2] + (bt[2] - at[2]) * ratio,
        ),
    )


def yaw_of(dst_from_src: Se3) -> float:
    return math.atan2(dst_from_src.r[3], dst_from_src.r[0])
