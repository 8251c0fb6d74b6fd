import type { BevSpec } from "../contract/bev.ts";
import { directionSpan } from "./direction-span.ts";
import type { Placed, PreparedScene } from "./prepare.ts";

/** What may stand in the way of sight. */
export type Standing = Pick<PreparedScene, "objects" | "blocks">;

const BINS = 1440;
const STEP_RAD = (2 * Math.PI) / BINS;
/** Occluders lower than this are looked over, m. */
const OCCLUDER_MIN_HEIGHT_M = 1.2;
/** Depth of a building that counts as seen, m. */
const BLOCK_SKIN_M = 1.0;
const SUB = 2;

/** Direction of the middle of each bin. */
const COS = Float64Array.from({ length: BINS }, (_, b) => Math.cos((b + 0.5) * STEP_RAD - Math.PI));
const SIN = Float64Array.from({ length: BINS }, (_, b) => Math.sin((b + 0.5) * STEP_RAD - Math.PI));

/** How far each direction is seen on the ground plane: [1440] m, direction bins from ego −π. */
export type Sight = {
  readonly xM: number;
  readonly yM: number;
  readonly farM: Float32Array;
};

/** Sight from (xM, yM), ego, past vehicles and blocks of 1.2 m or more; rangeM limits it. */
export function sightOf(
  standing: Standing,
  xM: number,
  yM: number,
  rangeM: number,
  farM: Float32Array = new Float32Array(BINS),
): Sight {
  farM.fill(rangeM);
  for (const o of standing.objects) {
    const { lengthM, widthM, heightM, kind } = o.object;
    if (!isOccluder(kind) || heightM < OCCLUDER_MIN_HEIGHT_M) continue;
    if (!isWithin(o.x - xM, o.y - yM, lengthM, widthM, rangeM)) continue;
    shade(farM, o.x - xM, o.y - yM, o.cos, o.sin, lengthM / 2, widthM / 2, Infinity);
  }
  for (const b of standing.blocks) {
    const { lengthM, widthM, heightM } = b.block;
    if (heightM < OCCLUDER_MIN_HEIGHT_M) continue;
    if (!isWithin(b.x - xM, b.y - yM, lengthM, widthM, rangeM)) continue;
    shade(farM, b.x - xM, b.y - yM, b.cos, b.sin, lengthM / 2, widthM / 2, BLOCK_SKIN_M);
  }
  return { xM, yM, farM };
}

/** false for a rectangle all of which lies farther off than the range. */
function isWithin(x: number, y: number, lengthM: number, widthM: number, rangeM: number): boolean {
  const reachM = rangeM + (lengthM + widthM) / 2;
  return x * x + y * y < reachM * reachM;
}

/** Shortens the sight behind one rectangle; the rectangle itself stays in sight up to skinM. */
function shade(
  farM: Float32Array,
  cx: number,
  cy: number,
  cos: number,
  sin: number,
  hl: number,
  hw: number,
  skinM: number,
): void {
  const ox = -(cx * cos + cy * sin);
  const oy = -(cy * cos - cx * sin);
  const span = directionSpan(cx, cy, cos, sin, hl, hw);
  if (!span) return;
  const b0 = Math.ceil((span[0] + Math.PI) / STEP_RAD - 0.5);
  const b1 = Math.floor((span[1] + Math.PI) / STEP_RAD - 0.5);
  for (let b = b0; b <= b1; b++) {
    const bin = ((b % BINS) + BINS) % BINS;
    const a = (b + 0.5) * STEP_RAD - Math.PI;
    // bins beyond a whole turn have another angle in their last digits
    const dx = b === bin ? COS[b]! : Math.cos(a);
    const dy = b === bin ? SIN[b]! : Math.sin(a);
    const lx = dx * cos + dy * sin;
    const ly = dy * cos - dx * sin;
    const tx = hl / Math.max(1e-9, Math.abs(lx));
    const ty = hw / Math.max(1e-9, Math.abs(ly));
    const mx = -ox * (lx === 0 ? 0 : 1 / lx);
    const my = -oy * (ly === 0 ? 0 : 1 / ly);
    const tIn = Math.max(mx - tx, my - ty);
    const tOut = Math.min(mx + tx, my + ty);
    if (tOut <= tIn || tOut <= 0) continue;
    const far = Math.min(tOut, tIn + skinM);
    if (far < farM[bin]!) farM[bin] = far;
  }
}

