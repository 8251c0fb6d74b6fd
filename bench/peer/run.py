"""The loop that is timed."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

from .bev_input import BevInputBuilder, decode_serially
from .lift import lift_table
from .log import read_ahead
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

    def decide(self, observation: Observation) -> Proposal | None:
        seen = self.builder.build(observation)
        if seen.blind:
            return None
        return self.planner.plan(observation, self._model.perceive(seen))

    def warm_up(self, observation: Observation) -> None:
        for _ in range(WARM_UP_ROUNDS):
            self.decide(observation)
        self.builder.reset()
        self.planner.reset()


def decide_all(
    observations: Iterator[Observation], model: Model, publisher: Publisher | None
) -> dict[str, Any]:
    """Every observation once, as fast as it goes; rate and CPU count from the end of the first."""
    peer = Peer(model)
    ahead = read_ahead(observations)
    first = next(ahead)
    peer.warm_up(first)
    tick_ms: list[float] = []
    laps: list[tuple[float, float]] = []
    for observation in itertools.chain([first], ahead):
        read_s = time.perf_counter()
        proposal = peer.decide(observation)
        if publisher is not None and proposal is not None:
            publisher.publish(proposal)
        laps.append((time.perf_counter(), time.process_time()))
        tick_ms.append((laps[-1][0] - read_s) * 1e3)
    published = publisher.flush() if publisher is not None else 0
    return {
        "ticks": len(tick_ms) - 1,
        "wall_s": laps[-1][0] - laps[0][0],
        "cpu_s": laps[-1][1] - laps[0][1],
        "tick_ms": tick_ms,
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
