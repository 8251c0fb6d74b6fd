import type { Look } from "./camera-look.ts";
import type { RasterSpec } from "./fill.ts";
import type { PreparedScene } from "./prepare.ts";
import { hash01 } from "./rng.ts";

/** Light of lamps on the ground around ego in 50 cm cells. */
export const LAMP: RasterSpec = { xMinM: -48, yMinM: -40, cellM: 0.5, nx: 320, ny: 160 };
/** Poles from here on carry a lamp at their top, m. */
export const LAMP_POLE_M = 4.5;
/** A street lamp stands this far out over the road, and lights this far, m. */
const LAMP_RADIUS_M = 7;
const LAMP_STRENGTH = 0.22;
/** Low beams of others: a spot this far ahead of their front, m, this long and wide. */
const BEAM_AHEAD_M = 9;
const BEAM_LONG_M = 7;
const BEAM_WIDE_M = 2.2;
const BEAM_STRENGTH = 0.25;
const TAIL_STRENGTH = 0.05;
const BRAKE_STRENGTH = 0.22;

/** [X, Y] light that lamps add, in the units of Look.level: white, and red of tail lamps. */
export type LampLight = { readonly white: Float32Array; readonly red: Float32Array };

const planes: LampLight = {
  white: new Float32Array(LAMP.nx * LAMP.ny),
  red: new Float32Array(LAMP.nx * LAMP.ny),
};
let held: PreparedScene | undefined;

/** true where a pole's lamp is lit in this scene. */
export const isLampLit = (seed: number, heightM: number): boolean =>
  heightM >= LAMP_POLE_M && hash01(seed, 91) < 0.85;

/** Borrowed light of street lamps and other vehicles, or undefined by day. */
export function lampLightView(prepared: PreparedScene, look: Look): LampLight | undefined {
  if (look.night <= 0) return undefined;
  if (held === prepared) return planes;
  planes.white.fill(0);
  planes.red.fill(0);
  for (const b of prepared.blocks)
    if (b.block.kind === "POLE" && isLampLit(b.seed, b.block.heightM))
      spot(planes.white, b.x, b.y, 1, 0, LAMP_RADIUS_M, LAMP_RADIUS_M, LAMP_STRENGTH * look.night);
  for (const o of prepared.objects) {
    const { kind, lengthM, brakeLights } = o.object;
    if (kind === "PEDESTRIAN" || kind === "STATIC") continue;
    const front = lengthM / 2 + BEAM_AHEAD_M;
    const dim = kind === "CYCLIST" ? 0.3 : 1;
    spot(
      planes.white,
      ...([o.x + front * o.cos, o.y + front * o.sin, o.cos, o.sin] as const),
      ...([BEAM_LONG_M, BEAM_WIDE_M, BEAM_STRENGTH * look.night * dim] as const),
    );
    const back = -lengthM / 2 - 1.5;
    const red = (brakeLights ? BRAKE_STRENGTH : TAIL_STRENGTH) * look.night * dim;
    spot(planes.red, o.x + back * o.cos, o.y + back * o.sin, o.cos, o.sin, 2.2, 1.8, red);
  }
  held = prepared;
  return planes;
}

/** Adds a soft spot, 1 sigma longM × wideM, that lies along (cos, sin). */
function spot(
  plane: Float32Array,
  x: number,
  y: number,
  cos: number,
  sin: number,
  longM: number,
  wideM: number,
  strength: number,
): void {
  const { xMinM, yMinM, cellM, nx, ny } = LAMP;
  const reach = 2.4 * Math.max(longM, wideM);
  const ix0 = Math.max(0, Math.floor((x - reach - xMinM) / cellM));
  const ix1 = Math.min(nx - 1, Math.floor((x + reach - xMinM) / cellM));
  const iy0 = Math.max(0, Math.floor((y - reach - yMinM) / cellM));
  const iy1 = Math.min(ny - 1, Math.floor((y + reach - yMinM) / cellM));
  for (let ix = ix0; ix <= ix1; ix++)
    for (let iy = iy0; iy <= iy1; iy++) {
      const dx = xMinM + (ix + 0.5) * cellM - x;
      const dy = yMinM + (iy + 0.5) * cellM - y;
      const along = (dx * cos + dy * sin) / longM;
      const across = (dy * cos - dx * sin) / wideM;
      const d2 = along * along + across * across;
      if (d2 > 6) continue;
      const at = ix * ny + iy;
      plane[at] = plane[at]! + strength * Math.exp(-0.7 * d2);
    }
}

/** Light of a plane at ego (x, y), smooth between cells; 0 beside the raster. */
export function lampAt(plane: Float32Array, x: number, y: number): number {
  const gx = (x - LAMP.xMinM) * 2 - 0.5;
  const gy = (y - LAMP.yMinM) * 2 - 0.5;
  if (!(gx > 0 && gy > 0 && gx < LAMP.nx - 1 && gy < LAMP.ny - 1)) return 0;
  const ix = gx | 0;
  const iy = gy | 0;
  const at = ix * LAMP.ny + iy;
  const fy = gy - iy;
  const low = plane[at]! + (plane[at + 1]! - plane[at]!) * fy;
  const next = at + LAMP.ny;
  const high = plane[next]! + (plane[next + 1]! - plane[next]!) * fy;
  return low + (high - low) * (gx - ix);
}
