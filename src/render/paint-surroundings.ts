import { toLinear } from "./camera-look.ts";
import { DISC, FACADE, FLAT, fillFace, LEAF, newPaint, OCTAGON, type Paint } from "./fill-face.ts";
import { type Glow, glowAt } from "./glow.ts";
import { isLampLit } from "./lamp-light.ts";
import { crownRadiusM } from "./lidar-boxes.ts";
import { aimView, faceInto, faceLight, paintFace, type View } from "./paint-solid.ts";
import type { PlacedBlock, PlacedKerb, PlacedSign, PlacedSignal } from "./prepare.ts";
import { hash01 } from "./rng.ts";
import { blockSolid, type Rgb, type Solid } from "./shapes.ts";

const face = new Float64Array(12);
const paint = newPaint();
const decal: Paint = { ...newPaint(), lift: 1.004 };

/** Paints the sides of an upright solid in one colour. */
function plainSolid(view: View, s: Solid, rough: number, seed: number): void {
  for (let side = 0; side < 5; side++) {
    faceInto(face, s, side);
    const light = faceLight(view, face);
    if (light <= 0) continue;
    paint.mode = FLAT;
    paint.rough = rough;
    paint.seed = seed;
    paint.r = toLinear(s.rgb[0]) * light;
    paint.g = toLinear(s.rgb[1]) * light;
    paint.b = toLinear(s.rgb[2]) * light;
    paintFace(view, face, paint);
  }
}

export function paintBlock(view: View, b: PlacedBlock, glows: Glow[]): void {
  if (b.block.kind === "BUSH") {
    paintBush(view, b);
    return;
  }
  const s = blockSolid(b.block);
  if (b.block.kind === "BUILDING") paintBuilding(view, s, b.seed);
  else plainSolid(view, s, b.block.kind === "TREE" ? 0.6 : 0.1, b.seed & 255);
  if (b.block.kind === "TREE") paintCrown(view, b);
  const { night } = view.look;
  if (b.block.kind === "POLE" && night > 0 && isLampLit(b.seed, b.block.heightM)) {
    const warm: Rgb = [1.3 * night, 1.05 * night, 0.7 * night];
    glows.push(glowAt(view, 0, 0, b.block.heightM + 0.15, 0.35, warm));
  }
}

function paintBuilding(view: View, s: Solid, place: number): void {
  const seed = (place ^ view.look.seed) >>> 0;
  const night = view.look.level < 0.3;
  const shine = 0.1 + 0.35 * hash01(seed, 1);
  for (let side = 0; side < 5; side++) {
    faceInto(face, s, side);
    const light = faceLight(view, face);
    if (light <= 0) continue;
    paint.mode = side < 4 ? FACADE : FLAT;
    paint.rough = 0.1 + 0.25 * hash01(seed, 2);
    paint.seed = seed & 0xffff;
    paint.r = toLinear(s.rgb[0]) * light;
    paint.g = toLinear(s.rgb[1]) * light;
    paint.b = toLinear(s.rgb[2]) * light;
    paint.p = 1.8 + 2.2 * hash01(seed, 3);
    paint.q = 2.7 + hash01(seed, 4);
    const lamp = night && hash01(seed, 5 + side) < 0.5 ? 0.5 / view.level : 0;
    paint.r2 = view.look.zenith[0] * shine * light + lamp * 0.5;
    paint.g2 = view.look.zenith[1] * shine * light + lamp * 0.4;
    paint.b2 = view.look.zenith[2] * shine * light + lamp * 0.2;
    paintFace(view, face, paint);
  }
}

const LEAVES: readonly Rgb[] = [
  [0.05, 0.09, 0.025],
  [0.03, 0.07, 0.03],
  [0.09, 0.12, 0.03],
  [0.16, 0.1, 0.03],
];

/** A tree's crown: eight clumps around and above one another. */
function paintCrown(view: View, b: PlacedBlock): void {
  const h = b.block.heightM;
  const radius = crownRadiusM(b.seed, h);
  const low = Math.min(2.4, h * 0.4) + radius * 0.5;
  for (let i = 0; i < 8; i++) {
    const a = 2 * Math.PI * hash01(b.seed, 100 + i);
    const d = radius * 0.55 * hash01(b.seed, 120 + i);
    const z = low + (h - radius * 0.6 - low) * (i / 7);
    const s = radius * (0.55 + 0.3 * hash01(b.seed, 140 + i));
    paintClump(view, b, i, d * Math.cos(a), d * Math.sin(a), z, s);
  }
}

/** A bush: clumps along its length, standing on the ground. */
function paintBush(view: View, b: PlacedBlock): void {
  const { lengthM, widthM, heightM } = b.block;
  const count = Math.max(2, Math.min(10, Math.round((1.6 * lengthM) / heightM)));
  for (let i = 0; i < count; i++) {
    const s = heightM * (0.5 + 0.15 * hash01(b.seed, 140 + i));
    const x = lengthM * ((i + 0.5) / count - 0.5);
    const y = widthM * 0.5 * (hash01(b.seed, 120 + i) - 0.5);
    paintClump(view, b, i, x, y, heightM - s, s);
  }
}

