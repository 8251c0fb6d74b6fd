import type { Se3 } from "../contract/se3.ts";

export const IDENTITY: Se3 = { r: [1, 0, 0, 0, 1, 0, 0, 0, 1], t: [0, 0, 0] };

/** aFromC = aFromB · bFromC. */
export function compose(aFromB: Se3, bFromC: Se3): Se3 {
  const a = aFromB.r;
  const b = bFromC.r;
  const r = new Array<number>(9);
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      r[i * 3 + j] = a[i * 3]! * b[j]! + a[i * 3 + 1]! * b[3 + j]! + a[i * 3 + 2]! * b[6 + j]!;
  return { r, t: transformPoint(aFromB, bFromC.t) };
}

/** srcFromDst of dstFromSrc (transpose of the rotation). */
export function invert(dstFromSrc: Se3): Se3 {
  const { r, t } = dstFromSrc;
  const rt = [r[0]!, r[3]!, r[6]!, r[1]!, r[4]!, r[7]!, r[2]!, r[5]!, r[8]!];
  return {
    r: rt,
    t: [
      -(rt[0]! * t[0] + rt[1]! * t[1] + rt[2]! * t[2]),
      -(rt[3]! * t[0] + rt[4]! * t[1] + rt[5]! * t[2]),
      -(rt[6]! * t[0] + rt[7]! * t[1] + rt[8]! * t[2]),
    ],
  };
}

/** p_dst = dstFromSrc · p_src, m. */
export function transformPoint(
  dstFromSrc: Se3,
  p: readonly [number, number, number],
): [number, number, number] {
  const { r, t } = dstFromSrc;
  return [
    r[0]! * p[0] + r[1]! * p[1] + r[2]! * p[2] + t[0],
    r[3]! * p[0] + r[4]! * p[1] + r[5]! * p[2] + t[1],
    r[6]! * p[0] + r[7]! * p[1] + r[8]! * p[2] + t[2],
  ];
}

/** Writes the transformed [N, 3] points to `out`; `out` may be `xyz` itself. */
export function transformPointsInto(dstFromSrc: Se3, xyz: Float32Array, out: Float32Array): void {
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = dstFromSrc.r as readonly [
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
  const [t0, t1, t2] = dstFromSrc.t;
  for (let i = 0; i + 2 < xyz.length; i += 3) {
    const x = xyz[i]!;
    const y = xyz[i + 1]!;
    const z = xyz[i + 2]!;
    out[i] = r0 * x + r1 * y + r2 * z + t0;
    out[i + 1] = r3 * x + r4 * y + r5 * z + t1;
    out[i + 2] = r6 * x + r7 * y + r8 * z + t2;
  }
}

/** Rotation from a unit quaternion (x, y, z, w); normalised here, zero length is a RangeError. */
export function fromQuaternion(
  q: readonly [number, number, number, number],
  t: readonly [number, number, number],
): Se3 {
  const n = Math.hypot(q[0], q[1], q[2], q[3]);
  if (!(n > 1e-9))
    throw new RangeError(`quaternion of length > 0 expected, found [${q.join(", ")}]`);
  const x = q[0] / n;
  const y = q[1] / n;
  const z = q[2] / n;
  const w = q[3] / n;
  return {
    r: [
      1 - 2 * (y * y + z * z),
      2 * (x * y - z * w),
      2 * (x * z + y * w),
      2 * (x * y + z * w),
      1 - 2 * (x * x + z * z),
      2 * (y * z - x * w),
      2 * (x * z - y * w),
      2 * (y * z + x * w),
      1 - 2 * (x * x + y * y),
    ],
    t,
  };
}

/** Unit quaternion (x, y, z, w) of a rotation, w ≥ 0. Exact for half turns too (w = 0). */
export function toQuaternion(r: readonly number[]): [number, number, number, number] {
  const [m00, m01, m02, m10, m11, m12, m20, m21, m22] = r as readonly [
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
  // Four times each squared component; the largest divides, so nothing is lost near a half turn.
  const xx = 1 + m00 - m11 - m22;
  const yy = 1 - m00 + m11 - m22;
  const zz = 1 - m00 - m11 + m22;
  const ww = 1 + m00 + m11 + m22;
  const most = Math.max(xx, yy, zz, ww);
  let q: [number, number, number, number];
  if (most === ww) q = [m21 - m12, m02 - m20, m10 - m01, ww];
  else if (most === xx) q = [xx, m01 + m10, m02 + m20, m21 - m12];
  else if (most === yy) q = [m01 + m10, yy, m12 + m21, m02 - m20];
  else q = [m02 + m20, m12 + m21, zz, m10 - m01];
  const n = (q[3] < 0 ? -1 : 1) * (Math.hypot(q[0], q[1], q[2], q[3]) || 1);
  return [q[0] / n, q[1] / n, q[2] / n, q[3] / n];
}

/** Intrinsic z-y-x (yaw, then pitch, then roll), rad; pitch > 0 tilts x down. */
export function fromYawPitchRoll(
  yawRad: number,
  pitchRad: number,
  rollRad: number,
  t: readonly [number, number, number],
): Se3 {
  const cy = Math.cos(yawRad);
  const sy = Math.sin(yawRad);
  const cp = Math.cos(pitchRad);
  const sp = Math.sin(pitchRad);
  const cr = Math.cos(rollRad);
  const sr = Math.sin(rollRad);
  return {
    r: [
      cy * cp,
      cy * sp * sr - sy * cr,
      cy * sp * cr + sy * sr,
      sy * cp,
      sy * sp * sr + cy * cr,
      sy * sp * cr - cy * sr,
      -sp,
      cp * sr,
      cp * cr,
    ],
    t,
  };
}

/** Rotation that takes camera axes (z forward, x right, y down) to body axes (x forward, y left, z up). */
export const BODY_FROM_OPTICAL: Se3 = { r: [0, 0, 1, -1, 0, 0, 0, -1, 0], t: [0, 0, 0] };

/** Pose between a (ratio 0) and b (ratio 1): linear translation, spherical rotation. */
export function interpolate(a: Se3, b: Se3, ratio: number): Se3 {
  const qa = toQuaternion(a.r);
  let qb = toQuaternion(b.r);
  let dot = qa[0] * qb[0] + qa[1] * qb[1] + qa[2] * qb[2] + qa[3] * qb[3];
  if (dot < 0) {
    qb = [-qb[0], -qb[1], -qb[2], -qb[3]];
    dot = -dot;
  }
  const theta = Math.acos(Math.min(1, dot));
  const sin = Math.sin(theta);
  const wa = sin < 1e-6 ? 1 - ratio : Math.sin((1 - ratio) * theta) / sin;
  const wb = sin < 1e-6 ? ratio : Math.sin(ratio * theta) / sin;
  const mix = (i: 0 | 1 | 2) => a.t[i] + (b.t[i] - a.t[i]) * ratio;
  return fromQuaternion(
    [
      wa * qa[0] + wb * qb[0],
      wa * qa[1] + wb * qb[1],
      wa * qa[2] + wb * qb[2],
      wa * qa[3] + wb * qb[3],
    ],
    [mix(0), mix(1), mix(2)],
  );
}

/** Heading of the x axis in the ground plane, rad. */
export const yawOf = (dstFromSrc: Se3): number => Math.atan2(dstFromSrc.r[3]!, dstFromSrc.r[0]!);
