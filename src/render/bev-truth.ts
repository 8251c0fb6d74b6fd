import {
  BEV_CHANNELS,
  BEV_SPEC,
  type BevChannel,
  VELOCITY_STEPS_PER_MPS,
  VELOCITY_ZERO,
} from "../contract/bev.ts";
import type { Scene } from "../contract/scene.ts";
import {
  inSight,
  newSight,
  type Sight,
  type Standing,
  showsOver,
  sightOf,
  sightShareInto,
} from "./bev-visible.ts";
import { fillConvexInto, strokeInto } from "./fill.ts";
import {
  type Bounds,
  forEachMark,
  overlap,
  type PlacedGround,
  type PlacedObject,
  type PlacedStopLine,
  type PreparedScene,
  prepareScene,
} from "./prepare.ts";
import { simplifyLine } from "./simplify-line.ts";

export type BevTruthOptions = {
  /** Where sight starts, m, ego; over the front seats unless said otherwise. */
  readonly sightXM?: number;
  readonly sightYM?: number;
  /**
   * Height of the highest sensor, m: an object whose top shows over what stands in front of it is
   * kept. 0 keeps only what the ground plane shows.
   */
  readonly eyeHeightM?: number;
  /** How far sensors see, m. */
  readonly rangeM?: number;
};

/** Cells are cut in SUB × SUB for coverage. */
const SUB = 4;
const FINE = {
  ...BEV_SPEC,
  cellM: BEV_SPEC.cellM / SUB,
  nx: BEV_SPEC.nx * SUB,
  ny: BEV_SPEC.ny * SUB,
};
/** Thin things (marks, stop lines, kerbs, walkers, poles) are drawn this wide, so that they fill a cell's worth, m. */
const THIN_M = BEV_SPEC.cellM;
/**
 * signal_stop and signal_go cover the lanes this far before and behind the stop line, m: a lamp tells
 * its state more exactly than its distance, and a strip of one cell would be missed by a cell.
 */
const SIGNAL_BEFORE_M = 10;
const SIGNAL_BEHIND_M = 1;
/** Lanes that cross at more than this (70°) have no direction to tell. */
const ALONG_COS = 0.34;

/** Lanes are filled along straight pieces that leave their line by no more than this, m: an eighth of a sample. */
const STRAIGHT_M = 0.03;

const GRID: Bounds = {
  x0: BEV_SPEC.xMinM,
  y0: BEV_SPEC.yMinM,
  x1: BEV_SPEC.xMinM + BEV_SPEC.nx * BEV_SPEC.cellM,
  y1: BEV_SPEC.yMinM + BEV_SPEC.ny * BEV_SPEC.cellM,
};
/** Middle of the grid and half of its diagonal, m, ego. */
const MIDDLE_X_M = BEV_SPEC.xMinM + (BEV_SPEC.nx * BEV_SPEC.cellM) / 2;
const MIDDLE_Y_M = BEV_SPEC.yMinM + (BEV_SPEC.ny * BEV_SPEC.cellM) / 2;
const REACH_M = (Math.hypot(BEV_SPEC.nx, BEV_SPEC.ny) * BEV_SPEC.cellM) / 2;
/** Room for what is thin and for the width of a direction, m. */
const BEYOND_M = 3;

const CELLS = BEV_SPEC.nx * BEV_SPEC.ny;
const channel = (name: BevChannel): number => BEV_CHANNELS.indexOf(name) * CELLS;
const VEHICLE = channel("vehicle");
const VULNERABLE = channel("vulnerable");
const STATIC = channel("static");
const LANE_DIRECTION = channel("lane_direction");
const VX = channel("vx");
const VY = channel("vy");

const fine = new Uint8Array(FINE.nx * FINE.ny);
/** The same, SUB samples side by side in one word. */
const fineWords = new Int32Array(fine.buffer);
/** What a sample is; two bits, of which UNKNOWN has both. */
const SAME = 1;
const OPPOSITE = 2;
const UNKNOWN = 3;
/** The lowest bit of each byte of a word. */
const ONES = 0x01010101;
const sumOfBytes = (word: number): number => Math.imul(word, ONES) >>> 24;
/** lane_direction of ground that no lane, or lanes of both directions, cover. */
const NO_DIRECTION = 128;
const sightBins = newSight();

