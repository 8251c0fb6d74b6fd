import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BEV_CHANNELS, BEV_SPEC, type BevChannel, type BevState } from "../contract/bev.ts";
import type { Decision, Mode } from "../contract/decision.ts";
import type { CameraImage, Observation } from "../contract/observation.ts";
import type { Obstacle, ObstacleField } from "../contract/obstacle.ts";
import { bevIndex, cellOf } from "../geometry/bev-index.ts";
import { rollOut } from "../geometry/bicycle.ts";
import { BODY_FROM_OPTICAL, compose, IDENTITY } from "../geometry/se3.ts";
import { decodeImage } from "../image/decode.ts";
import { encodeJpeg } from "../image/encode.ts";
import { COLOURS, MODE_COLOURS, type Rgb } from "./colours.ts";
import { renderObservationPicture } from "./observation-picture.ts";

const STAMP_US = 1_700_000_000_000_000;
const WIDTH_PX = 1176;
const HEIGHT_PX = 1056;
const INTRINSICS = { widthPx: 320, heightPx: 180, fxPx: 200, fyPx: 200, cxPx: 160, cyPx: 90 };

async function aCamera(name: string, shade: number): Promise<CameraImage> {
  const rgb = new Uint8Array(320 * 180 * 3);
  for (let i = 0; i < rgb.length; i += 3)
    rgb.set(i < rgb.length / 2 ? [120, 170, 220] : [shade, shade, shade], i);
  const egoFromCamera = compose({ ...IDENTITY, t: [1.5, 0, 1.6] }, BODY_FROM_OPTICAL);
  return {
    name,
    stampUs: STAMP_US - 50_000,
    encoding: "jpeg",
    data: await encodeJpeg(rgb, 320, 180, 90),
    camera: { intrinsics: INTRINSICS, mountEgoFromCamera: egoFromCamera },
    egoFromCamera,
  };
}

/** Rings of ground and a wall at x = 30 m. */
function aCloud(): Float32Array {
  const xyz: number[] = [];
  for (let ring = 4; ring < 40; ring += 2)
    for (let k = 0; k < 360; k++) {
      const angle = (k / 180) * Math.PI;
      xyz.push(ring * Math.cos(angle), ring * Math.sin(angle), 0);
    }
  for (let y = -6; y < 6; y += 0.1) for (let z = 0.2; z < 3; z += 0.4) xyz.push(30, y, z);
  return Float32Array.from(xyz);
}

const anObservation = (
  images: readonly CameraImage[],
  cameras: readonly string[],
): Observation => ({
  id: 7,
  stampUs: STAMP_US,
  arrivalUs: STAMP_US,
  images,
  sweeps: [
    {
      name: "lidar",
      stampUs: STAMP_US,
      egoFromLidar: IDENTITY,
      droppedCount: 0,
      xyz: aCloud(),
      intensity: new Float32Array(aCloud().length / 3),
    },
  ],
  ego: { stampUs: STAMP_US, speedMps: 8, accelMps2: 0.4, yawRateRadps: 0, derived: true },
  route: { text: "change to the left lane", givenUs: STAMP_US },
  expectedCameras: cameras,
  expectedLidars: ["lidar"],
  periodUs: 100_000,
  faults: [],
});

