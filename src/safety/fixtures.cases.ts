/** Builders for the tests of this room: one good tick, from which each test breaks what it means. */
import { type Maneuver, type Proposal, TRAJECTORY_STEPS } from "../contract/maneuver.ts";
import type { EgoState } from "../contract/observation.ts";
import type { Obstacle, ObstacleField } from "../contract/obstacle.ts";
import { rollOut } from "../geometry/bicycle.ts";
import type { SafetyInput, SafetyStream } from "./input.ts";
import { SLOT_RANGES } from "./s02-proposal.ts";

export const PERIOD_US = 100_000;
export const START_US = 1_700_000_000_000_000;

export const anEgo = (speedMps: number, more: Partial<EgoState> = {}): EgoState => ({
  stampUs: START_US,
  speedMps,
  accelMps2: 0,
  yawRateRadps: 0,
  derived: false,
  ...more,
});

export const aManeuver = (more: Partial<Maneuver> = {}): Maneuver => ({
  rationale: ["FREE_ROAD", "NONE"],
  lateral: "KEEP_LANE",
  longitudinal: "KEEP_SPEED",
  targetSpeedMps: 10,
  ...more,
});

/** A well-formed proposal that drives `accelMps2` for 3 s from `speedMps`. */
export function aProposal(
  speedMps: number,
  accelMps2: number | readonly number[],
  more: Partial<Proposal> & { readonly curvatureInvm?: number | readonly number[] } = {},
): Proposal {
  const { curvatureInvm = 0, ...rest } = more;
  const column = (value: number | readonly number[]): readonly number[] =>
    typeof value === "number" ? new Array<number>(TRAJECTORY_STEPS).fill(value) : value;
  const accels = column(accelMps2);
  const first = accels[0]!;
  const longitudinal = first > 0 ? "ACCELERATE" : first < 0 ? "DECELERATE" : "KEEP_SPEED";
  return {
    observationId: 0,
    stampUs: START_US,
    maneuver: aManeuver({ longitudinal, targetSpeedMps: first < 0 ? 0 : 15 }),
    trajectory: rollOut(speedMps, accels, column(curvatureInvm)),
    answer: "ACCEPTED",
    answerDetail: "",
    probabilities: SLOT_RANGES.map(() => 0.9),
    margins: SLOT_RANGES.map(() => 0.5),
    tokens: SLOT_RANGES.map(([first]) => first),
    ...rest,
  };
}

/** A car whose rear face is `gapM` ahead of the ego's front bumper (3.7 m before the rear axle). */
export function aLead(gapM: number, speedMps: number, more: Partial<Obstacle> = {}): Obstacle {
  const rearM = 3.7 + gapM;
  const yM = more.yM ?? 0;
  return {
    id: 7,
    xM: rearM + 2.25,
    yM,
    zMinM: 0.2,
    zMaxM: 1.6,
    lengthM: 4.5,
    widthM: 1.8,
    yawRad: 0,
    vxMps: speedMps,
    vyMps: 0,
    tracked: true,
    ageUs: 2_000_000,
    unseenUs: 0,
    sigmaM: 0.1,
    pointCount: 200,
    hull: [
      [rearM, yM - 0.9],
      [rearM + 4.5, yM - 0.9],
      [rearM + 4.5, yM + 0.9],
      [rearM, yM + 0.9],
    ],
    ...more,
  };
}

export const aField = (
  obstacles: readonly Obstacle[] = [],
  more: Partial<ObstacleField> = {},
): ObstacleField => ({
  stampUs: START_US,
  obstacles,
  untrackedXyz: new Float32Array(0),
  freeSightM: new Float32Array(360).fill(100),
  carried: false,
  ...more,
});

export const theStreams = (stampUs: number | undefined = START_US): readonly SafetyStream[] => {
  const stamped = stampUs === undefined ? {} : { stampUs };
  return [
    { name: "lidar_top", kind: "lidar", periodUs: PERIOD_US, expected: true, ...stamped },
    { name: "cam_front", kind: "camera", periodUs: PERIOD_US, expected: true, ...stamped },
    { name: "cam_left", kind: "camera", periodUs: PERIOD_US, expected: true, ...stamped },
    { name: "imu", kind: "ego", periodUs: 20_000, expected: true, ...stamped },
  ];
};

/** Clears a property, as an absent input is. */
export const without = (input: SafetyInput, ...keys: (keyof SafetyInput)[]): SafetyInput =>
  Object.fromEntries(
    Object.entries(input).filter(([key]) => !keys.includes(key as keyof SafetyInput)),
  ) as SafetyInput;

/** A clean tick at `tick` · 100 ms: driving at `speedMps` with the given field and proposal. */
export function aTick(
  tick: number,
  speedMps: number,
  more: Partial<SafetyInput> & { readonly accelMps2?: number } = {},
): SafetyInput {
  const { accelMps2 = 0, ...rest } = more;
  const stampUs = START_US + tick * PERIOD_US;
  return {
    nowUs: stampUs + 50_000,
    stampUs,
    observationId: tick,
    periodUs: PERIOD_US,
    ego: anEgo(speedMps, { stampUs }),
    streams: theStreams(stampUs),
    obstacles: aField([], { stampUs }),
    proposal: aProposal(speedMps, accelMps2, { stampUs, observationId: tick }),
    faults: [],
    ...rest,
  };
}