/** true where ego point (xM, yM) is in sight. */
export function inSight(sight: Sight, xM: number, yM: number): boolean {
  const dx = xM - sight.xM;
  const dy = yM - sight.yM;
  const bin = Math.floor(((Math.atan2(dy, dx) + Math.PI) / (2 * Math.PI)) * BINS) % BINS;
  return Math.hypot(dx, dy) <= sight.farM[bin]! + 0.05;
}

/** What must show of an object above those in front of it, m. */
const SHOWS_M = 0.3;

/**
 * true where the top of something heightM high at ego point (xM, yM) shows over every vehicle and
 * block in between, seen from eyeHeightM above the sight's origin.
 */
export function showsOver(
  standing: Standing,
  sight: Sight,
  xM: number,
  yM: number,
  heightM: number,
  eyeHeightM: number,
): boolean {
  const dx = xM - sight.xM;
  const dy = yM - sight.yM;
  const rangeM = Math.hypot(dx, dy);
  const needM = heightM - SHOWS_M;
  const blocks = (p: Placed, lengthM: number, widthM: number, topM: number): boolean => {
    if (topM < OCCLUDER_MIN_HEIGHT_M) return false;
    const ratio = lastRatioInside(p, lengthM / 2, widthM / 2, sight, dx, dy);
    // Its own box and boxes behind it are not in between.
    if (ratio <= 0 || ratio >= 0.999) return false;
    return eyeHeightM + (needM - eyeHeightM) * ratio < topM;
  };
  if (rangeM < 0.1) return true;
  for (const o of standing.objects)
    if (isOccluder(o.object.kind) && blocks(o, o.object.lengthM, o.object.widthM, o.object.heightM))
      return false;
  for (const b of standing.blocks)
    if (blocks(b, b.block.lengthM, b.block.widthM, b.block.heightM)) return false;
  return true;
}

const isOccluder = (kind: string): boolean => kind !== "PEDESTRIAN" && kind !== "CYCLIST";

/** Where the line from the sight's origin along (dx, dy) leaves a rectangle, 0..1 of its length; 0 = misses. */
function lastRatioInside(
  p: Placed,
  hl: number,
  hw: number,
  sight: Sight,
  dx: number,
  dy: number,
): number {
  const ox = sight.xM - p.x;
  const oy = sight.yM - p.y;
  const lx = ox * p.cos + oy * p.sin;
  const ly = oy * p.cos - ox * p.sin;
  const qx = dx * p.cos + dy * p.sin;
  const qy = dy * p.cos - dx * p.sin;
  const ax = hl / Math.max(1e-9, Math.abs(qx));
  const ay = hw / Math.max(1e-9, Math.abs(qy));
  const mx = Math.abs(qx) < 1e-9 ? (Math.abs(lx) < hl ? 0 : Infinity) : -lx / qx;
  const my = Math.abs(qy) < 1e-9 ? (Math.abs(ly) < hw ? 0 : Infinity) : -ly / qy;
  const tIn = Math.max(mx - ax, my - ay);
  const tOut = Math.min(mx + ax, my + ay);
  return tIn < tOut && tIn > 0 && tIn < 1 ? Math.min(1, tOut) : 0;
}

/** Bins are looked at in groups first: whole cells lie in sight or out of it for all of a group. */
const GROUP = 16;
const GROUPS = BINS / GROUP;
/** Samples of a cell. */
const SAMPLES = SUB * SUB;

/** Of each sample [cells · 4] its bin and range, of each cell its groups and least and greatest range, m. */
type SightTable = {
  readonly key: string;
  readonly bin: Uint16Array;
  readonly rangeM: Float32Array;
  /** First and last group [cells · 2], or NO_GROUP twice. */
  readonly groups: Uint8Array;
  readonly leastM: Float32Array;
  readonly mostM: Float32Array;
};
let table: SightTable | undefined;

