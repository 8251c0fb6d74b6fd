import { TRAJECTORY_STEP_S, type VehicleProfile } from "../contract/maneuver.ts";
import { stepBicycle } from "../geometry/bicycle.ts";

/** A piece of constant curvature of the rear axle's path, in ego. */
type Arc = {
  readonly xM: number;
  readonly yM: number;
  readonly yawRad: number;
  readonly cos: number;
  readonly sin: number;
  readonly curvatureInvm: number;
  /** Path length before this arc. */
  readonly startM: number;
  readonly lengthM: number;
};

/** Where the body would touch a point. */
export type Contact = {
  /** Travel of the rear axle until the front bumper touches, m. */
  readonly gapM: number;
  /** Heading of the vehicle there, rad, ego. */
  readonly yawRad: number;
};

const STRAIGHT_INVM = 1e-6;

/**
 * The area that the vehicle's body sweeps along a proposal: its steps as arcs, the last one
 * extended at constant curvature to the horizon. Exact for each arc: a point is touched by the
 * front edge, or inside a bend by the inner side, of a body that turns about the arc's centre.
 */
export class SweptPath {
  readonly #arcs: readonly Arc[];
  readonly #frontM: number;
  readonly horizonM: number;
  readonly speedMps: number;

  /**
   * speedMps: speed at the start. accelMps2, curvatureInvm: [T] steps of 0.5 s; T ≥ 1.
   */
  constructor(
    speedMps: number,
    accelMps2: readonly number[],
    curvatureInvm: readonly number[],
    horizonM: number,
    vehicle: VehicleProfile,
  ) {
    this.#frontM = vehicle.frontOverhangFromRearAxleM;
    this.horizonM = horizonM;
    this.speedMps = speedMps;
    const arcs: Arc[] = [];
    let s = { xM: 0, yM: 0, yawRad: 0, speedMps };
    let startM = 0;
    const last = curvatureInvm.length - 1;
    for (let i = 0; i <= last && startM < horizonM; i++) {
      const curvature = curvatureInvm[i]!;
      const next = stepBicycle(s, accelMps2[i]!, curvature, TRAJECTORY_STEP_S);
      const chordM = Math.hypot(next.xM - s.xM, next.yM - s.yM);
      const halfYaw = Math.abs(next.yawRad - s.yawRad) / 2;
      const movedM = halfYaw < 1e-9 ? chordM : (chordM * halfYaw) / Math.sin(halfYaw);
      const lengthM = i === last ? horizonM - startM : Math.min(movedM, horizonM - startM);
      if (lengthM > 1e-6)
        arcs.push({
          xM: s.xM,
          yM: s.yM,
          yawRad: s.yawRad,
          cos: Math.cos(s.yawRad),
          sin: Math.sin(s.yawRad),
          curvatureInvm: curvature,
          startM,
          lengthM,
        });
      startM += lengthM;
      s = next;
    }
    this.#arcs = arcs;
  }

  /** First contact with point (x, y), or undefined outside the sweep, behind, or in the body. */
  contact(xM: number, yM: number, halfWidthM: number): Contact | undefined {
    for (const arc of this.#arcs) {
      const dx = xM - arc.xM;
      const dy = yM - arc.yM;
      const alongM = arc.cos * dx + arc.sin * dy;
      const acrossM = arc.cos * dy - arc.sin * dx;
      const travelM = travelTo(alongM, acrossM, arc.curvatureInvm, this.#frontM, halfWidthM);
      if (travelM >= 0 && travelM <= arc.lengthM)
        return {
          gapM: arc.startM + travelM,
          yawRad: arc.yawRad + arc.curvatureInvm * travelM,
        };
    }
    return undefined;
  }
}

/** Travel until a body on one arc touches (along, across); NaN outside, < 0 when already past. */
function travelTo(
  alongM: number,
  acrossM: number,
  curvatureInvm: number,
  frontM: number,
  halfWidthM: number,
): number {
  if (Math.abs(curvatureInvm) < STRAIGHT_INVM)
    return Math.abs(acrossM) <= halfWidthM ? alongM - frontM : Number.NaN;
  const radiusM = 1 / Math.abs(curvatureInvm);
  const inM = radiusM - (curvatureInvm > 0 ? acrossM : -acrossM);
  const distSq = alongM * alongM + inM * inM;
  const innerM = radiusM - halfWidthM;
  if (distSq < innerM * innerM) return Number.NaN;
  if (distSq > (radiusM + halfWidthM) ** 2 + frontM * frontM) return Number.NaN;
  const dist = Math.sqrt(distSq);
  const angle = Math.atan2(alongM, inM);
  const byFront = distSq >= innerM * innerM + frontM * frontM;
  const bodyAngle = byFront ? Math.asin(frontM / dist) : Math.acos(innerM / dist);
  return (angle - bodyAngle) * radiusM;
}
