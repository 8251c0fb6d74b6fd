/** S15: the motion envelope: acceleration, jerk, lateral acceleration and jerk, curvature rate. */
import {
  LATERAL_ACCEL_MAX_MPS2,
  TRAJECTORY_STEP_S,
  type VehicleProfile,
} from "../contract/maneuver.ts";
import { curvatureMaxInvm } from "../geometry/bicycle.ts";
import {
  ACCEL_MAX_MPS2,
  BRAKE_MAX_MPS2,
  JERK_MPS3,
  LATERAL_JERK_MPS3,
  NOMINAL_BRAKE_MPS2,
  STANDSTILL_MPS,
  STEER_RATE_RADPS,
} from "./limits.ts";
import { type Demand, demand } from "./rule.ts";

/** Smallest difference that counts as a change. */
const EPSILON = 1e-9;
/** Below this speed the yaw rate says nothing about curvature. */
const CURVATURE_KNOWN_MPS = 1;

export type EnvelopeInput = {
  /** [T] steps of 0.5 s as proposed. */
  readonly accelMps2: readonly number[];
  readonly curvatureInvm: readonly number[];
  readonly speedMps: number;
  readonly egoAccelMps2: number;
  readonly egoYawRateRadps: number;
  /** Curvature of the last decision and the time since; left out at the first tick. */
  readonly last?: { readonly curvatureInvm: number; readonly dtS: number } | undefined;
  /** The proposal asks for EMERGENCY_BRAKE: −8 m/s² and no jerk limit downwards. */
  readonly emergency: boolean;
  /** 2.0 or a tighter configured value. */
  readonly accelMaxMps2: number;
  readonly vehicle: VehicleProfile;
};

export type Envelope = {
  readonly accelMps2: readonly number[];
  readonly curvatureInvm: readonly number[];
  /** Acceleration that the envelope permits now. */
  readonly accelMaxMps2: number;
  readonly demands: readonly Demand[];
};

/** Kinds of excess, each told once. */
const EXCESSES = ["acceleration", "jerk", "curvature rate", "lateral acceleration"] as const;
type Excess = 0 | 1 | 2 | 3;

const clamp = (value: number, low: number, high: number): number =>
  Math.max(low, Math.min(high, value));

/** How fast curvature may change at this speed, 1/(m·s): lateral jerk 3.0 and the steering rate. */
export const curvatureRateInvmps = (speedMps: number, vehicle: VehicleProfile): number =>
  Math.min(
    STEER_RATE_RADPS / vehicle.wheelbaseM,
    LATERAL_JERK_MPS3 / Math.max(speedMps * speedMps, EPSILON),
  );

/** Clips a proposal to the envelope; each kind of excess is one demand with its first value. */
export function clipToEnvelope(input: EnvelopeInput): Envelope {
  const { speedMps, emergency, vehicle, last } = input;
  const count = input.accelMps2.length;
  const accels = new Array<number>(count);
  const curvatures = new Array<number>(count);
  const demands: Demand[] = [];
  /** Bit of each kind of excess that was told already. */
  let told = 0;
  const say = (kind: Excess, step: number, asked: number, given: number, unit: string): void => {
    if (Math.abs(asked - given) <= EPSILON || (told & (1 << kind)) !== 0) return;
    told |= 1 << kind;
    const detail = `${EXCESSES[kind]} at step ${step}: ${asked.toFixed(4)} asked, ${given.toFixed(4)} given`;
    demands.push(demand("S15", "NORMAL", asked, given, unit, detail));
  };
  const lowMps2 = emergency ? -BRAKE_MAX_MPS2 : -NOMINAL_BRAKE_MPS2;
  const jerkStep = JERK_MPS3 * TRAJECTORY_STEP_S;
  // At standstill the brakes hold the vehicle; what the sensor says is no motion.
  const startMps2 =
    speedMps < STANDSTILL_MPS ? 0 : clamp(input.egoAccelMps2, -NOMINAL_BRAKE_MPS2, ACCEL_MAX_MPS2);
  const accelMaxMps2 = Math.min(input.accelMaxMps2, startMps2 + jerkStep);

  let v = speedMps;
  let previousMps2 = startMps2;
  let previousInvm: number | undefined = last?.curvatureInvm;
  let rampS = last?.dtS ?? TRAJECTORY_STEP_S;
  if (last === undefined && speedMps > CURVATURE_KNOWN_MPS)
    previousInvm = input.egoYawRateRadps / speedMps;
  for (let i = 0; i < count; i++) {
    const askedMps2 = input.accelMps2[i]!;
    const ranged = clamp(askedMps2, lowMps2, input.accelMaxMps2);
    say(0, i, askedMps2, ranged, "mps2");
    const downMps2 = emergency ? lowMps2 : previousMps2 - jerkStep;
    const accel = clamp(ranged, downMps2, previousMps2 + jerkStep);
    say(1, i, ranged, accel, "mps2");

    const nextMps = Math.max(0, v + accel * TRAJECTORY_STEP_S);
    const fastMps = Math.max(v, nextMps);
    const askedInvm = input.curvatureInvm[i]!;
    let curvature = askedInvm;
    if (previousInvm !== undefined) {
      const change = curvatureRateInvmps(fastMps, vehicle) * rampS;
      curvature = clamp(askedInvm, previousInvm - change, previousInvm + change);
      say(2, i, askedInvm, curvature, "");
    }
    const most = curvatureMaxInvm(fastMps, vehicle);
    const bounded = clamp(curvature, -most, most);
    const lateralMps2 = Math.abs(curvature) * fastMps * fastMps;
    if (Math.abs(curvature) - most > EPSILON)
      say(3, i, lateralMps2, LATERAL_ACCEL_MAX_MPS2, "mps2");

    accels[i] = accel;
    curvatures[i] = bounded;
    v = nextMps;
    previousMps2 = accel;
    previousInvm = bounded;
    rampS = TRAJECTORY_STEP_S;
  }
  return {
    accelMps2: accels,
    curvatureInvm: curvatures,
    accelMaxMps2,
    demands,
  };
}
