"""Makes small random datasets in the shard format, for tests of the training code only.

python -m training.synthetic_shards --out /tmp/synthetic --shards 4 --samples 128 [--rendered]
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from training.spec import (
    BEV_CHANNELS,
    BEV_NEUTRAL,
    BEV_SPEC,
    FEATURES,
    KIND_SIZES,
    SLOTS,
    VOCABULARY,
)

SENTENCES = ["follow the road", "change to the left lane", "stop please", "pull over", "50 km/h"]
STATE_SIZES = (162, 26, 26, 82, 15, 82, 5, 15)
OFFSETS = np.concatenate([[0], np.cumsum(STATE_SIZES)[:-1]])
MISSING = [
    int(OFFSETS[i] + STATE_SIZES[i] - 1) if i < 4 or i == 5 else -1 for i in range(len(STATE_SIZES))
]


def write_shard(folder: Path, rng: np.random.Generator, samples: int, rendered: bool) -> None:
    """One shard: boxes on a road; targets depend on box, sentence and speed."""
    folder.mkdir(parents=True, exist_ok=True)
    variants = 4
    bev = np.zeros((samples, 12, 128, 64), dtype=np.uint8)
    bev[:] = np.array(BEV_NEUTRAL, dtype=np.uint8)[None, :, None, None]
    bev[:, 5, :, 26:38] = 255
    bev[:, 7, :, 26:38] = 255
    bev[:, 11] = 255
    lead = rng.integers(36, 120, samples)
    for s in range(samples):
        bev[s, 0, lead[s] : lead[s] + 5, 31:33] = 255
        bev[s, 3, lead[s] : lead[s] + 5, 31:33] = rng.integers(128, 200)
    text = rng.integers(0, len(SENTENCES), (samples, variants), dtype=np.int32)
    state = np.stack(
        [rng.integers(0, size, (samples, variants)) for size in STATE_SIZES], -1
    ) + OFFSETS.astype(np.int64)
    target = np.zeros((samples, variants, len(SLOTS)), dtype=np.int16)
    for slot, kind in enumerate(SLOTS):
        target[:, :, slot] = (text + slot + state[..., :1].squeeze(-1) // 40) % KIND_SIZES[kind]
    gap = np.round(44 * np.log(np.maximum(2, lead - 36) / 2) / np.log(60)).astype(int)
    target[:, :, 6] = 1 + np.clip(gap, 0, 44)[:, None]
    arrays: dict[str, Any] = {
        "bev": bev,
        "text": text,
        "state": state.astype(np.int32),
        "target": target,
        "world": np.arange(samples, dtype=np.int32) // 4,
    }
    if rendered:
        arrays["pillars"] = np.repeat(np.repeat(bev[:, :6], 2, 2), 2, 3)
        images = rng.integers(0, 256, (samples, 3, 96, 320, 3), dtype=np.uint8)
        images[rng.random((samples, 3)) < 0.3] = 0
        arrays["images"] = images
        shape = (samples, 4, 8192)
        arrays["lift"] = rng.integers(0, 3 * FEATURES + 1, shape, dtype=np.int16)
        arrays["lamps"] = np.full((samples, 16, 2), -1, dtype=np.int16)
        arrays["lamps"][:, 0] = np.stack(
            [rng.integers(0, 3 * FEATURES, samples), rng.integers(1, 3, samples)], -1
        )
    for name, value in arrays.items():
        np.save(folder / f"{name}.npy", value)


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shards", type=int, default=4)
    parser.add_argument("--samples", type=int, default=128)
    parser.add_argument("--rendered", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    for shard in range(args.shards):
        write_shard(args.out / f"shard-{shard:05d}", rng, args.samples, args.rendered)
    card = {
        "bev_spec": BEV_SPEC,
        "bev_channels": list(BEV_CHANNELS),
        "vocabulary": {kind: list(found) for kind, found in VOCABULARY.items()},
        "slots": list(SLOTS),
        "state_vocabulary_size": int(sum(STATE_SIZES)),
        "state_vars": [{"missing": missing} for missing in MISSING],
        "split": "synthetic",
        "seeds": [args.seed],
    }
    (args.out / "card.json").write_text(json.dumps(card))
    (args.out / "sentences.json").write_text(json.dumps(SENTENCES))


if __name__ == "__main__":
    main()
