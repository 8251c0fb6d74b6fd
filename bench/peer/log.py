"""An MCAP log with Foxglove protobuf schemas → Observations, one per tick."""

import re
from collections.abc import Iterator
from statistics import median
from typing import IO, Any

import numpy as np
from mcap.reader import SeekingReader
from mcap.records import MessageIndex
from mcap.stream_reader import StreamReader
from mcap_protobuf.decoder import DecoderFactory

from .ego import ego_state_at, ego_tick_from_ego
from .observation import CameraImage, Intrinsics, Observation, Points
from .point_cloud import read_points
from .se3 import Se3, compose, from_quaternion
from .synchronizer import Synchronizer, Tick
from .tf_tree import EGO_FRAME, TfTree

CARRIER = re.compile(
    r"^(image|points?|point_?cloud2?|camera_?info|calibration|compressed|data|cloud)([_-].*)?$",
    re.I,
)
IMAGE, CLOUD = "foxglove.CompressedImage", "foxglove.PointCloud"
CALIBRATION = "foxglove.CameraCalibration"
TRANSFORMS = ("foxglove.FrameTransform", "foxglove.FrameTransforms")


def sensor_name(topic: str) -> str:
    """/cam_front/image_rect_compressed → cam_front."""
    parts = [part for part in topic.split("/") if part]
    while len(parts) > 1 and CARRIER.match(parts[-1]):
        parts.pop()
    return parts[-1]


class Log:
    """Reads cameras (front first) and all LiDARs of a log."""

    def __init__(self, path: str, cameras: list[str], text: str) -> None:
        self._file: IO[bytes] = open(path, "rb")
        self._reader = SeekingReader(self._file, decoder_factories=[DecoderFactory()])
        self._text = text
        self._tf = TfTree()
        self._intrinsics: dict[str, Intrinsics] = {}
        summary = self._reader.get_summary()
        if summary is None:
            raise ValueError(f"{path}: an indexed MCAP expected, found none")
        schema_of = {c.topic: summary.schemas[c.schema_id].name for c in summary.channels.values()}
        sensors = {
            sensor_name(topic): (topic, schema)
            for topic, schema in schema_of.items()
            if schema in (IMAGE, CLOUD)
        }
        self._lidars = [name for name, (_, schema) in sensors.items() if schema == CLOUD]
        self._cameras = cameras
        times = self._log_times_us(summary)
        periods = [
            (name, _median_period_us(times[sensors[name][0]])) for name in [*self._lidars, *cameras]
        ]
        self._sync = Synchronizer(periods, periods[0][1])
        self._names = {sensors[name][0]: name for name in [*self._lidars, *cameras]}
        self._topics = [
            topic
            for topic, schema in schema_of.items()
            if topic in self._names or schema == CALIBRATION or schema in TRANSFORMS
        ]

    def _log_times_us(self, summary: Any) -> dict[str, list[int]]:
        """Record times per topic from the message index records alone."""
        times: dict[str, list[int]] = {}
        for chunk in summary.chunk_indexes:
            self._file.seek(chunk.chunk_start_offset + chunk.chunk_length)
            for record in StreamReader(self._file, skip_magic=True).records:
                if not isinstance(record, MessageIndex):
                    break
                topic = summary.channels[record.channel_id].topic
                times.setdefault(topic, []).extend(ns // 1000 for ns, _ in record.records)
        return times

    def observations(self) -> Iterator[Observation]:
        ids = 0
        given_us = 0
        for tick in self._ticks():
            given_us = given_us or tick.stamp_us
            yield self._observe(ids, tick, given_us)
            ids += 1

    def _ticks(self) -> Iterator[Tick]:
        for schema, channel, _, message in self._reader.iter_decoded_messages(self._topics):
            name = self._names.get(channel.topic)
            if name is not None:
                yield from self._sync.offer(name, _stamp_us(message.timestamp), message)
            elif schema is not None and schema.name == CALIBRATION:
                self._intrinsics[message.frame_id] = _intrinsics(message)
            elif hasattr(message, "transforms"):
                for transform in message.transforms:
                    self._add(transform)
            else:
                self._add(message)
        yield from self._sync.flush()

    def _add(self, transform: Any) -> None:
        t, q = transform.translation, transform.rotation
        self._tf.add(
            transform.parent_frame_id,
            transform.child_frame_id,
            _stamp_us(transform.timestamp) or None,
            from_quaternion((q.x, q.y, q.z, q.w), (t.x, t.y, t.z)),
        )

    def _observe(self, tick_id: int, tick: Tick, given_us: int) -> Observation:
        images = []
        for name in self._cameras:
            image = self._image(name, tick)
            if image is not None:
                images.append(image)
        clouds = [
            self._points(tick.items[name], tick) for name in self._lidars if name in tick.items
        ]
        points = _joined([cloud for cloud in clouds if cloud is not None])
        ego = ego_state_at(self._tf, tick.stamp_us, tick.stamp_us + self._sync.tolerance_us)
        return Observation(tick_id, tick.stamp_us, images, points, ego, self._text, given_us)

    def _ego_from_sensor(self, frame_id: str, sensor_us: int, tick_us: int) -> Se3 | None:
        as_of_us = tick_us + self._sync.tolerance_us
        mount = self._tf.lookup(EGO_FRAME, frame_id, sensor_us, as_of_us)
        motion = ego_tick_from_ego(self._tf, tick_us, sensor_us, as_of_us)
        return compose(motion, mount) if mount is not None and motion is not None else None

    def _image(self, name: str, tick: Tick) -> CameraImage | None:
        message = tick.items.get(name)
        if message is None or message.frame_id not in self._intrinsics:
            return None
        stamp_us = _stamp_us(message.timestamp)
        ego_from_camera = self._ego_from_sensor(message.frame_id, stamp_us, tick.stamp_us)
        if ego_from_camera is None:
            return None
        return CameraImage(name, message.data, self._intrinsics[message.frame_id], ego_from_camera)

    def _points(self, message: Any, tick: Tick) -> Points | None:
        stamp_us = _stamp_us(message.timestamp)
        ego_from_frame = self._ego_from_sensor(message.frame_id, stamp_us, tick.stamp_us)
        if ego_from_frame is None:
            return None
        p, q = message.pose.position, message.pose.orientation
        frame_from_cloud = from_quaternion((q.x, q.y, q.z, q.w), (p.x, p.y, p.z))
        return read_points(message, compose(ego_from_frame, frame_from_cloud))


def _joined(clouds: list[Points]) -> Points | None:
    if len(clouds) <= 1:
        return clouds[0] if clouds else None
    return Points(*(np.concatenate(columns) for columns in zip(*clouds, strict=True)))


def _stamp_us(timestamp: Any) -> int:
    return int(timestamp.seconds * 1_000_000 + timestamp.nanos // 1000)


def _intrinsics(m: Any) -> Intrinsics:
    """P is the camera of the rectified image; where it is absent K must do."""
    if len(m.P) == 12 and m.P[0] > 0 and m.P[5] > 0:
        return Intrinsics(m.width, m.height, m.P[0], m.P[5], m.P[2], m.P[6])
    return Intrinsics(m.width, m.height, m.K[0], m.K[4], m.K[2], m.K[5])


def _median_period_us(times_us: list[int]) -> int:
    times_us.sort()
    steps = [b - a for a, b in zip(times_us, times_us[1:], strict=False) if b > a]
    return int(median(steps) + 0.5) if steps else 100_000
