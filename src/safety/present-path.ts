/**
 * Where the vehicle would go if it did nothing sideways. Without a map the road is what was driven
 * while the words kept the lane; since then the yaw rate tells how far the vehicle has left it.
 */
import { type Lateral, TRAJECTORY_STEP_S } from "../contract/maneuver.ts";
import { steady } from "./s22-own-stop.ts";

/** Words that follow the road: what is driven under them is the road. */
const FOLLOWS: ReadonlySet<Lateral> = new Set(["KEEP_LANE", "GO_STRAIGHT"]);
/** The heading is brought back to the road's over these steps: 1 s. */
const ALIGN_STEPS = 2;
/** Below this speed a heading is not brought back: it would take the whole steering. */
const ALIGN_MPS = 1;

/** Place of the vehicle against the road. */
export type RoadPose = {
  readonly curvatureInvm: number;
  /** Heading against the road, rad, + left. */
  readonly yawRad: number;
  /** Way to the side since the words last kept the lane, m, + left. */
  readonly offsetM: number;
};

export class PresentPath {
  readonly #pose = { curvatureInvm: 0, yawRad: 0, offsetM: 0 };

  /** Borrowed: valid until the next step. */
  get poseView(): RoadPose {
    return this.#pose;
  }

  /** One tick; `lateral` undefined without a proposal, `drivenInvm` the last decided curvature. */
  step(
    lateral: Lateral | undefined,
    drivenInvm: number,
    speedMps: number,
    yawRateRadps: number,
    dtS: number,
  ): void {
    const pose = this.#pose;
    if (lateral === undefined || FOLLOWS.has(lateral)) {
      pose.curvatureInvm = drivenInvm;
      pose.yawRad = 0;
      pose.offsetM = 0;
      return;
    }
    pose.yawRad += (yawRateRadps - pose.curvatureInvm * speedMps) * dtS;
    pose.offsetM += speedMps * Math.sin(pose.yawRad) * dtS;
  }

  /** [6] 1/m: lets the vehicle run parallel to the road again, where it is now. */
  curvatures(speedMps: number): number[] {
    const { curvatureInvm, yawRad } = this.#pose;
    const column = steady(curvatureInvm);
    if (speedMps < ALIGN_MPS) return column;
    const back = yawRad / (speedMps * ALIGN_STEPS * TRAJECTORY_STEP_S);
    for (let i = 0; i < ALIGN_STEPS; i++) column[i] = curvatureInvm - back;
    return column;
  }
}

/** What an outline takes of the road: s from rear to front and of its centre, d from near to far; m. */
export type RoadExtent = {
  rearM: number;
  frontM: number;
  centreM: number;
  nearM: number;
  farM: number;
};

/** Points of ego in road coordinates: s along the road, d to its left; m. */
export class RoadFrame {
  readonly #cos: number;
  readonly #sin: number;
  readonly #k: number;

  constructor(pose: RoadPose) {
    this.#cos = Math.cos(pose.yawRad);
    this.#sin = Math.sin(pose.yawRad);
    this.#k = pose.curvatureInvm;
  }

  #sM(xM: number, yM: number): number {
    const x = this.#cos * xM - this.#sin * yM;
    const y = this.#sin * xM + this.#cos * yM;
    const k = this.#k;
    return Math.abs(k) < 1e-6 ? x : Math.atan2(k * x, 1 - k * y) / k;
  }

  /** Extent of an outline [[x, y], …], ego; `side` gives the direction in which d grows, + left. */
  extentInto(
    out: RoadExtent,
    centre: { readonly xM: number; readonly yM: number },
    outline: readonly (readonly [number, number])[],
    side: 1 | -1,
  ): void {
    out.centreM = this.#sM(centre.xM, centre.yM);
    const k = this.#k;
    const straight = Math.abs(k) < 1e-6;
    out.rearM = out.nearM = Number.POSITIVE_INFINITY;
    out.frontM = out.farM = Number.NEGATIVE_INFINITY;
    for (const point of outline) {
      const x = this.#cos * point[0] - this.#sin * point[1];
      const y = this.#sin * point[0] + this.#cos * point[1];
      const s = straight ? x : Math.atan2(k * x, 1 - k * y) / k;
      const d = side * (straight ? y : (1 - Math.hypot(k * x, 1 - k * y)) / k);
      if (s < out.rearM) out.rearM = s;
      if (s > out.frontM) out.frontM = s;
      if (d < out.nearM) out.nearM = d;
      if (d > out.farM) out.farM = d;
    }
  }

  dM(xM: number, yM: number): number {
    const x = this.#cos * xM - this.#sin * yM;
    const y = this.#sin * xM + this.#cos * yM;
    const k = this.#k;
    return Math.abs(k) < 1e-6 ? y : (1 - Math.hypot(k * x, 1 - k * y)) / k;
  }
}
