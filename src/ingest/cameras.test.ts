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

/** The start of a JPEG that claims a size. */
const aHeader = (width: number, height: number): Uint8Array =>
  Uint8Array.of(
    ...[0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2],
    ...[0xff, 0xc0, 0, 11, 8],
    ...[height >> 8, height & 255, width >> 8, width & 255],
    1,
    1,
    17,
    0,
  );

describe("sizes", () => {
  const cameraAt = async (width: number, height: number, changes = {}) => {
    const [first] = await observe(async (writer) => {
      await writeCalibration(writer, { P: [], D: [0, 0, 0, 0, 0], ...changes });
      await writeImages(writer, RAW, aHeader(width, height));
    });
    return first!;
  };

  test("a stream of half size gets half the focal length and keeps the half pixel", async () => {
    const { images } = await cameraAt(widthPx / 2, heightPx / 2);
    expect(images[0]!.camera.intrinsics).toEqual({
      ...{ widthPx: widthPx / 2, heightPx: heightPx / 2, fxPx: fxPx / 2, fyPx: fyPx / 2 },
      ...{ cxPx: (cxPx + 0.5) / 2 - 0.5, cyPx: (cyPx + 0.5) / 2 - 0.5 },
    });
  });

  test("the lens is scaled with it", async () => {
    const { images } = await cameraAt(widthPx * 2, heightPx * 2, { D: BARREL });
    const { intrinsics, lens } = images[0]!.camera;
    expect(lens!.intrinsics).toEqual(intrinsics);
    expect([lens!.intrinsics.widthPx, lens!.intrinsics.fxPx]).toEqual([widthPx * 2, fxPx * 2]);
    expect(lens!.coefficients).toEqual(BARREL);
  });

  test("sizes may change from picture to picture", async () => {
    const all = await observe(async (writer) => {
      await writeCalibration(writer, { P: [], D: [] });
      for (let tick = 0; tick < TICKS; tick++) {
        const { stampUs, timestamp } = stampOf(tick);
        const data = aHeader(widthPx * (1 + tick), heightPx * (1 + tick));
        const fields = { timestamp, frame_id: "lidar", format: "jpeg", data };
        await writer.writeMessage(RAW, "foxglove.CompressedImage", stampUs, fields);
      }
    });
    const focal = all.map(({ images }) => images[0]?.camera.intrinsics.fxPx);
    expect(focal).toEqual([fxPx, fxPx * 2, fxPx * 3]);
  });

  test("another shape, or a scale of no stream, is CAMERA_INVALID with both sizes", async () => {
    for (const [width, height] of [
      [widthPx, heightPx + 4],
      [heightPx, widthPx],
      [widthPx * 9, heightPx * 9],
      [4, 2],
    ] as const) {
      const { images, faults } = await cameraAt(width, height);
      expect(images).toEqual([]);
      const fault = faults.find(({ code }) => code === "CAMERA_INVALID")!;
      expect(fault.detail).toContain(
        `${widthPx} × ${heightPx} px, or one scaled from it, expected`,
      );
      expect(fault.detail).toContain(`found ${width} × ${height} px`);
    }
  });
});

describe("raw pictures", () => {
  const rawOf = async (fields: Readonly<Record<string, unknown>>) => {
    const [first] = await observe(async (writer) => {
      await writeCalibration(writer, { P: [], D: [] });
      const { stampUs, timestamp } = stampOf(0);
      const head = { timestamp, frame_id: "lidar", width: widthPx, height: heightPx };
      await writer.writeMessage(RAW, "foxglove.RawImage", stampUs, { ...head, ...fields });
    });
    return first!;
  };

  test.each([
    ["mono8", "mono8", 1],
    ["8UC1", "mono8", 1],
    ["rgb8", "rgb8", 3],
    ["bgr8", "bgr8", 3],
    ["yuv422_yuy2", "yuyv", 2],
    ["yuv422", "uyvy", 2],
    ["nv12", "nv12", 1.5],
  ] as const)("%s is taken as %s", async (name, encoding, bytesAPixel) => {
    const data = new Uint8Array(widthPx * heightPx * bytesAPixel).map((_, i) => i & 0xff);
    const step = name === "nv12" ? widthPx : widthPx * bytesAPixel;
    const { images } = await rawOf({ encoding: name, step, data });
    expect(images[0]).toMatchObject({ encoding });
    expect(Buffer.compare(images[0]!.data, data)).toBe(0);
  });

  test("padding at the end of rows is cut off", async () => {
    const step = widthPx + 6;
    const data = new Uint8Array(step * heightPx).map((_, i) => (i % step < widthPx ? 7 : 99));
    const { images } = await rawOf({ encoding: "mono8", step, data });
    expect(images[0]!.data).toEqual(new Uint8Array(widthPx * heightPx).fill(7));
  });

  test("an unknown format is CAMERA_INVALID by its name, missing rows MESSAGE_INVALID", async () => {
    const unknown = await rawOf({
      encoding: "bayer_rggb8",
      step: widthPx,
      data: new Uint8Array(9),
    });
    expect(unknown.faults.find(({ code }) => code === "CAMERA_INVALID")!.detail).toMatch(
      /a jpeg, png or raw picture expected, found 9 bytes of "bayer_rggb8"/,
    );
    const short = await rawOf({ encoding: "mono8", step: widthPx + 2, data: new Uint8Array(99) });
    expect(short.faults.find(({ code }) => code === "MESSAGE_INVALID")!.detail).toMatch(
      /36 rows of at least 64 bytes expected, found 99 bytes/,
    );
  });
});

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
