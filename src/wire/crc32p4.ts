/** CRC-32P4 of AUTOSAR E2E profile 4: polynomial 0xF4ACFB13, reflected, init and final xor ones. */
const POLYNOMIAL_REFLECTED = 0xc8df352f;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL_REFLECTED : crc >>> 1;
  return crc >>> 0;
});

/** CRC over the parts as if they were one array; unsigned 32 bits. */
export function crc32p4(...parts: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const part of parts)
    for (let i = 0; i < part.length; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ part[i]!) & 0xff]!;
  return ~crc >>> 0;
}
