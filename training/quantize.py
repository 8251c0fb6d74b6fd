"""Makes an int8 bev.onnx of a float one and says what it costs and gains.

python -m training.quantize --bev bev.onnx --data DIR --val DIR --out bev-int8.onnx

Convolutions get 8-bit activations and 7-bit weights per channel (8 bits would overflow the 16-bit
sums of CPUs without VNNI), rounded behind their ReLU; the few at both ends of the network stay
float, since all of the loss is there. Ranges are taken from generated samples of --data; both graphs are then scored on --val.
Exits with 1 where a channel loses more than the tolerance.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

from training.bev_model import pack_images
from training.export_onnx import Feed, random_bev_feed
from training.onnx_tools import open_session
from training.scores import BevScores
from training.shards import Dataset

INPUTS = ("pillars", "images", "lift")
# Parts of the names of convolutions that stay float: raw input, position, and full resolution.
FLOAT_PARTS = ("image_net/stem", "pillar_stem", "fuse", "up_", "mix_full", "head")
IOU_LOSS_MAX = 0.01
VELOCITY_LOSS_MAX_MPS = 0.05


def feeds(dataset: Dataset, count: int) -> list[tuple[Feed, Any]]:
    """Inputs as served and true BevStates of `count` samples spread over the dataset."""
    found: list[tuple[Feed, Any]] = []
    per_shard = -(-count // len(dataset.shards))
    for shard in range(len(dataset.shards)):
        arrays = dataset.load(shard, [*INPUTS, "bev"])
        size = len(arrays["bev"])
        for row in np.linspace(0, size - 1, min(per_shard, size)).astype(int)[: count - len(found)]:
            parts = [torch.from_numpy(np.array(arrays[name][row]))[None] for name in INPUTS]
            packed = pack_images(*parts)
            feed = {
                "pillars": packed.pillars.numpy(),
                "images": packed.images.numpy(),
                "lift": packed.lift[0].numpy().astype(np.int32),
            }
            found.append((feed, np.array(arrays["bev"][row])[None]))
    return found


class Reader(CalibrationDataReader):  # type: ignore[misc]
    """Hands feeds to the calibration one by one."""

    def __init__(self, given: list[Feed]) -> None:
        self.left = iter(given)

    def get_next(self) -> Feed | None:
        """Next feed or None."""
        return next(self.left, None)


def quantize(source: Path, out: Path, given: list[Feed]) -> None:
    """Writes `out`."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        names = [n.name for n in onnx.load(str(prepared)).graph.node if n.op_type == "Conv"]
        quantize_static(
            str(prepared),
            str(out),
            Reader(given),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            calibrate_method=CalibrationMethod.MinMax,
            # With ReLU among them a convolution's 256 steps cover what ReLU lets through.
            op_types_to_quantize=["Conv", "Relu"],
            nodes_to_exclude=[n for n in names if any(part in n for part in FLOAT_PARTS)],
        )
    model = onnx.load(str(out))
    pool_before_rounding(model.graph)
    onnx.save(model, str(out))


def pool_before_rounding(graph: onnx.GraphProto) -> None:
    """Lets MaxPool read what a quantized tensor was before: onnxruntime pools bytes slowly."""
    makers = {name: node for node in graph.node for name in node.output}
    for node in graph.node:
        widened = makers.get(node.input[0]) if node.op_type == "MaxPool" else None
        if widened is not None and widened.op_type == "DequantizeLinear":
            node.input[0] = makers[widened.input[0]].input[0]


def score(session: ort.InferenceSession, given: list[tuple[Feed, Any]]) -> dict[str, Any]:
    """IoU and velocity errors of a graph."""
    scores = BevScores()
    for feed, truth in given:
        scores.add(truth, session.run(["bev"], feed)[0])
    return scores.result()


def cpu_ms(session: ort.InferenceSession, feed: Feed, runs: int = 20) -> float:
    """Least CPU time of a run."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        session.run(None, feed)
        times.append((time.process_time() - start) * 1e3)
    return min(times)


def compare(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Prints both; True where nothing is lost beyond the tolerance."""
    kept = True
    for name, iou in before["iou_visible"].items():
        loss = iou - after["iou_visible"][name]
        kept &= loss <= IOU_LOSS_MAX
        print(f"  {name:20} {iou:.4f} → {after['iou_visible'][name]:.4f}")
    for name in ("vx_error_mps", "vy_error_mps"):
        kept &= after[name] - before[name] <= VELOCITY_LOSS_MAX_MPS
        print(f"  {name:20} {before[name]:.3f} → {after[name]:.3f}")
    return kept


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bev", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="calibration")
    parser.add_argument("--val", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=64, help="for calibration")
    parser.add_argument("--val-samples", type=int, default=320)
    args = parser.parse_args()
    quantize(args.bev, args.out, [feed for feed, _ in feeds(Dataset(args.data), args.samples)])
    sessions = [open_session(args.bev), open_session(args.out)]
    feed = random_bev_feed(np.random.default_rng(0), 4)
    before_ms, after_ms = (cpu_ms(session, feed) for session in sessions)
    print(f"4 images: {before_ms:.1f} → {after_ms:.1f} ms of CPU, {before_ms / after_ms:.2f} ×")
    given = feeds(Dataset(args.val), args.val_samples)
    print(f"visible IoU and velocity error over {len(given)} samples:")
    before, after = (score(session, given) for session in sessions)
    if not compare(before, after):
        sys.exit(f"more than {IOU_LOSS_MAX} of IoU or {VELOCITY_LOSS_MAX_MPS} m/s lost")


if __name__ == "__main__":
    main()