function aBevState(): BevState {
  const data = new Uint8Array(BEV_CHANNELS.length * BEV_SPEC.nx * BEV_SPEC.ny);
  const put = (channel: BevChannel, xM: number, yM: number, value: number) => {
    const cell = cellOf(BEV_SPEC, xM, yM);
    data[bevIndex(BEV_SPEC, BEV_CHANNELS.indexOf(channel), 0, 0) + cell] = value;
  };
  for (let x = -31.5; x < 96; x++)
    for (let y = -31.5; y < 32; y++) {
      if (Math.abs(x) < 60) put("visible", x, y, 255);
      put("vx", x, y, 128);
      put("vy", x, y, 128);
      put("lane_direction", x, y, y > 2 ? 0 : 255);
      if (Math.abs(y) < 6) put("drivable", x, y, 255);
      if (Math.abs(y) === 5.5) put("lane_mark", x, y, 220);
      if (y > 12 && y < 20 && x > 10) put("static", x, y, 200);
      if (x === 40.5 && Math.abs(y) < 4)
        for (const name of ["stop_line", "signal_stop"] as const) put(name, x, y, 255);
      if (x > 20 && x < 25 && Math.abs(y) < 1) {
        put("vehicle", x, y, 255);
        put("vx", x, y, 128 + 24);
      }
    }
  put("vulnerable", 15.5, -8.5, 255);
  return { spec: BEV_SPEC, data, stampUs: STAMP_US, cameras: ["front"], lidars: ["lidar"] };
}

const anObstacle = (
  id: number,
  xM: number,
  yM: number,
  vxMps: number,
  tracked: boolean,
): Obstacle => ({
  id,
  xM,
  yM,
  zMinM: 0,
  zMaxM: 1.5,
  lengthM: 4,
  widthM: 2,
  yawRad: 0,
  vxMps,
  vyMps: 0,
  tracked,
  ageUs: 500_000,
  unseenUs: 0,
  sigmaM: 0.1,
  pointCount: 50,
  hull: [
    [xM - 2, yM - 1],
    [xM + 2, yM - 1],
    [xM + 2, yM + 1],
    [xM - 2, yM + 1],
  ],
});

const someObstacles = (): ObstacleField => ({
  stampUs: STAMP_US,
  obstacles: [anObstacle(1, 22, 0, 6, true), anObstacle(2, 12, 9, 0, false)],
  untrackedXyz: new Float32Array(0),
  freeSightM: new Float32Array(360),
  carried: false,
});

function aDecision(mode: Mode): Decision {
  const maneuver = {
    rationale: ["LEAD_VEHICLE", "NONE"],
    lateral: "LANE_CHANGE_LEFT",
    longitudinal: "DECELERATE",
    targetSpeedMps: 6.5,
    gapM: 14.2,
  } as const;
  return {
    id: 7,
    observationId: 7,
    observationStampUs: STAMP_US,
    decidedUs: STAMP_US + 50_000,
    validMs: 300,
    mode,
    verdict: "MODIFIED",
    hits: [
      {
        rule: "S07",
        mode: "CAUTION",
        value: 12.4,
        limit: 14,
        unit: "m",
        detail: "closer to obstacle 1 than RSS allows",
      },
    ],
    maneuver,
    trajectory: rollOut(8, [-0.6, -0.6, -0.3, 0, 0, 0], [0.01, 0.02, 0.01, -0.01, -0.02, -0.01]),
    hazardLights: false,
    accelLimitMps2: 0,
    proposedManeuver: { ...maneuver, targetSpeedMps: 8 },
    answer: "ACCEPTED",
    answerDetail: "",
    sentence: "Changing to the left lane behind a vehicle that is slower than we are.",
    probabilities: [],
    ages: [],
    faults: [
      {
        code: "CAMERA_MISSING",
        detail: "camera rear expected, found none",
        stampUs: STAMP_US,
        source: "rear",
      },
    ],
    egoSpeedMps: 8,
    modelHash: "",
    configHash: "",
    timing: {
      decodeMs: 0,
      pillarsMs: 0,
      bevMs: 0,
      obstaclesMs: 0,
      plannerMs: 0,
      safetyMs: 0,
      sealMs: 0,
      totalMs: 0,
    },
  };
}

const decodePicture = (data: Uint8Array) =>
  decodeImage({ data, encoding: "png", widthPx: WIDTH_PX, heightPx: HEIGHT_PX });

/** How many pixels of a rectangle have exactly this colour. */
function countColour(rgb: Uint8Array, colour: Rgb, [x0, y0, x1, y1]: readonly number[]): number {
  let count = 0;
  for (let y = y0!; y < y1!; y++)
    for (let x = x0!; x < x1!; x++)
      if (colour.every((value, c) => rgb[(y * WIDTH_PX + x) * 3 + c] === value)) count++;
  return count;
}
const WHOLE = [0, 0, WIDTH_PX, HEIGHT_PX];
const FROM_ABOVE = [656, 8, 1168, 1032];

