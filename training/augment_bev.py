"""Makes true BevStates look like perceived ones: what the planner must put up with."""

import torch
from torch import Tensor
from torch.nn import functional

from training.spec import BEV_NEUTRAL, CHANNEL

PROBABILITIES = [i for name, i in CHANNEL.items() if name not in ("vx", "vy", "lane_direction")]
OBJECTS = (CHANNEL["vehicle"], CHANNEL["vulnerable"])
DROPPED_TOGETHER = (
    ("static",),
    ("drivable",),
    ("lane_mark",),
    ("lane_direction",),
    ("stop_line",),
    ("signal_stop", "signal_go"),
    ("visible",),
)


def chance(b: int, prob: float) -> Tensor:
    """[B, 1, 1, 1] of 0 or 1."""
    return (torch.rand(b, 1, 1, 1) < prob).float()


def uniform(b: int, low: float, high: float) -> Tensor:
    """[B, 1, 1, 1] in low…high."""
    return low + (high - low) * torch.rand(b, 1, 1, 1)


def smooth_noise(b: int, channels: int, cells: int) -> Tensor:
    """Unit noise [B, C, 128, 64], constant over patches of cells × cells."""
    noise = torch.randn(b, channels, 128 // cells, 64 // cells)
    return functional.interpolate(noise, scale_factor=float(cells), mode="nearest")


def blur_and_edges(x: Tensor) -> Tensor:
    """Blurs, grows or shrinks per sample. x [B, C, 128, 64]."""
    b = x.shape[0]
    blurred = functional.avg_pool2d(x, 3, 1, 1)
    grown = functional.max_pool2d(x, 3, 1, 1)
    x = x + (blurred - x) * chance(b, 0.4) * torch.rand(b, 1, 1, 1)
    return x + (grown - x) * chance(b, 0.12) * torch.rand(b, 1, 1, 1)


def drop_objects(bev: Tensor) -> None:
    """Loses objects, far ones more often; in place."""
    b = bev.shape[0]
    prob = torch.full((16, 1), 0.008)
    prob[10:] = 0.05
    prob[0:2] = 0.05
    keep = (torch.rand(b, 1, 16, 8) >= prob).float()
    keep = functional.interpolate(keep, scale_factor=8.0, mode="nearest")
    for channel in OBJECTS:
        bev[:, channel : channel + 1] *= keep


def add_ghosts(bev: Tensor) -> None:
    """Puts weak boxes of vehicle size where nothing is; in place."""
    for row in torch.nonzero(torch.rand(bev.shape[0]) < 0.3).flatten().tolist():
        x, y = int(torch.randint(0, 122, ())), int(torch.randint(0, 61, ()))
        box = bev[row, CHANNEL["vehicle"], x : x + 5, y : y + 2]
        box.copy_(torch.maximum(box, torch.randint(40, 125, ()).float()))


def velocity_noise(bev: Tensor, objects: Tensor) -> None:
    """σ 0.7 m/s in patches, 0.4 m/s common, sometimes unknown; in place."""
    b = bev.shape[0]
    vx, vy = CHANNEL["vx"], CHANNEL["vy"]
    noise = 2.8 * smooth_noise(b, 2, 4) + 1.6 * torch.randn(b, 2, 1, 1)
    velocity = bev[:, vx : vy + 1]
    velocity += noise * uniform(b, 0, 1.2) * (objects > 40).float()
    velocity += (128 - velocity) * chance(b, 0.03)


def augment_bev(bev: Tensor) -> Tensor:
    """uint8 [B, 12, 128, 64] → float, 0…255; a fifth of the samples stays as it is."""
    clean = bev.float()
    out = clean.clone()
    b = out.shape[0]
    neutral = torch.tensor(BEV_NEUTRAL).float().view(1, -1, 1, 1)
    drop_objects(out)
    add_ghosts(out)
    prob = blur_and_edges(out[:, PROBABILITIES])
    low = uniform(b, 0, 20) * chance(b, 0.6)
    high = 255 - uniform(b, 0, 110) * chance(b, 0.6)
    prob = low + (high - low) * (prob / 255)
    prob = prob + smooth_noise(b, prob.shape[1], 2) * uniform(b, 0, 14) * chance(b, 0.6)
    out[:, PROBABILITIES] = prob
    velocity_noise(out, torch.maximum(out[:, :1], out[:, 1:2]))
    for names in DROPPED_TOGETHER:
        gone = chance(b, 0.05)
        for channel in (CHANNEL[name] for name in names):
            plane = out[:, channel : channel + 1]
            plane += (neutral[:, channel : channel + 1] - plane) * gone
    out = torch.where(torch.rand(b, 1, 1, 1) < 0.2, clean, out)
    out = torch.where(torch.rand(b, 1, 1, 1) < 0.02, neutral, out)
    return torch.clamp(torch.round(out), 0, 255)


# The acceleration of now tells what the driver before decided: read too well, it is only repeated.
ACCEL_STATE = 1
ACCEL_DROP = 0.4


def drop_state(state: Tensor, missing: Tensor, prob: float = 0.05) -> Tensor:
    """state int64 [B, 8]; variables that may be missing become so now and then."""
    chances = torch.full((state.shape[1],), prob)
    chances[ACCEL_STATE] = ACCEL_DROP
    gone = (torch.rand(state.shape) < chances) & (missing >= 0)
    return torch.where(gone, missing, state)
