import type { Cluster } from "./cluster.ts";
import { type PlanarPose, toOdom } from "./ego-motion.ts";
import { ConstantVelocityFilter } from "./kalman.ts";
import { STANDING_BELOW_MPS } from "./limits.ts";
import { MotionEvidence } from "./motion-evidence.ts";
import { type Hull, hullInOdom } from "./outline.ts";

/** Unknown at birth: anything between a standing thing and fast town traffic. */
const BIRTH_SIGMA_MPS = 8;
/** Range noise plus which ray meets the surface first. */
const FACE_SIGMA_M = 0.06;
/** Edges lie between two rays: about half a beam step of 0.3°. */
const EDGE_SIGMA_M = 0.06;
const EDGE_SIGMA_PER_RANGE_RATIO = 0.003;
/** Edges that move apart by more show that more or less of the object is seen. */
const SHAPE_CHANGE_M = 0.3;
const REFERENCE_AGE_US = 1_000_000;
const REFERENCE_TURN_COS = Math.cos((8 * Math.PI) / 180);
const HITS_MIN = 4;
const AGE_MIN_US = 400_000;
const VELOCITY_SIGMA_ENTER_MPS = 0.8;
/** While it brakes or starts hard, the filter opens up; that is no reason to lose it. */
const VELOCITY_SIGMA_LEAVE_MPS = 2;
/** Nothing narrower drives or walks: slivers that slide along a surface with the rays do. */
const MOVER_EXTENT_M = 0.2;
/** Smaller and with fewer points than a car's rear at 50 m: it may be a sliver that rides along. */
const FRAGILE_EXTENT_M = 1;
const FRAGILE_POINTS = 16;
/** A small piece next to a structure runs at most. */
const BESIDE_STRUCTURE_MPS = 4;
/** A claim of more than this that the outline does not bear out is a contradiction. */
const CONTRADICTION_MPS = 1;
/** What may change meanwhile of what is unseen: emergency braking; a hard start from standing. */
const CHANGE_MOVING_MPS2 = 8;
const CHANGE_STANDING_MPS2 = 4;
const HOLE_US = 150_000;
const SETTLED_AFTER = 2;
const MISFIT_ENTER = 2.5;
const MISFIT_LEAVE = 6;

/** Displacement of an outline against a prediction, along the line of sight and across it. */
export type Shift = {
  readonly ux: number;
  readonly uy: number;
  readonly alongM: number;
  readonly acrossM: number;
  /** Both edges are hidden: the displacement across says little. */
  readonly bothHidden: boolean;
  readonly shapeChanged: boolean;
  readonly rangeM: number;
};

/** One thing followed over time, in odom. */
export class Track {
  readonly id: number;
  readonly firstUs: number;
  readonly filter: ConstantVelocityFilter;
  lastSeenUs: number;
  hits = 1;
  tracked = false;
  cluster: Cluster;
  /** Outline relative to the anchor (filter position) at the last sighting, odom axes. */
  outline: Hull;
  /** Outline that displacement is measured against. */
  #reference: Hull;
  #referenceUs: number;
  #referenceUx = 1;
  #referenceUy = 0;
  #jumps = 0;
  #moves = false;
  /** Sightings in a row since one that followed a hole. */
  #sinceHole = 0;
  /** Velocity of the mover that this is a part of, odom. */
  #carrier: readonly [number, number] | undefined;
  readonly #evidence = new MotionEvidence();
  /** Yaw of the box in odom. */
  boxYawRad: number;
  /** Box centre relative to the anchor. */
  boxOffset: readonly [number, number];
  /** Anchor at the last sighting, odom. */
  seenAt: readonly [number, number];

  constructor(id: number, cluster: Cluster, pose: PlanarPose, stampUs: number) {
    this.id = id;
    this.cluster = cluster;
    this.firstUs = stampUs;
    this.lastSeenUs = stampUs;
    const [x, y] = toOdom(pose, cluster.box.xM, cluster.box.yM);
    const { rightHidden, leftHidden } = cluster;
    const hull = hullInOdom(cluster.hull, pose);
    const { xM: egoX, yM: egoY } = cluster.box;
    this.#evidence.add({ stampUs, hull, rightHidden, leftHidden, egoX, egoY });
    this.filter = new ConstantVelocityFilter(x, y, 0.15, BIRTH_SIGMA_MPS);
    this.outline = relativeTo(hull, x, y);
    this.boxOffset = [0, 0];
    this.seenAt = [x, y];
    this.boxYawRad = cluster.box.yawRad + pose.yawRad;
    this.#reference = this.outline;
    this.#referenceUs = stampUs;
    const d = Math.hypot(x - pose.xM, y - pose.yM) || 1;
    this.#referenceUx = (x - pose.xM) / d;
    this.#referenceUy = (y - pose.yM) / d;
  }

