"""The loop that is timed."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

from .ahead import ahead
from .bev_input import BevInput, BevInputBuilder, decode_serially
from .lift import lift_table
from .model import Model
from .observation import Observation
from .planner import Planner, Proposal
from .publisher import Publisher
from .views import plan_views

WARM_UP_ROUNDS = 3
STAGES = ("read", "decode", "pillars", "lift", "bev", "planner")


class Peer:
    def __init__(self, model: Model) -> None:
        self.builder = BevInputBuilder()
        self.planner = Planner(model)
        self._model = model

    def decide(self, observation: Observation, seen: BevInput) -> Proposal | None:
        if seen.blind:
            return None
        return self.planner.plan(observation, self._model.perceive(seen))

    def warm_up(self, observation: Observation) -> None:
        for _ in range(WARM_UP_ROUNDS):
            self.decide(observation, BevInputBuilder().build(observation))
        self.planner.reset()


def decide_all(
    observations: Iterator[Observation], model: Model, publisher: Publisher | None
) -> dict[str, Any]:
    """Every observation once, as fast as it goes; rate and CPU count from the end of the first.

    The next ones are read and sensed in a thread while the networks run: onnxruntime, OpenCV, zstd
    and most of numpy let go of the GIL.
    """
    peer = Peer(model)
    sensed = ahead((o, peer.builder.build(o)) for o in observations)
    first = next(sensed)
    peer.warm_up(first[0])
    laps: list[tuple[float, float]] = []
    for observation, seen in itertools.chain([first], sensed):
        proposal = peer.decide(observation, seen)
        if publisher is not None and proposal is not None:
            publisher.publish(proposal)
        laps.append((time.perf_counter(), time.process_time()))
    published = publisher.flush() if publisher is not None else 0
    return {
        "ticks": len(laps) - 1,
        "wall_s": laps[-1][0] - laps[0][0],
        "cpu_s": laps[-1][1] - laps[0][1],
        "tick_ms": [(b[0] - a[0]) * 1e3 for a, b in itertools.pairwise(laps)],
        "published": published,
    }


def time_stages(observations: Iterator[Observation], model: Model) -> dict[str, Any]:
    """CPU time of each stage, run alone and one after the other; ticks after the first."""
    peer = Peer(model)
    alone = BevInputBuilder()
    stages: dict[str, list[float]] = {name: [] for name in STAGES}
    lap_s = time.process_time()

    def lap(stage: str | None = None) -> None:
        nonlocal lap_s
        now_s = time.process_time()
        if stage is not None:
            stages[stage].append((now_s - lap_s) * 1e3)
        lap_s = now_s

    for observation in observations:
        lap("read")
        seen = peer.builder.build(observation)
        lap()
        decode_serially(observation.images)
        lap("decode")
        alone.pillars(observation)
        lap("pillars")
        lift_table(plan_views(observation.images))
        lap("lift")
        bev = model.perceive(seen)
        lap("bev")
        peer.planner.plan(observation, bev)
        lap("planner")
    return {"stages_ms": {name: times[1:] for name, times in stages.items()}}
