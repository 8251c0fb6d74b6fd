"""Stores inputs and outputs of bev.onnx and planner.onnx for the parity test in TypeScript.

python -m training.export_parity --model models/waywarden-s --rendered-val DIR

Outputs of the planner come from torch (the training code), not from onnxruntime: the test then
compares the two implementations. Those of bev come from its graph in onnxruntime for Python,
since an int8 graph rounds where torch does not; training.quantize says how near it is to torch.
Format: test/fixtures/parity/README.md.
"""

import argparse
import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch

from training.checkpoint import load_weights
from training.onnx_tools import open_session
from training.planner_model import GreedyPlanner, Planner
from training.shards import Array, Dataset
from training.spec import FEATURES, grammar_mask
from training.text_model import load_text_model, load_tokenizer

README = """# Parity fixture

Inputs and outputs of the `bev` and `planner` graphs, written by `training/export_parity.py` from
generated validation worlds (Apache-2.0, as the repository): of the planner with the float32 PyTorch
model, of bev with its graph in onnxruntime for Python. The test runs the same inputs through
onnxruntime-node: planner tokens must be equal and logits within 1e-4.

`parity.bin`, little endian, zlib-compressed parts behind a JSON header:

| bytes | what |
|---|---|
| 0…3 | uint32 length H of the header |
| 4…4+H | JSON, UTF-8 |
| after | parts; each `[offset, length]` counts from the end of the header |

Header: `{"planner_sha256", "bev_sha256", "text_sha256", "planner": [case…], "bev": [case…]}`.

- planner case: `sentence` (raw text for the tokenizer and text.onnx), `input_ids`, `state` [8],
  `tokens` [19], `bev` part (uint8 [12, 128, 64], planes stored as differences along y, modulo 256,
  first column as it is), `logits` part (float32 [427]: of each of the 19 slots the logits inside
  its own kind's range, one after the other). The mask is the plain grammar mask (0 inside the
  kind of a slot, -1e9 elsewhere).
- bev case: `views` N, `pillars` part (uint8 [6, 256, 128]), `images` part (uint8
  [N, 96, 320, 3], differences along the flattened array), `lift` part (int32 [4, 8192],
  differences along the flattened array), `logits_sample` part (float32, every 97th of the
  flattened logits [12, 128, 64]), `bev_sample` part (uint8, every 97th).

All parts are zlib streams. "Differences" means: take the running sum modulo the type's range.
"""
SAMPLE_STEP = 97


class PartWriter:
    """Collects compressed parts."""

    def __init__(self) -> None:
        self.bytes = bytearray()

    def add(self, value: Array) -> list[int]:
        """Appends an array; returns [offset, length]."""
        packed = zlib.compress(np.ascontiguousarray(value).tobytes(), 9)
        self.bytes += packed
        return [len(self.bytes) - len(packed), len(packed)]


def differences(value: Array) -> Array:
    """First value, then differences modulo the type, along the last axis."""
    out = value.copy()
    out[..., 1:] = value[..., 1:] - value[..., :-1]
    return out


def planner_cases(
    planner: Planner, dataset: Dataset, count: int, parts: PartWriter
) -> list[dict[str, Any]]:
    """Cases spread over the dataset, perceived BevStates where they are stored."""
    tokenizer, text_model = load_tokenizer(), load_text_model()
    module, mask = GreedyPlanner(planner), torch.from_numpy(grammar_mask())
    cases = []
    for index in range(count):
        shard = dataset.load(index % len(dataset.shards), ["bev", "text", "state"])
        row = (index * 37) % len(shard["text"])
        variant = index % shard["text"].shape[1]
        sentence = dataset.sentences[int(shard["text"][row, variant])]
        ids = tokenizer.encode(sentence).ids
        text, text_mask = torch.zeros(1, 32, 384), torch.zeros(1, 32)
        bev = np.array(shard["bev"][row])
        state = torch.from_numpy(np.array(shard["state"][row, variant])).long()[None]
        with torch.no_grad():
            tensor = torch.tensor([ids])
            text[:, : len(ids)] = text_model(tensor, torch.ones_like(tensor))
            text_mask[:, : len(ids)] = 1
            tokens, logits = module(torch.from_numpy(bev)[None], text, text_mask, state, mask)
        cases.append(
            {
                "sentence": sentence,
                "input_ids": ids,
                "state": state[0].tolist(),
                "tokens": tokens[0].tolist(),
                "bev": parts.add(differences(bev)),
                "logits": parts.add(logits[0][mask == 0].numpy()),
            }
        )
    return cases


def bev_cases(
    session: ort.InferenceSession, dataset: Dataset, count: int, parts: PartWriter
) -> list[dict[str, Any]]:
    """Samples whose pictures are coarsened (8 levels) so that they compress."""
    cases = []
    for index in range(count):
        arrays = dataset.load(index % len(dataset.shards), ["pillars", "images", "lift"])
        row = (index * 53) % len(arrays["pillars"])
        views = 1 + index % 2
        images = np.array(arrays["images"][row, :views]) & 0xE0
        lift = np.array(arrays["lift"][row]).astype(np.int32)
        lift[lift >= views * FEATURES] = views * FEATURES
        pillars = np.array(arrays["pillars"][row])
        feed = {"pillars": pillars[None], "images": images, "lift": lift}
        bev, logits = session.run(["bev", "logits"], feed)
        cases.append(
            {
                "views": views,
                "pillars": parts.add(pillars),
                "images": parts.add(differences(images.reshape(-1))),
                "lift": parts.add(differences(lift.reshape(-1))),
                "logits_sample": parts.add(logits.reshape(-1)[::SAMPLE_STEP]),
                "bev_sample": parts.add(bev.reshape(-1)[::SAMPLE_STEP]),
            }
        )
    return cases


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--planner", type=Path, required=True)
    parser.add_argument("--rendered-val", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("models/waywarden-s"))
    parser.add_argument("--out", type=Path, default=Path("test/fixtures/parity"))
    parser.add_argument("--planner-cases", type=int, default=50)
    parser.add_argument("--bev-cases", type=int, default=4)
    args = parser.parse_args()
    dataset, parts = Dataset(args.rendered_val), PartWriter()
    planner = load_weights(None, args.planner).eval()
    card = json.loads((args.model / "card.json").read_text())
    header = {
        **{f"{name}_sha256": card["files"][name]["sha256"] for name in ("planner", "bev", "text")},
        "planner": planner_cases(planner, dataset, args.planner_cases, parts),
        "bev": bev_cases(open_session(args.model / "bev.onnx"), dataset, args.bev_cases, parts),
    }
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "parity.bin").write_bytes(struct.pack("<I", len(text)) + text + parts.bytes)
    (args.out / "README.md").write_text(README)
    size = (args.out / "parity.bin").stat().st_size
    by_part = {
        key: sum(case[key][1] for case in header["bev"]) for key in ("pillars", "images", "lift")
    }
    by_part |= {key: sum(case[key][1] for case in header["planner"]) for key in ("bev", "logits")}
    print(f"parity.bin {size / 1024:.0f} KiB, of it {by_part}")


if __name__ == "__main__":
    main()
