"""Which rectangle of each picture the image network sees (src/bev/views.ts)."""

import math
from typing import NamedTuple

from .observation import CameraImage, Intrinsics
from .se3 import Se3, invert

WIDTH_PX, HEIGHT_PX = 320, 96
BAND_ASPECT = 0.4
BAND_HORIZON_RATIO = 0.4
CROP_WIDTH_RATIO = 1 / 2.75
CROP_HORIZON_RATIO = 0.7
FORWARD_COS_MIN = 0.866


class Region(NamedTuple):
    left_px: int
    top_px: int
    width_px: int
    height_px: int


class View(NamedTuple):
    image_index: int
    region: Region
    intrinsics: Intrinsics
    camera_from_ego: Se3


def plan_views(images: list[CameraImage]) -> list[View]:
    """Band of each camera, then one magnified centre crop of the most forward camera."""
    views = []
    front, front_cos = -1, FORWARD_COS_MIN
    for index, image in enumerate(images):
        width = image.intrinsics.width_px
        views.append(_cut(index, image, width, 0, BAND_HORIZON_RATIO))
        forward_cos = image.ego_from_camera.r[2]
        if forward_cos > front_cos:
            front, front_cos = index, forward_cos
    if front >= 0:
        image = images[front]
        k = image.intrinsics
        width = _round(k.width_px * CROP_WIDTH_RATIO)
        r = invert(image.ego_from_camera).r
        centre = k.cx_px + (k.fx_px * r[0]) / max(r[6], 0.1)
        views.append(_cut(front, image, width, _round(centre - width / 2), CROP_HORIZON_RATIO))
    return views


def _cut(index: int, image: CameraImage, width: int, left: int, horizon_ratio: float) -> View:
    k = image.intrinsics
    camera_from_ego = invert(image.ego_from_camera)
    height = _round(width * BAND_ASPECT)
    top = _round(_horizon_row_px(k, camera_from_ego) - horizon_ratio * height)
    sx, sy = WIDTH_PX / width, HEIGHT_PX / height
    intrinsics = Intrinsics(
        WIDTH_PX,
        HEIGHT_PX,
        k.fx_px * sx,
        k.fy_px * sy,
        (k.cx_px - left + 0.5) * sx - 0.5,
        (k.cy_px - top + 0.5) * sy - 0.5,
    )
    return View(index, Region(left, top, width, height), intrinsics, camera_from_ego)


def _horizon_row_px(k: Intrinsics, camera_from_ego: Se3) -> float:
    r = camera_from_ego.r
    n = math.hypot(r[6], r[7])
    if n < 0.2:
        return k.cy_px
    y = (r[3] * r[6] + r[4] * r[7]) / n
    return k.cy_px + (k.fy_px * y) / n


def _round(value: float) -> int:
    """Half up, as JavaScript does."""
    return math.floor(value + 0.5)