/** BevState data of a scene: [12, 128, 64] uint8, ego, channels as contract/bev.ts says. */
export function rasterizeBev(scene: Scene, options: BevTruthOptions = {}): Uint8Array {
  const prepared = prepareScene(scene);
  const out = new Uint8Array(BEV_CHANNELS.length * CELLS);
  out.fill(NO_DIRECTION, LANE_DIRECTION, LANE_DIRECTION + CELLS);
  out.fill(VELOCITY_ZERO, VX, VX + CELLS);
  out.fill(VELOCITY_ZERO, VY, VY + CELLS);
  const objects = prepared.objects.filter(isInside);
  // beyond the grid and what sticks out of it, nothing hides anything that is drawn
  const longestM = objects.reduce((m, { object: o }) => Math.max(m, o.lengthM + o.widthM), 0);
  const around = [MIDDLE_X_M, MIDDLE_Y_M, REACH_M + longestM + BEYOND_M] as const;
  const standing = { objects: prepared.objects, blocks: prepared.blocksAround(...around) };
  const sight = sightOf(
    standing,
    options.sightXM ?? 1.5,
    options.sightYM ?? 0,
    options.rangeM ?? 120,
    sightBins,
  );
  const ground = prepared.groundAround(MIDDLE_X_M, MIDDLE_Y_M, REACH_M);
  lanesInto(out, ground);
  linesInto(out, ground, prepared);
  blocksInto(out, ground, standing.blocks);
  for (const o of objects)
    if (isSeen(standing, o, sight, options.eyeHeightM ?? 1.8)) objectInto(out, o, scene.ego.yawRad);
  sightShareInto(out, channel("visible"), BEV_SPEC, sight);
  return out;
}

/** A plane of `out` as an [X, Y] raster. */
const plane = (out: Uint8Array, offset: number) => out.subarray(offset, offset + CELLS);

const quadX = new Float64Array(4);
const quadY = new Float64Array(4);

/** Drivable area and lane direction from the lane pieces, 4 × 4 samples a cell. */
function lanesInto(out: Uint8Array, { lanes }: PlacedGround): void {
  fine.fill(0);
  for (const { lane, line: whole, bounds } of lanes) {
    if (lane.kind !== "DRIVING" && lane.kind !== "SHOULDER" && lane.kind !== "PARKING") continue;
    if (!overlap(bounds, GRID)) continue;
    const line = simplifyLine(cutToGrid(whole), STRAIGHT_M);
    const half = lane.widthM / 2;
    const n = line.length / 2;
    for (let i = 1; i < n; i++) {
      const ax = line[2 * i - 2]!;
      const ay = line[2 * i - 1]!;
      const bx = line[2 * i]!;
      const by = line[2 * i + 1]!;
      if (Math.max(ax, bx) < -36 || Math.min(ax, bx) > 100) continue;
      if (Math.max(ay, by) < -36 || Math.min(ay, by) > 36) continue;
      const len = Math.sqrt((bx - ax) ** 2 + (by - ay) ** 2);
      if (len < 1e-9) continue;
      const ux = (bx - ax) / len;
      const uy = (by - ay) / len;
      const value =
        lane.kind !== "DRIVING" || Math.abs(ux) < ALONG_COS || ux > 0 === lane.oncoming
          ? UNKNOWN
          : ux > 0
            ? SAME
            : OPPOSITE;
      // A little longer than the piece, so that bends leave no gaps.
      const e = i < n - 1 ? 0.15 : 0;
      quadX[0] = ax - uy * half;
      quadY[0] = ay + ux * half;
      quadX[1] = ax + uy * half;
      quadY[1] = ay - ux * half;
      quadX[2] = bx + ux * e + uy * half;
      quadY[2] = by + uy * e - ux * half;
      quadX[3] = bx + ux * e - uy * half;
      quadY[3] = by + uy * e + ux * half;
      fillConvexInto(fine, FINE, quadX, quadY, 4, value);
    }
  }
  const drivable = channel("drivable");
  const direction = LANE_DIRECTION;
  const { nx, ny } = BEV_SPEC;
  for (let ix = 0; ix < nx; ix++)
    for (let iy = 0; iy < ny; iy++) {
      // the samples of a cell: SUB words of SUB samples, counted four at a time, a byte for each
      const row = ix * SUB * ny + iy;
      let any = 0;
      let same = 0;
      let opposite = 0;
      for (let at = row; at < row + SUB * ny; at += ny) {
        const word = fineWords[at]!;
        if (word === 0) continue;
        const high = word >>> 1;
        any += (word | high) & ONES;
        same += word & ~high & ONES;
        opposite += high & ~word & ONES;
      }
      if (any === 0) continue;
      const count = sumOfBytes(any);
      const sum = sumOfBytes(same) - sumOfBytes(opposite);
      const at = ix * ny + iy;
      out[drivable + at] = ((count * 255) / (SUB * SUB) + 0.5) | 0;
      out[direction + at] = sum > 0 ? 255 : sum < 0 ? 0 : NO_DIRECTION;
    }
}

