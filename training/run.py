"""What both training scripts share: time budget, learning rate, choice of dtype, progress."""

import math
import time
from collections.abc import Callable

import torch


class Budget:
    """A run of fixed wall time that can be resumed."""

    def __init__(self, minutes: float, used_s: float = 0.0) -> None:
        self.total_s = minutes * 60
        self.start_s = time.monotonic() - used_s

    @property
    def used_s(self) -> float:
        """Seconds trained, resumed runs included."""
        return time.monotonic() - self.start_s

    @property
    def ratio(self) -> float:
        """0 at the start … 1 at the end."""
        return min(1.0, self.used_s / self.total_s)


def learning_rate(peak: float, ratio: float, step: int, warmup: int = 100) -> float:
    """Linear warm-up, then cosine over the time budget down to 2 %."""
    cosine = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * ratio))
    return peak * cosine * min(1.0, (step + 1) / warmup)


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Sets the rate of all groups, each times its own scale."""
    for group in optimizer.param_groups:
        group["lr"] = rate * group["scale"]


def parameter_groups(
    net: torch.nn.Module, decay: float, scale: float = 1.0
) -> list[dict[str, object]]:
    """Weight decay for matrices and kernels only; `scale` multiplies the learning rate."""
    large = [p for p in net.parameters() if p.ndim >= 2]
    small = [p for p in net.parameters() if p.ndim < 2]
    return [
        {"params": large, "weight_decay": decay, "scale": scale},
        {"params": small, "weight_decay": 0.0, "scale": scale},
    ]


def choose_dtype(step: Callable[[bool], None], wanted: str, batch: int) -> bool:
    """Times ten steps each in float32 and bfloat16 (steps that do not learn); True for bfloat16."""
    if wanted != "auto":
        return wanted == "bf16"
    seconds = {}
    for bf16 in (False, True):
        step(bf16)
        start = time.perf_counter()
        for _ in range(10):
            step(bf16)
        seconds[bf16] = (time.perf_counter() - start) / 10
    rates = {name: batch / seconds[key] for name, key in (("fp32", False), ("bf16", True))}
    print(f"samples/s: fp32 {rates['fp32']:.1f}, bf16 {rates['bf16']:.1f}", flush=True)
    return seconds[True] < seconds[False]