  predictTo(stampUs: number): void {
    this.filter.predict((stampUs - this.lastSeenUs) / 1e6);
  }

  /** Position sigma at `stampUs`, m: grows while unseen, as fast as braking or starting allows. */
  sigmaAtM(stampUs: number): number {
    const dtS = Math.max(0, stampUs - this.lastSeenUs) / 1e6;
    const [vx, vy] = this.velocity;
    const accelMps2 = vx !== 0 || vy !== 0 ? CHANGE_MOVING_MPS2 : CHANGE_STANDING_MPS2;
    const sigmaM = this.filter.positionSigmaAfterM(dtS, accelMps2);
    // Held where it was, although it may go on as the filter thinks that it moved.
    const heldM = Math.hypot(this.filter.state[2]! - vx, this.filter.state[3]! - vy) * dtS;
    return Math.hypot(sigmaM, heldM);
  }

  /** How far `hull` (odom) lies from where this track expects its outline. */
  shiftTo(hull: Hull, cluster: Cluster, pose: PlanarPose): Shift {
    const [cx, cy] = toOdom(pose, cluster.box.xM, cluster.box.yM);
    const rangeM = Math.max(0.5, Math.hypot(cx - pose.xM, cy - pose.yM));
    const ux = (cx - pose.xM) / rangeM;
    const uy = (cy - pose.yM) / rangeM;
    const x = this.filter.state[0]!;
    const y = this.filter.state[1]!;
    const seen = project(hull, ux, uy, 0, 0);
    const expected = project(this.#reference, ux, uy, x, y);
    const seenAcross = project(hull, -uy, ux, 0, 0);
    const expectedAcross = project(this.#reference, -uy, ux, x, y);
    const right = seenAcross.low - expectedAcross.low;
    const left = seenAcross.high - expectedAcross.high;
    const shapeChanged = Math.abs(left - right) > SHAPE_CHANGE_M;
    const bothHidden = cluster.rightHidden && cluster.leftHidden;
    let acrossM = (left + right) / 2;
    if (cluster.rightHidden !== cluster.leftHidden) acrossM = cluster.rightHidden ? left : right;
    else if (shapeChanged) acrossM = Math.abs(left) < Math.abs(right) ? left : right;
    const alongM = seen.low - expected.low;
    return { ux, uy, alongM, acrossM, bothHidden, shapeChanged, rangeM };
  }

  /** Takes the cluster as this track's sighting; the filter must stand at `stampUs`. */
  see(cluster: Cluster, hull: Hull, shift: Shift, pose: PlanarPose, stampUs: number): void {
    const { ux, uy } = shift;
    const edgeSigma = EDGE_SIGMA_M + EDGE_SIGMA_PER_RANGE_RATIO * shift.rangeM;
    const jump =
      this.hits >= HITS_MIN &&
      Math.abs(shift.alongM) > 0.3 + 3 * Math.sqrt(this.filter.positionVar(ux, uy));
    this.#jumps = jump ? this.#jumps + 1 : 0;
    if (!jump || this.#jumps > 1) {
      this.filter.correct(ux, uy, shift.alongM, FACE_SIGMA_M);
      const doubt = shift.bothHidden ? 8 : shift.shapeChanged ? 3 : 1;
      this.filter.correct(-uy, ux, shift.acrossM, doubt * edgeSigma);
    }
    this.filter.keep();
    this.#sinceHole = stampUs - this.lastSeenUs > HOLE_US ? 0 : this.#sinceHole + 1;
    this.hits++;
    this.lastSeenUs = stampUs;
    this.cluster = cluster;
    const x = this.filter.state[0]!;
    const y = this.filter.state[1]!;
    this.outline = relativeTo(hull, x, y);
    this.seenAt = [x, y];
    const [bx, by] = toOdom(pose, cluster.box.xM, cluster.box.yM);
    this.boxOffset = [bx - x, by - y];
    this.boxYawRad = cluster.box.yawRad + pose.yawRad;
    const turned = ux * this.#referenceUx + uy * this.#referenceUy < REFERENCE_TURN_COS;
    const old = stampUs - this.#referenceUs > REFERENCE_AGE_US;
    if (shift.shapeChanged || turned || old || jump) {
      this.#reference = this.outline;
      this.#referenceUs = stampUs;
      this.#referenceUx = ux;
      this.#referenceUy = uy;
    }
    this.#evidence.add({
      stampUs,
      hull,
      rightHidden: cluster.rightHidden,
      leftHidden: cluster.leftHidden,
      egoX: cluster.box.xM,
      egoY: cluster.box.yM,
    });
    this.#judge(ux, uy);
  }

