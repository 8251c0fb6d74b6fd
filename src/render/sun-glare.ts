import type { Look } from "./camera-look.ts";
import type { Canvas } from "./canvas.ts";

/** A sun behind something still spreads this share of its glare in the lens. */
const BEHIND = 0.3;
const DAZZLE: readonly [number, number, number] = [1.25, 1.05, 0.75];

/**
 * Adds a low sun to the picture [h, w, 3]: its disc in the sky, the veil it spreads in the lens, and its
 * track on the road.
 */
export function addSunGlare(
  out: Float32Array,
  w: number,
  h: number,
  samples: number,
  canvas: Canvas,
  look: Look,
  egoYawRad: number,
): void {
  const { camR: c, intrinsics: k, inverseDepth, widthPx, heightPx, egoR: r, egoT } = canvas;
  const cos = Math.cos(egoYawRad);
  const sin = Math.sin(egoYawRad);
  const ex = look.sun[0] * cos + look.sun[1] * sin;
  const ey = look.sun[1] * cos - look.sun[0] * sin;
  const ez = look.sun[2];
  const toCamera = (z: number) =>
    [0, 3, 6].map((i) => c[i]! * ex + c[i + 1]! * ey + c[i + 2]! * z) as [number, number, number];
  const [sx, sy, sz] = toCamera(ez);
  if (sz <= -0.2) return;
  // The mirrored sun below the horizon.
  const [mx, my, mz] = toCamera(-ez);
  const u = sz > 0 ? Math.round(k.cxPx + (k.fxPx * sx) / sz) : -1;
  const v = sz > 0 ? Math.round(k.cyPx + (k.fyPx * sy) / sz) : -1;
  const inside = u >= 0 && v >= 0 && u < widthPx && v < heightPx;
  const open = !inside || inverseDepth[v * widthPx + u] === 0;
  const strength = look.glare * (open ? 1 : BEHIND);
  for (let y = 0; y < h; y++) {
    const Y = (y * samples + (samples - 1) / 2 - k.cyPx) / k.fyPx;
    for (let x = 0; x < w; x++) {
      const X = (x * samples + (samples - 1) / 2 - k.cxPx) / k.fxPx;
      const length = Math.sqrt(X * X + Y * Y + 1);
      const near = (X * sx + Y * sy + sz) / length;
      if (near <= 0) continue;
      const n2 = near * near;
      const n8 = n2 * n2 * n2 * n2;
      const n64 = n8 ** 8;
      const iz = inverseDepth[y * samples * widthPx + x * samples]!;
      let add = strength * (0.16 * n8 + 0.5 * n64);
      if (iz === 0) add += look.glare * (n64 ** 4 * 1.2 + (n2 > 0.9992 ? 6 : 0));
      else if (isGround(iz, r[6]! * X + r[7]! * Y + r[8]!, egoT[2])) {
        const glint = Math.max(0, (X * mx + Y * my + mz) / length) ** 90;
        add += look.glare * (0.12 + look.wet) * glint;
      }
      const at = 3 * (y * w + x);
      for (let i = 0; i < 3; i++) out[at + i] = out[at + i]! + DAZZLE[i]! * add * look.level;
    }
  }
}

/** true where a ray that falls by dz per metre of depth ends on the ground plane. */
const isGround = (iz: number, dz: number, eyeM: number): boolean =>
  dz < 0 && iz <= (-dz / eyeM) * 1.02;
