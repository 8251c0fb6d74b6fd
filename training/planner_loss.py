"""Loss of the planner: cross entropy per slot, soft labels where tokens are ordered."""

import torch
from torch import Tensor

from training.spec import KIND_SIZES, ORDINAL_KINDS, SLOT_FIRST, SLOTS, VOCABULARY, grammar_mask

# Width of the soft label in steps of the code.
SOFT_SIGMA = {"TARGET_SPEED": 1.0, "GAP": 0.8, "ACCEL": 0.7, "CURVATURE": 0.6}
SLOT_WEIGHTS = {
    "ANSWER": 1.0,
    "RATIONALE": 0.5,
    "LATERAL": 1.0,
    "LONGITUDINAL": 1.0,
    "TARGET_SPEED": 0.8,
    "GAP": 0.8,
    "ACCEL": 0.25,
    "CURVATURE": 0.2,
}


def soft_labels() -> Tensor:
    """[V, V]: row = true global id, columns = wanted distribution."""
    size = sum(KIND_SIZES.values())
    table = torch.eye(size)
    for kind in ORDINAL_KINDS:
        first, count = VOCABULARY[kind]
        steps = torch.arange(count, dtype=torch.float32)
        soft = torch.exp(-0.5 * ((steps[:, None] - steps[None]) / SOFT_SIGMA[kind]) ** 2)
        if kind == "GAP":  # index 0 is "no lead": no neighbour of the shortest gap
            soft[0, 1:] = 0
            soft[1:, 0] = 0
        table[first : first + count, first : first + count] = soft / soft.sum(1, keepdim=True)
    return table


_SOFT = soft_labels()
_MASK = torch.from_numpy(grammar_mask())
_FIRST = torch.tensor(SLOT_FIRST)
_WEIGHTS = torch.tensor([SLOT_WEIGHTS[kind] for kind in SLOTS])
_GROUPS = {kind: [i for i, k in enumerate(SLOTS) if k == kind] for kind in KIND_SIZES}


def planner_loss(logits: Tensor, target: Tensor) -> dict[str, Tensor]:
    """logits [B, 19, V], target local [B, 19] (−1 = ignore) → weighted losses by kind."""
    known = (target >= 0).float()
    wanted = _SOFT[target.clamp(min=0) + _FIRST]
    log_prob = torch.log_softmax(logits + _MASK, -1)
    by_slot = -(wanted * log_prob.clamp(min=-100)).sum(-1) * known
    by_slot = by_slot.sum(0) / known.sum(0).clamp(min=1) * _WEIGHTS
    return {kind: by_slot[slots].sum() for kind, slots in _GROUPS.items()}
