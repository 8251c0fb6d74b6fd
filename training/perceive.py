"""Writes bev_perceived.npy beside the other arrays of rendered shards: what the trained bev
network sees there. With --augment some samples lose sensors first, as in training.

python -m training.perceive --bev runs/bev.pt --data DIR … [--augment]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from training.augment_sensors import drop_sensors
from training.bev_model import BevNet, to_bev_state
from training.checkpoint import load_weights
from training.shards import Array, Dataset
from training.spec import BEV_SHAPE
from training.train_bev import SENSOR_ARRAYS, infer, make_batch


def perceive_shard(
    net: BevNet, arrays: dict[str, Array], bf16: bool, rng: np.random.Generator | None
) -> Array:
    """BevStates uint8 [S, 12, 128, 64] of one shard; with `rng` some sensors are lost."""
    samples = len(arrays["bev"])
    out = np.zeros((samples, *BEV_SHAPE), dtype=np.uint8)
    for first in range(0, samples, 16):
        part = {name: np.array(value[first : first + 16]) for name, value in arrays.items()}
        if rng is not None:
            drop_sensors(part["pillars"], part["images"], rng, 0.6)
        batch = make_batch(part, None)
        with torch.no_grad():
            out[first : first + 16] = to_bev_state(infer(net, batch.sensors, bf16)).numpy()
    return out


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bev", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--augment", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--dtype", choices=("fp32", "bf16"), default="fp32")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    net = BevNet().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    load_weights(net, args.bev)
    net.eval()
    bf16 = args.dtype == "bf16"
    rng = np.random.default_rng(args.seed) if args.augment else None
    for dataset in map(Dataset, args.data):
        for index, folder in enumerate(dataset.shards):
            start = time.perf_counter()
            found = perceive_shard(net, dataset.load(index, SENSOR_ARRAYS), bf16, rng)
            part = folder / "bev_perceived.part.npy"
            np.save(part, found)
            part.replace(folder / "bev_perceived.npy")
            rate = len(found) / (time.perf_counter() - start)
            print(f"{folder}: {rate:.0f} samples/s ({index + 1}/{len(dataset.shards)})", flush=True)


if __name__ == "__main__":
    main()
