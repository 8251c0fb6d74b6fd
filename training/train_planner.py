"""Trains the planner: on true BevStates, then (with --perceived) on a mix with perceived ones.

python -m training.train_planner --data DIR … --val DIR --out runs/planner.pt --minutes 30
python -m training.train_planner --data DIR … --perceived DIR … --init runs/planner.pt --rate 3e-4
    --out runs/planner3.pt --minutes 10
python -m training.train_planner --data DIR … --inputs state --out runs/baseline.pt --minutes 4
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

from training.augment_bev import augment_bev, drop_state
from training.checkpoint import Average, load_weights, save_checkpoint
from training.planner_loss import planner_loss
from training.planner_model import GreedyPlanner, Planner
from training.run import Budget, choose_dtype, learning_rate, parameter_groups, set_rate
from training.shards import Array, Dataset, prefetch, windows
from training.spec import (
    BEV_NEUTRAL,
    KIND_SIZES,
    RATIONALES,
    SEQUENTIAL,
    SLOT_COUNT,
    SLOT_FIRST,
    SLOTS,
    VOCABULARY_SIZE,
    grammar_mask,
)
from training.text_cache import TextStates, cached_states

BALANCED_SLOTS = ("ANSWER", "LATERAL", "LONGITUDINAL")
WEIGHT_RANGE = (0.4, 6.0)
TEXT_DROP = 0.02
MOVES_OFF_WEIGHT = 1.5
LINE_WEIGHT = 2.5
LINE_REASONS = [RATIONALES.index(name) for name in ("RED_LIGHT", "GREEN_LIGHT", "STOP_LINE")]
RATIONALE_SLOTS = [slot for slot, kind in enumerate(SLOTS) if kind == "RATIONALE"]
# Bin of 0.25 m/s of the first state variable, the speed; index of 0 m/s² of the ACCEL slots.
STANDING_ID = 1
ACCEL_ZERO = 11


class PlannerBatch(NamedTuple):
    """bev float [B, 12, 128, 64], text [B, 32, 384], text_mask [B, 32], state int64 [B, 8],
    target int64 [B, 19] local, −1 = ignore."""

    bev: Tensor
    text: Tensor
    text_mask: Tensor
    state: Tensor
    target: Tensor


class Source(NamedTuple):
    """A dataset with its sentence states; bev_name "bev" (true) or "bev_perceived"."""

    dataset: Dataset
    text: TextStates
    bev_name: str


def class_frequencies(sources: list[Source]) -> dict[str, Array]:
    """Share of each class in the slots that are balanced."""
    counts = {kind: np.ones(KIND_SIZES[kind]) for kind in BALANCED_SLOTS}
    for source in sources:
        for shard in range(len(source.dataset.shards)):
            target = source.dataset.load(shard, ["target"])["target"]
            for kind in BALANCED_SLOTS:
                found = np.asarray(target[..., SLOTS.index(kind)]).ravel()
                counts[kind] += np.bincount(found[found >= 0], minlength=KIND_SIZES[kind])
    return {kind: found / found.sum() for kind, found in counts.items()}


def sample_weights(target: Array, frequencies: dict[str, Array]) -> Array:
    """Weights [S, K]: mean over the balanced slots of (frequency · classes)^−½, bounded."""
    total = np.zeros(target.shape[:2])
    for kind, frequency in frequencies.items():
        local = np.asarray(target[..., SLOTS.index(kind)]).astype(np.int64)
        weight = (frequency * len(frequency)) ** -0.5
        total += np.where(local >= 0, np.clip(weight, *WEIGHT_RANGE)[local], 0.1)
    return total / len(frequencies)


def moves_off(shard: dict[str, Array]) -> Array:
    """Whether ego stands and should start, [S, K]: rare in any drive, and who misses it stands
    for ever."""
    standing = np.asarray(shard["state"][..., 0]) <= STANDING_ID
    starts = np.asarray(shard["target"][..., SEQUENTIAL]) > ACCEL_ZERO
    return standing & starts


def minds_a_line(shard: dict[str, Array]) -> Array:
    """Whether a light or a stop line is a reason for what is decided, [S, K]."""
    reasons = np.asarray(shard["target"][..., RATIONALE_SLOTS])
    return np.isin(reasons, LINE_REASONS).any(-1)


def batches(
    sources: list[Source],
    seed: int,
    size: int,
    window: int,
    inputs: str,
    shares: list[float],
) -> Iterator[PlannerBatch]:
    """Endless augmented batches. A window draws as many (sample, variant) pairs as it has samples,
    weighted by rarity of their classes and by `shares` of the sources."""
    rng = np.random.default_rng(seed)
    frequencies = class_frequencies(sources)
    missing = torch.tensor(sources[0].dataset.state_missing)
    for group in windows([s.dataset for s in sources], rng, window):
        shards, pairs, weights = [], [], []
        for position, (d, s) in enumerate(group):
            names = ["text", "state", "target", sources[d].bev_name]
            shard = sources[d].dataset.load(s, names)
            shards.append(shard)
            weight = sample_weights(shard["target"], frequencies) * shares[d]
            weight = weight * np.where(moves_off(shard), MOVES_OFF_WEIGHT, 1.0)
            weight = weight * np.where(minds_a_line(shard), LINE_WEIGHT, 1.0)
            rows, variants = np.indices(weight.shape).reshape(2, -1)
            pairs.append(np.stack([np.full_like(rows, position), rows, variants], 1))
            weights.append(weight.ravel())
        every, prob = np.concatenate(pairs), np.concatenate(weights)
        draws = sum(len(shard["text"]) for shard in shards)
        order = rng.choice(len(every), draws, replace=False, p=prob / prob.sum())
        for picked in alike_long(every[order], sources, group, shards, size, rng):
            found = [(sources[group[p][0]], shards[p], row, k) for p, row, k in picked.tolist()]
            yield collate(found, missing, inputs)


SORTED_TOGETHER = 6


def alike_long(
    drawn: Array,
    sources: list[Source],
    group: list[tuple[int, int]],
    shards: list[dict[str, Array]],
    size: int,
    rng: np.random.Generator,
) -> Iterator[Array]:
    """Batches of `size` (position, row, variant) whose sentences are about as long: some batches
    are sorted together, so that few words are padded."""
    lengths = [source.text.mask.sum(1).numpy() for source in sources]
    for first in range(0, len(drawn) - size + 1, size * SORTED_TOGETHER):
        part = drawn[first : first + size * SORTED_TOGETHER]
        found = [lengths[group[p][0]][shards[p]["text"][row, k]] for p, row, k in part.tolist()]
        part = part[np.argsort(found, kind="stable")]
        for b in rng.permutation(len(part) // size):
            yield part[b * size : (b + 1) * size]


def collate(
    found: list[tuple[Source, dict[str, Array], int, int]], missing: Tensor | None, inputs: str
) -> PlannerBatch:
    """Rows → batch; with `missing` augmented, with inputs "state" blind and deaf."""
    bev = torch.from_numpy(np.stack([shard[s.bev_name][row] for s, shard, row, _ in found]))
    index = [(s, int(shard["text"][row, k])) for s, shard, row, k in found]
    text = torch.stack([s.text.states[i] for s, i in index]).float()
    text_mask = torch.stack([s.text.mask[i] for s, i in index])
    state = np.stack([shard["state"][row, k] for _, shard, row, k in found])
    target = np.stack([shard["target"][row, k] for _, shard, row, k in found])
    state_t = torch.from_numpy(state).long()
    if missing is None or inputs == "state":
        out = bev.float()
    else:
        perceived = torch.tensor([s.bev_name != "bev" for s, *_ in found])
        out = torch.where(perceived[:, None, None, None], bev.float(), augment_bev(bev))
    if missing is not None:
        state_t = drop_state(state_t, missing)
        kept = (torch.rand(len(found), 1) >= TEXT_DROP).float()
        text, text_mask = text * kept[..., None], text_mask * kept
    longest = max(1, int(text_mask.sum(1).max()))
    if missing is not None:
        text, text_mask = text[:, :longest], text_mask[:, :longest]
    batch = PlannerBatch(out, text, text_mask, state_t, torch.from_numpy(target).long())
    return without_senses(batch) if inputs == "state" else batch


def without_bev(batch: PlannerBatch) -> PlannerBatch:
    """BEV replaced by "nothing known"."""
    neutral = torch.tensor(BEV_NEUTRAL).float().view(1, -1, 1, 1)
    return batch._replace(bev=neutral.expand(batch.bev.shape))


def without_text(batch: PlannerBatch) -> PlannerBatch:
    """Instruction left out."""
    zeros = torch.zeros_like(batch.text), torch.zeros_like(batch.text_mask)
    return batch._replace(text=zeros[0], text_mask=zeros[1])


def without_senses(batch: PlannerBatch) -> PlannerBatch:
    """Only ego state is left."""
    return without_text(without_bev(batch))


def true_tokens(target: Tensor) -> Tensor:
    """Global ids [B, 7] of the sequential slots, for teacher forcing."""
    first = torch.tensor(SLOT_FIRST[:SEQUENTIAL])
    return target[:, :SEQUENTIAL].clamp(min=0) + first


def val_batches(source: Source, size: int, limit: int, inputs: str) -> Iterator[PlannerBatch]:
    """Validation batches in order, one variant per sample (in turn), none augmented."""
    seen = 0
    for shard_index in range(len(source.dataset.shards)):
        names = ["text", "state", "target", source.bev_name]
        shard = source.dataset.load(shard_index, names)
        for first in range(0, len(shard["text"]), size):
            if seen >= limit:
                return
            rows = range(first, min(first + size, len(shard["text"]), first + limit - seen))
            variants = shard["text"].shape[1]
            yield collate([(source, shard, r, r % variants) for r in rows], None, inputs)
            seen += len(rows)


def greedy(net: Planner, batch: PlannerBatch) -> tuple[Tensor, Tensor]:
    """Local indices [B, 19] and logits [B, 19, V] as the served graph gives them."""
    mask = torch.from_numpy(grammar_mask())
    with torch.no_grad():
        tokens, logits = GreedyPlanner(net)(
            batch.bev, batch.text, batch.text_mask, batch.state, mask
        )
    return tokens - torch.tensor(SLOT_FIRST), logits


def quick_score(net: Planner, source: Source, inputs: str, limit: int = 768) -> str:
    """Plain accuracy of the sequential slots, greedy, on the first validation samples."""
    net.eval()
    right, total = np.zeros(SLOT_COUNT), np.zeros(SLOT_COUNT)
    for batch in val_batches(source, 64, limit, inputs):
        found, _ = greedy(net, batch)
        known = batch.target >= 0
        right += ((found == batch.target) & known).sum(0).numpy()
        total += known.sum(0).numpy()
    net.train()
    share = right / np.maximum(total, 1)
    parts = [f"{SLOTS[i]} {share[i]:.2f}" for i in range(SEQUENTIAL)]
    return ", ".join(parts) + f", ACCEL1 {share[7]:.2f}, CURVATURE1 {share[13]:.2f}"


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--perceived", type=Path, nargs="*", default=[])
    parser.add_argument("--perceived-share", type=float, default=1.0, help="weight of a sample")
    parser.add_argument("--val", type=Path)
    parser.add_argument("--init", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/text-cache"))
    parser.add_argument("--inputs", choices=("all", "state"), default="all")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--steps", type=int, default=10**9, help="stop earlier, for tests")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--window", type=int, default=8, help="shards shuffled together")
    parser.add_argument("--dtype", choices=("auto", "fp32", "bf16"), default="auto")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    train(parser.parse_args())


def train(args: Any) -> None:
    """Runs until the time is used up; writes a checkpoint every three minutes and at the end."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    sources = open_sources(args.data, args.perceived, args.cache)
    shares = [1.0] * len(args.data) + [args.perceived_share] * len(args.perceived)
    val = open_sources([args.val], [], args.cache)[0] if args.val else None
    net = Planner(sources[0].dataset.state_size)
    if args.init:
        load_weights(net, args.init)
    optimizer = torch.optim.AdamW(parameter_groups(net, 0.05), lr=args.rate, betas=(0.9, 0.98))
    average, step, used_s = Average(net), 0, 0.0
    if args.resume and args.out.exists():
        found = torch.load(args.out, map_location="cpu", weights_only=True)
        net.load_state_dict(found["net"])
        optimizer.load_state_dict(found["optimizer"])
        average.state, average.steps = found["average"], found["step"]
        step, used_s = found["step"], found["used_s"]
        print(f"resumed at step {step}, {used_s / 60:.1f} min")
    source = prefetch(
        lambda: batches(sources, args.seed + step, args.batch, args.window, args.inputs, shares)
    )
    first = next(source)

    def losses_of(batch: PlannerBatch, bf16: bool) -> dict[str, Tensor]:
        tokens = true_tokens(batch.target)
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = net(batch.bev, batch.text, batch.text_mask, batch.state, tokens)
        return planner_loss(logits.float(), batch.target)

    def try_step(bf16: bool) -> None:
        optimizer.zero_grad()
        torch.stack(list(losses_of(first, bf16).values())).sum().backward()

    bf16 = choose_dtype(try_step, args.dtype, args.batch)
    budget = Budget(args.minutes, used_s)
    shown: dict[str, float] = {}
    last_print, last_save, since = time.monotonic(), time.monotonic(), 0

    def save() -> None:
        save_checkpoint(
            args.out,
            net=net.state_dict(),
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
            "minutes": round(budget.used_s / 60, 1),
            "threads": args.threads,
            "dtype": "bf16" if bf16 else "fp32",
            "inputs": args.inputs,
            "perceived": len(args.perceived) > 0,
            "vocabulary_size": VOCABULARY_SIZE,
        }
        args.out.with_suffix(".json").write_text(json.dumps(record))

    for batch in itertools.chain([first], source):
        if budget.ratio >= 1 or step >= args.steps:
            break
        set_rate(optimizer, learning_rate(args.rate, budget.ratio, step))
        optimizer.zero_grad()
        losses = losses_of(batch, bf16)
        total = torch.stack(list(losses.values())).sum()
        total.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
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
            parts = " ".join(f"{name} {value:.2f}" for name, value in shown.items())
            print(
                f"{100 * budget.ratio:5.1f} % step {step} {rate:.0f} samples/s {parts}", flush=True
            )
            last_print, since = now, 0
        if now - last_save > 180:
            save()
            last_save = now
            if val:
                print("  val:", quick_score(net, val, args.inputs), flush=True)
    source.close()
    save()
    if val:
        net.load_state_dict(average.state)
        print("  val, averaged weights:", quick_score(net, val, args.inputs), flush=True)


def open_sources(data: list[Path], perceived: list[Path], cache: Path) -> list[Source]:
    """Datasets with sentence states; sentences are encoded on first use."""
    found = []
    for name, folders in (("bev", data), ("bev_perceived", perceived)):
        for folder in folders:
            dataset = Dataset(folder)
            found.append(Source(dataset, cached_states(dataset, cache), name))
    return found


if __name__ == "__main__":
    main()