/** The part of a line from its first to its last point near the grid, with a point more at each end. */
function cutToGrid(line: Float64Array): Float64Array {
  const { xMinM, yMinM, cellM, nx, ny } = BEV_SPEC;
  const [x1, y1] = [xMinM + nx * cellM + ROOM_M, yMinM + ny * cellM + ROOM_M];
  const isNear = (i: number) => {
    const x = line[i]!;
    const y = line[i + 1]!;
    return x > xMinM - ROOM_M && x < x1 && y > yMinM - ROOM_M && y < y1;
  };
  let from = 0;
  let to = line.length - 2;
  while (from < to && !isNear(from)) from += 2;
  while (to > from && !isNear(to)) to -= 2;
  return line.subarray(Math.max(0, from - 2), Math.min(line.length, to + 4));
}
/** Lanes are at most twice as wide, m. */
const ROOM_M = 8;

/** Marks, stop lines and what the signals make of them. */
function linesInto(out: Uint8Array, ground: PlacedGround, prepared: PreparedScene): void {
  const marks = plane(out, channel("lane_mark"));
  const stroke = (ax: number, ay: number, bx: number, by: number) =>
    strokeInto(marks, BEV_SPEC, ax, ay, bx, by, THIN_M / 2);
  forEachMark(ground, stroke, GRID);
  const lines = plane(out, channel("stop_line"));
  const stop = plane(out, channel("signal_stop"));
  const go = plane(out, channel("signal_go"));
  for (const l of prepared.stopLines) {
    strokeInto(lines, BEV_SPEC, l.x0, l.y0, l.x1, l.y1, THIN_M / 2);
    if (!l.sign) approachInto(l.rule === "GO" ? go : stop, l);
  }
}

/** The lanes before a stop line, whose first end is the left one for those who must stop. */
function approachInto(out: Uint8Array, { x0, y0, x1, y1 }: PlacedStopLine): void {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 1e-6) return;
  const alongX = -(y1 - y0) / length;
  const alongY = (x1 - x0) / length;
  quadX[0] = x0 + SIGNAL_BEHIND_M * alongX;
  quadY[0] = y0 + SIGNAL_BEHIND_M * alongY;
  quadX[1] = x0 - SIGNAL_BEFORE_M * alongX;
  quadY[1] = y0 - SIGNAL_BEFORE_M * alongY;
  quadX[2] = x1 - SIGNAL_BEFORE_M * alongX;
  quadY[2] = y1 - SIGNAL_BEFORE_M * alongY;
  quadX[3] = x1 + SIGNAL_BEHIND_M * alongX;
  quadY[3] = y1 + SIGNAL_BEHIND_M * alongY;
  fillConvexInto(out, BEV_SPEC, quadX, quadY, 4, 255);
}

function blocksInto(out: Uint8Array, ground: PlacedGround, blocks: Standing["blocks"]): void {
  const solid = plane(out, STATIC);
  for (const k of ground.kerbs)
    for (let i = 2; i + 1 < k.line.length; i += 2)
      strokeInto(
        solid,
        BEV_SPEC,
        k.line[i - 2]!,
        k.line[i - 1]!,
        k.line[i]!,
        k.line[i + 1]!,
        THIN_M / 2,
      );
  for (const b of blocks)
    coverRectangle(b.x, b.y, b.cos, b.sin, b.block.lengthM, b.block.widthM, (at, value) => {
      if (value > solid[at]!) solid[at] = value;
    });
}

