"""Compares the peer's result, tick by tick, with what dist/bench/peer-dump.js wrote."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .model import Model
from .observation import U8, Observation
from .run import Peer

PARTS = ("pillars", "images", "lift", "bev")


class Check:
    def __init__(self, folder: str) -> None:
        root = Path(folder)
        self._ticks = [json.loads(line) for line in (root / "ticks.jsonl").read_text().splitlines()]
        self._files = {part: (root / f"{part}.bin").open("rb") for part in PARTS}

    def run(self, observations: Iterator[Observation], model: Model) -> dict[str, Any]:
        """Shares of equal ticks and bytes per part, and of equal tokens."""
        peer = Peer(model)
        parts = {part: Agreement() for part in PARTS}
        tokens = Agreement()
        same_images = Agreement()
        stamps = 0
        count = 0
        for observation, expected in zip(observations, self._ticks, strict=True):
            count += 1
            stamps += observation.stamp_us == expected["stamp_us"]
            seen = peer.builder.build(observation)
            bev = model.perceive(seen)
            proposal = peer.planner.plan(observation, bev)
            expected_parts = {part: self._read(part, expected[f"{part}_bytes"]) for part in PARTS}
            theirs = seen._replace(images=expected_parts["images"].reshape(-1, 96, 320, 3))
            same_images.add(_bytes(model.perceive(theirs)), expected_parts["bev"])
            for part, found in zip(PARTS, (seen.pillars, seen.images, seen.lift, bev), strict=True):
                parts[part].add(_bytes(found), expected_parts[part])
            tokens.add(
                np.array(proposal["tokens"] if proposal else [], np.uint8),
                np.array(expected["tokens"], np.uint8),
            )
        return {
            "ticks": count,
            "equal_stamps": stamps,
            **{part: found.summary() for part, found in parts.items()},
            "bev_from_their_images": same_images.summary(),
            "tokens": tokens.summary(),
        }

    def _read(self, part: str, count: int) -> U8:
        return np.frombuffer(self._files[part].read(count), np.uint8)


class Agreement:
    def __init__(self) -> None:
        self._equal_ticks = self._ticks = self._differing = self._total = self._most = 0

    def add(self, found: U8, expected: U8) -> None:
        self._ticks += 1
        self._total += len(expected)
        if len(found) != len(expected):
            self._differing += len(expected)
            return
        off = np.abs(found.astype(np.int16) - expected)
        self._differing += int(np.count_nonzero(off))
        self._most = max(self._most, int(off.max(initial=0)))
        self._equal_ticks += not off.any()

    def summary(self) -> dict[str, float]:
        return {
            "equal_ticks": self._equal_ticks,
            "ticks": self._ticks,
            "differing": self._differing,
            "of": self._total,
            "largest_difference": self._most,
        }


def _bytes(array: Any) -> U8:
    return np.ascontiguousarray(array).view(np.uint8).ravel()
