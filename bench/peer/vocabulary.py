"""Words, state bins and slots (src/contract/maneuver.ts and src/tokens)."""

import math
from typing import NamedTuple

import numpy as np

from .observation import F32

ANSWERS = (
    "NONE ACCEPTED DONE REFUSED_NO_LANE REFUSED_UNSAFE REFUSED_ILLEGAL REFUSED_NOT_UNDERSTOOD"
).split()
RATIONALES = (
    "NONE FREE_ROAD LEAD_VEHICLE LEAD_BRAKING LEAD_STANDING LEAD_MOVING_OFF CUT_IN "
    "VULNERABLE_ON_PATH OBSTACLE_ON_PATH RED_LIGHT GREEN_LIGHT STOP_LINE CURVE SPEED_LIMIT "
    "INSTRUCTION_SPEED INSTRUCTION_GAP INSTRUCTION_LANE INSTRUCTION_STOP INSTRUCTION_PULL_OVER "
    "LANE_BLOCKED OFF_LANE_CENTRE INSTRUCTION_REFUSED"
).split()
LATERALS = (
    "KEEP_LANE LANE_CHANGE_LEFT LANE_CHANGE_RIGHT TURN_LEFT TURN_RIGHT GO_STRAIGHT PULL_OVER "
    "NUDGE_LEFT NUDGE_RIGHT"
).split()
LONGITUDINALS = "KEEP_SPEED ACCELERATE DECELERATE STOP WAIT EMERGENCY_BRAKE".split()
SPEED_STEP_MPS = 0.5
GAP_MIN_M = 2
GAP_RATIO = math.pow(120 / 2, 1 / 44)
STEPS = 6

PHASES = ("NONE", "LEFT", "RIGHT", "PULL_OVER", "DONE")
TIME_BINS_S = (0.05, 0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 8, 10, 15, 20, 30)
MASKED = -1e9


class Vocabulary(NamedTuple):
    """Ranges [first, count) by slot kind, and the kind of each of the 19 slots, from card.json."""

    ranges: dict[str, tuple[int, int]]
    slots: list[str]

    @property
    def size(self) -> int:
        return sum(count for _, count in self.ranges.values())

    def mask(self) -> F32:
        """Additive [19, V]: 0 inside the grammar."""
        mask = np.full((len(self.slots), self.size), MASKED, np.float32)
        for row, kind in zip(mask, self.slots, strict=True):
            first, count = self.ranges[kind]
            row[first : first + count] = 0
        return mask

    def local(self, tokens: list[int]) -> list[int]:
        """Index inside its own range for each token."""
        found = []
        for token, kind in zip(tokens, self.slots, strict=True):
            first, count = self.ranges[kind]
            if not first <= token < first + count:
                raise ValueError(
                    f"{kind}: token {first}…{first + count - 1} expected, found {token}"
                )
            found.append(token - first)
        return found


class State(NamedTuple):
    """What the planner is told beside text and BEV; None = not known."""

    speed_mps: float | None
    accel_mps2: float | None
    yaw_rate_radps: float | None
    cruise_speed_mps: float
    since_instruction_s: float
    speed_when_given_mps: float | None
    phase: str
    since_phase_s: float


def encode_state(state: State) -> list[int]:
    """Eight ids in consecutive ranges of one state vocabulary."""
    codes = (
        (_uniform(state.speed_mps, 0, 0.25, 161), 162),
        (_uniform(state.accel_mps2, -8, 0.5, 25), 26),
        (_uniform(state.yaw_rate_radps, -0.6, 0.05, 25), 26),
        (_uniform(state.cruise_speed_mps, 0, SPEED_STEP_MPS, 81), 82),
        (_time_bin(state.since_instruction_s), len(TIME_BINS_S) + 1),
        (_uniform(state.speed_when_given_mps, 0, SPEED_STEP_MPS, 81), 82),
        (PHASES.index(state.phase), len(PHASES)),
        (_time_bin(state.since_phase_s), len(TIME_BINS_S) + 1),
    )
    ids, offset = [], 0
    for code, size in codes:
        ids.append(offset + code)
        offset += size
    return ids


def _uniform(value: float | None, low: float, step: float, count: int) -> int:
    if value is None:
        return count
    return max(0, min(count - 1, math.floor((value - low) / step + 0.5)))


def _time_bin(seconds: float) -> int:
    return next((i for i, bound in enumerate(TIME_BINS_S) if seconds <= bound), len(TIME_BINS_S))
