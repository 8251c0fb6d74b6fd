import type { DetectedObject } from "../contract/scene.ts";
import { toLinear } from "./camera-look.ts";
import { BANDS, DISC, FLAT, GLASS, newPaint, type Paint, STRIPES } from "./fill-face.ts";
import { type Glow, glowAt } from "./glow.ts";
import {
  BACK,
  FRONT,
  faceInto,
  faceLight,
  LEFT,
  paintFace,
  partInto,
  RIGHT,
  type View,
} from "./paint-solid.ts";
import { hash01 } from "./rng.ts";
import { objectSolids, type Rgb, type Solid } from "./shapes.ts";

const face = new Float64Array(12);
const part = new Float64Array(12);
const base = newPaint();
const decal: Paint = { ...newPaint(), lift: 1.003 };

/** Paints an object the view is aimed at; lit lamps go to `glows`. */
export function paintObject(view: View, o: DetectedObject, blinkOn: boolean, glows: Glow[]): void {
  for (const s of objectSolids(o)) {
    for (let side = 0; side < 5; side++) {
      faceInto(face, s, side);
      const light = faceLight(view, face);
      if (light <= 0) continue;
      solidPaint(s, light, o.id);
      paintFace(view, face, base);
      if (s.look === "CABIN") windows(view, o, side, light);
      else if (s.look === "PAINT") lampsAndPlate(view, o, s, side, light, blinkOn, glows);
    }
  }
  wheels(view, o);
  if (view.look.riderLamps && (o.kind === "MOTORCYCLE" || o.kind === "CYCLIST"))
    riderLamps(view, o, glows);
}

/** One lamp ahead and one behind; a motorcycle's burn always and show that it brakes. */
function riderLamps(view: View, o: DetectedObject, glows: Glow[]): void {
  const { level, rain, nearFogInvm } = view.look;
  const dark = level < 0.45 || rain > LIGHTS_RAIN || nearFogInvm > LIGHTS_FOG_INVM;
  const motor = o.kind === "MOTORCYCLE";
  if (!motor && !dark) return;
  const hl = o.lengthM / 2;
  const z = motor ? 0.8 : 0.65;
  if (view.eye[0]! > hl) {
    const k = motor ? 0.8 : 0.5;
    glows.push(glowAt(view, hl + 0.03, 0, z, 0.16, [k, 0.95 * k, 0.85 * k]));
  } else if (view.eye[0]! < -hl) {
    const k = motor && o.brakeLights ? 0.75 : 0.3;
    glows.push(glowAt(view, -hl - 0.03, 0, z, 0.13, [k, 0.03 * k, 0.03 * k]));
  }
}

function solidPaint(s: Solid, light: number, id: number): void {
  base.mode = s.look === "CONE" ? BANDS : s.look === "STRIPES" ? STRIPES : FLAT;
  setRgb(base, s.rgb, light);
  base.r2 = base.g2 = base.b2 = 0.75 * light;
  if (s.look === "STRIPES") {
    base.r = 0.55 * light;
    base.g = base.b = 0.04 * light;
  }
  base.p = 0.5;
  base.rough = s.look === "CLOTH" ? 0.3 : s.look === "PAINT" || s.look === "CABIN" ? 0.06 : 0.12;
  base.seed = id * 37;
}

function setRgb(paint: Paint, rgb: Rgb, light: number): void {
  paint.r = toLinear(rgb[0]) * light;
  paint.g = toLinear(rgb[1]) * light;
  paint.b = toLinear(rgb[2]) * light;
}

