import { addStreaks, addVeils, mirrorGlows, type Veil } from "./air.ts";
import type { Look } from "./camera-look.ts";
import type { Canvas } from "./canvas.ts";
import { addGlows, type Glow } from "./glow.ts";
import { headlightAt } from "./headlamp.ts";
import { mixSeed } from "./rng.ts";
import { addSunGlare } from "./sun-glare.ts";

let picturePool = new Float32Array(0);
let blurPool = new Float32Array(0);
const GAUSS = makeGauss();
/** Share of fog by inverse depth, steps of 1/8192 1/m. */
const fogOf = new Float32Array(4097);

/** [65536] normal numbers, 1 sigma. */
function makeGauss(): Float32Array {
  const out = new Float32Array(65536);
  let s = 12345;
  const next = () => {
    s = mixSeed(s, 77);
    return (s + 0.5) / 4294967296;
  };
  for (let i = 0; i < out.length; i++)
    out[i] = Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  return out;
}

/** What hangs between the painted bodies and the lens. */
export type Air = {
  readonly glows: readonly Glow[];
  readonly veils: readonly Veil[];
  readonly egoYawRad: number;
};

/** Canvas to rgb8 [H, W, 3]: light of the hour, fog, lamps, blur, exposure, noise. */
export function develop(
  canvas: Canvas,
  look: Look,
  samples: number,
  { glows, veils, egoYawRad }: Air,
  seed: number,
): Uint8Array {
  const w = canvas.widthPx / samples;
  const h = canvas.heightPx / samples;
  if (picturePool.length < w * h * 3) {
    picturePool = new Float32Array(w * h * 3);
    blurPool = new Float32Array(w * h * 3);
  }
  const picture = picturePool.subarray(0, w * h * 3);
  illuminate(canvas, look, samples, picture);
  const mist = mistOf(look);
  addVeils(picture, w, h, samples, canvas, veils, mist);
  const lamps = [...glows, ...mirrorGlows(canvas, look, glows), ...halosOf(glows, look)];
  addGlows(
    picture,
    w,
    h,
    samples,
    canvas,
    lamps.map((g) => dim(g, look)),
  );
  if (look.glare > 0) addSunGlare(picture, w, h, samples, canvas, look, egoYawRad);
  addStreaks(picture, w, h, look, mist, seed);
  if (look.blur > 0.01) blur(picture, blurPool, w, h, look.blur);
  return expose(picture, w, h, look, seed);
}

/** Lamps in mist, rain or the dark spread their light in the air and in the lens. */
function halosOf(glows: readonly Glow[], look: Look): Glow[] {
  const share = Math.min(0.3, 0.12 * look.night + 0.15 * look.rain + 4 * look.fogInvm * look.night);
  if (share <= 0) return [];
  return glows.map((g) => ({
    ...g,
    ...{ spread: "HALO", radiusM: g.radiusM * 4, r: g.r * share, g: g.g * share, b: g.b * share },
  }));
}

/** The colour of fog, spray and streaks: the sky's light. */
const mistOf = ({ horizon, zenith, level }: Look): [number, number, number] => [
  ((horizon[0] + zenith[0]) / 2) * level,
  ((horizon[1] + zenith[1]) / 2) * level,
  ((horizon[2] + zenith[2]) / 2) * level,
];

const dim = (g: Glow, look: Look): Glow => {
  const k = Math.exp(-look.fogInvm * g.z * 0.6) / look.exposure;
  return { ...g, r: g.r * k, g: g.g * k, b: g.b * k };
};

