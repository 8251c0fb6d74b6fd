import { TRAJECTORY_STEP_S, TRAJECTORY_STEPS, type VehicleProfile } from "../contract/maneuver.ts";
import { stepBicycleInto } from "../geometry/bicycle.ts";

/** Columns of an arc, a piece of constant curvature of the rear axle's path: its start, ego … */
const X = 0;
const Y = 1;
const YAW = 2;
const COS = 3;
const SIN = 4;
const CURVATURE = 5;
/** … the path length before it, and its own. */
const START = 6;
const LENGTH = 7;
const COLUMNS = 8;

/** Where the body would touch a point. */
export type Contact = {
  /** Travel of the rear axle until the front bumper touches, m. */
  gapM: number;
  /** Heading of the vehicle there, rad, ego. */
  yawRad: number;
};

const STRAIGHT_INVM = 1e-6;
/** More than rounding can shift a contact. */
const ROUNDING_M = 0.01;

/**
 * The area that the vehicle's body sweeps along a proposal: its steps as arcs, the last one
 * extended at constant curvature to the horizon. Exact for each arc: a point is touched by the
 * front edge, or inside a bend by the inner side, of a body that turns about the arc's centre.
 * One instance is laid anew for each motion, so that a check leaves no garbage.
 */
export class SweptPath {
  readonly #frontM: number;
  /** [T, COLUMNS] m, rad, 1/m, ego; the first #count rows are laid. */
  readonly #arcs = new Float64Array(TRAJECTORY_STEPS * COLUMNS);
  readonly #axle = { xM: NaN, yM: NaN, yawRad: NaN, speedMps: NaN };
  #count = 0;
  /**
   * Box around the way of the front's middle and of the rear axle, m, ego. Not 0 before a path is laid:
   * V8 keeps whole numbers in another form, and code compiled for that form goes when fractions come.
   */
  #xMinM = Number.NaN;
  #xMaxM = Number.NaN;
  #yMinM = Number.NaN;
  #yMaxM = Number.NaN;
  #horizonM = Number.NaN;
  #speedMps = Number.NaN;

  constructor(vehicle: VehicleProfile) {
    this.#frontM = vehicle.frontOverhangFromRearAxleM;
  }

  get horizonM(): number {
    return this.#horizonM;
  }

  /** Speed at the start. */
  get speedMps(): number {
    return this.#speedMps;
  }

  /** Replaces the path by that of these steps of 0.5 s, both columns [T], T 1…6. */
  lay(
    speedMps: number,
    accelMps2: readonly number[],
    curvatureInvm: readonly number[],
    horizonM: number,
  ): this {
    this.#horizonM = horizonM;
    this.#speedMps = speedMps;
    this.#count = 0;
    this.#xMinM = this.#xMaxM = this.#yMinM = this.#yMaxM = 0;
    const s = this.#axle;
    s.xM = s.yM = s.yawRad = 0;
    s.speedMps = speedMps;
    const arcs = this.#arcs;
    let startM = 0;
    const last = curvatureInvm.length - 1;
    for (let i = 0; i <= last && startM < horizonM; i++) {
      const { xM, yM, yawRad } = s;
      const curvature = curvatureInvm[i]!;
      stepBicycleInto(s, s, accelMps2[i]!, curvature, TRAJECTORY_STEP_S);
      const chordM = Math.hypot(s.xM - xM, s.yM - yM);
      const halfYaw = Math.abs(s.yawRad - yawRad) / 2;
      const movedM = halfYaw < 1e-9 ? chordM : (chordM * halfYaw) / Math.sin(halfYaw);
      const lengthM = i === last ? horizonM - startM : Math.min(movedM, horizonM - startM);
      if (lengthM > 1e-6) {
        const at = COLUMNS * this.#count++;
        arcs[at + X] = xM;
        arcs[at + Y] = yM;
        arcs[at + YAW] = yawRad;
        arcs[at + COS] = Math.cos(yawRad);
        arcs[at + SIN] = Math.sin(yawRad);
        arcs[at + CURVATURE] = curvature;
        arcs[at + START] = startM;
        arcs[at + LENGTH] = lengthM;
        this.#enclose(at);
      }
      startM += lengthM;
    }
    return this;
  }

  /** Widens the box by the arc that begins at this place of the columns. */
  #enclose(at: number): void {
    const arcs = this.#arcs;
    const xM = arcs[at + X]!;
    const yM = arcs[at + Y]!;
    const yawRad = arcs[at + YAW]!;
    const curvatureInvm = arcs[at + CURVATURE]!;
    const lengthM = arcs[at + LENGTH]!;
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
   * First contact with point (x, y), written to `out` where it is nearer than `out.gapM`; false
   * where it is not, and outside the sweep, behind, or in the body.
   */
  contactInto(out: Contact, xM: number, yM: number, halfWidthM: number): boolean {
    const arcs = this.#arcs;
    for (let at = 0; at < COLUMNS * this.#count; at += COLUMNS) {
      const dx = xM - arcs[at + X]!;
      const dy = yM - arcs[at + Y]!;
      const cos = arcs[at + COS]!;
      const sin = arcs[at + SIN]!;
      const curvatureInvm = arcs[at + CURVATURE]!;
      const alongM = cos * dx + sin * dy;
      const acrossM = cos * dy - sin * dx;
      const travelM = travelTo(alongM, acrossM, curvatureInvm, this.#frontM, halfWidthM);
      if (travelM >= 0 && travelM <= arcs[at + LENGTH]!) {
        const gapM = arcs[at + START]! + travelM;
        if (!(gapM < out.gapM)) return false;
        out.gapM = gapM;
        out.yawRad = arcs[at + YAW]! + curvatureInvm * travelM;
        return true;
      }
    }
    return false;
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
