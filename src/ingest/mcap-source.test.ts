import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { SourceError } from "../contract/errors.ts";
import type { Fault } from "../contract/fault.ts";
import type { Observation } from "../contract/observation.ts";
import { fromYawPitchRoll, transformPoint } from "../geometry/se3.ts";
import { CHUNK_COMPRESSIONS } from "./chunk-compress.ts";
import {
  aCloud,
  aDrive,
  CAMERAS,
  type DriveSpec,
  INTRINSICS,
  JPEG_BYTES,
  LIDAR_MOUNT,
  PERIOD_US,
  START_US,
} from "./drive.fixture.ts";
import { collect, describeSource, digestOf } from "./source.cases.ts";
import { openSource, type SourceOptions } from "./source.ts";

async function observe(spec: DriveSpec, options?: SourceOptions): Promise<Observation[]> {
  const source = await openSource(await aDrive(spec), options);
  try {
    return await collect(source);
  } finally {
    await source.close();
  }
}
const codes = (o: Observation): string[] => o.faults.map((f) => f.code);
const faultsOf = (all: readonly Observation[], code: Fault["code"]): Fault[] =>
  all.flatMap((o) => o.faults.filter((f) => f.code === code));

for (const compression of CHUNK_COMPRESSIONS) {
  const path = aDrive({ compression, noSweepAt: [3], noPoseAt: [5] });
  describeSource(`MCAP, ${compression} chunks`, async () => openSource(await path));
}
const streamPath = aDrive({ indexed: false, noSweepAt: [3] });
describeSource("MCAP without chunks and index", async () => openSource(await streamPath));

