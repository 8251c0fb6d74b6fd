"""Writes text.onnx and tokenizer.json; run once, never changes afterwards.

python -m training.export_text --out models/waywarden-s
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
import torch

from training.onnx_tools import export_module, open_session, store_weights_as_fp16
from training.text_model import load_text_model, load_tokenizer, minilm_folder

SENTENCES = (
    "follow the road",
    "change to the left lane, then take the next right",
    "keep two seconds behind the car in front and do not go faster than 50 km/h please",
)


def main() -> None:
    """Exports, then reports the size and the largest difference to fp32 and fp16-rounded torch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("models/waywarden-s"))
    args = parser.parse_args()
    rounded, exact = load_text_model(), load_text_model(round_to_fp16=False)
    ids = torch.tensor([load_tokenizer().encode(SENTENCES[0]).ids])
    path = args.out / "text.onnx"
    axes = {1: "tokens"}
    export_module(
        rounded,
        (ids, torch.ones_like(ids)),
        path,
        ["input_ids", "attention_mask"],
        ["states"],
        {"input_ids": axes, "attention_mask": axes, "states": axes},
    )
    store_weights_as_fp16(path)
    shutil.copyfile(minilm_folder() / "tokenizer.json", args.out / "tokenizer.json")
    session = open_session(path)
    worst_rounded = worst_exact = 0.0
    for sentence in SENTENCES:
        ids = torch.tensor([load_tokenizer().encode(sentence).ids])
        ones = torch.ones_like(ids)
        feed = {"input_ids": ids.numpy(), "attention_mask": ones.numpy()}
        (states,) = session.run(["states"], feed)
        worst_rounded = max(worst_rounded, np.abs(states - rounded(ids, ones).numpy()).max())
        worst_exact = max(worst_exact, np.abs(states - exact(ids, ones).numpy()).max())
    print(f"text.onnx {path.stat().st_size / 1e6:.2f} MB")
    print(f"max |difference| to torch: fp16-rounded {worst_rounded:.2e}, fp32 {worst_exact:.2e}")


if __name__ == "__main__":
    main()
