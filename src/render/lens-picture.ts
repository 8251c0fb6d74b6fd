import type { Lens } from "../contract/observation.ts";
import type { RigCamera } from "../contract/scene.ts";
import type { Se3 } from "../contract/se3.ts";
import { prepareLens, rayOfPixel } from "../geometry/lens.ts";
import { compose } from "../geometry/se3.ts";

/** camera axes <- axes of each face of a cube around the camera: z of the face looks outwards. */
const FACES: readonly (readonly number[])[] = [
  [1, 0, 0, 0, 1, 0, 0, 0, 1],
  [0, 0, 1, 0, 1, 0, -1, 0, 0],
  [0, 0, -1, 0, 1, 0, 1, 0, 0],
  [1, 0, 0, 0, 0, 1, 0, -1, 0],
  [1, 0, 0, 0, 0, -1, 0, 1, 0],
  [-1, 0, 0, 0, 1, 0, 0, 0, -1],
];
const AHEAD = 0;
const RIGHT = 1;
const LEFT = 2;
const BELOW = 3;
const ABOVE = 4;
const BEHIND = 5;

/** Which face each pixel looks through, and where on it. */
type LensTable = {
  readonly edgePx: number;
  /** [H, W] face, or −1 where the lens shows nothing. */
  readonly face: Int8Array;
  /** [H, W] pixel of the face. */
  readonly u: Float32Array;
  readonly v: Float32Array;
};
const tables = new WeakMap<Lens, LensTable>();

/**
 * The picture that a lens makes: rgb8 [H, W, 3] of lens.intrinsics, put together from pinhole pictures of the
 * faces of a cube that `render` paints. Black where the lens shows nothing.
 */
export function pictureThroughLens(
  camera: RigCamera,
  lens: Lens,
  render: (face: RigCamera) => Uint8Array,
): Uint8Array {
  const { widthPx, heightPx } = lens.intrinsics;
  const { edgePx, face, u, v } = tableOf(lens);
  const pictures = FACES.map((r, k) =>
    face.includes(k) ? render(faceCamera(camera, r, edgePx)) : undefined,
  );
  const out = new Uint8Array(widthPx * heightPx * 3);
  for (let i = 0; i < face.length; i++) {
    const picture = pictures[face[i]!];
    if (!picture) continue;
    const iu = Math.min(edgePx - 2, Math.max(0, Math.floor(u[i]!)));
    const iv = Math.min(edgePx - 2, Math.max(0, Math.floor(v[i]!)));
    const fu = Math.min(1, Math.max(0, u[i]! - iu));
    const fv = Math.min(1, Math.max(0, v[i]! - iv));
    const at = 3 * (iv * edgePx + iu);
    for (let c = 0; c < 3; c++) {
      const a = picture[at + c]! * (1 - fu) + picture[at + 3 + c]! * fu;
      const below = at + 3 * edgePx + c;
      const b = picture[below]! * (1 - fu) + picture[below + 3]! * fu;
      out[3 * i + c] = a * (1 - fv) + b * fv + 0.5;
    }
  }
  return out;
}

function faceCamera(camera: RigCamera, r: readonly number[], edgePx: number): RigCamera {
  const cameraFromFace: Se3 = { r, t: [0, 0, 0] };
  const middle = (edgePx - 1) / 2;
  return {
    name: camera.name,
    intrinsics: {
      ...{ widthPx: edgePx, heightPx: edgePx, fxPx: edgePx / 2, fyPx: edgePx / 2 },
      ...{ cxPx: middle, cyPx: middle },
    },
    egoFromCamera: compose(camera.egoFromCamera, cameraFromFace),
  };
}

function tableOf(lens: Lens): LensTable {
  const known = tables.get(lens);
  if (known) return known;
  const { widthPx, heightPx, fxPx } = lens.intrinsics;
  // As sharp in its middle as the lens is on its axis.
  const edgePx = Math.max(32, Math.ceil(fxPx) * 2);
  const n = widthPx * heightPx;
  const table = {
    ...{ edgePx, face: new Int8Array(n).fill(-1) },
    ...{ u: new Float32Array(n), v: new Float32Array(n) },
  };
  const prepared = prepareLens(lens);
  const t = lens.cameraFromLens;
  for (let i = 0; i < n; i++) {
    const ray = rayOfPixel(prepared, i % widthPx, Math.floor(i / widthPx));
    if (!ray) continue;
    const [a, b, c] = ray;
    const x = t[0]! * a + t[1]! * b + t[2]! * c;
    const y = t[3]! * a + t[4]! * b + t[5]! * c;
    const z = t[6]! * a + t[7]! * b + t[8]! * c;
    const k = faceOf(x, y, z);
    const r = FACES[k]!;
    // face axes <- camera axes is the transpose.
    const fz = r[2]! * x + r[5]! * y + r[8]! * z;
    table.face[i] = k;
    table.u[i] = (edgePx / 2) * ((r[0]! * x + r[3]! * y + r[6]! * z) / fz) + (edgePx - 1) / 2;
    table.v[i] = (edgePx / 2) * ((r[1]! * x + r[4]! * y + r[7]! * z) / fz) + (edgePx - 1) / 2;
  }
  tables.set(lens, table);
  return table;
}

function faceOf(x: number, y: number, z: number): number {
  const [ax, ay, az] = [Math.abs(x), Math.abs(y), Math.abs(z)];
  if (az >= ax && az >= ay) return z > 0 ? AHEAD : BEHIND;
  if (ax >= ay) return x > 0 ? RIGHT : LEFT;
  return y > 0 ? BELOW : ABOVE;
}
