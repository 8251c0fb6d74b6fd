"""What one tick knows."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .ego import EgoState
from .se3 import Se3

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
I32 = npt.NDArray[np.int32]
Index = npt.NDArray[np.intp]


class Intrinsics(NamedTuple):
    width_px: int
    height_px: int
    fx_px: float
    fy_px: float
    cx_px: float
    cy_px: float


class CameraImage(NamedTuple):
    name: str
    data: bytes
    intrinsics: Intrinsics
    ego_from_camera: Se3


class Points(NamedTuple):
    """[N] each: m in ego, intensity 0..1."""

    x: F32
    y: F32
    z: F32
    intensity: F32


class Observation(NamedTuple):
    id: int
    stamp_us: int
    images: list[CameraImage]
    points: Points | None
    ego: EgoState | None
    text: str
    given_us: int
