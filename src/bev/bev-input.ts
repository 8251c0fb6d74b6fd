import type { Fault } from "../contract/fault.ts";
import type { CameraImage, Observation, Sweep } from "../contract/observation.ts";
import { decodeRegions, encodedImageOf } from "../image/decode.ts";
import { ImageError } from "../image/image-error.ts";
import { EgoOdometry, motionFrom, type PlanarPose } from "./ego-odometry.ts";
import { FEATURES_PER_VIEW, LIFT_CELLS, LIFT_HEIGHTS_M, liftTableInto } from "./lift-table.ts";
import {
  PILLAR_BYTES,
  Pillarizer,
  type PlanarMotion,
  pastOccupancyInto,
  type RaisedPoints,
} from "./pillarize.ts";
import { planViews, VIEW_HEIGHT_PX, VIEW_WIDTH_PX, type View } from "./views.ts";

const VIEW_BYTES = VIEW_WIDTH_PX * VIEW_HEIGHT_PX * 3;
const PAST_US = [500_000, 1_000_000] as const;
/** A past sweep may be this far from the wanted age. */
const PAST_TOLERANCE_US = 160_000;
const HISTORY_US = 1_300_000;
/** A sweep this old may still stand in for a missing one, moved by ego motion (S03: 2.5 periods). */
const CARRY_US = 250_000;

/** What the bev network sees. Arrays are reused by the next call. */
export type BevInput = {
  /** [6, 256, 128] uint8. */
  readonly pillars: Uint8Array;
  /** [N, 96, 320, 3] uint8; N = viewCount, one black picture when viewCount is 0. */
  readonly images: Uint8Array;
  readonly viewCount: number;
  /** [4, 8192] int32. */
  readonly lift: Int32Array;
  readonly cameras: readonly string[];
  readonly lidars: readonly string[];
  readonly faults: readonly Fault[];
  readonly decodeMs: number;
  readonly pillarsMs: number;
};

type PastSweep = {
  readonly stampUs: number;
  readonly pose: PlanarPose;
  readonly generation: number;
  readonly raised: RaisedPoints;
  readonly points: { readonly xyz: Float32Array; readonly intensity: Float32Array };
  readonly lidars: readonly string[];
};

/**
 * Turns Observations into network input: the one implementation that training shards and driving
 * share. Keeps about one second of raised points as history.
 */
export class BevInputBuilder {
  readonly #pillarizer = new Pillarizer();
  readonly #pillars = new Uint8Array(PILLAR_BYTES);
  readonly #lift = new Int32Array(LIFT_HEIGHTS_M.length * LIFT_CELLS);
  #images = new Uint8Array(VIEW_BYTES);
  readonly #odometry = new EgoOdometry();
  #history: PastSweep[] = [];

  reset(): void {
    this.#history = [];
    this.#odometry.reset();
  }

  async build(observation: Observation): Promise<BevInput> {
    const startMs = performance.now();
    const decoding = this.#decode(observation);
    const pillarStartMs = performance.now();
    const lidars = this.#pillarize(observation);
    const pillarsMs = performance.now() - pillarStartMs;
    const { cameras, viewCount, faults } = await decoding;
    return {
      pillars: this.#pillars,
      images: this.#images.subarray(0, Math.max(1, viewCount) * VIEW_BYTES),
      viewCount,
      lift: this.#lift,
      cameras,
      lidars,
      faults,
      decodeMs: performance.now() - startMs - pillarsMs,
      pillarsMs,
    };
  }

