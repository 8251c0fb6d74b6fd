import type { Sweep } from "../contract/observation.ts";

/** Bytes of one buffer that are looked at: a picture or sweep that differs, differs in some of them. */
const SAMPLES = 8192;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * FNV-1a over evenly spaced bytes, 32 bits. Equal content always has an equal hash, so a frozen
 * sensor cannot be missed; that two different pictures agree in all samples does not happen, for
 * compressed bytes differ everywhere after the first difference and sensors have noise.
 */
export function hashOfBytes(data: Uint8Array, seed = FNV_OFFSET): number {
  // An odd step visits every byte of a word in turn.
  const step = Math.max(1, Math.floor(data.length / SAMPLES) | 1);
  let hash = Math.imul(seed ^ data.length, FNV_PRIME);
  for (let i = 0; i < data.length; i += step) hash = Math.imul(hash ^ data[i]!, FNV_PRIME);
  return hash >>> 0;
}

/**
 * Hash of a sweep. Its points were moved to the tick's time, so equal sweeps have other numbers
 * each tick; the intensities, in their order, and their count are as the sensor gave them. A sweep
 * without intensities (all equal) has none: what cannot be told apart is not judged.
 */
export function hashOfSweep({ intensity, droppedCount }: Sweep): number | undefined {
  if (intensity.every((value) => value === intensity[0])) return undefined;
  const { buffer, byteOffset, byteLength } = intensity;
  return hashOfBytes(new Uint8Array(buffer, byteOffset, byteLength), FNV_OFFSET ^ droppedCount);
}