describe("MCAP source", () => {
  test("gives the same observations whatever the chunks are", async () => {
    const digests = await Promise.all(
      CHUNK_COMPRESSIONS.map(async (compression) => digestOf(await observe({ compression }))),
    );
    const streamed = digestOf(await observe({ indexed: false }));
    expect(new Set([...digests, streamed]).size).toBe(1);
  });

  test("ticks on with LIDAR_MISSING where sweeps are missing", async () => {
    const all = await observe({ ticks: 10, noSweepAt: [4, 5, 8] });
    expect(all.map((o) => o.stampUs)).toEqual(all.map((_, i) => START_US + i * PERIOD_US));
    expect(all).toHaveLength(10);
    const without = all.filter((o) => o.sweeps.length === 0);
    expect(without.map((o) => o.id)).toEqual([4, 5, 8]);
    for (const o of without) expect(codes(o)).toContain("LIDAR_MISSING");
    expect(faultsOf(all, "LIDAR_MISSING")).toHaveLength(3);
  });

  test("puts cameras front first, whatever their names", async () => {
    const [first] = await observe({});
    expect(first!.expectedCameras).toEqual(["b_front", "a_back"]);
    expect(first!.images.map((i) => i.name)).toEqual(["b_front", "a_back"]);
  });

  test("brings points from the LiDAR to ego", async () => {
    const [first] = await observe({});
    const { xyz, egoFromLidar } = first!.sweeps[0]!;
    const [x, y, z] = aCloud().xyz;
    expect([...xyz.subarray(0, 3)]).toEqual(
      transformPoint(LIDAR_MOUNT, [x!, y!, z!]).map(Math.fround),
    );
    expect(egoFromLidar.t).toEqual(LIDAR_MOUNT.t);
  });

  test("takes the ray origin of a LiDAR from the options where its cloud hides it", async () => {
    const origin = [0.3, 0, 2] as const;
    const [first] = await observe({}, { lidarOriginsM: { lidar: origin } });
    expect(first!.sweeps[0]!.egoFromLidar.t).toEqual(origin);
    const [plain] = await observe({});
    expect(first!.sweeps[0]!.xyz).toEqual(plain!.sweeps[0]!.xyz);
  });

  test("can be read once only", async () => {
    const source = await openSource(await aDrive());
    await collect(source);
    expect(() => source.observations()).toThrow(/once expected, found twice/);
    await source.close();
  });

  test("moves a picture taken 50 ms before the tick back by the way driven since", async () => {
    const all = await observe({ speedMps: 10 });
    const front = all[4]!.images.find((i) => i.name === "b_front")!;
    expect(front.stampUs).toBe(all[4]!.stampUs - 50_000);
    expect(front.camera.mountEgoFromCamera.t[0]).toBeCloseTo(1.5, 9);
    expect(front.egoFromCamera.t[0]).toBeCloseTo(1.5 - 0.5, 6);
    expect(front.camera.intrinsics).toEqual(INTRINSICS);
    expect([...front.data]).toEqual([...JPEG_BYTES]);
  });

  test("takes a picture up to a quarter period late and moves it on by extrapolation", async () => {
    const all = await observe({ speedMps: 10 });
    const back = all[4]!.images.find((i) => i.name === "a_back")!;
    expect(back.stampUs).toBe(all[4]!.stampUs + 10_000);
    expect(back.egoFromCamera.t[0]).toBeCloseTo(-1 + 0.1, 6);
    expect(all[4]!.arrivalUs).toBe(back.stampUs);
  });

  test("derives the speed from poses and marks it; the first tick is EGO_MISSING", async () => {
    const all = await observe({ speedMps: 10 });
    expect(all[0]!.ego).toBeUndefined();
    expect(codes(all[0]!)).toContain("EGO_MISSING");
    for (const { ego, stampUs } of all.slice(1)) {
      expect(ego!.speedMps).toBeCloseTo(10, 6);
      expect(ego!.derived).toBe(true);
      expect(ego!.stampUs).toBe(stampUs);
    }
    expect(all[3]!.ego!.odomFromEgo!.t[0]).toBeCloseTo(3, 9);
  });

  test("a drive without poses is EGO_MISSING in every tick; its sensors are still used", async () => {
    const all = await observe({ poses: false });
    expect(faultsOf(all, "EGO_MISSING")).toHaveLength(all.length);
    expect(all.every((o) => o.ego === undefined && o.images.length === 2)).toBe(true);
  });

  test("a speed given by the user stands where nothing measures one, and moves pictures", async () => {
    const all = await observe({ poses: false }, { egoSpeedMps: 8 });
    expect(faultsOf(all, "EGO_MISSING")).toHaveLength(0);
    expect(all[2]!.ego).toMatchObject({ speedMps: 8, derived: true });
    const front = all[2]!.images.find((i) => i.name === "b_front")!;
    expect(front.egoFromCamera.t[0]).toBeCloseTo(1.5 - 0.4, 6);
  });

  test("a speed given by the user does not overrule poses", async () => {
    const all = await observe({ speedMps: 10 }, { egoSpeedMps: 8 });
    expect(all[0]!.ego!.speedMps).toBe(8);
    expect(all[5]!.ego!.speedMps).toBeCloseTo(10, 6);
  });

  test("a hole in the poses is TRANSFORM_MISSING, and the picture is left out", async () => {
    const all = await observe({ ticks: 14, noPoseAt: [4, 5, 6, 7, 8, 9] });
    const holed = all.filter((o) => codes(o).includes("TRANSFORM_MISSING"));
    expect(holed.map((o) => o.id)).toEqual([6, 7, 8, 9, 10]);
    expect(holed[0]!.images.map((i) => i.name)).toEqual(["b_front"]);
    for (const o of holed.slice(1, 4)) {
      expect(o.images).toHaveLength(0);
      expect(codes(o)).toContain("ALL_CAMERAS_MISSING");
      expect(o.sweeps).toHaveLength(1);
    }
    expect(holed[1]!.faults[0]!.detail).toMatch(/map to base_link within 0\.3 s of \d+ expected/);
    expect(codes(all[6]!)).toContain("EGO_STALE");
    expect(all[6]!.ego!.stampUs).toBe(START_US + 3 * PERIOD_US);
    expect(all[7]!.ego).toBeUndefined();
    expect(codes(all[7]!)).toContain("EGO_MISSING");
    expect(all[12]!.ego!.speedMps).toBeCloseTo(10, 6);
  });

  test("a camera without calibration is CALIBRATION_MISSING and not used", async () => {
    const all = await observe({ calibrations: false });
    for (const o of all) {
      expect(o.images).toHaveLength(0);
      expect(o.faults.filter((f) => f.code === "CALIBRATION_MISSING")).toHaveLength(2);
    }
  });

  test("a camera without mounting is TRANSFORM_MISSING and not used", async () => {
    const stampUs = START_US;
    const all = await observe({
      also: async (w) => {
        await w.writeCalibration("c_loose", stampUs, INTRINSICS);
        await w.writeImage({ name: "c_loose", stampUs, encoding: "jpeg", data: JPEG_BYTES });
      },
    });
    expect(all[0]!.images.map((i) => i.name)).toEqual(["b_front", "a_back"]);
    const [fault] = faultsOf(all, "TRANSFORM_MISSING");
    expect(fault).toMatchObject({ source: "c_loose" });
    expect(fault!.detail).toMatch(/base_link to c_loose/);
  });

  test("a picture of zero bytes is CAMERA_INVALID", async () => {
    const stampUs = START_US + 2 * PERIOD_US - 1;
    const also: DriveSpec["also"] = (w) =>
      w.writeImage({ name: "b_front", stampUs, encoding: "jpeg", data: new Uint8Array(0) });
    const all = await observe({ also });
    expect(faultsOf(all, "CAMERA_INVALID")).toMatchObject([{ source: "b_front" }]);
    expect(all[2]!.images.map((i) => i.name)).toEqual(["a_back"]);
  });

  test("cameras only: ticks follow the front camera, no LiDAR is expected", async () => {
    const all = await observe({ lidar: false });
    // The back camera goes on 60 ms beyond the last front picture: one more tick, without front.
    expect(all).toHaveLength(9);
    expect(all[8]!.faults).toMatchObject([{ code: "CAMERA_MISSING", source: "b_front" }]);
    expect(all[0]!.expectedLidars).toEqual([]);
    expect(all[3]!.stampUs).toBe(START_US + 3 * PERIOD_US + CAMERAS.b_front!.offsetUs);
    expect(faultsOf(all, "LIDAR_MISSING")).toHaveLength(0);
  });

  test("LiDAR only: no camera is expected and none is missed", async () => {
    const all = await observe({ cameras: [] });
    expect(all).toHaveLength(8);
    expect(all.every((o) => o.sweeps.length === 1 && o.expectedCameras.length === 0)).toBe(true);
    expect(faultsOf(all, "ALL_CAMERAS_MISSING")).toHaveLength(0);
  });

  test("options choose cameras, LiDARs, start and instruction", async () => {
    const few = await observe({}, { cameras: 1, lidars: false, text: "keep left" });
    expect(few[0]!.expectedCameras).toEqual(["b_front"]);
    expect(few[0]!.expectedLidars).toEqual([]);
    expect(few[0]!.route).toEqual({ text: "keep left", givenUs: few[0]!.stampUs });
    const late = await observe({ ticks: 20 }, { startS: 1.5, cameras: ["a_back"] });
    expect(late.map((o) => o.stampUs)[0]).toBe(START_US + 15 * PERIOD_US);
    expect(late).toHaveLength(5);
    expect(late[0]!.id).toBe(0);
    expect(late[0]!.ego!.speedMps).toBeCloseTo(10, 6);
    expect(late[0]!.images.map((i) => i.name)).toEqual(["a_back"]);
  });

  test("points with NaN are removed and counted; a sweep of nothing else is LIDAR_INVALID", async () => {
    const some = aCloud(4);
    some.xyz[4] = Number.NaN;
    const none = aCloud(2);
    none.xyz.fill(Number.NaN);
    const all = await observe({
      noSweepAt: [2, 3],
      also: async (w) => {
        await w.writeSweep("lidar", START_US + 2 * PERIOD_US, some);
        await w.writeSweep("lidar", START_US + 3 * PERIOD_US, none);
      },
    });
    expect(all[2]!.sweeps[0]).toMatchObject({ droppedCount: 1 });
    expect(all[2]!.sweeps[0]!.intensity).toHaveLength(3);
    expect(all[3]!.sweeps).toHaveLength(0);
    expect(codes(all[3]!)).toContain("LIDAR_INVALID");
  });

  test("a message that is no protobuf is MESSAGE_INVALID with its topic; the rest goes on", async () => {
    const all = await observe({
      also: (w) =>
        w.writeBytes(
          "/lidar/points",
          "foxglove.PointCloud",
          START_US + 250_000,
          Uint8Array.of(255, 1),
        ),
    });
    expect(all).toHaveLength(8);
    const [fault] = faultsOf(all, "MESSAGE_INVALID");
    expect(fault!.detail).toMatch(/topic \/lidar\/points, message of 2 bytes/);
  });

  test("a lone stamp in the far future is CLOCK_JUMP and makes no ticks", async () => {
    const also: DriveSpec["also"] = (w) =>
      w.writeSweep("lidar", START_US + 3_600_000_000, aCloud());
    const all = await observe({ also });
    expect(all).toHaveLength(8);
    expect(faultsOf(all, "CLOCK_JUMP")).toHaveLength(1);
  });

  test("a position fix gives the speed where no pose does", async () => {
    const all = await observe({
      poses: false,
      also: async (w) => {
        for (let i = 0; i < 8; i++)
          await w.writeMessage("/gps", "foxglove.LocationFix", START_US + i * PERIOD_US, {
            latitude: 37 + (i * 0.5) / 111_194.9,
            longitude: -122,
          });
      },
    });
    expect(all[6]!.ego!.speedMps).toBeCloseTo(5, 2);
    expect(all[6]!.ego!.odomFromEgo).toBeUndefined();
  });

  test("a pose topic gives the speed where no transform does", async () => {
    const all = await observe({
      poses: false,
      also: async (w) => {
        for (let i = 0; i < 8; i++) {
          const us = START_US + i * PERIOD_US;
          await w.writeMessage("/pose", "foxglove.PoseInFrame", us, {
            timestamp: { seconds: Math.floor(us / 1e6), nanos: (us % 1e6) * 1000 },
            frame_id: "map",
            pose: { position: { y: i * 0.7 }, orientation: { z: Math.SQRT1_2, w: Math.SQRT1_2 } },
          });
        }
      },
    });
    expect(all[6]!.ego!.speedMps).toBeCloseTo(7, 6);
  });

  test("reads FrameTransforms, several transforms in one message", async () => {
    const all = await observe({
      poses: false,
      also: async (w) => {
        for (let i = 0; i < 8; i++) {
          const us = START_US + i * PERIOD_US;
          const timestamp = { seconds: Math.floor(us / 1e6), nanos: (us % 1e6) * 1000 };
          const link = (parent_frame_id: string, child_frame_id: string, x: number) => ({
            ...{ timestamp, parent_frame_id, child_frame_id },
            ...{ translation: { x }, rotation: { w: 1 } },
          });
          const transforms = [link("map", "odom", 1000 * i), link("odom", "base_link", 0.4 * i)];
          await w.writeMessage("/tf_all", "foxglove.FrameTransforms", us, { transforms });
        }
      },
    });
    // odom moves smoothly and is used; the jumps of map above it do not matter.
    expect(all[6]!.ego!.speedMps).toBeCloseTo(4, 6);
    expect(all[6]!.ego!.odomFromEgo!.t[0]).toBeCloseTo(2.4, 9);
  });

  test("a quaternion of another length than 1 is MESSAGE_INVALID, not a rotation", async () => {
    const also: DriveSpec["also"] = (w) =>
      w.writeMessage("/tf", "foxglove.FrameTransform", START_US + 1000, {
        ...{ parent_frame_id: "base_link", child_frame_id: "mast", rotation: { w: 0.2 } },
      });
    const [fault] = faultsOf(await observe({ also }), "MESSAGE_INVALID");
    expect(fault!.detail).toMatch(/topic \/tf, .*a unit quaternion expected, found/);
  });

  test("a pose that jumps is EGO_INVALID, not a speed", async () => {
    const far = fromYawPitchRoll(0, 0, 0, [500, 0, 0]);
    const all = await observe({
      ticks: 6,
      noPoseAt: [5],
      also: (w) => w.writeTransform("map", "base_link", START_US + 5 * PERIOD_US, far),
    });
    expect(all[5]!.ego).toBeUndefined();
    expect(codes(all[5]!)).toContain("EGO_INVALID");
  });
});

