"""Constants that must equal the TypeScript side (src/contract, src/tokens, src/bev).

Shape letters: B batch, S samples, K instruction variants, C channels, X, Y cells, N images,
T tokens, V vocabulary.
"""

from typing import Any, Final

import numpy as np

BEV_SPEC: Final = {"x_min_m": -32, "y_min_m": -32, "cell_m": 1, "nx": 128, "ny": 64}
BEV_CHANNELS: Final = (
    "vehicle",
    "vulnerable",
    "static",
    "vx",
    "vy",
    "drivable",
    "lane_mark",
    "lane_direction",
    "stop_line",
    "signal_stop",
    "signal_go",
    "visible",
)
CHANNEL: Final = {name: index for index, name in enumerate(BEV_CHANNELS)}
BEV_SHAPE: Final = (12, 128, 64)
CELLS: Final = 128 * 64
VELOCITY_ZERO: Final = 128
VELOCITY_STEPS_PER_MPS: Final = 4
# Value of each channel where nothing is known.
BEV_NEUTRAL: Final = (0, 0, 0, 128, 128, 0, 0, 128, 0, 0, 0, 0)

PILLAR_CHANNELS: Final = (
    "log_count",
    "z_max",
    "z_min",
    "intensity",
    "past_500ms",
    "past_1000ms",
)
PILLARS: Final = {"channels": list(PILLAR_CHANNELS), "nx": 256, "ny": 128, "cell_m": 0.5}
IMAGE_HEIGHT: Final = 96
IMAGE_WIDTH: Final = 320
IMAGE_STRIDE: Final = 8
FEATURE_ROWS: Final = IMAGE_HEIGHT // IMAGE_STRIDE
FEATURE_COLUMNS: Final = IMAGE_WIDTH // IMAGE_STRIDE
FEATURES: Final = FEATURE_ROWS * FEATURE_COLUMNS
HEIGHTS_M: Final = (0, 0.7, 1.5, 4.5)
IMAGES: Final = {
    "height": IMAGE_HEIGHT,
    "width": IMAGE_WIDTH,
    "stride": IMAGE_STRIDE,
    "heights_m": list(HEIGHTS_M),
}

TEXT_TOKENS_MAX: Final = 32
TEXT_WIDTH: Final = 384
STATE_TOKENS: Final = 8

ANSWERS: Final = (
    "NONE",
    "ACCEPTED",
    "DONE",
    "REFUSED_NO_LANE",
    "REFUSED_UNSAFE",
    "REFUSED_ILLEGAL",
    "REFUSED_NOT_UNDERSTOOD",
)
RATIONALES: Final = (
    "NONE",
    "FREE_ROAD",
    "LEAD_VEHICLE",
    "LEAD_BRAKING",
    "LEAD_STANDING",
    "LEAD_MOVING_OFF",
    "CUT_IN",
    "VULNERABLE_ON_PATH",
    "OBSTACLE_ON_PATH",
    "RED_LIGHT",
    "GREEN_LIGHT",
    "STOP_LINE",
    "CURVE",
    "SPEED_LIMIT",
    "INSTRUCTION_SPEED",
    "INSTRUCTION_GAP",
    "INSTRUCTION_LANE",
    "INSTRUCTION_STOP",
    "INSTRUCTION_PULL_OVER",
    "LANE_BLOCKED",
    "OFF_LANE_CENTRE",
    "INSTRUCTION_REFUSED",
)
LATERALS: Final = (
    "KEEP_LANE",
    "LANE_CHANGE_LEFT",
    "LANE_CHANGE_RIGHT",
    "TURN_LEFT",
    "TURN_RIGHT",
    "GO_STRAIGHT",
    "PULL_OVER",
    "NUDGE_LEFT",
    "NUDGE_RIGHT",
)
LONGITUDINALS: Final = (
    "KEEP_SPEED",
    "ACCELERATE",
    "DECELERATE",
    "STOP",
    "WAIT",
    "EMERGENCY_BRAKE",
)
CLASS_NAMES: Final = {
    "ANSWER": ANSWERS,
    "RATIONALE": RATIONALES,
    "LATERAL": LATERALS,
    "LONGITUDINAL": LONGITUDINALS,
}
KIND_SIZES: Final = {
    "ANSWER": len(ANSWERS),
    "RATIONALE": len(RATIONALES),
    "LATERAL": len(LATERALS),
    "LONGITUDINAL": len(LONGITUDINALS),
    "TARGET_SPEED": 81,
    "GAP": 46,
    "ACCEL": 18,
    "CURVATURE": 21,
}


def _lay_out() -> dict[str, tuple[int, int]]:
    ranges: dict[str, tuple[int, int]] = {}
    first = 0
    for kind, count in KIND_SIZES.items():
        ranges[kind] = (first, count)
        first += count
    return ranges


VOCABULARY: Final = _lay_out()
VOCABULARY_SIZE: Final = sum(KIND_SIZES.values())
SEQUENTIAL_SLOTS: Final = (
    "ANSWER",
    "RATIONALE",
    "RATIONALE",
    "LATERAL",
    "LONGITUDINAL",
    "TARGET_SPEED",
    "GAP",
)
SLOTS: Final = SEQUENTIAL_SLOTS + ("ACCEL",) * 6 + ("CURVATURE",) * 6
SEQUENTIAL: Final = len(SEQUENTIAL_SLOTS)
SLOT_COUNT: Final = len(SLOTS)
SLOT_FIRST: Final = tuple(VOCABULARY[kind][0] for kind in SLOTS)
ORDINAL_KINDS: Final = ("TARGET_SPEED", "GAP", "ACCEL", "CURVATURE")

SPEED_VALUES_MPS: Final = np.arange(81) * 0.5
# Index 0 is "no lead"; NaN keeps it out of distance errors.
GAP_VALUES_M: Final = np.concatenate([[np.nan], 2.0 * 60.0 ** (np.arange(45) / 44)])
ACCEL_VALUES_MPS2: Final = np.array(
    [-8, -6, -4.5, -3.5, -2.75, -2.25, -1.75, -1.25, -0.9, -0.6, -0.3]
    + [0, 0.3, 0.6, 0.9, 1.2, 1.5, 2]
)
CURVATURE_VALUES_RATIO: Final = np.array(
    [-1, -0.81, -0.64, -0.49, -0.36, -0.25, -0.16, -0.09, -0.04, -0.01]
    + [0, 0.01, 0.04, 0.09, 0.16, 0.25, 0.36, 0.49, 0.64, 0.81, 1]
)
ORDINAL_VALUES: Final = {
    "TARGET_SPEED": SPEED_VALUES_MPS,
    "GAP": GAP_VALUES_M,
    "ACCEL": ACCEL_VALUES_MPS2,
    "CURVATURE": CURVATURE_VALUES_RATIO,
}
ORDINAL_UNITS: Final = {"TARGET_SPEED": "m/s", "GAP": "m", "ACCEL": "m/s²", "CURVATURE": "ratio"}


def grammar_mask() -> np.ndarray[Any, np.dtype[np.float32]]:
    """Additive mask [19, V]: 0 inside the slot's kind, −1e9 elsewhere."""
    mask = np.full((SLOT_COUNT, VOCABULARY_SIZE), -1e9, dtype=np.float32)
    for slot, kind in enumerate(SLOTS):
        first, count = VOCABULARY[kind]
        mask[slot, first : first + count] = 0
    return mask
