"""Measures a trained model on worlds and sentences never seen.

python -m training.evaluate --bev runs/bev.pt --planner runs/planner3.pt --baseline runs/baseline.pt
    --truth-val DIR --rendered-val DIR --model models/waywarden-s --pictures docs/pictures
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import torch

from training.bev_model import BevNet, to_bev_state
from training.checkpoint import load_weights
from training.model_readme import write_readme
from training.planner_model import Planner
from training.scores import BevScores, confusion, slot_scores
from training.shards import Array, Dataset
from training.spec import CLASS_NAMES, KIND_SIZES, SLOTS
from training.train_bev import SENSOR_ARRAYS, infer, make_batch
from training.train_planner import (
    PlannerBatch,
    Source,
    greedy,
    open_sources,
    val_batches,
    without_bev,
    without_senses,
    without_text,
)

matplotlib.use("Agg")
from matplotlib import pyplot

Change = Callable[[PlannerBatch], PlannerBatch]


def same(batch: PlannerBatch) -> PlannerBatch:
    """No ablation."""
    return batch


def run_planner(
    net: Planner, batches: Iterator[PlannerBatch], change: Change
) -> tuple[Array, Array]:
    """Targets and greedy choices, local indices [S, 19]."""
    targets, choices = [], []
    for batch in batches:
        found, _ = greedy(net, change(batch))
        targets.append(batch.target.numpy())
        choices.append(found.numpy())
    return np.concatenate(targets), np.concatenate(choices)


def drop_nothing(arrays: dict[str, Array]) -> None:
    """All sensors."""


def drop_cameras(arrays: dict[str, Array]) -> None:
    """No picture."""
    arrays["images"][:] = 0


def drop_lidar(arrays: dict[str, Array]) -> None:
    """No sweep, past ones included."""
    arrays["pillars"][:] = 0


SENSOR_ABLATIONS = {
    "all sensors": drop_nothing,
    "without camera": drop_cameras,
    "without LiDAR": drop_lidar,
}


def perceive_all(
    net: BevNet, dataset: Dataset, limit: int, drop: Callable[[dict[str, Array]], None]
) -> tuple[BevScores, Array]:
    """Scores, and BevStates uint8 [S, 12, 128, 64] of the first samples."""
    scores = BevScores()
    found: list[Array] = []
    for shard in range(len(dataset.shards)):
        arrays = dataset.load(shard, SENSOR_ARRAYS)
        for first in range(0, len(arrays["bev"]), 16):
            if sum(len(part) for part in found) >= limit:
                break
            part = {name: np.array(value[first : first + 16]) for name, value in arrays.items()}
            drop(part)
            batch = make_batch(part, None)
            with torch.no_grad():
                bev = to_bev_state(infer(net, batch.sensors, False)).numpy()
            scores.add(part["bev"], bev)
            found.append(bev)
    return scores, np.concatenate(found)


def with_perceived(batches: Iterator[PlannerBatch], bev: Array) -> Iterator[PlannerBatch]:
    """Swaps true BevStates for perceived ones, sample by sample."""
    at = 0
    for batch in batches:
        size = len(batch.bev)
        yield batch._replace(bev=torch.from_numpy(bev[at : at + size]).float())
        at += size


def draw_confusions(target: Array, found: Array, path: Path) -> None:
    """Picture of the confusion matrices of ANSWER, LATERAL and LONGITUDINAL, rows = truth."""
    figure, axes = pyplot.subplots(1, 3, figsize=(19, 6.5))
    for axis, kind in zip(axes, ("ANSWER", "LATERAL", "LONGITUDINAL"), strict=True):
        slot = SLOTS.index(kind)
        matrix = confusion(target[:, slot], found[:, slot], KIND_SIZES[kind])
        total = matrix.sum(1, keepdims=True)
        share = matrix / np.maximum(total, 1)
        axis.imshow(share, cmap="Blues", vmin=0, vmax=1)
        names = [name.replace("REFUSED_", "R._").lower() for name in CLASS_NAMES[kind]]
        axis.set_xticks(range(len(names)), names, rotation=45, ha="right", fontsize=8)
        rows = [f"{name} ({n})" for name, n in zip(names, total.ravel(), strict=True)]
        axis.set_yticks(range(len(names)), rows, fontsize=8)
        for i, j in np.ndindex(share.shape):
            if matrix[i, j]:
                colour = "white" if share[i, j] > 0.5 else "black"
                axis.text(
                    j, i, f"{share[i, j]:.2f}", ha="center", va="center", color=colour, size=7
                )
        axis.set_title(f"{kind}: rows true (samples), columns chosen")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def planner_metrics(
    net: Planner, baseline: Planner | None, source: Source, limit: int
) -> tuple[dict[str, Any], Array, Array]:
    """Scores on true BevStates with ablations and baseline; and the targets and choices."""

    def batches() -> Iterator[PlannerBatch]:
        return val_batches(source, 64, limit, "all")

    target, found = run_planner(net, batches(), same)
    result = {
        "samples": len(target),
        "all": slot_scores(target, found),
        "without text": slot_scores(*run_planner(net, batches(), without_text)),
        "without BEV": slot_scores(*run_planner(net, batches(), without_bev)),
    }
    if baseline is not None:
        result["ego state only"] = slot_scores(*run_planner(baseline, batches(), without_senses))
    return result, target, found


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bev", type=Path, required=True)
    parser.add_argument("--planner", type=Path, required=True)
    parser.add_argument("--baseline", type=Path)
    parser.add_argument("--truth-val", type=Path, required=True)
    parser.add_argument("--rendered-val", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("models/waywarden-s"))
    parser.add_argument("--pictures", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--cache", type=Path, default=Path("/tmp/text-cache"))
    parser.add_argument("--limit", type=int, default=4000, help="truth samples")
    parser.add_argument("--rendered-limit", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    bev_net: BevNet = load_weights(BevNet(), args.bev).eval()
    net: Planner = load_weights(None, args.planner).eval()
    baseline = load_weights(None, args.baseline).eval() if args.baseline else None
    truth, rendered = open_sources([args.truth_val, args.rendered_val], [], args.cache)

    metrics: dict[str, Any] = {"bev": {}, "planner_on_perceived": {}}
    metrics["planner_on_truth"], target, found = planner_metrics(net, baseline, truth, args.limit)
    draw_confusions(target, found, args.pictures / "confusion-truth.png")
    for name, drop in SENSOR_ABLATIONS.items():
        scores, bev = perceive_all(bev_net, rendered.dataset, args.rendered_limit, drop)
        metrics["bev"][name] = {"samples": len(bev), **scores.result()}
        batches = with_perceived(val_batches(rendered, 64, len(bev), "all"), bev)
        target, found = run_planner(net, batches, same)
        metrics["planner_on_perceived"][name] = slot_scores(target, found)
        print(name, json.dumps(metrics["bev"][name]), flush=True)
        if drop is drop_nothing:
            draw_confusions(target, found, args.pictures / "confusion-perceived.png")
            batches = with_perceived(val_batches(rendered, 64, len(bev), "all"), bev)
            dumb = slot_scores(*run_planner(net, batches, without_text))
            metrics["planner_on_perceived"]["without text"] = dumb
            same_worlds = run_planner(net, val_batches(rendered, 64, len(bev), "all"), same)
            metrics["planner_on_perceived"]["true BEV of the same samples"] = slot_scores(
                *same_worlds
            )
    path = args.model / "metrics.json"
    path.write_text(json.dumps(metrics, indent=1, ensure_ascii=False) + "\n")
    write_readme(args.model, metrics)
    print(f"{path} and README.md written")


if __name__ == "__main__":
    main()
