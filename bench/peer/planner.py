"""BevState, words and motion → one proposal (src/planner/planner.ts)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .model import Model
from .observation import F32, U8, Observation
from .trajectory import decode_trajectory
from .vocabulary import (
    ANSWERS,
    GAP_MIN_M,
    GAP_RATIO,
    LATERALS,
    LONGITUDINALS,
    RATIONALES,
    SPEED_STEP_MPS,
    STEPS,
    State,
    encode_state,
)

DECISION_DELAY_US = 50_000
CRUISE_SPEED_MPS = 13.5
SPEED_CARRY_US = 300_000
# DONE counts once it was said for so long on end.
DONE_STEADY_US = 400_000
PHASE_OF_LATERAL = {
    "LANE_CHANGE_LEFT": "LEFT",
    "LANE_CHANGE_RIGHT": "RIGHT",
    "PULL_OVER": "PULL_OVER",
}

Proposal = dict[str, Any]


@dataclass(slots=True)
class Life:
    """How far the instruction has come: a function of earlier outputs alone."""

    text: str
    given_us: int
    speed_when_given_mps: float | None
    phase: str = "NONE"
    phase_since_us: int = 0
    done_since_us: int | None = None


class Planner:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._mask = model.vocabulary.mask()
        self._life: Life | None = None
        self._last_speed: tuple[int, float] | None = None

    def reset(self) -> None:
        self._life = None
        self._last_speed = None

    def plan(self, observation: Observation, bev: U8) -> Proposal | None:
        now_us = observation.stamp_us + DECISION_DELAY_US
        life = self._present_life(observation)
        if observation.ego is not None:
            self._last_speed = (observation.stamp_us, observation.ego.speed_mps)
        start = self._last_speed
        if start is None or observation.stamp_us - start[0] > SPEED_CARRY_US:
            return None
        state = encode_state(_state(observation, life, now_us))
        tokens, logits = self._model.plan(bev, observation.text, state, self._mask)
        local = self._model.vocabulary.local(tokens)
        answer, lateral = ANSWERS[local[0]], LATERALS[local[3]]
        _advance(life, answer, lateral, now_us)
        trajectory = decode_trajectory(start[1], local[7 : 7 + STEPS], local[7 + STEPS :])
        gap_m = GAP_MIN_M * GAP_RATIO ** (local[6] - 1) if local[6] > 0 else None
        target_mps = local[5] * SPEED_STEP_MPS
        return {
            "observation_id": observation.id,
            "stamp_us": observation.stamp_us,
            "answer": answer,
            "rationale": [RATIONALES[local[1]], RATIONALES[local[2]]],
            "lateral": lateral,
            "longitudinal": LONGITUDINALS[local[4]],
            "target_speed_mps": _coherent(target_mps, gap_m, trajectory["speed_mps"][1]),
            "gap_m": gap_m,
            "trajectory": trajectory,
            "probabilities": self._probabilities(logits, tokens),
            "tokens": tokens,
        }

    def _present_life(self, observation: Observation) -> Life:
        life = self._life
        text, given_us = observation.text, observation.given_us
        if life is None or life.text != text or life.given_us != given_us:
            speed = observation.ego.speed_mps if observation.ego else None
            life = self._life = Life(text, given_us, speed, phase_since_us=given_us)
        return life

    def _probabilities(self, logits: F32, tokens: list[int]) -> list[float]:
        """Softmax of each slot over its own range, before the mask."""
        vocabulary = self._model.vocabulary
        found = []
        for row, kind, token in zip(logits, vocabulary.slots, tokens, strict=True):
            first, count = vocabulary.ranges[kind]
            own = row[first : first + count].astype(np.float64)
            weights = np.exp(own - own.max())
            found.append(float(weights[token - first] / weights.sum()))
        return found


def _state(observation: Observation, life: Life, now_us: int) -> State:
    ego = observation.ego
    return State(
        ego.speed_mps if ego else None,
        ego.accel_mps2 if ego else None,
        ego.yaw_rate_radps if ego else None,
        CRUISE_SPEED_MPS,
        max(0, now_us - life.given_us) / 1e6,
        life.speed_when_given_mps,
        life.phase,
        max(0, now_us - life.phase_since_us) / 1e6,
    )


def _advance(life: Life, answer: str, lateral: str, now_us: int) -> None:
    if answer != "DONE":
        life.done_since_us = None
    elif life.done_since_us is None:
        life.done_since_us = now_us
    since_us = life.done_since_us
    done = since_us is not None and now_us - since_us >= DONE_STEADY_US
    phase = "DONE" if done else PHASE_OF_LATERAL.get(lateral, life.phase)
    if life.phase != "DONE" and phase != life.phase:
        life.phase, life.phase_since_us = phase, now_us


def _coherent(target_mps: float, gap_m: float | None, planned_mps: float) -> float:
    """Behind a lead no more is asked for than the plan reaches within one second."""
    if gap_m is None:
        return target_mps
    steps = int(planned_mps / SPEED_STEP_MPS + 0.5)
    return min(target_mps, SPEED_STEP_MPS * (max(1, steps) if planned_mps > 0 else steps))
