"""Transforms between named frames over time (src/ingest/tf-tree.ts)."""

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

from .se3 import IDENTITY, Se3, compose, interpolate, invert

HOLE_US = 300_000
SLOPE_MIN_US = 50_000
HISTORY_US = 3_000_000
RIGID_M = 0.05
RIGID_RAD = 0.02
EGO_FRAME = "base_link"


@dataclass(slots=True)
class Edge:
    parent: str
    first: Se3
    stamps_us: list[int] = field(default_factory=list)
    poses: list[Se3] = field(default_factory=list)
    always: Se3 | None = None
    moved: bool = False


class TfTree:
    """Frames above ego move and need samples near the stamp; a mounting is rigid until it moves."""

    def __init__(self) -> None:
        self._edges: dict[str, Edge] = {}

    def add(self, parent: str, child: str, stamp_us: int | None, parent_from_child: Se3) -> None:
        edge = self._edges.get(child)
        if edge is None or edge.parent != parent:
            if self._reaches(parent, child):
                return
            edge = self._edges[child] = Edge(parent, parent_from_child)
        if stamp_us is None:
            edge.always = parent_from_child
            return
        if not edge.moved:
            edge.moved = (
                math.dist(parent_from_child.t, edge.first.t) > RIGID_M
                or _angle_between(edge.first, parent_from_child) > RIGID_RAD
            )
        _insert(edge, stamp_us, parent_from_child)

    def _reaches(self, frame: str | None, ancestor: str) -> bool:
        while frame is not None:
            if frame == ancestor:
                return True
            frame = self._parent(frame)
        return False

    def _parent(self, frame: str) -> str | None:
        edge = self._edges.get(frame)
        return edge.parent if edge else None

    def fixed_frame(self) -> str | None:
        """odom where the tree has it above ego, else the topmost frame above ego."""
        top = None
        frame = self._parent(EGO_FRAME)
        while frame is not None:
            top = frame
            if frame == "odom":
                break
            frame = self._parent(frame)
        return top

    def ego_stamps_us(self, from_us: int, to_us: int) -> list[int]:
        edge = self._edges.get(EGO_FRAME)
        if edge is None:
            return []
        stamps = edge.stamps_us
        return stamps[bisect_right(stamps, from_us) : bisect_right(stamps, to_us)]

    def lookup(self, dst: str, src: str, stamp_us: int, as_of_us: int) -> Se3 | None:
        """dst_from_src at stamp_us from samples stamped up to as_of_us."""
        up: dict[str, Se3] = {}
        pose: Se3 | None = IDENTITY
        frame: str | None = src
        while frame is not None and pose is not None:
            up[frame] = pose
            pose = None if frame == dst else self._step(frame, pose, stamp_us, as_of_us)
            frame = self._parent(frame)
        pose = IDENTITY
        frame = dst
        while frame is not None and pose is not None:
            common = up.get(frame)
            if common is not None:
                return common if frame == dst else compose(invert(pose), common)
            pose = self._step(frame, pose, stamp_us, as_of_us)
            frame = self._parent(frame)
        return None

    def _step(self, frame: str, frame_from_x: Se3, stamp_us: int, as_of_us: int) -> Se3 | None:
        edge = self._edges.get(frame)
        if edge is None:
            return None
        moves = edge.moved or self._reaches(EGO_FRAME, frame)
        at = _pose_at(edge, stamp_us, as_of_us, moves)
        return compose(at, frame_from_x) if at is not None else None


def _angle_between(a: Se3, b: Se3) -> float:
    trace = 0.0
    for x, y in zip(a.r, b.r, strict=True):
        trace += x * y
    return math.acos(min(1.0, max(-1.0, (trace - 1) / 2)))


def _insert(edge: Edge, stamp_us: int, pose: Se3) -> None:
    stamps, poses = edge.stamps_us, edge.poses
    at = bisect_left(stamps, stamp_us)
    if at < len(stamps) and stamps[at] == stamp_us:
        poses[at] = pose
    else:
        stamps.insert(at, stamp_us)
        poses.insert(at, pose)
    old = bisect_left(stamps, stamps[-1] - HISTORY_US)
    if old > 0:
        del stamps[:old], poses[:old]


def _pose_at(edge: Edge, stamp_us: int, as_of_us: int, moves: bool) -> Se3 | None:
    stamps, poses = edge.stamps_us, edge.poses
    end = bisect_right(stamps, as_of_us)
    if end == 0:
        return edge.always or (poses[0] if poses and not moves else None)
    following = bisect_left(stamps, stamp_us, 0, end)
    if following < end and stamps[following] == stamp_us:
        return poses[following]
    if 0 < following < end:
        a, b = stamps[following - 1], stamps[following]
        if moves and b - a > HOLE_US:
            return None
        return interpolate(poses[following - 1], poses[following], (stamp_us - a) / (b - a))
    nearest = 0 if following == 0 else end - 1
    if not moves:
        return poses[nearest]
    if abs(stamp_us - stamps[nearest]) > HOLE_US:
        return None
    return _extrapolate(edge, nearest, end, stamp_us)


def _extrapolate(edge: Edge, nearest: int, end: int, stamp_us: int) -> Se3:
    """Constant velocity from two samples at that end; holds where only one is near."""
    stamps, poses = edge.stamps_us, edge.poses
    step = 1 if nearest == 0 and stamp_us < stamps[0] else -1
    i = nearest + step
    while 0 <= i < end:
        span_us = abs(stamps[i] - stamps[nearest])
        if span_us > HOLE_US:
            break
        if span_us >= SLOPE_MIN_US:
            ratio = (stamp_us - stamps[nearest]) / (stamps[i] - stamps[nearest])
            return interpolate(poses[nearest], poses[i], ratio)
        i += step
    return poses[nearest]
