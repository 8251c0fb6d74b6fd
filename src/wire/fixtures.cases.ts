import type { Decision } from "../contract/decision.ts";
import type { Observation } from "../contract/observation.ts";

/** Builders for tests; every field is different so that a swapped one shows. */
export const aDecision = (changes: Partial<Decision> = {}): Decision => ({
  id: 7,
  observationId: 9,
  observationStampUs: 1_557_539_924_600_000,
  decidedUs: 1_557_539_924_650_000,
  validMs: 300,
  mode: "CAUTION",
  verdict: "MODIFIED",
  hits: [
    { rule: "S02", mode: "CAUTION", value: 1, limit: 0, unit: "", detail: "no sweep" },
    { rule: "S07", mode: "NORMAL", value: 8.5, limit: 7.25, unit: "m", detail: "gap to #4" },
  ],
  maneuver: {
    rationale: ["LEAD_VEHICLE", "NONE"],
    lateral: "KEEP_LANE",
    longitudinal: "DECELERATE",
    targetSpeedMps: 4.5,
    gapM: 12.25,
  },
  trajectory: {
    accelMps2: [-0.3, -0.6, 0, 0, 0.3, 0],
    curvatureInvm: [0.01, 0, 0, -0.01, 0, 0],
    xM: [1, 2, 3, 4, 5, 6],
    yM: [0, 0.1, 0.2, 0.3, 0.4, 0.5],
    yawRad: [0, 0.01, 0.02, 0.03, 0.02, 0.01],
    speedMps: [5, 4.75, 4.5, 4.5, 4.5, 4.5],
  },
  hazardLights: false,
  accelLimitMps2: 0,
  proposedManeuver: {
    rationale: ["FREE_ROAD", "INSTRUCTION_SPEED"],
    lateral: "LANE_CHANGE_LEFT",
    longitudinal: "ACCELERATE",
    targetSpeedMps: 8,
  },
  answer: "ACCEPTED",
  answerDetail: '"drive 8 m/s": accepted',
  sentence: "Slowing to 4.5 m/s behind the vehicle ahead.",
  probabilities: [0.5, 0.25, 0.125],
  ages: [{ name: "lidar/top", ageUs: 50_000 }],
  faults: [
    {
      code: "LIDAR_MISSING",
      detail: "/lidar: a sweep expected, found none",
      stampUs: 1_557_539_924_600_000,
      source: "top",
    },
  ],
  egoSpeedMps: 5.5,
  modelHash: "aa",
  configHash: "bb",
  timing: {
    decodeMs: 1,
    pillarsMs: 2,
    bevMs: 3,
    obstaclesMs: 4,
    plannerMs: 5,
    safetyMs: 6,
    sealMs: 7,
    totalMs: 28,
  },
  ...changes,
});

export const anObservation = (changes: Partial<Observation> = {}): Observation => ({
  id: 3,
  stampUs: 1_557_539_924_600_000,
  arrivalUs: 1_557_539_924_640_000,
  images: [
    {
      name: "front",
      stampUs: 1_557_539_924_590_000,
      encoding: "jpeg",
      data: Uint8Array.of(255, 216, 255),
      camera: {
        intrinsics: { widthPx: 8, heightPx: 4, fxPx: 5, fyPx: 6, cxPx: 3.5, cyPx: 1.5 },
        mountEgoFromCamera: { r: [0, 0, 1, -1, 0, 0, 0, -1, 0], t: [1.5, 0, 1.25] },
      },
      egoFromCamera: { r: [0, 0, 1, -1, 0, 0, 0, -1, 0], t: [1.25, 0, 1.25] },
    },
  ],
  sweeps: [
    {
      name: "top",
      stampUs: 1_557_539_924_600_000,
      xyz: Float32Array.of(1, 2, 3, -4, 5.5, 6),
      intensity: Float32Array.of(0.25, 1),
      egoFromLidar: { r: [1, 0, 0, 0, 1, 0, 0, 0, 1], t: [0.5, 0, 1.75] },
      droppedCount: 2,
    },
  ],
  ego: {
    stampUs: 1_557_539_924_600_000,
    speedMps: 5.5,
    accelMps2: -0.5,
    yawRateRadps: 0.125,
    derived: true,
    odomFromEgo: { r: [1, 0, 0, 0, 1, 0, 0, 0, 1], t: [100, 200, 0] },
    secondSpeed: { speedMps: 5.25, source: "wheels" },
    driver: { brake: false, steer: true, cancel: false, accelerator: true },
  },
  route: {
    text: "follow the road",
    givenUs: 1_557_539_924_000_000,
    speedLimitMps: 13.5,
    waypoints: [
      [10, 0],
      [20, 1],
    ],
  },
  expectedCameras: ["front", "left"],
  expectedLidars: ["top"],
  periodUs: 100_000,
  faults: [],
  ...changes,
});