describe("renderObservationPicture", () => {
  test("a full tick shows cameras, BevState, obstacles, path and the mode's colour", async () => {
    const images = [await aCamera("front", 90), await aCamera("left", 60)];
    const png = await renderObservationPicture({
      observation: anObservation(images, ["front", "left", "rear"]),
      bev: aBevState(),
      obstacles: someObstacles(),
      decision: aDecision("CAUTION"),
    });
    if (process.env.WAYWARDEN_PICTURE) writeFileSync(process.env.WAYWARDEN_PICTURE, png);
    const rgb = await decodePicture(png);
    expect(countColour(rgb, COLOURS.critical, [8, 170, 330, 400])).toBeGreaterThan(20); // rear MISSING
    expect(countColour(rgb, COLOURS.vehicle, FROM_ABOVE)).toBeGreaterThan(100);
    expect(countColour(rgb, COLOURS.vulnerable, FROM_ABOVE)).toBeGreaterThan(30);
    expect(countColour(rgb, COLOURS.tracked, FROM_ABOVE)).toBeGreaterThan(50);
    expect(countColour(rgb, COLOURS.untracked, FROM_ABOVE)).toBeGreaterThan(50);
    expect(countColour(rgb, MODE_COLOURS.CAUTION, FROM_ABOVE)).toBeGreaterThan(100);
  });

  test("forward is up and left is left", async () => {
    const observation = anObservation([], []);
    const only = { ...someObstacles(), obstacles: [anObstacle(1, 40, 20, 6, true)] };
    const rgb = await decodePicture(
      await renderObservationPicture({ observation, obstacles: only }),
    );
    const middleX = 656 + 256;
    const egoY = 8 + 96 * 8;
    expect(countColour(rgb, COLOURS.tracked, [656, 8, middleX, egoY])).toBeGreaterThan(50);
    expect(countColour(rgb, COLOURS.tracked, [middleX, 8, 1168, 1032])).toBe(0);
    expect(countColour(rgb, COLOURS.tracked, [656, egoY, 1168, 1032])).toBe(0);
  });

  test("a stop is red and caution is not", async () => {
    const observation = anObservation([], []);
    const redOf = async (mode: Mode) => {
      const png = await renderObservationPicture({ observation, decision: aDecision(mode) });
      return countColour(await decodePicture(png), COLOURS.critical, WHOLE);
    };
    expect(await redOf("EMERGENCY_STOP")).toBeGreaterThan(5000);
    expect(await redOf("CAUTION")).toBe(0);
  });

  test("a broken picture is named and does not stop the others", async () => {
    const good = await aCamera("front", 90);
    const broken = { ...good, name: "left", data: good.data.subarray(0, 300) };
    const observation = anObservation([broken, good], ["left", "front"]);
    const rgb = await decodePicture(await renderObservationPicture({ observation }));
    expect(countColour(rgb, COLOURS.critical, [8, 8, 320, 30])).toBeGreaterThan(20);
    expect(countColour(rgb, COLOURS.critical, [332, 8, 640, 30])).toBe(0);
  });

  test("an observation with nothing in it still gives a picture", async () => {
    const observation = { ...anObservation([], []), sweeps: [] };
    const rgb = await decodePicture(await renderObservationPicture({ observation }));
    expect(rgb.length).toBe(WIDTH_PX * HEIGHT_PX * 3);
  });

  test("the same tick gives the same bytes", async () => {
    const observation = anObservation([await aCamera("front", 90)], ["front"]);
    const picture = { observation, bev: aBevState(), decision: aDecision("NORMAL") };
    expect(await renderObservationPicture(picture)).toEqual(
      await renderObservationPicture(picture),
    );
  });
});
