"""JPEG → the views of one camera, by OpenCV (src/image/decode.ts and resample.ts)."""

import cv2
import numpy as np

from .observation import U8, CameraImage
from .views import HEIGHT_PX, WIDTH_PX, Region, View

FLAGS = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION


def decode_views(image: CameraImage, views: list[View]) -> list[U8] | None:
    """[96, 320, 3] rgb of each view; None where the picture does not decode or has another size."""
    rgb = cv2.imdecode(np.frombuffer(image.data, np.uint8), FLAGS)
    k = image.intrinsics
    if rgb is None or rgb.shape[:2] != (k.height_px, k.width_px):
        return None
    return [cut_and_resize(np.asarray(rgb, np.uint8), view.region) for view in views]


def cut_and_resize(rgb: U8, region: Region) -> U8:
    """Shrinking averages the area below each pixel, enlarging interpolates; black outside."""
    left, top, width, height = region
    right, bottom = left + width, top + height
    rows, columns = rgb.shape[:2]
    part = rgb[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    outside = (max(0, -top), max(0, bottom - rows), max(0, -left), max(0, right - columns))
    if any(outside):
        part = np.pad(part, (outside[:2], outside[2:], (0, 0)))
    across = cv2.INTER_AREA if width > WIDTH_PX else cv2.INTER_LINEAR
    down = cv2.INTER_AREA if height > HEIGHT_PX else cv2.INTER_LINEAR
    if across != down:
        part = np.asarray(cv2.resize(part, (width, HEIGHT_PX), interpolation=down), np.uint8)
    return np.asarray(cv2.resize(part, (WIDTH_PX, HEIGHT_PX), interpolation=across), np.uint8)
