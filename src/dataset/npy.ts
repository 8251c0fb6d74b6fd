/** Element types of shard arrays, with their NumPy names. */
const DTYPES = {
  uint8: { descr: "|u1", bytes: 1 },
  int16: { descr: "<i2", bytes: 2 },
  int32: { descr: "<i4", bytes: 4 },
} as const;
export type NpyType = keyof typeof DTYPES;

/**
 * Bytes of a .npy file, format 1.0, C order, little endian: what numpy.load(mmap_mode="r") maps.
 * @throws RangeError when data and shape disagree.
 */
export function npyHeader(type: NpyType, shape: readonly number[]): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${DTYPES[type].descr}', 'fortran_order': False, 'shape': (${dims}), }`;
  const unpadded = 10 + text.length + 1;
  const padded = `${text + " ".repeat((64 - (unpadded % 64)) % 64)}\n`;
  const header = new Uint8Array(10 + padded.length);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  for (let i = 0; i < padded.length; i++) header[10 + i] = padded.charCodeAt(i);
  return header;
}

export const npyItemBytes = (type: NpyType): number => DTYPES[type].bytes;
