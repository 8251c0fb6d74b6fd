import { beforeAll, describe, expect, test } from "vitest";
import { BEV_SPEC } from "../contract/bev.ts";
import type { CameraImage, EgoState, Observation, Sweep } from "../contract/observation.ts";
import { BODY_FROM_OPTICAL, compose, fromYawPitchRoll, IDENTITY } from "../geometry/se3.ts";
import { encodeJpeg } from "../image/encode.ts";
import { type BevInput, BevInputBuilder } from "./bev-input.ts";
import { FEATURES_PER_VIEW, LIFT_CELLS } from "./lift-table.ts";
import { PILLAR_SPEC } from "./pillar-spec.ts";
import { VIEW_HEIGHT_PX, VIEW_WIDTH_PX } from "./views.ts";

const START_US = 1_700_000_000_000_000;
const TICK_US = 100_000;
const WIDTH_PX = 64;
const HEIGHT_PX = 36;
const VIEW_BYTES = VIEW_WIDTH_PX * VIEW_HEIGHT_PX * 3;
const CELLS = PILLAR_SPEC.nx * PILLAR_SPEC.ny;
const NO_LIFT_OF_ONE = FEATURES_PER_VIEW;

let grey: Uint8Array;
beforeAll(async () => {
  grey = await encodeJpeg(
    new Uint8Array(WIDTH_PX * HEIGHT_PX * 3).fill(120),
    WIDTH_PX,
    HEIGHT_PX,
    85,
  );
});

function anImage(name: string, yawRad: number, data: Uint8Array = grey): CameraImage {
  const mount = compose(fromYawPitchRoll(yawRad, 0, 0, [1.5, 0, 1.5]), BODY_FROM_OPTICAL);
  const focal = { fxPx: 50, fyPx: 50, cxPx: 31.5, cyPx: 17.5 };
  return {
    name,
    stampUs: START_US,
    encoding: "jpeg",
    data,
    camera: {
      intrinsics: { widthPx: WIDTH_PX, heightPx: HEIGHT_PX, ...focal },
      mountEgoFromCamera: mount,
    },
    egoFromCamera: mount,
  };
}

/** Ground around (xM, yM) and a post of three points on it. */
function aSweep(xM: number, yM: number): Sweep {
  const points = [
    [xM - 0.6, yM, 0],
    [xM, yM, 0.6],
    [xM, yM, 1],
    [xM, yM, 1.4],
  ];
  return {
    name: "top",
    stampUs: START_US,
    xyz: Float32Array.from(points.flat()),
    intensity: new Float32Array(points.length).fill(0.5),
    egoFromLidar: IDENTITY,
    droppedCount: 0,
  };
}

/** Tick of a drive straight ahead at 10 m/s: 1 m a tick. */
function aTick(tick: number, changes: Partial<Observation> = {}): Observation {
  const stampUs = START_US + tick * TICK_US;
  const ego: EgoState = { stampUs, speedMps: 10, accelMps2: 0, yawRateRadps: 0, derived: false };
  return {
    id: tick,
    stampUs,
    arrivalUs: stampUs,
    images: [],
    sweeps: [],
    ego,
    route: { text: "", givenUs: START_US },
    expectedCameras: [],
    expectedLidars: [],
    periodUs: TICK_US,
    faults: [],
    ...changes,
  };
}

const cellOf = (xM: number, yM: number): number =>
  Math.floor((xM - PILLAR_SPEC.xMinM) / PILLAR_SPEC.cellM) * PILLAR_SPEC.ny +
  Math.floor((yM - PILLAR_SPEC.yMinM) / PILLAR_SPEC.cellM);
const channel = ({ pillars }: BevInput, c: number) => pillars.subarray(c * CELLS, (c + 1) * CELLS);
/** Cells of a pillar channel that hold something. */
const filled = (input: BevInput, c: number): number[] =>
  [...channel(input, c).entries()].flatMap(([cell, value]) => (value > 0 ? [cell] : []));

