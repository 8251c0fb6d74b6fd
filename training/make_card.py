"""Writes card.json of a model folder.

python -m training.make_card --model models/waywarden-s [--data DIR …] [--metrics metrics.json]
"""

import argparse
import json
from pathlib import Path
from typing import Any

from training.onnx_tools import sha256_of
from training.spec import (
    BEV_CHANNELS,
    BEV_SPEC,
    IMAGES,
    PILLARS,
    SLOTS,
    TEXT_TOKENS_MAX,
    VOCABULARY,
)

FILES = {
    "text": "text.onnx",
    "bev": "bev.onnx",
    "planner": "planner.onnx",
    "tokenizer": "tokenizer.json",
}


def build_card(
    model: Path, state_vocabulary_size: int, training: dict[str, Any], metrics: dict[str, Any]
) -> dict[str, Any]:
    """Card of the files that lie in `model`."""
    files = {
        part: {"file": name, "sha256": sha256_of(model / name)} for part, name in FILES.items()
    }
    return {
        "name": model.resolve().name,
        "version": "0.1.0",
        "files": files,
        "bev_spec": BEV_SPEC,
        "bev_channels": list(BEV_CHANNELS),
        "pillars": PILLARS,
        "images": IMAGES,
        "text_tokens_max": TEXT_TOKENS_MAX,
        "vocabulary": {kind: list(found) for kind, found in VOCABULARY.items()},
        "slots": list(SLOTS),
        "state_vocabulary_size": state_vocabulary_size,
        "training": training,
        "metrics": metrics,
    }


def training_record(runs: list[Path], data: list[Path]) -> dict[str, Any]:
    """Seeds, settings and data cards: enough to make the model again."""
    return {
        "runs": {run.stem: json.loads(run.read_text()) for run in runs},
        "data": {folder.name: json.loads((folder / "card.json").read_text()) for folder in data},
        "text": "all-MiniLM-L6-v2, frozen, weights rounded to float16",
    }


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("models/waywarden-s"))
    parser.add_argument("--data", type=Path, nargs="*", default=[])
    parser.add_argument("--runs", type=Path, nargs="*", default=[], help="run json files")
    parser.add_argument("--metrics", type=Path)
    parser.add_argument("--state-size", type=int, default=413)
    args = parser.parse_args()
    metrics = json.loads(args.metrics.read_text()) if args.metrics else {}
    card = build_card(args.model, args.state_size, training_record(args.runs, args.data), metrics)
    text = json.dumps(card, indent=1, ensure_ascii=False) + "\n"
    (args.model / "card.json").write_text(text)
    print(f"{args.model / 'card.json'}: {len(text)} bytes")


if __name__ == "__main__":
    main()
