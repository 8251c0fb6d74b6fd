"""Streams of stamped items → ticks at the nominal rate (src/ingest/synchronizer.ts).

Clock jumps are left out: the peer reads whole, recorded logs.
"""

import math
from bisect import insort
from dataclasses import dataclass, field
from typing import Any

LATE_RATIO = 0.25
FRESH_RATIO = 1.25


@dataclass(slots=True)
class Stream:
    name: str
    period_us: int
    waiting: list[tuple[int, Any]] = field(default_factory=list)
    last: tuple[int, Any] | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    stamp_us: int
    items: dict[str, Any]


class Synchronizer:
    """The first stream leads: a tick takes its stamp where it comes within half a period."""

    def __init__(self, streams: list[tuple[str, int]], period_us: int) -> None:
        self.period_us = period_us
        self.tolerance_us = math.floor(period_us * LATE_RATIO + 0.5)
        self._streams = {name: Stream(name, period) for name, period in streams}
        self._lead = self._streams[streams[0][0]]
        self._first_us: int | None = None
        self._watermark_us = 0
        self._last_tick_us: int | None = None

    def offer(self, name: str, stamp_us: int, item: object) -> list[Tick]:
        insort(self._streams[name].waiting, (stamp_us, item), key=lambda waiting: waiting[0])
        self._first_us = stamp_us if self._first_us is None else min(self._first_us, stamp_us)
        self._watermark_us = max(self._watermark_us, stamp_us)
        ticks = []
        while self._expected_us() + self.period_us <= self._watermark_us:
            ticks.append(self._tick())
        return ticks

    def flush(self) -> list[Tick]:
        ticks: list[Tick] = []
        while self._first_us is not None:
            expected = self._expected_us()
            if self._watermark_us <= expected - self.period_us / 2 and not self._near(expected):
                break
            ticks.append(self._tick())
        return ticks

    def _expected_us(self) -> float:
        if self._last_tick_us is not None:
            return self._last_tick_us + self.period_us
        assert self._first_us is not None
        if not self._lead.waiting:
            return self._first_us + self.period_us
        lead_us = self._lead.waiting[0][0]
        before = math.floor((lead_us - self._first_us) / self.period_us - 0.5)
        return lead_us - max(0, before) * self.period_us

    def _near(self, expected_us: float) -> int | None:
        half = self.period_us / 2
        for stamp_us, _ in self._lead.waiting:
            if expected_us - half < stamp_us <= expected_us + half:
                return stamp_us
        return None

    def _tick(self) -> Tick:
        expected = self._expected_us()
        stamp_us = self._near(expected) or math.floor(expected + 0.5)
        self._last_tick_us = stamp_us
        items = {}
        for stream in self._streams.values():
            chosen = self._take(stream, stamp_us)
            if chosen is not None:
                items[stream.name] = chosen[1]
        return Tick(stamp_us, items)

    def _take(self, stream: Stream, tick_us: int) -> tuple[int, Any] | None:
        """The newest unused item up to the tick, else one just after it."""
        waiting = stream.waiting
        slow = stream.period_us > 1.5 * self.period_us
        oldest = tick_us - FRESH_RATIO * max(self.period_us, stream.period_us if slow else 0)
        chosen = None
        while waiting and waiting[0][0] <= tick_us:
            chosen = waiting.pop(0)
        if chosen is not None and chosen[0] < oldest:
            chosen = None
        if chosen is None and waiting and waiting[0][0] <= tick_us + self.tolerance_us:
            if not slow or stream.last is None:
                chosen = waiting.pop(0)
        if chosen is not None:
            stream.last = chosen
        elif slow and stream.last is not None and stream.last[0] >= oldest:
            chosen = stream.last
        return chosen