/** false where an object lies beside the grid with all of its box. */
function isInside(o: PlacedObject): boolean {
  const { xMinM, yMinM, cellM, nx, ny } = BEV_SPEC;
  const reachM = (o.object.lengthM + o.object.widthM) / 2 + THIN_M;
  return (
    o.x > xMinM - reachM &&
    o.x < xMinM + nx * cellM + reachM &&
    o.y > yMinM - reachM &&
    o.y < yMinM + ny * cellM + reachM
  );
}

/** false where nothing of the outline is in sight and the top does not show over what hides it. */
function isSeen(standing: Standing, o: PlacedObject, sight: Sight, eyeHeightM: number): boolean {
  const { lengthM, widthM, heightM } = o.object;
  for (let i = -2; i <= 2; i++)
    for (let j = -1; j <= 1; j++) {
      const lx = (i / 4) * lengthM;
      const ly = (j / 2) * widthM;
      if (inSight(sight, o.x + lx * o.cos - ly * o.sin, o.y + lx * o.sin + ly * o.cos)) return true;
    }
  return eyeHeightM > 0 && showsOver(standing, sight, o.x, o.y, heightM, eyeHeightM);
}

function objectInto(out: Uint8Array, o: PlacedObject, egoYawRad: number): void {
  const { kind, lengthM, widthM, speedMps, yawRad } = o.object;
  const base = kind === "STATIC" ? STATIC : isVulnerable(kind) ? VULNERABLE : VEHICLE;
  const yaw = yawRad - egoYawRad;
  const vx = codeVelocity(speedMps * Math.cos(yaw));
  const vy = codeVelocity(speedMps * Math.sin(yaw));
  coverRectangle(o.x, o.y, o.cos, o.sin, lengthM, widthM, (at, value) => {
    if (value <= out[base + at]!) return;
    out[base + at] = value;
    if (base === STATIC) return;
    out[VX + at] = vx;
    out[VY + at] = vy;
  });
}

/** A motorcycle is followed as traffic, so it is a vehicle here. */
const isVulnerable = (kind: string) => kind === "PEDESTRIAN" || kind === "CYCLIST";

/** 128 + 4·v, 0…255. */
export const codeVelocity = (mps: number): number =>
  Math.max(0, Math.min(255, Math.round(VELOCITY_ZERO + VELOCITY_STEPS_PER_MPS * mps)));

/** Calls `cell` with index and coverage (1…255) of the cells under a rectangle, at least THIN_M wide. */
function coverRectangle(
  x: number,
  y: number,
  cos: number,
  sin: number,
  lengthM: number,
  widthM: number,
  cell: (at: number, value: number) => void,
): void {
  const { xMinM, yMinM, cellM, nx, ny } = BEV_SPEC;
  const hl = Math.max(lengthM, THIN_M) / 2;
  const hw = Math.max(widthM, THIN_M) / 2;
  const rx = Math.abs(hl * cos) + Math.abs(hw * sin);
  const ry = Math.abs(hl * sin) + Math.abs(hw * cos);
  const ix0 = Math.max(0, Math.floor((x - rx - xMinM) / cellM));
  const ix1 = Math.min(nx - 1, Math.floor((x + rx - xMinM) / cellM));
  const iy0 = Math.max(0, Math.floor((y - ry - yMinM) / cellM));
  const iy1 = Math.min(ny - 1, Math.floor((y + ry - yMinM) / cellM));
  const half = 0.71 * cellM;
  for (let ix = ix0; ix <= ix1; ix++)
    for (let iy = iy0; iy <= iy1; iy++) {
      const cx = xMinM + (ix + 0.5) * cellM - x;
      const cy = yMinM + (iy + 0.5) * cellM - y;
      const along = Math.abs(cx * cos + cy * sin) - hl;
      const across = Math.abs(cy * cos - cx * sin) - hw;
      if (along > half || across > half) continue;
      if (along < -half && across < -half) {
        cell(ix * ny + iy, 255);
        continue;
      }
      let count = 0;
      for (let k = 0; k < SUB * SUB; k++) {
        const dx = xMinM + (ix + ((k & 3) + 0.5) / SUB) * cellM - x;
        const dy = yMinM + (iy + ((k >> 2) + 0.5) / SUB) * cellM - y;
        if (Math.abs(dx * cos + dy * sin) <= hl && Math.abs(dy * cos - dx * sin) <= hw) count++;
      }
      if (count > 0) cell(ix * ny + iy, ((count * 255) / (SUB * SUB) + 0.5) | 0);
    }
}
