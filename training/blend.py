"""Goes a part of the way back to the weights that a bev training began with, and makes signals need
a lamp.

python -m training.blend --old runs/published/bev.pt --new runs/bev.pt --share 0.2 --unlit 0.5
    --out runs/blend.pt

What the training taught stays, and what it forgot in a short time comes back in part; possible only
while both lie in one valley, as after a gentle training (--kept of training.train_bev). The parts
that learnt at the full rate stay as they are. The loss makes a miss dearer than a false alarm, so a
signal whose lamps nobody sees is told red and green at once; --unlit takes so much from both logits
and gives it back to the colour that is seen.
"""

import argparse
from pathlib import Path

import torch

from training.bev_model import LAMP_KINDS
from training.checkpoint import save_checkpoint
from training.train_bev import QUICK_PARTS


def main() -> None:
    """See module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", type=Path, required=True)
    parser.add_argument("--new", type=Path, required=True)
    parser.add_argument("--share", type=float, required=True, help="of the old weights, 0…1")
    parser.add_argument("--unlit", type=float, default=0.0, help="logit, see above")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    old, new = (
        torch.load(path, map_location="cpu", weights_only=True)["average"]
        for path in (args.old, args.new)
    )
    for name, value in new.items():
        if name.split(".")[0] not in QUICK_PARTS and value.dtype.is_floating_point:
            new[name] = value.lerp(old[name], args.share)
    new["lamps.told.bias"] -= args.unlit
    new["lamps.told.weight"] += args.unlit * torch.eye(LAMP_KINDS)
    save_checkpoint(args.out, average=new)


if __name__ == "__main__":
    main()
