"""Trains the bev network on rendered shards.

python -m training.train_bev --data DIR … --val DIR --out runs/bev.pt --minutes 35 --threads 2
"""

import argparse
import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.augment_sensors import drop_sensors, jitter_images, jitter_pillars, mirror
from training.bev_loss import VELOCITIES, TrainedBev, losses_of
from training.bev_model import BevNet, SensorBatch, pack_images
from training.checkpoint import Average, load_weights, save_checkpoint
from training.run import Budget, choose_dtype, learning_rate, parameter_groups, set_rate
from training.shards import Array, Dataset, prefetch, windows
from training.spec import BEV_CHANNELS, CHANNEL

SENSOR_ARRAYS = ("bev", "pillars", "images", "lift", "lamps")
# How often a sample is drawn that has a stop line in front, and one with a lit lamp in view.
LINE_DRAWS = 2
LAMP_DRAWS = 4
# Parts that learn at the full rate when the others keep (--kept) what --init brought.
QUICK_PARTS = ("approach", "lamps", "image_net", "head")
# First row of cells ahead of the vehicle.
AHEAD = 32


class BevBatch(NamedTuple):
    """Sensors, truth uint8 [B, 12, 128, 64], and whether left and right were swapped."""

    sensors: SensorBatch
    truth: Tensor
    mirrored: bool


def make_batch(arrays: dict[str, Array], rng: np.random.Generator | None) -> BevBatch:
    """Copies of shard rows → batch; with `rng` augmented."""
    mirrored = rng is not None and rng.random() < 0.5
    if mirrored:
        arrays = mirror(arrays)
    if rng is not None:
        drop_sensors(arrays["pillars"], arrays["images"], rng)
        jitter_pillars(arrays["pillars"], rng)
    sensors = pack_images(*(torch.from_numpy(arrays[name]) for name in SENSOR_ARRAYS[1:]))
    if rng is not None:
        jitter_images(sensors.images.numpy(), rng)
    return BevBatch(sensors, torch.from_numpy(arrays["bev"]), mirrored)


def batches(datasets: list[Dataset], seed: int, size: int, window: int) -> Iterator[BevBatch]:
    """Endless augmented batches, shuffled within windows of shards."""
    rng = np.random.default_rng(seed)
    for group in windows(datasets, rng, window):
        shards = [datasets[d].load(s, SENSOR_ARRAYS) for d, s in group]
        rows = [
            pair
            for i, shard in enumerate(shards)
            for pair in drawn_rows(i, shard["bev"], shard["lamps"])
        ]
        order = rng.permutation(len(rows))
        for first in range(0, len(order) - size + 1, size):
            picked = [rows[i] for i in order[first : first + size]]
            arrays = {
                name: np.stack([shards[i][name][row] for i, row in picked])
                for name in SENSOR_ARRAYS
            }
            yield make_batch(arrays, rng)


def drawn_rows(shard: int, bev: Array, lamps: Array) -> list[tuple[int, int]]:
    """(shard, row) of every sample, more than once those with a stop line in front or a lamp."""
    front = np.asarray(bev[:, CHANNEL["stop_line"], AHEAD:]).reshape(len(bev), -1).max(1) > 127
    draws = np.where(front, LINE_DRAWS, 1)
    draws = np.where((lamps[:, :, 0] >= 0).any(1), LAMP_DRAWS, draws)
    return [(shard, row) for row in range(len(bev)) for _ in range(draws[row])]


def infer(net: BevNet, sensors: SensorBatch, bf16: bool) -> Tensor:
    """Logits float32 [B, 12, 128, 64]."""
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        return net(sensors.pillars, sensors.images, sensors.lift).float()