  async #decode(
    observation: Observation,
  ): Promise<{ cameras: string[]; viewCount: number; faults: Fault[] }> {
    const views = planViews(observation.images);
    const faults: Fault[] = [];
    const decoded = await Promise.all(
      observation.images.map((image, index) =>
        decodeViews(
          image,
          views.filter((view) => view.imageIndex === index),
          faults,
        ),
      ),
    );
    const cameras = observation.images.filter((_, i) => decoded[i]).map((image) => image.name);
    const usable = views.filter((view) => decoded[view.imageIndex]);
    if (observation.images.length > 0 && usable.length === 0)
      faults.push({
        code: "ALL_CAMERAS_MISSING",
        detail: `a usable picture of ${observation.images.length} expected, found none`,
        stampUs: observation.stampUs,
      });
    const bytes = Math.max(1, usable.length) * VIEW_BYTES;
    if (this.#images.length < bytes) this.#images = new Uint8Array(bytes);
    if (usable.length === 0) this.#images.fill(0, 0, VIEW_BYTES);
    for (const [n, view] of usable.entries())
      this.#images.set(decoded[view.imageIndex]!.get(view)!, n * VIEW_BYTES);
    liftTableInto(usable, this.#lift);
    // The one black picture stands for none: its features are never looked up.
    if (usable.length === 0) this.#lift.fill(FEATURES_PER_VIEW);
    return { cameras, viewCount: usable.length, faults };
  }

  #pillarize(observation: Observation): string[] {
    const now = this.#odometry.advance(observation.stampUs, observation.ego);
    const generation = this.#odometry.generation;
    const [kept, gone]: [PastSweep[], PastSweep[]] = [[], []];
    for (const past of this.#history) {
      const ageUs = observation.stampUs - past.stampUs;
      const isUsable = past.generation === generation && ageUs >= 0 && ageUs <= HISTORY_US;
      (isUsable ? kept : gone).push(past);
    }
    this.#history = kept;
    const out = this.#pillars;
    let lidars: readonly string[] = [];
    if (observation.sweeps.length > 0) {
      const points = joinSweeps(observation.sweeps);
      const spare = gone[0]?.raised;
      const raised = this.#pillarizer.pillarizeInto(points.xyz, points.intensity, out, spare);
      lidars = observation.sweeps.map((sweep) => sweep.name);
      const stampUs = observation.stampUs;
      this.#history.push({ stampUs, pose: now, generation, raised, points, lidars });
      for (const past of this.#history.slice(0, -1)) releasePoints(past);
    } else {
      const last = this.#history.at(-1);
      if (last && observation.stampUs - last.stampUs <= CARRY_US && last.points.xyz.length > 0) {
        const xyz = movePoints(last.points.xyz, motionFrom(last.pose, now));
        this.#pillarizer.pillarizeInto(xyz, last.points.intensity, out, gone[0]?.raised);
        lidars = last.lidars;
      } else out.fill(0);
    }
    for (const [i, agoUs] of PAST_US.entries()) {
      const past = this.#nearest(observation.stampUs - agoUs);
      const motion = past ? motionFrom(past.pose, now) : NO_MOTION;
      pastOccupancyInto(past?.raised, motion, i === 0 ? 4 : 5, out);
    }
    return [...lidars];
  }

  #nearest(stampUs: number): PastSweep | undefined {
    let best: PastSweep | undefined;
    for (const past of this.#history) {
      const off = Math.abs(past.stampUs - stampUs);
      if (off <= PAST_TOLERANCE_US && (!best || off < Math.abs(best.stampUs - stampUs)))
        best = past;
    }
    return best;
  }
}

const NO_MOTION: PlanarMotion = { yawRad: 0, txM: 0, tyM: 0 };
const NO_POINTS = { xyz: new Float32Array(0), intensity: new Float32Array(0) };

/** Only the newest sweep may stand in for a missing one; older points are let go. */
function releasePoints(past: PastSweep): void {
  (past as { points: PastSweep["points"] }).points = NO_POINTS;
}

async function decodeViews(
  image: CameraImage,
  views: readonly View[],
  faults: Fault[],
): Promise<Map<View, Uint8Array> | undefined> {
  try {
    const pixels = await decodeRegions(
      encodedImageOf(image),
      views.map((view) => ({
        ...view.region,
        outWidthPx: VIEW_WIDTH_PX,
        outHeightPx: VIEW_HEIGHT_PX,
      })),
    );
    return new Map(views.map((view, i) => [view, pixels[i]!]));
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    faults.push({
      code: "CAMERA_INVALID",
      detail: `camera ${image.name}: ${error.message}`,
      stampUs: image.stampUs,
      source: image.name,
    });
    return undefined;
  }
}

function joinSweeps(sweeps: readonly Sweep[]): PastSweep["points"] {
  if (sweeps.length === 1) return sweeps[0]!;
  const total = sweeps.reduce((sum, sweep) => sum + sweep.intensity.length, 0);
  const xyz = new Float32Array(total * 3);
  const intensity = new Float32Array(total);
  let at = 0;
  for (const sweep of sweeps) {
    xyz.set(sweep.xyz, at * 3);
    intensity.set(sweep.intensity, at);
    at += sweep.intensity.length;
  }
  return { xyz, intensity };
}

function movePoints(xyz: Float32Array, motion: PlanarMotion): Float32Array {
  const cos = Math.cos(motion.yawRad);
  const sin = Math.sin(motion.yawRad);
  const out = new Float32Array(xyz.length);
  for (let i = 0; i + 2 < xyz.length; i += 3) {
    out[i] = cos * xyz[i]! - sin * xyz[i + 1]! + motion.txM;
    out[i + 1] = sin * xyz[i]! + cos * xyz[i + 1]! + motion.tyM;
    out[i + 2] = xyz[i + 2]!;
  }
  return out;
}
