"""Scores of slots and of BevStates."""

from typing import Any

import numpy as np

from training.shards import Array
from training.spec import (
    BEV_CHANNELS,
    CHANNEL,
    CLASS_NAMES,
    KIND_SIZES,
    ORDINAL_KINDS,
    ORDINAL_UNITS,
    ORDINAL_VALUES,
    SLOTS,
)

# Name of a row → slots that are scored together.
SLOT_ROWS = {
    "ANSWER": [0],
    "RATIONALE 1": [1],
    "RATIONALE 2": [2],
    "LATERAL": [3],
    "LONGITUDINAL": [4],
    "TARGET_SPEED": [5],
    "GAP": [6],
    "ACCEL (6 steps)": list(range(7, 13)),
    "CURVATURE (6 steps)": list(range(13, 19)),
}


def confusion(target: Array, found: Array, classes: int) -> Array:
    """Counts [true, found] over known targets."""
    known = target >= 0
    flat = target[known].astype(np.int64) * classes + found[known]
    return np.bincount(flat, minlength=classes * classes).reshape(classes, classes)


def balanced_accuracy(matrix: Array) -> float:
    """Mean recall over the classes that occur."""
    total = matrix.sum(1)
    occurs = total > 0
    return float((np.diag(matrix)[occurs] / total[occurs]).mean())


def mean_error(kind: str, target: Array, found: Array) -> float:
    """Mean |difference| in physical units where both have a value, −1 where none has."""
    values = ORDINAL_VALUES[kind]
    known = target >= 0
    error = np.abs(values[target[known]] - values[found[known]])
    error = error[np.isfinite(error)]
    return float(error.mean()) if error.size else -1.0


def slot_scores(target: Array, found: Array) -> dict[str, dict[str, Any]]:
    """Scores by row of SLOT_ROWS. target, found local indices [S, 19]."""
    rows: dict[str, dict[str, Any]] = {}
    for name, slots in SLOT_ROWS.items():
        kind = SLOTS[slots[0]]
        wanted, given = target[:, slots].ravel(), found[:, slots].ravel()
        matrix = confusion(wanted, given, KIND_SIZES[kind])
        known = wanted >= 0
        share = matrix.sum(1) / max(1, matrix.sum())
        row: dict[str, Any] = {
            "balanced_accuracy": round(balanced_accuracy(matrix), 4),
            "accuracy": round(float((wanted == given)[known].mean()), 4),
            "majority_accuracy": round(float(share.max()), 4),
            "majority_balanced_accuracy": round(1 / max(1, int((share > 0).sum())), 4),
        }
        if kind in ORDINAL_KINDS:
            median = np.full_like(wanted, int(np.median(wanted[known & (wanted > 0)])))
            row["mean_error"] = round(mean_error(kind, wanted, given), 4)
            row["median_guess_error"] = round(mean_error(kind, wanted, median), 4)
            row["unit"] = ORDINAL_UNITS[kind]
        if kind == "GAP":
            none_w, none_g = wanted[known] == 0, given[known] == 0
            two = confusion(none_w.astype(np.int64), none_g.astype(np.int64), 2)
            row["lead_or_none_balanced_accuracy"] = round(balanced_accuracy(two), 4)
        if kind in CLASS_NAMES:
            total = matrix.sum(1)
            row["recall"] = {
                CLASS_NAMES[kind][i]: [round(float(matrix[i, i] / total[i]), 3), int(total[i])]
                for i in np.flatnonzero(total)
            }
        rows[name] = row
    return rows


class BevScores:
    """IoU per channel (all cells, and cells that can be seen) and velocity error."""

    def __init__(self) -> None:
        self.hits = np.zeros((2, len(BEV_CHANNELS)))
        self.either = np.zeros((2, len(BEV_CHANNELS)))
        self.error_sum = np.zeros(2)
        self.still_sum = np.zeros(2)
        self.cells = 0

    def add(self, truth: Array, found: Array) -> None:
        """uint8 [S, 12, 128, 64] each."""
        seen = (truth[:, CHANNEL["visible"]] > 127)[:, None]
        wanted, given = truth > 127, found > 127
        for row, where in enumerate((np.ones_like(seen), seen)):
            self.hits[row] += (wanted & given & where).sum((0, 2, 3))
            self.either[row] += ((wanted | given) & where).sum((0, 2, 3))
        cells = (wanted[:, 0] | wanted[:, 1]) & seen[:, 0]
        self.cells += int(cells.sum())
        for i, name in enumerate(("vx", "vy")):
            v = (truth[:, CHANNEL[name]].astype(np.float32) - 128) / 4
            w = (found[:, CHANNEL[name]].astype(np.float32) - 128) / 4
            self.error_sum[i] += np.abs(v - w)[cells].sum()
            self.still_sum[i] += np.abs(v)[cells].sum()

    def result(self) -> dict[str, Any]:
        """Rounded numbers; velocity errors beside those of "all stand still"."""
        iou = self.hits / np.maximum(self.either, 1)
        names = [n for n in BEV_CHANNELS if n not in ("vx", "vy", "lane_direction")]
        return {
            "iou": {n: round(float(iou[0, CHANNEL[n]]), 4) for n in names},
            "iou_visible": {n: round(float(iou[1, CHANNEL[n]]), 4) for n in names},
            "vx_error_mps": round(float(self.error_sum[0] / max(1, self.cells)), 3),
            "vy_error_mps": round(float(self.error_sum[1] / max(1, self.cells)), 3),
            "vx_error_if_still_mps": round(float(self.still_sum[0] / max(1, self.cells)), 3),
            "vy_error_if_still_mps": round(float(self.still_sum[1] / max(1, self.cells)), 3),
        }