/** Glass on the side of a cabin: dark below, reflecting the sky above. */
function windows(view: View, o: DetectedObject, side: number, light: number): void {
  const { horizon } = view.look;
  decal.mode = GLASS;
  decal.rough = 0.25;
  decal.seed = o.id * 13;
  const tint = 0.012 + 0.03 * hash01(o.id, 31);
  decal.r = decal.g = decal.b = tint;
  const shine = (side === FRONT || side === BACK ? 0.3 : 0.14) * (0.5 + 0.5 * light);
  decal.r2 = tint + horizon[0] * shine;
  decal.g2 = tint + horizon[1] * shine;
  decal.b2 = tint + horizon[2] * shine;
  const glass = (u0: number, u1: number, v0: number, v1: number) => {
    partInto(part, face, u0, u1, v0, v1);
    paintFace(view, part, decal);
  };
  if (side === FRONT) {
    glass(0.05, 0.95, o.kind === "BUS" ? 0.02 : 0.04, 0.93);
    return;
  }
  if (side === BACK) {
    if (o.kind === "CAR") glass(0.07, 0.93, 0.12, 0.9);
    else if (o.kind === "VAN" && hash01(o.id, 32) < 0.5) {
      glass(0.08, 0.47, 0.25, 0.8);
      glass(0.53, 0.92, 0.25, 0.8);
    } else if (o.kind === "BUS") glass(0.1, 0.9, 0.35, 0.85);
    return;
  }
  if (side !== LEFT && side !== RIGHT) return;
  // u runs from front to back on the left and from back to front on the right.
  const at = (a: number, b: number, v0: number, v1: number) =>
    side === LEFT ? glass(a, b, v0, v1) : glass(1 - b, 1 - a, v0, v1);
  if (o.kind === "BUS") {
    const count = Math.max(3, Math.round(o.lengthM / 1.6));
    for (let i = 0; i < count; i++) at((i + 0.06) / count, (i + 0.94) / count, 0.22, 0.82);
  } else if (o.kind === "VAN") {
    at(0.1, 0.3, 0.12, 0.85);
    if (hash01(o.id, 33) < 0.35) {
      at(0.36, 0.62, 0.15, 0.8);
      at(0.66, 0.93, 0.15, 0.8);
    }
  } else if (o.kind === "TRUCK") at(0.08, 0.6, 0.1, 0.85);
  else {
    at(0.1, 0.48, 0.1, 0.88);
    at(0.52, 0.9, 0.1, 0.88);
  }
}

/** Drivers switch their lights on in this much rain or fog (visibility 250 m). */
const LIGHTS_RAIN = 0.15;
const LIGHTS_FOG_INVM = 0.012;
const RED: Rgb = [190, 14, 14];
const WHITE: Rgb = [225, 226, 220];
const BLACK: Rgb = [20, 20, 22];

