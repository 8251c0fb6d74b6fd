"""Reads dataset folders (format in docs/shards.md) by memory map."""

import json
import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.spec import BEV_CHANNELS, SLOTS, VOCABULARY

Array = np.ndarray[Any, Any]


class Dataset:
    """A dataset folder: card, sentences and shard folders."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.card: dict[str, Any] = json.loads((folder / "card.json").read_text())
        self.sentences: list[str] = json.loads((folder / "sentences.json").read_text())
        self.shards = sorted(p for p in folder.glob("shard-*") if not p.name.endswith(".part"))
        self._check()

    def _check(self) -> None:
        expected: dict[str, Any] = {
            "bev_channels": list(BEV_CHANNELS),
            "slots": list(SLOTS),
            "vocabulary": {kind: list(found) for kind, found in VOCABULARY.items()},
        }
        for key, value in expected.items():
            if self.card.get(key) != value:
                raise ValueError(
                    f"{self.folder}/card.json {key}: {value} expected, found {self.card.get(key)}"
                )
        if not self.shards:
            raise ValueError(f"{self.folder}: folders shard-… expected, found none")

    @property
    def state_size(self) -> int:
        """Ids in the state vocabulary."""
        return int(self.card["state_vocabulary_size"])

    @property
    def state_missing(self) -> list[int]:
        """Id of "not known" of each of the 8 state variables, −1 where it is always known."""
        return [int(variable["missing"]) for variable in self.card["state_vars"]]

    def load(self, shard: int, names: Sequence[str]) -> dict[str, Array]:
        """Memory-mapped arrays of one shard."""
        folder = self.shards[shard]
        return {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in names}


def windows(
    datasets: Sequence[Dataset], rng: np.random.Generator, size: int
) -> Iterator[list[tuple[int, int]]]:
    """Endless groups of `size` shards as (dataset, shard); all shards once per turn."""
    every = [(d, s) for d, dataset in enumerate(datasets) for s in range(len(dataset.shards))]
    while True:
        order = [every[i] for i in rng.permutation(len(every))]
        for first in range(0, len(order), size):
            yield order[first : first + size]


def prefetch(make: Callable[[], Iterator[Any]], depth: int = 3) -> Generator[Any, None, None]:
    """Runs an iterator in a thread, `depth` items ahead; its errors are raised here.

    Close the returned generator to end the thread.
    """
    found: queue.Queue[Any] = queue.Queue(depth)
    done, stop = object(), threading.Event()

    def put(item: Any) -> None:
        while not stop.is_set():
            try:
                return found.put(item, timeout=0.2)
            except queue.Full:
                continue

    def work() -> None:
        torch.set_num_threads(1)  # of this thread only
        try:
            for item in make():
                put(item)
                if stop.is_set():
                    return
            put(done)
        except BaseException as error:
            put(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            item = found.get()
            if item is done:
                return
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()