function tableOf(spec: BevSpec, xM: number, yM: number): SightTable {
  const key = `${spec.xMinM} ${spec.yMinM} ${spec.cellM} ${spec.nx} ${spec.ny} ${xM} ${yM}`;
  if (table?.key === key) return table;
  const cells = spec.nx * spec.ny;
  const bin = new Uint16Array(cells * SAMPLES);
  const rangeM = new Float32Array(cells * SAMPLES);
  let at = 0;
  for (let ix = 0; ix < spec.nx; ix++)
    for (let iy = 0; iy < spec.ny; iy++)
      for (let k = 0; k < SAMPLES; k++) {
        const dx = spec.xMinM + (ix + ((k & 1) + 0.5) / SUB) * spec.cellM - xM;
        const dy = spec.yMinM + (iy + ((k >> 1) + 0.5) / SUB) * spec.cellM - yM;
        bin[at] = Math.floor(((Math.atan2(dy, dx) + Math.PI) / (2 * Math.PI)) * BINS) % BINS;
        rangeM[at++] = Math.hypot(dx, dy);
      }
  const groups = new Uint8Array(cells * 2);
  const leastM = new Float32Array(cells);
  const mostM = new Float32Array(cells);
  for (let i = 0; i < cells; i++) {
    const own = bin.subarray(i * SAMPLES, (i + 1) * SAMPLES);
    const ranges = rangeM.subarray(i * SAMPLES, (i + 1) * SAMPLES);
    // around the origin and across the end of the bins a cell has no two groups: none is told for it
    const [low, high] = [Math.min(...own), Math.max(...own)].map((b) => (b! / GROUP) | 0);
    groups[2 * i] = high! - low! > 1 ? NO_GROUP : low!;
    groups[2 * i + 1] = high! - low! > 1 ? NO_GROUP : high!;
    leastM[i] = Math.min(...ranges);
    mostM[i] = Math.max(...ranges);
  }
  table = { key, bin, rangeM, groups, leastM, mostM };
  return table;
}
/** A group that is never wholly in sight nor out of it. */
const NO_GROUP = GROUPS;

const nearestM = new Float32Array(GROUPS + 1);
const farthestM = new Float32Array(GROUPS + 1);

/** How far a group of bins is seen at least and at most. */
function groupSight(farM: Float32Array): void {
  for (let g = 0, b = 0; g < GROUPS; g++) {
    let nearM = Infinity;
    let beyondM = 0;
    for (const end = b + GROUP; b < end; b++) {
      const far = farM[b]!;
      if (far < nearM) nearM = far;
      if (far > beyondM) beyondM = far;
    }
    nearestM[g] = nearM;
    farthestM[g] = beyondM;
  }
  nearestM[NO_GROUP] = -1;
  farthestM[NO_GROUP] = Infinity;
}

/** Writes the share of each cell in sight, 0…255, to out[offset …] ([X, Y]). */
export function sightShareInto(out: Uint8Array, offset: number, spec: BevSpec, sight: Sight): void {
  const { bin, rangeM, groups, leastM, mostM } = tableOf(spec, sight.xM, sight.yM);
  const { farM } = sight;
  groupSight(farM);
  const cells = spec.nx * spec.ny;
  for (let i = 0; i < cells; i++) {
    const a = groups[2 * i]!;
    const b = groups[2 * i + 1]!;
    const mostOfCellM = mostM[i]!;
    if (mostOfCellM <= nearestM[a]! && mostOfCellM <= nearestM[b]!) {
      out[offset + i] = 255;
      continue;
    }
    const leastOfCellM = leastM[i]!;
    if (leastOfCellM > farthestM[a]! && leastOfCellM > farthestM[b]!) {
      out[offset + i] = 0;
      continue;
    }
    let seen = 0;
    for (let at = i * SAMPLES; at < (i + 1) * SAMPLES; at++)
      if (rangeM[at]! <= farM[bin[at]!]!) seen++;
    out[offset + i] = (seen * 255) / SAMPLES;
  }
}

export const newSight = (): Float32Array => new Float32Array(BINS);