function lampsAndPlate(
  view: View,
  o: DetectedObject,
  s: Solid,
  side: number,
  light: number,
  blinkOn: boolean,
  glows: Glow[],
): void {
  if (side !== FRONT && side !== BACK) {
    if (side === LEFT || side === RIGHT) block(view, 0.01, 0.99, 0, 0.1, BLACK, light);
    return;
  }
  const truckTail = o.kind === "TRUCK" && side === BACK;
  if (truckTail) return;
  const { level, rain, nearFogInvm } = view.look;
  const dark = level < 0.45 || rain > LIGHTS_RAIN || nearFogInvm > LIGHTS_FOG_INVM;
  block(view, 0.03, 0.97, 0, 0.22, BLACK, light);
  block(view, 0.38, 0.62, side === BACK ? 0.42 : 0.14, side === BACK ? 0.6 : 0.3, WHITE, light);
  if (side === FRONT && o.kind !== "BUS") block(view, 0.3, 0.7, 0.35, 0.62, BLACK, light);
  const v0 = 0.56 + 0.1 * hash01(o.id, 41);
  const v1 = Math.min(0.95, v0 + 0.16 + 0.14 * hash01(o.id, 42));
  const w = 0.13 + 0.09 * hash01(o.id, 43);
  const x = side === BACK ? s.x0 - 0.02 : s.x1 + 0.02;
  const z = s.z0 + (s.z1 - s.z0) * (v0 + v1) * 0.5;
  for (const left of [true, false]) {
    const atLow = left === (side === BACK);
    const u0 = atLow ? 0.02 : 0.98 - w;
    const y = (left ? 1 : -1) * (s.y1 - (s.y1 - s.y0) * (0.02 + w / 2));
    const lamp: Rgb = side === BACK ? RED : WHITE;
    if (side === BACK && o.brakeLights) {
      lit(view, u0, u0 + w, v0, v1, [3.2, 0.12, 0.08]);
      glows.push(glowAt(view, x, y, z, 0.2, [0.75, 0.02, 0.02]));
    } else if (dark) {
      lit(view, u0, u0 + w, v0, v1, side === BACK ? [0.55, 0.02, 0.02] : [3, 2.9, 2.6]);
      const strength = side === BACK ? 0.12 : 0.9;
      glows.push(
        glowAt(view, x, y, z, 0.25, [
          strength,
          strength * (side === BACK ? 0.05 : 0.95),
          strength * (side === BACK ? 0.05 : 0.85),
        ]),
      );
    } else block(view, u0, u0 + w, v0, v1, lamp, light * 0.9);
    const blinks = blinkOn && (o.indicator === 2 || o.indicator === (left ? 1 : -1));
    if (!blinks) continue;
    const uEdge = atLow ? 0.015 : 0.985 - 0.09;
    lit(view, uEdge, uEdge + 0.09, v0 - 0.05, v1, [3, 1.1, 0.05]);
    glows.push(glowAt(view, x, (left ? 1 : -1) * (s.y1 - 0.1), z, 0.2, [0.8, 0.3, 0.01]));
  }
  if (side === BACK && o.brakeLights && o.kind === "CAR")
    glows.push(glowAt(view, s.x0 + 0.35, 0, o.heightM - 0.12, 0.12, [0.7, 0.02, 0.02]));
}

/** A plain patch of the present face. */
function block(
  view: View,
  u0: number,
  u1: number,
  v0: number,
  v1: number,
  rgb: Rgb,
  light: number,
): void {
  decal.mode = FLAT;
  decal.rough = 0;
  setRgb(decal, rgb, light);
  partInto(part, face, u0, u1, v0, v1);
  paintFace(view, part, decal);
}

/** A patch that shines by itself, whatever the hour. */
function lit(view: View, u0: number, u1: number, v0: number, v1: number, rgb: Rgb): void {
  decal.mode = FLAT;
  decal.rough = 0;
  const k = 1 / (view.level * view.look.exposure);
  decal.r = rgb[0] * k;
  decal.g = rgb[1] * k;
  decal.b = rgb[2] * k;
  decal.lift = 1.006;
  partInto(part, face, u0, u1, v0, v1);
  paintFace(view, part, decal);
  decal.lift = 1.003;
}

function wheels(view: View, o: DetectedObject): void {
  if (o.kind === "PEDESTRIAN" || o.kind === "STATIC") return;
  const narrow = o.kind === "CYCLIST" || o.kind === "MOTORCYCLE";
  const big = o.kind === "TRUCK" || o.kind === "BUS";
  const r = narrow ? 0.33 : big ? 0.5 : 0.33;
  const y = narrow ? 0.05 : o.widthM / 2 + 0.015;
  const x = narrow ? o.lengthM / 2 - r : o.lengthM * (big ? 0.34 : 0.31);
  decal.mode = DISC;
  decal.rough = 0;
  decal.r = decal.g = decal.b = 0.012;
  const hub = narrow ? 0.06 : 0.05 + 0.25 * hash01(o.id, 51);
  decal.r2 = decal.g2 = decal.b2 = hub;
  decal.p = narrow ? 0.5 : 0.35;
  for (const wx of [x, -x])
    for (const left of [true, false]) {
      const wy = left ? y : -y;
      if ((view.eye[1]! - wy) * wy <= 0) continue;
      const d = left ? r : -r;
      part.set([wx + d, wy, 0, wx - d, wy, 0, wx - d, wy, 2 * r, wx + d, wy, 2 * r]);
      paintFace(view, part, decal);
    }
}