  get isCarried(): boolean {
    return this.#carrier !== undefined;
  }

  /** The filter's velocity, odom, trusted or not. */
  get rawVelocity(): readonly [number, number] {
    return [this.filter.state[2]!, this.filter.state[3]!];
  }

  /** Until its next sighting this is a part of a mover and has the mover's velocity, odom. */
  carryWith(velocity: readonly [number, number]): void {
    this.#carrier = velocity;
    this.tracked = true;
  }

  #judge(ux: number, uy: number): void {
    // What was carried has to earn trust of its own, or be carried again.
    if (this.#carrier) this.tracked = false;
    this.#carrier = undefined;
    const old = this.lastSeenUs - this.firstUs >= AGE_MIN_US;
    const sigmaMps = this.filter.velocitySigmaMps;
    const sure = sigmaMps < (this.tracked ? VELOCITY_SIGMA_LEAVE_MPS : VELOCITY_SIGMA_ENTER_MPS);
    const fits = this.filter.misfit < (this.tracked ? MISFIT_LEAVE : MISFIT_ENTER);
    const vx = this.filter.state[2]!;
    const vy = this.filter.state[3]!;
    const speed = Math.hypot(vx, vy);
    const claims = speed >= Math.max(STANDING_BELOW_MPS, sigmaMps);
    const { box, besideStructure } = this.cluster;
    const few =
      box.lengthM < FRAGILE_EXTENT_M && this.cluster.to - this.cluster.from < FRAGILE_POINTS;
    const credible =
      box.lengthM >= MOVER_EXTENT_M &&
      (!besideStructure || speed < BESIDE_STRUCTURE_MPS) &&
      !(few && this.#evidence.ridesAlong(speed));
    // Over a hole another part of a standing thing comes into view: one sighting is no motion.
    const settled = this.#moves || this.#sinceHole >= SETTLED_AFTER;
    this.#moves = claims && credible && settled && this.#evidence.supports(vx, vy, ux, uy);
    const contradicts = claims && !this.#moves && speed > CONTRADICTION_MPS;
    this.tracked = this.hits >= HITS_MIN && old && sure && fits && !contradicts;
  }

  /** Anchor at `stampUs`, odom; what has no trusted velocity is held where it was last seen. */
  anchorAt(stampUs: number): readonly [number, number] {
    const [vx, vy] = this.velocity;
    const dtS = (stampUs - this.lastSeenUs) / 1e6;
    return [this.seenAt[0] + vx * dtS, this.seenAt[1] + vy * dtS];
  }

  /** Velocity in odom; zero while it is not known or not told from standing. */
  get velocity(): readonly [number, number] {
    if (this.#carrier) return this.#carrier;
    return this.tracked && this.#moves ? [this.filter.state[2]!, this.filter.state[3]!] : [0, 0];
  }
}

const relativeTo = (hull: Hull, x: number, y: number): Hull =>
  hull.map(([px, py]) => [px - x, py - y] as const);

function project(
  hull: Hull,
  nx: number,
  ny: number,
  x: number,
  y: number,
): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < hull.length; i++) {
    const p = hull[i]!;
    const t = nx * (p[0] + x) + ny * (p[1] + y);
    if (t < low) low = t;
    if (t > high) high = t;
  }
  return { low, high };
}
