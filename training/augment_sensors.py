"""Sensor dropout, photometric jitter, pillar noise and mirroring for the bev network."""

from typing import Any

import numpy as np

from training.spec import CHANNEL, FEATURE_COLUMNS, FEATURE_ROWS, FEATURES

Array = np.ndarray[Any, Any]
_NOISE = np.random.default_rng(7).normal(0, 1, 1 << 22).astype(np.float32)


def drop_sensors(
    pillars: Array, images: Array, rng: np.random.Generator, scale: float = 1.0
) -> None:
    """Blacks out LiDAR (12 %), all cameras (12 %), single cameras (8 %), history (10 %); in place.

    pillars [B, 6, 256, 128], images [B, N, 96, 320, 3]. At least one kind of sensor stays.
    """
    for row in range(pillars.shape[0]):
        draw = rng.random() / scale
        if draw < 0.12 and images[row, :, ::16, ::16].any():
            pillars[row] = 0
        elif draw < 0.24 and pillars[row, 0].any():
            images[row] = 0
        else:
            images[row, rng.random(images.shape[1]) < 0.08 * scale] = 0
        if rng.random() < 0.1 * scale:
            pillars[row, 4:] = 0
        elif rng.random() < 0.06 * scale:
            pillars[row, 4 + rng.integers(2)] = 0


def jitter_pillars(pillars: Array, rng: np.random.Generator) -> None:
    """Thins points, scales counts and intensity, shifts heights, cuts range; in place."""
    for row in pillars:
        if not row[0].any():
            continue
        if rng.random() < 0.5:
            keep = rng.random(row.shape[1:], dtype=np.float32) > rng.uniform(0, 0.5)
            row[:4] *= keep
        if rng.random() < 0.3:
            row[4:] *= rng.random(row.shape[1:], dtype=np.float32) > rng.uniform(0, 0.3)
        table = np.arange(256, dtype=np.float32)
        row[0] = np.clip(table * rng.uniform(0.6, 1.15), 0, 255).astype(np.uint8)[row[0]]
        gain = 0.0 if rng.random() < 0.12 else float(np.exp(rng.uniform(-1.2, 1.0)))
        row[3] = np.clip(table * gain, 0, 255).astype(np.uint8)[row[3]]
        shift = np.clip(table + rng.normal(0, 3), 1, 255).astype(np.uint8)
        shift[0] = 0
        row[1:3] = shift[row[1:3]]
        if rng.random() < 0.12:
            first = 64 + rng.integers(60, 190)
            row[:, first:] = 0


def jitter_images(images: Array, rng: np.random.Generator) -> None:
    """Gamma, brightness, contrast, gain per colour, noise, blur, erasing; in place.

    images uint8 [P, 96, 320, 3].
    """
    table = np.arange(256, dtype=np.float32) / 255
    for image in images:
        if rng.random() < 0.12:
            continue
        curve = table ** np.exp(rng.uniform(-0.5, 0.5))
        curve = (curve - 0.5) * rng.uniform(0.6, 1.4) + 0.5 + rng.uniform(-0.15, 0.15)
        if rng.random() < 0.25:
            smooth = image.astype(np.uint16)
            smooth[:, 1:-1] = (smooth[:, :-2] + 2 * smooth[:, 1:-1] + smooth[:, 2:]) >> 2
            smooth[1:-1] = (smooth[:-2] + 2 * smooth[1:-1] + smooth[2:]) >> 2
            image[:] = smooth
        for colour in range(3):
            toned = np.clip(curve * rng.uniform(0.85, 1.15) * 255, 0, 255).astype(np.uint8)
            image[..., colour] = toned[image[..., colour]]
        if rng.random() < 0.4:
            start = rng.integers(0, _NOISE.size - image.size)
            noise = _NOISE[start : start + image.size].reshape(image.shape)
            image[:] = np.clip(image + noise * rng.uniform(1, 10), 0, 255).astype(np.uint8)
        if rng.random() < 0.25:
            height, width = rng.integers(8, 40), rng.integers(8, 80)
            top, left = rng.integers(0, 96 - height), rng.integers(0, 320 - width)
            image[top : top + height, left : left + width] = rng.integers(0, 256, 3)


def mirror_lift(lift: Array, images: int) -> Array:
    """Lift table [B, 4, 8192] of the mirrored scene and pictures."""
    b, heights, _ = lift.shape
    table = np.arange(images * FEATURES + 1)
    grid = table[:-1].reshape(images * FEATURE_ROWS, FEATURE_COLUMNS)
    table[:-1] = grid[:, ::-1].reshape(-1)
    flipped = lift.reshape(b, heights, 128, 64)[..., ::-1].reshape(b, heights, -1)
    return table.astype(lift.dtype)[flipped]


def mirror_lamps(lamps: Array) -> Array:
    """Lamps [B, 16, 2] of the mirrored pictures."""
    feature, told = lamps[..., 0], lamps[..., 1]
    column = feature % FEATURE_COLUMNS
    other = np.where(feature < 0, feature, feature - column + FEATURE_COLUMNS - 1 - column)
    return np.stack([other, told], -1)


def mirror(arrays: dict[str, Array]) -> dict[str, Array]:
    """Swaps left and right of bev, pillars, images, lift and lamps."""
    bev = arrays["bev"][..., ::-1].copy()
    vy = CHANNEL["vy"]
    bev[:, vy] = np.clip(256 - bev[:, vy].astype(np.int16), 0, 255).astype(np.uint8)
    return {
        "bev": bev,
        "pillars": np.ascontiguousarray(arrays["pillars"][..., ::-1]),
        "images": np.ascontiguousarray(arrays["images"][:, :, :, ::-1]),
        "lift": mirror_lift(arrays["lift"], arrays["images"].shape[1]),
        "lamps": mirror_lamps(arrays["lamps"]),
    }
