import type { Look } from "./camera-look.ts";
import type { Canvas } from "./canvas.ts";
import { fillFace, type Paint } from "./fill-face.ts";
import { headlightAt } from "./headlamp.ts";
import { type LampLight, lampAt } from "./lamp-light.ts";
import type { Placed } from "./prepare.ts";
import type { Solid } from "./shapes.ts";

export const FRONT = 0;
export const BACK = 1;
export const LEFT = 2;
export const RIGHT = 3;
export const TOP = 4;

/** A body seen by the canvas: how its own frame lies in camera axes. */
export type View = {
  readonly canvas: Canvas;
  readonly look: Look;
  readonly lamps: LampLight | undefined;
  /** [9] and [3] m, camera <- body. */
  readonly r: Float64Array;
  readonly t: Float64Array;
  /** [3] m: camera in the body's frame. */
  readonly eye: Float64Array;
  /** [3] direction to the sun in the body's frame. */
  readonly sun: Float64Array;
  /** Light of lamps where the body stands, as a multiple of the scene's light. */
  lamp: number;
  /** Light that the body gets when the picture is developed. */
  level: number;
};

export const newView = (canvas: Canvas, look: Look, lamps?: LampLight): View => ({
  ...{
    canvas,
    look,
    lamps,
    lamp: 0,
    level: look.level,
    r: new Float64Array(9),
    t: new Float64Array(3),
  },
  ...{ eye: new Float64Array(3), sun: new Float64Array(3) },
});

/** Turns the view to a body at `at`, ego, with its origin zM above the ground. */
export function aimView(view: View, at: Placed, egoYawRad: number, zM = 0): void {
  const { r, t, eye, sun, canvas, look } = view;
  const { cos, sin } = at;
  const c = canvas.camR;
  for (let i = 0; i < 3; i++) {
    const a = c[3 * i]!;
    const b = c[3 * i + 1]!;
    const z = c[3 * i + 2]!;
    r[3 * i] = a * cos + b * sin;
    r[3 * i + 1] = b * cos - a * sin;
    r[3 * i + 2] = z;
    t[i] = a * at.x + b * at.y + z * zM + canvas.camT[i]!;
  }
  if (view.lamps) {
    view.level = look.level + headlightAt(look, at.x, at.y, zM + 0.7);
    view.lamp = (0.7 * lampAt(view.lamps.white, at.x, at.y)) / view.level;
  }
  const ex = canvas.egoT[0] - at.x;
  const ey = canvas.egoT[1] - at.y;
  eye[0] = ex * cos + ey * sin;
  eye[1] = ey * cos - ex * sin;
  eye[2] = canvas.egoT[2] - zM;
  const yaw = at.yaw + egoYawRad;
  const cm = Math.cos(yaw);
  const sm = Math.sin(yaw);
  sun[0] = look.sun[0] * cm + look.sun[1] * sm;
  sun[1] = look.sun[1] * cm - look.sun[0] * sm;
  sun[2] = look.sun[2];
}

/** Corners [4, 3] of face `side` of a solid, body frame: bottom edge first, u along it, v up. */
export function faceInto(out: Float64Array, s: Solid, side: number): void {
  const X0 = s.x0 + s.topBack;
  const X1 = s.x1 - s.topFront;
  const Y0 = s.y0 + s.topSide;
  const Y1 = s.y1 - s.topSide;
  if (side === FRONT) set(out, s.x1, s.y0, s.z0, s.x1, s.y1, s.z0, X1, Y1, s.z1, X1, Y0, s.z1);
  else if (side === BACK) set(out, s.x0, s.y1, s.z0, s.x0, s.y0, s.z0, X0, Y0, s.z1, X0, Y1, s.z1);
  else if (side === LEFT) set(out, s.x1, s.y1, s.z0, s.x0, s.y1, s.z0, X0, Y1, s.z1, X1, Y1, s.z1);
  else if (side === RIGHT) set(out, s.x0, s.y0, s.z0, s.x1, s.y0, s.z0, X1, Y0, s.z1, X0, Y0, s.z1);
  else set(out, X0, Y0, s.z1, X1, Y0, s.z1, X1, Y1, s.z1, X0, Y1, s.z1);
}

function set(out: Float64Array, ...values: readonly number[]): void {
  for (let i = 0; i < 12; i++) out[i] = values[i]!;
}

/** Part u0…u1 × v0…v1 (ratios) of a face. */
export function partInto(
  out: Float64Array,
  face: Float64Array,
  u0: number,
  u1: number,
  v0: number,
  v1: number,
): void {
  for (let i = 0; i < 3; i++) {
    const a = face[i]!;
    const b = face[3 + i]!;
    const c = face[6 + i]!;
    const d = face[9 + i]!;
    const at = (u: number, v: number) => (a + (b - a) * u) * (1 - v) + (d + (c - d) * u) * v;
    out[i] = at(u0, v0);
    out[3 + i] = at(u1, v0);
    out[6 + i] = at(u1, v1);
    out[9 + i] = at(u0, v1);
  }
}

const camera = new Float64Array(12);

/** Light on a face turned to the sun or away; 0 where the face looks away from the camera. */
export function faceLight(view: View, f: Float64Array): number {
  const ax = f[3]! - f[0]!;
  const ay = f[4]! - f[1]!;
  const az = f[5]! - f[2]!;
  const bx = f[9]! - f[0]!;
  const by = f[10]! - f[1]!;
  const bz = f[11]! - f[2]!;
  let nx = ay * bz - az * by;
  let ny = az * bx - ax * bz;
  let nz = ax * by - ay * bx;
  const len = Math.hypot(nx, ny, nz);
  if (len < 1e-12) return 0;
  nx /= len;
  ny /= len;
  nz /= len;
  const { eye, sun, look } = view;
  if (nx * (eye[0]! - f[0]!) + ny * (eye[1]! - f[1]!) + nz * (eye[2]! - f[2]!) <= 0) return 0;
  const direct = Math.max(0, nx * sun[0]! + ny * sun[1]! + nz * sun[2]!);
  const day = (1 - look.sunShare) * (0.62 + 0.38 * nz) + look.sunShare * (0.12 + 1.05 * direct);
  return day + view.lamp;
}

/** Paints a face given in the body's frame. */
export function paintFace(view: View, face: Float64Array, paint: Paint): void {
  const { r, t } = view;
  for (let i = 0; i < 12; i += 3) {
    const x = face[i]!;
    const y = face[i + 1]!;
    const z = face[i + 2]!;
    camera[i] = r[0]! * x + r[1]! * y + r[2]! * z + t[0]!;
    camera[i + 1] = r[3]! * x + r[4]! * y + r[5]! * z + t[1]!;
    camera[i + 2] = r[6]! * x + r[7]! * y + r[8]! * z + t[2]!;
  }
  fillFace(view.canvas, camera, paint);
}
