"""The planner: text, state and BEV tokens in one transformer, 7 + 12 output slots."""

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.spec import (
    BEV_NEUTRAL,
    SEQUENTIAL,
    SLOT_COUNT,
    STATE_TOKENS,
    TEXT_TOKENS_MAX,
    TEXT_WIDTH,
    VOCABULARY_SIZE,
)

BEV_TOKENS = 64
PREFIX = TEXT_TOKENS_MAX + STATE_TOKENS + BEV_TOKENS
ABSENT = -1e9


class ConvBlock(nn.Module):
    """Residual 3×3 convolution without norm."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, 1, 1)
        self.second = nn.Conv2d(width, width, 3, 1, 1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, X, Y] → same shape."""
        return functional.relu(x + self.second(functional.relu(self.first(x))))


class BevStem(nn.Module):
    """BevState as float [B, 12, 128, 64] → 8 × 8 tokens of 16 m × 8 m, [B, 64, d]."""

    neutral: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.register_buffer("neutral", torch.tensor(BEV_NEUTRAL).float().view(1, -1, 1, 1))
        self.conv1 = nn.Conv2d(12, 32, 4, 2, 1)
        self.block1 = ConvBlock(32)
        self.conv2 = nn.Conv2d(32, 64, 4, 2, 1)
        self.block2 = ConvBlock(64)
        self.patch = nn.Conv2d(64, width, (4, 2), (4, 2))

    def forward(self, bev: Tensor) -> Tensor:
        """bev [B, 12, 128, 64] 0…255 → [B, 64, d]."""
        x = (bev - self.neutral) * (1 / 64)
        x = self.block1(functional.relu(self.conv1(x)))
        x = self.block2(functional.relu(self.conv2(x)))
        return self.patch(x).flatten(2).transpose(1, 2)


