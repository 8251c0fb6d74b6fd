import type { Look } from "./camera-look.ts";
import { fillConvexInto, type RasterSpec } from "./fill.ts";
import { crownRadiusM } from "./lidar-boxes.ts";
import type { Placed, PreparedScene } from "./prepare.ts";

/** Shadows around ego in 25 cm cells. */
export const SHADE: RasterSpec = { xMinM: -48, yMinM: -40, cellM: 0.25, nx: 640, ny: 320 };
/** [X, Y] 0…255: share of light taken away. */
export type ShadeRaster = Uint8Array;

const plane = new Uint8Array(SHADE.nx * SHADE.ny);
let held: { readonly prepared: PreparedScene; readonly look: number } | undefined;
const px = new Float64Array(16);
const py = new Float64Array(16);

/** Borrowed shadows of the scene: valid until those of another scene are asked for. */
export function shadeRasterView(prepared: PreparedScene, look: Look): ShadeRaster {
  if (held?.prepared === prepared && held.look === look.seed) return plane;
  plane.fill(0);
  const yaw = prepared.scene.ego.yawRad;
  // Shadow of a point at height 1 m, ego.
  // Shadows of a low sun end at the raster's edge.
  const flat = -1 / Math.max(look.glare > 0 ? 0.05 : 0.25, look.sun[2]);
  const sx = (look.sun[0] * Math.cos(yaw) + look.sun[1] * Math.sin(yaw)) * flat;
  const sy = (look.sun[1] * Math.cos(yaw) - look.sun[0] * Math.sin(yaw)) * flat;
  const value = Math.round(255 * look.shadow);
  for (const b of prepared.blocks) {
    const { lengthM, widthM, heightM, kind } = b.block;
    cast(b, lengthM / 2, widthM / 2, 0, kind === "TREE" ? heightM * 0.5 : heightM, sx, sy, value);
    if (kind !== "TREE") continue;
    const r = crownRadiusM(b.seed, heightM) * 0.9;
    cast(b, r, r * 0.7, heightM * 0.45, heightM * 0.95, sx, sy, value * 0.85);
    cast(b, r * 0.7, r, heightM * 0.45, heightM * 0.95, sx, sy, value * 0.85);
  }
  for (const o of prepared.objects) {
    const { lengthM, widthM, heightM, kind } = o.object;
    cast(o, lengthM / 2, widthM / 2, 0, heightM * 0.9, sx, sy, value);
    if (kind === "PEDESTRIAN" || kind === "STATIC") continue;
    cast(o, lengthM / 2 + 0.1, widthM / 2 + 0.12, 0, 0, 0, 0, Math.max(value, 120));
    cast(o, lengthM / 2 - 0.15, widthM / 2 - 0.1, 0, 0, 0, 0, 205);
  }
  held = { prepared, look: look.seed };
  return plane;
}

/** Shadow of an upright box between z0 and z1. */
function cast(
  at: Placed,
  hl: number,
  hw: number,
  z0: number,
  z1: number,
  sx: number,
  sy: number,
  value: number,
): void {
  let n = 0;
  for (const z of [z0, z1])
    for (let k = 0; k < 4; k++) {
      const lx = k === 0 || k === 3 ? hl : -hl;
      const ly = k < 2 ? hw : -hw;
      px[n] = at.x + lx * at.cos - ly * at.sin + sx * z;
      py[n++] = at.y + lx * at.sin + ly * at.cos + sy * z;
    }
  const m = hullInPlace(n);
  if (value > 0) fillConvexInto(plane, SHADE, px, py, m, value);
}

/** Sorts px, py to their convex hull (monotone chain) and gives its length. */
function hullInPlace(n: number): number {
  const points = Array.from({ length: n }, (_, i) => [px[i]!, py[i]!] as const);
  points.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const hull: (readonly [number, number])[] = [];
  for (const half of [points, points.toReversed()]) {
    const start = hull.length;
    for (const p of half) {
      while (hull.length >= start + 2) {
        const a = hull[hull.length - 2]!;
        const b = hull[hull.length - 1]!;
        if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
        hull.pop();
      }
      hull.push(p);
    }
    hull.pop();
  }
  hull.forEach((p, i) => {
    px[i] = p[0];
    py[i] = p[1];
  });
  return hull.length;
}
