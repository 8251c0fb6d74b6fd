"""Trajectory codes → states through a kinematic bicycle (src/geometry/bicycle.ts)."""

import math

ACCEL_CODES_MPS2 = (
    *(-8, -6, -4.5, -3.5, -2.75, -2.25, -1.75, -1.25, -0.9),
    *(-0.6, -0.3, 0, 0.3, 0.6, 0.9, 1.2, 1.5, 2),
)
_UP = (0.01, 0.04, 0.09, 0.16, 0.25, 0.36, 0.49, 0.64, 0.81, 1)
CURVATURE_CODES_RATIO = (*(-v for v in reversed(_UP)), 0, *_UP)
LATERAL_ACCEL_MAX_MPS2 = 3.0
WHEELBASE_M, STEER_MAX_RAD = 2.8, 0.6
STEP_S = 0.5

Trajectory = dict[str, list[float]]


def decode_trajectory(speed: float, accel_codes: list[int], curve_codes: list[int]) -> Trajectory:
    x = y = yaw = 0.0
    v = max(0.0, speed)
    out: Trajectory = {"x_m": [], "y_m": [], "yaw_rad": [], "speed_mps": []}
    for accel_code, curve_code in zip(accel_codes, curve_codes, strict=True):
        accel = ACCEL_CODES_MPS2[accel_code]
        curve_max = min(
            math.tan(STEER_MAX_RAD) / WHEELBASE_M, LATERAL_ACCEL_MAX_MPS2 / max(v * v, 0.01)
        )
        curvature = CURVATURE_CODES_RATIO[curve_code] * curve_max
        v1 = max(0.0, v + accel * STEP_S)
        move_s = min(STEP_S, v / -accel) if accel < 0 and v1 == 0 else STEP_S
        ds = ((v + v1) / 2) * move_s
        turn = ds * curvature
        chord = ds if abs(turn) < 1e-9 else (2 * math.sin(turn / 2)) / curvature
        x += chord * math.cos(yaw + turn / 2)
        y += chord * math.sin(yaw + turn / 2)
        yaw += turn
        v = v1
        for name, value in zip(out, (x, y, yaw, v), strict=True):
            out[name].append(value)
    return out