describe("MCAP that cannot be read", () => {
  const opened = async (path: string, options?: SourceOptions) => {
    const source = await openSource(path, options);
    try {
      return await collect(source);
    } finally {
      await source.close();
    }
  };
  async function failureOf(run: Promise<unknown>): Promise<SourceError> {
    const error = await run.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(SourceError);
    return error as SourceError;
  }
  async function cut(spec: DriveSpec, ratio: number): Promise<string> {
    const path = await aDrive(spec);
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * ratio)));
    return path;
  }

  for (const indexed of [true, false])
    test(`a truncated log (index ${indexed}) gives what is readable, a fault, then a clear error`, async () => {
      const path = await cut({ ticks: 20, indexed, chunkBytes: 1000 }, 0.6);
      const source = await openSource(path);
      expect(source.info.damage).toMatch(/MCAP footer expected, found the end of the file at byte/);
      const seen: Observation[] = [];
      const error = await failureOf(
        (async () => {
          for await (const o of source.observations()) seen.push(o);
        })(),
      );
      await source.close();
      expect(error.code).toBe("SOURCE_TRUNCATED");
      expect(error.message).toContain(path);
      expect(seen.length).toBeGreaterThan(5);
      expect(seen.length).toBeLessThan(20);
      expect(codes(seen.at(-1)!)).toContain("MESSAGE_INVALID");
    });

  test("a log cut inside its header says so", async () => {
    const error = await failureOf(opened(await cut({}, 0.005)));
    expect(error.message).toMatch(/expected, found/);
  });

  test("a damaged chunk is an error that names the file", async () => {
    const path = await aDrive({ ticks: 20, chunkBytes: 1000 });
    const bytes = await readFile(path);
    bytes[Math.floor(bytes.length * 0.4)]! ^= 0xff;
    await writeFile(path, bytes);
    const error = await failureOf(opened(path));
    expect(["SOURCE_CORRUPT", "SOURCE_TRUNCATED"]).toContain(error.code);
    expect(error.message).toContain(path);
  });

  test("a file of another format is refused by its content", async () => {
    const path = await aDrive();
    await writeFile(path, "not a log");
    const error = await failureOf(opened(path));
    expect(error.code).toBe("SOURCE_UNKNOWN_FORMAT");
    expect(error.message).toMatch(/MCAP magic 894d434150300d0a expected at byte 0, found 6e6f/);
    expect((await failureOf(opened(`${path}.none`))).code).toBe("SOURCE_NOT_READABLE");
  });

  test("a log without cameras and LiDARs lists the topics that it has", async () => {
    const error = await failureOf(opened(await aDrive({ cameras: [], lidar: false })));
    expect(error.code).toBe("SOURCE_NO_SENSORS");
    expect(error.message).toMatch(/found \/tf \(foxglove\.FrameTransform, protobuf\)/);
  });

  test("a sensor channel in another encoding is said and left out", async () => {
    const also: DriveSpec["also"] = (w) =>
      w.writeBytes("/radar/points", "foxglove.PointCloud", START_US, new Uint8Array(3), "json");
    const all = await opened(await aDrive({ also }));
    const [fault] = faultsOf(all, "MESSAGE_INVALID");
    expect(fault!.detail).toMatch(/topic \/radar\/points: .*protobuf expected, found .* in json/);
    expect(all[0]!.expectedLidars).toEqual(["lidar"]);
  });

  test("overrides must name topics of the log, with a schema of that role", async () => {
    const path = await aDrive();
    const unknown = await failureOf(opened(path, { topics: { cloud: ["/nothing"] } }));
    expect(unknown.message).toMatch(/cloud topic \/nothing expected, found .*\/lidar\/points/);
    const wrong = await failureOf(opened(path, { topics: { cloud: ["/tf"] } }));
    expect(wrong.code).toBe("SOURCE_ENCODING");
    const one = await opened(path, { topics: { image: ["/b_front/image"] } });
    expect(one[0]!.expectedCameras).toEqual(["b_front"]);
    expect((await failureOf(opened(path, { cameras: ["side"] }))).message).toMatch(/camera side/);
  });

  test("a schema that does not hold its message type is an error that names the topic", async () => {
    const also: DriveSpec["also"] = (w) =>
      w.writeBytes("/x/points", "foxglove.PointCloud2", START_US, new Uint8Array(3));
    const path = await aDrive({ also });
    expect((await opened(path))[0]!.expectedLidars).toEqual(["lidar"]);
    const bytes = await readFile(path, "latin1");
    await writeFile(
      path,
      bytes.replaceAll("foxglove.PointCloud2", "foxglove.PointCloud\0"),
      "latin1",
    );
    expect((await failureOf(opened(path))).message).toContain(path);
  });
});
