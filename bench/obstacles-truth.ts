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
const SIGHT_MAX_M = 60;
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
export function sightTruth(
  sector: number,
  scene: SyntheticScene,
  sweep: LabelledSweep,
  ego: CastEgo,
  lidar: CastLidar,
  footprints: readonly Polygon[],
): number {
  const angle = sector * SECTOR_RAD;
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const boxes = scene.boxes ?? [];
  const solid = footprints.filter(
    (_, k) => isSolid(boxes[k]) && boxes[k]!.heightM + (boxes[k]!.baseM ?? 0) >= ENDS_SIGHT_M,
  );
  const endM = Math.min(SIGHT_MAX_M, lastReturnM(sweep, angle, boxes));
  const ground = scene.groundM ?? (() => 0);
  const at = (r: number) => ground(ego.xM + r * c, ego.yM + r * s);
  const lean = ego.pitchRad ?? 0;
  const eyeX = lidar.xM * Math.cos(lean) + lidar.zM * Math.sin(lean);
  const eyeM = (ego.zM ?? at(0)) - lidar.xM * Math.sin(lean) + lidar.zM * Math.cos(lean);
  let steepest = Number.NEGATIVE_INFINITY;
  let open = 0;
  for (let r = 2 + eyeX; r <= endM; r += STEP_M) {
    if (solid.some((p) => distanceToPolygonM([r * c, r * s], p) < r * SECTOR_RAD * 0.5)) break;
    const grade = (at(r) - eyeM) / (r - eyeX);
    if (grade >= steepest - 1e-3) {
      steepest = Math.max(steepest, grade);
      open = r;
    } else if (r - open > HIDDEN_MAX_M) break;
  }
  return open;
}

export const isSolid = (box: SceneBox | undefined): boolean =>
  box !== undefined && box.kind !== "overhead" && box.kind !== "air";

/** Outermost return on ground or on a thing that no ring gap too wide lies before. */
function lastReturnM(sweep: LabelledSweep, angle: number, boxes: readonly SceneBox[]): number {
  const ranges: number[] = [];
  const { xyz, hitOf } = sweep;
  for (let i = 0; i < hitOf.length; i++) {
    const hit = hitOf[i]!;
    if (hit !== GROUND && !isSolid(boxes[hit])) continue;
    const x = xyz[3 * i]!;
    const y = xyz[3 * i + 1]!;
    const off = Math.atan2(y, x) - angle;
    if (Math.abs(Math.atan2(Math.sin(off), Math.cos(off))) < 2 * SECTOR_RAD)
      ranges.push(Math.hypot(x, y));
  }
  ranges.sort((a, b) => a - b);
  let last = 0;
  for (const r of ranges) {
    if (r > Math.max(BLIND_MAX_M, RING_RATIO_MAX * last)) break;
    last = r;
  }
  return last;
}