class Block(nn.Module):
    """Pre-norm transformer layer whose keys and values can be cached."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.inner = nn.Linear(width, 4 * width)
        self.outer = nn.Linear(4 * width, width)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x [B, T, d] → q, k, v [B, heads, T, d / heads]."""
        b, t, width = x.shape
        split = (b, t, self.heads, width // self.heads)
        q, k, v = self.qkv(self.norm1(x)).split(width, 2)
        return (
            q.reshape(split).transpose(1, 2),
            k.reshape(split).transpose(1, 2),
            v.reshape(split).transpose(1, 2),
        )

    def finish(self, x: Tensor, mixed: Tensor) -> Tensor:
        """Adds attention output [B, heads, T, d / heads] and the MLP to x."""
        x = x + self.out(mixed.transpose(1, 2).reshape(x.shape))
        return x + self.outer(functional.gelu(self.inner(self.norm2(x))))

    def attend(self, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
        """Attention in plain operations: for export, and faster here than the fused kernel."""
        weights = (q * q.shape[-1] ** -0.5) @ k.transpose(2, 3)
        return (weights if bias is None else weights + bias).softmax(-1) @ v


class Planner(nn.Module):
    """d = 192, 4 layers, 6 heads."""

    def __init__(self, state_size: int, width: int = 192, layers: int = 4, heads: int = 6) -> None:
        super().__init__()
        self.text = nn.Linear(TEXT_WIDTH, width)
        self.state = nn.Embedding(state_size, width)
        self.bev = BevStem(width)
        self.position = nn.Parameter(torch.randn(PREFIX, width) * 0.02)
        self.token = nn.Embedding(VOCABULARY_SIZE, width)
        self.slot = nn.Parameter(torch.randn(SLOT_COUNT, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, VOCABULARY_SIZE)
        nn.init.normal_(self.token.weight, std=0.02)
        nn.init.normal_(self.state.weight, std=0.02)

    def layers(self) -> Iterable[Block]:
        """The transformer layers."""
        return cast(Iterable[Block], self.blocks)

    def prefix(self, bev: Tensor, text: Tensor, state: Tensor) -> Tensor:
        """bev [B, 12, 128, 64] 0…255, text [B, T ≤ 32, 384], state int [B, 8] → [B, T + 72, d]."""
        tokens = torch.cat([self.text(text), self.state(state), self.bev(bev)], 1)
        missing = TEXT_TOKENS_MAX - text.shape[1]
        if missing == 0:
            return tokens + self.position
        kept = self.position[: text.shape[1]], self.position[TEXT_TOKENS_MAX:]
        return tokens + torch.cat(kept)

    def forward(
        self, bev: Tensor, text: Tensor, text_mask: Tensor, state: Tensor, tokens: Tensor
    ) -> Tensor:
        """One pass with teacher forcing. text [B, T ≤ 32, 384], text_mask [B, T]: the longest of the
        batch is enough; tokens int [B, 7] true global ids of the sequential slots → logits
        [B, 19, V]."""
        prefix = self.prefix(bev, text, state)
        x = torch.cat([prefix, self.slot_inputs(tokens).to(prefix.dtype)], 1)
        bias = attention_bias(text_mask)
        for block in self.layers():
            q, k, v = block.project(x)
            mixed = functional.scaled_dot_product_attention(q, k, v, bias.to(q.dtype))
            x = block.finish(x, mixed)
        return self.head(self.norm(x[:, prefix.shape[1] :]))

    def slot_inputs(self, tokens: Tensor) -> Tensor:
        """Slot i sees the token of slot i − 1; all parallel slots see the last sequential one."""
        embedded = self.token(tokens)
        first = torch.zeros_like(embedded[:, :1])
        last = embedded[:, -1:].expand(-1, SLOT_COUNT - SEQUENTIAL, -1)
        return torch.cat([first, embedded[:, :-1], last], 1) + self.slot


def attention_bias(text_mask: Tensor) -> Tensor:
    """text_mask [B, T] → additive [B, 1, T + 91, T + 91]: prefix sees prefix, slot i < 7 also
    slots ≤ i, the rest all."""
    words = text_mask.shape[1]
    prefix = PREFIX - TEXT_TOKENS_MAX + words
    total = prefix + SLOT_COUNT
    allowed = torch.zeros((total, total), dtype=torch.bool)
    allowed[:, :prefix] = True
    causal = torch.ones((SEQUENTIAL, SEQUENTIAL), dtype=torch.bool).tril()
    allowed[prefix : prefix + SEQUENTIAL, prefix : prefix + SEQUENTIAL] = causal
    allowed[prefix + SEQUENTIAL :] = True
    bias = torch.where(allowed, 0.0, ABSENT)[None, None]
    ones = torch.ones((text_mask.shape[0], total - words))
    keys = torch.cat([text_mask.float(), ones], 1)[:, None, None, :]
    return torch.clamp(bias + (1 - keys) * ABSENT, min=ABSENT)


class GreedyPlanner(nn.Module):
    """The graph that is served: prefill, 7 greedy steps with cached keys and values, one parallel
    pass; masks are applied before each choice."""

    def __init__(self, planner: Planner) -> None:
        super().__init__()
        self.planner = planner

    def forward(
        self, bev: Tensor, text: Tensor, text_mask: Tensor, state: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor]:
        """bev uint8 [B, 12, 128, 64], text [B, 32, 384], text_mask [B, 32], state int64 [B, 8],
        mask [19, V] additive → tokens int64 [B, 19], logits [B, 19, V] before the mask."""
        net = self.planner
        x = net.prefix(bev.to(torch.float32), text, state)
        zeros = torch.zeros_like(text_mask[:, :1]).expand(-1, PREFIX - TEXT_TOKENS_MAX)
        bias = torch.cat([(1 - text_mask) * ABSENT, zeros], 1)[:, None, None, :]
        keys: list[Tensor] = []
        values: list[Tensor] = []
        for block in net.layers():
            q, k, v = block.project(x)
            keys.append(k)
            values.append(v)
            x = block.finish(x, block.attend(q, k, v, bias))
        logits: list[Tensor] = []
        tokens: list[Tensor] = []
        embedded: Tensor = torch.zeros_like(x[:, :1])
        for slot in range(SEQUENTIAL):
            bias = torch.cat([bias, torch.zeros_like(bias[..., :1])], -1)
            x = self.run_slots(embedded + net.slot[slot], keys, values, bias)
            logits.append(net.head(net.norm(x)))
            token = (logits[-1][:, 0] + mask[slot]).argmax(-1, keepdim=True)
            tokens.append(token)
            embedded = net.token(token)
        parallel = SLOT_COUNT - SEQUENTIAL
        bias = torch.cat([bias, torch.zeros_like(bias[..., :parallel])], -1)
        x = self.run_slots(embedded + net.slot[SEQUENTIAL:], keys, values, bias)
        logits.append(net.head(net.norm(x)))
        tokens.append((logits[-1] + mask[SEQUENTIAL:]).argmax(-1))
        return torch.cat(tokens, 1), torch.cat(logits, 1)

    def run_slots(
        self, x: Tensor, keys: list[Tensor], values: list[Tensor], bias: Tensor
    ) -> Tensor:
        """Runs new slots [B, T, d]; appends to the caches."""
        for index, block in enumerate(self.planner.layers()):
            q, k, v = block.project(x)
            keys[index] = torch.cat([keys[index], k], 2)
            values[index] = torch.cat([values[index], v], 2)
            x = block.finish(x, block.attend(q, keys[index], values[index], bias))
        return x
