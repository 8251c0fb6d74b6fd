"""README.md of a model folder, from its metrics."""

from pathlib import Path
from typing import Any

HEAD = """# {name}

Small model of Waywarden: three ONNX graphs that run on a CPU.

| File | What it is | Size |
|---|---|---|
{files}

`text.onnx` is all-MiniLM-L6-v2 (Apache-2.0, sentence-transformers; last hidden states, no pooling),
frozen, weights stored as float16 and widened for each sentence. `tokenizer.json` belongs to it. `bev.onnx`
and `planner.onnx` were trained by `training/` on worlds of our own generator only (Apache-2.0, as
the rest of the repository). `card.json` holds hashes, grid, vocabulary, seeds and all metrics;
training/README.md says how to make the model again. Most convolutions of `bev.onnx` are int8
(`training.quantize`, which bounds what that may cost; the figures are in training/README.md), and a
run takes half the time on a CPU with VNNI. The scores below are those of float32.

Limits: generated worlds only (highways, country roads, junctions, roundabouts; one kind of rendering),
modest scores as below, no claim for any public road. It has seen each turn, light and stop sign some
thousand times only: in closed loop it drives country roads for most of their way, but runs lights, cuts
or misses turns and touches others where roads meet (docs/simulate.md). The safety room does not trust
this model.

"""


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.1f} MB" if path.exists() else "–"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "–"
    text = f"{row['balanced_accuracy']:.3f}"
    if "mean_error" in row:
        text += f" ({row['mean_error']:.2f} {row['unit']})"
    return text


def _majority(row: dict[str, Any]) -> str:
    text = f"{row['majority_balanced_accuracy']:.3f}"
    if "median_guess_error" in row:
        text += f" ({row['median_guess_error']:.2f} {row['unit']})"
    return text


def slot_table(columns: dict[str, dict[str, Any]], reference: dict[str, Any]) -> str:
    """Balanced accuracy (mean error where there is a unit) by slot; majority class first."""
    lines = ["| Slot | majority class | " + " | ".join(columns) + " |"]
    lines.append("|---" * (len(columns) + 2) + "|")
    for name, row in reference.items():
        cells = [_cell(column.get(name)) for column in columns.values()]
        lines.append(f"| {name} | {_majority(row)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def bev_table(bev: dict[str, Any]) -> str:
    """IoU by channel and velocity error, one column per set of sensors."""
    lines = ["| IoU (cells that can be seen) | " + " | ".join(bev) + " |"]
    lines.append("|---" * (len(bev) + 1) + "|")
    for channel in next(iter(bev.values()))["iou"]:
        cells = [
            f"{found['iou'][channel]:.3f} ({found['iou_visible'][channel]:.3f})"
            for found in bev.values()
        ]
        lines.append(f"| {channel} | " + " | ".join(cells) + " |")
    for axis in ("vx", "vy"):
        cells = [
            f"{found[f'{axis}_error_mps']:.2f} m/s (all still: "
            f"{found[f'{axis}_error_if_still_mps']:.2f})"
            for found in bev.values()
        ]
        lines.append(f"| mean error of {axis} on objects | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write_readme(model: Path, metrics: dict[str, Any]) -> None:
    """Writes README.md into the model folder."""
    files = {
        "text.onnx": "sentence → per-token states",
        "bev.onnx": "pillars and pictures → BevState",
        "planner.onnx": "BevState, text and state → 19 slots",
        "tokenizer.json": "WordPiece tokenizer of the sentence model",
    }
    table = "\n".join(f"| `{n}` | {what} | {_size(model / n)} |" for n, what in files.items())
    truth, perceived = metrics["planner_on_truth"], metrics["planner_on_perceived"]
    names = [name for name in truth if name != "samples"]
    text = HEAD.format(name=model.resolve().name, files=table)
    text += "## Planner on true BevStates\n\n"
    text += (
        f"{truth['samples']} samples of worlds and sentences never seen, decoded greedily as "
        "served. Balanced accuracy, and in brackets the mean error of slots that have a unit.\n\n"
    )
    text += slot_table({name: truth[name] for name in names}, truth["all"])
    text += "\n\n![confusion](../../docs/pictures/confusion-truth.png)\n"
    samples = metrics["bev"]["all sensors"]["samples"]
    text += f"\n## Perception\n\n{samples} rendered samples of worlds and rigs never seen.\n\n"
    text += bev_table(metrics["bev"])
    text += "\n\n## Planner on perceived BevStates\n\n"
    text += slot_table(perceived, perceived["all sensors"])
    text += "\n\n![confusion](../../docs/pictures/confusion-perceived.png)\n"
    (model / "README.md").write_text(text)