describe("cameras", () => {
  test("a JPEG of zero bytes is CAMERA_INVALID by name, and the other camera is still used", async () => {
    const images = [anImage("front", 0, new Uint8Array(0)), anImage("left", Math.PI / 2)];
    const input = await new BevInputBuilder().build(aTick(0, { images }));
    expect(input.faults).toMatchObject([{ code: "CAMERA_INVALID", source: "front" }]);
    expect(input.faults[0]!.detail).toMatch(/^camera front: .*expected, found/);
    expect(input.cameras).toEqual(["left"]);
    expect(input.viewCount).toBe(1);
    expect(input.images).toHaveLength(VIEW_BYTES);
    expect(input.images.some((v) => v > 60)).toBe(true);
    expect(input.lift.some((index) => index < FEATURES_PER_VIEW)).toBe(true);
  });

  test("a broken camera leaves the same input as one that is not there", async () => {
    const left = anImage("left", Math.PI / 2);
    const broken = anImage("front", 0, grey.subarray(0, 40));
    const one = await new BevInputBuilder().build(aTick(0, { images: [broken, left] }));
    const other = await new BevInputBuilder().build(aTick(0, { images: [left] }));
    expect(one.lift).toEqual(other.lift);
    expect(one.images).toEqual(other.images);
    expect(one.faults).toHaveLength(1);
  });

  test("when no picture of any camera can be used, that is a fault of its own", async () => {
    const images = [anImage("front", 0, grey.subarray(0, 40))];
    const { faults } = await new BevInputBuilder().build(aTick(0, { images }));
    expect(faults.map((f) => f.code)).toEqual(["CAMERA_INVALID", "ALL_CAMERAS_MISSING"]);
  });

  test("a camera ahead gives a band and a magnified centre, seen at different cells", async () => {
    const input = await new BevInputBuilder().build(aTick(0, { images: [anImage("front", 0)] }));
    expect(input.viewCount).toBe(2);
    const views = new Set([...input.lift].map((index) => Math.floor(index / FEATURES_PER_VIEW)));
    expect([...views].sort()).toEqual([0, 1, 2]);
  });

  test("no camera is one black view that no cell looks at", async () => {
    const builder = new BevInputBuilder();
    await builder.build(aTick(0, { images: [anImage("front", 0)] }));
    const input = await builder.build(aTick(1, { sweeps: [aSweep(10.2, 0.2)] }));
    expect(input.viewCount).toBe(0);
    expect(input.cameras).toEqual([]);
    expect(input.images).toHaveLength(VIEW_BYTES);
    expect(input.images.every((v) => v === 0)).toBe(true);
    expect(input.lift).toHaveLength(4 * LIFT_CELLS);
    expect(LIFT_CELLS).toBe(BEV_SPEC.nx * BEV_SPEC.ny);
    expect(input.lift.every((index) => index === NO_LIFT_OF_ONE)).toBe(true);
  });
});

describe("LiDAR", () => {
  test("points fall into the cell where they are", async () => {
    const input = await new BevInputBuilder().build(aTick(0, { sweeps: [aSweep(10.2, 3.2)] }));
    expect(input.lidars).toEqual(["top"]);
    expect(filled(input, 0)).toEqual([cellOf(9.6, 3.2), cellOf(10.2, 3.2)]);
    expect(filled(input, 4)).toEqual([]);
  });

  test("no LiDAR is empty pillars, also after a builder has seen other drives", async () => {
    const builder = new BevInputBuilder();
    await builder.build(aTick(0, { sweeps: [aSweep(10.2, 0.2)] }));
    builder.reset();
    const input = await builder.build(aTick(1, { images: [anImage("front", 0)] }));
    expect(input.lidars).toEqual([]);
    expect(input.pillars.every((v) => v === 0)).toBe(true);
  });

  test("a missing sweep is carried by ego motion for 250 ms, then it is empty", async () => {
    const builder = new BevInputBuilder();
    await builder.build(aTick(0, { sweeps: [aSweep(20.2, 3.2)] }));
    for (const tick of [1, 2]) {
      const input = await builder.build(aTick(tick));
      expect(input.lidars).toEqual(["top"]);
      expect(filled(input, 0)).toEqual([cellOf(19.6 - tick, 3.2), cellOf(20.2 - tick, 3.2)]);
    }
    const late = await builder.build(aTick(3));
    expect(late.lidars).toEqual([]);
    expect(filled(late, 0)).toEqual([]);
  });

  test("history planes hold the raised points of 0.5 and 1.0 s ago, where they are now", async () => {
    const builder = new BevInputBuilder();
    let input = await builder.build(aTick(0, { sweeps: [aSweep(30.2, 3.2)] }));
    // Each sweep sees its post somewhere else, so that each plane tells its age.
    for (let tick = 1; tick <= 10; tick++)
      input = await builder.build(aTick(tick, { sweeps: [aSweep(30.2 + 3 * tick, 3.2)] }));
    expect(filled(input, 4)).toEqual([cellOf(30.2 + 15 - 5, 3.2)]);
    expect(filled(input, 5)).toEqual([cellOf(30.2 - 10, 3.2)]);
    expect(filled(input, 0)).toContain(cellOf(60.2, 3.2));
  });

  test("history does not outlive a break in the chain of motion", async () => {
    const builder = new BevInputBuilder();
    for (let tick = 0; tick < 6; tick++)
      await builder.build(aTick(tick, { sweeps: [aSweep(30.2, 3.2)] }));
    const input = await builder.build(aTick(0, { sweeps: [aSweep(30.2, 3.2)] }));
    expect(filled(input, 4)).toEqual([]);
    expect(filled(input, 5)).toEqual([]);
  });
});

test("two runs over the same drive give the same bytes", async () => {
  const run = async () => {
    const builder = new BevInputBuilder();
    const digests: string[] = [];
    for (let tick = 0; tick < 7; tick++) {
      const images = [anImage("front", 0), anImage("left", Math.PI / 2)];
      const sweeps = tick === 4 ? [] : [aSweep(30.2 - tick, 3.2)];
      const {
        pillars,
        images: pixels,
        lift,
      } = await builder.build(aTick(tick, { images, sweeps }));
      for (const part of [pillars, pixels, lift])
        digests.push(Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64"));
    }
    return digests;
  };
  expect(await run()).toEqual(await run());
});
