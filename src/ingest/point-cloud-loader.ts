import type { LoaderContext, LoaderOptions, LoaderWithParser } from "@loaders.gl/loader-utils";
import type { PointCloud } from "../contract/observation.ts";

/** foxglove.NumericType → bytes. */
const TYPE_BYTES = [0, 1, 1, 2, 2, 4, 4, 4, 8] as const;
const TYPE_NAMES = ["unknown", "u8", "i8", "u16", "i16", "u32", "i32", "f32", "f64"] as const;
const U8 = 1;
const F32 = 7;

export type PointField = {
  readonly name: string;
  readonly offsetBytes: number;
  /** foxglove.NumericType, 1…8 = u8 i8 u16 i16 u32 i32 f32 f64, little-endian. */
  readonly type: number;
};
export type PointLayout = {
  readonly pointStrideBytes: number;
  readonly fields: readonly PointField[];
};

/** Finite points of a packed cloud, in the frame of the cloud. */
export type LoadedPoints = PointCloud & {
  /** Points removed because a coordinate was NaN or infinite. */
  readonly droppedCount: number;
};

export type FoxglovePointCloudOptions = LoaderOptions & {
  readonly "foxglove-point-cloud"?: {
    readonly layout?: PointLayout;
    /** Part of the buffer that holds the points; all of it unless said otherwise. */
    readonly byteOffset?: number;
    readonly byteLength?: number;
  };
};

/** The layout does not fit the bytes; the message says expected and found. */
export class PointLayoutError extends Error {}

/** loaders.gl Loader of the packed points of foxglove.PointCloud, for `parseSync`. */
export const FoxglovePointCloudLoader = {
  dataType: null as unknown as LoadedPoints,
  batchType: null as never,
  id: "foxglove-point-cloud",
  name: "foxglove.PointCloud points",
  module: "ingest",
  version: "1",
  category: "pointcloud",
  worker: false,
  extensions: ["points"],
  mimeTypes: ["application/x-foxglove-points"],
  binary: true,
  options: { "foxglove-point-cloud": {} },
  parse: async (data: ArrayBuffer, options?: FoxglovePointCloudOptions) => parse(data, options),
  parseSync: (data: ArrayBuffer, options?: FoxglovePointCloudOptions, _context?: LoaderContext) =>
    parse(data, options),
} as const satisfies LoaderWithParser<LoadedPoints, never, FoxglovePointCloudOptions>;

function parse(data: ArrayBuffer, options?: FoxglovePointCloudOptions): LoadedPoints {
  const own = options?.["foxglove-point-cloud"] ?? {};
  if (!own.layout)
    throw new PointLayoutError('options["foxglove-point-cloud"].layout expected, found none');
  const start = own.byteOffset ?? 0;
  return readPoints(data, start, own.byteLength ?? data.byteLength - start, own.layout);
}

/** Points [N, 3] and intensity [N] of `byteLength` packed bytes from `byteOffset`. */
function readPoints(
  buffer: ArrayBuffer,
  byteOffset: number,
  byteLength: number,
  layout: PointLayout,
): LoadedPoints {
  const stride = layout.pointStrideBytes;
  const fields = checkLayout(layout);
  const count = Math.floor(byteLength / stride);
  if (count * stride !== byteLength)
    throw new PointLayoutError(
      `whole points of ${stride} bytes expected, found ${byteLength} bytes`,
    );
  const xyz = sharedFloats(count * 3);
  const intensity = sharedFloats(count);
  const view = new DataView(buffer, byteOffset, byteLength);
  const words = f32View(buffer, byteOffset, byteLength, stride, fields);
  const isF32 = [fields.x, fields.y, fields.z].every(({ type }) => type === F32);
  let allFinite = false;
  if (words) allFinite = copyF32(words, stride / 4, fields, count, xyz);
  else if (isF32) allFinite = readF32(view, stride, fields, count, xyz);
  else {
    readColumn(view, stride, fields.x, xyz, 0);
    readColumn(view, stride, fields.y, xyz, 1);
    readColumn(view, stride, fields.z, xyz, 2);
  }
  if (fields.intensity?.type === U8)
    readBytes(new Uint8Array(buffer, byteOffset, byteLength), stride, fields.intensity, intensity);
  else if (fields.intensity) readIntensity(view, stride, fields.intensity, intensity);
  return allFinite ? { xyz, intensity, droppedCount: 0 } : dropNonFinite(xyz, intensity);
}

/** Where other threads can read them without a copy: points are what most of an observation is. */
const sharedFloats = (count: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(count * Float32Array.BYTES_PER_ELEMENT));

type Columns = {
  readonly x: PointField;
  readonly y: PointField;
  readonly z: PointField;
  readonly intensity?: PointField;
};

function checkLayout(layout: PointLayout): Columns {
  const stride = layout.pointStrideBytes;
  const found = layout.fields.map(
    (f) => `${f.name}@${f.offsetBytes}:${TYPE_NAMES[f.type] ?? f.type}`,
  );
  const pick = (name: string): PointField | undefined => {
    const field = layout.fields.find((f) => f.name === name);
    if (!field) return undefined;
    const bytes = TYPE_BYTES[field.type] ?? 0;
    if (bytes === 0 || field.offsetBytes < 0 || field.offsetBytes + bytes > stride)
      throw new PointLayoutError(
        `field ${name} of type 1…8 inside a stride of ${stride} bytes expected, ` +
          `found ${found.join(" ")}`,
      );
    return field;
  };
  const x = pick("x");
  const y = pick("y");
  const z = pick("z");
  if (!x || !y || !z || !(stride > 0))
    throw new PointLayoutError(
      `fields x, y, z and a stride above 0 expected, found ${found.join(" ") || "no field"} ` +
        `in ${stride} bytes`,
    );
  const intensity = pick("intensity") ?? pick("i");
  return intensity ? { x, y, z, intensity } : { x, y, z };
}

