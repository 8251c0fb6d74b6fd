"""Resumable checkpoints and averaged weights."""

from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.planner_model import Planner


class Average:
    """Exponential moving average of parameters and buffers; what is exported."""

    def __init__(self, net: nn.Module, decay: float = 0.999) -> None:
        self.decay = decay
        self.steps = 0
        self.state = {name: value.detach().clone() for name, value in net.state_dict().items()}

    def update(self, net: nn.Module) -> None:
        """Follows `net`; quickly at first."""
        self.steps += 1
        rate = 1 - min(self.decay, self.steps / (self.steps + 10))
        for name, value in net.state_dict().items():
            mine = self.state[name]
            if mine.dtype.is_floating_point:
                mine.lerp_(value.detach(), rate)
            else:
                mine.copy_(value)


def save_checkpoint(path: Path, **parts: Any) -> None:
    """Writes a dictionary; the old file stays until the new one is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(parts, part)
    part.replace(path)


def load_weights(net: nn.Module | None, path: Path) -> Any:
    """Averaged weights of a checkpoint into `net`; without one a Planner of the right size."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    state = checkpoint["average"]
    if net is None:
        net = Planner(state["state.weight"].shape[0])
    net.load_state_dict(state)
    return net
