"""The planner as it is served: a prefix pass, then passes over all slots until they agree.

Greedy decoding gives the one set of tokens that each slot chooses given the ones before it. A pass
over all 19 slots at once, from guessed tokens, finds out what each slot would choose; where that is
what was guessed, nothing is left to do. Otherwise the pass is run again on what was chosen: slot i
is right from pass i + 1 on, so 8 passes always suffice, and with the tokens of the tick before as
the guess one or two do. The last pass sees the final tokens only, so neither tokens nor logits
depend on the guess, to the bit.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import torch
from onnx import GraphProto, ModelProto, TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from training.onnx_tools import export_module
from training.planner_model import ABSENT, Block, Planner
from training.spec import (
    BEV_SHAPE,
    SEQUENTIAL,
    SLOT_COUNT,
    STATE_TOKENS,
    TEXT_TOKENS_MAX,
    TEXT_WIDTH,
    VOCABULARY_SIZE,
)

# Each pass settles one more sequential slot; the last one finds nothing to change.
PASSES_MAX = SEQUENTIAL + 1
GUESSED = "guessed"
BODY_OUTPUTS = ["chosen", "scores", "differ"]
LOGITS_SHAPE = [1, SLOT_COUNT, VOCABULARY_SIZE]


def heads_of(block: Block, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """x [T, d] → q (scaled), k, v [heads, T, d / heads]."""
    width = block.out.in_features
    each = width // block.heads
    q, k, v = block.qkv(block.norm1(x)).split(width, 1)
    return (
        q.reshape(-1, block.heads, each).transpose(0, 1) * each**-0.5,
        k.reshape(-1, block.heads, each).transpose(0, 1),
        v.reshape(-1, block.heads, each).transpose(0, 1),
    )


def finish(block: Block, x: Tensor, mixed: Tensor) -> Tensor:
    """As Block.finish, x [T, d] and attention output [heads, T, d / heads]."""
    x = x + block.out(mixed.transpose(0, 1).reshape(-1, block.out.in_features))
    return x + block.outer(functional.gelu(block.inner(block.norm2(x))))


class Prefix(nn.Module):
    """bev uint8 [1, 12, 128, 64], text [1, T, 384] without padding, state int64 [1, 8] → keys and
    values [heads, P, d / heads] of each layer."""

    def __init__(self, planner: Planner) -> None:
        super().__init__()
        self.planner = planner

    def forward(self, bev: Tensor, text: Tensor, state: Tensor) -> tuple[Tensor, ...]:
        """See class."""
        net = self.planner
        words = net.text(text[0]) + net.position[: text.shape[1]]
        rest = torch.cat([net.state(state[0]), net.bev(bev.to(torch.float32))[0]])
        x = torch.cat([words, rest + net.position[TEXT_TOKENS_MAX:]])
        found: list[Tensor] = []
        for block in net.layers():
            q, k, v = heads_of(block, x)
            found += [k, v]
            x = finish(block, x, (q @ k.transpose(1, 2)).softmax(-1) @ v)
        return tuple(found)


class SlotPass(nn.Module):
    """One pass over all slots, from guessed tokens int64 [1, 19], of which 7 matter, with the keys
    and values of the prefix: chosen tokens [1, 19], logits [1, 19, V] before the mask, and whether
    a sequential slot chose another token than guessed."""

    causal: Tensor

    def __init__(self, planner: Planner) -> None:
        super().__init__()
        self.planner = planner
        causal = torch.full((SLOT_COUNT, SLOT_COUNT), ABSENT).triu(1)
        causal[SEQUENTIAL:] = 0
        self.register_buffer("causal", causal)

    def forward(
        self, tokens: Tensor, mask: Tensor, *prefix: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """See class."""
        net = self.planner
        x = net.slot_inputs(tokens[:, :SEQUENTIAL])[0]
        for index, block in enumerate(net.layers()):
            keys, values = prefix[2 * index : 2 * index + 2]
            q, k, v = heads_of(block, x)
            own = q @ k.transpose(1, 2) + self.causal
            weights = torch.cat([q @ keys.transpose(1, 2), own], 2).softmax(-1)
            x = finish(block, x, weights @ torch.cat([values, v], 1))
        logits = net.head(net.norm(x))
        chosen = (logits + mask).argmax(-1)[None]
        differ = (chosen[:, :SEQUENTIAL] != tokens[:, :SEQUENTIAL]).to(torch.int32).amax() > 0
        return chosen, logits[None], differ


def export_served(net: Planner, path: Path) -> None:
    """Writes one graph: bev uint8 [1, 12, 128, 64], text [1, T, 384], state int64 [1, 8], mask
    [19, V] and guess int64 [1, 19] → tokens int64 [1, 19], logits [1, 19, V] before the mask."""
    kinds = [f"{kind}.{layer}" for layer in range(len(net.blocks)) for kind in ("keys", "values")]
    varying = {name: {1: "prefix"} for name in kinds}
    prefix, slots = Prefix(net).eval(), SlotPass(net).eval()
    seen = (
        torch.zeros((1, *BEV_SHAPE), dtype=torch.uint8),
        torch.zeros(1, 9, TEXT_WIDTH),
        torch.zeros((1, STATE_TOKENS), dtype=torch.int64),
    )
    guess = torch.zeros((1, SLOT_COUNT), dtype=torch.int64)
    with torch.no_grad(), TemporaryDirectory() as folder:
        told = (guess, torch.zeros(SLOT_COUNT, VOCABULARY_SIZE), *prefix(*seen))
        paths = [Path(folder) / "prefix.onnx", Path(folder) / "slots.onnx"]
        inputs = ["bev", "text", "state"]
        export_module(prefix, seen, paths[0], inputs, kinds, {"text": {1: "words"}, **varying})
        export_module(slots, told, paths[1], [GUESSED, "mask", *kinds], BODY_OUTPUTS, varying)
        model = with_loop(*(onnx.load(str(part)) for part in paths))
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def with_loop(prefix: ModelProto, slots: ModelProto) -> ModelProto:
    """`prefix` followed by a Loop around `slots`; weights stand once, in the outer graph."""
    outer = prefix.graph
    kinds = {output.name for output in outer.output}
    stored = {content_of(tensor): tensor.name for tensor in outer.initializer}
    body = renamed(slots.graph, {"mask", *kinds}, stored)
    outer.initializer.extend(t for t in body.initializer if content_of(t) not in stored)
    carried = [
        helper.make_tensor_value_info(GUESSED, TensorProto.INT64, [1, SLOT_COUNT]),
        helper.make_tensor_value_info("before", TensorProto.FLOAT, LOGITS_SHAPE),
    ]
    inputs = [
        helper.make_tensor_value_info("pass", TensorProto.INT64, []),
        helper.make_tensor_value_info("again", TensorProto.BOOL, []),
        *carried,
    ]
    outputs = [
        helper.make_tensor_value_info("differ", TensorProto.BOOL, []),
        helper.make_tensor_value_info("chosen", TensorProto.INT64, [1, SLOT_COUNT]),
        helper.make_tensor_value_info("scores", TensorProto.FLOAT, LOGITS_SHAPE),
    ]
    looped = helper.make_graph(list(body.node), "slots", inputs, outputs)
    outer.initializer.extend(
        [
            numpy_helper.from_array(np.array(PASSES_MAX, dtype=np.int64), "passes_max"),
            numpy_helper.from_array(np.array(True), "begin"),
            numpy_helper.from_array(np.zeros(LOGITS_SHAPE, dtype=np.float32), "no_logits"),
        ]
    )
    given = ["passes_max", "begin", "guess", "no_logits"]
    outer.node.append(helper.make_node("Loop", given, ["tokens", "logits"], "slots", body=looped))
    outer.input.extend(
        [
            helper.make_tensor_value_info("mask", TensorProto.FLOAT, LOGITS_SHAPE[1:]),
            helper.make_tensor_value_info("guess", TensorProto.INT64, [1, SLOT_COUNT]),
        ]
    )
    del outer.output[:]
    outer.output.extend(
        [
            helper.make_tensor_value_info("tokens", TensorProto.INT64, [1, SLOT_COUNT]),
            helper.make_tensor_value_info("logits", TensorProto.FLOAT, LOGITS_SHAPE),
        ]
    )
    return prefix


def content_of(tensor: TensorProto) -> bytes:
    """Type, shape and values of an initializer, without its name."""
    bare = TensorProto()
    bare.CopyFrom(tensor)
    bare.ClearField("name")
    return bare.SerializeToString()


def renamed(graph: GraphProto, outside: set[str], stored: dict[bytes, str]) -> GraphProto:
    """`graph` whose own names do not clash with those outside; weights already stored get those."""
    names = {tensor.name: stored.get(content_of(tensor)) for tensor in graph.initializer}
    kept = outside | {GUESSED, *BODY_OUTPUTS, ""}

    def name_of(name: str) -> str:
        return name if name in kept else names.get(name) or f"slots/{name}"

    for node in graph.node:
        node.name = f"slots/{node.name}"
        node.input[:] = [name_of(name) for name in node.input]
        node.output[:] = [name_of(name) for name in node.output]
    for tensor in graph.initializer:
        tensor.name = name_of(tensor.name)
    return graph
