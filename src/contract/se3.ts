/**
 * Rigid transform `dstFromSrc`: p_dst = r · p_src + t. Neighbours cancel: aFromC = aFromB · bFromC.
 */
export type Se3 = {
  /** [3, 3] row-major rotation matrix. */
  readonly r: readonly number[];
  /** [3] m. */
  readonly t: readonly [number, number, number];
};
