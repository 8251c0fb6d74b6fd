"""Begins from a published model: bev.onnx and planner.onnx back into checkpoints.

python -m training.import_onnx --model models/waywarden-s --bev training/start/bev.onnx --data DIR
    --out runs/published

Writes bev.pt and planner.pt, whose weights give what the graphs give. Batch norms were folded at
export, so new ones are set to do nothing on samples of `--data`.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.bev_model import BevNet, pack_images
from training.checkpoint import save_checkpoint
from training.export_onnx import check_planner, random_planner_feed
from training.onnx_tools import open_session
from training.planner_model import GreedyPlanner, Planner
from training.shards import Dataset

Weights = dict[str, Tensor]


def weights_of(path: Path) -> Weights:
    """Float initializers of a graph by name, in the order of the file; fp16 ones widened."""
    graph = onnx.load(str(path)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return {
        name.removesuffix("_fp16"): torch.from_numpy(array.astype(np.float32))
        for name, array in arrays.items()
        if array.dtype in (np.float32, np.float16)
    }


def import_bev(path: Path, data: Path) -> BevNet:
    """The bev network of a graph."""
    found = weights_of(path)
    net = BevNet()
    state = net.state_dict()
    for name, value in found.items():
        if name.startswith("net."):
            state[name.removeprefix("net.")] = value
    folded = [value for name, value in found.items() if name.startswith("onnx::Conv")]
    pairs = conv_norm_pairs(net)
    assert len(folded) == 2 * len(pairs), f"{2 * len(pairs)} arrays expected, {len(folded)} found"
    none = [value for name, value in found.items() if name.startswith("onnx::Concat")]
    first = state["lift.none"][:1] if len(none) < net.lift.heights else none.pop(0)
    state["lift.none"] = torch.cat([first, *none])
    net.load_state_dict(state)
    for (conv, norm), weight, bias in zip(pairs, folded[::2], folded[1::2], strict=True):
        assert conv.weight.shape == weight.shape
        conv.weight.data.copy_(weight)
        norm.bias.data.copy_(bias)
    settle_norms(net, pairs, Dataset(data))
    return net


def conv_norm_pairs(net: BevNet) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Convolutions with the batch norm behind them, in the order in which they run."""
    pairs: list[tuple[nn.Conv2d, nn.BatchNorm2d]] = []
    conv: nn.Conv2d | None = None
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            conv = module
        elif isinstance(module, nn.BatchNorm2d):
            assert conv is not None
            pairs.append((conv, module))
    return pairs


def settle_norms(
    net: BevNet, pairs: list[tuple[nn.Conv2d, nn.BatchNorm2d]], dataset: Dataset, samples: int = 64
) -> None:
    """Gives each batch norm the mean and variance of its input, and undoes them by its gain."""

    def settle(norm: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm2d)
        assert norm.running_mean is not None and norm.running_var is not None
        mean = inputs[0].mean((0, 2, 3))
        var = inputs[0].var((0, 2, 3), unbiased=False).clamp(min=1e-4)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
        norm.weight.data.copy_((var + norm.eps).sqrt())
        norm.bias.data.add_(mean)

    hooks = [norm.register_forward_pre_hook(settle) for _, norm in pairs]
    arrays = dataset.load(0, ("pillars", "images", "lift"))
    names = ("pillars", "images", "lift")
    sensors = pack_images(*(torch.from_numpy(np.array(arrays[n][:samples])) for n in names))
    with torch.no_grad():
        net.eval()(sensors.pillars, sensors.images, sensors.lift)
    for hook in hooks:
        hook.remove()


def import_planner(path: Path) -> Planner:
    """The planner of a graph; asserts that it gives the same tokens and logits."""
    found = {name.removeprefix("slots/"): value for name, value in weights_of(path).items()}
    net = Planner(found["planner.state.weight"].shape[0])
    net.load_state_dict({name: found[f"planner.{name}"] for name in net.state_dict()})
    session, module = open_session(path), GreedyPlanner(net.eval())
    rng = np.random.default_rng(0)
    for _ in range(4):
        feed = random_planner_feed(rng, net.state.num_embeddings)
        assert check_planner(module, session, feed) < 1e-4
    return net


def check_bev(net: BevNet, path: Path, data: Path) -> float:
    """Largest difference of logits, torch against the graph, on some samples."""
    session = open_session(path)
    arrays = Dataset(data).load(0, ("pillars", "images", "lift"))
    worst = 0.0
    for row in range(70, 78):
        parts = [np.array(arrays[name][row : row + 1]) for name in ("pillars", "images", "lift")]
        sensors = pack_images(*(torch.from_numpy(part) for part in parts))
        with torch.no_grad():
            mine = net.eval()(sensors.pillars, sensors.images, sensors.lift).numpy()
        feed = {
            "pillars": parts[0],
            "images": sensors.images.numpy(),
            "lift": sensors.lift[0].to(torch.int32).numpy(),
        }
        worst = max(worst, float(np.abs(session.run(None, feed)[1] - mine).max()))
    return worst


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--bev", type=Path, help="float bev.onnx; that of --model unless given")
    parser.add_argument("--data", type=Path, required=True, help="rendered shards")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    planner = import_planner(args.model / "planner.onnx")
    save_checkpoint(args.out / "planner.pt", average=planner.state_dict())
    graph = args.bev or args.model / "bev.onnx"
    bev = import_bev(graph, args.data)
    worst = check_bev(bev, graph, args.data)
    assert worst < 1e-2, f"bev logits differ by {worst}"
    save_checkpoint(args.out / "bev.pt", average=bev.state_dict())
    print(f"{args.out}: bev.pt (logits within {worst:.1e}), planner.pt (equal tokens)")


if __name__ == "__main__":
    main()