/** One clump of leaves that always faces the camera; x, y, z in the block's frame, s half its size, m. */
function paintClump(
  view: View,
  b: PlacedBlock,
  i: number,
  x: number,
  y: number,
  z: number,
  s: number,
): void {
  const { look, canvas, t, r } = view;
  const cx = r[0]! * x + r[1]! * y + r[2]! * z + t[0]!;
  const cy = r[3]! * x + r[4]! * y + r[5]! * z + t[1]!;
  const cz = r[6]! * x + r[7]! * y + r[8]! * z + t[2]!;
  if (cz < s) return;
  const season = hash01(look.seed, 17) < 0.8 ? Math.floor(hash01(b.seed, 61) * 3) : 3;
  const leaf = LEAVES[season]!;
  const light = (1 - look.sunShare) * 0.7 + look.sunShare * 0.75;
  const tone = light * (0.7 + 0.6 * hash01(b.seed, 160 + i));
  paint.mode = LEAF;
  paint.rough = 0.8;
  paint.seed = ((b.seed & 0xffff) * 53 + i * 29) & 255;
  paint.r = leaf[0] * tone * 0.45;
  paint.g = leaf[1] * tone * 0.45;
  paint.b = leaf[2] * tone * 0.45;
  paint.r2 = leaf[0] * tone * 1.5;
  paint.g2 = leaf[1] * tone * 1.5;
  paint.b2 = leaf[2] * tone * 1.5;
  face.set([cx - s, cy + s, cz, cx + s, cy + s, cz, cx + s, cy - s, cz, cx - s, cy - s, cz]);
  fillFace(canvas, face, paint);
}

const upright = (half: number, z0: number, z1: number, rgb: Rgb): Solid => ({
  ...{ x0: -half, x1: half, y0: -half, y1: half, z0, z1, topFront: 0, topBack: 0, topSide: 0 },
  ...{ rgb, look: "METAL", reflectance: 0.3 },
});

const GREY: Rgb = [120, 122, 124];
const HOUSING: Rgb = [26, 27, 26];
const LAMPS = [
  { state: "RED", rgb: [1, 0.03, 0.02] },
  { state: "YELLOW", rgb: [1, 0.55, 0.02] },
  { state: "GREEN", rgb: [0.03, 0.9, 0.35] },
] as const;

/** A housing of three lamps, the lit one bright; a pole below where it hangs low. */
export function paintSignal(view: View, g: PlacedSignal, egoYawRad: number, glows: Glow[]): void {
  if (g.z < 4) {
    aimView(view, { ...g, x: g.x - 0.2 * g.cos, y: g.y - 0.2 * g.sin }, egoYawRad);
    plainSolid(view, upright(0.06, 0, g.z, GREY), 0.1, 3);
  }
  aimView(view, g, egoYawRad, g.z);
  const half = 0.19;
  plainSolid(view, { ...upright(half, -0.58, 0.58, HOUSING), x0: -0.12, x1: 0.12 }, 0.05, 5);
  if (view.eye[0]! <= 0.12) return;
  const { level } = view;
  const { exposure } = view.look;
  LAMPS.forEach(({ state, rgb }, i) => {
    const on = g.state === state;
    const z = 0.37 - 0.37 * i;
    const k = on ? 2.2 / (level * exposure) : 0.03;
    decal.mode = DISC;
    decal.p = 0;
    decal.r = rgb[0] * k;
    decal.g = rgb[1] * k;
    decal.b = rgb[2] * k;
    const s = 0.16;
    face.set([0.13, -s, z - s, 0.13, s, z - s, 0.13, s, z + s, 0.13, -s, z + s]);
    paintFace(view, face, decal);
    if (on) glows.push(glowAt(view, 0.14, 0, z, 0.22, [rgb[0] * 0.9, rgb[1] * 0.9, rgb[2] * 0.9]));
  });
}

/** A red octagon with a white bar and rim on a pole. */
export function paintStopSign(view: View, sign: PlacedSign, egoYawRad: number): void {
  aimView(view, sign, egoYawRad);
  plainSolid(view, upright(0.04, 0, 2.2, GREY), 0.1, 3);
  const s = 0.4;
  const z = 2.2;
  face.set([0.07, -s, z - s, 0.07, s, z - s, 0.07, s, z + s, 0.07, -s, z + s]);
  let light = faceLight(view, face);
  decal.mode = OCTAGON;
  if (light <= 0) {
    // From behind: bare metal.
    face.set([0.06, s, z - s, 0.06, -s, z - s, 0.06, -s, z + s, 0.06, s, z + s]);
    light = faceLight(view, face);
    decal.r = decal.g = decal.b = decal.r2 = decal.g2 = decal.b2 = 0.3 * light;
  } else {
    decal.r = 0.55 * light;
    decal.g = decal.b = 0.02 * light;
    decal.r2 = decal.g2 = decal.b2 = 0.8 * light;
  }
  paintFace(view, face, decal);
}

/** Kerb stones and barriers along their lines. */
export function paintKerb(view: View, k: PlacedKerb, egoYawRad: number, seed: number): void {
  const tone = 110 + 90 * hash01(seed, 71);
  const half = k.heightM > 0.4 ? 0.15 : 0.1;
  for (let i = 2; i + 1 < k.line.length; i += 2) {
    const dx = k.line[i]! - k.line[i - 2]!;
    const dy = k.line[i + 1]! - k.line[i - 1]!;
    const len = Math.hypot(dx, dy);
    if (len < 1e-6) continue;
    const x = (k.line[i]! + k.line[i - 2]!) / 2;
    const y = (k.line[i + 1]! + k.line[i - 1]!) / 2;
    const yaw = Math.atan2(dy, dx);
    aimView(view, { x, y, yaw, cos: dx / len, sin: dy / len }, egoYawRad);
    plainSolid(
      view,
      { ...upright(half, 0, k.heightM, [tone, tone, tone * 0.97]), x0: -len / 2, x1: len / 2 },
      0.3,
      seed & 255,
    );
  }
}
