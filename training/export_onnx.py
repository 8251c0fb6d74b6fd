"""Exports bev.onnx and planner.onnx, checks them against torch and times them.

python -m training.export_onnx --bev runs/bev.pt --planner runs/planner.pt --out models/waywarden-s
Without --bev or --planner that graph is exported untrained (for integration tests).
"""

import argparse
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from training.bev_model import BevExport, BevNet
from training.checkpoint import load_weights
from training.onnx_tools import export_module, open_session
from training.planner_model import GreedyPlanner, Planner
from training.served_planner import export_served
from training.spec import CELLS, FEATURES, SEQUENTIAL, SLOT_COUNT, VOCABULARY_SIZE, grammar_mask

Feed = dict[str, np.ndarray]


def random_bev_feed(rng: np.random.Generator, images: int) -> Feed:
    """Random inputs of bev.onnx with `images` images."""
    return {
        "pillars": rng.integers(0, 256, (1, 6, 256, 128), dtype=np.uint8),
        "images": rng.integers(0, 256, (images, 96, 320, 3), dtype=np.uint8),
        "lift": rng.integers(0, images * FEATURES + 1, (4, CELLS), dtype=np.int32),
    }


def random_planner_feed(rng: np.random.Generator, state_size: int) -> Feed:
    """Random inputs of planner.onnx."""
    text_mask = np.zeros((1, 32), dtype=np.float32)
    text_mask[:, : rng.integers(3, 32)] = 1
    return {
        "bev": rng.integers(0, 256, (1, 12, 128, 64), dtype=np.uint8),
        "text": rng.normal(0, 0.5, (1, 32, 384)).astype(np.float32) * text_mask[..., None],
        "text_mask": text_mask,
        "state": rng.integers(0, state_size, (1, 8), dtype=np.int64),
        "mask": grammar_mask(),
    }


def time_ms(session: ort.InferenceSession, feed: Feed, runs: int = 40) -> float:
    """Median wall time of a run, ms, after warm-up."""
    times = []
    for index in range(runs + 5):
        start = time.perf_counter()
        session.run(None, feed)
        if index >= 5:
            times.append((time.perf_counter() - start) * 1e3)
    return float(np.median(times))


def compare(
    module: torch.nn.Module, session: ort.InferenceSession, feed: Feed
) -> tuple[int, float]:
    """Differing integers of output 0 and largest difference of output 1, torch against ONNX."""
    found = session.run(None, feed)
    with torch.no_grad():
        expected = [out.numpy() for out in module(*(torch.from_numpy(v) for v in feed.values()))]
    differing = int((found[0] != expected[0]).sum())
    return differing, float(np.abs(found[1] - expected[1]).max())


def export_bev(net: BevNet, path: Path) -> None:
    """Writes bev.onnx; asserts that it agrees with torch for 1…4 images."""
    rng = np.random.default_rng(0)
    module = BevExport(net.eval())
    feed = random_bev_feed(rng, 2)
    names = list(feed)
    inputs = tuple(torch.from_numpy(value) for value in feed.values())
    axes = {"images": {0: "views"}}
    export_module(module, inputs, path, names, ["bev", "logits"], axes)
    session = open_session(path)
    for images in (1, 2, 3, 4):
        differing, worst = compare(module, session, random_bev_feed(rng, images))
        assert worst <= 1e-3 and differing <= 20, f"bev parity: {differing} cells, {worst}"
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, parity {worst:.1e}")
    for threads in (1, 2):
        session = open_session(path, threads)
        times = [f"{n}: {time_ms(session, random_bev_feed(rng, n)):.1f}" for n in (1, 4, 7)]
        print(f"  {threads} thread(s), ms by images {', '.join(times)}")


def served_feed(feed: Feed, guess: np.ndarray) -> Feed:
    """Inputs of planner.onnx of inputs of GreedyPlanner: the words without their padding."""
    words = int(feed["text_mask"].sum())
    kept = {name: feed[name] for name in ("bev", "state", "mask")}
    return {**kept, "text": feed["text"][:, :words], "guess": guess}


def check_planner(module: GreedyPlanner, session: ort.InferenceSession, feed: Feed) -> float:
    """Asserts that the graph gives torch's tokens from any guess, with the same bits; returns the
    largest difference of logits."""
    with torch.no_grad():
        tokens, logits = (o.numpy() for o in module(*(torch.from_numpy(v) for v in feed.values())))
    wrong = (tokens + 1) % VOCABULARY_SIZE
    late = np.where(np.arange(SLOT_COUNT) < SEQUENTIAL - 1, tokens, wrong)
    runs = [session.run(None, served_feed(feed, g)) for g in (tokens, wrong, late, 0 * tokens)]
    for found, scores in runs:
        assert (found == tokens).all(), "planner parity: tokens differ from torch's"
        assert (scores == runs[0][1]).all(), "planner: logits depend on the guess"
    return float(np.abs(runs[0][1] - logits).max())


def export_planner(net: Planner, path: Path) -> None:
    """Writes planner.onnx; asserts equal tokens and logits within 1e-4 of torch."""
    rng = np.random.default_rng(0)
    state_size = net.state.num_embeddings
    export_served(net, path)
    session, module = open_session(path), GreedyPlanner(net.eval())
    feeds = [random_planner_feed(rng, state_size) for _ in range(10)]
    worst = max(check_planner(module, session, feed) for feed in feeds)
    assert worst <= 1e-4, f"planner parity: logits differ by {worst}"
    print(
        f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, parity {worst:.1e}, V={VOCABULARY_SIZE}"
    )
    feed = served_feed(feeds[0], np.zeros((1, SLOT_COUNT), dtype=np.int64))
    right = {**feed, "guess": session.run(["tokens"], feed)[0]}
    for threads in (1, 2):
        session = open_session(path, threads)
        print(f"  {threads} thread(s): {time_ms(session, right):.1f} ms where the guess holds,")
        print(f"    {time_ms(session, feed):.1f} ms where nothing of it does")


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bev", type=Path)
    parser.add_argument("--planner", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--state-size", type=int, default=412, help="for an untrained planner")
    args = parser.parse_args()
    torch.manual_seed(0)
    bev_net = BevNet()
    if args.bev:
        load_weights(bev_net, args.bev)
    export_bev(bev_net, args.out / "bev.onnx")
    planner = Planner(args.state_size)
    if args.planner:
        planner = load_weights(None, args.planner)
    export_planner(planner, args.out / "planner.onnx")
    for name, net in (("bev", bev_net), ("planner", planner)):
        print(f"{name}: {sum(p.numel() for p in net.parameters()) / 1e6:.2f} M parameters")


if __name__ == "__main__":
    main()
