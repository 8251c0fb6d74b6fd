import { fillConvexInto, type RasterSpec, strokeInto } from "./fill.ts";
import { forEachMark, type PreparedScene } from "./prepare.ts";

/** Materials of the ground. */
export const OUTSIDE = 0;
export const ASPHALT = 1;
export const SHOULDER = 2;
export const PARKING = 3;
export const SIDEWALK = 4;

/** Ground around ego in 12.5 cm cells, x −48…112 m, y ±40 m. */
export const GROUND: RasterSpec = { xMinM: -48, yMinM: -40, cellM: 0.125, nx: 1280, ny: 640 };

/** What the ground is made of; see GROUND for the cells. */
export type GroundRaster = {
  readonly material: Uint8Array;
  /** Paint, 0…255 coverage. */
  readonly paint: Uint8Array;
  /** Coverage of yellow paint, 0…255. */
  readonly yellow: Uint8Array;
};

const cells = GROUND.nx * GROUND.ny;
/** Kept for the newest scene only; its planes are used again for the next one. */
let held: { readonly prepared: PreparedScene; readonly raster: GroundRaster } | undefined;
const planes: GroundRaster = {
  material: new Uint8Array(cells),
  paint: new Uint8Array(cells),
  yellow: new Uint8Array(cells),
};

/** Borrowed raster of the scene: valid until the raster of another scene is asked for. */
export function groundRasterView(prepared: PreparedScene): GroundRaster {
  if (held?.prepared === prepared) return held.raster;
  planes.material.fill(OUTSIDE);
  planes.paint.fill(0);
  planes.yellow.fill(0);
  fillLanes(prepared, planes.material);
  paintMarks(prepared, planes);
  held = { prepared, raster: planes };
  return planes;
}

const MATERIAL_OF = { DRIVING: ASPHALT, SHOULDER, PARKING, SIDEWALK } as const;
const px = new Float64Array(4);
const py = new Float64Array(4);

/** Sidewalks first, so that a road which crosses one lies above it. */
const LAYERS = ["SIDEWALK", "SHOULDER", "PARKING", "DRIVING"] as const;

function fillLanes({ lanes }: PreparedScene, material: Uint8Array): void {
  for (const kind of LAYERS)
    for (const { lane, line } of lanes) {
      if (lane.kind !== kind) continue;
      const half = lane.widthM / 2 + (kind === "DRIVING" ? 0.05 : 0);
      for (let i = 2; i + 1 < line.length; i += 2) {
        const ax = line[i - 2]!;
        const ay = line[i - 1]!;
        const bx = line[i]!;
        const by = line[i + 1]!;
        if (Math.max(ax, bx) < -52 || Math.min(ax, bx) > 116) continue;
        if (Math.max(ay, by) < -46 || Math.min(ay, by) > 46) continue;
        const len = Math.hypot(bx - ax, by - ay);
        if (len < 1e-9) continue;
        const ux = (bx - ax) / len;
        const uy = (by - ay) / len;
        const e = 0.15;
        px[0] = ax - ux * e - uy * half;
        py[0] = ay - uy * e + ux * half;
        px[1] = ax - ux * e + uy * half;
        py[1] = ay - uy * e - ux * half;
        px[2] = bx + ux * e + uy * half;
        py[2] = by + uy * e - ux * half;
        px[3] = bx + ux * e - uy * half;
        py[3] = by + uy * e + ux * half;
        fillConvexInto(material, GROUND, px, py, 4, MATERIAL_OF[kind]);
      }
    }
}

function paintMarks(prepared: PreparedScene, { paint, yellow }: GroundRaster): void {
  const half = prepared.markStyle.widthM / 2;
  const centreYellow = prepared.scene.textureSeed % 3 === 0;
  forEachMark(prepared, (ax, ay, bx, by, kind) => {
    if (kind !== "DOUBLE") {
      strokeInto(paint, GROUND, ax, ay, bx, by, half);
      return;
    }
    const len = Math.hypot(bx - ax, by - ay) || 1;
    const nx = (-(by - ay) / len) * (half + 0.09);
    const ny = ((bx - ax) / len) * (half + 0.09);
    const out = centreYellow ? yellow : paint;
    strokeInto(out, GROUND, ax + nx, ay + ny, bx + nx, by + ny, half);
    strokeInto(out, GROUND, ax - nx, ay - ny, bx - nx, by - ny, half);
  });
  for (const l of prepared.stopLines) strokeInto(paint, GROUND, l.x0, l.y0, l.x1, l.y1, 0.22);
}

/** Index of the cell at ego (x, y), clamped to the raster's edge. */
export function groundCell(x: number, y: number): number {
  let ix = ((x - GROUND.xMinM) * 8) | 0;
  let iy = ((y - GROUND.yMinM) * 8) | 0;
  if (ix < 0) ix = 0;
  else if (ix >= GROUND.nx) ix = GROUND.nx - 1;
  if (iy < 0) iy = 0;
  else if (iy >= GROUND.ny) iy = GROUND.ny - 1;
  return ix * GROUND.ny + iy;
}
