import {
  type CameraIntrinsics,
  LENS_COEFFICIENTS,
  type Lens,
  type LensModel,
} from "../contract/observation.ts";
import { cropResizeIntrinsics } from "../geometry/camera.ts";
import { prepareLens, rayOfPixel } from "../geometry/lens.ts";
import { IDENTITY } from "../geometry/se3.ts";
import type { CalibrationMessage } from "./foxglove-decode.ts";
import type { PictureSize } from "./picture-size.ts";

/** Names that logs use → our model. */
const MODEL_NAMES: Readonly<Record<string, LensModel>> = {
  "": "plumb_bob",
  plumb_bob: "plumb_bob",
  rational_polynomial: "rational_polynomial",
  equidistant: "equidistant",
  kannala_brandt: "equidistant",
  fisheye: "equidistant",
};

/** Half of the widest pinhole picture that is made of a fisheye: 120° across. */
const HALF_FIELD_MAX_RAD = Math.PI / 3;
/** Beyond these a size is a mistake and no stream of another quality. */
const SCALE_MIN = 1 / 8;
const SCALE_MAX = 4;
/** A rotation matrix written with five digits passes. */
const ROTATION_TOLERANCE = 1e-3;

export type Calibration = {
  /** Of the rectified picture. */
  readonly intrinsics: CameraIntrinsics;
  /**
   * What stands between a picture as taken and that one; absent where nothing does, text where it
   * makes no sense, which matters only to pictures that are not rectified yet.
   */
  readonly lens?: Lens | string;
};

/** Pinhole and lens of a calibration message, or why it cannot be used. */
export function readCalibration(message: CalibrationMessage): Calibration | string {
  const { k, p, widthPx, heightPx } = message;
  const hasP = p.length === 12 && p[0]! > 0 && p[5]! > 0;
  if (!(widthPx > 0) || !(heightPx > 0))
    return `a picture size above 0 expected, found ${widthPx} × ${heightPx}`;
  const size = { widthPx, heightPx };
  const ofP = { ...size, fxPx: p[0]!, fyPx: p[5]!, cxPx: p[2]!, cyPx: p[6]! };
  const ofK = { ...size, fxPx: k[0]!, fyPx: k[4]!, cxPx: k[2]!, cyPx: k[5]! };
  const pinhole = hasP ? ofP : ofK;
  const wrong = pinholeTrouble(pinhole, message);
  if (wrong) return wrong;
  const lens = lensOf(message, ofK);
  if (!lens) return { intrinsics: pinhole };
  if (typeof lens === "string") return { intrinsics: pinhole, lens };
  const fitted = lens.model === "equidistant" && !hasP ? pinholeOfFisheye(lens) : pinhole;
  return { intrinsics: fitted, lens };
}

function pinholeTrouble(c: CameraIntrinsics, { k, p }: CalibrationMessage): string | undefined {
  const finite = [c.fxPx, c.fyPx, c.cxPx, c.cyPx].every((v) => Number.isFinite(v));
  if (!finite || !(c.fxPx > 0) || !(c.fyPx > 0))
    return `finite focal lengths above 0 expected, found K [${k}] and P [${p}]`;
  const offX = Math.abs(c.cxPx - c.widthPx / 2) / c.widthPx;
  const offY = Math.abs(c.cyPx - c.heightPx / 2) / c.heightPx;
  return offX > 1 || offY > 1
    ? `an optical axis near the picture of ${c.widthPx} × ${c.heightPx} expected, found it at (${c.cxPx}, ${c.cyPx})`
    : undefined;
}

