import {
  ACCEL_CODES_MPS2,
  CURVATURE_CODES_RATIO,
  LATERAL_ACCEL_MAX_MPS2,
  TRAJECTORY_STEP_S,
  TRAJECTORY_STEPS,
  type Trajectory,
  type VehicleProfile,
} from "../contract/maneuver.ts";

/** κ_max(v) = min(tan δ_max / L, 3.0 / v²), 1/m. */
export function curvatureMaxInvm(speedMps: number, vehicle: VehicleProfile): number {
  const steer = Math.tan(vehicle.maxSteerRad) / vehicle.wheelbaseM;
  return Math.min(steer, LATERAL_ACCEL_MAX_MPS2 / Math.max(speedMps * speedMps, 0.01));
}

/** Pose of the rear axle on the ground plane. */
export type BicycleState = { xM: number; yM: number; yawRad: number; speedMps: number };

/** Advances a bicycle by dtS with constant acceleration (speed never below 0) and curvature. */
export function stepBicycle(
  s: BicycleState,
  accelMps2: number,
  curvatureInvm: number,
  dtS: number,
): BicycleState {
  const out = { xM: 0, yM: 0, yawRad: 0, speedMps: 0 };
  stepBicycleInto(out, s, accelMps2, curvatureInvm, dtS);
  return out;
}

/** As stepBicycle, without a new object; `out` may be `s`. */
export function stepBicycleInto(
  out: BicycleState,
  s: Readonly<BicycleState>,
  accelMps2: number,
  curvatureInvm: number,
  dtS: number,
): void {
  const v1 = Math.max(0, s.speedMps + accelMps2 * dtS);
  const moveS = accelMps2 < 0 && v1 === 0 ? Math.min(dtS, s.speedMps / -accelMps2) : dtS;
  const ds = ((s.speedMps + v1) / 2) * moveS;
  const dYaw = ds * curvatureInvm;
  const mid = s.yawRad + dYaw / 2;
  const chord = Math.abs(dYaw) < 1e-9 ? ds : (2 * Math.sin(dYaw / 2)) / curvatureInvm;
  out.xM = s.xM + chord * Math.cos(mid);
  out.yM = s.yM + chord * Math.sin(mid);
  out.yawRad = s.yawRad + dYaw;
  out.speedMps = v1;
}

/** Rolls out (acceleration, curvature) pairs of 0.5 s each from the origin of ego. */
export function rollOut(
  speedMps: number,
  accelMps2: readonly number[],
  curvatureInvm: readonly number[],
): Trajectory {
  const count = accelMps2.length;
  const xM = new Array<number>(count);
  const yM = new Array<number>(count);
  const yawRad = new Array<number>(count);
  const speeds = new Array<number>(count);
  const s: BicycleState = { xM: 0, yM: 0, yawRad: 0, speedMps: Math.max(0, speedMps) };
  for (let i = 0; i < count; i++) {
    stepBicycleInto(s, s, accelMps2[i]!, curvatureInvm[i]!, TRAJECTORY_STEP_S);
    xM[i] = s.xM;
    yM[i] = s.yM;
    yawRad[i] = s.yawRad;
    speeds[i] = s.speedMps;
  }
  return {
    accelMps2: [...accelMps2],
    curvatureInvm: [...curvatureInvm],
    xM,
    yM,
    yawRad,
    speedMps: speeds,
  };
}

/**
 * Decodes trajectory codes: step i takes ACCEL_CODES_MPS2[accel[i]] and
 * CURVATURE_CODES_RATIO[curvature[i]] · κ_max(speed at the start of that step).
 */
export function decodeTrajectory(
  speedMps: number,
  accelCodes: readonly number[],
  curvatureCodes: readonly number[],
  vehicle: VehicleProfile,
): Trajectory {
  const accel: number[] = [];
  const curvature: number[] = [];
  let v = Math.max(0, speedMps);
  for (let i = 0; i < TRAJECTORY_STEPS; i++) {
    const a = ACCEL_CODES_MPS2[accelCodes[i] ?? -1];
    const k = CURVATURE_CODES_RATIO[curvatureCodes[i] ?? -1];
    if (a === undefined || k === undefined)
      throw new RangeError(
        `trajectory step ${i}: acceleration code 0…${ACCEL_CODES_MPS2.length - 1} and curvature ` +
          `code 0…${CURVATURE_CODES_RATIO.length - 1} expected, found ${accelCodes[i]}, ${curvatureCodes[i]}`,
      );
    accel.push(a);
    curvature.push(k * curvatureMaxInvm(v, vehicle));
    v = Math.max(0, v + a * TRAJECTORY_STEP_S);
  }
  return rollOut(speedMps, accel, curvature);
}

/** Nearest codes of one step; used by the teacher. */
export function encodeStep(
  speedMps: number,
  accelMps2: number,
  curvatureInvm: number,
  vehicle: VehicleProfile,
): { readonly accelCode: number; readonly curvatureCode: number } {
  const nearest = (codes: readonly number[], value: number) => {
    let best = 0;
    for (let i = 1; i < codes.length; i++)
      if (Math.abs(codes[i]! - value) < Math.abs(codes[best]! - value)) best = i;
    return best;
  };
  return {
    accelCode: nearest(ACCEL_CODES_MPS2, accelMps2),
    curvatureCode: nearest(
      CURVATURE_CODES_RATIO,
      curvatureInvm / curvatureMaxInvm(speedMps, vehicle),
    ),
  };
}
