import type { SceneBlock } from "../contract/scene.ts";
import { drawBlockColour, drawBlockSize } from "./block-looks.ts";
import type { Layout } from "./layout.ts";
import type { Random } from "./random.ts";
import { poseAt, type Road, roadCoordinates } from "./road.ts";
import type { SignalPlan } from "./signal-plan.ts";

/** A block and where along the road it stands. */
export type PlacedBlock = SceneBlock & { readonly s: number };

/** Buildings stand up to this far behind the edge, m. */
const BUILDING_BACK_M = 7;

/** Buildings, trees, bushes and poles on both sides; none on the road, the sidewalk or a crossing road. */
export function placeBlocks(
  rng: Random,
  road: Road,
  layout: Layout,
  signal: SignalPlan | undefined,
): PlacedBlock[] {
  const out: PlacedBlock[] = [];
  const walkM = layout.sidewalks[0]?.widthM ?? 0;
  const city = layout.roadClass === "CITY";
  const density = rng.range(0.2, 1);
  for (const side of [-1, 1] as const) {
    const edgeM = (side < 0 ? -layout.rightEdgeM : layout.leftEdgeM) + walkM;
    for (let s = 5; s < road.lengthM - 10; ) {
      const kind = rng.weighted(
        city
          ? { BUILDING: 45, TREE: 27, BUSH: 10, POLE: 18 }
          : { BUILDING: 4, TREE: 36, BUSH: 42, POLE: 18 },
      );
      const b = drawBlockSize(rng, kind, BUILDING_BACK_M);
      const mid = s + b.l / 2;
      const d = side * (edgeM + b.back + b.w / 2);
      s += b.l + rng.range(1, 22) / density;
      const c = signal?.crossing;
      if (c && mid + b.l / 2 > c.fromS - 2 && mid - b.l / 2 < c.toS + 2) continue;
      const pose = poseAt(road, mid, d);
      if (!standsClear(road, pose.xM, pose.yM, mid, d, Math.hypot(b.l, b.w) / 2, edgeM)) continue;
      out.push({
        s: mid,
        kind,
        xM: pose.xM,
        yM: pose.yM,
        yawRad: pose.yawRad,
        lengthM: b.l,
        widthM: b.w,
        heightM: b.h,
        rgb: drawBlockColour(rng, kind),
      });
    }
  }
  return out;
}

/** true where no part of the road within ±70 m comes nearer than the edge to the block's corners. */
function standsClear(
  road: Road,
  xM: number,
  yM: number,
  s: number,
  d: number,
  radiusM: number,
  edgeM: number,
): boolean {
  if (Math.abs(roadCoordinates(road, xM, yM, s).d - d) > 0.5) return false;
  const reach = radiusM > 1 ? Math.min(Math.abs(d) - 0.3, edgeM + radiusM * 0.75) : edgeM;
  for (let q = Math.max(0, s - 70); q < Math.min(road.lengthM, s + 70); q += 3) {
    const i = Math.floor(q);
    if (Math.hypot(road.xM[i]! - xM, road.yM[i]! - yM) < reach) return false;
  }
  return true;
}
