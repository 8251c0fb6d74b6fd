"""Losses of the bev network."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.bev_model import LAMP_KINDS, BevNet, Seen
from training.spec import CHANNEL, FEATURE_COLUMNS, FEATURE_ROWS

# Weight of each channel's loss, and of its set cells against the empty ones.
CHANNEL_WEIGHTS = {
    "vehicle": (6.0, 2.0),
    "vulnerable": (8.0, 3.0),
    "static": (3.0, 2.0),
    "drivable": (3.0, 1.0),
    "lane_mark": (1.5, 2.0),
    "lane_direction": (1.0, 1.0),
    "visible": (1.0, 1.0),
}
DICE_CHANNELS = ("vehicle", "vulnerable", "static", "lane_mark")
DICE_WEIGHT = 0.15
VELOCITIES = ("vx", "vy")
VELOCITY_WEIGHT = 0.3
# A dozen cells in one sample of five: a mean over all cells would drown them, so their loss is
# shared out over the set cells of the batch, and samples that have them are drawn more often. A
# line is seldom known to the metre, so its cells would never pass one half if a miss and a false
# alarm cost the same.
THIN_CHANNELS = {"stop_line": (0.06, 8.0), "signal_stop": (0.1, 4.0), "signal_go": (0.1, 4.0)}
THIN_DICE = 0.2
# Cells of a batch that a thin channel is taken to have at least.
THIN_CELLS_MIN = 50
LAMP_WEIGHT = 2.0
APPROACH_WEIGHT = 0.05
# Loss of what no sensor can see, against what one can: objects, and thin things (a lamp shows over
# what hides its line).
HIDDEN_WEIGHT = 0.1
THIN_HIDDEN_WEIGHT = 0.4


class Approach(nn.Module):
    """Says of each cell whether it is before the line of a signal, red or green.

    Only the training has it: so where lines are is learnt from every signal, also from those whose
    lamps no picture shows.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.head = nn.Conv2d(width, 1, 1)
        nn.init.constant_(self.head.bias, -4.0)

    def forward(self, cells: Tensor) -> Tensor:
        """[B, C, 128, 64] → logits [B, 128, 64]."""
        return self.head(cells)[:, 0].float()


class TrainedBev(nn.Module):
    """The network and what only its training needs."""

    def __init__(self) -> None:
        super().__init__()
        self.net = BevNet()
        self.approach = Approach(self.net.head.in_channels)


def balanced(found: Tensor, wanted: Tensor, positive: float) -> Tensor:
    """Cross entropy by cell with weight `positive` for what is set. logits, 0…1, same shape."""
    return functional.binary_cross_entropy_with_logits(
        found, wanted, pos_weight=torch.tensor(positive), reduction="none"
    )


def dice(found: Tensor, wanted: Tensor, seen: Tensor) -> Tensor:
    """1 − overlap over the whole batch, all [B, 128, 64]."""
    prob = torch.sigmoid(found) * seen
    wanted = wanted * seen
    return 1 - (2 * (prob * wanted).sum() + 10) / (prob.sum() + wanted.sum() + 10)


def thin(found: Tensor, wanted: Tensor, seen: Tensor, positive: float) -> Tensor:
    """Cross entropy per set cell, all [B, 128, 64]."""
    loss = balanced(found, wanted, positive) * seen
    return loss.sum() / ((wanted * seen).sum() + THIN_CELLS_MIN)


def thin_losses(logits: Tensor, target: Tensor, approach: Tensor) -> dict[str, Tensor]:
    """Stop lines and signals. logits, target [B, 12, 128, 64], approach logits [B, 128, 64]."""
    seen = THIN_HIDDEN_WEIGHT + (1 - THIN_HIDDEN_WEIGHT) * target[:, CHANNEL["visible"]]
    losses: dict[str, Tensor] = {}
    for name, (weight, positive) in THIN_CHANNELS.items():
        found, wanted = logits[:, CHANNEL[name]], target[:, CHANNEL[name]]
        losses[name] = weight * thin(found, wanted, seen, positive)
        losses[f"{name}_dice"] = THIN_DICE * dice(found, wanted, seen)
    either = torch.maximum(target[:, CHANNEL["signal_stop"]], target[:, CHANNEL["signal_go"]])
    losses["approach"] = APPROACH_WEIGHT * thin(approach, either, seen, 3.0)
    return losses