def quick_score(net: BevNet, dataset: Dataset, bf16: bool, samples: int = 192) -> str:
    """IoU of some channels and velocity error on the first validation samples."""
    net.eval()
    arrays = dataset.load(0, SENSOR_ARRAYS)
    total = min(samples, len(arrays["bev"]))
    hits, either = np.zeros(12), np.zeros(12)
    error_mps: list[float] = []
    for first in range(0, total, 16):
        rows = slice(first, min(first + 16, total))
        part = make_batch({name: np.array(value[rows]) for name, value in arrays.items()}, None)
        with torch.no_grad():
            logits = infer(net, part.sensors, bf16)
        found, wanted = logits > 0, part.truth > 127
        hits += (found & wanted).sum((0, 2, 3)).numpy()
        either += (found | wanted).sum((0, 2, 3)).numpy()
        cells = wanted[:, 0] & (part.truth[:, CHANNEL["visible"]] > 127)
        vx = (part.truth[:, CHANNEL["vx"]].float() - 128) / 4
        error_mps.append(float((logits[:, CHANNEL["vx"]] - vx).abs()[cells].mean()))
    net.train()
    iou = hits / np.maximum(either, 1)
    shown = [f"{n} {iou[c]:.2f}" for c, n in enumerate(BEV_CHANNELS) if n not in VELOCITIES]
    return f"IoU {', '.join(shown)}, |vx| error {np.nanmean(error_mps):.2f} m/s"


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--val", type=Path)
    parser.add_argument("--init", type=Path, help="checkpoint whose averaged weights to begin with")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=35)
    parser.add_argument("--steps", type=int, default=10**9, help="stop earlier, for tests")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument(
        "--kept", type=float, default=1.0, help="share of the rate for parts other than QUICK_PARTS"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--window", type=int, default=8, help="shards shuffled together")
    parser.add_argument("--dtype", choices=("auto", "fp32", "bf16"), default="auto")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    train(args)


def train(args: Any) -> None:
    """Runs until the time is used up; writes a checkpoint every three minutes and at the end."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    trained = TrainedBev().to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    net = trained.net
    if args.init:
        load_weights(net, args.init)
    groups = [
        group
        for name, part in [("approach", trained.approach), *net.named_children()]
        for group in parameter_groups(part, 0.02, 1.0 if name in QUICK_PARTS else args.kept)
    ]
    optimizer = torch.optim.AdamW(groups, lr=args.rate, betas=(0.9, 0.98))
    average, step, used_s = Average(net), 0, 0.0
    if args.resume and args.out.exists():
        found = torch.load(args.out, map_location="cpu", weights_only=True)
        trained.load_state_dict(found["trained"])
        optimizer.load_state_dict(found["optimizer"])
        average.state, average.steps = found["average"], found["step"]
        step, used_s = found["step"], found["used_s"]
        print(f"resumed at step {step}, {used_s / 60:.1f} min")
    datasets = [Dataset(folder) for folder in args.data]
    val = Dataset(args.val) if args.val else None
    source = prefetch(lambda: batches(datasets, args.seed + step, args.batch, args.window))
    first = next(source)

    def losses_of_batch(batch: BevBatch, bf16: bool) -> dict[str, Tensor]:
        sensors = batch.sensors
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            seen = net.see(sensors.pillars, sensors.images, sensors.lift)
            return losses_of(trained, seen, batch.truth, sensors.lamps, batch.mirrored)

    def try_step(bf16: bool) -> None:
        optimizer.zero_grad()
        torch.stack(list(losses_of_batch(first, bf16).values())).sum().backward()

    bf16 = choose_dtype(try_step, args.dtype, args.batch)
    if step == 0:
        average = Average(net)
    budget = Budget(args.minutes, used_s)
    shown: dict[str, float] = {}
    last_print, last_save, since = time.monotonic(), time.monotonic(), 0

    def save() -> None:
        save_checkpoint(
            args.out,
            trained=trained.state_dict(),
            average=average.state,
            optimizer=optimizer.state_dict(),
            step=step,
            used_s=budget.used_s,
        )
        record = {
            "seed": args.seed,
            "steps": step,
            "batch": args.batch,
            "rate": args.rate,
            "kept": args.kept,
            "minutes": round(budget.used_s / 60, 1),
            "threads": args.threads,
            "dtype": "bf16" if bf16 else "fp32",
        }
        args.out.with_suffix(".json").write_text(json.dumps(record))

    for batch in itertools.chain([first], source):
        if budget.ratio >= 1 or step >= args.steps:
            break
        set_rate(optimizer, learning_rate(args.rate, budget.ratio, step))
        optimizer.zero_grad()
        losses = losses_of_batch(batch, bf16)
        total = torch.stack(list(losses.values())).sum()
        total.backward()
        torch.nn.utils.clip_grad_norm_(trained.parameters(), 5.0)
        if torch.isfinite(total):
            optimizer.step()
            average.update(net)
        step += 1
        since += 1
        for name, value in {**losses, "loss": total}.items():
            now_value = float(value.detach())
            shown[name] = shown.get(name, now_value) * 0.98 + 0.02 * now_value
        now = time.monotonic()
        if now - last_print > 20:
            rate = since * args.batch / (now - last_print)
            parts = " ".join(
                f"{k} {shown[k]:.3f}"
                for k in ("loss", "vehicle", "signal_stop", "approach", "lamps")
            )
            print(
                f"{100 * budget.ratio:5.1f} % step {step} {rate:.1f} samples/s {parts}", flush=True
            )
            last_print, since = now, 0
        if now - last_save > 180:
            save()
            last_save = now
            if val:
                print("  val:", quick_score(net, val, bf16), flush=True)
    source.close()
    save()
    if val:
        net.load_state_dict(average.state)
        print("  val, averaged weights:", quick_score(net, val, bf16), flush=True)


if __name__ == "__main__":
    main()
