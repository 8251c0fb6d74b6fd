"""`python -m peer.selftest < JSON`: pillars and lift table of what test/peer.test.ts sends."""

import base64
import json
import sys

import numpy as np

from .lift import lift_table
from .observation import F32, U8, CameraImage, Intrinsics, Points
from .pillars import CELLS, Motion, past_occupancy, pillarize
from .se3 import Se3
from .views import plan_views


def main() -> None:
    given = json.load(sys.stdin)

    def column(name: str) -> F32:
        return np.frombuffer(base64.b64decode(given[name]), np.float32)

    xyz = column("xyz").reshape(-1, 3)
    x, y, z = (np.ascontiguousarray(xyz[:, axis]) for axis in range(3))
    pillars: U8 = np.zeros((6, CELLS), np.uint8)
    raised = pillarize(Points(x, y, z, column("intensity")), pillars)
    past_occupancy(raised, Motion(*given["now_from_past"]), pillars[4])
    images = [
        CameraImage("", b"", Intrinsics(*image["intrinsics"]), Se3(tuple(image["r"]), image["t"]))
        for image in given["images"]
    ]
    lift = lift_table(plan_views(images))
    found = {"pillars": pillars.tobytes(), "lift": lift.tobytes()}
    print(json.dumps({name: base64.b64encode(data).decode() for name, data in found.items()}))


if __name__ == "__main__":
    main()
