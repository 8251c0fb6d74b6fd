"""Observations → what the bev network sees, with one second of history (src/bev/bev-input.ts)."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from .lift import FEATURES_PER_VIEW, lift_table
from .observation import I32, U8, CameraImage, Observation, Points
from .odometry import Odometry, Pose, motion_from
from .pictures import decode_views
from .pillars import CELLS, Motion, Raised, moved, past_occupancy, pillarize
from .views import HEIGHT_PX, WIDTH_PX, View, plan_views

PAST_US = (500_000, 1_000_000)
PAST_TOLERANCE_US = 160_000
HISTORY_US = 1_300_000
CARRY_US = 250_000
DECODE_THREADS = 2


class BevInput(NamedTuple):
    """pillars [6, 32768] uint8, images [N, 96, 320, 3] uint8, lift [4, 8192] int32."""

    pillars: U8
    images: U8
    lift: I32
    blind: bool


class Past(NamedTuple):
    stamp_us: int
    pose: Pose
    generation: int
    raised: Raised
    points: Points


class BevInputBuilder:
    """Pictures decode in threads (OpenCV lets go of the GIL), pillars are filled in this one."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(DECODE_THREADS, "decode")
        self._odometry = Odometry()
        self._history: list[Past] = []
        self.stages_ms: dict[str, float] = {}

    def reset(self) -> None:
        self._odometry = Odometry()
        self._history = []

    def build(self, observation: Observation) -> BevInput:
        views = plan_views(observation.images)
        decoding = [
            self._pool.submit(decode_views, image, [v for v in views if v.image_index == index])
            for index, image in enumerate(observation.images)
        ]
        start = time.perf_counter()
        pillars = self.pillars(observation)
        filled = time.perf_counter()
        images, usable = gather(decoding, views)
        gathered = time.perf_counter()
        lift = lift_table(usable)
        if not usable:
            lift.fill(FEATURES_PER_VIEW)
        self.stages_ms = {
            "pillars": (filled - start) * 1e3,
            "decode": (gathered - filled) * 1e3,
            "lift": (time.perf_counter() - gathered) * 1e3,
        }
        return BevInput(pillars, images, lift, not usable and observation.points is None)

    def pillars(self, observation: Observation) -> U8:
        now_us = observation.stamp_us
        now = self._odometry.advance(now_us, observation.ego)
        generation = self._odometry.generation
        self._history = [
            past
            for past in self._history
            if past.generation == generation and 0 <= now_us - past.stamp_us <= HISTORY_US
        ]
        out = np.empty((6, CELLS), np.uint8)
        points = observation.points
        if points is not None:
            raised = pillarize(points, out)
            self._history.append(Past(now_us, now, generation, raised, points))
        elif self._history and now_us - self._history[-1].stamp_us <= CARRY_US:
            last = self._history[-1]
            pillarize(_carried(last.points, motion_from(last.pose, now)), out)
        else:
            out[:4] = 0
        for channel, ago_us in zip((4, 5), PAST_US, strict=True):
            past = self._nearest(now_us - ago_us)
            motion = motion_from(past.pose, now) if past else Motion(0.0, 0.0, 0.0)
            past_occupancy(past.raised if past else None, motion, out[channel])
        return out

    def _nearest(self, stamp_us: int) -> Past | None:
        near = [p for p in self._history if abs(p.stamp_us - stamp_us) <= PAST_TOLERANCE_US]
        return min(near, key=lambda past: abs(past.stamp_us - stamp_us), default=None)


def gather(decoding: list[Future[list[U8] | None]], views: list[View]) -> tuple[U8, list[View]]:
    """Pictures in the order of their views; a camera that did not decode is as if absent."""
    pictures = [future.result() for future in decoding]
    usable = [view for view in views if pictures[view.image_index] is not None]
    images = np.zeros((max(1, len(usable)), HEIGHT_PX, WIDTH_PX, 3), np.uint8)
    remaining = [iter(found or ()) for found in pictures]
    for n, view in enumerate(usable):
        images[n] = next(remaining[view.image_index])
    return images, usable


def decode_serially(images: list[CameraImage]) -> list[U8]:
    """All views of all pictures in this thread, to time decoding alone."""
    views = plan_views(images)
    found = [
        decode_views(image, [v for v in views if v.image_index == index]) or []
        for index, image in enumerate(images)
    ]
    return [picture for pictures in found for picture in pictures]


def _carried(points: Points, motion: Motion) -> Points:
    x, y = moved(motion, points.x, points.y)
    return points._replace(x=x.astype(np.float32), y=y.astype(np.float32))
