import type { CastBox } from "./ray-caster.ts";

/** A box where it is at some time, in map. */
export type Thing = {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly c: number;
  readonly s: number;
  readonly l: number;
  readonly w: number;
  readonly z0: number;
  readonly z1: number;
  /** Distance along the ray of what comes back from it; infinite where it is missed. */
  readonly hit: (
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    random: () => number,
  ) => number;
};

type Ground = (x: number, y: number) => number;

/** Centre at `timeS`, m, map. */
export function placeAt(box: CastBox, timeS: number): readonly [number, number] {
  return [
    box.xM + travelM(box.vxMps ?? 0, box.axMps2 ?? 0, timeS),
    box.yM + (box.vyMps ?? 0) * timeS,
  ];
}

export function thingOf(box: CastBox, timeS: number, ground: Ground, index: number): Thing {
  const [x, y] = placeAt(box, timeS);
  const yaw = box.yawRad ?? 0;
  const z0 = ground(x, y) + (box.baseM ?? 0);
  const shape = {
    ...{ index, x, y, c: Math.cos(yaw), s: Math.sin(yaw) },
    ...{ l: box.lengthM / 2, w: box.widthM / 2, z0, z1: z0 + box.heightM },
  };
  const { hitsPerM } = box;
  return {
    ...shape,
    hit: (ox, oy, oz, dx, dy, dz, random) => {
      const [from, to] = crossing(shape, ox, oy, oz, dx, dy, dz);
      if (!(to > from) || from <= 0.3) return Number.POSITIVE_INFINITY;
      if (hitsPerM === undefined) return from;
      const at = from - Math.log(1 - random()) / hitsPerM;
      return at < to ? at : Number.POSITIVE_INFINITY;
    },
  };
}

function travelM(speedMps: number, accelMps2: number, timeS: number): number {
  const stopS = accelMps2 * speedMps < 0 ? -speedMps / accelMps2 : Number.POSITIVE_INFINITY;
  const t = Math.min(timeS, stopS);
  return speedMps * t + (accelMps2 * t * t) / 2;
}

const COLUMNS = 360;
/** A tilted LiDAR's columns lean by a few degrees. */
const LEAN_COLUMNS = 4;

/** Things by map azimuth as seen from (ox, oy). */
export function boxesByColumn(
  things: readonly Thing[],
  ox: number,
  oy: number,
): (azimuthRad: number) => readonly Thing[] {
  const columns: Thing[][] = Array.from({ length: COLUMNS }, () => []);
  for (const thing of things) {
    const dx = thing.x - ox;
    const dy = thing.y - oy;
    const reach = Math.hypot(thing.l, thing.w);
    const range = Math.hypot(dx, dy);
    const middle = Math.round((Math.atan2(dy, dx) * COLUMNS) / (2 * Math.PI));
    const span =
      range <= reach
        ? COLUMNS / 2
        : Math.ceil((Math.asin(reach / range) * COLUMNS) / (2 * Math.PI)) + LEAN_COLUMNS;
    const width = Math.min(COLUMNS, 2 * span + 1);
    for (let k = 0; k < width; k++)
      columns[(((middle - span + k) % COLUMNS) + COLUMNS) % COLUMNS]!.push(thing);
  }
  return (azimuthRad) => {
    const column = Math.round((azimuthRad * COLUMNS) / (2 * Math.PI));
    return columns[((column % COLUMNS) + COLUMNS) % COLUMNS]!;
  };
}

/** Steps along a ray until it is below the ground; slopes up to 0.35 are never stepped over. */
export function hitGround(
  ground: Ground | undefined,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  rangeMax: number,
): number {
  if (ground === undefined) return dz < 0 && oz > 0 ? -oz / dz : Number.POSITIVE_INFINITY;
  let t = 0.5;
  while (t < rangeMax) {
    const above = oz + t * dz - ground(ox + t * dx, oy + t * dy);
    if (above <= 0.002) return t;
    t += Math.max(0.01, Math.min(2, above / (Math.max(0, -dz) + 0.35)));
  }
  return Number.POSITIVE_INFINITY;
}

type Shape = Omit<Thing, "hit" | "index">;

let enter = 0;
let leave = 0;
function slab(origin: number, direction: number, low: number, high: number): void {
  if (Math.abs(direction) < 1e-12) {
    if (origin < low || origin > high) leave = -1;
    return;
  }
  const a = (low - origin) / direction;
  const c = (high - origin) / direction;
  enter = Math.max(enter, Math.min(a, c));
  leave = Math.min(leave, Math.max(a, c));
}

/** Where a ray enters and leaves a box; leave ≤ enter where it misses. */
function crossing(
  b: Shape,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): readonly [number, number] {
  enter = 0;
  leave = Number.POSITIVE_INFINITY;
  const rx = ox - b.x;
  const ry = oy - b.y;
  slab(b.c * rx + b.s * ry, b.c * dx + b.s * dy, -b.l, b.l);
  slab(-b.s * rx + b.c * ry, -b.s * dx + b.c * dy, -b.w, b.w);
  slab(oz, dz, b.z0, b.z1);
  return [enter, leave];
}