/** Light of the hour, headlamps and fog; `samples` × `samples` pixels become one. */
function illuminate(canvas: Canvas, look: Look, samples: number, out: Float32Array): void {
  const { widthPx: W, heightPx: H, rgb, inverseDepth, intrinsics: k, egoR: r, egoT } = canvas;
  out.fill(0);
  const w = W / samples;
  const fog = mistOf(look);
  for (let i = 0; i < fogOf.length; i++)
    fogOf[i] = 1 - Math.exp((-look.fogInvm * 8192) / (i + 0.5));
  const share = 1 / (samples * samples);
  const skyFog = 1 - Math.exp(-look.fogInvm * 120);
  for (let y = 0; y < H; y++) {
    const Y = (y - k.cyPx) / k.fyPx;
    const row = ((y / samples) | 0) * w;
    // A grey veil hangs low in the sky.
    const up = Math.max(0, r[7]! * Y + r[8]!);
    const skyVeil = skyFog * Math.exp(-up * 3);
    for (let x = 0; x < W; x++) {
      const at = y * W + x;
      const iz = inverseDepth[at]!;
      let light = look.level;
      let f = skyVeil;
      if (iz > 0) {
        f = iz < 0.5 ? fogOf[(iz * 8192) | 0]! : 1 - Math.exp(-look.nearFogInvm / iz);
        if (look.headlamps > 0) {
          const z = 1 / iz;
          const X = (x - k.cxPx) / k.fxPx;
          light += headlightAt(
            look,
            z * (r[0]! * X + r[1]! * Y + r[2]!) + egoT[0],
            z * (r[3]! * X + r[4]! * Y + r[5]!) + egoT[1],
            z * (r[6]! * X + r[7]! * Y + r[8]!) + egoT[2],
          );
        }
      }
      const to = 3 * (row + ((x / samples) | 0));
      const a = light * (1 - f) * share;
      const b = f * share;
      out[to] = out[to]! + rgb[3 * at]! * a + fog[0] * b;
      out[to + 1] = out[to + 1]! + rgb[3 * at + 1]! * a + fog[1] * b;
      out[to + 2] = out[to + 2]! + rgb[3 * at + 2]! * a + fog[2] * b;
    }
  }
}

/** Three-tap blur both ways: weight on each neighbour. */
function blur(
  picture: Float32Array,
  pool: Float32Array,
  w: number,
  h: number,
  weight: number,
): void {
  const keep = 1 - 2 * weight;
  const stride = 3 * w;
  for (let y = 0; y < h; y++)
    for (let i = y * stride; i < (y + 1) * stride; i++) {
      const l = i >= y * stride + 3 ? picture[i - 3]! : picture[i]!;
      const r = i + 3 < (y + 1) * stride ? picture[i + 3]! : picture[i]!;
      pool[i] = keep * picture[i]! + weight * (l + r);
    }
  const n = stride * h;
  for (let i = 0; i < n; i++) {
    const a = i >= stride ? pool[i - stride]! : pool[i]!;
    const b = i + stride < n ? pool[i + stride]! : pool[i]!;
    picture[i] = keep * pool[i]! + weight * (a + b);
  }
}

/** Exposure, cast, vignette, gamma and noise. */
function expose(picture: Float32Array, w: number, h: number, look: Look, seed: number): Uint8Array {
  const out = new Uint8Array(w * h * 3);
  const steps = 2048;
  const curve = new Float32Array(steps + 1);
  for (let i = 0; i <= steps; i++) {
    // Linear to 0.7, then a shoulder: twice as bright as white is full white.
    const v = (i / steps) * 2;
    const s = v < 0.7 ? v : 0.7 + 0.3 * (1 - Math.exp(-(v - 0.7) / 0.3));
    curve[i] = 255 * s ** (1 / look.gamma);
  }
  const gain = look.cast.map((c) => (c * look.exposure * steps) / 2);
  let g = mixSeed(seed, 0x9a11) & 65535;
  for (let y = 0; y < h; y++) {
    const dy = (2 * y) / h - 1;
    for (let x = 0; x < w; x++) {
      const dx = (2 * x) / w - 1;
      const v = 1 - look.vignette * 0.5 * (dx * dx + dy * dy);
      const at = 3 * (y * w + x);
      // One share of the noise is common to the three colours, as in luminance noise.
      g = (g + 1) & 65535;
      const common = GAUSS[g]! * look.noise;
      for (let c = 0; c < 3; c++) {
        const i = Math.min(steps, picture[at + c]! * gain[c]! * v);
        const own = GAUSS[(g * 3 + c * 21841) & 65535]! * look.noise * 0.5;
        const value = curve[i | 0]! + common + own;
        out[at + c] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
      if ((x & 1023) === 1023) g = mixSeed(g, y) & 65535;
    }
    g = mixSeed(seed, y) & 65535;
  }
  return out;
}
