import { describe, expect, test } from "vitest";
import type { LogChannel } from "./mcap-log.ts";
import { findTopics, sensorName } from "./topics.ts";

const aChannel = (id: number, topic: string, schemaName: string): LogChannel => ({
  id,
  topic,
  schemaName,
  messageEncoding: "protobuf",
  schemaEncoding: "protobuf",
  schemaData: new Uint8Array(0),
  logTimesUs: [1],
});

describe("topics", () => {
  for (const [topic, name] of [
    ["/cam_front/image_rect_compressed", "cam_front"],
    ["/camera/front/image", "front"],
    ["/lidar_top", "lidar_top"],
    ["/sensing/top/points_raw", "top"],
    ["/sensing/top/point_cloud2", "top"],
    ["image", "image"],
    ["/image_left", "image_left"],
  ] as const)
    test(`the sensor of ${topic} is ${name}`, () => {
      expect(sensorName(topic)).toBe(name);
    });

  test("two topics that would share a name keep their whole topics", () => {
    const topics = findTopics([
      aChannel(1, "/a/top/points", "foxglove.PointCloud"),
      aChannel(2, "/b/top/points", "foxglove.PointCloud"),
    ]);
    expect(topics.clouds.map((c) => c.name)).toEqual(["/a/top/points", "/b/top/points"]);
  });

  test("a calibration belongs to the camera of its folder; elsewhere its frame must tell", () => {
    const topics = findTopics([
      aChannel(1, "/front/image", "foxglove.CompressedImage"),
      aChannel(2, "/front/camera_info", "foxglove.CameraCalibration"),
      aChannel(3, "/calibration", "foxglove.CameraCalibration"),
    ]);
    expect(topics.calibrations.map((c) => c.camera)).toEqual(["front", undefined]);
  });

  test("a channel without messages is no sensor", () => {
    const empty = { ...aChannel(2, "/right/image", "foxglove.CompressedImage"), logTimesUs: [] };
    const full = aChannel(1, "/left/image", "foxglove.CompressedImage");
    expect(findTopics([full, empty]).images.map((i) => i.name)).toEqual(["left"]);
  });
});