/** The lens, undefined where D says that there is no distortion, or what is wrong with it. */
function lensOf(message: CalibrationMessage, intrinsics: CameraIntrinsics) {
  const { d, r, model: name } = message;
  if (d.every((v) => v === 0)) return undefined;
  const model = MODEL_NAMES[name.toLowerCase()];
  if (!model)
    return `distortion model ${Object.keys(MODEL_NAMES).filter(Boolean).join(", ")} expected, found "${name}"`;
  const count = LENS_COEFFICIENTS[model];
  // Four numbers of plumb_bob are common: k3 is then 0.
  const shortest = model === "plumb_bob" ? 4 : count;
  if (d.length < shortest || d.slice(count).some((v) => v !== 0) || !d.every(Number.isFinite))
    return `${count} finite coefficients of ${model} expected, found D [${d}]`;
  const wrongK = pinholeTrouble(intrinsics, message);
  if (wrongK) return wrongK;
  const cameraFromLens = r.length === 9 && r.some((v) => v !== 0) ? r : IDENTITY.r;
  if (!isRotation(cameraFromLens)) return `a rotation matrix expected, found R [${r}]`;
  const coefficients = Array.from({ length: count }, (_, i) => d[i] ?? 0);
  const lens: Lens = { model, coefficients, intrinsics, cameraFromLens };
  return showsItsMiddle(lens)
    ? lens
    : `a lens that shows the middle half of its picture expected, found ${model} D [${d}]`;
}

function isRotation(r: readonly number[]): boolean {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) {
      let dot = 0;
      for (let n = 0; n < 3; n++) dot += r[i * 3 + n]! * r[j * 3 + n]!;
      if (!(Math.abs(dot - (i === j ? 1 : 0)) < ROTATION_TOLERANCE)) return false;
    }
  const [a, b, c, d, e, f, g, h, i] = r as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) > 0;
}

/** A polynomial fitted to something else folds back well inside the picture. */
function showsItsMiddle(lens: Lens): boolean {
  const prepared = prepareLens(lens);
  const { widthPx: w, heightPx: h } = lens.intrinsics;
  const places = [
    [w / 4, h / 2],
    [(3 * w) / 4, h / 2],
    [w / 2, h / 4],
    [w / 2, (3 * h) / 4],
  ] as const;
  return places.every(([u, v]) => rayOfPixel(prepared, u, v) !== undefined);
}

/** As wide as the fisheye sees in its middle row, but no wider than a flat picture can be. */
function pinholeOfFisheye(lens: Lens): CameraIntrinsics {
  const prepared = prepareLens(lens);
  const { widthPx, heightPx, cyPx } = lens.intrinsics;
  const angles = [0, widthPx - 1].map((u) => {
    const ray = rayOfPixel(prepared, u, cyPx);
    return ray ? Math.acos(Math.min(1, ray[2])) : HALF_FIELD_MAX_RAD;
  });
  const half = Math.min(HALF_FIELD_MAX_RAD, Math.max(...angles));
  const focalPx = widthPx / 2 / Math.tan(half);
  const [cxPx, middlePx] = [(widthPx - 1) / 2, (heightPx - 1) / 2];
  return { widthPx, heightPx, fxPx: focalPx, fyPx: focalPx, cxPx, cyPx: middlePx };
}

/**
 * The calibration for a picture of this size: the same, or all of it scaled where the picture was
 * (a stream of half size); text where the shape is another one. Without a size it stays as it is.
 */
export function scaleCalibration(
  calibration: Calibration,
  size: PictureSize | undefined,
): Calibration | string {
  const { widthPx, heightPx } = calibration.intrinsics;
  if (!size || (size.widthPx === widthPx && size.heightPx === heightPx)) return calibration;
  const scale = size.widthPx / widthPx;
  const fits = Math.abs(heightPx * scale - size.heightPx) <= 1;
  if (!(scale >= SCALE_MIN && scale <= SCALE_MAX) || !fits)
    return (
      `a picture of ${widthPx} × ${heightPx} px, or one scaled from it, expected, ` +
      `found ${size.widthPx} × ${size.heightPx} px`
    );
  const scaled = (k: CameraIntrinsics) =>
    cropResizeIntrinsics(k, 0, 0, k.widthPx, k.heightPx, size.widthPx, size.heightPx);
  const { intrinsics, lens } = calibration;
  if (!lens || typeof lens === "string") return { ...calibration, intrinsics: scaled(intrinsics) };
  return {
    intrinsics: scaled(intrinsics),
    lens: { ...lens, intrinsics: scaled(lens.intrinsics) },
  };
}