/** The buffer as 32-bit floats where alignment and types allow it. */
function f32View(
  buffer: ArrayBuffer,
  byteOffset: number,
  byteLength: number,
  stride: number,
  { x, y, z }: Columns,
): Float32Array | undefined {
  const aligned = [byteOffset, stride, x.offsetBytes, y.offsetBytes, z.offsetBytes];
  if (x.type !== F32 || y.type !== F32 || z.type !== F32) return undefined;
  if (aligned.some((b) => b % 4 !== 0)) return undefined;
  return new Float32Array(buffer, byteOffset, byteLength / 4);
}

/** Returns true where all coordinates are finite. */
function copyF32(
  words: Float32Array,
  strideWords: number,
  { x, y, z }: Columns,
  count: number,
  out: Float32Array,
): boolean {
  const dx = x.offsetBytes / 4;
  const dy = y.offsetBytes / 4;
  const dz = z.offsetBytes / 4;
  // v − v is 0 for every finite v and NaN for all others.
  let none = 0;
  for (let i = 0, at = 0, o = 0; i < count; i++, at += strideWords, o += 3) {
    const xM = words[at + dx]!;
    const yM = words[at + dy]!;
    const zM = words[at + dz]!;
    none += xM - xM + (yM - yM) + (zM - zM);
    out[o] = xM;
    out[o + 1] = yM;
    out[o + 2] = zM;
  }
  return none === 0;
}

/** The same at any alignment. */
function readF32(
  view: DataView,
  stride: number,
  { x, y, z }: Columns,
  count: number,
  out: Float32Array,
): boolean {
  let none = 0;
  for (let i = 0, at = 0, o = 0; i < count; i++, at += stride, o += 3) {
    const xM = view.getFloat32(at + x.offsetBytes, true);
    const yM = view.getFloat32(at + y.offsetBytes, true);
    const zM = view.getFloat32(at + z.offsetBytes, true);
    none += xM - xM + (yM - yM) + (zM - zM);
    out[o] = xM;
    out[o + 1] = yM;
    out[o + 2] = zM;
  }
  return none === 0;
}

/** Writes column `field` to out[column], out[column + 3], … */
function readColumn(
  view: DataView,
  stride: number,
  field: PointField,
  out: Float32Array,
  column: 0 | 1 | 2,
): void {
  const end = view.byteLength;
  let o: number = column;
  const get = getterOf(field.type);
  for (let at = field.offsetBytes; at < end; at += stride, o += 3) out[o] = get(view, at);
}

function getterOf(type: number): (view: DataView, at: number) => number {
  switch (type) {
    case 1:
      return (v, at) => v.getUint8(at);
    case 2:
      return (v, at) => v.getInt8(at);
    case 3:
      return (v, at) => v.getUint16(at, true);
    case 4:
      return (v, at) => v.getInt16(at, true);
    case 5:
      return (v, at) => v.getUint32(at, true);
    case 6:
      return (v, at) => v.getInt32(at, true);
    case 8:
      return (v, at) => v.getFloat64(at, true);
    default:
      return (v, at) => v.getFloat32(at, true);
  }
}

/** Byte → 0…1. */
const RATIO_OF_BYTE = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** The usual intensity of one byte, as `readIntensity` scales it, in a third of the time. */
function readBytes(data: Uint8Array, stride: number, field: PointField, out: Float32Array): void {
  for (let i = 0, at = field.offsetBytes; i < out.length; i++, at += stride)
    out[i] = RATIO_OF_BYTE[data[at]!]!;
}

/**
 * Integers are scaled by the top of their range; floats up to 1 are kept, else the cloud is taken
 * as 0…255. A non-finite intensity becomes 0: it is a look, not a measurement of position.
 */
function readIntensity(view: DataView, stride: number, field: PointField, out: Float32Array): void {
  const get = getterOf(field.type);
  const integerTop = [0, 255, 127, 65535, 32767, 4294967295, 2147483647][field.type] ?? 0;
  let max = 0;
  for (let i = 0, at = field.offsetBytes; i < out.length; i++, at += stride) {
    const value = get(view, at);
    out[i] = value > 0 && value < Infinity ? value : 0;
    if (out[i]! > max) max = out[i]!;
  }
  const top = integerTop > 0 ? integerTop : max <= 1 ? 1 : 255;
  if (top === 1) return;
  for (let i = 0; i < out.length; i++) out[i] = Math.min(1, out[i]! / top);
}

/** Removes points with a non-finite coordinate, in place; the result may be a shorter view. */
function dropNonFinite(xyz: Float32Array, intensity: Float32Array): LoadedPoints {
  let kept = 0;
  const count = intensity.length;
  for (let i = 0; i < count; i++) {
    const x = xyz[i * 3]!;
    const y = xyz[i * 3 + 1]!;
    const z = xyz[i * 3 + 2]!;
    // x − x is 0 for every finite x and NaN for all others.
    if (x - x + (y - y) + (z - z) !== 0) continue;
    if (kept !== i) {
      xyz[kept * 3] = x;
      xyz[kept * 3 + 1] = y;
      xyz[kept * 3 + 2] = z;
      intensity[kept] = intensity[i]!;
    }
    kept++;
  }
  return {
    xyz: kept === count ? xyz : xyz.subarray(0, kept * 3),
    intensity: kept === count ? intensity : intensity.subarray(0, kept),
    droppedCount: count - kept,
  };
}
