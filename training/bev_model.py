"""The bev network: pillars and images in, BevState out. About 1 M parameters."""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.spec import BEV_SHAPE, CELLS, CHANNEL, FEATURES, HEIGHTS_M

VELOCITY_SCALE_MPS = 10.0
# Channels of the image network at stride 2 and 4.
STEM_WIDTH = 16
QUARTER_WIDTH = 32
LAMP_WIDTH = 24
# Red and green; a yellow lamp counts as red.
LAMP_KINDS = 2
# Height of the lift table at which lamps are looked up.
LAMP_HEIGHT = HEIGHTS_M.index(4.5)
# Cells per side of a cell of the coarsest level.
QUARTER = 4


def conv_norm(c_in: int, c_out: int, kernel: int, stride: int = 1, dilation: int = 1) -> nn.Module:
    """Convolution, batch norm (folded into the convolution at load), ReLU."""
    pad = dilation * (kernel - 1) // 2
    return nn.Sequential(
        nn.Conv2d(c_in, c_out, kernel, stride, pad, dilation, bias=False),
        nn.BatchNorm2d(c_out),
        nn.ReLU(inplace=True),
    )


class Residual(nn.Module):
    """Two 3×3 convolutions around a skip."""

    def __init__(self, width: int, dilation: int = 1) -> None:
        super().__init__()
        self.first = conv_norm(width, width, 3, dilation=dilation)
        self.second = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, X, Y] → same shape."""
        return functional.relu(x + self.norm(self.second(self.first(x))))


class ImageNet(nn.Module):
    """uint8 [N, 96, 320, 3] → [N, 12, 40, C] features at stride 8, and [N, 12, 40, 48] strongest
    responses of the first two levels, for what is only a few pixels large."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.stem = conv_norm(3, STEM_WIDTH, 3, 2)
        self.quarter = nn.Sequential(
            conv_norm(STEM_WIDTH, QUARTER_WIDTH, 3, 2), Residual(QUARTER_WIDTH)
        )
        self.eighth = nn.Sequential(
            conv_norm(QUARTER_WIDTH, width, 3, 2),
            Residual(width),
            Residual(width, 2),
            Residual(width, 4),
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """See class."""
        x = images.permute(0, 3, 1, 2).to(torch.float32) * (1 / 64) - 2
        half = self.stem(x)
        quarter = self.quarter(half)
        small = [functional.max_pool2d(half, 4), functional.max_pool2d(quarter, 2)]
        coarse = self.eighth(quarter)
        return coarse.permute(0, 2, 3, 1), torch.cat(small, 1).permute(0, 2, 3, 1)


class Lift(nn.Module):
    """Looks features up per height and cell, weighs them per height and adds.

    Same as gathering, concatenating the heights with a validity channel and a 1×1 convolution, but
    the weights are applied to the few features instead of the many cells.
    """

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        self.heights = len(HEIGHTS_M)
        self.weights = nn.Linear(c_in, c_out * self.heights)
        self.none = nn.Parameter(torch.zeros(self.heights, c_out))

    def forward(self, features: Tensor, lift: Tensor) -> Tensor:
        """features [F, C], lift int64 [B, 4, 8192] with F = none → [B, C', 128, 64]."""
        by_height = self.weights(features).view(features.shape[0], self.heights, -1)
        total: Tensor | None = None
        for height in range(self.heights):
            table = torch.cat([by_height[:, height], self.none[height : height + 1]])
            found = functional.embedding(lift[:, height], table)
            total = found if total is None else total + found
        assert total is not None
        return functional.relu(total).transpose(1, 2).reshape(lift.shape[0], -1, *BEV_SHAPE[1:])


class Lamps(nn.Module):
    """Red or green lamp of each picture feature, and where that matters in BEV.

    A lamp stands up to 25 m behind the line it rules and beside the lanes, and is a few pixels of a
    picture. So its evidence does not travel through convolutions: the strongest near a cell, the
    strongest of its column (anywhere ahead on this side) and the strongest of all are handed to
    each cell of the coarsest level, and the strongest of all to the signals themselves: the network
    says where a signal holds, the lamps say which one it is.
    """

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__()
        last = nn.Linear(LAMP_WIDTH, LAMP_KINDS)
        nn.init.constant_(last.bias, -4.0)
        self.kind = nn.Sequential(nn.Linear(c_in, LAMP_WIDTH), nn.ReLU(), last)
        self.mix = nn.Conv2d(3 * LAMP_KINDS, c_out, 1)
        nn.init.zeros_(self.mix.weight)
        nn.init.zeros_(self.mix.bias)
        self.told = nn.Linear(LAMP_KINDS, LAMP_KINDS)
        self.told.weight.data.copy_(torch.tensor([[2.0, -2.0], [-2.0, 2.0]]))
        nn.init.zeros_(self.told.bias)

    def evidence(self, logits: Tensor, lift: Tensor) -> tuple[Tensor, Tensor]:
        """logits [F, 2], lift int64 [B, 8192] at lamp height → what is added to the coarsest level
        [B, C, 32, 16] and to the logits of signal_stop and signal_go [B, 2, 1, 1]."""
        table = torch.cat([torch.sigmoid(logits), torch.zeros_like(logits[:1])])
        plane = functional.embedding(lift, table).transpose(1, 2)
        near = functional.max_pool2d(
            plane.reshape(lift.shape[0], LAMP_KINDS, *BEV_SHAPE[1:]), QUARTER
        )
        ahead = near.amax(2, keepdim=True)
        anywhere = ahead.amax(3, keepdim=True)
        parts = [near, ahead.expand_as(near), anywhere.expand_as(near)]
        return self.mix(torch.cat(parts, 1)), self.told(anywhere.flatten(1))[:, :, None, None]


class Seen(NamedTuple):
    """What the network gives: BevState logits [B, 12, 128, 64], and for the training the lamp
    logits [F, 2] of the picture features and the last features [B, C, 128, 64] of the cells."""

    logits: Tensor
    lamps: Tensor
    cells: Tensor


class BevNet(nn.Module):
    """Pillar stem, image network, lift, small U-Net, head."""

    position: Tensor

    def __init__(self, image_width: int = 48, widths: tuple[int, int, int] = (32, 64, 128)) -> None:
        super().__init__()
        full, half, quarter = widths
        self.image_net = ImageNet(image_width)
        self.lift = Lift(image_width, full)
        self.lamps = Lamps(image_width + STEM_WIDTH + QUARTER_WIDTH, quarter)
        self.pillar_stem = nn.Sequential(
            nn.Conv2d(6, full, 4, 2, 1, bias=False),
            nn.BatchNorm2d(full),
            nn.ReLU(inplace=True),
            conv_norm(full, full, 3),
        )
        self.fuse = conv_norm(2 * full + 2, full, 1)
        self.down_half = nn.Sequential(conv_norm(full, half, 3, 2), Residual(half))
        self.down_quarter = conv_norm(half, quarter, 3, 2)
        self.mix_quarter = nn.Sequential(Residual(quarter), Residual(quarter, 2))
        self.up_half = nn.Conv2d(quarter, half, 1)
        self.mix_half = conv_norm(half, half, 3)
        self.up_full = nn.Conv2d(half, full, 1)
        self.mix_full = conv_norm(full, full, 3)
        self.head = nn.Conv2d(full, BEV_SHAPE[0], 1)
        x = torch.linspace(-1, 1, BEV_SHAPE[1])[:, None].expand(BEV_SHAPE[1:])
        y = torch.linspace(-1, 1, BEV_SHAPE[2])[None, :].expand(BEV_SHAPE[1:])
        self.register_buffer("position", torch.stack([x, y])[None].contiguous())

    def forward(self, pillars: Tensor, images: Tensor, lift: Tensor) -> Tensor:
        """pillars uint8 [B, 6, 256, 128], images uint8 [P, 96, 320, 3] (all images of the batch,
        packed), lift int64 [B, 4, 8192] into P·480 features, P·480 = none → logits [B, 12, 128, 64]
        (velocity channels in m/s)."""
        return self.see(pillars, images, lift).logits

    def see(self, pillars: Tensor, images: Tensor, lift: Tensor) -> Seen:
        """As forward, with what the training looks at besides."""
        coarse, small = self.image_net(images)
        lamps = self.lamps.kind(torch.cat([coarse, small], 3).flatten(0, 2))
        seen = self.lift(coarse.flatten(0, 2), lift)
        points = self.pillar_stem(pillars.to(torch.float32) * (1 / 128))
        position = self.position.expand(points.shape[0], -1, -1, -1)
        x1 = self.fuse(torch.cat([points, seen, position.to(points.dtype)], 1))
        x2 = self.down_half(x1)
        coarse_evidence, told = self.lamps.evidence(lamps, lift[:, LAMP_HEIGHT])
        x4 = self.mix_quarter(self.down_quarter(x2) + coarse_evidence)
        x2 = self.mix_half(x2 + upsample(self.up_half(x4)))
        x1 = self.mix_full(x1 + upsample(self.up_full(x2)))
        logits = tell_signals(self.head(x1), told).to(torch.float32)
        return Seen(scale_velocity(logits), lamps, x1)


def upsample(x: Tensor) -> Tensor:
    """Nearest neighbour ×2."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def tell_signals(logits: Tensor, told: Tensor) -> Tensor:
    """Adds [B, 2, 1, 1] to signal_stop and signal_go of [B, 12, 128, 64]."""
    first, last = CHANNEL["signal_stop"], CHANNEL["signal_go"] + 1
    return torch.cat([logits[:, :first], logits[:, first:last] + told, logits[:, last:]], 1)


def scale_velocity(logits: Tensor) -> Tensor:
    """Brings the velocity outputs of the head to m/s."""
    first, last = CHANNEL["vx"], CHANNEL["vy"] + 1
    return torch.cat(
        [logits[:, :first], logits[:, first:last] * VELOCITY_SCALE_MPS, logits[:, last:]], 1
    )


def to_bev_state(logits: Tensor) -> Tensor:
    """Logits [B, 12, 128, 64] → uint8 BevState.

    Velocity fades to zero where there is no object, lane direction to unknown off the road.
    """
    prob = torch.sigmoid(logits)
    vx, vy = CHANNEL["vx"], CHANNEL["vy"]
    objects = torch.maximum(prob[:, :1], prob[:, 1:2])
    gate = torch.clamp(4 * objects - 0.4, 0, 1)
    velocity = torch.clamp(128 + 4 * logits[:, vx : vy + 1] * gate, 0, 255)
    direction = CHANNEL["lane_direction"]
    drivable = prob[:, CHANNEL["drivable"] : CHANNEL["drivable"] + 1]
    lane = 128 + (255 * prob[:, direction : direction + 1] - 128) * drivable
    value = torch.cat(
        [
            255 * prob[:, :vx],
            velocity,
            255 * prob[:, vy + 1 : direction],
            lane,
            255 * prob[:, direction + 1 :],
        ],
        1,
    )
    return torch.clamp(torch.floor(value + 0.5), 0, 255).to(torch.uint8)


class BevExport(nn.Module):
    """The graph that is served: one sample, normalisation and rounding inside."""

    def __init__(self, net: BevNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, pillars: Tensor, images: Tensor, lift: Tensor) -> tuple[Tensor, Tensor]:
        """pillars uint8 [1, 6, 256, 128], images uint8 [N, 96, 320, 3], lift int32 [4, 8192] →
        bev uint8 and logits float32 [1, 12, 128, 64]."""
        logits = self.net(pillars, images, lift.to(torch.int64)[None])
        return to_bev_state(logits), logits


@dataclass(frozen=True)
class SensorBatch:
    """pillars uint8 [B, 6, 256, 128], images uint8 [P, 96, 320, 3], lift int64 [B, 4, 8192],
    lamps int64 [L, 2]: (feature of P·480, 1 = stop or 2 = go) of lit lamps in view."""

    pillars: Tensor
    images: Tensor
    lift: Tensor
    lamps: Tensor


def pack_images(
    pillars: Tensor, images: Tensor, lift: Tensor, lamps: Tensor | None = None
) -> SensorBatch:
    """Leaves out the images that are absent (all zero), so they cost nothing and teach nothing.

    pillars [B, 6, 256, 128], images uint8 [B, N, 96, 320, 3], lift int [B, 4, 8192], lamps int
    [B, 16, 2] (−1 = none).
    """
    b, n = images.shape[:2]
    present = images[:, :, ::7, ::7].flatten(2).amax(2).flatten() > 0
    kept = images.flatten(0, 1)[present]
    if kept.shape[0] == 0:
        kept = torch.zeros((1, *images.shape[2:]), dtype=torch.uint8)
    none = kept.shape[0] * FEATURES
    start = torch.where(present, (torch.cumsum(present, 0) - 1) * FEATURES, -1).view(b, n)
    start = torch.cat([start, torch.full((b, 1), -1)], 1)
    lift = lift.to(torch.int64)
    image = torch.div(lift, FEATURES, rounding_mode="floor").clamp(max=n)
    base = torch.gather(start, 1, image.flatten(1)).view(b, len(HEIGHTS_M), CELLS)
    packed = torch.where(base < 0, none, base + lift % FEATURES)
    if lamps is None:
        return SensorBatch(pillars, kept, packed, torch.zeros((0, 2), dtype=torch.int64))
    row, slot = (lamps[..., 0] >= 0).nonzero(as_tuple=True)
    feature, told = lamps[row, slot].to(torch.int64).unbind(1)
    first = start[row, torch.div(feature, FEATURES, rounding_mode="floor")]
    seen = first >= 0
    found = torch.stack([first + feature % FEATURES, told], 1)[seen]
    return SensorBatch(pillars, kept, packed, found)