def velocity_loss(logits: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Error of vx and vy where objects are. weight [B, 128, 64]."""
    span = slice(CHANNEL["vx"], CHANNEL["vy"] + 1)
    wanted_mps = (truth[:, span].float() - 128) / 4
    error = functional.smooth_l1_loss(logits[:, span], wanted_mps, reduction="none")
    return (error * weight[:, None]).sum() / (2 * weight.sum() + 1)


def bev_losses(
    logits: Tensor, approach: Tensor, truth: Tensor, mirrored: bool
) -> dict[str, Tensor]:
    """Losses by channel, weighted; add them up. logits, truth [B, 12, 128, 64]."""
    target = truth.float() / 255
    visible = target[:, CHANNEL["visible"]]
    seen = HIDDEN_WEIGHT + (1 - HIDDEN_WEIGHT) * visible
    drivable = (target[:, CHANNEL["drivable"]] > 0.5).float()
    losses: dict[str, Tensor] = {}
    for name, (weight, positive) in CHANNEL_WEIGHTS.items():
        if name == "lane_direction" and mirrored:
            continue
        found, wanted = logits[:, CHANNEL[name]], target[:, CHANNEL[name]]
        loss = balanced(found, wanted, positive)
        if name in ("vehicle", "vulnerable", "static"):
            loss = loss * seen
        if name == "lane_direction":
            loss = loss * drivable
        losses[name] = weight * loss.mean()
        if name in DICE_CHANNELS:
            losses[f"{name}_dice"] = DICE_WEIGHT * dice(found, wanted, seen)
    losses.update(thin_losses(logits, target, approach))
    objects = (torch.maximum(target[:, 0], target[:, 1]) > 0.5).float()
    losses["velocity"] = VELOCITY_WEIGHT * velocity_loss(logits, truth, objects * seen)
    return losses


def lamp_loss(logits: Tensor, lamps: Tensor) -> Tensor:
    """Focal loss of the lamps of picture features: in a whole network the gradient of a few pixels
    is lost in that of the road and of the LiDAR.

    logits [P·480, 2], lamps int64 [L, 2] (feature, 1 = stop or 2 = go).
    """
    wanted = torch.zeros_like(logits)
    wanted[lamps[:, 0], lamps[:, 1] - 1] = 1
    # Neighbours of a lamp see a part of it: neither right nor wrong.
    planes = wanted.view(-1, FEATURE_ROWS, FEATURE_COLUMNS, LAMP_KINDS).permute(0, 3, 1, 2)
    near = functional.max_pool2d(planes, 3, 1, 1).permute(0, 2, 3, 1).reshape(wanted.shape)
    counted = 1 - near + wanted
    prob = torch.sigmoid(logits)
    hit = wanted * (1 - prob) ** 2 * functional.softplus(-logits)
    miss = (1 - wanted) * counted * prob**2 * functional.softplus(logits)
    return LAMP_WEIGHT * (hit.sum() + miss.sum()) / (wanted.sum() + 4)


def losses_of(
    trained: TrainedBev, seen: Seen, truth: Tensor, lamps: Tensor, mirrored: bool
) -> dict[str, Tensor]:
    """All losses of a batch by name, weighted."""
    approach = trained.approach(seen.cells)
    losses = bev_losses(seen.logits.float(), approach, truth, mirrored)
    return {**losses, "lamps": lamp_loss(seen.lamps.float(), lamps)}
