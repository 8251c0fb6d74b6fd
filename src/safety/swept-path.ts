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
/** More than rounding can shift a contact. */
const ROUNDING_M = 0.01;

/**
 * The area that the vehicle's body sweeps along a proposal: its steps as arcs, the last one
 * extended at constant curvature to the horizon. Exact for each arc: a point is touched by the
 * front edge, or inside a bend by the inner side, of a body that turns about the arc's centre.
 */
export class SweptPath {
  readonly #arcs: readonly Arc[];
  readonly #frontM: number;
  /** Box around the way of the front's middle and of the rear axle, m, ego. */
  #xMinM = 0;
  #xMaxM = 0;
  #yMinM = 0;
  #yMaxM = 0;
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
    for (const arc of arcs) this.#enclose(arc);
  }

  #enclose({ xM, yM, yawRad, curvatureInvm, lengthM }: Arc): void {
    const turnRad = Math.abs(curvatureInvm) * lengthM;
    // An arc bows from its chord by at most this: an eighth of κL², or half of L once it turns back.
    const bowM = turnRad <= Math.PI ? (turnRad * lengthM) / 8 : lengthM / 2;
    const chordM = turnRad < 1e-9 ? lengthM : (lengthM * Math.sin(turnRad / 2)) / (turnRad / 2);
    const chordRad = yawRad + (curvatureInvm * lengthM) / 2;
    const endRad = yawRad + curvatureInvm * lengthM;
    const mostRad = Math.min(Math.PI / 2, Math.max(Math.abs(yawRad), Math.abs(endRad)));
    const asideM = bowM + this.#frontM * Math.sin(mostRad);
    const endXM = xM + chordM * Math.cos(chordRad);
    const endYM = yM + chordM * Math.sin(chordRad);
    const alongM = bowM + this.#frontM;
    this.#xMinM = Math.min(this.#xMinM, Math.min(xM, endXM) - alongM);
    this.#xMaxM = Math.max(this.#xMaxM, Math.max(xM, endXM) + alongM);
    this.#yMinM = Math.min(this.#yMinM, Math.min(yM, endYM) - asideM);
    this.#yMaxM = Math.max(this.#yMaxM, Math.max(yM, endYM) + asideM);
  }

  /** Cheap: false only where nothing in the box x0…x1, y0…y1 can be touched. */
  mayTouch(x0M: number, x1M: number, y0M: number, y1M: number, halfWidthM: number): boolean {
    const reachM = halfWidthM + ROUNDING_M;
    return (
      x1M >= this.#xMinM - reachM &&
      x0M <= this.#xMaxM + reachM &&
      y1M >= this.#yMinM - reachM &&
      y0M <= this.#yMaxM + reachM
    );
  }

  /**
   * First contact with point (x, y), or undefined outside the sweep, behind, or in the body, or
   * where it is not nearer than `belowM`.
   */
  contact(
    xM: number,
    yM: number,
    halfWidthM: number,
    belowM = Number.POSITIVE_INFINITY,
  ): Contact | undefined {
    for (const arc of this.#arcs) {
      const dx = xM - arc.xM;
      const dy = yM - arc.yM;
      const alongM = arc.cos * dx + arc.sin * dy;
      const acrossM = arc.cos * dy - arc.sin * dx;
      const travelM = travelTo(alongM, acrossM, arc.curvatureInvm, this.#frontM, halfWidthM);
      if (travelM >= 0 && travelM <= arc.lengthM) {
        const gapM = arc.startM + travelM;
        if (!(gapM < belowM)) return undefined;
        return { gapM, yawRad: arc.yawRad + arc.curvatureInvm * travelM };
      }
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
