import { SPRAY_MPS } from "./air.ts";
import { wetnessOf } from "./camera-weather.ts";
import type { PlacedObject, PlacedSignal, PreparedScene } from "./prepare.ts";
import { hash01 } from "./rng.ts";
import { blockSolid, objectSolids } from "./shapes.ts";

/** Surfaces a laser meets. */
export const HARD = 0;
export const LEAVES = 1;
/** A vehicle's tail carries a retro-reflective plate and lamps. */
export const VEHICLE_BODY = 2;
/** Droplets behind a vehicle: few beams answer, from within. */
export const SPRAY = 3;

/** Upright boxes as the laser meets them, one column per field, ego. B = count. */
export type LaserBoxes = {
  readonly count: number;
  /** [B] centre m. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly cos: Float64Array;
  readonly sin: Float64Array;
  /** [B] half length and width, m. */
  readonly hl: Float64Array;
  readonly hw: Float64Array;
  readonly z0: Float64Array;
  readonly z1: Float64Array;
  readonly reflectance: Float64Array;
  readonly surface: Uint8Array;
  /** [B] m/s, over ground, in ego axes at the stamp. */
  readonly vx: Float64Array;
  readonly vy: Float64Array;
};

type Row = readonly [
  x: number,
  y: number,
  cos: number,
  sin: number,
  hl: number,
  hw: number,
  z0: number,
  z1: number,
  reflectance: number,
  surface: number,
  /** Speed along its own x axis, m/s. */
  speedMps?: number,
];

const KERB_WIDTH_M = 0.25;
const kept = new WeakMap<PreparedScene, LaserBoxes>();

/** All boxes of a scene within rangeM of ego. */
export function laserBoxesOf(prepared: PreparedScene): LaserBoxes {
  const known = kept.get(prepared);
  if (known) return known;
  const wet = wetnessOf(prepared.scene) > 0.25;
  const rows: Row[] = [];
  for (const o of prepared.objects) {
    const isVehicle = o.object.kind !== "PEDESTRIAN" && o.object.kind !== "STATIC";
    for (const s of objectSolids(o.object)) {
      // A tapered solid is met as the box halfway between its bottom and its top.
      const x0 = s.x0 + s.topBack / 2;
      const x1 = s.x1 - s.topFront / 2;
      const cx = (x0 + x1) / 2;
      const cy = (s.y0 + s.y1) / 2;
      rows.push([
        o.x + cx * o.cos - cy * o.sin,
        o.y + cx * o.sin + cy * o.cos,
        o.cos,
        o.sin,
        (x1 - x0) / 2,
        (s.y1 - s.y0 - s.topSide) / 2,
        s.z0,
        s.z1,
        s.reflectance,
        isVehicle && s.look === "PAINT" ? VEHICLE_BODY : HARD,
        o.object.speedMps,
      ]);
    }
    if (wet && isVehicle && o.object.speedMps > SPRAY_MPS) rows.push(sprayRow(o));
  }
  for (const b of prepared.blocks) {
    const s = blockSolid(b.block);
    const surface = b.block.kind === "BUSH" ? LEAVES : HARD;
    rows.push([b.x, b.y, b.cos, b.sin, s.x1, s.y1, 0, s.z1, s.reflectance, surface]);
    if (b.block.kind !== "TREE") continue;
    const r = crownRadiusM(b.seed, b.block.heightM);
    const low = Math.min(2.4, b.block.heightM * 0.4);
    rows.push([b.x, b.y, b.cos, b.sin, r, r, low, b.block.heightM, 0.35, LEAVES]);
  }
  for (const g of prepared.signals) rows.push(signalRow(g));
  for (const g of prepared.signs) {
    rows.push([g.x, g.y, g.cos, g.sin, 0.04, 0.04, 0, 1.8, 0.5, HARD]);
    rows.push([g.x, g.y, g.cos, g.sin, 0.04, 0.38, 1.8, 2.6, 0.98, HARD]);
  }
  for (const k of prepared.kerbs)
    for (let i = 2; i + 1 < k.line.length; i += 2) {
      const dx = k.line[i]! - k.line[i - 2]!;
      const dy = k.line[i + 1]! - k.line[i - 1]!;
      const len = Math.hypot(dx, dy);
      if (len < 1e-6) continue;
      const x = (k.line[i]! + k.line[i - 2]!) / 2;
      const y = (k.line[i + 1]! + k.line[i - 1]!) / 2;
      const hw = KERB_WIDTH_M / 2;
      rows.push([x, y, dx / len, dy / len, len / 2, hw, 0, k.heightM, 0.3, HARD]);
    }
  const boxes = toColumns(rows);
  kept.set(prepared, boxes);
  return boxes;
}

/** Radius of a tree's crown, m. */
export const crownRadiusM = (seed: number, heightM: number): number =>
  Math.min(heightM * 0.35, 1.2 + 1.6 * hash01(seed, 77));

/** A cloud behind a vehicle, longer at speed. */
function sprayRow(o: PlacedObject): Row {
  const { lengthM, widthM, speedMps } = o.object;
  const longM = 1 + speedMps / 6;
  const back = -(lengthM + longM) / 2 - 0.3;
  const x = o.x + back * o.cos;
  const y = o.y + back * o.sin;
  return [x, y, o.cos, o.sin, longM / 2, widthM / 2, 0.1, 1.3, 0.06, SPRAY, speedMps];
}

const signalRow = (g: PlacedSignal): Row => [
  g.x,
  g.y,
  g.cos,
  g.sin,
  0.15,
  0.18,
  g.z - 0.55,
  g.z + 0.55,
  0.3,
  HARD,
];

function toColumns(rows: readonly Row[]): LaserBoxes {
  const column = (k: keyof Row & number) => Float64Array.from(rows, (r) => r[k] as number);
  return {
    count: rows.length,
    x: column(0),
    y: column(1),
    cos: column(2),
    sin: column(3),
    hl: column(4),
    hw: column(5),
    z0: column(6),
    z1: column(7),
    reflectance: column(8),
    surface: Uint8Array.from(rows, (r) => r[9]),
    vx: Float64Array.from(rows, (r) => r[2] * (r[10] ?? 0)),
    vy: Float64Array.from(rows, (r) => r[3] * (r[10] ?? 0)),
  };
}
