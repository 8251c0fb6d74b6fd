/** What a log says about its cameras → what an Observation's images carry. */
import { describe, expect, test } from "vitest";
import type { Observation } from "../contract/observation.ts";
import { aDrive, INTRINSICS, JPEG_BYTES, PERIOD_US, START_US } from "./drive.fixture.ts";
import { collect } from "./source.cases.ts";
import { openSource } from "./source.ts";
import type { DriveWriter } from "./write-mcap.ts";

const TICKS = 3;
const { widthPx, heightPx, fxPx, fyPx, cxPx, cyPx } = INTRINSICS;
const K = [fxPx, 0, cxPx, 0, fyPx, cyPx, 0, 0, 1];
const P = [40, 0, 30, 0, 0, 40, 17, 0, 0, 0, 1, 0];
const BARREL = [-0.3, 0.1, 0, 0, 0];

const stampOf = (tick: number) => {
  const stampUs = START_US + tick * PERIOD_US;
  return {
    stampUs,
    timestamp: { seconds: Math.floor(stampUs / 1e6), nanos: (stampUs % 1e6) * 1000 },
  };
};

const writeCalibration = (writer: DriveWriter, changes: Readonly<Record<string, unknown>>) =>
  writer.writeMessage("/cam/camera_info", "foxglove.CameraCalibration", START_US - PERIOD_US, {
    ...{ timestamp: stampOf(0).timestamp, frame_id: "lidar", width: widthPx, height: heightPx },
    ...{ distortion_model: "plumb_bob", D: BARREL, K, P, ...changes },
  });

async function writeImages(writer: DriveWriter, topic: string, data: Uint8Array = JPEG_BYTES) {
  for (let tick = 0; tick < TICKS; tick++) {
    const { stampUs, timestamp } = stampOf(tick);
    const fields = { timestamp, frame_id: "lidar", format: "jpeg", data };
    await writer.writeMessage(topic, "foxglove.CompressedImage", stampUs, fields);
  }
}

/** A drive with LiDAR and whatever `also` writes of a camera that sits on the LiDAR. */
async function observe(also: (writer: DriveWriter) => Promise<void>): Promise<Observation[]> {
  const source = await openSource(await aDrive({ ticks: TICKS, cameras: [], also }));
  try {
    return await collect(source);
  } finally {
    await source.close();
  }
}

const RAW = "/cam/image_raw/compressed";
const RECTIFIED = "/cam/image_rect_compressed";
const P_PINHOLE = { widthPx, heightPx, fxPx: 40, fyPx: 40, cxPx: 30, cyPx: 17 };

describe("lens", () => {
  test("a picture as taken carries the lens; the pinhole is P", async () => {
    const [first] = await observe(async (writer) => {
      await writeCalibration(writer, {});
      await writeImages(writer, RAW);
    });
    expect(first!.images[0]!.camera).toMatchObject({
      intrinsics: P_PINHOLE,
      lens: { model: "plumb_bob", coefficients: BARREL, intrinsics: INTRINSICS },
    });
  });

  test("a rectified picture carries none, however bent the lens", async () => {
    const [first] = await observe(async (writer) => {
      await writeCalibration(writer, { distortion_model: "of another world" });
      await writeImages(writer, RECTIFIED);
    });
    expect(first!.images[0]!.camera).not.toHaveProperty("lens");
    expect(first!.images[0]!.camera.intrinsics).toEqual(P_PINHOLE);
  });

  test("of a camera with both pictures the rectified one is used", async () => {
    const [first] = await observe(async (writer) => {
      await writeCalibration(writer, {});
      await writeImages(writer, RAW);
      await writeImages(writer, RECTIFIED);
    });
    expect(first!.expectedCameras).toEqual(["cam"]);
    expect(first!.images).toHaveLength(1);
    expect(first!.images[0]!.camera).not.toHaveProperty("lens");
  });

  test("one that makes no sense is CALIBRATION_MISSING with expected and found", async () => {
    const [first] = await observe(async (writer) => {
      await writeCalibration(writer, { D: [-40, 0, 0, 0, 0] });
      await writeImages(writer, RAW);
    });
    expect(first!.images).toEqual([]);
    const fault = first!.faults.find(({ code }) => code === "CALIBRATION_MISSING");
    expect(fault).toMatchObject({ source: "cam" });
    expect(fault!.detail).toMatch(/^cam: .*expected, found one that cannot be used: .*-40/);
  });
});
