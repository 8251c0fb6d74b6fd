import { placeAt } from "../src/obstacles/testing/cast-hits.ts";
import {
  type CastEgo,
  type CastLidar,
  GROUND,
  type LabelledSweep,
} from "../src/obstacles/testing/ray-caster.ts";
import { distanceToPolygonM, type Polygon } from "./obstacles-geometry.ts";
import type { SceneBox, SyntheticScene } from "./obstacles-scenes.ts";

/** Footprints of the boxes at `timeS`, m, ego (seen from above; slopes shorten them by < 1 %). */
export function footprintsAt(
  boxes: readonly SceneBox[],
  ego: CastEgo,
  timeS: number,
): readonly Polygon[] {
  return boxes.map((box) => {
    const [x, y] = placeAt(box, timeS);
    const c = Math.cos(box.yawRad ?? 0);
    const s = Math.sin(box.yawRad ?? 0);
    const l = box.lengthM / 2;
    const w = box.widthM / 2;
    return (
      [
        [l, w],
        [-l, w],
        [-l, -w],
        [l, -w],
      ] as const
    ).map(([u, v]) => [x + c * u - s * v - ego.xM, y + s * u + c * v - ego.yM] as const);
  });
}

const STEP_M = 0.25;
const HIDDEN_MAX_M = 2;
export const SIGHT_MAX_M = 60;
const SECTOR_RAD = Math.PI / 180;
/** Where the next ring lies further out than this many times the last, a child of 1 m can hide. */
const RING_RATIO_MAX = 2;
const BLIND_MAX_M = 12;
/** Things lower than this are judged by recall; ground beyond them is seen over their top. */
const ENDS_SIGHT_M = 0.5;

/**
 * How far the ground of one direction lies open to the LiDAR: up to a box, to ground that a crest
 * hides for more than 2 m, or to where the returns around this direction end or lie too far apart.
 */
export class SightTruth {
  /** Ranges of returns on ground and things, per degree, ascending. */
  readonly #ranges: number[][] = Array.from({ length: 360 }, () => []);
  readonly #solid: readonly Polygon[];
  readonly #groundAt: (xM: number, yM: number) => number;
  readonly #eyeX: number;
  readonly #eyeM: number;

  constructor(
    scene: SyntheticScene,
    sweep: LabelledSweep,
    ego: CastEgo,
    lidar: CastLidar,
    footprints: readonly Polygon[],
  ) {
    const boxes = scene.boxes ?? [];
    this.#solid = footprints.filter(
      (_, k) => isSolid(boxes[k]) && boxes[k]!.heightM + (boxes[k]!.baseM ?? 0) >= ENDS_SIGHT_M,
    );
    const ground = scene.groundM ?? (() => 0);
    this.#groundAt = (x, y) => ground(ego.xM + x, ego.yM + y);
    const lean = ego.pitchRad ?? 0;
    this.#eyeX = lidar.xM * Math.cos(lean) + lidar.zM * Math.sin(lean);
    this.#eyeM =
      (ego.zM ?? this.#groundAt(0, 0)) - lidar.xM * Math.sin(lean) + lidar.zM * Math.cos(lean);
    const { xyz, hitOf } = sweep;
    for (let i = 0; i < hitOf.length; i++) {
      const hit = hitOf[i]!;
      if (hit !== GROUND && !isSolid(boxes[hit])) continue;
      const x = xyz[3 * i]!;
      const y = xyz[3 * i + 1]!;
      this.#ranges[mod(Math.round(Math.atan2(y, x) / SECTOR_RAD))]!.push(Math.hypot(x, y));
    }
  }

  /** Undefined where half a degree aside it is another one: at the edge of a thing. */
  at(sector: number): number | undefined {
    const lastM = this.#lastReturnM(sector);
    const [low, here, high] = [-0.6, 0, 0.6].map((d) => this.#openM(sector + d, lastM));
    return Math.abs(low! - here!) > 2 || Math.abs(high! - here!) > 2 ? undefined : here;
  }

  #openM(sector: number, lastM: number): number {
    const c = Math.cos(sector * SECTOR_RAD);
    const s = Math.sin(sector * SECTOR_RAD);
    let steepest = Number.NEGATIVE_INFINITY;
    let open = 0;
    for (let r = 2 + this.#eyeX; r <= Math.min(SIGHT_MAX_M, lastM); r += STEP_M) {
      if (this.#solid.some((p) => distanceToPolygonM([r * c, r * s], p) === 0)) break;
      const grade = (this.#groundAt(r * c, r * s) - this.#eyeM) / (r - this.#eyeX);
      if (grade >= steepest - 1e-3) {
        steepest = Math.max(steepest, grade);
        open = r;
      } else if (r - open > HIDDEN_MAX_M) break;
    }
    return open;
  }

  /** Outermost return on ground or on a thing that no ring gap too wide lies before. */
  #lastReturnM(sector: number): number {
    const ranges = [-1, 0, 1].flatMap((d) => this.#ranges[mod(sector + d)]!).sort((a, b) => a - b);
    let last = 0;
    for (const r of ranges) {
      if (r > Math.max(BLIND_MAX_M, RING_RATIO_MAX * last)) break;
      last = r;
    }
    return last;
  }
}

const mod = (sector: number): number => ((sector % 360) + 360) % 360;

export const isSolid = (box: SceneBox | undefined): boolean =>
  box !== undefined && box.kind !== "overhead" && box.kind !== "air";
